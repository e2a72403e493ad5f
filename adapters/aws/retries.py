"""Trying again: the one layer that does; botocore's own is switched off (``clients``).

What throttling turned away is always sent again. What may have been done all the same is sent again only
where doing it twice changes nothing: a conditional write that was done and asked for again would fail on
its own condition, and its caller would take a success for a refusal.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from adapters.aws.errors import AWS_ERRORS, fault_of, port_error
from ports.errors import TimedOut
from ports.system import Clock

T = TypeVar("T")

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Effect(Enum):
    """What it would change if a call were made twice."""

    NONE = "it reads"
    SAME = "it writes, and writing again changes nothing"
    ANOTHER = "it writes, and must not be repeated unless it surely was not done"


class Retries:
    """How often, and for how long, one call of a port tries.

    ``seconds`` is asked at the start of each call: after that long no further try begins, so the call ends
    at most one try's time-outs later. Give it what is left of the request. Pauses are random, from nothing
    up to a bound that doubles from 0.1 s to 2 s.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        tries: int = 4,
        seconds: Callable[[], float] = lambda: 8.0,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock
        self.tries = tries
        self.seconds = seconds
        self.sleep = sleep
        self.jitter = jitter

    def begin(self) -> Tries:
        return Tries(self)


class Tries:
    """The tries of one call of a port, however many requests it takes. For one thread at a time."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._until = retries.clock.monotonic() + retries.seconds()
        self._made = 1

    def again(self) -> bool:
        """Pause before another try; False, at once, if there is none."""
        if self._made >= self._retries.tries:
            return False
        pause = self._retries.jitter() * min(_FIRST_PAUSE * 2 ** (self._made - 1), _LONGEST_PAUSE)
        if self._retries.clock.monotonic() + pause >= self._until:
            return False
        self._made += 1
        self._retries.sleep(pause)
        return True

    def _has_time(self) -> bool:
        return self._retries.clock.monotonic() < self._until

    def renew(self) -> None:
        """There was some progress: count the tries anew. The time goes on."""
        self._made = 1

    def call(self, capability: str, effect: Effect, operation: Callable[[], T]) -> T:
        """What ``operation`` answers, tried again while that is safe and may help. Raises ``PortError``.

        Without any time left it is not tried at all: that is ``TimedOut``.
        """
        if not self._has_time():
            raise TimedOut(capability, "no time left")
        while True:
            try:
                return operation()
            except AWS_ERRORS as error:
                fault = fault_of(error)
                safe = effect is not Effect.ANOTHER or not fault.unsure
                if not (fault.passes and safe and self.again()):
                    raise port_error(error, capability, writing=effect is not Effect.NONE) from error
