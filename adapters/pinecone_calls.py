"""Calls of Pinecone's client: ended in time, tried again where that may help, their errors translated.

::

    what happened                                       what is raised                  tried again
    429                                                 Throttled                       yes
    408, 504                                            TimedOut                        yes
    other 5xx, connection refused or lost               Unavailable                     yes
    nothing whole within the time                       TimedOut                        no: none is left
    401, 403                                            Unavailable, naming the key     no
    404                                                 Unavailable, naming the host    no
    404 "Namespace not found"                           NoSuchNamespace                 no
    other 4xx, 3xx                                      Unavailable                     no
    an answer that cannot be read                       Unavailable                     no

All that the store asks may be done twice: an upsert replaces, and what is deleted stays so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.system import Clock

if TYPE_CHECKING:
    from pinecone import Index

T = TypeVar("T")

CAPABILITY = "vector_store"
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
_LOOPBACK = {"localhost", "127.0.0.1"}


class NoSuchNamespace(Unavailable):
    """Nothing was ever written to the namespace: some operations answer so rather than emptily."""


@dataclass(frozen=True, slots=True)
class _Fault:
    raises: type[UpstreamError]
    reason: str
    passes: bool
    """Whether it may be gone at the next try."""


_TIMED_OUT = _Fault(TimedOut, "", passes=False)
_BROKEN = _Fault(Unavailable, "Pinecone failed", passes=True)
_LATE = _Fault(TimedOut, "Pinecone ran out of time", passes=True)
_LOST = _Fault(Unavailable, "Pinecone could not be reached, or the connection was lost", passes=True)
_KEY = _Fault(Unavailable, "Pinecone refused the key, or a quota is used up", passes=False)
_HOST = _Fault(Unavailable, "no Pinecone index answers at the host", passes=False)
_NO_NAMESPACE = _Fault(NoSuchNamespace, "no such namespace", passes=False)
_REFUSED = _Fault(
    Unavailable,
    "Pinecone refused the request: has the index another dimension, or a metric other than dotproduct?",
    passes=False,
)
_UNREADABLE = _Fault(Unavailable, "Pinecone's answer could not be read", passes=False)
_BY_STATUS = {
    401: _KEY,
    403: _KEY,
    404: _HOST,
    408: _LATE,
    429: _Fault(Throttled, "", passes=True),
    504: _LATE,
}


class PineconeCalls:
    """The client of one index, made at the first call, and how long and how often it is asked.

    ``seconds`` is asked at the start of each call of the port: give it what is left of the request, a finite
    number. Whatever the service does, the call has ended after that. Pauses between the ``tries`` are random,
    from nothing up to a bound that doubles from 0.1 s to 2 s, but never shorter than the service asks for.
    """

    def __init__(
        self,
        host: str,
        api_key: str,
        clock: Clock,
        *,
        seconds: Callable[[], float],
        tries: int,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        """Raises ``ValueError`` for what can be no host or key, and for http to any but this machine."""
        self._host = _checked_host(host)
        if not re.fullmatch(r"[\x21-\x7e]+", api_key):
            raise ValueError("the Pinecone key is empty or holds characters that no key has")
        self._api_key = api_key
        self._seconds = seconds
        self._tries = tries
        self._jitter = jitter
        self._lock = threading.Lock()
        self._index: Index | None = None
        self.clock = clock
        self.sleep = sleep

    def until(self) -> float:
        """When a call of the port that begins now must have ended, by ``clock.monotonic``."""
        return self.clock.monotonic() + self._seconds()

    def call(self, until: float, operation: Callable[[Index, float], T]) -> T:
        """``operation(index, seconds left)``. Raises ``UpstreamError``."""
        made = 0
        while True:
            made += 1
            try:
                return self._within(until, operation)
            except Exception as error:
                fault = _fault_of(error)
                pause = max(self._pause(made), _asked_pause(error))
                if not fault.passes or made >= self._tries or self.clock.monotonic() + pause >= until:
                    raise fault.raises(CAPABILITY, fault.reason) from error
                self.sleep(pause)

    def close(self) -> None:
        with self._lock:
            index, self._index = self._index, None
        if index is not None:
            index.close()

    def _pause(self, made: int) -> float:
        return self._jitter() * min(_FIRST_PAUSE * 2.0 ** (made - 1), _LONGEST_PAUSE)

    def _within(self, until: float, operation: Callable[[Index, float], T]) -> T:
        # The client bounds each read, not their sum, so a server that drips could hold its caller for ever:
        # it is asked in a thread of its own, and whoever waits for that waits no longer than he may.
        index = self._connected()
        left = until - self.clock.monotonic()
        if left <= 0:
            raise TimeoutError
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(operation(index, left))
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=work, name="pinecone-call", daemon=True).start()
        return answer.result(timeout=left)

    def _connected(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = _client(self._host, self._api_key)
            return self._index


def _checked_host(host: str) -> str:
    address = host if "://" in host else f"https://{host}"
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
        usable = parts.port is None or parts.port > 0
    except ValueError:
        name, usable = "", False
    if not usable or re.search(r"\s", host) or ("." not in name and name not in _LOOPBACK):
        raise ValueError("the Pinecone host is not the address of an index")
    if parts.scheme != "https" and not (parts.scheme == "http" and name in _LOOPBACK):
        raise ValueError("the Pinecone host must be reached by https")
    return address


def _client(host: str, api_key: str) -> Index:
    from pinecone import Index

    # Certificates take tens of milliseconds to load and plain http, of this machine alone, needs none.
    index = Index(host=host, api_key=api_key, ssl_verify=host.startswith("https"))
    # The client offers no way to set its own retries. They would sleep past the deadline and go on writing
    # behind the back of a caller that was told of a failure.
    transport: Any = index._http._client._transport
    transport._config = replace(transport._config, max_retries=0)
    return index


def _fault_of(error: Exception) -> _Fault:
    from pinecone.errors.exceptions import ApiError, PineconeConnectionError

    if isinstance(error, TimeoutError):
        return _TIMED_OUT
    if isinstance(error, PineconeConnectionError):
        return _LOST
    if not isinstance(error, ApiError):
        return _UNREADABLE
    if error.status_code == 404 and "namespace not found" in error.message.lower():
        return _NO_NAMESPACE
    return _BY_STATUS.get(error.status_code, _BROKEN if error.status_code >= 500 else _REFUSED)


def _asked_pause(error: Exception) -> float:
    """The seconds of a ``Retry-After``; 0 where there is none, or a date."""
    headers: dict[str, str] = getattr(error, "headers", None) or {}
    try:
        seconds = float(headers.get("retry-after", 0))
    except ValueError:
        return 0.0
    return seconds if isfinite(seconds) else 0.0
