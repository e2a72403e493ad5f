"""Calls of Pinecone's client, and the table of its faults.

::

    what happened                                       what is raised                  tried again
    429                                                 Throttled                       yes
    408, 504                                            TimedOut                        yes
    other 5xx, connection refused or lost               Unavailable                     yes
    no complete answer within the time                  TimedOut                        no: no time is left
    401, 403                                            Unavailable, naming the key     no
    404                                                 Unavailable, naming the host    no
    404 "Namespace not found"                           NoSuchNamespace                 no
    other 4xx, 3xx                                      Unavailable                     no
    an answer that cannot be read                       Unavailable                     no

Every request of the store may be repeated: an upsert replaces the record, and a second deletion changes nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.addresses import https_address
from adapters.upstream.calls import Calls, Fault, Retries, asked_pause
from ports.errors import Throttled, TimedOut, Unavailable

if TYPE_CHECKING:
    from pinecone import Index

T = TypeVar("T")

CAPABILITY = "vector_store"


class NoSuchNamespace(Unavailable):
    """Nothing was ever written to the namespace. Some operations raise this instead of returning an empty result."""


_BROKEN = Fault(Unavailable, "Pinecone failed", passes=True)
_LATE = Fault(TimedOut, "Pinecone ran out of time", passes=True)
_SILENT = Fault(TimedOut, "Pinecone did not answer in time", passes=False)
_LOST = Fault(Unavailable, "Pinecone could not be reached, or the connection was lost", passes=True)
_KEY = Fault(Unavailable, "Pinecone refused the key, or a quota is used up", passes=False)
_HOST = Fault(Unavailable, "no Pinecone index answers at the host", passes=False)
_NO_NAMESPACE = Fault(NoSuchNamespace, "no such namespace", passes=False)
_REFUSED = Fault(
    Unavailable,
    "Pinecone refused the request: has the index another dimension, or a metric other than dotproduct?",
    passes=False,
)
_UNREADABLE = Fault(Unavailable, "Pinecone's answer could not be read", passes=False)
_BY_STATUS = {
    401: _KEY,
    403: _KEY,
    404: _HOST,
    408: _LATE,
    429: Fault(Throttled, "", passes=True),
    504: _LATE,
}


class PineconeCalls(Calls):
    """Calls of the client of one index. The client is made at the first call."""

    def __init__(self, host: str, api_key: Callable[[], str], retries: Retries) -> None:
        """``api_key`` is called at the first call. Raises ``ValueError`` if the host is malformed, or if
        it names another machine and uses http.
        """
        super().__init__(CAPABILITY, _fault_of, retries, in_threads=True)
        self._host = https_address(host, "the Pinecone host")
        self._api_key = api_key
        self._lock = threading.Lock()
        self._index: Index | None = None

    def ask(self, until: float, operation: Callable[[Index, float], T]) -> T:
        """The result of ``operation(index, seconds left)``. Raises ``UpstreamError``, also for a malformed key."""
        index, tries = self._connected(), self.begin(until)
        return tries.call(lambda: operation(index, tries.left()))

    def close(self) -> None:
        with self._lock:
            index, self._index = self._index, None
        if index is not None:
            index.close()

    def _connected(self) -> Index:
        with self._lock:
            if self._index is None:
                key = self._api_key()
                if not re.fullmatch(r"[\x21-\x7e]+", key):
                    raise Unavailable(
                        CAPABILITY, "the Pinecone key is empty or has characters that a key cannot have"
                    )
                self._index = _client(self._host, key)
            return self._index


def _client(host: str, api_key: str) -> Index:
    from pinecone import Index

    # Loading certificates takes tens of milliseconds. Plain http, allowed only to this machine, needs none.
    index = Index(host=host, api_key=api_key, ssl_verify=host.startswith("https"))
    # Switch off the client's own retries; it has no option for that. They would sleep past the deadline, and still
    # write after the caller was told that the call failed.
    transport: Any = index._http._client._transport
    transport._config = replace(transport._config, max_retries=0)
    return index


def _fault_of(error: Exception) -> Fault:
    from pinecone.errors.exceptions import ApiError, PineconeConnectionError, PineconeTimeoutError

    if isinstance(error, PineconeTimeoutError):
        return _SILENT
    if isinstance(error, PineconeConnectionError):
        return _LOST
    if not isinstance(error, ApiError):
        return _UNREADABLE
    if error.status_code == 404 and "namespace not found" in error.message.lower():
        return _NO_NAMESPACE
    fault = _BY_STATUS.get(error.status_code, _BROKEN if error.status_code >= 500 else _REFUSED)
    headers: dict[str, str] = getattr(error, "headers", None) or {}
    return replace(fault, pause=asked_pause(headers.get("retry-after")))
