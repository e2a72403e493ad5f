"""Translates SQLite's errors into the errors of a port."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ports.errors import Damaged, Throttled, Unavailable

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection has locked the file. The statement can then be tried again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


@contextmanager
def translated(capability: str) -> Iterator[None]:
    """In the block, raise the errors of the port ``capability`` instead of SQLite's.

    ``Throttled`` if the file is locked, ``Damaged`` if it is no database or has unreadable content, otherwise
    ``Unavailable``.
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
