"""Time and new ids. They are ports, so that tests control both."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, for durations and deadlines. They never decrease."""
        ...


class IdGenerator(Protocol):
    def new(self) -> str:
        """A new id: 1-64 characters of ``[a-z0-9-]``, unguessable, never returned twice."""
        ...
