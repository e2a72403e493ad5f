"""What SQLite's errors mean for a port."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ports.errors import Damaged, Throttled, Unavailable

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection has the file: the statement can be tried again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


@contextmanager
def translated(capability: str) -> Iterator[None]:
    """In the block, replace SQLite's errors by those of the port ``capability``.

    Raises ``Throttled`` if the file is busy, ``Damaged`` if it is no database or holds what cannot be read, and
    ``Unavailable`` otherwise.
    """
    try:
        yield
    except sqlite3.Error as error:
        reason = getattr(error, "sqlite_errorname", type(error).__name__)
        if is_busy(error):
            raise Throttled(capability, reason) from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise Damaged(capability, reason) from error
        raise Unavailable(capability, reason) from error
    except json.JSONDecodeError as error:
        raise Damaged(capability, "a row that is no JSON") from error
