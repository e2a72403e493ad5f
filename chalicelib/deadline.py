"""The deadline of a request. It bounds every call that the request makes.

API Gateway ends a request after 29 s. Our deadline is earlier, so that the last call can still end before that. The
client then always gets Lyceum's own response: a 504 that says which service did not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from ports.errors import TimedOut
from ports.system import Clock

GATEWAY_SECONDS = 25.0
"""The seconds for a request through API Gateway: 29, less the time-outs of one try (1 s to connect, 3 s without data).
"""
SECONDS_TO_STORE = 2.0
"""The seconds of a request that are reserved for storing the agent's reply."""
CALL_SECONDS = 8.0
"""The seconds for one call of a port, with all its tries, if no deadline is nearer."""

_ends_at: ContextVar[float] = ContextVar("ends_at", default=inf)


class Deadline:
    def __init__(self, clock: Callable[[], Clock]) -> None:
        self._clock = clock

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Set the deadline for all calls in the block, also for those in its worker threads. None means no deadline."""
        token = _ends_at.set(inf if seconds is None else self._clock().monotonic() + seconds)
        try:
            yield
        finally:
            _ends_at.reset(token)

    def left(self) -> float:
        """The seconds until the deadline, at least 0. Infinite if there is no deadline."""
        ends_at = _ends_at.get()
        return inf if ends_at == inf else max(0.0, ends_at - self._clock().monotonic())

    def for_call(self) -> float:
        """The seconds for one call of a port, with all its tries: 8, or less if the deadline is nearer."""
        return min(CALL_SECONDS, self.left())

    def for_reply(self, most: float) -> float:
        """The seconds for one reply of an agent, at most ``most``. Raises ``TimedOut`` if no time would be left to
        store the reply.
        """
        left = self.left() - SECONDS_TO_STORE
        if left <= 0:
            raise TimedOut("agent", "no time left")
        return min(most, left)
