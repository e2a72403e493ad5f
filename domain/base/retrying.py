"""Optimistic concurrency: read, decide, write on a condition, and start over after a conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 8
"""More writers of one row within milliseconds are not expected."""


def retried(change: Callable[[], T], *, on: type[Exception], tries: int = TRIES) -> T:
    """The result of ``change``, called again each time it raises ``on``.

    ``change`` must be safe to repeat, and must decide on what was read after the last conflict. After
    ``tries`` calls the last error passes through; any other error passes through at once.
    """
    for _ in range(tries - 1):
        try:
            return change()
        except on:
            continue
    return change()
