"""The machine's clock and its source of randomness."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class UuidGenerator:
    """Random version 4 UUIDs, from the operating system's entropy."""

    def new(self) -> str:
        return str(uuid.uuid4())
