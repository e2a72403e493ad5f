"""Titles from the metadata of documents."""

from __future__ import annotations

import re

from adapters.extractors.cleaning import clean

_LONGEST = 300
_LEFT_BY_SOFTWARE = re.compile(
    r"""microsoft\ (?:office\ )?(?:word|powerpoint|excel|publisher)\b.*
    | (?:untitled|unknown|unbenannt|sans\ titre|sin\ título|no\ title|none|null)(?:[\ -]*(?:document|\d+))?
    | (?:title|titel|document|dokument|doc|presentation|präsentation|slide|folie|mappe|page|template)[\ -]*\d*
    | (?:powerpoint|word)[\ -](?:presentation|document|präsentation|dokument)
    | .*\.(?:docx?|dotx?|odt|rtf|txt|pptx?|xlsx?|pdf|ps|eps|dvi|tex|indd|qxd|pmd|pub|pages|wpd|html?|md|ai)
    | (?:https?|file):.*
    | [\W\d_]*""",
    re.VERBOSE | re.IGNORECASE,
)


def sensible_title(title: str | None) -> str | None:
    """``title`` on one line. None if it is useless or made by a program, e.g. a file name or "Untitled"."""
    words = " ".join(clean(title or "").split())
    if not words or len(words) > _LONGEST or "\ufffd" in words or _LEFT_BY_SOFTWARE.fullmatch(words):
        return None
    return words
