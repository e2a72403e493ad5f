"""Time and new ids, as ports so that tests decide both."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start. They never decrease: for durations and deadlines."""
        ...


class IdGenerator(Protocol):
    def new(self) -> str:
        """A new id: 1-64 characters of ``[a-z0-9-]``, unguessable, never returned twice."""
        ...
