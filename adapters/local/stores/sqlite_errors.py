"""Translates SQLite's errors into the errors of a port."""

from __future__ import annotations

import json
import sqlite3
from types import TracebackType

from ports.errors import Damaged, Throttled, Unavailable

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection has locked the file. The statement can then be tried again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


class translated:  # noqa: N801 - read as a function, like ``suppress``; a generator costs more than most statements
    """In the block, raise the errors of the port ``capability`` instead of SQLite's.

    ``Throttled`` if the file is locked, ``Damaged`` if it is no database or has unreadable content, otherwise
    ``Unavailable``.
    """

    __slots__ = ("_capability",)

    def __init__(self, capability: str) -> None:
        self._capability = capability

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            reason = getattr(error, "sqlite_errorname", type(error).__name__)
            if is_busy(error):
                raise Throttled(self._capability, reason) from error
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise Damaged(self._capability, reason) from error
            raise Unavailable(self._capability, reason) from error
        if isinstance(error, json.JSONDecodeError):
            raise Damaged(self._capability, "a row that is no JSON") from error
