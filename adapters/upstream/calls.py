"""Calls of an upstream. They end at the deadline, are tried again where that is safe, and raise the port's errors.

Each vendor has a table of faults, which says what an error of its client means. A read, or a write that may be
repeated, is tried again after every temporary fault. A write that must not be repeated is tried again only if the fault
says that nothing was done. Otherwise a conditional write that succeeded would fail on its own condition when it is sent
again, and its caller would take a success for a refusal.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import TypeVar

from ports.errors import PortError, TimedOut, Unavailable, UpstreamError
from ports.system import Clock

T = TypeVar("T")
log = logging.getLogger("lyceum.upstream")

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Effect(Enum):
    """The effect of a request. It decides whether the request may be sent twice."""

    READ = "it writes nothing"
    REPEATABLE = "it writes, and writing again changes nothing"
    ONCE = "it writes, and must not be repeated unless it surely was not done"


@dataclass(frozen=True, slots=True)
class Fault:
    """The meaning of an error of a vendor's client. ``raises`` is the port's error for it."""

    raises: type[PortError]
    reason: str = ""
    passes: bool = False
    """Whether the fault is temporary: the same request may succeed a moment later."""
    unsure: bool = False
    """Whether the request may have had its effect. A write then raises ``TimedOut``, whatever ``raises`` says."""
    pause: float = 0.0
    """How many seconds the vendor asks to wait before the next try."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How long and how often one call of a port tries.

    ``seconds`` is called at the start of each call of a port. It must return a finite number: the time that the call
    may take. No try begins after that time. The pauses between the ``tries`` are random, from 0 to a bound that doubles
    from 0.1 s to 2 s, but never shorter than the upstream asks for.
    """

    clock: Clock
    tries: int = 4
    seconds: Callable[[], float] = lambda: 8.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """Returns a random share of the longest pause, 0 to 1."""


class Calls:
    """The calls of one upstream on behalf of one port. Safe to share between threads.

    ``fault_of`` is the vendor's table. It returns None for an error that is not the vendor's.

    Time-outs of a client may limit each read, but not their sum. With ``in_threads``, each try runs in a thread of its
    own, and is abandoned at the deadline. Without it, a call may exceed its deadline by the duration of one try.
    """

    def __init__(
        self,
        capability: str,
        fault_of: Callable[[Exception], Fault | None],
        retries: Retries,
        *,
        in_threads: bool = False,
    ) -> None:
        self.capability = capability
        self.fault_of = fault_of
        self.retries = retries
        self.in_threads = in_threads

    def until(self) -> float:
        """The deadline of a call of the port that begins now, in seconds of ``clock.monotonic``."""
        return self.retries.clock.monotonic() + self.retries.seconds()

    def begin(self, until: float | None = None) -> Tries:
        """The tries of a call of the port. If ``until`` is given, they end at that deadline instead of a new one."""
        return Tries(self, self.until() if until is None else until)

    def pieces(
        self, until: Callable[[], float], read: Callable[[threading.Event], Iterator[T]]
    ) -> Iterator[T]:
        """Yield the pieces of ``read`` until ``clock.monotonic`` reaches ``until()``; then raise ``TimedOut``.

        ``until`` is called again after each piece.

        ``read`` runs in a thread of its own, because a slow server could block its caller forever. The event that it
        gets is set when nobody waits for more pieces. The vendor's errors are translated; any other error of ``read``
        becomes ``Unavailable``. Nothing is tried again.
        """
        try:
            yield from self.raw_pieces(until, read)
        except PortError:
            raise
        except Exception as error:
            fault = self.fault_of(error)
            if fault is None:  # perhaps our own defect: only the log gets its class and place
                log.error("reply_not_read", extra={"capability": self.capability}, exc_info=error)
                fault = Fault(Unavailable, type(error).__name__)
            raise self.error(fault) from error

    def raw_pieces(
        self, until: Callable[[], float], read: Callable[[threading.Event], Iterator[T]]
    ) -> Iterator[T]:
        """Like ``pieces``, but an error of ``read`` is raised unchanged."""
        arrived: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()
        abandoned = threading.Event()

        def work() -> None:
            try:
                for piece in read(abandoned):
                    arrived.put((piece,))
                arrived.put(None)
            except BaseException as error:
                arrived.put(error)

        threading.Thread(target=work, name=f"{self.capability}-call", daemon=True).start()
        try:
            while (left := until() - self.retries.clock.monotonic()) > 0:
                try:
                    item = arrived.get(timeout=left)
                except queue.Empty:
                    break
                if isinstance(item, BaseException):
                    raise item
                if item is None:
                    return
                yield item[0]
            raise TimedOut(self.capability, "no complete answer in time")
        finally:
            abandoned.set()
            item = None  # an error's traceback refers to this frame: without the cycle, sockets close at once

    def error(self, fault: Fault, effect: Effect = Effect.READ) -> PortError:
        """The port's error for a fault of a request with that effect."""
        if not issubclass(fault.raises, UpstreamError):
            return fault.raises(fault.reason)
        is_in_doubt = fault.unsure and effect is not Effect.READ
        return (TimedOut if is_in_doubt else fault.raises)(self.capability, fault.reason)


class Tries:
    """The tries that all requests of one call of a port share. Only one thread at a time may use it."""

    def __init__(self, calls: Calls, until: float) -> None:
        self._calls = calls
        self._retries = calls.retries
        self._until = until
        self._made = 1

    def left(self) -> float:
        """The seconds until the deadline; negative after it."""
        return self._until - self._retries.clock.monotonic()

    def call(self, operation: Callable[[], T], effect: Effect = Effect.READ) -> T:
        """The result of ``operation``, which is tried again where that is safe and may help.

        Raises the port's error for the last fault, or ``TimedOut`` if no time is left for a try. An error that is not
        the vendor's, or is a ``PortError`` already, is raised unchanged.
        """
        while True:
            try:
                return self._attempt(operation)
            except PortError:
                raise
            except Exception as error:
                fault = self._calls.fault_of(error)
                if fault is None:
                    raise
                is_safe = effect is not Effect.ONCE or not fault.unsure
                if not (fault.passes and is_safe and self.again(fault.pause)):
                    raise self._calls.error(fault, effect) from error

    def again(self, at_least: float = 0.0) -> bool:
        """Pause before another try, for ``at_least`` seconds or longer. Returns False immediately if no try or no time
        is left.
        """
        longest = min(_FIRST_PAUSE * 2.0 ** (self._made - 1), _LONGEST_PAUSE)
        pause = max(self._retries.jitter() * longest, at_least)
        if self._made >= self._retries.tries or pause >= self.left():
            return False
        self._made += 1
        self._retries.sleep(pause)
        return True

    def renew(self) -> None:
        """Allow all tries again, because there was progress. The deadline stays."""
        self._made = 1

    def _attempt(self, operation: Callable[[], T]) -> T:
        if self.left() <= 0:
            raise TimedOut(self._calls.capability, "no time left")
        if self._calls.in_threads:
            return next(self._calls.raw_pieces(lambda: self._until, lambda _: iter([operation()])))
        return operation()


def asked_pause(retry_after: str | None) -> float:
    """The seconds in a ``Retry-After`` header; 0 if there is none, or if it has a date."""
    try:
        seconds = float(retry_after or 0)
    except ValueError:
        return 0.0
    return seconds if isfinite(seconds) else 0.0
