"""The deadline of a request: it bounds every call that the request makes.

API Gateway ends a request after 29 s. The deadline is earlier, by the time that the last call may still take. So the
response is always Lyceum's own: a 504 that says which service did not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from ports.errors import TimedOut
from ports.system import Clock

GATEWAY_SECONDS = 25.0
"""For a request through API Gateway: 29 s, less the time-outs of one try (1 s to connect, 3 s without data)."""
SECONDS_TO_STORE = 2.0
"""The part of a request's time that is reserved for storing the agent's reply."""
CALL_SECONDS = 8.0
"""For one call of a port, with all its tries, outside of a request."""

_ends_at: ContextVar[float] = ContextVar("ends_at", default=inf)


class Deadline:
    def __init__(self, clock: Callable[[], Clock]) -> None:
        self._clock = clock

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Set the deadline for all calls in the block, also in its pools of workers. None means no deadline."""
        token = _ends_at.set(inf if seconds is None else self._clock().monotonic() + seconds)
        try:
            yield
        finally:
            _ends_at.reset(token)

    def left(self) -> float:
        """The seconds until the deadline, at least 0; infinite outside of a request."""
        ends_at = _ends_at.get()
        return inf if ends_at == inf else max(0.0, ends_at - self._clock().monotonic())

    def for_call(self) -> float:
        """The seconds for one call of a port, with all its tries."""
        return min(CALL_SECONDS, self.left())

    def for_reply(self, most: float) -> float:
        """The seconds for one reply of an agent, at most ``most``. Raises ``TimedOut`` if no time would be left to store it."""
        left = self.left() - SECONDS_TO_STORE
        if left <= 0:
            raise TimedOut("agent", "no time left")
        return min(most, left)
