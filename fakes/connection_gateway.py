"""A gateway that records its pushes."""

from __future__ import annotations

import threading
from collections import deque

from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge


class RecordingGateway:
    """Implements ``ConnectionGateway`` for the connections that a test opens.

    ``sent`` has the messages of each connection, oldest first.
    """

    def __init__(self) -> None:
        self.sent: dict[str, list[str]] = {}
        self._open: set[str] = set()
        self._failures: deque[Exception] = deque()
        self._lock = threading.Lock()

    def open(self, connection_id: str) -> None:
        with self._lock:
            self._open.add(connection_id)
            self.sent.setdefault(connection_id, [])

    def drop(self, connection_id: str) -> None:
        """Close the connection, as if the client had disconnected."""
        with self._lock:
            self._open.discard(connection_id)

    def fail_next(self, failure: Exception) -> None:
        """Make the next push raise ``failure``. If this is called several times, each of the next pushes raises one
        failure, in order.
        """
        self._failures.append(failure)

    def send(self, connection_id: str, message: str) -> None:
        with self._lock:
            if self._failures:
                raise self._failures.popleft()
            if len(message.encode()) > MAX_MESSAGE_BYTES:
                raise MessageTooLarge
            if connection_id not in self._open:
                raise Gone
            self.sent[connection_id].append(message)

    def is_open(self, connection_id: str) -> bool:
        with self._lock:
            return connection_id in self._open

    def close(self, connection_id: str) -> None:
        self.drop(connection_id)
