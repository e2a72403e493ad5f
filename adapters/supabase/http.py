"""The HTTP client for Supabase's keys and tables, and the table of its faults.

::

    what happened                                  what is raised                  tried again
    429                                            Throttled                       yes
    408, 504, 544                                  TimedOut                        yes
    other 5xx, connection refused or lost          Unavailable                     yes
    no complete answer within the time             TimedOut                        no: no time is left
    401, 403                                       Unavailable, naming the key     no
    other 4xx, 3xx                                 Unavailable                     no
    an answer too large, or that cannot be read    Unavailable                     no

All requests are reads.
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
"""The most bytes of an answer. A page of 1,000 rows with the columns read here has less than a tenth of that."""

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
    """An answer with an error status. ``code`` is PostgREST's or Postgres's, or "" if there is none."""

    def __init__(self, status: int, code: str, retry_after: str | None) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def make_client(read_seconds: float = 3.0) -> Client:
    """A client that raises ``Refused`` for an error status, and ``ValueError`` for an empty answer.

    It waits up to ``read_seconds`` for the next bytes.
    """
    import httpx

    class Capped(httpx.HTTPTransport):
        """Ends an endless answer. So the thread that reads it ends too, even if its caller no longer waits."""

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
                    raise ValueError("the answer is too large")
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
    """The trusted certificates. They are loaded once per process, because loading takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()


def _refuse(response: Response) -> None:
    response.read()
    if response.is_success:
        if not response.content:
            raise ValueError("the answer has no body")  # postgrest would read it as no rows
        return
    try:
        code = str(json.loads(response.content)["code"])
    except (ValueError, LookupError, TypeError):
        code = ""
    raise Refused(response.status_code, code, response.headers.get("retry-after"))


def fault_of(error: Exception) -> Fault:
    """The fault of an error that a client of ``make_client`` raised, or that reading its answer raised."""
    import httpx

    if isinstance(error, Refused):
        fault = _BY_STATUS.get(error.status, _BROKEN if error.status >= 500 else _REFUSED)
        return replace(fault, pause=asked_pause(error.retry_after))
    if isinstance(error, httpx.TimeoutException):
        return _LATE
    return _LOST if isinstance(error, httpx.TransportError) else _UNREADABLE
