"""Stretches of a document's extracted text: found by retrieval, cited by an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` is exactly what stands at ``start:end`` (characters) of the document's extracted text."""

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


@dataclass(frozen=True, slots=True)
class Citation:
    """``quote`` is exactly what stands at ``start:end`` of the document's extracted text."""

    file_id: str
    source_file: str
    chunk_id: str
    page: int
    start: int
    end: int
    quote: str
    relevance_score: float
    subject_id: str | None
