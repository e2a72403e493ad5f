"""The judging of answers in words. Interviews and the short answers of quizzes share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.common import CommonServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.interviews.interviewer import AnswerJudging


class AnswerServices(CommonServices):
    @lazy
    def answer_judging(self) -> AnswerJudging:
        from domain.interviews.interviewer import AnswerJudging
        from domain.interviews.judging import Judging

        judging = Judging(self.ports.grammar, self.ports.embedder)
        return AnswerJudging(self.ports.agent, judging, agent_seconds=self.agent_seconds)
