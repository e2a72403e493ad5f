"""The version of the laptop's SQLite files, stored in their header (``application_id``)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ports.errors import Unavailable

VERSION = 1
"""Increase it when older code would misread a new file. A file without a version was written by Lyceum 0.1 or 0.2."""
_LYCEUM = 0x4C59_0000


def stamp(connection: sqlite3.Connection, capability: str) -> None:
    """Write the version into a file that has none. Raises ``Unavailable`` if newer code wrote the file."""
    found = _version(connection)
    if found > VERSION:
        raise Unavailable(capability, f"the file is of version {found}, which is newer than this code")
    if found < VERSION:
        connection.execute(f"PRAGMA application_id = {_LYCEUM + VERSION}")


def is_newer(file: Path) -> bool:
    """Whether newer code wrote the file. Raises ``sqlite3.Error`` if the file cannot be read."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        return _version(connection) > VERSION


def _version(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    return int(found) - _LYCEUM if found else 0
