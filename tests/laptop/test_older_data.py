"""Data of version 0.1.0 are read as that version read them, and can be used further.

``data_of_0_1_0/data.tar.xz`` is the folder of a server of 0.1.0 that was stopped: a document, conversations, a quiz
that was submitted and one that was not, an interview, an upload that was offered. ``answers.json`` has what that server
answered about them, by path.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.local.stores.inventory import SQLiteInventory
from adapters.local.stores.key_values import SQLiteKeyValueStore
from chalicelib.settings import SettingsError
from chalicelib.start_checks import check_versions
from domain.base.tables import FILES, MESSAGES, TABLES
from fakes.system import FrozenClock
from infrastructure import upkeep
from ports.errors import Unavailable
from ports.key_value_store import SCHEMA, Item
from tests.laptop.test_erasure import Laptop

KEPT = Path(__file__).parent / "data_of_0_1_0"
ANSWERS = json.loads((KEPT / "answers.json").read_text(encoding="utf-8"))
PATHS = sorted(ANSWERS["get"])
STOPPED = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
"""A time on the day that the server of 0.1.0 was stopped: figures of the last thirty days are those of that day."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(KEPT / "data.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "data"


@pytest.fixture
def laptop(data: Path) -> Iterator[Laptop]:
    made = Laptop(data, FrozenClock(STOPPED))
    yield made
    made.stores.close()


def missing(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """The places at which ``new`` lacks something of ``old`` or differs from it. Further fields are allowed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if name in new:
                yield from missing(value, new[name], f"{place}.{name}")
            else:
                yield f"{place}.{name} is gone"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from missing(one, other, f"{place}[{number}]")
    elif old != new:
        yield f"{place}: {old!r} became {new!r}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join(path.split("/")[2:4]))
def test_old_requests_get_the_same_answers(laptop: Laptop, path: str) -> None:
    answer = laptop.user("ada").get(path)
    assert answer.status == 200
    assert list(missing(ANSWERS["get"][path], answer.body)) == []


def test_a_teacher_sees_the_same(laptop: Laptop) -> None:
    seen = laptop.user("grace").get("/api/teacher/subjects/physics_101/ai-analytics").body
    assert list(missing(ANSWERS["analytics"], seen)) == []


def test_the_data_have_no_findings(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCEUM_DATA", str(data))
    assert upkeep.main(["check"]) == 0


def tags_are_sorted(item: Item) -> Item:
    return {**item, "tags": sorted(item.get("tags", [])), "sorted": True}


def test_rows_take_the_steps_to_the_layout_of_today(data: Path, tmp_path: Path) -> None:
    """Rows of 0.1.0 have no version number, so they count as version 1."""
    file = tmp_path / "tables.sqlite"
    shutil.copy(data / "tables.sqlite", file)
    before = list(SQLiteInventory(file).rows(FILES))
    changed = replace(FILES, steps=(tags_are_sorted,))
    with closing(SQLiteKeyValueStore(file, [changed, MESSAGES], FrozenClock(STOPPED))) as store:
        for row in before:
            key = changed.key_of(row)
            assert store.get(changed, key) == tags_are_sorted(row)
            store.put(changed, tags_are_sorted(row))
    with closing(SQLiteKeyValueStore(file, TABLES, FrozenClock(STOPPED))) as store:
        assert before
        for row in before:
            with pytest.raises(Unavailable, match="of version 2, but this code knows only 1"):
                store.get(FILES, FILES.key_of(row))


def test_new_data_have_a_version(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    assert laptop.user("ada").upload_in_request("notes.txt", b"Inertia keeps a body at rest.").status in (
        200,
        202,
    )
    laptop.stores.close()
    with closing(sqlite3.connect(tmp_path / "tables.sqlite")) as connection:
        for table in TABLES:
            for (text,) in connection.execute(f'SELECT "$item" FROM "{table.name}"'):  # noqa: S608
                assert json.loads(text)[SCHEMA] == table.schema


def test_work_goes_on_from_there(laptop: Laptop) -> None:
    ada = laptop.user("ada")
    asked = ada.post("/api/chat", {"message": ANSWERS["question"], "subject_id": "physics_101"}).body
    assert {one["quote"] for one in asked["citations"]} & set(ANSWERS["quotes"])
    (quiz,) = (one for one in ada.get("/api/quizzes").body["items"] if one["submitted_at"] is None)
    open_quiz = ada.get(f"/api/quizzes/{quiz['quiz_id']}").body
    answers = {one["question_id"]: "A" for one in open_quiz["questions"]}
    assert ada.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers}).status == 200
    (file,) = (one for one in ada.get("/api/files").body["items"] if one["status"] == "completed")
    assert ada.send("DELETE", f"/api/files/{file['file_id']}").status == 200
    assert ada.send("DELETE", "/api/me/data").status == 200


@pytest.mark.parametrize("name", ["tables.sqlite", "vectors.sqlite", "school.sqlite"])
def test_data_of_a_newer_version_are_refused(tmp_path: Path, name: str) -> None:
    laptop = Laptop(tmp_path)
    assert laptop.user("ada").upload_in_request("notes.txt", b"Inertia keeps a body at rest.").status in (
        200,
        202,
    )
    laptop.stores.close()
    check_versions(tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        (version,) = connection.execute("PRAGMA application_id").fetchone()
        connection.execute(f"PRAGMA application_id = {version + 1}")
    with pytest.raises(SettingsError, match="newer version"):
        check_versions(tmp_path)
    refused = Laptop(tmp_path).user("ada").post("/api/chat", {"message": "What is inertia?"})
    assert refused.status == 502
