"""Interviewing: an interview from its first question to its feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.interviews import InterviewServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.interviews.interviewing import Interviewing


class InterviewingServices(InterviewServices):
    @lazy
    def interviewing(self) -> Interviewing:
        from domain.interviews.concluding import Concluding
        from domain.interviews.hearing import Hearing
        from domain.interviews.interviewing import Interviewing
        from domain.interviews.recounting import Recounting

        settings, interviews, recordings = self.settings, self.interviews, self.recordings
        ledger, progress = self.ledger, self.progress
        recounting = Recounting(interviews, ledger, progress)
        concluding = Concluding(
            interviews,
            self.interviewer,
            ledger,
            progress,
            recordings,
            recounting,
            self.clock,
            self.ports.workers,
        )
        hearing = Hearing(
            interviews,
            recordings,
            lambda: self.ports.transcriber,
            concluding,
            recounting,
            self.budgets,
            self.clock,
            self.ids,
            minutes_a_day=settings.audio_minutes_a_day,
        )
        return Interviewing(
            interviews,
            self.connections,
            self.interviewer,
            hearing,
            concluding,
            recounting,
            recordings,
            self.budgets,
            self.clock,
            self.ids,
            interviews_a_day=settings.interviews_a_day,
        )
