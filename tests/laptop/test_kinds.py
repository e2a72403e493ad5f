"""Each kind of question over a real server: a teacher's items, answered right, half right and wrong, scored once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from demo.play import Person, post_form, running_server, token_of, until_processed
from domain.quizzes.quiz_words import KINDS
from tests.support.kinds import BODY, EXAMPLES, Example

pytestmark = [pytest.mark.slow, pytest.mark.wire]
CLASS = "/api/teacher/subjects/physics_101"
ASSIGNED = f"{CLASS}/assignments/assignment_1/quiz"
BY_STEM = {one.question: one for one in EXAMPLES}


def test_every_kind_is_marked_and_scored_once(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        grace, ada, alan = (Person(server.url, token_of(who, server)) for who in ("grace", "ada", "alan"))
        upload_material(grace)
        made = [item(grace, one) for one in EXAMPLES]
        assert {one["kind"] for one in made} == set(KINDS)
        assert [one["admission"]["code"] for one in made] == [None] * len(KINDS)
        grace.post(ASSIGNED, {"item_ids": [one["item_id"] for one in made], "attempts": 3})
        for learner, part in ((ada, "right"), (alan, "half"), (alan, "wrong")):
            result = scored_once(learner, part)
            credits = {one["question"]: one["credit"] for one in result["results"]}
            for example in EXAMPLES:
                least, most = {"right": (1, 1), "half": (0.3, 0.7), "wrong": (0, 0)}[part]
                if part == "half" and example.half is None:
                    least = most = 0
                assert least <= credits[example.question] <= most, (part, example.kind)
        assert len(ada.send("GET", "/api/quiz-results")["items"]) == 1
        assert len(alan.send("GET", "/api/quiz-results")["items"]) == 2
        counts = [one["evidence_count"] for one in ada.send("GET", "/api/profile")["concepts"]]
        assert counts == [1] * len(KINDS)


def upload_material(grace: Person) -> None:
    """Upload the text as a material of the class, and wait until it is processed."""
    content = BODY.encode()
    wanted = {
        "file_name": "body.txt",
        "content_type": "",
        "file_size": len(content),
        "session_id": "session_1",
    }
    offer = grace.post(f"{CLASS}/materials/upload-url", wanted)
    post_form(offer["upload"]["url"], offer["upload"]["fields"], "body.txt", content)
    material = until_processed(lambda: grace.send("GET", f"{CLASS}/materials")["items"][0])
    assert material["status"] == "completed"


def item(grace: Person, example: Example) -> Any:
    """The example as an approved item of the class."""
    letters = example.kind in ("multiple_choice", "multiple_answer", "ordering", "true_false")
    key: Any = list(example.answers)
    if example.kind == "ordering":
        key = list("ABC")
    elif example.kind == "true_false":
        key = "B"
    elif len(key) == 1:
        (key,) = key
    written = {"kind": example.kind, "question": example.question, "correct_answer": key}
    if letters and example.options:
        written["options"] = list(example.options)
    (made,) = grace.post(f"{CLASS}/items", written | {"concept": f"concept {example.kind}"})["items"]
    return grace.post(f"{CLASS}/items/{made['item_id']}/approve", {})


def scored_once(learner: Person, part: str) -> Any:
    """The result of an attempt that eight requests submit at one moment, with this part of each example as the answer."""
    quiz = learner.post("/api/assignments/assignment_1/generate-quiz", {})
    answers = {}
    for question in quiz["questions"]:
        example = BY_STEM[question["question"]]
        given = getattr(example, part) or example.wrong
        answers[question["question_id"]] = example.sent(given, question["options"])

    def submit(_: int) -> Any:
        try:
            return learner.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers})
        except HTTPError as refused:
            with refused:
                return refused.code

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(submit, range(8)))
    results = [one for one in answered if one != 409]
    assert results
    assert all(one == results[0] for one in results)
    return results[0]
