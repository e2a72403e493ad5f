"""Where a piece of a document's text stands: its pages, the headings above it, and the heads of its table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

_MOST_HEADINGS = 20
"""Within one chunk. A hostile outline may put thousands in one place."""
_LONGEST_HEADING = 200
_MOST_HEADS = 30
_LONGEST_HEAD = 80


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading that begins at ``start`` of the extracted text; ``level`` is 1 (chapter) to 6."""

    start: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands above a chunk and within it. Positions are those of the extracted text."""

    page_turns: tuple[int, ...] = ()
    """Where each page after the chunk's first one begins."""
    headings: tuple[PlacedHeading, ...] = ()
    """Those that the chunk stands under, from the outermost one on, and then those within it."""
    column_heads: tuple[str, ...] | None = None
    """Those of the table within which the chunk begins; empty if it begins in none, None if that is not known."""
    recognised: tuple[tuple[int, int], ...] = ()
    """``start:end`` of what text recognition has read in the chunk: its letters may be wrong."""

    def stored(self) -> dict[str, Any]:
        """The layout as ``layout_from`` takes it."""
        return {
            "page_turns": self.page_turns,
            "headings": [
                {"start": heading.start, "level": heading.level, "text": heading.text}
                for heading in self.headings
            ],
            "column_heads": self.column_heads,
            "recognised": self.recognised,
        }

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether text recognition has read anything of ``start:end``."""
        return any(first < end and start < last for first, last in self.recognised)

    def page_at(self, place: int, first: int | None) -> int | None:
        """The page of a position in the chunk, whose ``first`` page is given; None if the document has none."""
        return None if first is None else first + bisect_right(self.page_turns, place)

    def heading_path(self, place: int) -> tuple[str, ...]:
        """The headings that the position stands under, from the outermost one on."""
        path: list[PlacedHeading] = []
        for heading in self.headings:
            if heading.start <= place:
                _go_under(path, heading)
        return tuple(heading.text for heading in path)


UNKNOWN = Layout()
"""That of chunks stored before version 0.3, which know the page on which they begin, and no more."""


def layout_from(stored: Mapping[str, Any] | None) -> Layout:
    """A layout that was stored as a dictionary; None for what was stored without one."""
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
        tuple((int(start), int(end)) for start, end in stored.get("recognised", ())),
    )


class Layouts:
    """The layouts of a document's chunks. Asked for in any order, each takes time logarithmic in the text."""

    def __init__(
        self,
        text: str,
        page_starts: Sequence[int],
        headings: Sequence[PlacedHeading],
        recognised: Sequence[tuple[int, int]] = (),
    ) -> None:
        """``recognised`` are the parts that text recognition has read, ascending."""
        self._page_starts = page_starts
        self._headings = headings
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
        """That of the chunk ``start:end``."""
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
            self._column_heads(start),
            tuple(self._recognised_in(start, end)),
        )

    def _recognised_in(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for first, last in islice(self._recognised, bisect_right(self._recognised_ends, start), None):
            if first >= end:
                return
            yield max(first, start), min(last, end)

    def _column_heads(self, start: int) -> tuple[str, ...]:
        at = bisect_right(self._row_starts, start) - 1
        row = self._rows[at] if at >= 0 else None
        if row is None or row.is_head or start >= row.end:
            return ()
        # A table without heads goes on too, and its next row is not that of the heads.
        heads = row.heads if row.is_sure else ("",) * len(row.cells)
        return tuple(head[:_LONGEST_HEAD] for head in heads[:_MOST_HEADS])


def _go_under(path: list[PlacedHeading], heading: PlacedHeading) -> None:
    while path and path[-1].level >= heading.level:
        path.pop()
    path.append(heading)
