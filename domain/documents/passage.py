"""Passages of a document's extracted text, which retrieval finds, and citations, which an answer makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """The position of a chunk in its document's extracted text."""

    chunk_index: int
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` is exactly the characters ``start:end`` of the document's extracted text.

    A passage of several neighbouring chunks has their ``spans`` in order; its ``chunk_index`` and ``page``
    are those of the first chunk.
    """

    file_id: str
    source_file: str
    subject_id: str | None
    chunk_index: int
    page: int
    start: int
    end: int
    text: str
    relevance: float
    """0 to 1."""
    spans: tuple[ChunkSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """``quote`` is exactly the characters ``start:end`` of the document's extracted text."""

    file_id: str
    source_file: str
    chunk_id: str
    page: int
    start: int
    end: int
    quote: str
    relevance_score: float
    subject_id: str | None


def citation_of(passage: Passage, start: int, end: int) -> Citation:
    """The citation of ``passage.text[start:end]``. It names the first chunk that holds all of the quote."""
    begins, ends = passage.start + start, passage.start + end
    holding = [span for span in passage.spans if span.start <= begins < span.end]
    whole = [span for span in holding if ends <= span.end]
    chunk = next(iter([*whole, *holding]), _span(passage))
    return Citation(
        file_id=passage.file_id,
        source_file=passage.source_file,
        chunk_id=f"chunk_{chunk.chunk_index}",
        page=chunk.page,
        start=begins,
        end=ends,
        quote=passage.text[start:end],
        relevance_score=round(passage.relevance, 4),
        subject_id=passage.subject_id,
    )


def joined(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, with those joined that touch or overlap in one document.

    A joined passage stands at the position of the better one. So an agent reads the end of one chunk and the
    start of the next as one text, and reads their overlap once.
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
        spans=tuple(sorted(spans, key=lambda span: span.start)),
    )


def _span(passage: Passage) -> ChunkSpan:
    return ChunkSpan(passage.chunk_index, passage.page, passage.start, passage.end)
