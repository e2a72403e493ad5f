"""Ingestion: an uploaded document becomes text, chunks, vectors and a part of the knowledge base."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.access.allowances import Allowances
    from domain.documents.document import Document
    from domain.documents.ingestion import Ingestion
    from domain.documents.knowledge_bases import KnowledgeBaseUpkeep


class IngestionServices(DocumentServices):
    on_document_step: Callable[[Document], None] | None = None
    """Called after each step of a document that its owner should hear about. It must raise no error."""

    @lazy
    def knowledge_bases(self) -> KnowledgeBaseUpkeep:
        from domain.documents.knowledge_bases import KnowledgeBaseUpkeep
        from domain.documents.knowledge_rows import KnowledgeRows

        rows, is_on = KnowledgeRows(self.ports.key_values), self.settings.knowledge_bases
        return KnowledgeBaseUpkeep(rows, lambda: self.ports.knowledge_bases, self.clock, is_on=is_on)

    @lazy
    def ingestion(self) -> Ingestion:
        return self.ingestion_within(self.allowances)

    def ingestion_within(self, allowances: Allowances) -> Ingestion:
        from domain.documents.ingestion import Ingestion
        from ports.text_extractor import ExtractionLimits

        settings = self.settings
        return Ingestion(
            self.documents,
            self.contents,
            self.ports.objects,
            self.ports.extractor,
            self.recognising,
            self.ports.embedder,
            self.clock,
            self.knowledge_bases,
            allowances,
            self.receipts,
            self.ports.workers,
            self.relabelling,
            limits=ExtractionLimits(
                max_bytes=settings.max_upload_bytes,
                max_pages=settings.max_pages,
                max_characters=settings.max_pages * 10_000,
                max_seconds=600,
            ),
            batches_at_once=settings.ingest_workers,
            notify=lambda document: self.on_document_step and self.on_document_step(document),
        )
