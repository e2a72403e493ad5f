"""Reviews through the API: a question answered wrong comes back tomorrow, with reasons, and is scored once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.base.learner import Learner
from domain.base.tables import LEARNING_EVIDENCE, QUIZZES, REVIEWS
from domain.progress.pace import REVIEWS_A_DAY
from ports.errors import TimedOut
from tests.support.world import PHYSICS, PHYSICS_ITEMS_OF_OTHER_KINDS, Reply, User, World

A_DAY = 24 * 3600


@pytest.fixture
def taken(ada: User) -> Any:
    """A quiz of three questions, of which ada answered the first right and the others wrong."""
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    quiz = ada.make_quiz(subject_id="physics_101")
    right, wrong = ada.right_answers(quiz), ada.wrong_answers(quiz)
    answers = {number: (right if number == "1" else wrong)[number] for number in right}
    assert ada.submit(quiz, answers).status == 200
    return {**quiz, "right": right, "wrong": wrong}


def tomorrow(world: World) -> User:
    """Ada, a day later, with a new token."""
    world.adapters.clock.advance(A_DAY)
    return world.user("ada")


def due(who: User, **query: str) -> Any:
    reply = who.get("/api/reviews?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert reply.status == 200, reply.text
    return reply.body


def answer(who: User, item: Any, letter: str) -> Reply:
    return who.post(f"/api/reviews/{item['item_id']}", {"answer": letter})


def asked(taken: Any, item: Any) -> str:
    """The number of the question in the quiz."""
    (found,) = (
        one["question_id"] for one in taken["questions"] if one["question"] == item["question"]["question"]
    )
    return str(found)


def test_a_question_answered_wrong_today_comes_back_tomorrow_with_reasons(
    world: World, ada: User, taken: Any
) -> None:
    assert due(ada) == {"items": [], "due": 0, "left_today": REVIEWS_A_DAY, "next_cursor": None}
    ada = tomorrow(world)
    found = due(ada)
    assert found["due"] == len(found["items"]) == 2
    for item in found["items"]:
        assert asked(taken, item) != "1"
        assert item["question"]["correct_answer"] is None
        assert item["subject_id"] == "physics_101"
        why = item["why"]
        assert (why["last_scores"], why["answers"], why["lapses"]) == ([0.0], 1, 1)
        assert (why["last_answered_on"], why["due_on"], why["days_overdue"]) == (
            "2026-09-14",
            "2026-09-15",
            0,
        )
        assert 0 < why["chance_of_recall"] < 0.6
        assert why["stability_days"] > 0
    ada = tomorrow(world)
    later = due(ada, subject_id="physics_101")
    assert later["due"] == 3
    assert asked(taken, later["items"][-1]) == "1"
    assert due(ada, subject_id="general")["due"] == 0
    assert ada.get("/api/reviews?subject_id=history_201").status == 404


def test_an_answer_is_scored_once_and_moves_the_due_day(world: World, ada: User, taken: Any) -> None:
    ada = tomorrow(world)
    item, other = due(ada)["items"]
    number = asked(taken, item)
    before = ada.get("/api/profile").body
    reply = answer(ada, item, taken["right"][number]).body
    assert (reply["is_correct"], reply["credit"], reply["correct_answer"]) == (
        True,
        1.0,
        taken["right"][number],
    )
    assert PHYSICS[reply["citation"]["start"] : reply["citation"]["end"]] == reply["citation"]["quote"]
    assert reply["explanation"]
    assert reply["due_on"] > "2026-09-15"
    (change,) = reply["mastery_changes"]
    assert change["after"] > change["before"]
    left = due(ada)
    assert [one["item_id"] for one in left["items"]] == [other["item_id"]]
    assert left["left_today"] == REVIEWS_A_DAY - 1

    assert answer(ada, item, taken["right"][number]).body == reply
    assert answer(ada, item, taken["wrong"][number]).code == "review_already_answered"
    after = ada.get("/api/profile").body
    assert after["total_interactions"] == before["total_interactions"] + 1
    evidence = ada.get(f"/api/profile/concepts/{change['concept']}").body["items"]
    assert [one["source"] for one in evidence] == ["review", "quiz"]

    answer(ada, other, taken["wrong"][asked(taken, other)])
    ada = tomorrow(world)
    assert other["item_id"] in {one["item_id"] for one in due(ada)["items"]}


def test_two_answers_at_once_are_scored_once(world: World, ada: User, taken: Any) -> None:
    ada = tomorrow(world)
    item = due(ada)["items"][0]
    number = asked(taken, item)
    letters = [taken["right"][number], taken["wrong"][number]] * 3
    with ThreadPoolExecutor(len(letters)) as pool:
        replies = list(pool.map(lambda letter: answer(ada, item, letter), letters))
    assert {reply.status for reply in replies} == {200, 409}
    assert len({reply.text for reply in replies if reply.status == 200}) == 1
    assert ada.get("/api/profile").body["total_interactions"] == 4


def test_an_answer_that_is_not_due_or_does_not_fit_is_refused_and_changes_nothing(
    world: World, ada: User, taken: Any
) -> None:
    ada = tomorrow(world)
    items = due(ada)["items"]
    known = {deck_item.item_id for deck in world.services.decks.of("ada") for deck_item in deck.items}
    (early,) = known - {one["item_id"] for one in items}
    rows = [world.adapters.key_values.items(table) for table in (REVIEWS, LEARNING_EVIDENCE)]
    assert ada.post(f"/api/reviews/{early}", {"answer": "A"}).code == "review_not_due"
    assert ada.post("/api/reviews/none", {"answer": "A"}).code == "review_not_found"
    assert answer(world.user("alan"), items[0], "A").code == "review_not_found"
    assert answer(ada, items[0], "Z").code == "unknown_option"
    assert ada.post(f"/api/reviews/{items[0]['item_id']}", {"answer": ["A", "B"]}).code == "wrong_answer_form"
    assert [world.adapters.key_values.items(table) for table in (REVIEWS, LEARNING_EVIDENCE)] == rows


def test_an_empty_text_is_no_answer(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    (cloze,) = (one for one in PHYSICS_ITEMS_OF_OTHER_KINDS if one["kind"] == "cloze")
    world.adapters.agent.enqueue(json.dumps({"questions": [cloze | {"passage": 1}]}))
    made = ada.post("/api/quizzes", {"num_questions": 1, "kinds": ["cloze"], "subject_id": "physics_101"})
    ada.submit(made.body, {"1": "nothing"})
    ada = tomorrow(world)
    (item,) = due(ada)["items"]
    refused = answer(ada, item, "  ")
    assert (refused.status, refused.code, refused.body["error"]["field"]) == (400, "no_answer", "answer")
    assert due(ada)["items"] == [item]


@pytest.mark.slow
def test_reviews_have_a_daily_limit_and_a_thousand_due_items_take_four_round_trips(
    world: World, ada: User, taken: Any
) -> None:
    """The questions of 200 quizzes are due; their evidence is written as version 0.2 wrote it, and folded by a refresh."""
    store, ledger = world.adapters.key_values, world.services.ledger
    (quiz,) = (row for row in store.items(QUIZZES) if row["quiz_id"] == taken["quiz_id"])
    (first, *_) = ledger.evidence("ada", "physics_101")
    now = world.adapters.clock.now()
    for number in range(334):
        quiz_id = f"old-quiz-{number}"
        store.put(QUIZZES, quiz | {"quiz_id": quiz_id})
        for question in ("1", "2", "3"):
            piece = {
                "evidence_id": f"{quiz_id}-{question}",
                "source_id": quiz_id,
                "question_key": f"{number}-{question}",
                "score": 0.0,
            }
            evidence = type(first)(**{name: getattr(first, name) for name in first.__slots__} | piece)
            for put in ledger.evidence_puts([evidence]):
                store.put(LEARNING_EVIDENCE, put.item)
    store.put(LEARNING_EVIDENCE, ledger.marker_put("ada", "physics_101", "old", now).item)
    world.services.progress.refresh("ada", "physics_101")
    ada = tomorrow(world)
    store.calls.clear()
    found = world.services.reviewing.due(Learner("ada", "auth-ada", None, "Ada", "student"), None, limit=100)
    assert len(store.calls) <= 4
    assert found.due > 1000
    assert len(found.reviews) == found.left_today == REVIEWS_A_DAY
    assert len(due(ada, limit="5")["items"]) == 5
    for review in found.reviews:
        reply = ada.post(f"/api/reviews/{review.due.item.item_id}", {"answer": "A"})
        assert reply.status == 200, reply.text
    rest = due(ada)
    assert (rest["items"], rest["left_today"]) == ([], 0)
    assert rest["due"] > 900


def test_evidence_from_before_there_were_decks_comes_back(world: World, ada: User, taken: Any) -> None:
    world.adapters.key_values.delete(REVIEWS, {"user_id": "ada", "review_id": "deck#physics_101"})
    ada = tomorrow(world)
    assert due(ada)["due"] == 2


def test_a_review_whose_refresh_failed_is_kept_and_counted_by_the_sweeper(
    world: World, ada: User, taken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = tomorrow(world)
    item = due(ada)["items"][0]

    def fails(*_: Any) -> None:
        raise TimedOut("vectors", "later")

    with monkeypatch.context() as patch:
        patch.setattr(world.services.progress, "refresh", fails)
        reply = answer(ada, item, taken["right"][asked(taken, item)])
    assert reply.status == 200
    assert due(ada)["due"] == 2
    assert answer(ada, item, taken["right"][asked(taken, item)]).body == reply.body
    world.adapters.clock.advance(120)
    world.sweep()
    assert due(ada)["due"] == 1


def test_erasing_removes_decks_and_answers(world: World, ada: User, taken: Any) -> None:
    ada = tomorrow(world)
    item = due(ada)["items"][0]
    answer(ada, item, "A")
    assert {
        row["review_id"].partition("#")[0] for row in ada.get("/api/me/export").body["export"]["reviews"]
    } == {
        "deck",
        "answer",
    }
    world.adapters.clock.advance(1)
    assert ada.delete("/api/me/data").body["erased"]["reviews"] == 2
    assert world.adapters.key_values.items(REVIEWS) == []
    assert due(ada)["due"] == 0


def test_a_retake_is_a_new_attempt_with_the_same_questions(world: World, ada: User, taken: Any) -> None:
    again = ada.post(f"/api/quizzes/{taken['quiz_id']}/retake").body
    assert again["retake_of"] == taken["quiz_id"] != again["quiz_id"]
    assert again["submitted_at"] is None
    assert [one["question"] for one in again["questions"]] == [one["question"] for one in taken["questions"]]
    assert all(one["correct_answer"] is None for one in again["questions"])
    assert ada.post(f"/api/quizzes/{again['quiz_id']}/retake").code == "quiz_not_submitted"
    first = ada.get(f"/api/quizzes/{taken['quiz_id']}/result").body
    result = ada.submit(again, ada.right_answers(again)).body
    assert result["score"] == 100
    assert ada.get(f"/api/quizzes/{taken['quiz_id']}/result").body == first
    third = ada.post(f"/api/quizzes/{again['quiz_id']}/retake").body
    assert third["retake_of"] == taken["quiz_id"]
    (deck,) = world.services.decks.of("ada")
    assert [item.answers for item in deck.items] == [2, 2, 2]
    assert world.user("alan").post(f"/api/quizzes/{taken['quiz_id']}/retake").status == 404
