"""Teaching: learners' appeals, and teachers' decisions about marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.marking import MarkingServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.teaching.appealing import Appealing
    from domain.teaching.deciding import Deciding
    from domain.teaching.decisions import Decisions
    from domain.teaching.overriding import Overriding
    from domain.teaching.recording import Recording


class TeachingServices(MarkingServices):
    @lazy
    def decisions(self) -> Decisions:
        from domain.teaching.decisions import Decisions

        return Decisions(self.ports.key_values)

    @lazy
    def recording(self) -> Recording:
        from domain.teaching.recording import Recording

        return Recording(self.decisions, self.desk)

    @lazy
    def overriding(self) -> Overriding:
        from domain.teaching.overriding import Overriding

        return Overriding(
            self.quizzes,
            self.interviews,
            self.quiz_correcting,
            self.interview_correcting,
            self.recording,
            self.ports.directory,
            self.clock,
        )

    @lazy
    def appealing(self) -> Appealing:
        from domain.teaching.appealing import Appealing

        return Appealing(
            self.quiz_correcting, self.interview_correcting, self.desk, self.subjects, self.clock
        )

    @lazy
    def deciding(self) -> Deciding:
        from domain.teaching.deciding import Deciding

        return Deciding(self.quizzes, self.interviews, self.desk, self.decisions, self.ports.directory)
