"""Replies that come as one of AWS's event streams, whichever service gives them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

from adapters.aws.errors import AWS_ERRORS, port_error
from adapters.aws.retries import Effect, Retries
from adapters.upstream.bounded import pieces_until
from ports.errors import TimedOut
from ports.system import Clock

CAPABILITY = "agent"


class Replies:
    """How replies are asked for and read. Safe to share between threads."""

    def __init__(
        self,
        clock: Clock,
        *,
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._tries = tries
        self._sleep = sleep
        self._jitter = jitter

    def ask(
        self, timeout: float, stream: Callable[[], Any], pieces: Callable[[Any], Iterator[str]]
    ) -> Iterator[str]:
        """The ``pieces`` of what ``stream`` opens, in ``timeout`` seconds, else ``TimedOut``.

        Before its first piece a reply that failed in passing is asked for again; after it, never.
        """
        if timeout <= 0:
            raise TimedOut(CAPABILITY)

        def read(abandoned: Event) -> Iterator[str]:
            return self._read(timeout, stream, pieces, abandoned)

        return pieces_until(self._clock.monotonic() + timeout, read, clock=self._clock, capability=CAPABILITY)

    def _read(
        self,
        timeout: float,
        stream: Callable[[], Any],
        pieces: Callable[[Any], Iterator[str]],
        abandoned: Event,
    ) -> Iterator[str]:
        def begin() -> tuple[Any, Iterator[str], str | None]:
            opened = stream()
            text = pieces(opened)
            try:
                return opened, text, next(text, None)
            except BaseException:
                opened.close()
                raise

        retries = Retries(
            self._clock, tries=self._tries, seconds=lambda: timeout, sleep=self._sleep, jitter=self._jitter
        )
        opened, text, piece = retries.begin().call(CAPABILITY, Effect.NONE, begin)
        try:
            while piece is not None and not abandoned.is_set():
                yield piece
                piece = next(text, None)
        except AWS_ERRORS as error:
            raise port_error(error, CAPABILITY) from error
        finally:
            opened.close()
