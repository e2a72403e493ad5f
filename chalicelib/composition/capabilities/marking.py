"""Marking: a mark is changed together with everything that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.interviews import InterviewServices
from chalicelib.composition.capabilities.quizzes import QuizServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.interviews.correcting import InterviewCorrecting
    from domain.quizzes.correcting import QuizCorrecting


class MarkingServices(QuizServices, InterviewServices):
    @lazy
    def quiz_correcting(self) -> QuizCorrecting:
        from domain.quizzes.correcting import QuizCorrecting

        return QuizCorrecting(self.quizzes, self.ledger, self.progress, self.item_answers, self.clock)

    @lazy
    def interview_correcting(self) -> InterviewCorrecting:
        from domain.interviews.correcting import InterviewCorrecting

        return InterviewCorrecting(self.interviews, self.ledger, self.progress, self.clock)
