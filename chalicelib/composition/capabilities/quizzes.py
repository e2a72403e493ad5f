"""Quizzes: questions made from documents, and the grading of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.answers import AnswerServices
from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.capabilities.progress import ProgressServices
from chalicelib.composition.capabilities.quiz_records import QuizRecordServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.quizzes.grading import Grading
    from domain.quizzes.making import QuestionMaking
    from domain.quizzes.quizzing import Quizzing


class QuizServices(QuizRecordServices, AnswerServices, DocumentServices, ProgressServices):
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
            self.class_shares,
            self.question_making,
            self.subjects,
            self.items,
            self.clock,
            self.allowances,
            agent_seconds=self.agent_seconds,
        )

    @lazy
    def grading(self) -> Grading:
        from domain.quizzes.doubtful import DoubtfulMarks
        from domain.quizzes.grading import Grading

        records = (self.item_answers, self.items, self.assigned_quizzes)
        marks = DoubtfulMarks(self.documents, self.desk)
        return Grading(
            self.quizzes, self.ledger, self.progress, *records, marks, self.answer_judging, self.clock
        )
