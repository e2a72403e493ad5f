"""What is left of a request's time: everything that it calls is bounded by it.

API Gateway gives up after 29 s. The time set here ends earlier, by as long as the last call that was begun
in time may still take, so that the answer is ours: a 504 that says what did not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from ports.errors import TimedOut
from ports.system import Clock

GATEWAY_SECONDS = 25.0
"""For a request through API Gateway: 29 s, less a try's time-outs (``wiring``: 1 s to connect, 3 s of silence)."""
SECONDS_TO_STORE = 2.0
"""Kept of a request's time for what has to be done with an agent's reply."""
CALL_SECONDS = 8.0
"""For one call of a port, tried as often as that allows, where there is no request to end before."""

_ends_at: ContextVar[float] = ContextVar("ends_at", default=inf)


class Deadline:
    def __init__(self, clock: Callable[[], Clock]) -> None:
        self._clock = clock

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """What is called in the block, from whatever thread of it, ends within ``seconds``; None: whenever."""
        token = _ends_at.set(inf if seconds is None else self._clock().monotonic() + seconds)
        try:
            yield
        finally:
            _ends_at.reset(token)

    def left(self) -> float:
        """Seconds, 0 or more; infinite outside of a request."""
        ends_at = _ends_at.get()
        return inf if ends_at == inf else max(0.0, ends_at - self._clock().monotonic())

    def for_call(self) -> float:
        """Seconds for one call of a port, with all its tries."""
        return min(CALL_SECONDS, self.left())

    def for_reply(self, most: float) -> float:
        """Seconds for the reply of an agent, which is still to be stored afterwards. Raises ``TimedOut``."""
        left = self.left() - SECONDS_TO_STORE
        if left <= 0:
            raise TimedOut("agent", "no time left")
        return min(most, left)
