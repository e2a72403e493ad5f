"""Cuts a document's text into overlapping chunks that start and end at sentence boundaries where possible."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ports.text.regexes import regex
from ports.text.sentences import sentence_ends
from ports.text.tables import BegunRow, row_text

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200
_LEAST_FULL = 0.75
"""A share of the size. A chunk ends at the last sentence end after this share, or else at the last word end after it.
"""
_OVERLAP_SLACK = 0.25
"""A share of the overlap. A sentence start is searched this far before and after the wanted start."""
_LONGEST_CLUSTER = 16
"""The largest number of code points of one visible character that are kept together."""
_ZERO_WIDTH_JOINER = "\u200d"

_INK = regex(r"\S")
_WORD_START = regex(r"\s\S")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The piece ``text[start:end]`` of the document's text. It neither starts nor ends with white space."""

    index: int
    start: int
    end: int
    page: int
    """The page on which it starts, counted from 1."""
    heading: str | None
    """The last heading at or before the start of the chunk; None if there is none."""


def index_text(
    title: str | None,
    heading: str | None,
    text: str,
    column_heads: Sequence[str] | None = None,
    begun_row: BegunRow | None = None,
) -> str:
    """The text that is embedded and indexed for a chunk.

    It contains the title and the heading, so that a search for a thing also finds a chunk that calls the thing only
    "it". It also contains the heads of the table in which the chunk begins, and the first cell of the row of which the
    chunk holds only the end.
    """
    context = " — ".join(dict.fromkeys(part for part in (title, heading) if part))
    label = "" if begun_row is None else begun_row.label
    return "\n".join(part for part in (context, row_text(column_heads or ()), label, text) if part)


def chunk(
    text: str,
    page_starts: Sequence[int],
    headings: Sequence[tuple[int, str]] = (),
    *,
    size: int = CHUNK_CHARACTERS,
    overlap: int = OVERLAP_CHARACTERS,
) -> list[Chunk]:
    """The chunks in order. Each has at most ``size`` characters, none lies within another, none is blank.

    Together they hold every character that is not white space. Each shares about ``overlap`` characters with
    the next one (up to a quarter more), and fewer or none after a long gap. ``page_starts`` and the first
    value of each heading are positions in ``text``, in ascending order. The time is linear in the length of
    the text. Raises ``ValueError`` unless ``0 <= overlap <= size // 2`` and ``size >= 1``.
    """
    if size < 1 or not 0 <= overlap <= size // 2:
        raise ValueError(f"size {size}, overlap {overlap}")
    heading_starts = [start for start, _ in headings]
    chunks: list[Chunk] = []
    for index, (start, end) in enumerate(_spans(text, size, overlap)):
        before = bisect_right(heading_starts, start)
        chunks.append(
            Chunk(
                index=index,
                start=start,
                end=end,
                page=max(1, bisect_right(page_starts, start)),
                heading=headings[before - 1][1] if before else None,
            )
        )
    return chunks


def _spans(text: str, size: int, overlap: int) -> list[tuple[int, int]]:
    last = len(text.rstrip())
    start = to_cover = _next_ink(text, 0)
    if start >= last:
        return []
    spans: list[tuple[int, int]] = []
    while last - start > size:
        earliest = max(start + int(size * _LEAST_FULL), to_cover + 1)
        end = _end(text, start, earliest, start + size)
        spans.append((start, end))
        to_cover = _next_ink(text, end)
        start = _next_ink(text, _start(text, start, end, overlap))
        if to_cover - start > size // 2:
            start = to_cover
    spans.append((start, last))
    return spans


def _next_ink(text: str, start: int) -> int:
    found = _INK.search(text, start)
    return found.start() if found else len(text)


def _end(text: str, start: int, earliest: int, latest: int) -> int:
    """The last sentence end in ``earliest:latest``, or else the last word end there, or else about ``latest``."""
    middle = (earliest + latest) // 2
    sentences = sentence_ends(text, middle, latest) or sentence_ends(text, earliest, middle)
    cut = sentences[-1] if sentences else _last_space(text, earliest, latest)
    if cut is None:
        cut = _whole_character(text, earliest, latest)
    return start + len(text[start:cut].rstrip())


def _start(text: str, start: int, end: int, overlap: int) -> int:
    """The start of the chunk that follows ``start:end``. The two chunks share about ``overlap`` characters.

    It lies in the second half of ``start:end``, so that the number of chunks stays small for any text. It is ``end`` if
    no good start is near enough.
    """
    wanted = end - overlap
    slack = int(overlap * _OVERLAP_SLACK)
    earliest, latest = max(wanted - slack, (start + end) // 2 + 1), min(wanted + slack, end - 1)
    if not earliest <= wanted <= latest:
        return end
    starts = [_next_ink(text, place) for place in sentence_ends(text, earliest - 1, latest)]
    near = [place for place in starts if earliest <= place <= latest]
    if near:
        return min(near, key=lambda place: abs(place - wanted))
    space = _last_space(text, earliest - 1, wanted - 1)
    if space is not None:
        return space + 1
    word = _WORD_START.search(text, wanted, latest)
    return word.end() - 1 if word else _whole_character(text, earliest, wanted)


def _last_space(text: str, earliest: int, latest: int) -> int | None:
    """The position of the last white space in ``earliest:latest``, both included; None if there is none."""
    window = text[earliest : latest + 1]
    if window[-1:].isspace():
        return latest
    words = window.rsplit(None, 1)
    place = latest - len(words[-1]) if words else latest
    return place if place >= earliest else None


def _whole_character(text: str, earliest: int, latest: int) -> int:
    """``latest``, or a position shortly before it if a cut at ``latest`` would split a visible character."""
    for place in range(latest, max(earliest, latest - _LONGEST_CLUSTER) - 1, -1):
        if not _clings(text[place - 1], text[place]):
            return place
    return latest


def _clings(before: str, character: str) -> bool:
    return (
        unicodedata.category(character).startswith("M")
        or _ZERO_WIDTH_JOINER in (before, character)
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # a skin tone of an emoji
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= character <= "\udfff")
    )
