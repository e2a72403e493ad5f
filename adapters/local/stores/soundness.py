"""Finds rows of the laptop's SQLite files that cannot be read, or are not as they were written.

SQLite checks the structure of a file, but not what is within a value.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from adapters.local.stores.sqlite_versions import losses, tables_of
from adapters.local.stores.vectors import digest_of

_BLOBS = ("dense", "sparse", "fields")


def unreadable(file: Path) -> str | None:
    """The lost tables and columns, the number of faulty rows in each table, or SQLite's message if it cannot read the
    file, as a text. None if all rows are sound. A row is faulty if it cannot be read or is not as it was written.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as connection:
            lost, tables = losses(connection), tables_of(connection)
            connection.text_factory = bytes
            counts = {name: _count(connection, name) for name in tables}
    except sqlite3.Error as failed:
        return str(failed)
    if lost is not None:
        return lost
    bad = [f"{count} in {name}" for name, count in sorted(counts.items()) if count]
    return f"rows that cannot be read: {', '.join(bad)}" if bad else None


def _count(connection: sqlite3.Connection, table: str) -> int:
    rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    names = [column[0] for column in rows.description]
    return sum(not _is_readable(dict(zip(names, row, strict=True))) for row in rows)


def _is_readable(row: dict[str, Any]) -> bool:
    try:
        texts = {
            name: value.decode() if isinstance(value, bytes) and name not in _BLOBS else value
            for name, value in row.items()
        }
        if "$item" in texts:
            item = json.loads(texts["$item"])
            return all(item.get(name) == value for name, value in texts.items() if not name.startswith("$"))
        if texts.get("digest") is not None and texts["digest"] != digest_of(*(row[name] for name in _BLOBS)):
            return False
        return "metadata" not in texts or isinstance(json.loads(texts["metadata"]), dict)
    except (ValueError, TypeError, AttributeError):
        return False
