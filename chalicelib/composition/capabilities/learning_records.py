"""The stores of learning: the ledger, the standings, the class snapshots, and the marks that wait for a teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.allowances import AllowanceServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.progress.class_shares import ClassShares
    from domain.progress.decks import Decks
    from domain.progress.desk import Desk
    from domain.progress.ledger import Ledger


class LearningRecordServices(AllowanceServices):
    @lazy
    def ledger(self) -> Ledger:
        from domain.progress.ledger import Ledger

        return Ledger(self.ports.key_values)

    @lazy
    def decks(self) -> Decks:
        from domain.progress.decks import Decks

        return Decks(self.ports.key_values)

    @lazy
    def class_shares(self) -> ClassShares:
        from domain.progress.class_shares import ClassShares

        return ClassShares(self.ports.key_values, self.clock)

    @lazy
    def desk(self) -> Desk:
        from domain.progress.desk import Desk

        return Desk(self.ports.key_values)
