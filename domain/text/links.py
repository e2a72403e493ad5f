"""Answers without links: what an agent was talked into by a document must not lead a learner out of the tutor.

Whatever a page could make a link, an image or a tag of is made inert: addresses are taken out, tags and
Markdown's links lose what makes them so. The quotes of citations are a document's own words, checked to be,
and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LEFT_OUT = "(…)"
"""What stands where an address stood."""
_LONGEST_RUN = 2000
"""Of characters without a space that are held back to see what they become."""

_ADDRESS = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:[a-z][a-z0-9+.-]{1,30}://|www\.(?=[a-z0-9])|(?:javascript|vbscript|mailto):(?=\S)"
    r"|data:(?=[a-z]+/))|(?<![!#-&)-;>-~])//(?=[a-z0-9-]+\.))(?:[!#-;=?-~]*[A-Za-z0-9/=&#%_~+@-])?",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<(?=[/!?]?(?:a|area|audio|base|button|embed|form|frame|frameset|iframe|image|img|input|link|math|meta|object"
    r"|script|source|style|svg|track|video)\b|!--)",
    re.IGNORECASE,
)


def without_links(text: str) -> str:
    """The text, inert."""
    return _TAG.sub("‹", _ADDRESS.sub(LEFT_OUT, text)).replace("](", "] (")


def inert(pieces: Iterable[str]) -> Iterator[str]:
    """As ``without_links`` of the pieces joined, in pieces: whatever could make a link of a text has no space
    in it, so what follows the last space waits for the next."""
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
