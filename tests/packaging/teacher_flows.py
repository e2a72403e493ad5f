"""Decisions of a teacher through a stage's functions: items, an assigned quiz, marks, a corrected key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.packaging.flows import schedule
from tests.packaging.frontend import Frontend, Functions, Reply

_OF_SUBJECT = "/api/teacher/subjects/{subject_id}"
_ASSIGNED = f"{_OF_SUBJECT}/assignments/{{assignment_id}}/quiz"
_PHYSICS = {"subject_id": "physics_101"}
_ASSIGNMENT = {"assignment_id": "assignment_1"}
_ITEM = {
    "question": "What does a force change?",
    "options": ["the motion of a body", "the name of a body", "the number of bodies"],
    "correct_answer": "A",
    "concept": "force",
}
_LOOK_SECONDS = 61
"""The seconds after which the sweeper looks at a regrade again."""


def as_a_class_decides(
    functions: Functions, learner: Frontend, teacher: Frontend, advance: Callable[[float], None]
) -> None:
    """An item is written, assigned and answered. Its mark is disputed and decided. Its key is corrected."""
    item_id = written(teacher)
    of(teacher.post(_ASSIGNED, {"item_ids": [item_id]}, **_PHYSICS, **_ASSIGNMENT))
    quiz = of(
        learner.post("/api/assignments/{assignment_id}/generate-quiz", {"num_questions": 1}, **_ASSIGNMENT)
    )
    answers = {question["question_id"]: "B" for question in quiz["questions"]}
    result = of(learner.post("/api/quizzes/{quiz_id}/submit", {"answers": answers}, quiz_id=quiz["quiz_id"]))
    disputed = {"question_id": "1", "sentence": "My answer says the same in other words."}
    of(learner.post("/api/results/{result_id}/appeals", disputed, result_id=result["result_id"]))
    assert of(teacher.get(f"{_OF_SUBJECT}/appeals", subject_id="physics_101"))["items"]
    decided = {"result_id": result["result_id"], "question_id": "1", "verdict": "right", "reason": "It does."}
    of(teacher.post(f"{_OF_SUBJECT}/overrides", decided, **_PHYSICS))
    assert of(teacher.get(f"{_OF_SUBJECT}/decisions", subject_id="physics_101"))["items"]
    corrected = {"item_id": item_id, "key": "B", "reason": "The key was wrong."}
    of(teacher.post(f"{_OF_SUBJECT}/regrades", corrected | {"dry_run": True}, **_PHYSICS))
    regrade = of(teacher.post(f"{_OF_SUBJECT}/regrades", corrected, **_PHYSICS))
    advance(_LOOK_SECONDS)
    schedule(functions)
    told = of(
        teacher.send(
            "GET",
            f"{_OF_SUBJECT}/regrades/{{regrade_id}}",
            path=_PHYSICS | {"regrade_id": regrade["regrade_id"]},
        )
    )
    assert told["state"] == "done"


def written(teacher: Frontend) -> str:
    """Write and approve an item. Returns its id."""
    item_id = str(of(teacher.post(f"{_OF_SUBJECT}/items", _ITEM, **_PHYSICS))["item_id"])
    named = _PHYSICS | {"item_id": item_id}
    of(teacher.post(f"{_OF_SUBJECT}/items/{{item_id}}/approve", {"keep": True}, **named))
    return item_id


def of(reply: Reply) -> Mapping[str, Any]:
    assert reply.status == 200, reply.text
    body: Mapping[str, Any] = reply.body
    return body
