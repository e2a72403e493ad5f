"""How a document's text represents the rows of tables, and what a row says under its column heads.

Readers write each row with ``row_text``. ``table_rows`` finds these rows, and also the rows of Markdown tables and of
lines with values between tabs, commas, semicolons or several spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ports.text.regexes import regex
from ports.text.sentences import ends_with_mark

_BAR = " | "
_LONGEST_HEAD = 80
"""A longer first cell is a text, not a column head."""
_FEWEST_LINES = {"|": 2, "\t": 2, ",": 3, ";": 3, " ": 3}
"""The least number of lines with the same separator that count as a table. Code also has some such lines in a row."""
_LONGEST_GROUP = 160
"""The largest number of characters in lines between two rows that name the rows below them."""
_MOST_GROUPS = 2
_ROWS_LOOKED_AT = 20
"""The number of rows that are read to find the number of columns. The last cells of a row may be missing."""
_LONGEST_VALUE = 120
_LONGEST_SPACED = 32
"""The largest mean length of the cells between spaces, in characters, without the first column. Columns of prose are
longer.
"""
_ALIGNED = 0.75
"""The least share of a column's cells that must start, or end, at the same place."""
_SPACED = regex(r"\S+(?: \S+)*")
_SPACED_RULE = regex(r"[-=]{2,}")
_CODE = regex(r"(?:[:+*/|&-]?=|#|//|--|/\*)")
"""Signs that code often has in such columns."""
_MOST_COLUMNS = 60
_UNESCAPED_BAR = regex(r"(?<!\\)\|")
_BREAK = regex(r"(?:\s*<br\s*/?>)+\s*", re.IGNORECASE)
"""A line break in a cell of a Markdown table."""
_BARS_OR_TABS = regex(r"(?<!\\)\||\t")
_RULE = regex(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_VALUES = {
    separator: regex(rf'(?:^|{separator})(?:"((?:[^"]|"")*)"(?={separator}|$)|([^{separator}]*))')
    for separator in ",;"
}
_GROUPED_DIGITS = regex(r"(?<=\d),(?=\d{3}\b)")
_ITEM_MARK = regex(r"\(?\w{1,3}[.)]|[^\w\s]")
_NAME = regex(r"[^\W\d_]{3}")
_YEAR = regex(r"(?:1[5-9]|20)\d\d")
_LINE = regex(r"[^\n\f]+")


@dataclass(frozen=True, slots=True)
class BegunRow:
    """A row of a table that begins before a text and goes on at its start."""

    column: int
    """The column, counted from 0, in which the text begins."""
    label: str
    """The row's first cell, perhaps cut."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The row ``start:end`` of a text. Cells and heads have no surrounding white space.

    If the row begins before the text, its cells are the first one and those in the text; its heads are theirs.
    """

    start: int
    end: int
    cells: tuple[str, ...]
    heads: tuple[str, ...]
    """The column heads, in order; "" for a column without a name. Empty if no heads are known."""
    is_sure: bool
    """Whether ``heads`` are certainly heads, and not simply the first row."""
    is_head: bool = False
    """Whether the row itself is the row of heads."""
    shift: int = 0
    """The number in ``cells`` of a cell, less the number of bars before it: -1 if the row begins with a bar as in
    Markdown, 1 if its first cell stands before the text.
    """

    def heads_from(self, text: str, place: int) -> tuple[str, ...]:
        """The heads, starting with the column that contains ``place``; empty if they are not certain. ``text`` is the
        text that holds the row.
        """
        if not self.is_sure or self.is_head:
            return ()
        return self.heads[self.column_at(text, place) :]

    def bars(self, text: str) -> list[int]:
        """The places of the bars and tabs in the row, ascending. ``text`` is the text that holds the row."""
        return [found.start() for found in _BARS_OR_TABS.finditer(text, self.start, self.end)]

    def column_at(self, text: str, place: int, bars: Sequence[int] | None = None) -> int:
        """The index in ``cells`` of the cell that contains ``place``. ``text`` is the text that holds the row. A caller
        that asks for many places of a row gives its ``bars``.
        """
        bars = self.bars(text) if bars is None else bars
        if self.shift or bars:
            return max(0, bisect_left(bars, place) + self.shift)
        row, before = text[self.start : self.end], text[self.start : place]
        column = at = 0
        for number, cell in enumerate(self.cells):
            found = row.find(cell, at) if cell else -1
            if 0 <= found <= len(before):
                column, at = number, found + len(cell)
        return column

    def begun_at(self, text: str, place: int, bars: Sequence[int] | None = None) -> BegunRow | None:
        """What a piece of ``text`` that begins at ``place`` has to know of this row; None if it holds the whole row.
        ``bars`` are as in ``column_at``.
        """
        if place <= self.start:
            return None
        return BegunRow(self.column_at(text, place, bars), self.cells[0][:_LONGEST_HEAD])

    def worded(self) -> str:
        """The row in words: each cell after its column head. If the heads are not certain, the cells after the first
        cell.
        """
        if self.is_sure:
            heads = [*self.heads, *[""] * len(self.cells)]
            named = zip(heads, self.cells, strict=False)
            return "; ".join(f"{head}: {cell}" if head else cell for head, cell in named if cell)
        label, *values = self.cells
        said = "; ".join(value for value in values if value)
        return f"{label}: {said}" if label and said else label or said

    def cell_texts(self) -> list[str]:
        """The row in words, one text for each cell except the first: the first cell, the cell, and its column head."""
        label, *values = self.cells
        heads = self.heads[1:] if self.is_sure else ()
        return [
            " ".join(filter(None, (label, value, head)))
            for value, head in zip(values, heads, strict=False)
            if value
        ]


def row_text(cells: Sequence[str]) -> str:
    """A row of a table as one line of a document's text: its cells between bars, from the first column on.

    An empty cell keeps its place, unless no filled cell follows it. A row of empty cells is an empty line.
    """
    written = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    while written and not written[-1]:
        written.pop()
    return _BAR.join(written)


def rows_under(heads: Sequence[str], text: str) -> list[TableRow]:
    """The lines of ``text`` as rows of a table with these heads. A line may be a part of a row; it starts in the first
    column.
    """
    found = []
    for line in _LINE.finditer(text):
        read = _read(line)
        cells = read.cells if read is not None else (line[0].strip(" |"),)
        if any(cells):
            found.append(TableRow(line.start(), line.end(), cells, tuple(heads), is_sure=True))
    return found


def table_rows(text: str, above: Sequence[str] | None = (), begun: BegunRow | None = None) -> list[TableRow]:
    """The rows of all tables in ``text``, in order. Lines that consist of a rule are left out.

    ``above`` holds the heads of a table that continues at the start of ``text``; empty if none does, None if that is
    not known. ``begun`` is the row of this table of which only the end is in ``text``; None if there is no such row.
    """
    found: list[TableRow] = []
    rest = 0
    if above and begun is not None and (line := _LINE.search(text)) is not None:
        found.append(_rest_of_row(line, tuple(above), begun))
        rest = line.end()
    first_ink = len(text) - len(text[rest:].lstrip())
    for lines in _runs(text, rest, continues=first_ink if above else -1):
        if len(lines) > 3 and not lines[0].cells and not lines[2].cells:
            lines = lines[1:]  # the heads stand between two rules
        first = lines[0]
        begins = first.start <= first_ink
        if begins and above:
            found += _rows(lines, tuple(above), is_sure=True)
            continue
        is_ruled = not lines[1].cells
        if found and not is_ruled and _goes_on(text, found[-1], first):
            found += _rows(lines, found[-1].heads, is_sure=found[-1].is_sure)
        else:
            heads, count = _heads(lines)
            below = [line.cells for line in lines[count:]]
            is_sure = is_ruled or first.separator in ",;" or _contrast(heads, below)
            is_sure = is_sure or (len(heads) > 2 and not (begins and above is None))
            found += (
                TableRow(line.start, line.end, line.cells, heads, is_sure, is_head=True)
                for line in lines[:count]
            )
            found += _rows(lines[count:], heads, is_sure=is_sure)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    separator: str
    cells: tuple[str, ...]
    """The cells; empty if the line is a rule."""
    places: tuple[tuple[int, int], ...] = ()
    """The ``(start, end)`` of each cell in its line, if spaces separate the cells."""
    shift: int = 0
    """-1 if the line begins and ends with a bar, as in Markdown."""


def _rows(lines: Sequence[_Line], heads: tuple[str, ...], *, is_sure: bool) -> Iterator[TableRow]:
    return (
        TableRow(line.start, line.end, line.cells, heads, is_sure and bool(heads), shift=line.shift)
        for line in lines
        if any(line.cells)
    )


def _rest_of_row(line: re.Match[str], heads: tuple[str, ...], begun: BegunRow) -> TableRow:
    """The row whose last cells are the ``line``."""
    if _BARS_OR_TABS.search(line[0]):
        parts = _BARS_OR_TABS.split(line[0])
    else:
        read = _read(line)
        parts = [line[0]] if read is None else list(read.cells)
    cells = tuple(part.strip().replace("\\|", "|") for part in parts)
    own = heads[begun.column : begun.column + len(cells)]
    is_head = bool(own) and all(
        bool(cell) and head.endswith(cell) for head, cell in zip(own, cells, strict=False)
    )
    is_within = begun.column > 0
    return TableRow(
        line.start(),
        line.end(),
        (begun.label, *cells) if is_within else cells,
        (heads[0], *heads[max(begun.column, 1) :]),
        is_sure=True,
        is_head=is_head,
        shift=int(is_within),
    )


def _runs(text: str, start: int, *, continues: int) -> Iterator[list[_Line]]:
    """The lines from ``start`` of each table, one list for each. A table continues at the place ``continues``."""
    run: list[_Line] = []
    for found in _LINE.finditer(text, start):
        line = _read(found)
        if line is None:
            continue
        if (run and run[-1].shift) or line.start == continues:
            line = _without_bar_at_start(text, line)
        if run and not _follows(text, run, line):
            yield from _tables(run, continues)
            run = []
        run.append(line)
    yield from _tables(run, continues)


def _follows(text: str, run: Sequence[_Line], line: _Line) -> bool:
    """Whether the line is the next row of the table: directly, or after the name of a group of rows."""
    above = run[-1]
    if line.separator != above.separator:
        return False
    if line.start == above.end + 1:
        return line.separator in "| " or len(line.cells) == len(above.cells)
    between = text[above.end + 1 : line.start - 1]
    return (
        line.separator == "|"
        and len(line.cells) == max(len(one.cells) for one in run[-_ROWS_LOOKED_AT:])
        and len(between) <= _LONGEST_GROUP
        and between.count("\n") < _MOST_GROUPS
        and "\n\n" not in text[above.end : line.start]
        and not ends_with_mark(between)
    )


def _without_bar_at_start(text: str, line: _Line) -> _Line:
    """The line as a row of Markdown, if it begins with a bar and the text ends within it."""
    if line.shift or text[line.start] != "|" or not line.cells or text[line.end :].strip():
        return line
    return replace(line, cells=line.cells[1:], shift=-1)


def _tables(run: list[_Line], continues: int) -> Iterator[list[_Line]]:
    """The run of lines, if it is a table, or the rest of the one that continues at the place ``continues``."""
    if not run:
        return
    is_rest = run[0].start <= continues and run[0].separator == "|"
    if not is_rest and len(run) < _FEWEST_LINES[run[0].separator]:
        return
    if run[0].separator != " ":
        yield run
    elif (table := _in_columns(run)) is not None:
        yield table


def _in_columns(run: Sequence[_Line]) -> list[_Line] | None:
    """Lines with cells separated by spaces, each cell in its column; None if they are not certainly a table."""
    columns: list[tuple[int, int]] = []
    for start, end in sorted(place for line in run for place in line.places):
        if columns and start < columns[-1][1]:
            columns[-1] = columns[-1][0], max(end, columns[-1][1])
        else:
            columns.append((start, end))
    placed = [_in_their_columns(line, columns) for line in run]
    lines = [line for line in placed if line is not None]
    filled = [line.cells for line in lines if line.cells]
    others = [cell for cells in filled for cell in cells[1:] if cell]
    if len(lines) < len(run) or len(filled) < _FEWEST_LINES[" "]:
        return None
    if sum(map(len, others)) > _LONGEST_SPACED * len(others):
        return None
    if 4 * sum(_CODE.match(cell) is not None for cell in others) > len(filled):
        return None
    marks = sum(_ITEM_MARK.fullmatch(cells[0]) is not None for cells in filled)
    if len(columns) == 2 and 2 * marks > len(filled):
        return None
    return lines if all(_are_aligned(run, column) for column in columns) else None


def _in_their_columns(line: _Line, columns: Sequence[tuple[int, int]]) -> _Line | None:
    """The line with a cell for each column; None if two of its cells are in the same column."""
    if not line.cells:
        return line
    cells = [""] * len(columns)
    for cell, (start, _) in zip(line.cells, line.places, strict=True):
        at = next(at for at, (_, end) in enumerate(columns) if start < end)
        if cells[at]:
            return None
        cells[at] = cell
    return replace(line, cells=tuple(cells))


def _are_aligned(run: Sequence[_Line], column: tuple[int, int]) -> bool:
    """Whether most cells of the column start, or end, at the same place."""
    places = [place for line in run for place in line.places if column[0] <= place[0] < column[1]]
    return any(
        max(Counter(place[side] for place in places).values()) >= _ALIGNED * len(places) for side in (0, 1)
    )


def _read(found: re.Match[str]) -> _Line | None:
    """The line as cells, if it may be a row; else None."""
    line = found[0]
    if "|" in line:
        separator, cells = "|", _between_bars(line)
    elif "\t" in line:
        separator, cells = "\t", _between_tabs(line)
    else:
        separator = ";" if ";" in line else ","
        cells = _values(line, separator) if separator in line else None
        if cells is None and "  " in line:
            return _between_spaces(found)
    if cells is None:
        return None
    shift = -1 if separator == "|" and _has_bars_around(line) else 0
    return _Line(found.start(), found.end(), separator, cells, shift=shift)


def _between_bars(line: str) -> tuple[str, ...] | None:
    if "-" in line and _RULE.fullmatch(line):
        return ()
    line = _BREAK.sub(_in_place_of_break, line)
    bare = line.strip()
    if _BAR not in f" {bare} " and bare[0] != "|":
        return None
    if "\\" in line:
        cells = [cell.strip().replace("\\|", "|") for cell in _UNESCAPED_BAR.split(line)]
    else:
        cells = [cell.strip() for cell in line.split("|")]
    if _has_bars_around(line):
        cells = cells[1:-1]
    return tuple(cells) if 1 < len(cells) <= _MOST_COLUMNS and _are_whole(cells, line) else None


def _has_bars_around(row: str) -> bool:
    """Whether the row begins and ends with a bar, as in Markdown. These bars separate no cells."""
    bare = row.strip()
    return bare.startswith("|") and bare.endswith("|") and not bare.endswith("\\|")


def _in_place_of_break(found: re.Match[str]) -> str:
    """Breaks at the edge of a cell separate nothing."""
    line, (start, end) = found.string, found.span()
    is_first = not start or (line[start - 1] == "|" and not line.endswith("\\|", 0, start))
    return " " if is_first or line[end : end + 1] in ("", "|") else ", "


def _between_tabs(line: str) -> tuple[str, ...] | None:
    cells = tuple(cell.strip() for cell in line.split("\t"))
    is_indented = not cells[0] and (sum(map(bool, cells)) < 2 or not cells[1])
    if is_indented or _ITEM_MARK.fullmatch(cells[0]) or not 1 < len(cells) <= _MOST_COLUMNS:
        return None
    return cells if max(map(len, cells)) <= _LONGEST_VALUE else None


def _between_spaces(found: re.Match[str]) -> _Line | None:
    pieces = list(_SPACED.finditer(found[0]))
    if not 1 < len(pieces) <= _MOST_COLUMNS or any(len(piece[0]) > _LONGEST_VALUE for piece in pieces):
        return None
    if all(_SPACED_RULE.fullmatch(piece[0]) for piece in pieces):
        return _Line(found.start(), found.end(), " ", ())
    cells = tuple(piece[0] for piece in pieces)
    return _Line(found.start(), found.end(), " ", cells, tuple(piece.span() for piece in pieces))


def _values(line: str, separator: str) -> tuple[str, ...] | None:
    """The values of a line of CSV; None for another line. Prose is recognised by the space after its commas."""
    if f"{separator} " in line and '"' not in line:
        return None
    if separator == "," and "," not in _GROUPED_DIGITS.sub("", line):
        return None
    if '"' not in line:
        cells = tuple(cell.strip() for cell in line.split(separator))
    else:
        cells = tuple(
            (found[1].replace('""', '"') if found[1] is not None else found[2]).strip()
            for found in _VALUES[separator].finditer(line)
        )
        unquoted = _VALUES[separator].sub(lambda found: separator + (found[2] or ""), line)[1:]
        if f"{separator} " in unquoted:
            return None
    if not _are_whole(cells, line):
        return None
    return cells if 1 < len(cells) <= _MOST_COLUMNS and max(map(len, cells)) <= _LONGEST_VALUE else None


def _are_whole(cells: Sequence[str], line: str) -> bool:
    """Whether no cell has an unclosed bracket. Sets and conditions in formulas contain bars too."""
    return all(
        cell.count(opening) == cell.count(closing)
        for opening, closing in ("()", "{}")
        if opening in line or closing in line
        for cell in cells
    )


def _goes_on(text: str, above: TableRow, first: _Line) -> bool:
    """Whether a table continues after an empty line, as at the end of a page."""
    return (
        not text[above.end : first.start].strip()
        and len(above.heads) == len(first.cells)
        and not _are_heads(first.cells)
    )


def _heads(lines: Sequence[_Line]) -> tuple[tuple[str, ...], int]:
    """The column heads, and the number of lines that they take, 0 if there are none.

    Heads may stand in two lines: those of the upper line then span several columns. The number also counts a rule
    between two lines of heads, and everything above the heads: a line that only names the table, and the rule after it.
    """
    first, second = lines[0].cells, lines[1].cells
    is_ruled = bool(first) and not second
    following = 2 if is_ruled else 1
    if len(lines) > following + 1:
        below = lines[following].cells
        if len(first) > 2 and first[0] and not any(first[1:]) and _are_heads(below):
            heads, count = _heads(lines[following:])
            return heads, following + count
        spanned = _spanned(first, below, [line.cells for line in lines[following + 1 :]])
        if spanned and _are_heads(spanned):
            return spanned, following + 1
    if first and (is_ruled or _are_heads(first)):
        return first, 1
    return (), 0


def _spanned(
    first: Sequence[str], second: Sequence[str], below: Sequence[Sequence[str]]
) -> tuple[str, ...] | None:
    """The heads of the second row, each preceded by the head that spans it in the first row. None if the first row does
    not span columns.
    """
    over = [*first, *[""] * (len(second) - len(first))]
    spans = [head for head in over[1:] if head]
    if not spans or len(spans) == len(over) - 1:
        return None
    if over[0]:
        # If the first column has a name in this row, an empty head may also be one that was left out.
        names = second[1:]
        is_row_of_heads = all(names) and not any(map(_is_figure, names)) and second[0] in ("", over[0])
        if not is_row_of_heads or (len(set(names)) == len(names) and not _contrast(second, below)):
            return None
    elif 2 * len(spans) > len(second):
        return None
    return tuple(
        f"{next(filter(None, over[at:0:-1]), '')} {head}".strip() if at else head or over[0]
        for at, head in enumerate(second)
    )


def _are_heads(cells: Sequence[str]) -> bool:
    """Whether a row may name the columns: its cells are short words, without figures except years and dates.

    If the first column has no name, two columns may have the same head, and all heads may be years.
    """
    named = [cell for cell in cells if cell]
    labels = not cells[0]
    return (
        len(named) >= len(cells) - 1
        and len(set(named)) >= (min(2, len(named)) if labels else len(named))
        and all(len(cell) <= _LONGEST_HEAD for cell in named)
        and all(not _is_figure(cell) or _YEAR.fullmatch(cell) for cell in named)
        and (labels or any(map(_has_letter, named)))
    )


def _contrast(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether at least one column has figures under a name."""
    return any(
        bool(name)
        and not (_is_figure(name) and not _YEAR.fullmatch(name))
        and bool(values := [row[at] for row in below if at < len(row) and row[at]])
        and sum(map(_is_figure, values)) > len(values) / 2
        for at, name in enumerate(first)
    )


def _is_figure(cell: str) -> bool:
    """Whether the cell is a number, perhaps with a unit. A date with the name of a month is not."""
    return any(map(str.isdigit, cell)) and _NAME.search(cell) is None


def _has_letter(cell: str) -> bool:
    return any(map(str.isalpha, cell))
