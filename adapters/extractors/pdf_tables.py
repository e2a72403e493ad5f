"""Finds the rows of a PDF's tables, by the positions of the words in its lines.

A PDF has no tables, only words at positions. Lines are rows if they have wide gaps at the same positions, one below the
other. Prose in columns, lists, contents and code have gaps too; so lines stay as they are unless they are certainly a
table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import pairwise
from operator import sub
from statistics import median
from typing import NamedTuple

from ports.text.tables import row_text

_GAP = 0.8
"""A space between two words separates two columns if it is wider than this share of the line's height."""
_SMALL_GAP = 0.4
_TIGHT_GAP = 0.2
"""The narrowest space between two columns in a tight table (one whose cells stand close together), as a share of the
line's height.
"""
_TIGHT_EDGE_SHIFT = 0.12
"""In a tight table: the largest distance of a column's edge from line to line, as a share of the line's height."""
_TIMES_WIDER = 1.3
"""In a tight table: the factor by which a gap between columns must be wider than a space between words."""
_FEWEST_WIDER = 0.5
"""In a tight table: the least share of the lines on which a gap between columns is at least ``_TIMES_WIDER`` times as
wide as a space between words.
"""
_USUAL_SPACE = 0.3
"""The usual width of a space between words, as a share of the line's height. It is used because the spaces of one line
may be too few.
"""
_FEWEST_SPREAD = 3
_FEWEST_JUSTIFIED = 6
"""A line with at least this many spaces, all of nearly the same width, is justified prose."""
_JUSTIFIED = 1.05
"""The largest ratio of the widest to the narrowest space in a line of justified prose."""
_ONE_WIDTH = 1.1
_FEWEST_TIGHT_LINES = 3
_OFF_CENTRE = 0.2
"""The largest distance between the middle of a head and the middle of the columns that it spans, as a share of their
width.
"""
_EDGE_SHIFT = 0.4
"""The largest distance between the edge of a cell and the median edge of its column, as a share of the line's height.
"""
_ALIGNED = 0.75
"""The least share of a column's cells whose edges are within ``_EDGE_SHIFT``. Cells with a bracket are wider, and heads
are often at other places.
"""
_FEWEST_ROWS = 2
_FEWEST_ROWS_OF_WORDS = 3
"""The least number of rows if a table has two columns, or only words: two lines of spaced-out prose may look like two
such rows.
"""
_LONGEST_CELL = 32
"""The most characters of a table's cells on average, without the first column. Columns of prose have more."""
_LINES_BETWEEN = 2
"""How many other lines may stand between two rows, such as the heads of groups of rows."""
_MOST_HEAD_LINES = 24
_LONGEST_HEAD = 40
LONGEST_LINE = 200
_ITEM_MARK = re.compile(r"\(?(?:\w{1,3}|\d+(?:\.\d+)+)[.)]?|[^\w\s]")
_LEADERS = re.compile(r"(?:\. ?){4,}|…{2,}")
_ONLY_BEFORE = re.compile(r"[$€£¥(]+")
_ONLY_AFTER = re.compile(r"[)%*†‡]+")
_FIGURE = re.compile(r"[$€£¥(+\-–−—\s]*(?:\d[\d.,\s]*[)%]*|[-–—−])")


class PlacedWord(NamedTuple):
    text: str
    left: float
    right: float
    bottom: float = 0.0


class Cell(NamedTuple):
    text: str
    left: float
    right: float
    bottom: float = 0.0
    """The lower edge of the cell's first word. Cells of one row may be centred, and so stand half a line higher or
    lower.
    """


@dataclass(slots=True)
class Line:
    text: str
    words: list[PlacedWord] = field(default_factory=list)
    """Empty if the positions of the words are not known."""
    height: float = 0.0

    def cells(self) -> list[Cell]:
        found: list[Cell] = []
        near, far = _SMALL_GAP * self.height, _GAP * self.height
        if self._is_spread(far):
            far = near = self.height
        texts: list[str] = []
        left = right = bottom = 0.0
        for word in self.words:
            space = word.left - right
            # The sign of a currency begins a new column, also if the space before it is small.
            joins = bool(texts) and (
                space < near
                or (space < far and not _ONLY_BEFORE.fullmatch(word.text))
                or (len(texts) == 1 and _ONLY_BEFORE.fullmatch(texts[0]) is not None)
                or _ONLY_AFTER.fullmatch(word.text) is not None
            )
            if joins:
                right = max(right, word.right)
            else:
                if texts:
                    found.append(Cell(" ".join(texts), left, right, bottom))
                texts, left, right, bottom = [], word.left, word.right, word.bottom
            texts.append(word.text)
        if texts:
            found.append(Cell(" ".join(texts), left, right, bottom))
        return found

    def _is_spread(self, far: float) -> bool:
        """Whether the words are spaced out to fill a narrow cell: all spaces are nearly equal, and none is wider than
        the line is high.
        """
        spaces = [after.left - before.right for before, after in pairwise(self.words)]
        return (
            len(spaces) >= _FEWEST_SPREAD
            and far <= max(spaces) <= min(self.height, _JUSTIFIED * min(spaces))
            and not any(character.isdigit() for character in self.text)
        )


class Places(NamedTuple):
    """The positions of the words of a line, in points."""

    lefts: list[float]
    rights: list[float]
    bottoms: list[float]
    height: float


def placed_line(text: str, places: Places) -> Line:
    words = list(map(PlacedWord, text.split(), places.lefts, places.rights, places.bottoms))
    return Line(text, words, places.height)


def has_uneven_spaces(lefts: Sequence[float], rights: Sequence[float], height: float) -> bool:
    """Whether some spaces are wider than other spaces of the line, or than usual ones: such a space may separate
    columns.
    """
    spaces = sorted(map(sub, lefts[1:], rights))
    if not spaces or spaces[-1] < _TIMES_WIDER * min(_median(spaces), _USUAL_SPACE * height):
        return False
    is_justified = len(spaces) >= _FEWEST_JUSTIFIED and spaces[-1] <= _JUSTIFIED * spaces[0]
    return not is_justified or spaces[-1] >= _GAP * height


def _median(ascending: Sequence[float]) -> float:
    half = len(ascending) // 2
    return ascending[half] if len(ascending) % 2 else (ascending[half - 1] + ascending[half]) / 2


def may_be_row(line: str) -> bool:
    """Whether the line may be a row, so that the positions of its words are worth asking for."""
    if not 1 <= len(line) <= LONGEST_LINE:
        return False
    has_leaders = ".." in line or ". ." in line or "…" in line
    return not has_leaders or _LEADERS.search(line) is None


def with_rows(lines: Sequence[Line]) -> list[str]:
    """The text of the lines, in order, with the rows of tables as ``ports.text.tables`` writes them."""
    cells = [line.cells() for line in lines]
    tables = _tables(lines, cells)
    for first, closer in _tight_cells(lines):
        split = [*cells[:first], *closer, *cells[first + len(closer) :]]
        found = _tables(lines, split)
        gained = sum(len(table.rows) for table in found) - sum(len(table.rows) for table in tables)
        if gained >= _FEWEST_TIGHT_LINES:
            cells, tables = split, found
    texts: list[str | None] = [line.text for line in lines]
    for table in tables:
        for number, row in table.rows.items():
            texts[number] = row_text(row)
        _add_heads(lines, cells, table, texts)
    return [text for text in texts if text is not None]


def _tables(lines: Sequence[Line], cells: Sequence[Sequence[Cell]]) -> list[_Table]:
    found = (_Table.of(lines, cells, group) for group in _groups(cells))
    return [table for table in found if table is not None]


def _tight_cells(lines: Sequence[Line]) -> Iterator[tuple[int, list[list[Cell]]]]:
    """Runs of lines whose words begin or end at the same positions: the number of the first line, and the cells of each
    line.

    The cells may stand close together, as in tables that browsers print. Prose that is aligned by chance has no wider
    spaces there than elsewhere.
    """
    uneven = [_is_uneven(line) for line in lines]
    spaced = [_Spaced(line) for line in lines]
    aligned = cache(partial(_aligned_from, spaced))
    first = 0
    while first < len(lines):
        rows = []
        if sum(uneven[first : first + _FEWEST_TIGHT_LINES]) > 1:
            end, gaps = aligned(first)
            # The lines from the next one on may fit better.
            if len(gaps) >= 2 and len(gaps) >= len(aligned(first + 1)[1]):
                rows = _split_at(gaps, spaced[first:end])
        if not rows:
            first += 1
            continue
        above = _split_above(rows, lines[first - 1]) if first else None
        yield (first - 1, [above, *rows]) if above is not None else (first, rows)
        first += len(rows)


def _is_uneven(line: Line) -> bool:
    return has_uneven_spaces(
        [word.left for word in line.words], [word.right for word in line.words], line.height
    )


class _Gap(NamedTuple):
    """A space between two words that several lines share. ``begin`` or ``end`` is None if the lines do not share that
    edge.
    """

    begin: float | None
    end: float | None

    def within(self, begins: Sequence[float], ends: Sequence[float], near: float) -> _Gap | None:
        """The gap with only those edges that are also among the ascending ``begins`` or ``ends``, within ``near``
        points. None if there is no such edge.
        """
        begin = self.begin if self.begin is not None and _has_near(begins, self.begin, near) else None
        end = self.end if self.end is not None and _has_near(ends, self.end, near) else None
        return _Gap(begin, end) if begin is not None or end is not None else None


def _has_near(places: Sequence[float], place: float, near: float) -> bool:
    """Whether one of the ascending ``places`` is within ``near`` points."""
    at = bisect_left(places, place)
    return (at < len(places) and places[at] - place <= near) or (at > 0 and place - places[at - 1] <= near)


class _Spaced:
    """A line with the spaces between its words. A page with tables asks for them many times."""

    def __init__(self, line: Line) -> None:
        self.words = line.words
        self.height = line.height
        self.begins = [word.right for word in line.words[:-1]]
        self.ends = [word.left for word in line.words[1:]]
        self.widths: list[float] = list(map(sub, self.ends, self.begins))
        wide = [at for at, width in enumerate(self.widths) if width >= _TIGHT_GAP * line.height]
        self.gaps = [_Gap(self.begins[at], self.ends[at]) for at in wide]
        self.gap_begins = sorted(self.begins[at] for at in wide)
        self.gap_ends = sorted(self.ends[at] for at in wide)

    @cached_property
    def usual_width(self) -> float:
        """The median space."""
        return float(median(self.widths))

    def place_of(self, gap: _Gap) -> int:
        """The index of the word after the gap; 0 if the line does not have the gap."""
        near = _TIGHT_EDGE_SHIFT * self.height
        for at, (begin, end) in enumerate(zip(self.begins, self.ends, strict=True), 1):
            if gap.end is not None and abs(gap.end - end) <= near:
                return at
            if gap.begin is not None and abs(gap.begin - begin) <= near:
                return at
        return 0

    def is_wider(self, place: int, count: int) -> bool:
        """Whether the gap before word ``place`` is wider than a usual space. ``count`` is the number of shared gaps in
        the line.
        """
        if not place:
            return False
        few = len(self.widths) <= 2 * count
        usual = min(*self.widths, _USUAL_SPACE * self.height) if few else self.usual_width
        return self.widths[place - 1] >= _TIMES_WIDER * usual


def _aligned_from(lines: Sequence[_Spaced], first: int) -> tuple[int, list[_Gap]]:
    """The number after the last of the lines from ``first`` on that share gaps, and those gaps. Prefers many gaps, then
    many lines.
    """
    best: list[_Gap] = []
    end = first
    gaps = lines[first].gaps if first < len(lines) else []
    for last in range(first + 1, len(lines)):
        near = _TIGHT_EDGE_SHIFT * lines[first].height
        begins, ends = lines[last].gap_begins, lines[last].gap_ends
        gaps = [same for gap in gaps if (same := gap.within(begins, ends, near)) is not None]
        count = last + 1 - first
        if len(gaps) < 2:
            break
        if count >= _FEWEST_TIGHT_LINES and len(gaps) ** 2 * count >= len(best) ** 2 * (end - first):
            best, end = gaps, last + 1
    return end, best


def _split_at(gaps: Sequence[_Gap], lines: Sequence[_Spaced]) -> list[list[Cell]]:
    """The cells of each line. Empty if fewer than two of the gaps are wider than spaces between words."""
    if is_typed(lines):
        return []
    places = [[line.place_of(gap) for gap in gaps] for line in lines]
    wide = [
        at
        for at in range(len(gaps))
        if sum(line.is_wider(row[at], len(gaps)) for line, row in zip(lines, places, strict=True))
        >= _FEWEST_WIDER * len(lines)
    ]
    if len(wide) < 2:
        return []
    split = []
    for line, row in zip(lines, places, strict=True):
        ends = [0, *(row[at] for at in wide), len(line.words)]
        if any(start >= end for start, end in pairwise(ends)):
            return []
        split.append([_joined(line.words[start:end]) for start, end in pairwise(ends)])
    marks = sum(_ITEM_MARK.fullmatch(row[0].text) is not None for row in split)
    return split if 2 * marks <= len(split) else []


def is_typed(lines: Sequence[Line | _Spaced]) -> bool:
    """Whether all letters have the same width, as in code. There, words stand below each other by chance."""
    widths = [(word.right - word.left) / len(word.text) for line in lines for word in line.words]
    return max(widths) <= _ONE_WIDTH * min(widths)


def _split_above(rows: Sequence[Sequence[Cell]], line: Line) -> list[Cell] | None:
    """The line above the rows, as one head per column. None if it cannot be split into such heads."""
    near = _TIGHT_EDGE_SHIFT * line.height
    columns = [
        (min(cell.left for cell in cells), max(cell.right for cell in cells))
        for cells in zip(*rows, strict=True)
    ]
    heads: list[list[PlacedWord]] = [[] for _ in columns]
    for word in line.words:
        over = [at for at, (left, right) in enumerate(columns) if word.left <= right and left <= word.right]
        before = [at for at, (left, _) in enumerate(columns) if left <= word.left + near]
        if len(over) > 1 or not (over or before):
            return None
        heads[(over or before)[-1]].append(word)
    within = max(
        (after.left - before.right for words in heads for before, after in pairwise(words)), default=0.0
    )
    cells = [_joined(words) for words in heads if words]
    between = min((after.left - before.right for before, after in pairwise(cells)), default=0.0)
    is_apart = between >= _TIMES_WIDER * max(within, _USUAL_SPACE * line.height)
    return cells if all(heads[1:]) and is_apart else None


def _joined(words: Sequence[PlacedWord]) -> Cell:
    return Cell(" ".join(word.text for word in words), words[0].left, words[-1].right)


def _groups(cells: Sequence[Sequence[Cell]]) -> list[list[int]]:
    """Groups of lines that have several cells each and are near one another. Each group holds the numbers of its lines."""
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
    """The cells of each row, by the number of its line."""

    @classmethod
    def of(
        cls, lines: Sequence[Line], cells: Sequence[Sequence[Cell]], group: Sequence[int]
    ) -> _Table | None:
        """The table in these lines; None if they are not certainly a table."""
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
        for number in group[: group.index(base[0])]:
            if spread := _spread(cells[number], columns):
                rows[number] = spread
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
    aligned = sum(
        are_aligned([(row[at].left, row[at].right) for row in base], _EDGE_SHIFT * height, _ALIGNED)
        for at in range(1, count)
    )
    return aligned == count - 1 if count == 2 else 2 * aligned >= count - 1


def _is_wide(base: Sequence[Sequence[Cell]]) -> bool:
    """Whether the cells of the first column are long texts, as in two columns of prose."""
    return sum(len(row[0].text) for row in base) > _LONGEST_CELL * len(base)


def are_aligned(column: Sequence[tuple[float, float]], near: float, least: float) -> bool:
    """Whether the cells of a column have the same left edge, right edge or middle.

    ``column`` has the left and right edge of each cell. At least the share ``least`` of them must be within ``near``
    points of the median.
    """
    edges = (
        [left for left, _ in column],
        [right for _, right in column],
        [(left + right) / 2 for left, right in column],
    )
    middles = map(median, edges)
    return any(
        sum(abs(place - middle) <= near for place in places) >= least * len(places)
        for places, middle in zip(edges, middles, strict=True)
    )


def _placed(cells: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str] | None:
    """The text of each column; None if the cells do not fit the columns. A cell that spans several columns is in the
    first of them.
    """
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


def _spread(cells: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str] | None:
    """A row of heads that each span the same number of columns. Each head's text is in the first of its columns. None
    if the cells do not fit.
    """
    first = [cell for cell in cells if cell.left <= columns[0][1]]
    spanning = cells[len(first) :]
    inner = columns[1:]
    if len(first) > 1 or not spanning or len(inner) == len(spanning) or len(inner) % len(spanning):
        return None
    size = len(inner) // len(spanning)
    row = [cell.text for cell in first] or [""]
    for at, cell in enumerate(spanning):
        left, right = inner[at * size][0], inner[(at + 1) * size - 1][1]
        if abs((cell.left + cell.right) / 2 - (left + right) / 2) > _OFF_CENTRE * (right - left):
            return None
        row += [cell.text, *[""] * (size - 1)]
    return row


def _add_heads(
    lines: Sequence[Line], cells: Sequence[Sequence[Cell]], table: _Table, texts: list[str | None]
) -> None:
    """Join the lines above the columns to one row of heads, and write it to ``texts``. Does nothing if a column has no
    head.
    """
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
