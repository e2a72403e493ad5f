"""The rows of a PDF's tables, found by where the words of its lines stand.

A PDF has no tables, only words at places. Lines that leave wide gaps at the same places, one under another, are rows. What is
not surely a table stays as it is: prose in columns, lists, contents and code have gaps too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ports.text.tables import row_text

_GAP = 0.8
"""Of a line's height. A wider space between two words is one between two columns."""
_SMALL_GAP = 0.4
_NEAR = 0.4
"""Of a line's height: how far from the middle one the edges of one column's cells may be."""
_ALIGNED = 0.75
"""The share of a column's cells whose edges are so near. A bracket may stand out, and a head is often elsewhere."""
_FEWEST_ROWS = 2
_FEWEST_ROWS_OF_WORDS = 3
"""Of two columns, or of words alone: lines of prose that are spaced out may look like two rows of them."""
_LONGEST_CELL = 32
"""Characters, on the average of a table's cells but the first ones. Columns of prose have more."""
_LINES_BETWEEN = 2
"""How many lines that are no rows may stand between two rows: the heads of groups of rows."""
_MOST_HEAD_LINES = 24
_LONGEST_HEAD = 40
_LONGEST_LINE = 200
_ITEM_MARK = re.compile(r"\(?(?:\w{1,3}|\d+(?:\.\d+)+)[.)]?|[^\w\s]")
_LEADERS = re.compile(r"(?:\. ?){4,}|…{2,}")
_ONLY_BEFORE = re.compile(r"[$€£¥(]+")
_ONLY_AFTER = re.compile(r"[)%*†‡]+")
_FIGURE = re.compile(r"[$€£¥(+\-–−—\s]*(?:\d[\d.,\s]*[)%]*|[-–—−])")


class Word(NamedTuple):
    text: str
    left: float
    right: float


class Cell(NamedTuple):
    text: str
    left: float
    right: float


@dataclass(slots=True)
class Line:
    text: str
    words: list[Word] = field(default_factory=list)
    """Empty if the places of the words are not known."""
    height: float = 0.0

    def cells(self) -> list[Cell]:
        found: list[Cell] = []
        for word in self.words:
            last = found[-1] if found else None
            # Before a sign of currency, the next column begins, however near.
            gap = _SMALL_GAP if _ONLY_BEFORE.fullmatch(word.text) else _GAP
            joins = last is not None and (
                word.left - last.right < gap * self.height
                or _ONLY_BEFORE.fullmatch(last.text) is not None
                or _ONLY_AFTER.fullmatch(word.text) is not None
            )
            if last is not None and joins:
                found[-1] = Cell(f"{last.text} {word.text}", last.left, max(last.right, word.right))
            else:
                found.append(Cell(*word))
        return found


def may_be_row(line: str) -> bool:
    """Whether it is worth to look where the words of the line stand."""
    return 1 <= len(line) <= _LONGEST_LINE and not _LEADERS.search(line)


def with_rows(lines: Sequence[Line]) -> list[str]:
    """The text of the lines, in order, with the rows of tables as ``ports.text.tables`` writes them."""
    cells = [line.cells() for line in lines]
    texts: list[str | None] = [line.text for line in lines]
    for group in _groups(cells):
        table = _Table.of(lines, cells, group)
        if table is not None:
            for number, row in table.rows.items():
                texts[number] = row_text(row)
            _add_heads(lines, cells, table, texts)
    return [text for text in texts if text is not None]


def _groups(cells: Sequence[Sequence[Cell]]) -> list[list[int]]:
    """The lines of several cells that stand near one another."""
    groups: list[list[int]] = []
    for number, found in enumerate(cells):
        if len(found) < 2:
            continue
        if groups and number - groups[-1][-1] <= _LINES_BETWEEN + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [group for group in groups if len(group) >= _FEWEST_ROWS]


@dataclass(slots=True)
class _Table:
    columns: list[tuple[float, float]]
    rows: dict[int, list[str]]
    """By the number of the line."""

    @classmethod
    def of(
        cls, lines: Sequence[Line], cells: Sequence[Sequence[Cell]], group: Sequence[int]
    ) -> _Table | None:
        """The table of the lines; None if they surely are no table, or not surely one."""
        counts = Counter(len(cells[number]) for number in group)
        count = max(counts, key=lambda count: (counts[count], count))
        base = [number for number in group if len(cells[number]) == count]
        columns = [
            (min(cells[number][at].left for number in base), max(cells[number][at].right for number in base))
            for at in range(count)
        ]
        height = max(lines[number].height for number in base)
        if any(one[1] >= other[0] for one, other in pairwise(columns)):
            return None
        if not _is_table([cells[number] for number in base], height):
            return None
        rows = {number: row for number in group if (row := _placed(cells[number], columns)) is not None}
        return cls(columns, rows)


def _is_table(base: Sequence[Sequence[Cell]], height: float) -> bool:
    count = len(base[0])
    values = [cell for row in base for cell in row[1:]]
    figures = sum(_FIGURE.fullmatch(cell.text) is not None for cell in values)
    if len(base) < (_FEWEST_ROWS if count > 2 and 2 * figures >= len(values) else _FEWEST_ROWS_OF_WORDS):
        return False
    if sum(len(cell.text) for cell in values) > _LONGEST_CELL * len(values):
        return False
    marks = sum(_ITEM_MARK.fullmatch(row[0].text) is not None for row in base)
    if count == 2 and (2 * marks > len(base) or (2 * figures < len(base) and _is_wide(base))):
        return False
    aligned = sum(_are_aligned([row[at] for row in base], height) for at in range(1, count))
    return aligned == count - 1 if count == 2 else 2 * aligned >= count - 1


def _is_wide(base: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first column is one of texts, as in two columns of prose."""
    return sum(len(row[0].text) for row in base) > _LONGEST_CELL * len(base)


def _are_aligned(column: Sequence[Cell], height: float) -> bool:
    edges = (
        [cell.left for cell in column],
        [cell.right for cell in column],
        [(cell.left + cell.right) / 2 for cell in column],
    )
    return any(
        sum(abs(place - median(places)) <= _NEAR * height for place in places) >= _ALIGNED * len(places)
        for places in edges
    )


def _placed(cells: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str] | None:
    """The text of each column; None if the cells do not fit. A cell over several columns stands in the first of them."""
    row = [""] * len(columns)
    last = -1
    for cell in cells:
        over = [at for at, (left, right) in enumerate(columns) if cell.left <= right and left <= cell.right]
        centre = (cell.left + cell.right) / 2
        at = over[0] if over else min(range(len(columns)), key=lambda at: abs(sum(columns[at]) / 2 - centre))
        if at <= last:
            return None
        row[at] = cell.text
        last = over[-1] if over else at
    return row


def _add_heads(
    lines: Sequence[Line], cells: Sequence[Sequence[Cell]], table: _Table, texts: list[str | None]
) -> None:
    """Join what stands above the columns, line by line or cell by cell, to one row of heads."""
    numbers = sorted(table.rows)
    first = numbers[0]
    while first in table.rows and not table.rows[first][0]:
        first = next((number for number in numbers if number > first), first + 1)
    heads = [""] * len(table.columns)
    taken: list[int] = []
    for number in range(first - 1, max(-1, first - 1 - _MOST_HEAD_LINES), -1):
        row = _placed(cells[number], table.columns) if cells[number] else None
        spans = any(
            sum(cell.left <= right and left <= cell.right for left, right in table.columns) > 1
            for cell in cells[number]
        )
        if row is None or spans or len(lines[number].text) > _LONGEST_HEAD * len(table.columns):
            break
        if row[0]:
            if taken or any(row[1:]) or first - number > _LINES_BETWEEN:
                break
            continue  # the name of the first group of rows
        heads = [f"{text} {head}".strip() for text, head in zip(row, heads, strict=True)]
        taken.append(number)
    if taken and sum(map(bool, heads[1:])) == len(heads) - 1:
        for number in taken:
            texts[number] = None
        texts[min(taken)] = row_text(heads)
