"""A document that a worker holds, and the worker's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.documents.document import LEASE_SECONDS, Document, IngestionProgress
from domain.documents.documents import Documents, LeaseLost
from ports.system import Clock

BEAT_SECONDS = LEASE_SECONDS / 5


class OutOfTime(Exception):
    """The caller's time is over. The work so far is stored."""


class Work:
    """A document that a worker holds: its row as last stored, and the worker's time."""

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        document: Document,
        within: float | None,
        tell: Callable[[Document], None],
    ) -> None:
        self._documents = documents
        self._tell = tell
        self._clock = clock
        self._until = None if within is None else clock.monotonic() + within
        self._started = clock.monotonic()
        self._last_save = self._started
        self.document = document

    def seconds_left(self) -> float | None:
        """The seconds that the worker may still work. None if its time is not limited."""
        return None if self._until is None else max(0.0, self._until - self._clock.monotonic())

    def milliseconds(self) -> float:
        """The time since this worker began."""
        return round((self._clock.monotonic() - self._started) * 1000, 1)

    def save(self, change: Callable[[Document, datetime], Document]) -> None:
        """Store a change to the row. Raises ``LeaseLost``."""
        before = self.document
        self.document = self._documents.save(change(before, self._clock.now()))
        self._last_save = self._clock.monotonic()
        if self.document.step != before.step:
            self._tell(self.document)

    def beat(self, progress: IngestionProgress) -> None:
        """Renew the lease and store the progress, if it is time. Raises ``LeaseLost`` and ``OutOfTime``."""
        now = self._clock.monotonic()
        out_of_time = self._until is not None and now >= self._until
        if out_of_time or now - self._last_save >= BEAT_SECONDS:
            self.save(lambda held, moment: held.renewed(moment, progress))
        if out_of_time:
            raise OutOfTime

    def check_held(self) -> None:
        """Raises ``LeaseLost`` if the lease has ended: another worker may have the document then."""
        if not self.document.is_leased(self._clock.now()):
            raise LeaseLost(self.document.file_id)
