"""`make check-data`, `make repair`, `make backup` and `make restore` on the laptop's data."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.local.backup import BackupError, InUse, back_up, holding_data, restore
from chalicelib.settings import SettingsError
from chalicelib.start_checks import check_present
from domain.base.tables import FILES, LEARNING_EVIDENCE, MESSAGES, QUIZ_RESULTS
from domain.documents.keys import (
    DOCUMENTS,
    chunk_vector_prefix,
    chunks_key,
    metadata_key,
    original_key,
    text_key,
)
from domain.progress.keys import INTELLIGENCE
from infrastructure import upkeep
from ports.paging import every
from tests.laptop.test_damage import spoil
from tests.laptop.test_erasure import NOTES as ASKED_ABOUT
from tests.laptop.test_erasure import Laptop

pytestmark = pytest.mark.slow

STONE = (Path(__file__).parents[2] / "demo/documents/rosetta-stone.txt").read_text(encoding="utf-8")
NOTES = f"{STONE}\n\n{ASKED_ABOUT}"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
QUESTION = {"message": "What is a keel?"}


class Used:
    """The data of a laptop that was used (a document, a question, a submitted quiz), and what its learner saw then."""

    def __init__(self, data: Path) -> None:
        self.data = data
        laptop = Laptop(data)
        mary = laptop.user("mary")
        sent = mary.upload_in_request("stone.txt", NOTES.encode(), {"subject_id": "history_201"})
        self.file_id = sent.body["file_id"]
        while mary.get(f"/api/files/{self.file_id}").body["status"] != "completed":  # the machine is busy
            laptop.services.ingestion.sweep(ahead=3600)
        self.file = mary.get(f"/api/files/{self.file_id}").body
        answer = mary.post("/api/chat", QUESTION).body
        self.conversation_id, self.citations = answer["conversation_id"], answer["citations"]
        assert self.citations
        quiz = mary.post("/api/quizzes", {"num_questions": 2}).body
        answers = {one["question_id"]: "A" for one in quiz["questions"]}
        self.result = mary.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers}).body
        self.profile = mary.get("/api/profile").body
        self.chunk = mary.get(f"/api/files/{self.file_id}/chunks/0").body
        laptop.stores.close()

    def check(self) -> None:
        """Check that everything that the learner can request is as before."""
        laptop = Laptop(self.data)
        mary = laptop.user("mary")
        file = mary.get(f"/api/files/{self.file_id}").body
        assert file | {"updated_at": ""} == self.file | {"updated_at": ""}
        assert mary.get(f"/api/files/{self.file_id}/chunks/0").body == self.chunk
        answer = mary.post("/api/chat", QUESTION).body
        assert [one["quote"] for one in answer["citations"]] == [one["quote"] for one in self.citations]
        laptop.stores.close()

    def check_all(self) -> None:
        """Check the same, and also the data that is only in the tables."""
        laptop = Laptop(self.data)
        mary = laptop.user("mary")
        assert mary.get(f"/api/quizzes/{self.result['quiz_id']}/result").body == self.result
        assert mary.get("/api/profile").body == self.profile
        assert len(mary.get(f"/api/chat/conversations/{self.conversation_id}").body["items"]) == 2
        concepts = list(
            every(lambda cursor: laptop.stores.vectors.ids(INTELLIGENCE, "user_mary", cursor=cursor))
        )
        assert len(concepts) >= len(self.profile["concepts"])
        laptop.stores.close()
        self.check()

    def objects(self, *keys: Callable[[str, str], str]) -> None:
        laptop = Laptop(self.data)
        for key in keys:
            laptop.stores.objects.delete(key("mary", self.file_id))
        laptop.stores.close()


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return Used(tmp_path_factory.mktemp("used") / "data")


@pytest.fixture
def used(master: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Used:
    copy = Used.__new__(Used)
    vars(copy).update(vars(master))
    copy.data = tmp_path / "data"
    shutil.copytree(master.data, copy.data)
    monkeypatch.setenv("LYCEUM_DATA", str(copy.data))
    return copy


def original(owner: str, file_id: str) -> str:
    return original_key(owner, file_id, "txt")


def lose_vectors(used: Used) -> None:
    laptop = Laptop(used.data)
    prefix = chunk_vector_prefix("mary", "history_201", used.file_id)
    ids = laptop.stores.vectors.ids(DOCUMENTS, prefix).items
    laptop.stores.vectors.delete(DOCUMENTS, ids[1:])
    laptop.stores.close()


def spoil_chunks(used: Used) -> None:
    laptop = Laptop(used.data)
    laptop.stores.objects.put(chunks_key("mary", used.file_id), b"{", "application/json")
    laptop.stores.close()


def remove(name: str) -> Callable[[Used], None]:
    def removed(used: Used) -> None:
        for file in used.data.glob(f"{name}*"):
            file.unlink()

    return removed


def empty(name: str) -> Callable[[Used], None]:
    def emptied(used: Used) -> None:
        (used.data / name).write_bytes(b"")

    return emptied


def noisy(name: str, table: str, column: str) -> Callable[[Used], None]:
    """A harm that writes noise into one value of each row. The structure of the file stays sound."""

    def noised(used: Used) -> None:
        with closing(sqlite3.connect(used.data / name)) as connection, connection:
            rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall()  # noqa: S608
            assert rows
            for rowid, value in rows:
                size = len(value if isinstance(value, bytes) else value.encode())
                kind = "BLOB" if isinstance(value, bytes) else "TEXT"
                change = f'UPDATE "{table}" SET "{column}" = CAST(? AS {kind}) WHERE rowid = ?'  # noqa: S608
                connection.execute(change, (random.Random(size).randbytes(size), rowid))

    return noised


def spoil_object(key: Callable[[str, str], str], change: Callable[[bytes], bytes]) -> Callable[[Used], None]:
    def spoilt(used: Used) -> None:
        laptop = Laptop(used.data)
        name = key("mary", used.file_id)
        laptop.stores.objects.put(name, change(laptop.stores.objects.get(name)), "text/plain")
        laptop.stores.close()

    return spoilt


def with_zeros(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes(16) + body[middle + 16 :]


UNREADABLE = "rows that cannot be read"
LOSSES: dict[str, tuple[Callable[[Used], None], str]] = {
    "some vectors": (lose_vectors, "vectors_lost"),
    "the file of vectors": (remove("vectors.sqlite"), "vectors.sqlite is missing or empty"),
    "all in the file of vectors": (empty("vectors.sqlite"), "vectors.sqlite is missing or empty"),
    "the meanings": (noisy("vectors.sqlite", "records", "dense"), UNREADABLE),
    "the words": (noisy("vectors.sqlite", "records", "sparse"), UNREADABLE),
    "the filters": (noisy("vectors.sqlite", "records", "fields"), UNREADABLE),
    "the metadata of vectors": (noisy("vectors.sqlite", "records", "metadata"), UNREADABLE),
    "a text": (lambda used: used.objects(text_key), "text_lost"),
    "the chunks": (lambda used: used.objects(chunks_key), "text_lost"),
    "half of the chunks": (spoil_chunks, "text_lost"),
    "a part of the chunks": (spoil_object(chunks_key, with_zeros), "text_lost"),
    "a part of a text": (spoil_object(text_key, with_zeros), "text_lost"),
    "the encoding of a text": (spoil_object(text_key, lambda body: body[:-9] + b"\xff" * 9), "text_lost"),
    "the description": (spoil_object(metadata_key, with_zeros), "text_lost"),
}


def test_sound_data_have_no_findings(used: Used, capsys: pytest.CaptureFixture[str]) -> None:
    assert upkeep.main(["check"]) == 0
    assert "Nothing is wrong." in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 0
    used.check_all()


@pytest.mark.parametrize("loss", LOSSES)
def test_lost_data_are_reported_and_repaired(
    used: Used, capsys: pytest.CaptureFixture[str], loss: str
) -> None:
    lose, told = LOSSES[loss]
    lose(used)
    assert upkeep.main(["check"]) == 1
    assert told in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 0
    assert upkeep.main(["check"]) == 0
    used.check_all()


def test_a_damaged_file_of_vectors_is_set_aside_and_made_again(
    used: Used, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(used.data / "vectors.sqlite")
    assert upkeep.main(["check"]) == 1
    assert "vectors.sqlite is damaged" in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 0
    assert list(used.data.glob("vectors.sqlite.damaged-*"))
    used.check_all()


def test_lost_or_damaged_tables_are_reported_and_their_documents_come_back(
    used: Used, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(used.data / "tables.sqlite")
    assert upkeep.main(["check"]) == 1
    assert "make restore" in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 1  # only if it is told to, because this loses conversations
    assert "make restore" in capsys.readouterr().err
    assert not list(used.data.glob("*.damaged-*"))
    assert upkeep.main(["repair", "--anew", "tables"]) == 0
    laptop = Laptop(used.data)
    file = laptop.user("mary").get(f"/api/files/{used.file_id}").body
    assert (file["filename"], file["subject_id"], file["status"]) == ("stone.txt", "history_201", "completed")
    laptop.stores.close()
    answer_is_the_same(used)


@pytest.mark.parametrize("is_damaged", [True, False], ids=["damaged", "lost"])
def test_a_lost_or_damaged_school_is_reported_and_made_again(
    used: Used, capsys: pytest.CaptureFixture[str], is_damaged: bool
) -> None:
    if is_damaged:
        spoil(used.data / "school.sqlite")
        assert upkeep.main(["check"]) == 1
        assert "school.sqlite is damaged" in capsys.readouterr().out
        assert upkeep.main(["repair"]) == 1  # only if it is told to, because this loses the school
        assert upkeep.main(["repair", "--anew", "school"]) == 0
        assert list(used.data.glob("school.sqlite.damaged-*"))
    else:
        remove("school.sqlite")(used)
    used.check_all()
    assert upkeep.main(["check"]) == 0


@pytest.mark.parametrize("name", ["tables.sqlite", "school.sqlite"])
@pytest.mark.parametrize("lose", [remove, empty], ids=["lost", "emptied"])
def test_lost_tables_and_a_lost_school_are_made_anew_only_when_asked_for(
    used: Used, capsys: pytest.CaptureFixture[str], name: str, lose: Callable[[str], Callable[[Used], None]]
) -> None:
    """The loss must be reported. New, empty files would hide it."""
    lose(name)(used)
    with pytest.raises(
        SettingsError, match=r"are missing or empty, though stored files exist\. Restore a backup"
    ):
        list(check_present(used.data))
    assert upkeep.main(["check"]) == 1
    assert f"{name} is missing or empty" in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 1
    assert upkeep.main(["repair", "--anew", name.removesuffix(".sqlite")]) == 0
    assert list(check_present(used.data)) == []
    answer_is_the_same(used)


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("tables.sqlite", FILES.name, "$item"),
        ("tables.sqlite", MESSAGES.name, "$item"),
        ("tables.sqlite", QUIZ_RESULTS.name, "$item"),
        ("tables.sqlite", LEARNING_EVIDENCE.name, "user_subject"),
        ("school.sqlite", "users", "name"),
    ],
)
def test_noise_in_rows_is_reported_and_neither_repaired_nor_backed_up(
    used: Used, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, table: str, column: str
) -> None:
    assert upkeep.main(["backup", str(tmp_path / "backup")]) == 0
    noisy(name, table, column)(used)
    assert upkeep.main(["check"]) == 1
    assert UNREADABLE in capsys.readouterr().out
    assert upkeep.main(["repair"]) == 1
    with pytest.raises(BackupError, match="is damaged"):
        back_up(used.data, tmp_path / "another", NOW)
    assert upkeep.main(["restore", str(tmp_path / "backup")]) == 0
    used.check_all()


def answer_is_the_same(used: Used) -> None:
    laptop = Laptop(used.data)
    answer = laptop.user("mary").post("/api/chat", QUESTION).body
    assert [one["quote"] for one in answer["citations"]] == [one["quote"] for one in used.citations]
    laptop.stores.close()


def test_a_document_without_original_and_text_says_that_it_is_lost(used: Used) -> None:
    used.objects(original, text_key, chunks_key)
    assert upkeep.main(["check"]) == 1
    upkeep.main(["repair"])
    laptop = Laptop(used.data)
    file = laptop.user("mary").get(f"/api/files/{used.file_id}").body
    assert (file["status"], file["error_code"]) == ("failed", "lost")
    assert laptop.user("mary").post("/api/chat", QUESTION).body["citations"] == []
    laptop.stores.close()
    assert upkeep.main(["check"]) == 0


@pytest.mark.parametrize(
    "lose",
    [lambda used: used.objects(original), spoil_object(original, with_zeros)],
    ids=["lost", "damaged"],
)
def test_a_lost_or_damaged_original_is_reported_and_the_document_still_answers(
    used: Used, capsys: pytest.CaptureFixture[str], lose: Callable[[Used], None]
) -> None:
    lose(used)
    assert upkeep.main(["repair"]) == 1
    assert "original_lost" in capsys.readouterr().out
    used.check()


def test_leftover_objects_and_vectors_are_removed_and_originals_are_kept(
    used: Used, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop = Laptop(used.data)
    laptop.stores.objects.put(original_key("mary", "stray", "txt"), b"A stray.", "text/plain")
    laptop.stores.objects.put(text_key("mary", "gone"), b"Gone.", "text/plain")
    prefix = chunk_vector_prefix("mary", "history_201", used.file_id)
    stored = laptop.stores.vectors.fetch(DOCUMENTS, [f"{prefix}0"])[f"{prefix}0"]
    for name in (f"{prefix}9999", chunk_vector_prefix("mary", None, "gone") + "0"):
        laptop.stores.vectors.upsert(DOCUMENTS, [type(stored)(name, stored.values, stored.metadata)])
    laptop.stores.close()
    assert upkeep.main(["check"]) == 1
    told = capsys.readouterr().out
    assert told.count("vectors_left_over") == 2
    assert "objects_left_over" in told
    assert upkeep.main(["repair"]) == 1
    assert "original_without_row" in capsys.readouterr().out
    assert upkeep.main(["repair", "--drop-originals"]) == 0
    used.check_all()


def test_a_repair_takes_nothing_of_the_allowance(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCEUM_PAGES_A_DAY", "0")
    used.objects(text_key, chunks_key)
    assert upkeep.main(["repair"]) == 0
    used.check_all()


def test_a_backup_brings_everything_back(used: Used, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert upkeep.main(["backup", str(backup)]) == 0
    assert backup.stat().st_mode & 0o077 == 0
    shutil.rmtree(used.data)
    assert upkeep.main(["restore", str(backup)]) == 0
    used.check_all()
    assert upkeep.main(["check"]) == 0
    spoil(used.data / "tables.sqlite")
    spoil(used.data / "school.sqlite")
    assert upkeep.main(["restore", str(backup)]) == 0
    used.check_all()
    assert len(list(tmp_path.glob("data.before-*"))) == 1


def test_a_damaged_backup_restores_nothing(used: Used, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(used.data, backup, NOW)
    with pytest.raises(BackupError, match="exists already"):
        back_up(used.data, backup, NOW)
    (backup / "tables.sqlite").write_bytes(b"other")
    with pytest.raises(BackupError, match="is missing or damaged"):
        restore(backup, used.data, NOW)
    manifest = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(BackupError, match="newer version"):
        restore(backup, used.data, NOW)
    (backup / "manifest.json").unlink()
    with pytest.raises(BackupError, match="no finished backup"):
        restore(backup, used.data, NOW)
    used.check_all()


def test_a_backup_of_newer_files_restores_nothing(used: Used, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(used.data, backup, NOW)
    with closing(sqlite3.connect(backup / "vectors.sqlite")) as connection:
        (version,) = connection.execute("PRAGMA application_id").fetchone()
        connection.execute(f"PRAGMA application_id = {version + 1}")
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["files"]["vectors.sqlite"] = sha256((backup / "vectors.sqlite").read_bytes()).hexdigest()
    (backup / "manifest.json").write_text(json.dumps(manifest))
    for _ in range(2):
        with pytest.raises(BackupError, match="newer version"):
            restore(backup, used.data, NOW)
    (backup / "manifest.json").write_text(json.dumps(manifest | {"files": {}}))
    with pytest.raises(BackupError, match="names no"):
        restore(backup, used.data, NOW)
    (backup / "tables.sqlite").write_bytes(b"no database" * 400)
    manifest["files"]["tables.sqlite"] = sha256((backup / "tables.sqlite").read_bytes()).hexdigest()
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="is damaged"):
        restore(backup, used.data, NOW)
    assert not used.data.with_name(f"{used.data.name}.restoring").exists()
    used.check_all()


def test_reading_a_backup_does_not_change_it(used: Used, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(used.data, backup, NOW)
    files = sorted(backup.rglob("*"))
    for name in ("tables.sqlite", "vectors.sqlite", "school.sqlite"):
        with closing(sqlite3.connect(backup / name)) as connection:
            assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() > (0,)
    assert sorted(backup.rglob("*")) == files
    assert restore(backup, used.data, NOW) is not None
    used.check_all()


def test_an_error_of_the_system_names_the_path(
    used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file").write_text("")
    for command in (["restore", "~/file"], ["backup", "~/file/below"]):
        assert upkeep.main(command) == 1
        assert f"{tmp_path}/file" in capsys.readouterr().err
    assert upkeep.main(["backup", str(used.data / "objects" / "inside")]) == 1
    assert upkeep.main(["backup", "~/backup"]) == 0
    assert (tmp_path / "backup" / "manifest.json").exists()
    with pytest.raises(SystemExit):
        upkeep.main(["backup", ""])
    assert "name a folder" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        upkeep.main(["restore", "~nobody-has-this-name/backup"])
    assert "nobody on this machine has the folder" in capsys.readouterr().err
    monkeypatch.setenv("LYCEUM_DATA", str(tmp_path / "none"))
    for command in (["check"], ["repair"]):
        assert upkeep.main(command) == 1
        assert "There are no data in" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
    monkeypatch.setenv("LYCEUM_" + "DTA", str(tmp_path / "other"))
    with pytest.raises(SettingsError, match="Did you mean LYCEUM_DATA"):
        upkeep.main(["check"])


def test_damage_is_not_backed_up(used: Used, tmp_path: Path) -> None:
    spoil(used.data / "tables.sqlite")
    with pytest.raises(BackupError, match="is damaged"):
        back_up(used.data, tmp_path / "backup", NOW)
    assert not (tmp_path / "backup").exists()


def test_a_server_that_runs_keeps_its_data(used: Used, tmp_path: Path) -> None:
    back_up(used.data, tmp_path / "backup", NOW)
    with holding_data(used.data):
        with pytest.raises(InUse), holding_data(used.data):
            pass
        with pytest.raises(InUse):
            restore(tmp_path / "backup", used.data, NOW)
        assert upkeep.main(["repair"]) == 1
    used.check()
