"""A clock that a test moves, and ids that a test can predict."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Implements ``Clock``. Shows ``start`` (timezone-aware), and moves only by ``advance``."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("start has no time zone")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move the time forward by ``seconds``, 0 or more."""
        if not seconds >= 0:
            raise ValueError("seconds must be 0 or more")
        self._elapsed += seconds


class SequentialIds:
    """Implements ``IdGenerator``, but its ids can be guessed: ``id-1``, ``id-2`` …"""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"{self._prefix}-{next(self._numbers)}"
