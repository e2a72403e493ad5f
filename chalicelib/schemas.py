"""Schemas that several routes share, with limits for the values that clients send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from domain.documents.passage import Citation


IDENTIFIER = r"^[\w.:#@-]+$"
NOT_BLANK = r"\S"
LANGUAGE_TAG = r"^[a-z]{2,3}-[A-Z]{2}$"
PATTERNS_IN_WORDS = {
    IDENTIFIER: "an id of letters, digits and the signs . : # @ _ -",
    NOT_BLANK: "text that is not blank",
    LANGUAGE_TAG: "a language with its country, such as en-US",
}
"""For each pattern: what a value must be, in the words of the error message. Every pattern of a schema must be here."""
Identifier = Annotated[str, Meta(min_length=1, max_length=128, pattern=IDENTIFIER)]
Cursor = Annotated[str, Meta(min_length=1, max_length=4096)]
Limit = Annotated[int, Meta(ge=1, le=100)]


class PageQuery(msgspec.Struct, frozen=True):
    limit: Limit = 20
    cursor: Cursor | None = None


class CitationBody(msgspec.Struct, frozen=True):
    """``quote`` is the exact text at ``start:end`` (characters) of the document's extracted text.

    It begins on ``page`` and ends on ``page_end``, counted from 1; both are null if the document does not tell its
    pages. ``heading_path`` are the headings above it, from the outermost one to the nearest one.
    ``chunk_start:chunk_end`` is its place in the text of the chunk, in UTF-16 code units; both are null if the chunk
    does not contain the whole quote. If the quote stands in a row of a table, ``column_heads`` are the heads of the
    columns, beginning with the column in which the quote begins. ``recognised`` is true if text recognition read the
    quote from a picture; its letters may then be wrong.
    """

    file_id: str
    source_file: str
    chunk_id: str
    index: int
    page: int | None
    page_end: int | None
    start: int
    end: int
    chunk_start: int | None
    chunk_end: int | None
    quote: str
    heading_path: list[str]
    column_heads: list[str]
    recognised: bool
    relevance_score: float
    subject_id: str | None


class MasteryChangeBody(msgspec.Struct, frozen=True):
    """``before`` and ``after`` are levels from 0 to 1."""

    concept: str
    label: str
    subject_id: str
    before: float
    after: float


class Deleted(msgspec.Struct, frozen=True):
    deleted: bool


def citation_body(citation: Citation) -> CitationBody:
    return CitationBody(**citation.stored(), index=citation.index)


def cited_body(citation: Citation | None) -> CitationBody | None:
    """The cited document, or None for a sentence that no document states."""
    return None if citation is None else citation_body(citation)
