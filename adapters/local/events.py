"""The laptop's replacement for the events that AWS sends to the app: new objects, and the schedule."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import quote_plus

SWEEP_SECONDS = 5.0
_NOW, _LATER = range(2)

log = logging.getLogger("lyceum.local_events")


class LocalEvents:
    """Calls the handler of each event in another thread. The threads start with the first event.

    Each prefix of object keys has its own threads, so that a transcript does not wait while books are read.
    """

    def __init__(self) -> None:
        self._queues: dict[str, queue.PriorityQueue[tuple[int, int, Callable[[], None]]]] = {}
        self._numbers = count()
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._is_started = False
        self._on_objects: Mapping[str, Callable[[dict[str, Any]], None]] = {}
        self._workers: Mapping[str, int] = {}
        self._on_schedule: Callable[[], None] | None = None

    def connect(
        self,
        on_objects: Mapping[str, Callable[[dict[str, Any]], None]],
        on_schedule: Callable[[], None],
        workers: Mapping[str, int],
    ) -> None:
        """Set the handlers. ``on_objects`` has a handler of S3's notifications for each prefix of keys, ``workers`` the
        number of threads for each prefix. ``on_schedule`` runs every ``SWEEP_SECONDS``.
        """
        self._on_objects, self._on_schedule, self._workers = on_objects, on_schedule, workers
        self._queues = {prefix: queue.PriorityQueue() for prefix in on_objects}

    def object_created(self, key: str, size: int, etag: str) -> None:
        """Announce a new object as S3 does: later, in another thread, with the key URL-encoded."""
        for prefix, waiting in self._queues.items():
            if key.startswith(prefix):
                handle = partial(self._on_objects[prefix], _notification(key, size, etag))
                waiting.put((_NOW, next(self._numbers), handle))
                self.start()

    def later(self, prefix: str, work: Callable[[], None]) -> None:
        """Run ``work``, the remaining work of an event, in a thread of the prefix as soon as no event of the prefix
        waits.
        """
        self._queues[prefix].put((_LATER, next(self._numbers), work))

    def start(self) -> None:
        """Start to deliver events. A second call does nothing."""
        with self._starting:
            if self._is_started:
                return
            self._is_started = True
        for prefix in self._on_objects:
            for number in range(self._workers[prefix]):
                name = f"{prefix}{number}"
                threading.Thread(target=self._deliver, args=(prefix,), name=name, daemon=True).start()
        threading.Thread(target=self._keep_schedule, name="schedule", daemon=True).start()

    def stop(self) -> None:
        """Deliver no more events. After the next start, a sweep does the work that was left."""
        self._stopped.set()

    def _deliver(self, prefix: str) -> None:
        waiting = self._queues[prefix]
        while True:
            _, _, work = waiting.get()
            if self._stopped.is_set():
                return
            self._guarded(work)

    def _keep_schedule(self) -> None:
        while not self._stopped.is_set():
            if self._on_schedule is not None:
                self._guarded(self._on_schedule)
            self._stopped.wait(SWEEP_SECONDS)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception("event_failed")  # a sweep will do the work again


def _notification(key: str, size: int, etag: str) -> dict[str, Any]:
    """The parts of S3's event that the app reads. AWS documents the whole event in "Event message structure"."""
    stored = {"key": quote_plus(key, safe="/"), "size": size, "eTag": etag}
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Post",
        "s3": {"bucket": {"name": "local"}, "object": stored},
    }
    return {"Records": [record]}
