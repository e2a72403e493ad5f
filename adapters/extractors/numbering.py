"""Computes the numbers and bullets of lists: Word does not store them with the paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MAX_LEVEL = 8
_MAX_NUMBER = 100_000
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list. In ``text``, ``%1`` to ``%9`` stand for the numbers of the levels."""

    number_format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class NumberedList:
    """One ``w:num``. Lists with the same ``abstract`` share their counters, but a list counts a level from its
    own start if ``restarts`` has that level.
    """

    abstract: str
    levels: dict[int, ListLevel] = field(default_factory=dict)
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts list items as Word does, from the first paragraph to the last."""

    def __init__(self, lists: dict[str, NumberedList]) -> None:
        self._lists = lists
        self._counters: dict[str, dict[int, int]] = {}
        self._seen: set[tuple[str, int]] = set()

    def label(self, list_id: str, level: int) -> str:
        """The number or bullet before the next paragraph of the list on ``level`` (0 to 8); "" if there is none."""
        numbered = self._lists.get(list_id)
        level = max(0, min(level, _MAX_LEVEL))
        if numbered is None or level not in numbered.levels:
            return ""
        own = numbered.levels[level]
        counters = self._counters.setdefault(numbered.abstract, {})
        if level in numbered.restarts and (list_id, level) not in self._seen:
            counters[level] = numbered.restarts[level]
        else:
            counters[level] = counters.get(level, own.start - 1) + 1
        self._seen.add((list_id, level))
        for deeper in [other for other in counters if other > level]:
            del counters[deeper]
        if own.number_format == "none":
            return ""
        if own.number_format == "bullet":
            # Most bullets are characters of symbol fonts. In other fonts those characters mean nothing.
            return own.text if own.text in ("-", "–", "—", "*", "o", "→", "✓") else "•"

        def number(found: re.Match[str]) -> str:
            wanted = int(found[1]) - 1
            at = numbered.levels.get(wanted, ListLevel())
            return format_number(counters.get(wanted, at.start), at.number_format)

        return re.sub(r"%([1-9])", number, own.text).strip()


def format_number(number: int, number_format: str) -> str:
    if not 0 < number < _MAX_NUMBER:
        return str(number)
    if number_format == "lowerRoman":
        return _roman(number)
    if number_format == "upperRoman":
        return _roman(number).upper()
    if number_format == "lowerLetter":
        return _letters(number)
    if number_format == "upperLetter":
        return _letters(number).upper()
    if number_format == "decimalZero":
        return f"{number:02}"
    return str(number)


def _letters(number: int) -> str:
    # After z, Word continues with aa, bb, cc.
    repeats, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * min(repeats + 1, 10)


def _roman(number: int) -> str:
    parts = []
    for value, numeral in _ROMAN:
        count, number = divmod(number, value)
        parts.append(numeral * count)
    return "".join(parts)
