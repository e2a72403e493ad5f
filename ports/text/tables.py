"""What a row of a table looks like in a document's text, and what it says under the heads of its columns.

Readers write each row with ``row_text``. Markdown's tables, and lines of values between tabs, commas or semicolons, are
read as rows too: ``table_rows`` finds them all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ports.text.sentences import ends_with_mark

_BAR = " | "
_LONGEST_HEAD = 80
"""A longer first cell is a text, not the head of a column."""
_FEWEST_LINES = {"|": 2, "\t": 2, ",": 3, ";": 3, " ": 3}
"""From how many lines on lines with the same separator are a table: code has some beside one another, too."""
_LONGEST_GROUP = 160
"""Characters of the lines between two rows that name the rows below them."""
_MOST_GROUPS = 2
_ROWS_LOOKED_AT = 20
"""How many rows tell how many columns there are: the last cells of a row may be left out."""
_LONGEST_VALUE = 120
_LONGEST_SPACED = 32
"""Characters, on the average of the cells that spaces set apart, but the first ones: columns of prose have more."""
_ALIGNED = 0.75
"""The share of such a column's cells that begin, or end, under one another."""
_SPACED = re.compile(r"\S+(?: \S+)*")
_SPACED_RULE = re.compile(r"[-=]{2,}")
_CODE = re.compile(r"(?:[:+*/|&-]?=|#|//|--|/\*)")
"""What programs write under one another."""
_MOST_COLUMNS = 60
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_BARS_OR_TABS = re.compile(r"(?<!\\)\||\t")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_VALUES = {
    separator: re.compile(rf'(?:^|{separator})(?:"((?:[^"]|"")*)"(?={separator}|$)|([^{separator}]*))')
    for separator in ",;"
}
_GROUPED_DIGITS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ITEM_MARK = re.compile(r"\(?\w{1,3}[.)]|[^\w\s]")
_NAME = re.compile(r"[^\W\d_]{3}")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LINE = re.compile(r"[^\n\f]+")


@dataclass(frozen=True, slots=True)
class TableRow:
    """The row ``start:end`` of a text. No cell and no head has white space around it."""

    start: int
    end: int
    cells: tuple[str, ...]
    heads: tuple[str, ...]
    """Those of the columns, in order; an empty one has no name. None are known if there are none."""
    is_sure: bool
    """Whether ``heads`` surely are heads, and not the first of the rows."""
    is_head: bool = False
    """Whether the row itself is that of the heads."""

    def heads_from(self, text: str, place: int) -> tuple[str, ...]:
        """The heads, if they are sure, from the column on in which ``place`` stands. ``text`` is that of the row."""
        before = text[self.start : place]
        if not self.is_sure or self.is_head or (before.strip() and not _BARS_OR_TABS.search(before)):
            return ()
        columns = len(_BARS_OR_TABS.findall(before)) - text[self.start : self.end].lstrip().startswith("| ")
        return self.heads[max(columns, 0) :]

    def worded(self) -> str:
        """What the row says: each cell after the head of its column, or after the first cell if no heads are sure."""
        if self.is_sure:
            heads = [*self.heads, *[""] * len(self.cells)]
            named = zip(heads, self.cells, strict=False)
            return "; ".join(f"{head}: {cell}" if head else cell for head, cell in named if cell)
        label, *values = self.cells
        said = "; ".join(value for value in values if value)
        return f"{label}: {said}" if label and said else label or said

    def said(self) -> list[str]:
        """What the row says, a cell at a time: its first cell, and then each other one before the head of its column."""
        label, *values = self.cells
        heads = self.heads[1:] if self.is_sure else ()
        return [
            " ".join(filter(None, (label, value, head)))
            for value, head in zip(values, heads, strict=False)
            if value
        ]


def row_text(cells: Sequence[str]) -> str:
    """A table's row as one line of a document's text: its cells between bars, from the first column on.

    An empty cell keeps its place, unless no cell follows it. A row of empty cells is an empty line.
    """
    written = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    while written and not written[-1]:
        written.pop()
    return _BAR.join(written)


def rows_under(heads: Sequence[str], text: str) -> list[TableRow]:
    """The lines of ``text`` as rows of a table, or of a part of one row, whose first cell stands in the first column."""
    found = []
    for line in _LINE.finditer(text):
        read = _read(line)
        cells = read.cells if read is not None else (line[0].strip(" |"),)
        if any(cells):
            found.append(TableRow(line.start(), line.end(), cells, tuple(heads), is_sure=True))
    return found


def table_rows(text: str, above: Sequence[str] | None = ()) -> list[TableRow]:
    """The rows of all tables in ``text``, in order. Lines that only rule are left out.

    ``above`` are the heads of the table that goes on at the beginning of ``text``, if one does; None if that is not
    known.
    """
    found: list[TableRow] = []
    first_ink = len(text) - len(text.lstrip())
    for lines in _runs(text):
        first = lines[0]
        begins = first.start <= first_ink
        is_ruled = not lines[1].cells
        if begins and above:
            found += _rows(lines, tuple(above), is_sure=True)
        elif found and not is_ruled and _goes_on(text, found[-1], first):
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
    """There are none if the line only rules."""
    places: tuple[tuple[int, int], ...] = ()
    """Where the cells stand in their line, if spaces set them apart."""


def _rows(lines: Sequence[_Line], heads: tuple[str, ...], *, is_sure: bool) -> Iterator[TableRow]:
    return (
        TableRow(line.start, line.end, line.cells, heads, is_sure and bool(heads))
        for line in lines
        if any(line.cells)
    )


def _runs(text: str) -> Iterator[list[_Line]]:
    """The lines of each table."""
    run: list[_Line] = []
    for found in _LINE.finditer(text):
        line = _read(found)
        if line is None:
            continue
        if run and not _follows(text, run, line):
            yield from _tables(run)
            run = []
        run.append(line)
    yield from _tables(run)


def _follows(text: str, run: Sequence[_Line], line: _Line) -> bool:
    """Whether the line is the next row of the table: at once, or after the name of a group of rows."""
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


def _tables(run: list[_Line]) -> Iterator[list[_Line]]:
    """The run, if it is a table."""
    if not run or len(run) < _FEWEST_LINES[run[0].separator]:
        return
    if run[0].separator != " ":
        yield run
    elif (table := _in_columns(run)) is not None:
        yield table


def _in_columns(run: Sequence[_Line]) -> list[_Line] | None:
    """Lines whose cells spaces set apart, each cell in its column; None unless they surely are a table."""
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
    """The line with a cell for each column; None if two cells stand in one of them."""
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
    """Whether most cells of the column begin, or end, under one another."""
    places = [place for line in run for place in line.places if column[0] <= place[0] < column[1]]
    return any(
        max(Counter(place[side] for place in places).values()) >= _ALIGNED * len(places) for side in (0, 1)
    )


def _read(found: re.Match[str]) -> _Line | None:
    """The line as cells, if it may be a row."""
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
    return None if cells is None else _Line(found.start(), found.end(), separator, cells)


def _between_bars(line: str) -> tuple[str, ...] | None:
    if "-" in line and _RULE.fullmatch(line):
        return ()
    bare = line.strip()
    if _BAR not in f" {bare} " and bare[0] != "|":
        return None
    if "\\" in line:
        cells = [cell.strip().replace("\\|", "|") for cell in _UNESCAPED_BAR.split(line)]
    else:
        cells = [cell.strip() for cell in line.split("|")]
    if bare.startswith("|") and bare.endswith("|") and not bare.endswith("\\|"):
        cells = cells[1:-1]
    return tuple(cells) if 1 < len(cells) <= _MOST_COLUMNS and _are_whole(cells, line) else None


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
    """The values of a line of CSV. Prose, which has a space after a comma, is none."""
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
    """Whether no cell leaves a bracket open: sets and conditions have bars too."""
    return all(
        cell.count(opening) == cell.count(closing)
        for opening, closing in ("()", "{}")
        if opening in line or closing in line
        for cell in cells
    )


def _goes_on(text: str, above: TableRow, first: _Line) -> bool:
    """Whether a table goes on after an empty line, as at the end of a page."""
    return (
        not text[above.end : first.start].strip()
        and len(above.heads) == len(first.cells)
        and not _are_heads(first.cells)
    )


def _heads(lines: Sequence[_Line]) -> tuple[tuple[str, ...], int]:
    """The heads of the columns, and how many lines they take: none, one, or two, the first of which spans columns.

    A line above them that only names the table counts as one of these lines.
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
    """The second row's heads, each after the head that spans it in the first; None if the first does not span columns."""
    over = [*first, *[""] * (len(second) - len(first))]
    spans = [head for head in over[1:] if head]
    if not spans or len(spans) == len(over) - 1:
        return None
    if over[0]:
        # Beside the name of the first column, an empty head may also be one that was left out.
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
    """Whether a row may name the columns: short words, and no figures but years and dates.

    The same head may stand over two columns, and years alone may be heads, only beside a first column without a name.
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
    """Whether some column has figures under a name."""
    return any(
        bool(name)
        and not (_is_figure(name) and not _YEAR.fullmatch(name))
        and bool(values := [row[at] for row in below if at < len(row) and row[at]])
        and sum(map(_is_figure, values)) > len(values) / 2
        for at, name in enumerate(first)
    )


def _is_figure(cell: str) -> bool:
    """Whether it is a number, perhaps with a unit. A date has the name of a month."""
    return any(map(str.isdigit, cell)) and _NAME.search(cell) is None


def _has_letter(cell: str) -> bool:
    return any(map(str.isalpha, cell))
