"""Writes a document's changed labels (name, subject, class session, type, tags) to its vectors.

The row has the new labels at once. It lists the subjects under which vectors with old labels may be stored, until all
are rewritten. One worker at a time does this, under the row's lease. If it is interrupted, the sweeper continues.
"""

from __future__ import annotations

import logging

from domain.documents.chunk_vectors import vectors_with_embeddings
from domain.documents.contents import Content, Contents, StoredChunk
from domain.documents.document import LEASE_SECONDS, Document
from domain.documents.documents import Documents, LeaseLost
from ports.embedder import Embedder
from ports.errors import UpstreamError
from ports.system import Clock

_BATCH_CHUNKS = 48
_BEAT_SECONDS = LEASE_SECONDS / 5

log = logging.getLogger("lyceum.relabelling")


class Relabelling:
    def __init__(self, documents: Documents, contents: Contents, embedder: Embedder, clock: Clock) -> None:
        self._documents = documents
        self._contents = contents
        self._embedder = embedder
        self._clock = clock

    def relabel(self, document: Document) -> Document:
        """Write a completed document's labels to all its vectors, if some may have old ones. Returns the stored
        document.

        Only chunks whose vectors are lost are embedded again. If an upstream fails or another worker has the
        document, the sweeper continues later.
        """
        now = self._clock.now()
        if document.status != "completed" or not document.stale_subjects or document.is_leased(now):
            return document
        try:
            held = _Held(self._documents, self._clock, document)
            self._write(held)
            return self._documents.save(held.document.labelled(self._clock.now()))
        except LeaseLost:
            return self._documents.find(document.user_id, document.file_id) or document
        except UpstreamError as failed:
            log.warning("relabelling_interrupted", extra={"capability": failed.capability})
            return self._documents.find(document.user_id, document.file_id) or document

    def _write(self, held: _Held) -> None:
        document = held.document
        content = self._contents.find(document)
        if content is None:
            return
        for first in range(0, len(content.chunks), _BATCH_CHUNKS):
            held.renew()
            self._write_batch(held, content, content.chunks[first : first + _BATCH_CHUNKS])
        self._contents.save_labels(document, fence=held.check)
        self._contents.remove_stale_subjects(document, fence=held.check)

    def _write_batch(self, held: _Held, content: Content, chunks: tuple[StoredChunk, ...]) -> None:
        known = self._contents.vectors_of(held.document, chunks)
        there = [piece for piece in chunks if piece.index in known]
        lost = [piece for piece in chunks if piece.index not in known]
        values = [known[piece.index] for piece in there]
        vectors = (
            vectors_with_embeddings(held.document, content.title, there, lambda _: values) if there else []
        )
        if lost:
            vectors += vectors_with_embeddings(held.document, content.title, lost, self._embedder.embed)
        held.check()
        self._contents.index(vectors)


class _Held:
    """A document with a lease of this worker. Each method raises ``LeaseLost`` if another worker may have it."""

    def __init__(self, documents: Documents, clock: Clock, document: Document) -> None:
        self._documents = documents
        self._clock = clock
        self.document = document
        self._take()

    def _take(self) -> None:
        self.document = self._documents.save(self.document.labelling(self._clock.now()))
        self._taken = self._clock.monotonic()

    def renew(self) -> None:
        if self._clock.monotonic() - self._taken >= _BEAT_SECONDS:
            self._take()

    def check(self) -> None:
        if not self.document.is_leased(self._clock.now()):
            raise LeaseLost(self.document.file_id)
