"""Rows of an SQLite file that cannot be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from adapters.local.stores.soundness import unreadable


def test_unreadable_pages_are_reported_and_raise_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE t (a TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 1000,)] * 40)
    assert unreadable(file) is None
    content = bytearray(file.read_bytes())
    content[2 * 4096 : 3 * 4096] = b"\xff" * 4096
    file.write_bytes(content)
    assert unreadable(file) == "database disk image is malformed"
