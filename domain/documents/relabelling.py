"""Labels a document's vectors anew after its name, subject, class session, type or tags changed.

The row has the new labels at once. It names the subjects under whose ids vectors may still have old ones, until all are
written. One worker at a time does it, by the lease of the row; the sweeper goes on if it is interrupted.
"""

from __future__ import annotations

import logging

from domain.documents.chunk_vectors import with_meaning
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
        """Give all vectors of a completed document its labels, if some may have others. Returns it as stored then.

        Nothing is embedded again but chunks whose vectors are lost. If an upstream fails, or another worker has the
        document, the sweeper goes on later.
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
        self._contents.leave_subjects(document, fence=held.check)

    def _write_batch(self, held: _Held, content: Content, chunks: tuple[StoredChunk, ...]) -> None:
        known = self._contents.vectors_of(held.document, chunks)
        there = [piece for piece in chunks if piece.index in known]
        lost = [piece for piece in chunks if piece.index not in known]
        values = [known[piece.index] for piece in there]
        vectors = with_meaning(held.document, content.title, there, lambda _: values) if there else []
        if lost:
            vectors += with_meaning(held.document, content.title, lost, self._embedder.embed)
        held.check()
        self._contents.index(vectors)


class _Held:
    """A document that this worker holds. Raises ``LeaseLost`` where another one may have it."""

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
