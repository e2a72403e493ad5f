"""What a request asked of the ports: how often, and how long it waited. It goes into the request's log line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(slots=True)
class Tally:
    """By port. Calls that went on at the same time count their time each."""

    calls: dict[str, int] = field(default_factory=dict)
    milliseconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, port: str, milliseconds: float) -> None:
        with self._lock:
            self.calls[port] = self.calls.get(port, 0) + 1
            self.milliseconds[port] = self.milliseconds.get(port, 0.0) + milliseconds

    def fields(self) -> dict[str, Any]:
        """For a log line: ``calls`` by port, and ``<port>_milliseconds`` for each that was called."""
        waited = {
            f"{port}_milliseconds": round(spent, 1) for port, spent in sorted(self.milliseconds.items())
        }
        return {"calls": dict(sorted(self.calls.items())), **waited}


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def tallying() -> Iterator[Tally]:
    """Count what is asked of watched ports in the block, from whatever thread of it."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)


class WatchedAdapters:
    """Adapters whose calls are counted, each watched when it is first asked for."""

    def __init__(self, adapters: Any) -> None:
        self._adapters = adapters

    def __getattr__(self, port: str) -> Any:
        adapter = getattr(self._adapters, port)
        watched = adapter if port in _UNWATCHED else _Watched(port, adapter)
        setattr(self, port, watched)
        return watched


_UNWATCHED = frozenset({"clock", "ids"})


class _Watched:
    def __init__(self, port: str, adapter: Any) -> None:
        self._port = port
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._adapter, name)
        if not callable(value):
            return value
        port = self._port

        def call(*args: Any, **options: Any) -> Any:
            tally = _current.get()
            if tally is None:
                return value(*args, **options)
            started = time.perf_counter()
            answer: Any = None
            try:
                answer = value(*args, **options)
            finally:
                if not isinstance(answer, Iterator):
                    tally.count(port, (time.perf_counter() - started) * 1000)
            return _watched_pieces(answer, tally, port, started) if isinstance(answer, Iterator) else answer

        setattr(self, name, call)
        return call


def _watched_pieces(pieces: Iterator[Any], tally: Tally, port: str, started: float) -> Iterator[Any]:
    try:
        yield from pieces
    finally:
        tally.count(port, (time.perf_counter() - started) * 1000)
