"""Turns uploaded bytes into a searchable document: read, chunk, embed, index.

One worker at a time works on a document; a lease on the row ensures it. All keys and ids are derived from the document,
so that a repeated step changes nothing. The row becomes ``completed`` last. If a worker is interrupted, the next one
continues from what is stored. The sweeper makes sure that there is a next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from domain.access.allowances import Allowances
from domain.access.receipts import Receipts
from domain.base.errors import OverLimit
from domain.base.moments import after
from domain.documents.chunk_vectors import indexed_text, vectors_with_embeddings, vectors_without_embeddings
from domain.documents.contents import Content, Contents, Fence, StoredChunk, unfenced
from domain.documents.document import (
    MAX_LOOKS,
    MAX_TRIES,
    PAGES_USED,
    UNREADABLE_SCAN,
    Document,
    IngestionProgress,
    Recognition,
)
from domain.documents.documents import Documents, LeaseLost
from domain.documents.keys import parse_original_key, parse_recognised_key
from domain.documents.knowledge_bases import KnowledgeBaseUpkeep
from domain.documents.reading import assembled, read_pages, scanned_pages
from domain.documents.recognition import Recognised, Recognising
from domain.documents.relabelling import Relabelling
from domain.documents.repeats import RepeatedTexts
from domain.documents.work import BEAT_SECONDS, OutOfTime, Work
from ports.embedder import Embedder
from ports.errors import UpstreamError
from ports.object_store import ObjectInfo, ObjectNotFound, ObjectStore
from ports.system import Clock
from ports.text_extractor import ExtractionLimits, TextExtractor, UnreadableDocument
from ports.text_recogniser import UnrecognisableScan
from ports.workers import Workers

BATCH_CHUNKS = 48
"""Number of chunks that are embedded and stored in one call. With 1,536 dimensions that is 1.2 MB of JSON; Pinecone
takes 2 MB.
"""
_EMBEDDED_AT_ONCE = 8
"""Up to this number of chunks, the embedding takes less than a second, even with one request for each chunk. So the
words of such a document are not indexed beforehand.
"""
log = logging.getLogger("lyceum.ingestion")


class _NothingUploaded(Exception):
    """The bytes are not stored yet."""


class _AwaitsRecognition(Exception):
    """The text recognition of the document's scanned pages has not finished."""


class _Refused(Exception):
    """The document must fail with the error code ``code``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Ingestion:
    def __init__(
        self,
        documents: Documents,
        contents: Contents,
        objects: ObjectStore,
        extractor: TextExtractor,
        recognising: Recognising,
        embedder: Embedder,
        clock: Clock,
        knowledge_bases: KnowledgeBaseUpkeep,
        allowances: Allowances,
        receipts: Receipts,
        workers: Workers,
        relabelling: Relabelling,
        *,
        limits: ExtractionLimits,
        batches_at_once: int,
        notify: Callable[[Document], None],
    ) -> None:
        """``notify`` is called with the stored document when it becomes searchable or ends, and at steps of its
        progress: at most about 20 times for each worker. It must not raise.
        """
        self._documents = documents
        self._contents = contents
        self._objects = objects
        self._extractor = extractor
        self._recognising = recognising
        self._embedder = embedder
        self._clock = clock
        self._knowledge_bases = knowledge_bases
        self._allowances = allowances
        self._receipts = receipts
        self._limits = limits
        self._workers = workers
        self._relabelling = relabelling
        self._batches_at_once = batches_at_once
        self._notify = notify

    def object_created(self, key: str, *, within: float | None = None) -> None:
        """Process the document whose original was stored under ``key``, for at most ``within`` seconds.

        The event may come late or twice. If no visible document belongs to the object, the object is removed.
        """
        named = parse_original_key(key)
        if named is None:
            return
        document = self._documents.find(named.user_id, named.file_id)
        if document is None or not document.is_visible or document.key != key:
            self._objects.delete(key)
        else:
            self.ingest(document, within=within)

    def recognition_stored(self, key: str, *, within: float | None = None) -> None:
        """Continue the document whose text recognition stored ``key``: an object with all of its result or a part of
        it.

        If no document waits for the object, the object is removed: the document was deleted, or its bytes were
        replaced.
        """
        named = parse_recognised_key(key)
        if named is None:
            return
        document = self._documents.find(named.user_id, named.file_id)
        if document is None or not document.is_visible or document.recognition is None:
            self._objects.delete(key)
        elif document.awaits_recognition:
            self.ingest(document, within=within)

    def ingest(self, document: Document, *, within: float | None = None) -> Document:
        """Process the document to its end, or as far as possible in ``within`` seconds (None: no limit).

        Returns the document as it is stored afterwards. Does nothing if another worker has it or nothing was uploaded.
        """
        if document.is_leased(self._clock.now()) or not document.is_visible:
            return document
        info = self._objects.info(document.key)
        if document.status in ("completed", "failed"):
            # The original of a refused document was removed: if the same bytes are there, they were uploaded
            # again.
            if info is None or (info.etag == document.source_etag and not document.is_refused):
                return document
            document = replace(document, tries=0, error_code=None)  # its bytes were replaced
        if info is None and document.status == "awaiting_upload":
            return document
        if self._still_recognises(document, info):
            return document
        try:
            return self.ingest_leased(self._documents.save(self._taken(document, info)), within=within)
        except LeaseLost:
            return self._documents.find(document.user_id, document.file_id) or document

    def _still_recognises(self, document: Document, info: ObjectInfo | None) -> bool:
        """Whether there is nothing to do until the document's text recognition ends."""
        return (
            document.awaits_recognition
            and info is not None
            and info.etag == document.source_etag
            and not document.is_due(self._clock.now())
            and not self._is_recognised(document)
        )

    def _is_recognised(self, document: Document) -> bool:
        """Whether the result of the document's text recognition is stored."""
        begun = document.recognition
        return begun is not None and self._recognising.outcome(document, begun) is not None

    def _taken(self, document: Document, info: ObjectInfo | None) -> Document:
        begun = document.leased(self._clock.now())
        if info is None or info.etag == document.source_etag:
            return begun
        return replace(
            begun,
            source_etag=info.etag,
            file_size=info.size,
            progress=IngestionProgress("waiting"),
            words_indexed=False,
            recognition=None,
        )

    def ingest_leased(self, document: Document, *, within: float | None = None) -> Document:
        """Like ``ingest``, for a document that the caller has leased and whose bytes are stored."""
        work = self._work(document, within)
        try:
            self._advance(work)
        except LeaseLost:
            return self._after_lost_lease(work.document)
        with suppress(UpstreamError):  # the sweeper looks again
            if work.document.awaits_recognition and self._is_recognised(work.document):
                # The recognition ended while this worker held the lease, so its event found the document taken.
                return self.ingest(work.document, within=work.seconds_left())
        return work.document

    def _work(self, document: Document, within: float | None) -> Work:
        return Work(self._documents, self._clock, document, within, self._notify)

    def _advance(self, work: Work) -> None:
        try:
            self._run(work)
        except UnreadableDocument as refused:
            self._fail(work, refused.code)
        except _AwaitsRecognition:
            work.save(lambda held, now: held.given_to_recognition(now))
            log.info("document_awaits_recognition", extra={"milliseconds": work.milliseconds()})
        except OutOfTime:
            work.save(lambda held, now: held.released(now, retry_in=0))
        except _NothingUploaded:
            work.save(lambda held, now: held.awaiting_again(now))
        except UpstreamError as failed:
            log.warning(
                "ingestion_interrupted",
                extra={
                    "capability": failed.capability,
                    "interruptions": work.document.interruptions,
                    "interrupted": 1,
                },
            )
            work.save(lambda held, now: held.interrupted(now))

    def _after_lost_lease(self, mine: Document) -> Document:
        """The stored document, after another worker took it. If it was deleted, removes what this worker wrote later."""
        current = self._documents.find(mine.user_id, mine.file_id)
        if current is None or not current.is_visible:
            self._remove(mine)
        return current or replace(mine, status="deleted")

    def _run(self, work: Work) -> None:
        try:
            self._process(work)
        except _Refused as refused:
            self._fail(work, refused.code)

    def _process(self, work: Work) -> None:
        document = work.document
        if document.error_code is not None:
            raise _Refused(document.error_code)
        if document.tries > MAX_TRIES:
            raise _Refused("processing_failed")
        stored = self._contents.find(document)
        is_first = stored is None  # the text is stored before anything is indexed
        if stored is None or stored.source_etag != document.source_etag:
            stored = self._read(work)
        if document.progress.stage != "embedding":
            paid = 0 if document.recognition is None else len(document.recognition.pages)
            self._take_pages(document, max(0, stored.pages_paid_for - paid))
            self._describe(work, stored)
        self._fill_index(work, stored, trim=not is_first)
        if self._were_replaced(document):
            work.save(lambda held, now: held.released(now, retry_in=0))
            return
        self._knowledge_bases.document_added(document.user_id)
        if document.recognition is not None:
            self._contents.remove_recognised(document, fence=work.check_held)
        work.save(lambda held, now: held.completed(now))
        log.info(
            "document_completed", extra={"chunks": len(stored.chunks), "milliseconds": work.milliseconds()}
        )

    def _were_replaced(self, document: Document) -> bool:
        """Whether other bytes were uploaded since the lease, with the same permission."""
        current = self._objects.info(document.key)
        return current is not None and current.etag != document.source_etag

    def _fail(self, work: Work, code: str) -> None:
        """Store the error code, remove what was made, then store ``failed``. After a crash, the next worker continues."""
        if work.document.error_code != code:
            work.save(lambda held, now: held.failing(now, code))
        if self._were_replaced(work.document):
            work.save(lambda held, now: replace(held.released(now, retry_in=0), error_code=None))
            return
        if code == "processing_failed":
            # The original is kept: the document itself may be fine.
            self._contents.remove_derived(work.document, fence=work.check_held)
        else:
            self._remove(work.document, fence=work.check_held)
        work.save(lambda held, now: held.failed(now))
        log.info("document_failed", extra={"code": code, "failures": 1})

    def _remove(self, document: Document, *, fence: Fence = unfenced) -> None:
        self._contents.remove(document, fence=fence)
        self._knowledge_bases.document_removed(document.user_id)

    def _read(self, work: Work) -> Content:
        """Extract the text, cut it into chunks, and store both. Raises ``_NothingUploaded``, ``_AwaitsRecognition``,
        ``_Refused``.
        """
        document = work.document
        try:
            body = self._objects.get(document.key)
        except ObjectNotFound:
            raise _NothingUploaded from None
        recognised = self._recognised(document)
        work.beat(IngestionProgress("extracting"))
        extraction = self._extractor.extract(body, document.extension, self._limits)

        def beat(page: int) -> None:
            work.beat(IngestionProgress("extracting", page, extraction.page_count))

        pages, is_without_text = read_pages(extraction, beat)
        scanned = scanned_pages(pages)
        if scanned and not recognised and self._recognising.reads(document.extension):
            self._begin_recognition(work, scanned)
        if is_without_text and not any(recognised.values()):
            raise _Refused(UNREADABLE_SCAN if recognised else "no_text")
        text, content = assembled(extraction, pages, recognised, document.source_etag or "")
        self._contents.save(document, text, content, fence=work.check_held)
        return content

    def _recognised(self, document: Document) -> Recognised:
        """The recognised text by page; empty if nothing was recognised. Raises ``_AwaitsRecognition`` if it is not
        finished.
        """
        begun = document.recognition
        if begun is None:
            return {}
        found = self._recognising.outcome(document, begun)
        if found is not None:
            return found
        if begun.looks > MAX_LOOKS:
            raise _Refused("processing_failed")
        return self._started(document, begun)  # the job may have been lost, or have failed without an outcome

    def _started(self, document: Document, recognition: Recognition) -> Recognised:
        """Start the recognition, for the first time or again, and raise ``_AwaitsRecognition``.

        Returns without text if the job failed, or if recognition has been switched off since.
        """
        if not self._recognising.reads(document.extension):
            return {}  # it was switched off since
        try:
            self._recognising.begin(document, recognition)
        except UnrecognisableScan:
            return dict.fromkeys(recognition.pages)
        raise _AwaitsRecognition

    def _begin_recognition(self, work: Work, pages: tuple[int, ...]) -> None:
        """Take the pages from the allowance, start their recognition, and raise ``_AwaitsRecognition``.

        Raises ``_Refused`` if too few pages are left of the day's allowance.
        """
        self._take_pages(work.document, len(pages))
        # Stored before the recognition starts, so that its outcome finds the document waiting.
        recognition = Recognition(pages)
        work.save(lambda held, now: held.recognising(now, recognition))
        self._started(work.document, recognition)
        raise _AwaitsRecognition  # also if it failed at once: the next worker finds the failure

    def _take_pages(self, document: Document, count: int) -> None:
        """Take pages from the owner's allowance of the day. Raises ``_Refused`` if too few are left."""
        try:
            self._allowances.take(document.user_id, "pages", count)
        except OverLimit:
            raise _Refused(PAGES_USED) from None

    def _describe(self, work: Work, content: Content) -> None:
        """Store in the row what was read. From here on, the progress counts chunks."""
        count = len(content.chunks)
        work.save(
            lambda held, now: replace(
                held.renewed(now, IngestionProgress("embedding", 0, count)),
                page_count=content.page_count,
                chunks_created=count,
                content_preview=content.preview,
                extracted_concepts=content.concepts,
                warnings=content.warnings,
            )
        )

    def _fill_index(self, work: Work, content: Content, *, trim: bool) -> None:
        """Index the chunks, from where the last worker stopped. With ``trim``, remove the surplus vectors of an earlier
        reading.

        For a long document the words are indexed first, so that it is searchable while its embeddings are made.
        """
        progress = work.document.progress
        total = len(content.chunks)
        first = progress.done if progress.stage == "embedding" else 0
        left = content.chunks[first:]

        def trimmed() -> None:
            if trim:
                self._contents.trim_index(work.document, total, fence=work.check_held)

        def indexed(done: int) -> None:
            work.beat(IngestionProgress("embedding", first + done, total))

        if len(left) > _EMBEDDED_AT_ONCE and not work.document.words_indexed:
            self._in_batches(
                left, lambda batch: self._index_words(work, content.title, batch), lambda _: indexed(0)
            )
            trimmed()
            work.save(lambda held, now: held.searchable(now))
            log.info("document_searchable", extra={"chunks": total, "milliseconds": work.milliseconds()})
        texts = RepeatedTexts(
            self._embedder, [indexed_text(work.document, content.title, piece) for piece in left]
        )
        self._in_batches(left, lambda batch: self._index(work, content.title, texts, batch), indexed)
        trimmed()

    def _in_batches(
        self,
        chunks: Sequence[StoredChunk],
        index: Callable[[Sequence[StoredChunk]], None],
        report: Callable[[int], None],
    ) -> None:
        """Call ``index`` for all chunks, with several batches at a time.

        After each step, ``report`` gets the number of chunks up to which all are done.
        """
        batches = [chunks[at : at + BATCH_CHUNKS] for at in range(0, len(chunks), BATCH_CHUNKS)]
        remaining = iter(range(len(batches)))
        running: dict[Future[None], int] = {}
        finished: set[int] = set()
        in_order = 0
        with self._workers.pool(self._batches_at_once) as pool:
            try:
                while len(finished) < len(batches):
                    for number in islice(remaining, 2 * self._batches_at_once - len(running)):
                        running[pool.submit(index, batches[number])] = number
                    for future in pool.first_done(running, BEAT_SECONDS):
                        future.result()
                        finished.add(running.pop(future))
                    while in_order in finished:
                        in_order += 1
                    report(min(in_order * BATCH_CHUNKS, len(chunks)))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _index(
        self, work: Work, title: str | None, texts: RepeatedTexts, chunks: Sequence[StoredChunk]
    ) -> None:
        vectors = vectors_with_embeddings(work.document, title, chunks, texts.embed)
        work.check_held()
        self._contents.index(vectors)

    def _index_words(self, work: Work, title: str | None, chunks: Sequence[StoredChunk]) -> None:
        vectors = vectors_without_embeddings(work.document, title, chunks, self._embedder.dimension)
        work.check_held()
        self._contents.index(vectors)

    def sweep(self, *, within: float | None = None, ahead: float = 0.0) -> int:
        """Continue every due document: its event was lost, its worker died, or its removal is unfinished.

        Includes those that are due within the next ``ahead`` seconds. Stops after ``within`` seconds (None: no limit).
        Returns how many documents it looked at.
        """
        started = self._clock.monotonic()
        looked_at = 0
        for document in self._documents.due(after(self._clock.now(), ahead)):
            left = None if within is None else within - (self._clock.monotonic() - started)
            if left is not None and left <= 0:
                break
            looked_at += 1
            try:
                self._settle(document, left)
            except LeaseLost:
                continue
            except Exception:
                log.exception("sweep_interrupted")
                self._postpone(document)
        return looked_at

    def _postpone(self, document: Document) -> None:
        """Make a document whose sweep failed due later, so that it does not delay the others."""
        try:
            current = self._documents.find(document.user_id, document.file_id)
            if current is not None and current.sweep_at is not None:
                self._documents.save(current.postponed(self._clock.now()))
        except (LeaseLost, UpstreamError):
            pass

    def _settle(self, document: Document, within: float | None) -> None:
        if document.status in ("deleting", "deleted"):
            self._remove(document)
            self._receipts.forget(document.user_id, document.file_id)
            self._documents.save(document.deleted(self._clock.now()))
        elif document.status == "awaiting_upload" and self._objects.info(document.key) is None:
            if document.is_due(self._clock.now()):
                self._documents.discard(document)  # the permission to upload has ended unused
        elif document.status == "completed" and document.stale_subjects:
            self._relabelling.relabel(document)
        elif document.status in ("completed", "failed"):
            is_due = document.is_due(self._clock.now())
            if self.ingest(document, within=within) == document and is_due:
                self._settle_for_good(document)
        else:
            self.ingest(document, within=within)

    def _settle_for_good(self, document: Document) -> None:
        """Store the final state of a document that no earlier worker or upload can change now.

        For a failed document, first remove its vectors once more: the vector store's list may have lagged before.
        """
        work = self._work(document, None)
        if document.status == "failed":
            work.save(lambda held, now: held.renewed(now))
            self._contents.remove_derived(work.document, fence=work.check_held)
        work.save(lambda held, now: held.settled())
