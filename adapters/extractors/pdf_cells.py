"""Finds the tables that browsers print. Their cells may stand as close together as words, but no space is drawn between
them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.extractors.pdf_grids import joined_lines
from adapters.extractors.pdf_tables import Cell, Line, are_aligned, is_typed
from ports.text.tables import row_text

_FEWEST_ROWS = 2
_FEWEST_ROWS_OF_TWO = 3
"""The least number of rows if the table has two columns."""
_NEAR = 0.15
"""The largest distance between the edge of a cell and the median edge of its column, as a share of the line's height."""
_ALIGNED = 0.75
_WIDER = 0.4
"""A gap between two columns must be at least this wide in one row, as a share of the line's height. The space between
two words is narrower.
"""
_JUDGED = 64
"""At most this number of lines is examined to decide whether lines are a table, so that the work grows no faster than
the number of lines. More lines may follow in the same columns.
"""
_MARK = re.compile(r"[^\w\s]|\(?(?:\d{1,3}|[^\W\d_]|[ivx]{1,4})[.):]")
"""The mark or number before an item of a list."""


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line with its parts between which the file draws no space."""

    line: Line
    parts: list[Cell]


def with_drawn_cells(lines: Sequence[CutLine]) -> list[Line]:
    """The lines, with the rows of tables as ``ports.text.tables`` writes them. The result has no positions of the words
    in rows.
    """
    found: list[Line] = []
    first = 0
    while first < len(lines):
        rows, end = _table_from(lines, first)
        if rows:
            found += [Line(row_text(row)) for row in rows]
            first = end
        else:
            found.append(lines[first].line)
            first += 1
    return found


def _table_from(lines: Sequence[CutLine], first: int) -> tuple[list[list[str]], int]:
    """The rows of the table that begins with line ``first``, and the number of the line after the table. No rows if no
    table begins there.
    """
    count = len(lines[first].parts)
    if count < 2:
        return [], first
    base: list[list[Cell]] = []
    columns: list[tuple[float, float]] = []
    rows: list[list[str]] = []
    end = first
    height = lines[first].line.height
    for number in range(first, len(lines)):
        if number == first + _JUDGED and not _is_table(base, lines[first:end]):
            return [], first
        parts = lines[number].parts
        if abs(lines[number].line.height - height) > _NEAR * height:
            break  # a heading has larger letters
        if len(parts) == count and (wider := _with_row(columns, parts)):
            columns = wider
            base.append(parts)
            rows.append([cell.text for cell in parts])
        elif len(parts) == 1 and base and (at := _column_below(parts[0], base, height)):
            rows[-1][at] = joined_lines([rows[-1][at], parts[0].text])
        else:
            break
        end = number + 1
    is_table = end > first + _JUDGED or _is_table(base, lines[first:end])
    return (rows, end) if is_table else ([], first)


def _with_row(columns: Sequence[tuple[float, float]], row: Sequence[Cell]) -> list[tuple[float, float]]:
    """The left and right edges of the columns with one more row. Empty if a cell is below a cell of another column."""
    edges = [(cell.left, cell.right) for cell in row]
    if columns:
        edges = [
            (min(one[0], other[0]), max(one[1], other[1])) for one, other in zip(columns, edges, strict=True)
        ]
    return edges if all(one[1] < other[0] for one, other in pairwise(edges)) else []


def _column_below(part: Cell, base: Sequence[Sequence[Cell]], height: float) -> int:
    """The number of the column whose cells have the same left edge; 0 if it is the first column, or if there is none."""
    lefts = [cell.left for cell in base[-1]]
    return next((at for at in range(1, len(lefts)) if abs(lefts[at] - part.left) <= _NEAR * height), 0)


def _is_table(base: Sequence[Sequence[Cell]], lines: Sequence[CutLine]) -> bool:
    if not base or len(base) < (_FEWEST_ROWS if len(base[0]) > 2 else _FEWEST_ROWS_OF_TWO):
        return False
    marks = Counter(_MARK.fullmatch(row[0].text) is not None for row in base)
    if marks[True] > marks[False]:
        return False
    height = lines[0].line.height
    gaps = ([after.left - before.right for before, after in pairwise(row)] for row in base)
    if any(max(gap) < _WIDER * height for gap in zip(*gaps, strict=True)):
        return False
    # Heads may be centred above cells that are not.
    body = base[1:] if len(base) > _FEWEST_ROWS else base
    is_aligned = all(
        are_aligned([(row[at].left, row[at].right) for row in body], _NEAR * height, _ALIGNED)
        for at in range(1, len(base[0]))
    )
    return is_aligned and not is_typed([cut.line for cut in lines])
