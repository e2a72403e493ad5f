"""Tutoring: conversations with a tutor that cites the documents it answers from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.capabilities.progress import ProgressServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.tutoring.conversations import Conversations
    from domain.tutoring.tutoring import Tutoring


class TutoringServices(DocumentServices, ProgressServices):
    @lazy
    def conversations(self) -> Conversations:
        from domain.tutoring.conversations import Conversations

        return Conversations(self.ports.key_values)

    @lazy
    def tutoring(self) -> Tutoring:
        from domain.tutoring.tutoring import Tutoring

        return Tutoring(
            self.conversations,
            self.ledger,
            self.retrieval,
            self.sources,
            self.subjects,
            self.receipts,
            self.ports.agent,
            self.ports.grammar,
            self.clock,
            self.allowances,
            self.ports.workers,
            agent_seconds=self.agent_seconds,
        )
