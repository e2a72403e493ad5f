"""What a learner may have in a day of what costs money, and how fast they may ask for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.access.budgets import Budgets, over_limit
from domain.base.errors import OverLimit
from ports.agent import Refused
from ports.errors import UpstreamError
from ports.system import Clock

AllowanceKind = Literal["messages", "questions", "pages"]
"""Messages to the tutor and searches; questions that quizzes are asked to have; pages of documents read."""

_ASKED_FOR: frozenset[AllowanceKind] = frozenset({"messages", "questions"})
"""What a request asks for, so that it counts by the minute too. Pages are read when their event comes."""

log = logging.getLogger("lyceum.allowances")


@dataclass(frozen=True, slots=True)
class Taken:
    owner: str
    kind: AllowanceKind
    amount: int
    at: datetime


class Allowances:
    def __init__(
        self, budgets: Budgets, clock: Clock, *, a_day: Mapping[AllowanceKind, int], requests_a_minute: int
    ) -> None:
        """The limits are each owner's: a learner's, or a class's for its materials."""
        self._budgets = budgets
        self._clock = clock
        self._a_day = a_day
        self._requests_a_minute = requests_a_minute

    def take(self, owner: str, kind: AllowanceKind, amount: int = 1) -> Taken:
        """Count it, before anything is spent. Raises ``OverLimit``, and counts nothing, beyond a limit."""
        now = self._clock.now()
        a_minute = self._requests_a_minute if kind in _ASKED_FOR else None
        self._budgets.take(owner, kind, amount, now, limit=self._a_day[kind], a_minute=a_minute)
        return Taken(owner, kind, amount, now)

    @contextmanager
    def returning(self, taken: Taken) -> Iterator[None]:
        """Give it back if an upstream fails within. A model that refuses was asked, and counts."""
        try:
            yield
        except Refused:
            raise
        except UpstreamError:
            self._give_back(taken)
            raise

    def _give_back(self, taken: Taken) -> None:
        """Not being able to is no failure of its own."""
        try:
            self._budgets.give_back(taken.owner, taken.kind, taken.amount, taken.at)
        except UpstreamError as failed:
            log.warning("not_given_back", extra={"kind": taken.kind, "capability": failed.capability})

    def check(self, owner: str, kind: AllowanceKind) -> None:
        """Raises ``OverLimit`` where nothing is left of today's."""
        now = self._clock.now()
        if self._budgets.taken(owner, kind, now) >= self._a_day[kind]:
            raise over_limit(kind, now)

    def used_up(self, kind: AllowanceKind) -> OverLimit:
        """The error for somebody of whose allowance there was too little left."""
        return over_limit(kind, self._clock.now())
