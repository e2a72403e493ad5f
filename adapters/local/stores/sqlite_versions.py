"""Keeps in each of the laptop's SQLite files its version and the names of its tables and columns.

The version is in the file's header (``application_id``). The names are in tables of their own, so that a lost table or
column is noticed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ports.errors import Damaged, Unavailable

VERSION = 1
"""The version of the files. Increase it when older code would misread a new file. A file without a version was written
by Lyceum 0.1 or 0.2.
"""
_LYCEUM = 0x4C59_0000
_TABLES_MADE, _COLUMNS_MADE = "tables_made", "columns_made"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_COLUMNS = (
    f"SELECT made.name || '.' || one.name FROM ({_TABLES}) AS made, pragma_table_info(made.name) AS one"  # noqa: S608
)


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


def losses(connection: sqlite3.Connection) -> str | None:
    """The names of the tables and columns that were made and do not exist, as a text. None if all exist, or if the file
    does not say which were made.
    """
    tables = set(tables_of(connection))
    lost = [f"lost tables: {', '.join(sorted(_made(connection, _TABLES_MADE) - tables))}"]
    columns = _made(connection, _COLUMNS_MADE) - {name for (name,) in connection.execute(_COLUMNS)}
    kept = sorted(name for name in columns if name.partition(".")[0] in tables)
    lost += [f"lost columns: {', '.join(kept)}"]
    return "; ".join(one for one in lost if not one.endswith(": ")) or None


def check_tables(connection: sqlite3.Connection, capability: str) -> None:
    """Raise ``Damaged`` if a table or a column is lost. Call it before missing ones are made."""
    lost = losses(connection)
    if lost is not None:
        raise Damaged(capability, lost)


def note_tables(connection: sqlite3.Connection) -> None:
    """Write down the names of all tables and columns in the file. Call it after missing ones are made."""
    for made, names in ((_TABLES_MADE, _TABLES), (_COLUMNS_MADE, _COLUMNS)):
        connection.execute(f"CREATE TABLE IF NOT EXISTS {made} (name TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.execute(f"INSERT OR IGNORE INTO {made} {names}")


def _made(connection: sqlite3.Connection, names: str) -> set[str]:
    if names not in tables_of(connection):
        return set()
    return {name for (name,) in connection.execute(f"SELECT name FROM {names}")}  # noqa: S608


def is_newer(file: Path) -> bool:
    """Whether newer code wrote the file. Raises ``sqlite3.Error`` if the file cannot be read."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        return _version(connection) > VERSION


def _version(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    return int(found) - _LYCEUM if found else 0
