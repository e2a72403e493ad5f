"""The version and the table names that are stored in each of the laptop's SQLite files.

The version is in the file's header (``application_id``). The names are in a table of their own, so that a lost table
is noticed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ports.errors import Damaged, Unavailable

VERSION = 1
"""Increase it when older code would misread a new file. A file without a version was written by Lyceum 0.1 or 0.2."""
_LYCEUM = 0x4C59_0000
_NAMES = "tables_made"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def stamp(connection: sqlite3.Connection, capability: str) -> None:
    """Write the version into a file that has none. Raises ``Unavailable`` if newer code wrote the file."""
    found = _version(connection)
    if found > VERSION:
        raise Unavailable(capability, f"the file is of version {found}, which is newer than this code")
    if found < VERSION:
        connection.execute(f"PRAGMA application_id = {_LYCEUM + VERSION}")


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """The names of all tables in the file."""
    return [name for (name,) in connection.execute(_TABLES)]


def lost_tables(connection: sqlite3.Connection) -> list[str]:
    """The names of the tables that were made and do not exist. Empty if the file does not say which were made."""
    found = tables_of(connection)
    if _NAMES not in found:
        return []
    return sorted({name for (name,) in connection.execute(f"SELECT name FROM {_NAMES}")}.difference(found))  # noqa: S608


def check_tables(connection: sqlite3.Connection, capability: str) -> None:
    """Raise ``Damaged`` if a table is lost. Call it before missing tables are made."""
    lost = lost_tables(connection)
    if lost:
        raise Damaged(capability, f"lost tables: {', '.join(lost)}")


def note_tables(connection: sqlite3.Connection) -> None:
    """Write down the names of all tables in the file. Call it after missing tables are made."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_NAMES} (name TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute(f"INSERT OR IGNORE INTO {_NAMES} {_TABLES}")


def is_newer(file: Path) -> bool:
    """Whether newer code wrote the file. Raises ``sqlite3.Error`` if the file cannot be read."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        return _version(connection) > VERSION


def _version(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    return int(found) - _LYCEUM if found else 0
