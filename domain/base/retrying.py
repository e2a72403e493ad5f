"""Optimistic concurrency: read, decide, write on a condition, and start over if somebody else was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 8
"""More writers than this at one row within milliseconds are not expected."""


def retried(change: Callable[[], T], *, on: type[Exception], tries: int = TRIES) -> T:
    """The result of ``change``, called again each time it raises ``on``.

    ``change`` must read what it decides on at each call, and must be safe to repeat. After ``tries`` calls the
    last error passes through; any other error passes through at once.
    """
    for _ in range(tries - 1):
        try:
            return change()
        except on:
            continue
    return change()
