"""Finds tables whose cells have several lines, by the order in which the lines are drawn.

Some programs draw a table cell by cell: all lines of a cell come first, and then the next cell begins higher up and
further right. Others draw line by line: a line whose first column is empty belongs to the row above.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.extractors.pdf_tables import Cell, Line, are_aligned
from ports.text.tables import row_text

_MOST_LINES = 8
"""The most lines of one cell. More lines are a column of prose."""
_FEWEST_ROWS = 3
_PITCH = 1.9
"""The greatest distance of two lines of one cell, as a multiple of the line's height."""
_UNEVEN_PITCH = 1.2
"""The greatest distance of two lines, as a multiple of the smallest distance in the table. A line further above is a
title.
"""
_LONGEST_CELL = 150
"""The largest average number of characters of a table's cells."""
_LONGEST_IN_COLUMN = 28
"""The largest average number of characters of the cells in the narrowest column. In two columns of prose, both have
more.
"""
_NEAR = 0.6
"""How far a cell's edge may be from the column's median edge, as a share of the line's height."""
_ALIGNED = 0.7
_ABOVE = 4.0
"""The number of lines above its row at which a cell may begin. Cells may be centred vertically."""
_FEWEST_WRAPPED = 0.65
"""The least share of line breaks within cells that were made because the next word did not fit on the line."""
_MOST_LOOKS = 12
"""The average number of times that a line may be examined; then the search stops. This bounds the work on a page that
looks like one long table.
"""
_FIGURE = re.compile(r"[^\w\s]*\d[\d.,\s]*[^\w\s]*")
_MARK = re.compile(
    r"\[[^\]]{1,12}\]|[\[(]?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,4}|\d+(?:\.\d+)+)[\])]?[.):]?|[^\w\s]"
)
"""The mark before an item of a list, or before an entry of a bibliography."""
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Letters of scripts that are written without spaces."""
_SOFT_HYPHEN = "\ufffe"
"""The character that pdfium writes where a line ends within a word."""


@dataclass(slots=True)
class _Piece:
    """The part of a line that belongs to one cell."""

    text: str
    left: float
    right: float
    bottom: float
    height: float

    @property
    def top(self) -> float:
        return self.bottom + self.height

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(slots=True)
class _GridCell:
    pieces: list[_Piece]

    @property
    def left(self) -> float:
        if len(self.pieces) == 1:  # most cells have one line, and are asked often
            return self.pieces[0].left
        return min(piece.left for piece in self.pieces)

    @property
    def right(self) -> float:
        if len(self.pieces) == 1:
            return self.pieces[0].right
        return max(piece.right for piece in self.pieces)

    def text(self) -> str:
        return joined_lines([piece.text for piece in self.pieces])


def joined_lines(lines: Sequence[str]) -> str:
    """The lines of one cell as one text. No space is added after a hyphen, or in a script without spaces."""
    joined = ""
    for line in lines:
        if joined.endswith(_SOFT_HYPHEN):
            joined = joined[:-1] + line
        else:
            is_unspaced = _UNSPACED.match(line) and _UNSPACED.match(joined[-1:])
            joined = f"{joined}{'' if is_unspaced or not joined else ' '}{line}"
    return joined


@dataclass(slots=True)
class _Row:
    cells: list[_GridCell]

    @property
    def bottom(self) -> float:
        return min(cell.pieces[-1].bottom for cell in self.cells)

    @property
    def top(self) -> float:
        return max(cell.pieces[0].top for cell in self.cells)

    def cell_over(self, piece: _Piece) -> _GridCell | None:
        """The cell above the piece. None if there is no cell above it, or more than one."""
        over = [cell for cell in self.cells if cell.left < piece.right and piece.left < cell.right]
        return over[0] if len(over) == 1 else None

    def with_lines(self, more: Sequence[tuple[_GridCell, _GridCell]]) -> _Row:
        """The row with further lines added to some of its cells."""
        below = {id(cell): lines.pieces for cell, lines in more}
        return _Row([_GridCell([*cell.pieces, *below.get(id(cell), [])]) for cell in self.cells])


def with_grids(lines: Sequence[Line]) -> list[Line]:
    """The lines of the page, where each row of a table with cells of several lines has become one line."""
    cells = [line.cells() for line in lines]
    made: list[Line] = []
    at = 0
    looks = _MOST_LOOKS * len(lines)
    while at < len(lines):
        drawn = _drawn_from(lines, cells, at) if looks > 0 else _Drawn()
        looks -= sum(len(row.cells) for row in drawn.rows)
        table, end = _table_of(drawn)
        if table:
            made += (Line(row_text(row)) for row in table)
            at = end
        else:
            made.append(lines[at])
            at += 1
    return made


def _drawn_from(lines: Sequence[Line], cells: Sequence[Sequence[Cell]], first: int) -> _Drawn:
    drawn = _Drawn()
    for number in range(first, len(lines)):
        pieces = [_Piece(*cell, lines[number].height) for cell in cells[number]]
        if not drawn.take(pieces, number):
            return drawn
    drawn.ends.append(len(lines))
    return drawn


def _table_of(drawn: _Drawn) -> tuple[list[list[str]], int]:
    """The rows of the table that begins at ``first``, and the number of the line after it. No rows if the lines are no
    table.
    """
    for count in (len(drawn.rows), len(drawn.rows) - 1):  # the last row may be the text after the table
        table = _table(_merged(drawn.rows[:count])) if count >= _FEWEST_ROWS else None
        if table is not None:
            return table, drawn.ends[count - 1]
    return [], 0


class _Drawn:
    """The rows of a table, while its lines are read."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.ends: list[int] = []
        """For each finished row, the number of the line after it."""
        self._second: float | None = None
        """The left edge of the second column."""
        self._pitch: float | None = None
        """The distance of two lines of one cell."""

    def take(self, pieces: Sequence[_Piece], number: int) -> bool:
        """Add a line to the rows. Returns whether it fits.

        A line that does not fit ends the table before it. If a part of it fits, the table ends before the row of that
        part.
        """
        if not pieces:
            self.ends.append(number)
            return False
        if self.rows and self._goes_on_in_columns(pieces):
            return True
        for count, piece in enumerate(pieces):
            if not self.rows:
                self.rows.append(_Row([_GridCell([piece])]))
            elif count == 0 and len(pieces) > 1 and len(self.rows[-1].cells) > 1 and self._begins_row(piece):
                self._begin_row(piece, number)
            elif self._goes_on(piece):
                self._add(self.rows[-1].cells[-1], piece)
            elif self._is_next_cell(piece):
                self._add_cell(piece)
            elif self._begins_row(piece):
                self._begin_row(piece, number)
            else:
                if count:
                    self.rows.pop()
                else:
                    self.ends.append(number)
                return False
        return True

    def _begin_row(self, piece: _Piece, number: int) -> None:
        self.ends.append(number)
        self.rows.append(_Row([_GridCell([piece])]))

    def _add_cell(self, piece: _Piece) -> None:
        cells = self.rows[-1].cells
        cells.append(_GridCell([piece]))
        if len(cells) == 2:
            self._second = piece.left if self._second is None else min(piece.left, self._second)

    def _add(self, cell: _GridCell, piece: _Piece) -> None:
        step = cell.pieces[-1].bottom - piece.bottom
        self._pitch = step if self._pitch is None else min(step, self._pitch)
        cell.pieces.append(piece)

    def _is_under(self, cell: _GridCell, piece: _Piece) -> bool:
        """Whether the piece can be the next line of the cell."""
        last = cell.pieces[-1]
        step = last.bottom - piece.bottom
        most = _PITCH * last.height if self._pitch is None else _UNEVEN_PITCH * self._pitch
        return (
            len(cell.pieces) < _MOST_LINES
            and 0.5 * last.height < step <= most
            and piece.left < cell.right
            and cell.left < piece.right
        )

    def _goes_on(self, piece: _Piece) -> bool:
        *others, last = self.rows[-1].cells
        return self._is_under(last, piece) and all(cell.right < piece.left for cell in others)

    def _goes_on_in_columns(self, pieces: Sequence[_Piece]) -> bool:
        """Add a line whose first column is empty to the cells above it. Returns whether each of its pieces continues a
        cell.
        """
        row = self.rows[-1]
        if len(row.cells) < 2 or any(piece.left <= row.cells[0].right for piece in pieces):
            return False
        above = [row.cell_over(piece) for piece in pieces]
        pairs = [(cell, piece) for cell, piece in zip(above, pieces, strict=True) if cell is not None]
        if len(pairs) < len(pieces) or not all(self._is_under(cell, piece) for cell, piece in pairs):
            return False
        for cell, piece in pairs:
            self._add(cell, piece)
        return True

    def _is_next_cell(self, piece: _Piece) -> bool:
        row = self.rows[-1]
        return (
            piece.left > max(cell.right for cell in row.cells)
            and row.bottom - 0.5 * piece.height <= piece.bottom <= row.top + _ABOVE * piece.height
            and (len(self.rows) < 2 or piece.bottom < self.rows[-2].bottom)
        )

    def _begins_row(self, piece: _Piece) -> bool:
        row = self.rows[-1]
        return (
            self._second is not None
            and piece.right < self._second
            and piece.bottom < row.bottom - 0.3 * piece.height
            and row.bottom - piece.top <= 3 * piece.height
        )


def _merged(rows: Sequence[_Row]) -> list[_Row]:
    """The rows, with each incomplete row joined to the row above it.

    A row is incomplete if it leaves a column free and is closer to the row above than other rows are.
    """
    steps = [above.bottom - below.top for above, below in pairwise(rows)]
    widest = max(steps, default=0.0)
    most = max(len(row.cells) for row in rows)
    merged = [rows[0]]
    for step, row in zip(steps, rows[1:], strict=True):
        above = [merged[-1].cell_over(cell.pieces[0]) for cell in row.cells]
        pairs = [(over, cell) for over, cell in zip(above, row.cells, strict=True) if over is not None]
        are_apart = len({id(over) for over, _ in pairs}) == len(row.cells)
        is_close = widest - step > 0.25 * row.cells[0].pieces[0].height
        if is_close and are_apart and len(row.cells) < most:
            merged[-1] = merged[-1].with_lines(pairs)
        else:
            merged.append(row)
    return merged


def _table(rows: Sequence[_Row]) -> list[list[str]] | None:
    """The texts of the cells by row. None unless the rows are certainly a table with cells of several lines."""
    counts = Counter(len(row.cells) for row in rows)
    count = max(counts, key=lambda count: (counts[count], count))
    base = [row for row in rows if len(row.cells) == count]
    if count < 2 or len(base) < _FEWEST_ROWS or 2 * len(base) < len(rows):
        return None
    columns = [
        (min(row.cells[at].left for row in base), max(row.cells[at].right for row in base))
        for at in range(count)
    ]
    if any(one[1] >= other[0] for one, other in pairwise(columns)):
        return None
    if _has_title(rows[0]):
        return None
    several = [cell for row in rows for cell in row.cells if len(cell.pieces) > 1]
    if not several or not _is_even(several) or not _are_wrapped(rows, columns):
        return None
    texts = [cell.text() for row in base for cell in row.cells]
    if sum(map(len, texts)) > _LONGEST_CELL * len(texts) or not any(
        sum(len(row.cells[at].text()) for row in base) <= _LONGEST_IN_COLUMN * len(base)
        for at in range(count)
    ):
        return None
    marks = sum(_MARK.fullmatch(row.cells[0].text()) is not None for row in base)
    if count == 2 and 2 * marks > len(base):
        return None
    for at, first in enumerate(base[0].cells):
        near = _NEAR * first.pieces[0].height
        if not are_aligned([(row.cells[at].left, row.cells[at].right) for row in base], near, _ALIGNED):
            return None
    placed = [_placed(row, columns) for row in rows]
    return None if any(row is None for row in placed) else [row for row in placed if row is not None]


def _has_title(row: _Row) -> bool:
    """Whether the first line of the first cell stands above all other cells. It is a title, and the table begins with
    the next line.
    """
    first, *others = row.cells
    line = first.pieces[0]
    return len(first.pieces) > 1 and all(
        line.bottom >= cell.pieces[0].top - 0.2 * line.height for cell in others
    )


def _is_even(cells: Sequence[_GridCell]) -> bool:
    steps = [
        (above.bottom - below.bottom) / above.height
        for cell in cells
        for above, below in pairwise(cell.pieces)
    ]
    return max(steps) <= _UNEVEN_PITCH * min(steps)


def _are_wrapped(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the cells have several lines because their columns are narrow. Otherwise each line is a row, or the head
    of a group of rows.
    """
    high = [{len(cell.pieces) for cell in row.cells} for row in rows[1:]]
    if 2 * sum(len(one) == 1 and 1 not in one for one in high) > sum(one != {1} for one in high):
        return False  # where all cells have as many lines, each line is a row
    wrapped: list[bool] = []
    for left, right in columns:
        cells = [cell for row in rows for cell in row.cells if cell.left <= right and left <= cell.right]
        widest = max((piece.width for cell in cells for piece in cell.pieces), default=0.0)
        breaks = [pair for cell in cells for pair in pairwise(cell.pieces)]
        found = [_is_wrapped(above, below, widest) for above, below in breaks]
        if 2 * sum(found) < len(found):
            return False
        wrapped += found
    return sum(wrapped) >= _FEWEST_WRAPPED * len(wrapped)


def _is_wrapped(above: _Piece, below: _Piece, widest: float) -> bool:
    """Whether the first word of the lower line would not have fitted on the upper line, in a column ``widest`` points
    wide.
    """
    if _FIGURE.fullmatch(above.text) and _FIGURE.fullmatch(below.text):
        return False
    word = below.text.split()[0]
    longer = above.width + below.width * (len(word) + 1) / len(below.text)
    return above.text.endswith(("-", _SOFT_HYPHEN)) or longer > 0.97 * widest


def _placed(row: _Row, columns: Sequence[tuple[float, float]]) -> list[str] | None:
    """The text of each column. None if a cell is in no column, or if two cells are in the same one."""
    texts = [""] * len(columns)
    for cell in row.cells:
        over = [at for at, (left, right) in enumerate(columns) if cell.left <= right and left <= cell.right]
        if not over or texts[over[0]]:
            return None
        texts[over[0]] = cell.text()
    return texts
