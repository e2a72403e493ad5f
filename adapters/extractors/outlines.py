"""Headings from a PDF's outline (its bookmarks), placed in the text of a page."""

from __future__ import annotations

from dataclasses import dataclass

from ports.text_extractor import Heading

_LONGEST_PREFIX = 12
"""The most characters before a heading's title on its line, e.g. "3.2" or "Chapter 12"."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    title: str
    level: int


def place(entries: list[OutlineEntry], text: str) -> tuple[Heading, ...]:
    """The headings of a page, each at the place of its title in the text. A title that is not found is put at the
    start. Entries without a title are left out.
    """
    titled = [(title, entry.level) for entry in entries if (title := " ".join(entry.title.split()))]
    if not titled:
        return ()
    letters = [(char, index) for index, raw in enumerate(text) if raw.isalnum() for char in raw.casefold()]
    squeezed = "".join(char for char, _ in letters)
    headings = [Heading(_find(text, squeezed, letters, title), title, level) for title, level in titled]
    return tuple(sorted(headings, key=lambda heading: heading.start))


def _find(text: str, squeezed: str, letters: list[tuple[str, int]], title: str) -> int:
    # A title in the outline may differ from the page in spaces, dashes and capitals.
    wanted = "".join(char for char in title.casefold() if char.isalnum())
    for key in (wanted, wanted.lstrip("0123456789")):
        position = squeezed.find(key) if key else -1
        while position >= 0:
            start = letters[position][1]
            line_start = text.rfind("\n", 0, start) + 1
            if start - line_start <= _LONGEST_PREFIX:
                return line_start
            position = squeezed.find(key, position + 1)
    return 0
