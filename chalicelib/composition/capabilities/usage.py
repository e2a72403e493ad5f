"""Usage: how much of each allowance a learner has used today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.allowances import AllowanceServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.access.usage import Usage


class UsageServices(AllowanceServices):
    @lazy
    def usage(self) -> Usage:
        from domain.access.usage import Usage

        settings = self.settings
        return Usage(
            self.budgets,
            self.clock,
            taken={
                "messages": settings.messages_a_day,
                "questions": settings.questions_a_day,
                "pages": settings.pages_a_day,
            },
            charged={"interviews": settings.interviews_a_day, "audio_minutes": settings.audio_minutes_a_day},
            requests_a_minute=settings.requests_a_minute,
        )
