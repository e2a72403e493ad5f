"""All rows of the laptop's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from adapters.local.stores.sqlite_errors import parsed, translated
from ports.key_value_store import Item, Table, current


class SQLiteInventory:
    """Implements ``ports.inventory.Inventory`` on the file of ``SQLiteKeyValueStore``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, table: Table) -> Iterator[Item]:
        with (
            translated("key_value_store"),
            closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=20)) as connection,
        ):
            for (item,) in connection.execute(f'SELECT "$item" FROM "{table.name}"'):  # noqa: S608
                yield current(table, parsed("key_value_store", item))
