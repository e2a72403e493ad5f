"""The bank of a class: its items, and how a teacher makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.quizzes import QuizServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.bank.authoring import Authoring
    from domain.bank.gate import Gate
    from domain.bank.taking import Taking


class BankServices(QuizServices):
    @lazy
    def gate(self) -> Gate:
        from domain.bank.gate import Gate

        ports = self.ports
        return Gate(
            self.documents,
            self.sources,
            self.retrieval,
            ports.agent,
            ports.grammar,
            self.clock,
            agent_seconds=self.agent_seconds,
        )

    @lazy
    def authoring(self) -> Authoring:
        from domain.bank.authoring import Authoring

        return Authoring(
            self.items,
            self.gate,
            self.question_making,
            self.documents,
            self.sources,
            self.teaching,
            self.allowances,
            self.clock,
            agent_seconds=self.agent_seconds,
        )

    @lazy
    def taking(self) -> Taking:
        from domain.bank.taking import Taking

        return Taking(self.items, self.quizzes, self.ledger, self.documents, self.ports.directory, self.clock)
