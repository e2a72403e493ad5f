"""Quizzes: questions made from documents, and the grading of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.answers import AnswerServices
from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.capabilities.progress import ProgressServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.quizzes.grading import Grading
    from domain.quizzes.item_answers import ItemAnswers
    from domain.quizzes.making import QuestionMaking
    from domain.quizzes.quizzes import Quizzes
    from domain.quizzes.quizzing import Quizzing


class QuizServices(AnswerServices, DocumentServices, ProgressServices):
    @lazy
    def quizzes(self) -> Quizzes:
        from domain.quizzes.quizzes import Quizzes

        return Quizzes(self.ports.key_values)

    @lazy
    def question_making(self) -> QuestionMaking:
        from domain.quizzes.making import QuestionMaking

        ports = self.ports
        return QuestionMaking(self.sources, self.retrieval, ports.agent, ports.grammar, self.clock)

    @lazy
    def quizzing(self) -> Quizzing:
        from domain.quizzes.quizzing import Quizzing

        return Quizzing(
            self.quizzes,
            self.documents,
            self.sources,
            self.ledger,
            self.question_making,
            self.subjects,
            self.clock,
            self.allowances,
            agent_seconds=self.agent_seconds,
        )

    @lazy
    def grading(self) -> Grading:
        from domain.quizzes.grading import Grading

        return Grading(
            self.quizzes, self.ledger, self.progress, self.item_answers, self.answer_judging, self.clock
        )

    @lazy
    def item_answers(self) -> ItemAnswers:
        from domain.quizzes.item_answers import ItemAnswers

        return ItemAnswers(self.ports.key_values)
