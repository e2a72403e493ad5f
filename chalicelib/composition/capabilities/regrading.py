"""Regrading: a teacher corrects the key of an item for all learners who were asked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.bank import BankServices
from chalicelib.composition.capabilities.teaching import TeachingServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.teaching.regrades import Regrades
    from domain.teaching.regrading import Regrading


class RegradingServices(TeachingServices, BankServices):
    @lazy
    def regrades(self) -> Regrades:
        from domain.teaching.regrades import Regrades

        return Regrades(self.ports.key_values)

    @lazy
    def regrading(self) -> Regrading:
        from domain.teaching.previewing import Previewing
        from domain.teaching.regrading import Regrading
        from domain.teaching.rescoring import Rescoring

        ports = self.ports
        rescoring = Rescoring(
            ports.key_values,
            self.quiz_correcting,
            self.quizzes,
            self.item_answers,
            self.decks,
            self.ledger,
            self.recording,
            ports.scheduler,
            self.clock,
        )
        return Regrading(
            self.items,
            self.gate,
            self.item_answers,
            self.regrades,
            Previewing(self.item_answers, self.ledger, ports.directory),
            rescoring,
            self.progress,
            self.teaching,
            ports.workers,
            self.clock,
        )
