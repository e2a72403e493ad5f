"""The limits for one document, and the time that is already used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ports.system import Clock
from ports.text_extractor import ExtractionLimits, UnreadableDocument


class PageTooLarge(Exception):
    """A page is larger, once it is decompressed, than the limit for one page."""


class Budget:
    """Enforces the limits for one document.

    Only the time inside ``working`` counts. The work of the caller between two pages does not.
    """

    def __init__(self, limits: ExtractionLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._spent = 0.0
        self._started: float | None = None
        self.exhausted = False
        """True once the time is used up. Parsers catch the exception, so callers check this and raise again."""

    @property
    def max_pages(self) -> int:
        return self._limits.max_pages

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the time of the block. Raises ``too_large`` at its end if the time limit is exceeded."""
        self._started = self._clock.monotonic()
        try:
            yield
            self.check_time()
        finally:
            self._spent += self._clock.monotonic() - self._started
            self._started = None

    def seconds_left(self) -> float:
        """The seconds that are left for the document, at least 0."""
        return max(0.0, self._limits.max_seconds - self._seconds_spent())

    def check_time(self) -> None:
        """Raise ``too_large`` if the time limit is exceeded."""
        if self._seconds_spent() > self._limits.max_seconds:
            self.exhausted = True
            raise UnreadableDocument("too_large")

    def _seconds_spent(self) -> float:
        running = 0.0 if self._started is None else self._clock.monotonic() - self._started
        return self._spent + running

    def check_pages(self, count: int) -> None:
        """Raise ``too_many_pages`` if ``count`` pages exceed the limit."""
        if count > self._limits.max_pages:
            raise UnreadableDocument("too_many_pages")

    def check_characters(self, count: int) -> None:
        """Raise ``decompression_bomb`` if ``count`` characters exceed the limit."""
        if count > self._limits.max_characters:
            raise UnreadableDocument("decompression_bomb")
