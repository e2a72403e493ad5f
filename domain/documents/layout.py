"""The layout of a chunk: its pages, the headings above it and in it, and the column heads of its table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # most functions start without reading a table
    from ports.text.tables import BegunRow

_MOST_HEADINGS = 20
"""The largest number of headings that one chunk keeps. A hostile outline may put thousands in one place."""
_LONGEST_HEADING = 200
_MOST_HEADS = 60
_LONGEST_HEAD = 80
_MOST_OF_HEADS = 2_400
"""The largest number of characters of all heads that one chunk keeps."""


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading that begins at ``start`` of the extracted text; ``level`` is 1 (chapter) to 6."""

    start: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages, headings and table heads of one chunk. All positions are those of the extracted text."""

    page_turns: tuple[int, ...] = ()
    """The start of each page after the chunk's first one."""
    headings: tuple[PlacedHeading, ...] = ()
    """First the headings above the chunk, outermost first, then the headings in it."""
    column_heads: tuple[str, ...] | None = None
    """The column heads of the table in which the chunk begins. Empty if it begins in no table; None if that is not
    known.
    """
    begun_row: BegunRow | None = None
    """The row of that table of which the chunk holds only the end; None if there is no such row."""
    recognised: tuple[tuple[int, int], ...] = ()
    """The ``start:end`` of each part of the chunk that text recognition has read: its letters may be wrong."""

    def stored(self) -> dict[str, Any]:
        """The layout as a JSON-like dictionary. ``layout_from`` reads it."""
        begun = self.begun_row
        return {
            "page_turns": self.page_turns,
            "headings": [
                {"start": heading.start, "level": heading.level, "text": heading.text}
                for heading in self.headings
            ],
            "column_heads": self.column_heads,
            "recognised": self.recognised,
        } | ({} if begun is None else {"begun_row": (begun.column, begun.label)})

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether any of ``start:end`` comes from text recognition."""
        return any(first < end and start < last for first, last in self.recognised)

    def page_at(self, place: int, first: int | None) -> int | None:
        """The page of the position ``place``. ``first`` is the chunk's first page; None if the document has no pages."""
        return None if first is None else first + bisect_right(self.page_turns, place)

    def heading_path(self, place: int) -> tuple[str, ...]:
        """The headings above the position ``place``, outermost first."""
        path: list[PlacedHeading] = []
        for heading in self.headings:
            if heading.start <= place:
                _go_under(path, heading)
        return tuple(heading.text for heading in path)


UNKNOWN = Layout()
"""The layout of chunks that were stored before version 0.3. Only their first page is known."""


def layout_from(stored: Mapping[str, Any] | None) -> Layout:
    """The layout from its stored form. ``UNKNOWN`` for None, which chunks from before version 0.3 have."""
    if stored is None:
        return UNKNOWN
    heads = stored.get("column_heads")
    return Layout(
        tuple(int(place) for place in stored["page_turns"]),
        tuple(
            PlacedHeading(int(one["start"]), int(one["level"]), str(one["text"]))
            for one in stored["headings"]
        ),
        None if heads is None else tuple(map(str, heads)),
        _begun_row(stored.get("begun_row")),
        tuple((int(start), int(end)) for start, end in stored.get("recognised", ())),
    )


def _begun_row(stored: Sequence[Any] | None) -> BegunRow | None:
    if stored is None:
        return None
    from ports.text.tables import BegunRow

    return BegunRow(int(stored[0]), str(stored[1]))


class Layouts:
    """Computes the layouts of a document's chunks, in any order. The search for one takes logarithmic time."""

    def __init__(
        self,
        text: str,
        page_starts: Sequence[int],
        headings: Sequence[PlacedHeading],
        recognised: Sequence[tuple[int, int]] = (),
    ) -> None:
        """``recognised`` holds the ``start:end`` of the parts that text recognition has read, ascending."""
        self._page_starts = page_starts
        self._headings = headings
        self._text = text
        self._bars_of = -1
        self._bars: list[int] = []
        """The index of the row that was asked for last, and the places of its bars: a long row has many chunks."""
        self._recognised = recognised
        self._recognised_ends = [end for _, end in recognised]
        self._heading_starts = [heading.start for heading in headings]
        self._paths: list[tuple[PlacedHeading, ...]] = []
        path: list[PlacedHeading] = []
        for heading in headings:
            _go_under(path, heading)
            self._paths.append(tuple(path))
        from ports.text.tables import table_rows

        self._rows = table_rows(text)
        self._row_starts = [row.start for row in self._rows]

    def of(self, start: int, end: int) -> Layout:
        """The layout of the chunk ``start:end``."""
        turns = self._page_starts[
            bisect_right(self._page_starts, start) : bisect_left(self._page_starts, end)
        ]
        first = bisect_right(self._heading_starts, start)
        within = self._headings[first : bisect_left(self._heading_starts, end)][:_MOST_HEADINGS]
        above = self._paths[first - 1] if first else ()
        return Layout(
            tuple(turns),
            tuple(
                PlacedHeading(one.start, one.level, one.text[:_LONGEST_HEADING]) for one in (*above, *within)
            ),
            *self._table_at(start),
            tuple(self._recognised_in(start, end)),
        )

    def _recognised_in(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for first, last in islice(self._recognised, bisect_right(self._recognised_ends, start), None):
            if first >= end:
                return
            yield max(first, start), min(last, end)

    def _table_at(self, start: int) -> tuple[tuple[str, ...], BegunRow | None]:
        """The heads of the table in which a chunk begins at ``start``, and the row that began before it."""
        at = bisect_right(self._row_starts, start) - 1
        row = self._rows[at] if at >= 0 else None
        if row is None or start >= row.end or (row.is_head and start == row.start):
            return (), None
        # A table without heads continues too; its next row must not be taken for a row of heads.
        heads = row.heads if row.is_sure else ("",) * len(row.cells)
        if at != self._bars_of:
            self._bars_of, self._bars = at, row.bars(self._text)
        return tuple(_short(heads)), row.begun_at(self._text, start, self._bars)


def _short(heads: Sequence[str]) -> Iterator[str]:
    left = _MOST_OF_HEADS
    for head in heads[:_MOST_HEADS]:
        if (left := left - len(head[:_LONGEST_HEAD])) < 0:
            return
        yield head[:_LONGEST_HEAD]


def _go_under(path: list[PlacedHeading], heading: PlacedHeading) -> None:
    while path and path[-1].level >= heading.level:
        path.pop()
    path.append(heading)
