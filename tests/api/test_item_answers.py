"""Answers to items of the bank: stored with the result, counted by item, removed with the learner."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from domain.base.learner import Learner
from domain.base.tables import ITEM_ANSWERS, QUIZ_RESULTS, QUIZZES
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.scoring import read_answers, score
from tests.support.bank import QUESTION, item, quiz_of
from tests.support.faults import Crash, Faults, worker
from tests.support.world import User, World

SEVERAL = replace(
    QUESTION,
    question="Which of these are quantities?",
    options=("a mass", "a speed", "a colour", "a name"),
    kind="multiple_answer",
    correct=-1,
    right=(0, 1),
)
ITEMS = [item("i1"), item("i2", question=SEVERAL)]


def given(world: World, learner: str, quiz_id: str = "q1") -> dict[str, Any]:
    """A quiz of ``ITEMS`` for the learner, and the answers to send: one right, one half right."""
    quiz = world.services.quizzes.add(quiz_of(ITEMS, learner, quiz_id))
    first, second = quiz.questions
    shown = [LETTERS[second.options.index(option)] for option in ("a mass", "a speed", "a colour")]
    return {"answers": {"1": LETTERS[first.correct], "2": shown}}


def rows(world: World) -> list[Any]:
    answers = world.services.item_answers
    return [one for name in ("i1", "i2") for one in answers.of("physics_101", name)]


def test_stored_item_answers_have_the_option_letters_of_the_item(world: World, ada: User) -> None:
    body = given(world, "ada")
    result = ada.post("/api/quizzes/q1/submit", body).body

    first, second = rows(world)

    assert (first.user_id, first.quiz_id, first.question_id, first.item_version) == ("ada", "q1", "1", 1)
    assert (first.answer, first.credit) == ("A", 1.0)
    assert (second.answer, second.credit) == (("A", "B", "C"), 0.5)
    assert (first.attempt_credit, first.attempt_questions) == (1.5, 2)
    assert first.answered_at == result["submitted_at"]
    assert [one["evidence_count"] for one in ada.get("/api/profile?subject_id=physics_101").body["concepts"]]


def test_submitting_again_stores_nothing_more(world: World, ada: User) -> None:
    body = given(world, "ada")
    first = ada.post("/api/quizzes/q1/submit", body)
    again = ada.post("/api/quizzes/q1/submit", body)
    assert first.but_for_the_request_id() == again.but_for_the_request_id()
    assert len(rows(world)) == 2


def test_a_quiz_without_items_stores_no_item_answers(world: World, ada: User) -> None:
    ada.upload("notes.txt", "A force is a push.", subject_id="physics_101")
    quiz = quiz_of(ITEMS, "ada", "q2")
    plain = [replace(one, item_id=None, item_version=0, item_order=()) for one in quiz.questions]
    world.services.quizzes.add(replace(quiz, questions=tuple(plain)))
    assert ada.post("/api/quizzes/q2/submit", {"answers": {"1": "A"}}).status == 200
    assert rows(world) == []


def test_an_erasure_removes_a_learners_answers_and_nobody_elses(world: World, ada: User, alan: User) -> None:
    for who, quiz_id in ((ada, "q1"), (alan, "q2")):
        assert who.post(f"/api/quizzes/{quiz_id}/submit", given(world, who.name, quiz_id)).status == 200
    erased = ada.delete("/api/me/data")
    assert erased.body["erased"]["item_answers"] == 2
    assert {one.user_id for one in rows(world)} == {"alan"}


def test_questions_stored_before_items_existed_are_read_without_an_item() -> None:
    world = World()
    world.services.quizzes.add(quiz_of(ITEMS, "ada", "q1"))
    (row,) = world.adapters.key_values.items(QUIZZES)
    for question in row["questions"]:
        for name in ("item_id", "item_version", "item_order"):
            del question[name]
    del row["attempt"]
    world.adapters.key_values.put(QUIZZES, row)

    read = world.services.quizzes.get("ada", "q1")

    assert [(one.item_id, one.item_version, one.item_order) for one in read.questions] == [(None, 0, ())] * 2
    assert read.attempt == 0


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_crash_at_any_call_leaves_the_result_and_its_item_answers_or_neither(after_effect: bool) -> None:
    learner = Learner("ada", "", None, "Ada Lovelace", "student")
    for at in itertools.count(1):
        world = World()
        body = given(world, "ada")
        faults = Faults(at=at, after_effect=after_effect)
        try:
            worker(world, faults).grading.submit(learner, "q1", body["answers"])
        except Crash:
            pass
        store = world.adapters.key_values
        assert len(store.items(ITEM_ANSWERS)) == 2 * len(store.items(QUIZ_RESULTS))
        assert world.user("ada").post("/api/quizzes/q1/submit", body).status == 200
        assert (len(store.items(ITEM_ANSWERS)), len(store.items(QUIZ_RESULTS))) == (2, 1)
        if faults.calls < at:
            assert at > 5
            return


def test_the_answers_of_a_thousand_learners_to_an_item_take_few_round_trips() -> None:
    world = World()
    for number in range(1000):
        quiz = quiz_of(ITEMS, f"learner-{number:04}", f"{number:032}")
        scored = score(quiz, read_answers(quiz, {"1": "A", "2": ["A", "B", "C"]}))
        world.adapters.key_values.transact(
            world.services.item_answers.puts(quiz, scored, "2026-09-14T08:00:00.000Z")
        )
    world.adapters.key_values.calls.clear()

    found = world.services.item_answers.of("physics_101", "i2")

    assert len({one.user_id for one in found}) == len(found) == 1000
    assert len(world.adapters.key_values.calls) <= 3
