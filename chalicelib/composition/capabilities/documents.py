"""Stored documents: their rows, their content, and the search for passages in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.allowances import AllowanceServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.documents.contents import Contents
    from domain.documents.documents import Documents
    from domain.documents.recognition import Recognising
    from domain.documents.relabelling import Relabelling
    from domain.documents.retrieval import Retrieval
    from domain.documents.sources import Sources


class DocumentServices(AllowanceServices):
    @lazy
    def documents(self) -> Documents:
        from domain.documents.documents import Documents

        return Documents(self.ports.key_values)

    @lazy
    def contents(self) -> Contents:
        from domain.documents.contents import Contents

        return Contents(self.ports.objects, self.ports.vectors)

    @lazy
    def recognising(self) -> Recognising:
        from domain.documents.recognition import Recognising

        return Recognising(lambda: self.ports.recogniser)

    @lazy
    def retrieval(self) -> Retrieval:
        from domain.documents.retrieval import Retrieval

        return Retrieval(self.documents, self.ports.vectors, self.ports.embedder, self.ports.workers)

    @lazy
    def sources(self) -> Sources:
        from domain.documents.sources import Sources

        return Sources(self.documents, self.contents, self.ports.workers)

    @lazy
    def relabelling(self) -> Relabelling:
        from domain.documents.relabelling import Relabelling

        return Relabelling(self.documents, self.contents, self.ports.embedder, self.clock)
