"""The limits for one document, and how much of them is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ports.system import Clock
from ports.text_extractor import ExtractionLimits, UnreadableDocument


class PageTooLarge(Exception):
    """A page unpacks to more than is read of one."""


class Budget:
    """Enforces the limits for one document.

    Time counts only inside ``working``, so that the caller's own work between two pages does not count.
    """

    def __init__(self, limits: ExtractionLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._spent = 0.0
        self._started: float | None = None
        self.exhausted = False
        """Whether the time is used up. Parsers swallow exceptions, so the error has to be raised again."""

    @property
    def max_pages(self) -> int:
        return self._limits.max_pages

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the time of the block. Raises ``too_large`` at its end if the time is over the limit."""
        self._started = self._clock.monotonic()
        try:
            yield
            self.check_time()
        finally:
            self._spent += self._clock.monotonic() - self._started
            self._started = None

    def seconds_left(self) -> float:
        """Seconds that are left for the document; never below 0."""
        return max(0.0, self._limits.max_seconds - self._seconds_spent())

    def check_time(self) -> None:
        """Raises ``too_large`` if the time spent is over the limit."""
        if self._seconds_spent() > self._limits.max_seconds:
            self.exhausted = True
            raise UnreadableDocument("too_large")

    def _seconds_spent(self) -> float:
        running = 0.0 if self._started is None else self._clock.monotonic() - self._started
        return self._spent + running

    def check_pages(self, count: int) -> None:
        """Raises ``too_many_pages`` if ``count`` is over the limit."""
        if count > self._limits.max_pages:
            raise UnreadableDocument("too_many_pages")

    def check_characters(self, count: int) -> None:
        """Raises ``decompression_bomb`` if ``count`` is over the limit."""
        if count > self._limits.max_characters:
            raise UnreadableDocument("decompression_bomb")
