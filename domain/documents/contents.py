"""The things made from a document: its extracted text, its chunks and their vectors.

The keys and ids are made from the owner and the document: writing again replaces what was written, and
removing finds it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.documents.document import Document, PageWarning, warning_from
from domain.documents.keys import (
    DOCUMENTS,
    WORDS_ALONE,
    chunk_vector_id,
    chunk_vector_prefix,
    chunks_key,
    metadata_key,
    recognised_prefix,
    text_key,
)
from domain.documents.layout import UNKNOWN, Layout, layout_from
from ports.errors import Unavailable
from ports.object_store import ObjectNotFound, ObjectStore
from ports.paging import every
from ports.vector_store import MAX_IDS, Vector, VectorStore

_SCHEMA = 1
"""The version of what is stored beside the chunks. It rises when older code would read it wrongly."""
CHUNKS_A_PAGE = 6
"""How many chunks fill a page: about 5,000 characters, as a page that is printed densely has."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """``text`` is the characters ``start:end`` of the document's extracted text."""

    index: int
    page: int | None
    """The page on which it starts; None if the document does not tell its pages."""
    start: int
    end: int
    text: str
    heading: str | None
    layout: Layout = UNKNOWN

    @property
    def recognised(self) -> bool:
        """Whether text recognition has read any of it from a picture."""
        return self.layout.is_recognised(self.start, self.end)

    @property
    def page_end(self) -> int | None:
        return self.layout.page_at(self.end - 1, self.page)


@dataclass(frozen=True, slots=True)
class Description:
    """A document's stored description. Repair makes a lost row again from it."""

    filename: str
    subject_id: str | None
    source_etag: str
    chunk_count: int


@dataclass(frozen=True, slots=True)
class Content:
    """The content read from a document. ``source_etag`` names the version of its bytes."""

    source_etag: str
    title: str | None
    page_count: int
    preview: str
    concepts: tuple[str, ...]
    warnings: tuple[PageWarning, ...]
    chunks: tuple[StoredChunk, ...]

    @property
    def pages_paid_for(self) -> int:
        """The pages that the document takes from the allowance.

        What costs is the number of chunks, each of which is embedded. So a document takes as many pages as its
        chunks fill, or as it has itself, if those are more.
        """
        return max(self.page_count, -(-len(self.chunks) // CHUNKS_A_PAGE))


Fence = Callable[[], None]
"""Called before each write; raises ``LeaseLost`` if another worker may own the document."""


def unfenced() -> None:
    """The fence of a document that no worker holds."""


class Contents:
    def __init__(self, objects: ObjectStore, vectors: VectorStore) -> None:
        self._objects = objects
        self._vectors = vectors

    def save(self, document: Document, text: str, content: Content, *, fence: Fence) -> None:
        """Store the extracted text, then the chunks: if the chunks are stored, the text is stored too."""
        owner, file_id = document.user_id, document.file_id
        metadata = {
            "schema": _SCHEMA,
            "file_id": file_id,
            "user_id": owner,
            "source_file": document.filename,
            "subject_id": document.subject_id,
            "source_etag": content.source_etag,
            "title": content.title,
            "page_count": content.page_count,
            "characters": len(text),
            "chunk_count": len(content.chunks),
            "preview": content.preview,
            "concepts": list(content.concepts),
            "warnings": [warning.stored() for warning in content.warnings],
        }
        chunks = [
            {
                "index": chunk.index,
                "page": chunk.page,
                "start": chunk.start,
                "end": chunk.end,
                "text": chunk.text,
                "heading": chunk.heading,
                "layout": chunk.layout.stored(),
            }
            for chunk in content.chunks
        ]
        fence()
        self._objects.put(text_key(owner, file_id), text.encode(), "text/plain; charset=utf-8")
        fence()
        self._put_json(metadata_key(owner, file_id), metadata)
        fence()
        self._put_json(chunks_key(owner, file_id), metadata | {"chunks": chunks})

    def _put_json(self, key: str, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self._objects.put(key, body, "application/json")

    def find(self, document: Document) -> Content | None:
        """The saved content of the document, or None. Raises ``Unavailable`` if it cannot be read."""
        try:
            body = self._objects.get(chunks_key(document.user_id, document.file_id))
        except ObjectNotFound:
            return None
        try:
            return _content(_known(json.loads(body)))
        except (ValueError, LookupError, TypeError) as error:
            raise Unavailable("object_store", "chunks that cannot be read") from error

    def described(self, owner: str, file_id: str) -> Description:
        """What the chunks say about their document. Raises ``ObjectNotFound``, and ``Unavailable`` if they cannot be read."""
        try:
            stored = _known(json.loads(self._objects.get(chunks_key(owner, file_id))))
            return Description(
                stored["source_file"], stored["subject_id"], stored["source_etag"], len(stored["chunks"])
            )
        except (ValueError, LookupError, TypeError) as error:
            raise Unavailable("object_store", "chunks that cannot be read") from error

    def vectors_of(self, document: Document, chunks: Sequence[StoredChunk]) -> dict[int, Sequence[float]]:
        """The embeddings of these chunks that are stored under any of its subjects, by the number of the chunk."""
        found: dict[int, Sequence[float]] = {}
        for subject in document.indexed_subjects:
            named = {
                chunk_vector_id(document.user_id, subject, document.file_id, piece.index): piece
                for piece in chunks
                if piece.index not in found
            }
            for vector_id, vector in self._vectors.fetch(DOCUMENTS, list(named)).items():
                piece = named[vector_id]
                if WORDS_ALONE not in vector.metadata and vector.metadata["text"] == piece.text:
                    found[piece.index] = vector.values
        return found

    def save_labels(self, document: Document, *, fence: Fence) -> None:
        """Write the document's name and subject into what is stored beside its chunks."""
        for key in (
            metadata_key(document.user_id, document.file_id),
            chunks_key(document.user_id, document.file_id),
        ):
            try:
                stored = json.loads(self._objects.get(key))
            except ObjectNotFound:
                continue
            fence()
            self._put_json(
                key, stored | {"source_file": document.filename, "subject_id": document.subject_id}
            )

    def index(self, vectors: Sequence[Vector]) -> None:
        self._vectors.upsert(DOCUMENTS, vectors)

    def trim_index(self, document: Document, count: int, *, fence: Fence = unfenced) -> None:
        """Remove the vectors of the chunks from ``count`` on: an earlier reading may have made more."""
        surplus = [
            vector_id
            for subject in document.indexed_subjects
            for vector_id in self._of_subject(document, subject, from_chunk=count)
        ]
        self._delete_vectors(surplus, fence)

    def leave_subjects(self, document: Document, *, fence: Fence) -> None:
        """Remove the vectors of the document under all subjects but its own."""
        for subject in document.indexed_subjects[1:]:
            self._delete_vectors(list(self._of_subject(document, subject)), fence)

    def _of_subject(self, document: Document, subject: str | None, *, from_chunk: int = 0) -> Iterator[str]:
        prefix = chunk_vector_prefix(document.user_id, subject, document.file_id)
        return (
            vector_id
            for vector_id in every(lambda cursor: self._vectors.ids(DOCUMENTS, prefix, cursor=cursor))
            if int(vector_id.removeprefix(prefix)) >= from_chunk
        )

    def _delete_vectors(self, surplus: Sequence[str], fence: Fence) -> None:
        for first in range(0, len(surplus), MAX_IDS):
            fence()
            self._vectors.delete(DOCUMENTS, surplus[first : first + MAX_IDS])

    def remove(self, document: Document, *, fence: Fence = unfenced) -> None:
        """Remove the original and everything that was made from it: vectors, chunks, text."""
        self.remove_derived(document, fence=fence)
        fence()
        self._objects.delete(document.key)

    def remove_derived(self, document: Document, *, fence: Fence = unfenced) -> None:
        """Remove everything that was made from the document, and keep the original."""
        self.trim_index(document, 0, fence=fence)
        owner, file_id = document.user_id, document.file_id
        for key in (chunks_key(owner, file_id), metadata_key(owner, file_id), text_key(owner, file_id)):
            fence()
            self._objects.delete(key)
        self.remove_recognised(document, fence=fence)

    def remove_recognised(self, document: Document, *, fence: Fence = unfenced) -> None:
        """Remove the outcomes of its text recognition."""
        for key in list(self._objects.keys(recognised_prefix(document.user_id, document.file_id))):
            fence()
            self._objects.delete(key)


def _known(stored: dict[str, Any]) -> dict[str, Any]:
    """What is stored. Raises ``Unavailable`` if newer code wrote it; older code wrote no version at first."""
    if stored.get("schema", 0) > _SCHEMA:
        raise Unavailable("object_store", "chunks that newer code wrote")
    return stored


def _content(stored: Any) -> Content:
    return Content(
        source_etag=stored["source_etag"],
        title=stored["title"],
        page_count=stored["page_count"],
        preview=stored["preview"],
        concepts=tuple(stored["concepts"]),
        warnings=tuple(map(warning_from, stored["warnings"])),
        chunks=tuple(
            StoredChunk(**chunk | {"layout": layout_from(chunk.get("layout"))}) for chunk in stored["chunks"]
        ),
    )
