"""Repairs the faults that a check found, from the data that is still there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from domain.base.moments import to_text
from domain.documents.contents import Contents
from domain.documents.document import Document, IngestionProgress, extension_of
from domain.documents.documents import Documents, LeaseLost
from domain.documents.ingestion import Ingestion
from domain.documents.keys import DOCUMENTS
from domain.progress.ledger import Ledger
from domain.progress.progress import Progress
from domain.upkeep.checking import Checking, Report
from domain.upkeep.findings import Finding
from ports.object_store import ObjectStore
from ports.system import Clock
from ports.vector_store import MAX_IDS, VectorStore

log = logging.getLogger("lyceum.upkeep")


class Repairing:
    """Repairs data. ``ingestion`` must not count allowances, because the learners have paid for their documents
    already.
    """

    def __init__(
        self,
        checking: Checking,
        documents: Documents,
        contents: Contents,
        objects: ObjectStore,
        vectors: VectorStore,
        ingestion: Ingestion,
        ledger: Ledger,
        progress: Progress,
        clock: Clock,
    ) -> None:
        self._checking = checking
        self._documents = documents
        self._contents = contents
        self._objects = objects
        self._vectors = vectors
        self._ingestion = ingestion
        self._ledger = ledger
        self._progress = progress
        self._clock = clock

    def repair(self, report: Report, *, drop_originals: bool = False) -> list[Finding]:
        """Check, repair what can be repaired, and check again. Returns the faults that remain.

        Rows are repaired first, then texts, then vectors, because each is made from the one before. If only the
        original of a document is left, it is kept, unless ``drop_originals`` is True: a backup may still have the lost
        row.
        """
        rows_first = [one for one in self._checking.findings(report) if one.kind == "row_lost"]
        for finding in rows_first:
            self._mend(finding, report, drop_originals)
        for finding in self._checking.findings(report):
            self._mend(finding, report, drop_originals)
        return self._checking.findings(report)

    def _mend(self, finding: Finding, report: Report, drop_originals: bool) -> None:
        report(f"repairing {finding}")
        try:
            match finding.kind:
                case "row_lost":
                    self._add_row(finding)
                case "text_lost":
                    self._read_again(finding)
                case "vectors_lost":
                    self._index_again(finding)
                case "document_lost":
                    self._fail(finding)
                case "vectors_left_over":
                    for first in range(0, len(finding.names), MAX_IDS):
                        self._vectors.delete(DOCUMENTS, finding.names[first : first + MAX_IDS])
                case "objects_left_over":
                    self._delete(finding.names)
                case "original_without_row" if drop_originals:
                    self._delete(finding.names)
                case "concepts_lost":
                    self._progress.project(self._ledger.standing(finding.owner, finding.file_id))
        except LeaseLost:
            report(f"{finding.file_id} was changed meanwhile")

    def _delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._objects.delete(key)

    def _document(self, finding: Finding) -> Document:
        return self._documents.get(finding.owner, finding.file_id)

    def _add_row(self, finding: Finding) -> None:
        """Restore the row from what is stored with the chunks. What only the row contained is lost."""
        original = finding.names[0]
        now = self._clock.now()
        known = self._contents.description(finding.owner, finding.file_id)
        document = Document(
            file_id=finding.file_id,
            user_id=finding.owner,
            filename=known.filename,
            extension=extension_of(original),
            document_type="other",
            status="processing",
            upload_timestamp=to_text(now),
            updated_at=to_text(now),
            file_size=self._size_of(original),
            subject_id=known.subject_id,
            source_etag=known.source_etag,
        )
        self._index(self._documents.add(document.awaiting(now)), known.chunk_count)

    def _size_of(self, key: str) -> int:
        info = self._objects.info(key)
        return info.size if info is not None else 0

    def _read_again(self, finding: Finding) -> None:
        document = self._document(finding)
        self._contents.remove_derived(document)
        info = self._objects.info(document.key)
        fresh = replace(
            document,
            tries=0,
            source_etag=info.etag if info is not None else None,
            progress=IngestionProgress("waiting"),
        )
        self._ingestion.ingest_leased(self._documents.save(fresh.leased(self._clock.now())))

    def _index_again(self, finding: Finding) -> None:
        document = self._document(finding)
        self._index(document, document.chunks_created or 0)

    def _index(self, document: Document, chunks: int) -> None:
        """Embed all chunks again. Some vectors may exist, but it is not known to which chunks they belong."""
        fresh = replace(document, tries=0, progress=IngestionProgress("waiting"), chunks_created=chunks)
        self._ingestion.ingest_leased(self._documents.save(fresh.leased(self._clock.now())))

    def _fail(self, finding: Finding) -> None:
        """Mark the document as lost, and remove its vectors."""
        document = self._document(finding)
        now = self._clock.now()
        held = self._documents.save(replace(document.leased(now), error_code="lost"))
        self._contents.remove_derived(held)
        self._documents.save(held.failing(now, "lost").failed(now))
