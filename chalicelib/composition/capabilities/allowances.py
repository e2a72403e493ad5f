"""Allowances: how much each learner may use in a day, and requests that are answered only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.access import AccessServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.access.allowances import Allowances
    from domain.access.budgets import Budgets
    from domain.access.receipts import Receipts


class AllowanceServices(AccessServices):
    @lazy
    def budgets(self) -> Budgets:
        from domain.access.budgets import Budgets

        return Budgets(self.ports.key_values)

    @lazy
    def allowances(self) -> Allowances:
        from domain.access.allowances import Allowances

        settings = self.settings
        return Allowances(
            self.budgets,
            self.clock,
            a_day={
                "messages": settings.messages_a_day,
                "questions": settings.questions_a_day,
                "pages": settings.pages_a_day,
            },
            requests_a_minute=settings.requests_a_minute,
        )

    @lazy
    def receipts(self) -> Receipts:
        from domain.access.receipts import Receipts

        # No other server uses the laptop's tables. So a request that an earlier process left unanswered has ended.
        is_alone = self.settings.profile == "local"
        return Receipts(self.ports.key_values, since=self.clock.now() if is_alone else None)
