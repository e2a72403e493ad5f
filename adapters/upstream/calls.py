"""Calls of a vendor's client: ended in time, tried again where that may help, their errors translated.

For clients whose time-outs bound each read but not their sum, and for what may be asked twice without harm.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

from ports.errors import TimedOut, UpstreamError
from ports.system import Clock

T = TypeVar("T")

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
_TIMED_OUT = "nothing whole within the time"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a vendor's error comes to."""

    raises: type[UpstreamError]
    reason: str
    passes: bool
    """Whether it may be gone at the next try."""
    pause: float = 0.0
    """Seconds that the vendor asked to wait."""


class Calls:
    """How long and how often one upstream is asked.

    ``seconds`` is asked at the start of each call of the port: give it what is left of the request, a finite
    number. Whatever the upstream does, the call has ended after that. Pauses between the ``tries`` are random,
    from nothing up to a bound that doubles from 0.1 s to 2 s, but never shorter than the upstream asks for.
    """

    def __init__(
        self,
        capability: str,
        clock: Clock,
        fault_of: Callable[[Exception], Fault],
        *,
        seconds: Callable[[], float],
        tries: int,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        self._capability = capability
        self._fault_of = fault_of
        self._seconds = seconds
        self._tries = tries
        self._jitter = jitter
        self.clock = clock
        self.sleep = sleep

    def until(self) -> float:
        """When a call of the port that begins now must have ended, by ``clock.monotonic``."""
        return self.clock.monotonic() + self._seconds()

    def call(self, until: float, operation: Callable[[float], T]) -> T:
        """``operation(seconds left)``. Raises ``UpstreamError``."""
        made = 0
        while True:
            made += 1
            try:
                return self._within(until, operation)
            except TimeoutError as error:
                raise TimedOut(self._capability, _TIMED_OUT) from error
            except Exception as error:
                fault = self._fault_of(error)
                pause = max(self._pause(made), fault.pause)
                if not fault.passes or made >= self._tries or self.clock.monotonic() + pause >= until:
                    raise fault.raises(self._capability, fault.reason) from error
                self.sleep(pause)

    def _pause(self, made: int) -> float:
        return self._jitter() * min(_FIRST_PAUSE * 2.0 ** (made - 1), _LONGEST_PAUSE)

    def _within(self, until: float, operation: Callable[[float], T]) -> T:
        # A server that drips could hold its caller for ever: it is asked in a thread of its own, and whoever
        # waits for that waits no longer than he may.
        left = until - self.clock.monotonic()
        if left <= 0:
            raise TimeoutError
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(operation(left))
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=work, name=f"{self._capability}-call", daemon=True).start()
        return answer.result(timeout=left)


def asked_pause(retry_after: str | None) -> float:
    """The seconds of a ``Retry-After``; 0 where there is none, or a date."""
    try:
        seconds = float(retry_after or 0)
    except ValueError:
        return 0.0
    return seconds if isfinite(seconds) else 0.0
