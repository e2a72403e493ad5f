"""What one document may still cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ports.system import Clock
from ports.text_extractor import ExtractionLimits, UnreadableDocument


class Budget:
    """Holds one document to its limits.

    Seconds run only inside ``working``: what the caller does between two pages is not work on the
    document.
    """

    def __init__(self, limits: ExtractionLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._spent = 0.0
        self._started: float | None = None
        self.exhausted = False
        """Whether the seconds have run out. Parsers swallow exceptions, so it has to be said again."""

    @property
    def max_pages(self) -> int:
        return self._limits.max_pages

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the seconds inside. Raises ``too_large`` at the end if they were too many."""
        self._started = self._clock.monotonic()
        try:
            yield
            self.check_time()
        finally:
            self._spent += self._clock.monotonic() - self._started
            self._started = None

    def check_time(self) -> None:
        """Raises ``too_large`` once more seconds were spent than the limits allow."""
        running = 0.0 if self._started is None else self._clock.monotonic() - self._started
        if self._spent + running > self._limits.max_seconds:
            self.exhausted = True
            raise UnreadableDocument("too_large")

    def check_pages(self, count: int) -> None:
        """Raises ``too_many_pages``."""
        if count > self._limits.max_pages:
            raise UnreadableDocument("too_many_pages")

    def check_characters(self, count: int) -> None:
        """Raises ``decompression_bomb`` if the document's text is longer than it may be."""
        if count > self._limits.max_characters:
            raise UnreadableDocument("decompression_bomb")
