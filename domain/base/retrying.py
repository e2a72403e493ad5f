"""Optimistic concurrency: read, decide, write on a condition, and start again after a conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 8
"""The largest expected number of simultaneous writers of one row."""


def retried(change: Callable[[], T], *, on: type[Exception], tries: int = TRIES) -> T:
    """The result of ``change``, which is called again each time it raises ``on``.

    ``change`` must be safe to repeat, and must read again before it decides. After ``tries`` calls the last error is
    raised; any other error is raised at once.
    """
    for _ in range(tries - 1):
        try:
            return change()
        except on:
            continue
    return change()
