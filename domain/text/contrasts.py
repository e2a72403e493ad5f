"""Finds contrasts: a text that names a thing and sets another one apart from it, as in *in packs, not alone*.

The words set apart are denied, and nothing else of the text is.
"""

from __future__ import annotations

import re

from domain.text.terms import is_denial, is_in, terms_of, without_small
from ports.text.denials import LIMITING

_AUXILIARIES = "do does did can could will would shall should must may might has have had".split()
_AFTER_A_VERB = "".join(rf"(?<!\b{word} )" for word in _AUXILIARIES)
"""After such a verb, *not* denies what is done: *sound does not travel in a vacuum, but light does*."""
_CONTRAST = re.compile(
    rf",? (?:and |but )?\b{_AFTER_A_VERB}not (?!(?:{'|'.join(sorted(LIMITING))})\b)((?:\w+ ){{0,3}}\w+),? but\b(?! also)"
    r"(?: rather)?|, (?:and |but )?not ((?:\w+ ){0,3}\w+)(?=[.,;!?]|\s*$)",
    re.IGNORECASE,
)


def without_contrasts(text: str) -> str:
    """The text without the words that its contrasts set apart, and without the *not* and *but* around them."""
    return _CONTRAST.sub(" ", text)


def sets_apart(text: str, other: str, *, is_denied: bool = False) -> bool:
    """Whether a contrast of the text sets apart a thing of which the other text affirms something: *the lung, not the
    heart*. With ``is_denied``, a thing of which the other text denies something.
    """
    things = " ".join(word for found in _CONTRAST.findall(text) for word in found)
    if not things.strip():
        return False
    rest = without_contrasts(other)
    known = terms_of(rest, None)
    return is_denial(rest) == is_denied and any(
        is_in(term, known) for term in without_small(terms_of(things, None))
    )
