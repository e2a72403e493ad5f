"""Schemas that several routes share, with limits for the values that clients send."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.documents.passage import Citation

IDENTIFIER = r"^[\w.:#@-]+$"
Identifier = Annotated[str, Meta(min_length=1, max_length=128, pattern=IDENTIFIER)]
Cursor = Annotated[str, Meta(min_length=1, max_length=4096)]
Limit = Annotated[int, Meta(ge=1, le=100)]


class PageQuery(msgspec.Struct, frozen=True):
    limit: Limit = 20
    cursor: Cursor | None = None


class CitationBody(msgspec.Struct, frozen=True):
    """``quote`` is the exact text at ``start:end`` (characters) of the document's extracted text."""

    file_id: str
    source_file: str
    chunk_id: str
    page: int
    start: int
    end: int
    quote: str
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
    return CitationBody(**asdict(citation))
