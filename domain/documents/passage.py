"""Passages of extracted text, which retrieval finds, and citations of them, which an answer contains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from domain.base.plain import plain
from domain.documents.layout import UNKNOWN, Layout

if TYPE_CHECKING:  # most functions start without reading a table
    from ports.text.tables import TableRow

_LONGEST_NUMBER = 16
"""The most characters that a heading's line may have besides the heading's words, as in "Chapter 12." or "##"."""


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """The position of a chunk in its document's extracted text."""

    chunk_index: int
    page: int | None
    start: int
    end: int
    layout: Layout = UNKNOWN


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document that was retrieved. ``text`` is exactly the characters ``start:end`` of the extracted text.

    A passage of several neighbouring chunks lists them in ``spans``, in order. Its ``chunk_index``, ``page`` and
    ``layout`` are those of the first chunk.
    """

    file_id: str
    source_file: str
    subject_id: str | None
    chunk_index: int
    page: int | None
    """The page on which the passage begins, counted from 1; None if the document has no pages."""
    start: int
    end: int
    text: str
    relevance: float
    """0 to 1."""
    spans: tuple[ChunkSpan, ...] = ()
    layout: Layout = UNKNOWN

    def heading_lines(self) -> tuple[tuple[int, int], ...]:
        """The ``start:end`` of the lines in ``text`` that are headings, ascending. Positions count from the start of
        ``text``.
        """
        found = set()
        for layout in (self.layout, *(span.layout for span in self.spans)):
            for heading in layout.headings:
                start = heading.start - self.start
                line = self.text[start : _end_of_line(self.text, start)] if start >= 0 else ""
                # If an entry of the outline is not found on its page, its position is the start of the page.
                if heading.text in line and len(line) <= len(heading.text) + _LONGEST_NUMBER:
                    found.add((start, start + len(line)))
        return tuple(sorted(found))

    def headings_over(self) -> tuple[tuple[int, str], ...]:
        """Pairs of a position in ``text`` and the headings that apply from there on, as one text from the outermost
        heading to the innermost, ascending.
        """
        layouts = [(self.start, self.layout), *((span.start, span.layout) for span in self.spans)]
        places = {place: layout for place, layout in layouts if layout.headings}
        for _, layout in layouts:
            places |= {one.start: layout for one in layout.headings if one.start >= self.start}
        return tuple(
            (place - self.start, " ".join(layout.heading_path(place)))
            for place, layout in sorted(places.items(), key=lambda one: one[0])
        )

    def rows(self) -> list[TableRow]:
        """The rows of the tables in ``text``."""
        from ports.text.tables import table_rows

        return table_rows(self.text, self.layout.column_heads, self.layout.begun_row)


@dataclass(frozen=True, slots=True)
class Citation:
    """``quote`` is exactly the characters ``start:end`` of the document's extracted text.

    Citations that were stored before version 0.3 have only the fields without a default, and as ``page`` that on
    which the chunk begins.
    """

    file_id: str
    source_file: str
    chunk_id: str
    page: int | None
    """The page on which the quote begins, counted from 1; None if the document has no pages."""
    start: int
    end: int
    quote: str
    relevance_score: float
    subject_id: str | None
    page_end: int | None = None
    """The page on which the quote ends."""
    chunk_start: int | None = None
    """Where the quote begins in the text of its chunk, in UTF-16 code units, as JavaScript counts. None if the chunk
    does not contain the whole quote.
    """
    chunk_end: int | None = None
    heading_path: tuple[str, ...] = ()
    """The headings above the quote, outermost first."""
    column_heads: tuple[str, ...] = ()
    """If the quote stands in a row of a table: the heads of its columns, from the column in which the quote begins."""
    recognised: bool = False
    """Whether any of the quote comes from text recognition: its letters may be wrong."""

    @property
    def index(self) -> int:
        """The number of the chunk that contains the quote."""
        return int(self.chunk_id.removeprefix(_CHUNK_ID))

    def stored(self) -> dict[str, Any]:
        """The citation as a JSON-like dictionary for a row. ``citation_from`` reads it."""
        stored: dict[str, Any] = plain(self)
        return stored

    def rows(self) -> list[TableRow]:
        """The quote as rows with the heads of their columns; empty if the quote is not in a table with heads."""
        from ports.text.tables import rows_under

        return rows_under(self.column_heads, self.quote) if self.column_heads else []


_CHUNK_ID = "chunk_"


def citation_from(stored: Mapping[str, Any]) -> Citation:
    """The citation from its stored form, also from before version 0.3."""
    fields = {"subject_id": None, "page": None} | dict(stored)
    for name in ("heading_path", "column_heads"):
        fields[name] = tuple(fields.get(name, ()))
    return Citation(**fields)


def citation_of(passage: Passage, start: int, end: int) -> Citation:
    """The citation of ``passage.text[start:end]``. It names the first chunk that contains the whole quote, if there is
    one.
    """
    begins, ends = passage.start + start, passage.start + end
    spans = passage.spans or (_span(passage),)
    holding = [span for span in spans if span.start <= begins < span.end]
    whole = [span for span in holding if ends <= span.end]
    chunk = next(iter([*whole, *holding]), _span(passage))
    last = next((span for span in (chunk, *spans) if span.start < ends <= span.end), chunk)
    before = passage.text[chunk.start - passage.start : start]
    quote = passage.text[start:end]
    chunk_start = _utf16_length(before) if whole else None
    return Citation(
        file_id=passage.file_id,
        source_file=passage.source_file,
        chunk_id=f"{_CHUNK_ID}{chunk.chunk_index}",
        page=chunk.layout.page_at(begins, chunk.page),
        start=begins,
        end=ends,
        quote=quote,
        relevance_score=round(passage.relevance, 4),
        subject_id=passage.subject_id,
        page_end=last.layout.page_at(ends - 1, last.page),
        chunk_start=chunk_start,
        chunk_end=None if chunk_start is None else chunk_start + _utf16_length(quote),
        heading_path=chunk.layout.heading_path(begins),
        column_heads=next(
            (row.heads_from(passage.text, start) for row in passage.rows() if row.start <= start < row.end),
            (),
        ),
        recognised=any(span.layout.is_recognised(begins, ends) for span in spans),
    )


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def in_chunks(passage: Passage) -> list[Passage]:
    """One passage for each chunk that ``joined`` put together."""
    return [
        replace(
            passage,
            chunk_index=span.chunk_index,
            page=span.page,
            start=span.start,
            end=span.end,
            text=passage.text[span.start - passage.start : span.end - passage.start],
            spans=(),
            layout=span.layout,
        )
        for span in passage.spans or (_span(passage),)
    ]


def joined(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, after joining those that touch or overlap in the same document.

    A joined passage takes the place of the better one. So an agent reads the end of one chunk and the start of the next
    as one text, and reads their overlap once.
    """
    result: list[Passage] = []
    for passage in passages:
        for place, other in enumerate(result):
            if passage.file_id == other.file_id and _touch(passage, other):
                result[place] = _joined(other, passage)
                break
        else:
            result.append(passage)
    return joined(result) if len(result) < len(passages) else result


def _touch(one: Passage, other: Passage) -> bool:
    return one.start <= other.end and other.start <= one.end


def _joined(better: Passage, other: Passage) -> Passage:
    first, last = sorted((better, other), key=lambda passage: (passage.start, passage.end))
    tail = last.text[first.end - last.start :]
    spans = {span for one in (better, other) for span in one.spans or (_span(one),)}
    return replace(
        better,
        chunk_index=first.chunk_index,
        page=first.page,
        start=first.start,
        end=max(first.end, last.end),
        text=first.text + tail,
        layout=first.layout,
        spans=tuple(sorted(spans, key=lambda span: span.start)),
    )


def _span(passage: Passage) -> ChunkSpan:
    return ChunkSpan(passage.chunk_index, passage.page, passage.start, passage.end, passage.layout)
