"""Nobody reaches another person's things, or learns whether they exist."""

from __future__ import annotations

import re

import pytest

from chalicelib.http import Route
from tests.support.bank import item
from tests.support.examples import (
    NOT_THERE,
    body_of,
    parameters_of,
    path_of,
    sender,
    with_what_routes_make,
)
from tests.support.world import HISTORY, PHYSICS, Reply, User, World

OF_THE_CLASS = {"subject_id", "assignment_id"}
"""Ids that a classmate has too."""
READS = {"get", "get_many", "query", "fetch", "info", "ids", "keys"}


@pytest.fixture
def hers(world: World, ada: User) -> dict[str, str]:
    """Ada's ids by path parameter. For a name that is not listed, a route makes one."""
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.user("grace").share("physics_101", "lecture.txt", HISTORY, session_id="session_1")
    conversation_id = ada.ask("What does the second law say?").body["conversation_id"]
    taken = ada.make_quiz(subject_id="physics_101", num_questions=1)
    ada.submit(taken, ada.right_answers(taken))
    quiz = ada.make_quiz(subject_id="physics_101", num_questions=2)
    (concept,) = (one["concept"] for one in ada.get("/api/profile").body["concepts"])
    world.services.items.add([item("h1", "history_201")])
    correction = {"item_id": "h1", "key": "B", "reason": "The key was wrong."}
    regrade = world.user("karl").post("/api/teacher/subjects/history_201/regrades", correction)
    known = {
        "regrade_id": regrade.body["regrade_id"],
        "item_id": world.services.decks.of("ada")[0].items[0].item_id,
        "file_id": file_id,
        "conversation_id": conversation_id,
        "quiz_id": quiz["quiz_id"],
        "question_id": "1",
        "result_id": f"{taken['quiz_id']}-r",
        "concept": concept,
        "session_id": "session_of_ada",
        "index": "0",
        "subject_id": "physics_101",
        "assignment_id": "assignment_1",
    }
    asked = [name for route in named(world) for name in parameters_of(route)]
    return with_what_routes_make(asked, world.api.routes, sender(ada), known)


def named(world: World) -> list[Route]:
    """The routes whose path contains an id."""
    return [route for route in world.api.routes if parameters_of(route) and not route.is_public]


def reach(who: User, route: Route, values: dict[str, str]) -> Reply:
    return who.send(route.method, path_of(route, values), body_of(route, values))


def writes(world: World) -> set[str]:
    """The calls that change the stores, since their records were last cleared."""
    a = world.adapters
    asked = {
        method for calls in (a.key_values.calls, a.objects.calls, a.vectors.calls) for method, *_ in calls
    }
    return asked - READS


@pytest.mark.parametrize("other", ["alan", "mary", "grace", "karl"])
def test_every_route_answers_alike_for_another_users_id_and_for_an_unknown_id(
    world: World, ada: User, hers: dict[str, str], other: str
) -> None:
    """The routes come from the route table, so a new route is tested at once."""
    them = world.user(other)
    is_in_class = other in ("alan", "grace")
    assert len(named(world)) >= 20
    for recorder in (world.adapters.key_values, world.adapters.objects, world.adapters.vectors):
        recorder.calls.clear()
    world.adapters.agent.tasks.clear()
    tried = 0
    for route in named(world):
        operation, parameters = route.operation, set(parameters_of(route))
        kept = OF_THE_CLASS if is_in_class else set()
        if not parameters - kept - {"index"}:
            continue
        missing = {name: hers[name] if name in {*kept, "index"} else NOT_THERE for name in hers}
        for_hers, for_none = reach(them, route, hers), reach(them, route, missing)
        assert for_hers.status == (403 if "/teacher/" in operation and other != "grace" else 404), operation
        assert for_hers.but_for_the_request_id() == for_none.but_for_the_request_id(), operation
        assert not re.search("notes|Newton|law", for_hers.text)
        tried += 1
    assert tried >= 12
    assert writes(world) == set()
    assert world.adapters.agent.tasks == []


def test_ids_in_bodies_are_checked_as_well(world: World, hers: dict[str, str], alan: User) -> None:
    asked = len(world.adapters.agent.tasks)
    for file_id in (hers["file_id"], NOT_THERE):
        assert alan.post("/api/quizzes", {"document_ids": [file_id]}).code == "file_not_found"
    for conversation_id in (hers["conversation_id"], NOT_THERE):
        assert alan.ask("Go on?", conversation_id=conversation_id).code == "conversation_not_found"
    key = f"raw-files/user_ada/{hers['file_id']}_original.txt"
    for file_key in (key, key.replace("user_ada", "user_alan"), "raw-files/../secret", "x"):
        answer = alan.post("/api/files", {"file_key": file_key, "file_name": "n.txt"})
        assert (answer.status, answer.code) == (404, "file_not_found")
    assert len(world.adapters.agent.tasks) == asked


def test_lists_and_answers_contain_only_the_learners_own_documents(
    world: World, hers: dict[str, str], alan: User
) -> None:
    assert alan.get("/api/files").body["items"] == []
    assert alan.get("/api/chat/conversations").body["items"] == []
    answer = alan.ask("What does the second law say?", subject_id="physics_101").body
    assert {citation["source_file"] for citation in answer["citations"]} <= {"lecture.txt"}  # of the class
    task = world.adapters.agent.tasks[-1]
    assert {passage.source for passage in task.passages} <= {"lecture.txt"}
    assert not re.search("notes|Newton|law says", f"{answer} {task.request.partition('<question>')[0]}")


@pytest.mark.parametrize(
    "bad", ["..%2f..%2fetc", "%00", "x" * 5000, "a%0Ab", "%E2%80%AE", "ada%27--", "*", "%F0%9F%98%80"]
)
def test_malformed_ids_are_not_found(ada: User, bad: str) -> None:
    for path in (f"/api/files/{bad}", f"/api/chat/conversations/{bad}", f"/api/files/{bad}/chunks/0"):
        assert ada.get(path).status == 404
