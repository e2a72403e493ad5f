"""The HTTP client that both halves share, and what Supabase's errors come to.

::

    what happened                                  what is raised                  tried again
    429                                            Throttled                       yes
    408, 504, 544                                  TimedOut                        yes
    other 5xx, connection refused or lost          Unavailable                     yes
    nothing whole within the time                  TimedOut                        no: none is left
    401, 403                                       Unavailable, naming the key     no
    other 4xx, 3xx                                 Unavailable                     no
    an answer too large, or that cannot be read    Unavailable                     no

All that is asked are reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from adapters.upstream.calls import Fault, asked_pause
from ports.errors import Throttled, TimedOut, Unavailable

if TYPE_CHECKING:
    from ssl import SSLContext

    from httpx import Client, Response

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""A page of 1,000 rows of the columns that are read has less than a tenth of it."""

_BROKEN = Fault(Unavailable, "Supabase failed", passes=True)
_LATE = Fault(TimedOut, "Supabase ran out of time", passes=True)
_LOST = Fault(Unavailable, "Supabase could not be reached, or the connection was lost", passes=True)
_KEY = Fault(Unavailable, "Supabase refused the key", passes=False)
_REFUSED = Fault(Unavailable, "Supabase refused the request", passes=False)
_UNREADABLE = Fault(Unavailable, "Supabase's answer could not be read", passes=False)
_BY_STATUS = {
    401: _KEY,
    403: _KEY,
    408: _LATE,
    429: Fault(Throttled, "", passes=True),
    504: _LATE,
    544: _LATE,  # Supabase's own: the database ran out of time
}


class Refused(Exception):
    """An answer that is no success. ``code`` is PostgREST's or Postgres's, empty where there is none."""

    def __init__(self, status: int, code: str, retry_after: str | None) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def make_client(read_seconds: float = 3.0) -> Client:
    """Raises ``Refused`` for every answer but success, ``ValueError`` for an empty one. ``read_seconds`` is the longest silence."""
    import httpx

    class Capped(httpx.HTTPTransport):
        """Lets an endless answer end, so that a reader whom nobody waits for any more does too."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            stream = response.stream
            if isinstance(stream, httpx.SyncByteStream):
                response.stream = CappedStream(stream)
            return response

    class CappedStream(httpx.SyncByteStream):
        def __init__(self, stream: httpx.SyncByteStream) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for piece in self._stream:
                size += len(piece)
                if size > MAX_ANSWER_BYTES:
                    raise ValueError("too large an answer")
                yield piece

        def close(self) -> None:
            self._stream.close()

    return httpx.Client(
        transport=Capped(verify=_trusted()),
        timeout=httpx.Timeout(read_seconds, connect=1.0),
        event_hooks={"response": [_refuse]},
    )


@cache
def _trusted() -> SSLContext:
    """Whom to trust, read once a process: that takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()


def _refuse(response: Response) -> None:
    response.read()
    if response.is_success:
        if not response.content:
            raise ValueError("an answer without a body")  # postgrest would take it for no rows
        return
    try:
        code = str(json.loads(response.content)["code"])
    except (ValueError, LookupError, TypeError):
        code = ""
    raise Refused(response.status_code, code, response.headers.get("retry-after"))


def fault_of(error: Exception) -> Fault:
    """What ``make_client``'s clients raise, and what reading their answers does."""
    import httpx

    if isinstance(error, Refused):
        fault = _BY_STATUS.get(error.status, _BROKEN if error.status >= 500 else _REFUSED)
        return replace(fault, pause=asked_pause(error.retry_after))
    if isinstance(error, httpx.TimeoutException):
        return _LATE
    return _LOST if isinstance(error, httpx.TransportError) else _UNREADABLE
