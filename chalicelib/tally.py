"""Counts the calls of ports in a request, their time and their failures, for the request's log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar, cast

from ports.agent_words import Refused
from ports.errors import UpstreamError

A = TypeVar("A")

log = logging.getLogger("lyceum.ports")


class Tally:
    """Counts by port. Each call adds its own time, also if several calls run at the same time."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.milliseconds: dict[str, float] = {}
        self.failures: dict[str, int] = {}
        """The number of calls that raised an ``UpstreamError``, also if the caller caught it."""
        self._lock = Lock()

    def count(self, port: str, seconds: float, failure: BaseException | None = None) -> None:
        with self._lock:
            self.calls[port] = self.calls.get(port, 0) + 1
            self.milliseconds[port] = self.milliseconds.get(port, 0.0) + seconds * 1000
            if isinstance(failure, UpstreamError):
                self.failures[port] = self.failures.get(port, 0) + 1
        if isinstance(failure, Refused):
            log.info("agent_refused", extra={"refusals": 1})

    def fields(self) -> dict[str, Any]:
        """The fields of a log line: ``calls`` by port, ``<port>_milliseconds`` for each called port and, if calls
        failed, ``failures`` by port with their sum ``failed_calls``.
        """
        waited = {
            f"{port}_milliseconds": round(spent, 1) for port, spent in sorted(self.milliseconds.items())
        }
        fields: dict[str, Any] = {"calls": dict(sorted(self.calls.items())), **waited}
        if self.failures:
            fields["failures"] = dict(sorted(self.failures.items()))
            fields["failed_calls"] = sum(self.failures.values())
        return fields


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def tallying() -> Iterator[Tally]:
    """In the block, count the calls of watched ports, also the calls in its worker threads."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)


def watched(adapters: A) -> A:
    """The same adapters, whose calls are counted. An adapter is built only on its first use."""
    return cast(A, _WatchedAdapters(adapters))


class _WatchedAdapters:
    def __init__(self, adapters: Any) -> None:
        self._adapters = adapters

    def __getattr__(self, port: str) -> Any:
        watched = getattr(self._adapters, port) if port in _UNWATCHED else _Watched(port, self._adapters)
        setattr(self, port, watched)
        return watched


_END = object()
_UNWATCHED = frozenset({"clock", "ids", "workers", "scheduler", "card_package", "item_packages"})


class _Watched:
    """An adapter whose calls are counted. It is built on its first use, not when a service is given it: a request that
    does not use it need not import it.
    """

    def __init__(self, port: str, adapters: Any) -> None:
        self._port = port
        self._adapters = adapters

    def __getattr__(self, name: str) -> Any:
        port = self._port
        value = getattr(getattr(self._adapters, port), name)
        if not callable(value):
            return value

        def call(*args: Any, **options: Any) -> Any:
            tally = _current.get()
            if tally is None:
                return value(*args, **options)
            started = time.perf_counter()
            try:
                answer = value(*args, **options)
            except BaseException as failure:
                tally.count(port, time.perf_counter() - started, failure)
                raise
            if isinstance(answer, Iterator):
                return _watched_pieces(answer, tally, port, time.perf_counter() - started)
            tally.count(port, time.perf_counter() - started)
            return answer

        setattr(self, name, call)
        return call


def _watched_pieces(pieces: Iterator[Any], tally: Tally, port: str, spent: float) -> Iterator[Any]:
    """The pieces of a stream. Only the time spent waiting for pieces counts, not the time between them."""
    failure: UpstreamError | None = None
    try:
        while True:
            started = time.perf_counter()
            try:
                piece = next(pieces, _END)
            finally:
                spent += time.perf_counter() - started
            if piece is _END:
                return
            yield piece
    except UpstreamError as failed:
        failure = failed
        raise
    finally:
        tally.count(port, spent, failure)
        if isinstance(pieces, Generator):
            pieces.close()
