"""Stores what is made from a document: its extracted text, its chunks and their vectors.

The keys and ids are derived from the owner and the document. So writing again replaces what was written before, and a
removal needs no list of what to remove.
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
from ports.errors import Damaged, Unavailable
from ports.object_store import ObjectNotFound, ObjectStore
from ports.paging import every
from ports.vector_store import MAX_IDS, Vector, VectorStore

_SCHEMA = 1
"""The version of the stored format. It rises when older code would misread a newer object."""
CHUNKS_A_PAGE = 6
"""The number of chunks that count as one page: about 5,000 characters, as on a densely printed page."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as it is stored. ``text`` is the characters ``start:end`` of the document's extracted text."""

    index: int
    page: int | None
    """The page on which the chunk starts, counted from 1; None if the document has no pages."""
    start: int
    end: int
    text: str
    heading: str | None
    layout: Layout = UNKNOWN

    @property
    def recognised(self) -> bool:
        """Whether any of the text comes from text recognition."""
        return self.layout.is_recognised(self.start, self.end)

    @property
    def page_end(self) -> int | None:
        """The page on which the chunk ends, from 1; None if the document has no known pages."""
        return self.layout.page_at(self.end - 1, self.page)


@dataclass(frozen=True, slots=True)
class Description:
    """What the stored chunks say about their document. The repair restores a lost row from it."""

    filename: str
    subject_id: str | None
    source_etag: str
    chunk_count: int


@dataclass(frozen=True, slots=True)
class Content:
    """The content that was read from a document. ``source_etag`` is the etag of the bytes that it was read from."""

    source_etag: str
    title: str | None
    page_count: int
    preview: str
    concepts: tuple[str, ...]
    warnings: tuple[PageWarning, ...]
    chunks: tuple[StoredChunk, ...]

    @property
    def pages_paid_for(self) -> int:
        """The number of pages that the document takes from the allowance: its pages or, if that is more, its chunks
        divided by ``CHUNKS_A_PAGE``.

        The larger number counts, because the cost lies in the chunks: each is embedded.
        """
        return max(self.page_count, -(-len(self.chunks) // CHUNKS_A_PAGE))


Fence = Callable[[], None]
"""Called before each write; raises ``LeaseLost`` if another worker may own the document."""


def unfenced() -> None:
    """A fence that always passes, for a document that no worker holds."""


class Contents:
    def __init__(self, objects: ObjectStore, vectors: VectorStore) -> None:
        self._objects = objects
        self._vectors = vectors

    def save(self, document: Document, text: str, content: Content, *, fence: Fence) -> None:
        """Store the extracted text, the metadata, then the chunks. So the text is stored whenever the chunks are.

        Raises what ``fence`` raises, before the next write.
        """
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
        """The stored content of the document; None if there is none. Raises ``Damaged`` if it is not readable."""
        try:
            body = self._objects.get(chunks_key(document.user_id, document.file_id))
        except ObjectNotFound:
            return None
        try:
            return _content(_readable(json.loads(body)))
        except (ValueError, LookupError, TypeError) as error:
            raise Damaged("object_store", "the stored chunks are not readable") from error

    def is_whole(self, document: Document, content: Content) -> bool:
        """Whether the stored text is the one that the chunks were cut from, and the description is readable."""
        try:
            text = stored_text(self._objects, document)
            json.loads(self._objects.get(metadata_key(document.user_id, document.file_id)))
        except (ObjectNotFound, Damaged, ValueError):
            return False
        return text is not None and all(text[one.start : one.end] == one.text for one in content.chunks)

    def description(self, owner: str, file_id: str) -> Description:
        """The description in the stored chunks. Raises ``ObjectNotFound`` if there are none, ``Damaged`` if they are
        not readable.
        """
        try:
            stored = _readable(json.loads(self._objects.get(chunks_key(owner, file_id))))
            return Description(
                stored["source_file"], stored["subject_id"], stored["source_etag"], len(stored["chunks"])
            )
        except (ValueError, LookupError, TypeError) as error:
            raise Damaged("object_store", "the stored chunks are not readable") from error

    def vectors_of(self, document: Document, chunks: Sequence[StoredChunk]) -> dict[int, Sequence[float]]:
        """The stored embeddings of these chunks by chunk number, whichever of the document's subjects they are stored
        under.

        A chunk is left out if its vector is missing, has no embedding, or was made from another text.
        """
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
        """Write the document's name and subject into its stored metadata and chunks."""
        for key in (
            metadata_key(document.user_id, document.file_id),
            chunks_key(document.user_id, document.file_id),
        ):
            try:
                stored = json.loads(self._objects.get(key))
            except ObjectNotFound:
                continue
            except ValueError as error:
                raise Damaged("object_store", "the stored description is not readable") from error
            fence()
            self._put_json(
                key, stored | {"source_file": document.filename, "subject_id": document.subject_id}
            )

    def index(self, vectors: Sequence[Vector]) -> None:
        """Write the vectors. Raises ``UpstreamError``."""
        self._vectors.upsert(DOCUMENTS, vectors)

    def trim_index(self, document: Document, count: int, *, fence: Fence = unfenced) -> None:
        """Remove the vectors of all chunks numbered ``count`` or higher. An earlier reading may have made more chunks."""
        surplus = [
            vector_id
            for subject in document.indexed_subjects
            for vector_id in self._of_subject(document, subject, from_chunk=count)
        ]
        self._delete_vectors(surplus, fence)

    def remove_stale_subjects(self, document: Document, *, fence: Fence) -> None:
        """Remove the document's vectors under every subject except its present one."""
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
        """Remove the original file and everything that was made from it: vectors, chunks, text."""
        self.remove_derived(document, fence=fence)
        fence()
        self._objects.delete(document.key)

    def remove_derived(self, document: Document, *, fence: Fence = unfenced) -> None:
        """Remove everything that was made from the document. The original file stays."""
        self.trim_index(document, 0, fence=fence)
        owner, file_id = document.user_id, document.file_id
        for key in (chunks_key(owner, file_id), metadata_key(owner, file_id), text_key(owner, file_id)):
            fence()
            self._objects.delete(key)
        self.remove_recognised(document, fence=fence)

    def remove_recognised(self, document: Document, *, fence: Fence = unfenced) -> None:
        """Remove the stored results of the document's text recognition."""
        for key in list(self._objects.keys(recognised_prefix(document.user_id, document.file_id))):
            fence()
            self._objects.delete(key)


def stored_text(objects: ObjectStore, document: Document) -> str | None:
    """The stored text of the document; None if there is none. Raises ``Damaged`` if it is not readable."""
    try:
        return objects.get(text_key(document.user_id, document.file_id)).decode()
    except ObjectNotFound:
        return None
    except UnicodeDecodeError as error:
        raise Damaged("object_store", "the stored text is not readable") from error


def _readable(stored: dict[str, Any]) -> dict[str, Any]:
    """The given object, unchanged. Raises ``Unavailable`` if newer code wrote it. The oldest objects have no version."""
    if stored.get("schema", 0) > _SCHEMA:
        raise Unavailable("object_store", "newer code wrote the chunks")
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
