"""If a file of the laptop's data is damaged, errors and messages say which file it is."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.stores.soundness import unreadable
from chalicelib.start_checks import damage_of
from demo.play import PATIENCE_SECONDS, PROJECT
from domain.base.tables import MESSAGES
from tests.laptop.test_erasure import Laptop


def damage(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the cases of `make damage` whose names contain one of the words. They run in a process of their own, because
    the process gives up permissions.
    """
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.damage", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_SECONDS,
        check=False,
    )


def leave_notes(folder: Path) -> None:
    """Prepare the data folder: it has a learner's document, and no server uses it."""
    laptop = Laptop(folder)
    sent = laptop.user("ada").upload_in_request("notes.txt", b"Inertia keeps a body at rest.")
    assert sent.status in (200, 202)  # a busy machine finishes it later
    laptop.stores.close()


def check_that_a_loss_is_told(folder: Path, name: str, change: str, loss: str, capability: str) -> None:
    """Run the SQL statement ``change`` on the file. Then the checks of the file name the loss, and a question gets an
    error.
    """
    leave_notes(folder)
    file = folder / f"{name}.sqlite"
    assert damage_of(file) is unreadable(file) is None
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(change)
    for told in (damage_of(file), unreadable(file)):
        assert told == loss
    answer = Laptop(folder).user("ada").post("/api/chat", {"message": "What is inertia?"})
    assert (answer.status, answer.code) == (502, f"{capability}_damaged")


def spoil(file: Path) -> None:
    """Write over the beginning of every page, as a failing disk might."""
    file.with_name(f"{file.name}-wal").unlink(missing_ok=True)
    file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
    size = file.stat().st_size
    with file.open("r+b") as open_file:
        for start in range(0, size, 4096):
            open_file.seek(start)
            open_file.write(b"no longer a database" * 4)


@pytest.mark.parametrize(
    ("name", "capability"),
    [("school", "directory"), ("tables", "key_value_store"), ("vectors", "vector_store")],
)
def test_the_error_code_names_the_damaged_file(tmp_path: Path, name: str, capability: str) -> None:
    leave_notes(tmp_path)
    spoil(tmp_path / f"{name}.sqlite")
    laptop = Laptop(tmp_path)
    answer = laptop.user("ada").post("/api/chat", {"message": "What is inertia?"})
    assert (answer.status, answer.code) == (502, f"{capability}_damaged")
    message = answer.body["error"]["message"]
    assert "repair or restore" in message
    assert "try again" not in message.lower()
    health = laptop.user("ada").get("/api/health?deep=1").body
    assert health["status"] == "degraded"
    assert health["adapters"][capability]["answers"] is False


@pytest.mark.parametrize(
    ("name", "table", "capability"),
    [
        ("school", "users", "directory"),
        ("tables", MESSAGES.name, "key_value_store"),
        ("vectors", "records", "vector_store"),
    ],
)
def test_a_lost_table_is_damage_and_is_not_made_again(
    tmp_path: Path, name: str, table: str, capability: str
) -> None:
    check_that_a_loss_is_told(tmp_path, name, f'DROP TABLE "{table}"', f"lost tables: {table}", capability)


@pytest.mark.parametrize(
    ("name", "table", "column", "capability"),
    [
        ("school", "users", "email", "directory"),
        ("tables", MESSAGES.name, "$item", "key_value_store"),
        ("vectors", "records", "metadata", "vector_store"),
    ],
)
def test_a_lost_column_is_damage(tmp_path: Path, name: str, table: str, column: str, capability: str) -> None:
    change = f'ALTER TABLE "{table}" DROP COLUMN "{column}"'
    check_that_a_loss_is_told(tmp_path, name, change, f"lost columns: {table}.{column}", capability)


@pytest.mark.slow
def test_damage_is_reported_and_mended_on_a_real_server() -> None:
    """A few of the cases of `make damage`, which tries all of them."""
    tried = damage("tables emptied", "the words of", "chunks with one sector", "vectors read-only")
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_a_word_that_is_in_no_name_of_a_case_is_refused() -> None:
    tried = damage("tables emptied", "tables with a lid")
    assert tried.returncode != 0
    assert "tables with a lid" in tried.stderr


def test_a_row_that_is_no_json_is_damage(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ada = laptop.user("ada")
    file_id = ada.upload_in_request("notes.txt", b"Inertia keeps a body at rest.").body["file_id"]
    laptop.stores.close()
    tables = tmp_path / "tables.sqlite"
    content = tables.read_bytes()
    assert b'"notes.txt"' in content
    tables.write_bytes(content.replace(b'"notes.txt"', b'"notes.tx{}'))
    again = Laptop(tmp_path)
    answer = again.user("ada").get(f"/api/files/{file_id}")
    assert (answer.status, answer.code) == (502, "key_value_store_damaged")
    again.stores.close()
