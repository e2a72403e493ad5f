"""Assigned quizzes, and the figures of the items, computed from the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.bank import BankServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.bank.assigning import Assigning
    from domain.bank.reports import BankReports


class AssigningServices(BankServices):
    @lazy
    def assigning(self) -> Assigning:
        from domain.bank.assigning import Assigning

        return Assigning(
            self.assigned_quizzes,
            self.items,
            self.quizzes,
            self.quizzing,
            self.subjects,
            self.teaching,
            self.clock,
        )

    @lazy
    def bank_reports(self) -> BankReports:
        from domain.bank.reports import BankReports

        return BankReports(
            self.items, self.item_answers, self.assigning, self.ports.directory, self.ports.workers
        )
