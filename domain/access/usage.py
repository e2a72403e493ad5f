"""How much a learner has used of each allowance, and how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.access.budgets import Budgets, next_day, next_minute
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class AllowanceUse:
    """One allowance of a learner: its limit, how much of it is used, and when it starts again at 0."""

    kind: str
    limit: float
    used: float
    renews_at: datetime

    @property
    def remaining(self) -> float:
        """What is left, 0 or more. More than the limit may have been used, because work that began within it may end."""
        return round(max(0.0, self.limit - self.used), 3)


class Usage:
    def __init__(
        self,
        budgets: Budgets,
        clock: Clock,
        *,
        taken: Mapping[str, int],
        charged: Mapping[str, int],
        requests_a_minute: int,
    ) -> None:
        """The limits of a day, by kind: ``taken`` for what is taken, ``charged`` for what is charged."""
        self._budgets = budgets
        self._clock = clock
        self._taken = taken
        self._charged = charged
        self._requests_a_minute = requests_a_minute

    def of(self, owner: str) -> list[AllowanceUse]:
        """The use of each allowance of the owner, as counted now."""
        now = self._clock.now()
        counts = self._budgets.counts(owner, now)
        a_day = [
            *(
                AllowanceUse(kind, limit, counts.of(kind), next_day(now))
                for kind, limit in self._taken.items()
            ),
            *(
                AllowanceUse(kind, limit, round(self._budgets.spent(owner, kind, now), 3), next_day(now))
                for kind, limit in self._charged.items()
            ),
        ]
        return [*a_day, AllowanceUse("requests", self._requests_a_minute, counts.of_minute, next_minute(now))]
