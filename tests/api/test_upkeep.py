"""The check and the repair as an operator runs them on AWS: ``python -m infrastructure.upkeep``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from domain.base.tables import FILES
from domain.documents.keys import DOCUMENTS, chunk_vector_prefix, chunks_key, original_key, text_key
from domain.progress.keys import INTELLIGENCE
from domain.upkeep.findings import WHAT
from infrastructure import upkeep
from tests.support.world import PHYSICS, User, World

QUESTION = "What does the second law say?"


@pytest.fixture
def world(aws: World) -> World:
    return aws


@dataclass
class Kept:
    """A document, a quiz on it, and everything that its learner saw."""

    world: World
    ada: User
    file_id: str
    quotes: list[str]
    profile: object

    @property
    def prefix(self) -> str:
        return chunk_vector_prefix("ada", "physics_101", self.file_id)

    def objects_are_gone(self, *keys: str) -> None:
        for key in keys:
            assert self.world.adapters.objects.info(key) is not None
            self.world.adapters.objects.delete(key)

    def vectors_are_gone(self, namespace: str, prefix: str) -> None:
        vectors = self.world.adapters.vectors
        ids = vectors.ids(namespace, prefix).items
        assert ids
        vectors.delete(namespace, ids)

    def row_is_gone(self) -> None:
        self.world.adapters.key_values.delete(FILES, {"file_id": self.file_id})

    def vectors_are_left_over(self, *ids: str) -> None:
        vectors = self.world.adapters.vectors
        one = vectors.fetch(DOCUMENTS, [f"{self.prefix}0"])[f"{self.prefix}0"]
        vectors.upsert(DOCUMENTS, [replace(one, id=name) for name in ids])

    def object_is_left_over(self, key: str) -> None:
        self.world.adapters.objects.put(key, b"Left.", "text/plain")

    def check(self) -> None:
        """The learner finds everything as before."""
        file = self.ada.get(f"/api/files/{self.file_id}").body
        assert (file["filename"], file["subject_id"], file["status"]) == (
            "laws.txt",
            "physics_101",
            "completed",
        )
        assert [one["quote"] for one in self.ada.ask(QUESTION).body["citations"]] == self.quotes
        assert self.ada.get("/api/profile").body == self.profile


@pytest.fixture
def kept(world: World, ada: User) -> Kept:
    file_id = ada.upload("laws.txt", PHYSICS, subject_id="physics_101")
    quiz = ada.make_quiz(num_questions=2)
    assert ada.submit(quiz, ada.right_answers(quiz)).status == 200
    quotes = [one["quote"] for one in ada.ask(QUESTION).body["citations"]]
    assert quotes
    return Kept(world, ada, file_id, quotes, ada.get("/api/profile").body)


DAMAGE: dict[str, tuple[Callable[[Kept], None], set[str]]] = {
    "missing vectors": (lambda kept: kept.vectors_are_gone(DOCUMENTS, kept.prefix), {"vectors_lost"}),
    "a missing text": (lambda kept: kept.objects_are_gone(text_key("ada", kept.file_id)), {"text_lost"}),
    "missing chunks": (lambda kept: kept.objects_are_gone(chunks_key("ada", kept.file_id)), {"text_lost"}),
    "missing concepts": (lambda kept: kept.vectors_are_gone(INTELLIGENCE, "user_ada"), {"concepts_lost"}),
    "objects without a row": (lambda kept: kept.row_is_gone(), {"row_lost", "vectors_left_over"}),
    "a text without a row": (
        lambda kept: kept.object_is_left_over(text_key("ada", "gone")),
        {"objects_left_over"},
    ),
    "orphan vectors": (
        lambda kept: kept.vectors_are_left_over(
            f"{kept.prefix}99", chunk_vector_prefix("ada", None, "gone") + "0"
        ),
        {"vectors_left_over"},
    ),
}


def run(*command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, set[str], list[str]]:
    """The exit code, the kinds of the findings, and the lines of the progress."""
    code = upkeep.main(command)
    told = capsys.readouterr()
    return code, {kind for line in told.out.splitlines() if (kind := kind_in(line))}, told.err.splitlines()


def kind_in(line: str) -> str:
    """The kind of the finding (a key of ``WHAT``) that this line of output reports; "" if it reports none."""
    kind, colon, _ = line.removeprefix("repairing ").partition(":")
    return kind if colon and kind in WHAT else ""


def test_sound_data_are_left_alone(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    compared = [
        "1 rows, 1 originals, 1 vectors",
        "rows of conversations, quizzes, interviews and evidence compared",
    ]
    assert run("check", capsys=capsys) == (0, set(), compared)
    assert run("repair", capsys=capsys)[:2] == (0, set())
    kept.check()


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_reported_and_repaired_with_progress(
    kept: Kept, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    do, told = DAMAGE[damage]
    do(kept)
    code, found, progress = run("check", capsys=capsys)
    assert (code, found) == (1, told)
    assert "originals" in progress[0]
    code, left, progress = run("repair", capsys=capsys)
    assert (code, left) == (0, set())
    assert told - {"vectors_left_over"} <= {kind_in(line) for line in progress} <= told | {""}
    assert run("check", capsys=capsys)[:2] == (0, set())
    kept.check()


def test_a_row_without_objects_is_said_to_be_lost(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.objects_are_gone(
        original_key("ada", kept.file_id, "txt"),
        text_key("ada", kept.file_id),
        chunks_key("ada", kept.file_id),
    )
    assert run("check", capsys=capsys)[:2] == (1, {"document_lost"})
    assert run("repair", capsys=capsys)[:2] == (0, set())
    file = kept.ada.get(f"/api/files/{kept.file_id}").body
    assert (file["status"], file["error_code"]) == ("failed", "lost")
    assert file["progress"]["stage"] == "failed"
    assert kept.ada.ask(QUESTION).body["citations"] == []
    assert run("check", capsys=capsys)[:2] == (0, set())


def test_a_lost_original_cannot_be_brought_back(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.objects_are_gone(original_key("ada", kept.file_id, "txt"))
    assert run("repair", capsys=capsys)[:2] == (1, {"original_lost"})
    kept.check()


def test_an_original_without_a_row_is_removed_only_on_request(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.object_is_left_over(original_key("ada", "stray", "txt"))
    assert run("repair", capsys=capsys)[:2] == (1, {"original_without_row"})
    assert run("repair", "--drop-originals", capsys=capsys)[:2] == (0, set())
    kept.check()


def test_an_upstream_that_does_not_answer_is_named(
    kept: Kept, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYCEUM_TABLE_PREFIX", "of-another-stage-")
    code, _, progress = run("check", capsys=capsys)
    assert code == 1
    assert "key_value_store does not answer" in progress[-1]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_aws_the_commands_for_backups_refer_to_the_services(
    kept: Kept, capsys: pytest.CaptureFixture[str], command: str, tmp_path: object
) -> None:
    assert run(command, str(tmp_path), capsys=capsys)[::2] == (
        1,
        ["On AWS, backups are those of the services: docs/operations.md says how to restore them."],
    )
