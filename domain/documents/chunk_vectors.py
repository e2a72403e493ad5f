"""What the index holds of a document's chunks."""

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
"""As ``ports.embedder.Embedder.embed``."""
_NEXT_TO_ZERO = 1e-6
"""The only value of the vector of a chunk without one: Pinecone takes none of zeros alone."""


def with_meaning(
    document: Document, title: str | None, chunks: Sequence[StoredChunk], embed: Embed
) -> list[Vector]:
    """The words and the embeddings of the chunks. Raises what ``embed`` raises."""
    texts = [indexed_text(document, title, piece) for piece in chunks]
    return [
        _vector(document, title, piece, text, values)
        for piece, text, values in zip(chunks, texts, embed(texts), strict=True)
    ]


def of_words_alone(
    document: Document, title: str | None, chunks: Sequence[StoredChunk], dimension: int
) -> list[Vector]:
    """The words of the chunks, marked as ``WORDS_ALONE``."""
    no_meaning = [_NEXT_TO_ZERO] + [0.0] * (dimension - 1)
    return [
        _vector(document, title, piece, indexed_text(document, title, piece), no_meaning, words_alone=True)
        for piece in chunks
    ]


def indexed_text(document: Document, title: str | None, piece: StoredChunk) -> str:
    """The text of a chunk that is embedded, and whose words are indexed."""
    return index_text(_shown(document, title), piece.heading, piece.text, piece.layout.column_heads)


def _shown(document: Document, title: str | None) -> str:
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
    metadata = _metadata(document, _shown(document, title), piece)
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
    """The seed's vector record, and the position of the text."""
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
        "layout": json.dumps(piece.layout.stored(), ensure_ascii=False, separators=(",", ":")),
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
