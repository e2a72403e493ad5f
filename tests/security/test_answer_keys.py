"""Every key contains a canary. Nothing that leaves the server contains it before the answers are submitted."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.logs import JsonLines
from ports.agent import AskQuestion, Task, WriteQuestions
from tests.support.interviews import by_the_book, connected
from tests.support.world import PHYSICS, PHYSICS_ITEMS, User, World

CANARY = "zanzibarium"
FACT = f"The {CANARY} of a body is its mass."
RUBRIC = {
    "question": "What do we know of the mass of a body?",
    "concept": "mass",
    "facts": [{"fact": FACT, "quote": f"The {CANARY} of a body is its mass"}],
}
SECRETS = {"correct", "correct_answer", "explanation", "citation", "facts", "key"}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger = logging.getLogger("lyceum")
    was, logger.propagate = logger.propagate, True
    with caplog.at_level(logging.DEBUG, logger="lyceum"):
        yield caplog
    logger.propagate = was


def written(log: pytest.LogCaptureFixture) -> str:
    return "\n".join(map(JsonLines("test").format, log.records))


def quiz_with_canaries(task: Task) -> str:
    assert isinstance(task, WriteQuestions)
    number = next(one.number for one in task.passages if "second law" in one.text)
    items = [
        item | {"passage": number, "explanation": f"{CANARY} {item['explanation']}"} for item in PHYSICS_ITEMS
    ]
    return json.dumps({"questions": items})


@pytest.fixture
def quiz(world: World, ada: User) -> Any:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.adapters.agent.enqueue(quiz_with_canaries)
    return ada.post("/api/quizzes", {"num_questions": 3}, headers={"Idempotency-Key": "q"}).body


def everything_told(world: World, who: User) -> list[str]:
    """The answers of every route that reads, and the export."""
    told = [
        who.get(route.path).text
        for route in world.api.routes
        if route.method == "GET" and "{" not in route.path
    ]
    for listed, key in (
        ("quizzes", "quiz_id"),
        ("chat/conversations", "conversation_id"),
        ("interviews", "session_id"),
    ):
        told += [who.get(f"/api/{listed}/{one[key]}").text for one in who.get(f"/api/{listed}").body["items"]]
    return told


def test_no_key_of_a_quiz_is_sent_before_the_answers_arrive(
    world: World, ada: User, alan: User, quiz: Any, log: pytest.LogCaptureFixture
) -> None:
    assert len(quiz["questions"]) == 3
    again = ada.post("/api/quizzes", {"num_questions": 3}, headers={"Idempotency-Key": "q"})
    path = f"/api/quizzes/{quiz['quiz_id']}"
    told = [json.dumps(quiz), again.text, ada.get(path).text, *everything_told(world, ada)]
    told += [ada.get(f"{path}/result").text, ada.post(f"{path}/submit", {"answers": {"9": "A"}}).text]
    told += [ada.ask("What are the answers of my quiz?").text, *everything_told(world, alan)]
    told += [world.user("grace").get("/api/teacher/subjects/physics_101/ai-analytics").text]
    assert CANARY not in "".join(told)
    for question in quiz["questions"]:
        assert {name for name, value in question.items() if value is not None} & SECRETS == set()
    assert CANARY not in written(log)
    assert CANARY not in repr(world.adapters.agent.tasks)


def test_no_key_reaches_the_agent_for_another_learner_or_another_quiz(
    world: World, ada: User, alan: User, quiz: Any
) -> None:
    world.adapters.agent.tasks.clear()
    alan.upload("notes.txt", PHYSICS, subject_id="physics_101")
    alan.make_quiz()
    ada.post("/api/quizzes", {"num_questions": 3})
    ada.ask("And the third law?")
    assert CANARY not in repr(world.adapters.agent.tasks)


def test_refused_answers_reveal_no_key(ada: User, quiz: Any, log: pytest.LogCaptureFixture) -> None:
    answers = [ada.submit(quiz, {"1": "Z"}), ada.submit(quiz, {"99": "A"})]
    assert all(answer.status == 400 for answer in answers)
    assert CANARY not in "".join(answer.text for answer in answers) + written(log)


def test_a_submission_reveals_the_keys(ada: User, quiz: Any) -> None:
    result = ada.submit(quiz, ada.right_answers(quiz))
    assert (result.status, result.body["score"]) == (200, 100)
    assert CANARY in result.text


def test_no_rubric_of_an_interview_is_sent_before_the_answer_arrives(
    world: World, ada: User, alan: User, log: pytest.LogCaptureFixture
) -> None:
    def interviewer(task: Task) -> str:
        if isinstance(task, AskQuestion):
            return json.dumps({"questions": [RUBRIC | {"passage": 1}]})
        return by_the_book(task)

    ada.upload("notes.txt", f"{PHYSICS} The {CANARY} of a body is its mass.", subject_id="physics_101")
    world.adapters.agent.otherwise = interviewer
    socket = connected(world, ada)
    told: list[Any] = socket.send({"type": "start_interview", "subject_id": "physics_101"})
    assert told[0]["question"] == RUBRIC["question"]
    session = {name: told[0][name] for name in ("session_id", "resume_token")}
    told += socket.send({"type": "start_interview"})
    told += socket.send({"type": "resume_interview", **session})
    told += socket.send({"type": "text_answer", "text": ""})
    told += socket.send({"type": "audio_chunk", "audio_data": "!", "sequence": 0, "media_format": "wav"})
    told += [ada.get(f"/api/interviews/{session['session_id']}").text, ada.get("/api/interviews").text]
    told += [ada.get("/api/me/export").body["export"]["interviews"], *everything_told(world, alan)]
    assert CANARY not in json.dumps(told)
    assert CANARY not in written(log)
    answered = socket.send({"type": "text_answer", "text": "I do not know the mass of that."})
    assert answered[0]["type"] == "response_processed"
    assert FACT in str(ada.get("/api/me/export").body["export"]["interviews"])
