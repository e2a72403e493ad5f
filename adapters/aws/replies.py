"""Reads replies of an agent that arrive as an event stream of AWS, from any of its services."""

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
    """Opens event streams and reads replies from them. Safe to share between threads."""

    def __init__(self, retries: Retries) -> None:
        """``retries.seconds`` is not used, because each reply has a timeout of its own."""
        self._clock = retries.clock
        self._calls = calls_of_aws(CAPABILITY, retries)

    def ask(
        self, timeout: float, stream: Callable[[], Any], pieces: Callable[[Any], Iterator[str]]
    ) -> Iterator[str]:
        """Open the stream and yield its ``pieces``, within ``timeout`` seconds. Raises an ``UpstreamError``.

        If the reply fails before its first piece and the fault may be temporary, it is requested again. After the first
        piece it never is.
        """
        if timeout <= 0:
            raise TimedOut(CAPABILITY)
        until = self._clock.monotonic() + timeout

        def open_stream() -> tuple[Any, Iterator[str], str | None]:
            opened = stream()
            text = pieces(opened)
            try:
                return opened, text, next(text, None)
            except BaseException:  # whatever ends the wait, the connection does not stay open
                opened.close()
                raise

        def read(abandoned: Event) -> Iterator[str]:
            opened, text, piece = self._calls.begin(until).call(open_stream)
            with closing(opened):
                while piece is not None and not abandoned.is_set():
                    yield piece
                    piece = next(text, None)

        return self._calls.pieces(lambda: until, read)
