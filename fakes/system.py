"""Time that stands still until a test moves it, and ids that a test can foretell."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Stands at ``start`` (timezone-aware) and moves by ``advance`` alone."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("start without a time zone")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds``, 0 or more."""
        if not seconds >= 0:
            raise ValueError("time does not run backwards")
        self._elapsed += seconds


class SequentialIds:
    """``id-1``, ``id-2`` …: valid and never repeated, but anything but unguessable."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"{self._prefix}-{next(self._numbers)}"
