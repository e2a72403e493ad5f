"""The directory in memory and the laptop's directory pass the contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.stores.school import SQLiteDirectory, local_secret
from fakes.directory import InMemoryDirectory
from ports.directory import Directory
from tests.contracts.directory.contract import SCHOOL, DirectoryContract


class TestInMemoryDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self) -> Directory:
        return InMemoryDirectory(SCHOOL)


class TestSQLiteDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, tmp_path: Path) -> Iterator[Directory]:
        directory = SQLiteDirectory(tmp_path / "school.sqlite", SCHOOL)
        yield directory
        directory.close()

    def test_it_opens_again_on_the_same_file(self, tmp_path: Path) -> None:
        for _ in range(2):
            directory = SQLiteDirectory(tmp_path / "again.sqlite", SCHOOL)
            assert directory.enrolled("physics_101") == ["ada", "alan"]
            directory.close()


def test_changes_in_the_file_survive_the_next_start(tmp_path: Path) -> None:
    """An enrolment that was removed does not return at the next start."""
    path = tmp_path / "school.sqlite"
    SQLiteDirectory(path, SCHOOL).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM subject_enrollments WHERE student_id = 'ada'")
    directory = SQLiteDirectory(path, SCHOOL)
    assert not directory.is_enrolled("ada", "physics_101")
    assert directory.is_enrolled("alan", "physics_101")
    directory.close()


def test_the_local_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "secret"
    secret = local_secret(path)
    assert len(secret) == 32
    assert local_secret(path) == secret
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["secret"]
