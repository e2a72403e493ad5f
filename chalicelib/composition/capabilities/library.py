"""The library: documents are uploaded, read, shared with a class and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.ingestion import IngestionServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.documents.library import Library
    from domain.documents.materials import Materials


class LibraryServices(IngestionServices):
    @lazy
    def library(self) -> Library:
        from domain.documents.library import Library

        return Library(
            self.documents,
            self.contents,
            self.ports.objects,
            self.ingestion,
            self.recognising,
            self.subjects,
            self.receipts,
            self.clock,
            self.knowledge_bases,
            self.allowances,
            self.relabelling,
            max_upload_bytes=self.settings.max_upload_bytes,
            inline_seconds=self.settings.inline_seconds,
            inline_bytes=self.settings.inline_bytes,
        )

    @lazy
    def materials(self) -> Materials:
        from domain.documents.materials import Materials

        return Materials(self.library, self.documents, self.teaching)
