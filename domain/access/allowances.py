"""Allowances: how much of what costs money an owner may use in a day, and how many requests in a minute."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.access.budgets import Budgets, over_limit
from domain.base.errors import OverLimit
from ports.agent_words import Refused
from ports.errors import UpstreamError
from ports.system import Clock

AllowanceKind = Literal["messages", "questions", "pages"]
"""``messages``: messages to the tutor and searches. ``questions``: requested questions of quizzes. ``pages``: pages of
documents, or the pages that their text would fill, if those are more.
"""

_ASKED_FOR: frozenset[AllowanceKind] = frozenset({"messages", "questions"})
"""The kinds that also have a limit for each minute, because they come with a request. Pages are read after an event."""

log = logging.getLogger("lyceum.allowances")


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount that was taken from an allowance, and can be given back."""

    owner: str
    kind: AllowanceKind
    amount: int
    at: datetime


class Allowances:
    """What each owner may use in a day (UTC) and in a minute."""

    def __init__(
        self, budgets: Budgets, clock: Clock, *, a_day: Mapping[AllowanceKind, int], requests_a_minute: int
    ) -> None:
        """The limits are for each owner: a learner, or a class for its materials."""
        self._budgets = budgets
        self._clock = clock
        self._a_day = a_day
        self._requests_a_minute = requests_a_minute

    def take(self, owner: str, kind: AllowanceKind, amount: int = 1) -> Taken:
        """Count ``amount`` before the work that costs it. Raises ``OverLimit`` if a limit would be exceeded; then
        nothing is counted.
        """
        now = self._clock.now()
        a_minute = self._requests_a_minute if kind in _ASKED_FOR else None
        self._budgets.take(owner, kind, amount, now, limit=self._a_day[kind], a_minute=a_minute)
        return Taken(owner, kind, amount, now)

    @contextmanager
    def returning(self, taken: Taken) -> Iterator[None]:
        """Give ``taken`` back if an upstream fails in the block. A refused reply also costs, so it is not given back."""
        try:
            yield
        except Refused:
            raise
        except UpstreamError:
            self._give_back(taken)
            raise

    def _give_back(self, taken: Taken) -> None:
        """Give ``taken`` back. If that fails, log it and continue."""
        try:
            self._budgets.give_back(taken.owner, taken.kind, taken.amount, taken.at)
        except UpstreamError as failed:
            log.warning(
                "allowance_not_given_back", extra={"kind": taken.kind, "capability": failed.capability}
            )

    def check(self, owner: str, kind: AllowanceKind) -> None:
        """Raise ``OverLimit`` if nothing is left of today's allowance."""
        now = self._clock.now()
        if self._budgets.taken(owner, kind, now) >= self._a_day[kind]:
            raise over_limit(kind, now)

    def used_up(self, kind: AllowanceKind) -> OverLimit:
        """The error for an exhausted allowance."""
        return over_limit(kind, self._clock.now())


class Unmetered(Allowances):
    """Allowances for work that learners have paid for already, such as repairs. Nothing is counted or refused."""

    def take(self, owner: str, kind: AllowanceKind, amount: int = 1) -> Taken:
        return Taken(owner, kind, 0, self._clock.now())

    def check(self, owner: str, kind: AllowanceKind) -> None:
        return None
