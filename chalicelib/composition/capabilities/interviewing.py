"""Interviewing: an interview from its first question to its feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.interviews import InterviewServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.interviews.interviewing import Interviewing
    from ports.transcriber import Transcriber


class InterviewingServices(InterviewServices):
    @lazy
    def interviewing(self) -> Interviewing:
        from domain.interviews.doubtful import DoubtfulFacts
        from domain.interviews.effects import InterviewEffects
        from domain.interviews.interviewing import Interviewing

        settings, interviews, recordings = self.settings, self.interviews, self.recordings

        def transcriber() -> Transcriber:
            return self.ports.transcriber

        effects = InterviewEffects(
            interviews,
            self.interviewer,
            recordings,
            transcriber,
            self.ledger,
            self.progress,
            DoubtfulFacts(self.documents, self.desk),
            self.budgets,
            self.clock,
            self.ids,
            self.ports.workers,
        )
        return Interviewing(
            interviews,
            self.connections,
            effects,
            recordings,
            transcriber,
            self.budgets,
            self.clock,
            self.ids,
            interviews_a_day=settings.interviews_a_day,
            minutes_a_day=settings.audio_minutes_a_day,
        )
