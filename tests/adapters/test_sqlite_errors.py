"""For each error of SQLite, the error of a port that is raised for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.stores.sqlite_errors import check_there, translated
from ports.errors import Damaged, Unavailable, Unwritable, UpstreamError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "file")) as connection, connection:
        connection.execute("CREATE TABLE t (a TEXT)")
    return tmp_path / "file"


def told(path: Path, *statements: str, how: str = "rw") -> type[UpstreamError]:
    with (
        pytest.raises(UpstreamError) as raised,
        translated("database"),
        closing(sqlite3.connect(f"file:{path}?mode={how}", uri=True)) as connection,
    ):
        for statement in statements:
            connection.execute(statement).fetchall()
    return type(raised.value)


def test_a_full_disk_and_a_file_that_may_only_be_read_are_unwritable(path: Path) -> None:
    assert told(path, "PRAGMA max_page_count = 2", "INSERT INTO t VALUES (zeroblob(90000))") is Unwritable
    assert told(path, "INSERT INTO t VALUES (1)", how="ro") is Unwritable


def test_a_file_that_cannot_be_read_because_its_disk_is_full_is_unwritable_and_not_damaged() -> None:
    full = sqlite3.OperationalError("disk I/O error")
    full.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    full.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    with pytest.raises(Unwritable), translated("database"):
        raise full


def test_a_file_that_cannot_be_opened_is_unavailable_and_not_damaged(path: Path) -> None:
    assert told(path / "none") is Unavailable


def test_a_folder_that_cannot_be_searched_does_not_count_as_a_lost_file(path: Path) -> None:
    with pytest.raises(Unavailable, match="ENAMETOOLONG"):
        check_there(path.with_name("n" * 300), "database")
    with pytest.raises(Damaged):
        check_there(path.with_name("none"), "database")


def test_a_stored_text_that_is_not_utf8_is_damage(path: Path) -> None:
    assert told(path, "INSERT INTO t VALUES (CAST(x'ff00ff' AS TEXT))", "SELECT a FROM t") is Damaged


@pytest.mark.parametrize(
    "statement", ["SELECT b FROM t", "SELECT a FROM u", "INSERT INTO t (b) VALUES (1)", "DELETE FROM u"]
)
def test_a_table_or_a_column_that_is_missing_is_damage(path: Path, statement: str) -> None:
    assert told(path, statement) is Damaged


def test_a_statement_that_sqlite_refuses_is_unavailable(path: Path) -> None:
    assert told(path, "SELECT a FROM") is Unavailable
