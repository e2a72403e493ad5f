"""Time and identity, so that tests own both."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never run backwards: for durations and deadlines."""
        ...


class IdGenerator(Protocol):
    def new(self) -> str:
        """A fresh id: 1-64 characters of ``[a-z0-9-]``, unguessable, never given twice."""
        ...
