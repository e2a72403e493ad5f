"""The findings of the data check, and the state after a repair, on the fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.composition.upkeep import checking, repairing
from domain.base.tables import (
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
)
from domain.documents.keys import DOCUMENTS, chunk_vector_prefix, chunks_key, original_key, text_key
from domain.progress.keys import INTELLIGENCE
from ports.key_value_store import Item, Table
from tests.support.interviews import ANSWERS, QUESTIONS, begun, by_the_book, connected
from tests.support.living import live
from tests.support.world import PHYSICS, User, World


class Rows:
    """The inventory over the fakes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def rows(self, table: Table) -> Iterator[Item]:
        yield from self._world.adapters.key_values.items(table)


@pytest.fixture
def file_id(world: World, ada: User) -> str:
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    quiz = ada.make_quiz(num_questions=2)
    ada.submit(quiz, ada.right_answers(quiz))
    return file_id


def found(world: World) -> list[str]:
    return sorted(one.kind for one in checking(world.services, Rows(world)).findings(lambda line: None))


def repaired(world: World, *, drop_originals: bool = False) -> list[str]:
    left = repairing(world.services, Rows(world)).repair(lambda line: None, drop_originals=drop_originals)
    return [one.kind for one in left]


def test_sound_data_have_no_findings_and_stay_as_they_are(world: World, ada: User, file_id: str) -> None:
    before = ada.get(f"/api/files/{file_id}").body
    assert found(world) == []
    assert repaired(world) == []
    assert ada.get(f"/api/files/{file_id}").body == before


def test_vectors_come_back(world: World, ada: User, file_id: str) -> None:
    vectors = world.adapters.vectors
    prefix = chunk_vector_prefix("ada", "physics_101", file_id)
    vectors.delete(DOCUMENTS, vectors.ids(DOCUMENTS, prefix).items)
    vectors.delete(INTELLIGENCE, vectors.ids(INTELLIGENCE, "user_ada").items)
    assert found(world) == ["concepts_lost", "vectors_lost"]
    assert repaired(world) == []
    assert ada.ask("What does the second law say?").body["citations"]


def test_a_row_comes_back_from_what_was_read(world: World, ada: User, file_id: str) -> None:
    world.adapters.key_values.delete(FILES, {"file_id": file_id})
    assert found(world) == ["row_lost", "vectors_left_over"]
    assert repaired(world) == []
    file = ada.get(f"/api/files/{file_id}").body
    assert (file["filename"], file["subject_id"], file["status"]) == ("notes.txt", "physics_101", "completed")
    assert ada.ask("What does the second law say?").body["citations"]


def test_an_interrupted_repair_is_finished_by_the_next(world: World, ada: User, file_id: str) -> None:
    objects = world.adapters.objects
    objects.delete(text_key("ada", file_id))
    objects.delete(chunks_key("ada", file_id))
    world.adapters.embedder.fail_next(MemoryError())
    with pytest.raises(MemoryError):
        repaired(world)
    world.adapters.clock.advance(3600)
    world.services.ingestion.sweep()
    assert repaired(world) == []
    assert world.user("ada").ask("What does the second law say?").body["citations"]


def test_a_document_that_a_worker_has_is_left_to_it(world: World, ada: User) -> None:
    offer = ada.offer("notes.txt", PHYSICS.encode())
    ada.put_bytes(offer, PHYSICS.encode())
    assert found(world) == []


def test_originals_without_a_row_are_kept_unless_their_removal_is_requested(
    world: World, file_id: str
) -> None:
    key = original_key("ada", "stray", "txt")
    world.adapters.objects.put(key, b"text", "text/plain")
    assert repaired(world) == ["original_without_row"]
    assert world.adapters.objects.info(key) is not None
    assert repaired(world, drop_originals=True) == []
    assert world.adapters.objects.info(key) is None


@pytest.fixture
def in_use(world: World, ada: User, file_id: str) -> World:
    """Data with rows in every table that a learner's use writes: a conversation, a quiz and its result, an interview."""
    ada.ask("What does the second law say?")
    world.adapters.agent.otherwise = by_the_book
    socket = connected(world, ada)
    begun(socket, max_questions=1)
    socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]]})
    return world


@pytest.mark.parametrize(
    ("table", "is_lost", "told"),
    [
        (CONVERSATIONS, lambda row: True, CONVERSATIONS.name),
        (MESSAGES, lambda row: row["sort_key"] == "m#00000001", MESSAGES.name),
        (QUIZZES, lambda row: True, QUIZZES.name),
        (QUIZ_RESULTS, lambda row: True, QUIZ_RESULTS.name),
        (INTERVIEW_SESSIONS, lambda row: row["sort_key"] == "session", INTERVIEW_SESSIONS.name),
        (LEARNING_EVIDENCE, lambda row: True, LEARNING_EVIDENCE.name),
        (LEARNING_EVIDENCE, lambda row: row.get("source") == "quiz", LEARNING_EVIDENCE.name),
        (LEARNING_EVIDENCE, lambda row: row.get("source") == "interview", LEARNING_EVIDENCE.name),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else "",
)
def test_a_missing_row_that_other_rows_name_is_found(
    in_use: World, table: Table, is_lost: Callable[[Item], bool], told: str
) -> None:
    assert found(in_use) == []
    store = in_use.adapters.key_values
    for row in list(store.items(table)):
        if is_lost(row):
            store.delete(table, table.key_of(row))
    lost = checking(in_use.services, Rows(in_use)).findings(lambda line: None)
    assert {(one.kind, one.owner, one.file_id.partition(" ")[0]) for one in lost} == {
        ("named_row_lost", "ada", told)
    }


def test_deletions_and_erasures_leave_no_row_that_names_a_missing_one(in_use: World, ada: User) -> None:
    conversation = ada.get("/api/chat/conversations").body["items"][0]["conversation_id"]
    assert ada.delete(f"/api/chat/conversations/{conversation}").status == 200
    assert found(in_use) == []
    assert ada.delete("/api/me/data").status == 200
    assert found(in_use) == []


def test_answers_without_evidence_miss_none(world: World) -> None:
    """Appeals and decisions of teachers, answers that are left out, and interviews are no loss."""
    alan = world.user("alan")
    live(world, world.user("ada"), "canary")
    world.adapters.agent.otherwise = by_the_book
    alan.upload("notes.txt", PHYSICS, subject_id="physics_101")
    quiz = alan.make_quiz(num_questions=3)
    answers = alan.right_answers(quiz)
    answers.popitem()
    assert alan.submit(quiz, answers).status == 200
    assert "named_row_lost" not in found(world)
    assert world.user("ada").delete("/api/me/data").status == 200
    assert "named_row_lost" not in found(world)
