"""Export and import of items, and export of answers, as files for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.assigning import AssigningServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.bank.exchange import Exchange
    from domain.bank.statements import AnswerStatements


class ExchangeServices(AssigningServices):
    @lazy
    def exchange(self) -> Exchange:
        from domain.bank.exchange import Exchange

        return Exchange(
            self.items,
            self.gate,
            self.assigning,
            self.ports.item_packages,
            self.teaching,
            self.clock,
            seconds_left=self.deadline.left,
        )

    @lazy
    def answer_statements(self) -> AnswerStatements:
        from domain.bank.statements import AnswerStatements
        from domain.bank.xapi import Pseudonyms

        pseudonyms = Pseudonyms(self.ports.key_values, self.ids)
        return AnswerStatements(
            self.items, self.item_answers, self.assigning, pseudonyms, self.settings.public_url
        )
