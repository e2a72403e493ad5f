"""Builds the vectors of a document's chunks: embedding, indexed words and metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from domain.documents.chunking import index_text
from domain.documents.contents import StoredChunk
from domain.documents.document import MAX_NAME_CHARACTERS, Document
from domain.documents.keys import WORDS_ALONE, chunk_vector_id
from domain.text.lexical import sparse_document
from ports.vector_store import SparseVector, Vector

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""A function with the contract of ``ports.embedder.Embedder.embed``."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NEXT_TO_ZERO = 1e-6
"""The first value of the vector of a chunk that has no embedding yet. Pinecone refuses a vector of zeros only."""


def vectors_with_embeddings(
    document: Document, title: str | None, chunks: Sequence[StoredChunk], embed: Embed
) -> list[Vector]:
    """The vectors of the chunks, in their order, with embeddings and indexed words. Raises what ``embed`` raises."""
    texts = [indexed_text(document, title, piece) for piece in chunks]
    return [
        _vector(document, title, piece, text, values)
        for piece, text, values in zip(chunks, texts, embed(texts), strict=True)
    ]


def vectors_without_embeddings(
    document: Document, title: str | None, chunks: Sequence[StoredChunk], dimension: int
) -> list[Vector]:
    """The vectors of the chunks, in their order, with indexed words and no embedding. The metadata has ``WORDS_ALONE``."""
    no_meaning = [_NEXT_TO_ZERO] + [0.0] * (dimension - 1)
    return [
        _vector(document, title, piece, indexed_text(document, title, piece), no_meaning, words_alone=True)
        for piece in chunks
    ]


def indexed_text(document: Document, title: str | None, piece: StoredChunk) -> str:
    """The text of a chunk as it is embedded and as its words are indexed: with title, heading and column heads."""
    layout = piece.layout
    shown = _display_title(document, title)
    return index_text(shown, piece.heading, piece.text, layout.column_heads, layout.begun_row)


def _display_title(document: Document, title: str | None) -> str:
    return (title or document.filename)[:MAX_NAME_CHARACTERS]


def _vector(
    document: Document,
    title: str | None,
    piece: StoredChunk,
    text: str,
    values: Sequence[float],
    *,
    words_alone: bool = False,
) -> Vector:
    indices, weights = sparse_document(text)
    metadata = _metadata(document, _display_title(document, title), piece)
    if words_alone:
        metadata[WORDS_ALONE] = True
    return Vector(
        id=chunk_vector_id(document.user_id, document.subject_id, document.file_id, piece.index),
        values=values,
        sparse=SparseVector(indices, weights),
        metadata=metadata,
    )


def _metadata(
    document: Document, title: str, piece: StoredChunk
) -> dict[str, str | int | float | bool | list[str]]:
    """The metadata of the seed design, and the positions of the chunk in the extracted text."""
    metadata: dict[str, str | int | float | bool | list[str]] = {
        "user_id": document.user_id,
        "file_id": document.file_id,
        "chunk_index": piece.index,
        "text": piece.text,
        "source_file": document.filename,
        "title": title,
        "upload_date": document.upload_timestamp[:10],
        "document_type": document.document_type,
        "start": piece.start,
        "end": piece.end,
        "layout": _JSON.encode(piece.layout.stored()),
    }
    optional = {
        "page": piece.page,
        "subject_id": document.subject_id,
        "subject_name": document.subject_name,
        "session_id": document.session_id,
        "heading": piece.heading,
    }
    metadata |= {name: value for name, value in optional.items() if value is not None}
    if piece.page is not None and piece.page_end is not None:
        metadata["pages"] = [str(page) for page in range(piece.page, piece.page_end + 1)]
    if document.tags:
        metadata["tags"] = list(document.tags)
    return metadata
