"""Removes links from answers, so that no document can make an agent send a learner to another site.

Everything that a page could show as a link, an image or a tag is made inert. Addresses are removed. Tags and Markdown
links lose the characters that make them work. The quotes of citations stay unchanged: they are checked to be the
document's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ports.text.regexes import regex

LEFT_OUT = "(…)"
"""The text that replaces an address."""
_LONGEST_RUN = 2000
"""The most characters without a space that are held back until it is clear whether they are a link."""

_ADDRESS = regex(
    r"(?:(?<![A-Za-z0-9])(?:[a-z][a-z0-9+.-]{1,30}://|www\.(?=[a-z0-9])|(?:javascript|vbscript|mailto):(?=\S)"
    r"|data:(?=[a-z]+/))|(?<![!#-&)-;>-~])//(?=[a-z0-9-]+\.))(?:[!#-;=?-~]*[A-Za-z0-9/=&#%_~+@-])?",
    re.IGNORECASE,
)
_TAG = regex(
    r"<(?=[/!?]?(?:a|area|audio|base|button|embed|form|frame|frameset|iframe|image|img|input|link|math|meta|object"
    r"|script|source|style|svg|track|video)\b|!--)",
    re.IGNORECASE,
)


def without_links(text: str) -> str:
    """The text with every link made inert."""
    return _TAG.sub("‹", _ADDRESS.sub(LEFT_OUT, text)).replace("](", "] (")


def inert(pieces: Iterable[str]) -> Iterator[str]:
    """Make the links of a streamed text inert. The joined result equals ``without_links`` of the joined pieces.

    A link has no space in it. So the text after the last space waits for the next piece.
    """
    held = ""
    for piece in pieces:
        held += piece
        end = len(held)
        while end and "!" <= held[end - 1] <= "~":
            end -= 1
        if len(held) - end > _LONGEST_RUN:
            end = len(held)
        if end:
            yield without_links(held[:end])
            held = held[end:]
    if held:
        yield without_links(held)
