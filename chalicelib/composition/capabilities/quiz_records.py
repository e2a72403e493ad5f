"""The stores of quizzes: quizzes and their results, items and their answers, and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.common import CommonServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.bank.items import Items
    from domain.quizzes.assigned_quizzes import AssignedQuizzes
    from domain.quizzes.item_answers import ItemAnswers
    from domain.quizzes.quizzes import Quizzes


class QuizRecordServices(CommonServices):
    @lazy
    def quizzes(self) -> Quizzes:
        from domain.quizzes.quizzes import Quizzes

        return Quizzes(self.ports.key_values)

    @lazy
    def item_answers(self) -> ItemAnswers:
        from domain.quizzes.item_answers import ItemAnswers

        return ItemAnswers(self.ports.key_values)

    @lazy
    def items(self) -> Items:
        from domain.bank.items import Items

        return Items(self.ports.key_values)

    @lazy
    def assigned_quizzes(self) -> AssignedQuizzes:
        from domain.quizzes.assigned_quizzes import AssignedQuizzes

        return AssignedQuizzes(self.ports.key_values)
