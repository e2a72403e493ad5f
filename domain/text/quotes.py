"""Finds a quote in a text."""

from __future__ import annotations

MAX_QUOTE_CHARACTERS = 600
MIN_QUOTE_CHARACTERS = 4

_ALIKE = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u2011": "-"}
)


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """The start and end of ``quote`` in ``text``; None if it is not there, or has less than 4 or more than 600
    characters.

    The search is for the exact letters first. Then it ignores white space, letter case and the shape of quotation
    marks and dashes.
    """
    wanted = quote.strip()
    if wanted.endswith(("…", "...")):
        wanted = wanted.rstrip("….").strip()
    if len(wanted) < MIN_QUOTE_CHARACTERS or len(wanted) > MAX_QUOTE_CHARACTERS:
        return None
    at = text.find(wanted)
    if at >= 0:
        return at, at + len(wanted)
    plain, places = _plain(text)
    sought, _ = _plain(wanted)
    at = plain.find(sought)
    if at < 0:
        return None
    return places[at], places[at + len(sought) - 1] + 1


def _plain(text: str) -> tuple[str, list[int]]:
    """``text`` without the differences that ``find_quote`` ignores, and the position in ``text`` of each character."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                places.append(place)
            continue
        for folded in character.translate(_ALIKE).casefold():
            characters.append(folded)
            places.append(place)
    return "".join(characters), places
