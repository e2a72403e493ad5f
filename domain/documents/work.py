"""One worker's work on a document: the row, its lease and the worker's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.documents.document import LEASE_SECONDS, Document, IngestionProgress
from domain.documents.documents import Documents, LeaseLost
from ports.system import Clock

BEAT_SECONDS = LEASE_SECONDS / 5


class OutOfTime(Exception):
    """The worker's time is over. Its work so far is stored."""


class Work:
    """A document under this worker's lease: the row as last stored, and the time that the worker has."""

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        document: Document,
        within: float | None,
        notify: Callable[[Document], None],
    ) -> None:
        self._documents = documents
        self._notify = notify
        self._clock = clock
        self._until = None if within is None else clock.monotonic() + within
        self._started = clock.monotonic()
        self._last_save = self._started
        self.document = document

    def seconds_left(self) -> float | None:
        """The seconds that the worker has left, 0 or more; None if its time is not limited."""
        return None if self._until is None else max(0.0, self._until - self._clock.monotonic())

    def milliseconds(self) -> float:
        """The milliseconds since this worker began."""
        return round((self._clock.monotonic() - self._started) * 1000, 1)

    def save(self, change: Callable[[Document, datetime], Document]) -> None:
        """Store the row that ``change`` returns. Notifies the owner if its ``step`` changed. Raises ``LeaseLost``."""
        before = self.document
        self.document = self._documents.save(change(before, self._clock.now()))
        self._last_save = self._clock.monotonic()
        if self.document.step != before.step:
            self._notify(self.document)

    def beat(self, progress: IngestionProgress) -> None:
        """Renew the lease and store the progress, if the last save is ``BEAT_SECONDS`` old.

        Raises ``LeaseLost``, and ``OutOfTime`` (after storing) if the worker's time is over.
        """
        now = self._clock.monotonic()
        out_of_time = self._until is not None and now >= self._until
        if out_of_time or now - self._last_save >= BEAT_SECONDS:
            self.save(lambda held, moment: held.renewed(moment, progress))
        if out_of_time:
            raise OutOfTime

    def check_held(self) -> None:
        """Raise ``LeaseLost`` if the lease has ended. Another worker may have the document then."""
        if not self.document.is_leased(self._clock.now()):
            raise LeaseLost(self.document.file_id)
