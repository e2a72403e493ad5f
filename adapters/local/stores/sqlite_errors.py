"""Translates SQLite's errors into the errors of a port."""

from __future__ import annotations

import errno
import json
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any

from ports.errors import Damaged, Throttled, Unavailable, Unwritable

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_OURS = ("no such table", "no such column", "has no column named")
"""Parts of SQLite's messages about a file that lacks a table or a column."""
_UNWRITABLE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_NO_ROOM_TO_READ = sqlite3.SQLITE_IOERR_SHMSIZE
"""SQLite's error if the disk has no room for the index of the write-ahead log, a file that also readers need."""


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection has locked the file. The statement can then be tried again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def needs_room(error: sqlite3.Error) -> bool:
    """Whether the file cannot even be read because its disk is full."""
    return getattr(error, "sqlite_errorcode", 0) == _NO_ROOM_TO_READ


def parsed(capability: str, stored: Any) -> dict[str, Any]:
    """The JSON object of a stored text. Raises ``Damaged`` if it is none."""
    try:
        found = json.loads(stored)
    except (ValueError, TypeError) as error:
        raise Damaged(capability, "a row that is no JSON") from error
    if not isinstance(found, dict):
        raise Damaged(capability, "a row that is no JSON object")
    return found


def name_of(error: OSError) -> str:
    """The name of the error's number, such as ``ENOSPC``. If it has no known number, the name of its class."""
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


def check_there(path: Path, capability: str) -> None:
    """Raise ``Damaged`` if the file does not exist, and ``Unavailable`` if its folder cannot be searched.

    SQLite would not notice: it makes a new file, or an open connection goes on with the file that was deleted.
    """
    try:
        is_there = path.exists()
    except OSError as error:
        raise Unavailable(capability, name_of(error)) from error
    if not is_there:
        raise Damaged(capability, "the file is gone")


class translated:  # noqa: N801 - read as a function, like ``suppress``; a generator costs more than most statements
    """In the block, raise the errors of the port ``capability`` instead of SQLite's.

    ``Throttled`` if the file is locked, ``Damaged`` if it is no database, lacks a table or a column, or has unreadable
    content, ``Unwritable`` if the disk is full or the file may not be written, otherwise ``Unavailable``.
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
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED or _is_damage(error):
                raise Damaged(self._capability, reason) from error
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE or needs_room(error):
                raise Unwritable(self._capability, reason) from error
            raise Unavailable(self._capability, reason) from error


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether a stored text was not UTF-8 (Python's module says so itself, so the error has none of SQLite's codes), or
    a table or a column is missing.
    """
    if not isinstance(error, sqlite3.OperationalError):
        return False
    return not hasattr(error, "sqlite_errorcode") or any(words in str(error) for words in _NOT_OURS)
