"""Hints through the API: three in order, none reveals the key, and the answer becomes weaker evidence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from domain.progress.evidence import Evidence
from ports.agent import WriteHint
from ports.errors import Throttled
from tests.support.leaks import leaking_replies, reveals_key
from tests.support.world import PHYSICS, Reply, User, World


@pytest.fixture
def quiz(ada: User) -> Any:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    return ada.make_quiz(subject_id="physics_101")


def hinted(who: User, quiz: Any, question_id: str = "1", **options: Any) -> Reply:
    return who.post(f"/api/quizzes/{quiz['quiz_id']}/questions/{question_id}/hint", **options)


def evidence(world: World, quiz: Any) -> dict[str, Evidence]:
    found = world.services.ledger.evidence("ada", "physics_101")
    return {one.evidence_id.removeprefix(f"{quiz['quiz_id']}-"): one for one in found}


def test_three_hints_come_one_after_the_other_and_stay_with_the_quiz(
    world: World, ada: User, quiz: Any
) -> None:
    world.adapters.agent.enqueue("Think about what the question says. The rest is easy.")
    given = [hinted(ada, quiz) for _ in range(4)]
    assert [reply.status for reply in given] == [200, 200, 200, 409]
    assert given[3].code == "no_more_hints"
    told = [reply.body for reply in given[:3]]
    assert [one["number"] for one in told] == [1, 2, 3]
    assert [one["hints_left"] for one in told] == [2, 1, 0]
    assert [one["evidence_weight"] for one in told] == [0.75, 0.5, 0.25]
    assert told[1]["hint"].endswith("Think about what the question says.")
    questions = ada.get(f"/api/quizzes/{quiz['quiz_id']}").body["questions"]
    assert [one["hints"] for one in questions] == [[one["hint"] for one in told], [], []]
    (task,) = (task for task in world.adapters.agent.tasks if isinstance(task, WriteHint))
    assert task.question in questions[0]["question"]


def test_an_answer_after_hints_is_weaker_evidence_with_the_same_score(
    world: World, ada: User, quiz: Any
) -> None:
    for _ in range(3):
        hinted(ada, quiz, "2")
    hinted(ada, quiz, "3")
    result = ada.submit(quiz, ada.right_answers(quiz)).body
    assert result["score"] == 100
    assert [one["hints_used"] for one in result["results"]] == [0, 3, 1]
    assert {number: one.weight for number, one in evidence(world, quiz).items()} == {
        "1": 1.0,
        "2": 0.25,
        "3": 0.75,
    }
    rises = [change["after"] - change["before"] for change in result["mastery_changes"]]
    assert len({round(rise, 6) for rise in rises}) == 3
    assert hinted(ada, quiz).code == "quiz_already_submitted"
    again = ada.post(f"/api/quizzes/{quiz['quiz_id']}/retake").body
    assert [one["hints"] for one in again["questions"]] == [[], [], []]


def test_hints_and_a_submission_at_once_lose_nothing(world: World, ada: User, quiz: Any) -> None:
    answers = ada.right_answers(quiz)

    def act(number: int) -> Reply:
        return ada.submit(quiz, answers) if number % 3 == 2 else hinted(ada, quiz, "1")

    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(act, range(6)))
    results = [reply.body for number, reply in enumerate(replies) if number % 3 == 2]
    assert results[0] == results[1]
    given = [reply for number, reply in enumerate(replies) if number % 3 != 2 and reply.status == 200]
    assert results[0]["results"][0]["hints_used"] == len(given)
    assert len(evidence(world, quiz)) == 3
    assert evidence(world, quiz)["1"].weight == 1 - 0.25 * len(given)


def test_a_repeated_request_gets_the_same_hint(ada: User, quiz: Any) -> None:
    first, again = (hinted(ada, quiz, headers={"Idempotency-Key": "hint-1"}) for _ in range(2))
    assert first.body == again.body
    assert hinted(ada, quiz).body["number"] == 2


def test_a_missing_quiz_or_question_gets_no_hint(world: World, ada: User, quiz: Any) -> None:
    assert hinted(ada, quiz, "9").code == "question_not_found"
    assert hinted(ada, {"quiz_id": "none"}).code == "quiz_not_found"
    assert hinted(world.user("alan"), quiz).code == "quiz_not_found"


def test_without_an_agent_the_hints_come_by_rules(world: World, ada: User, quiz: Any) -> None:
    world.adapters.agent.enqueue(Throttled("agent", "later"))
    assert [hinted(ada, quiz).status for _ in range(3)] == [200, 200, 200]


def test_a_model_that_leaks_on_purpose_cannot_send_a_key_through_the_api(
    world: World, ada: User, quiz: Any
) -> None:
    random = Random(1)
    stored = world.services.quizzes.get("ada", quiz["quiz_id"])
    replies = [(one, reply) for one in stored.questions for reply in leaking_replies(one, random)]
    quizzes = [quiz]
    for question, reply in replies[::4]:
        ada.submit(quizzes[-1], ada.right_answers(quizzes[-1]))
        quizzes.append(ada.post(f"/api/quizzes/{quizzes[-1]['quiz_id']}/retake").body)
        now = world.services.quizzes.get("ada", quizzes[-1]["quiz_id"])
        same = next(one for one in now.questions if one.question == question.question)
        cut = random.randrange(len(reply) + 1)
        world.adapters.agent.enqueue([reply[:cut], reply[cut:]])
        told = [hinted(ada, quizzes[-1], same.question_id) for _ in range(3)]
        for one in told:
            assert not reveals_key(one.body["hint"], same), (one.body, reply)
        shown = ada.get(f"/api/quizzes/{quizzes[-1]['quiz_id']}").body["questions"]
        assert all(one["correct_answer"] is None for one in shown)
