"""Replies that come as one of AWS's event streams, whichever service gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event
from typing import Any

from adapters.aws.errors import calls_of_aws
from adapters.upstream.calls import Retries
from ports.errors import TimedOut

CAPABILITY = "agent"


class Replies:
    """Asks for replies and reads them. Safe to share between threads."""

    def __init__(self, retries: Retries) -> None:
        """``retries.seconds`` is not used: each reply has a time of its own."""
        self._clock = retries.clock
        self._calls = calls_of_aws(CAPABILITY, retries)

    def ask(
        self, timeout: float, stream: Callable[[], Any], pieces: Callable[[Any], Iterator[str]]
    ) -> Iterator[str]:
        """The ``pieces`` of what ``stream`` opens, within ``timeout`` seconds. Raises an ``UpstreamError``.

        A reply that fails before its first piece, by a fault that may pass, is asked for again; after its
        first piece it never is.
        """
        if timeout <= 0:
            raise TimedOut(CAPABILITY)
        until = self._clock.monotonic() + timeout

        def open_stream() -> tuple[Any, Iterator[str], str | None]:
            opened = stream()
            text = pieces(opened)
            try:
                return opened, text, next(text, None)
            except BaseException:
                opened.close()
                raise

        def read(abandoned: Event) -> Iterator[str]:
            opened, text, piece = self._calls.begin(until).call(open_stream)
            with closing(opened):
                while piece is not None and not abandoned.is_set():
                    yield piece
                    piece = next(text, None)

        return self._calls.pieces(until, read)
