"""Nobody reaches another's things, nor learns whether they exist."""

from __future__ import annotations

import re

import pytest

from tests.world import PHYSICS, Reply, User, World

BODIES = {
    "PATCH /api/chat/conversations/{conversation_id}": {"title": "mine now"},
}
NOT_THERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def hers(world: World, ada: User) -> dict[str, str]:
    """What ada has, by path parameter."""
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    conversation_id = ada.ask("What does the second law say?").body["conversation_id"]
    return {"file_id": file_id, "conversation_id": conversation_id, "index": "0"}


def reach(who: User, operation: str, values: dict[str, str]) -> Reply:
    method, _, path = operation.partition(" ")
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return who.send(method, path, BODIES.get(operation))


@pytest.mark.parametrize("other", ["alan", "mary", "grace", "karl"])
def test_every_route_that_names_an_id_looks_the_same_for_hers_and_for_none(
    world: World, ada: User, hers: dict[str, str], other: str
) -> None:
    """The routes come from the table itself: a new one is covered the day it is declared."""
    them = world.user(other)
    them.get("/api/me")
    world.adapters.key_values.calls.clear()
    named = [route.operation for route in world.api.routes if "{" in route.path and not route.is_public]
    assert len(named) >= 7
    for operation in named:
        missing = dict.fromkeys(hers, NOT_THERE) | {"index": "0"}
        for_hers, for_none = reach(them, operation, hers), reach(them, operation, missing)
        assert for_hers.status == 404, operation
        assert for_hers.but_for_the_request_id() == for_none.but_for_the_request_id(), operation
        assert not re.search("notes|Newton|law", for_hers.text)
    assert {method for method, _ in world.adapters.key_values.calls} <= {"get", "query"}
    assert ada.get(f"/api/files/{hers['file_id']}").body["status"] == "completed"
    assert ada.get(f"/api/chat/conversations/{hers['conversation_id']}").status == 200


def test_ids_in_bodies_are_checked_as_well(world: World, hers: dict[str, str], alan: User) -> None:
    for conversation_id in (hers["conversation_id"], NOT_THERE):
        assert alan.ask("Go on?", conversation_id=conversation_id).code == "conversation_not_found"
    key = f"raw-files/user_ada/{hers['file_id']}_original.txt"
    for file_key in (key, key.replace("user_ada", "user_alan"), "raw-files/../secret", "x"):
        answer = alan.post("/api/files", {"file_key": file_key, "file_name": "n.txt"})
        assert (answer.status, answer.code) == (404, "file_not_found")
    assert world.adapters.agent.prompts[-1].question == "What does the second law say?"


def test_lists_and_answers_hold_only_ones_own(world: World, hers: dict[str, str], alan: User) -> None:
    assert alan.get("/api/files").body["items"] == []
    assert alan.get("/api/chat/conversations").body["items"] == []
    answer = alan.ask("What does the second law say?", subject_id="physics_101").body
    assert answer["citations"] == []
    assert world.adapters.agent.prompts[-1].passages == ()


@pytest.mark.parametrize(
    "bad", ["..%2f..%2fetc", "%00", "x" * 5000, "a%0Ab", "%E2%80%AE", "ada%27--", "*", "%F0%9F%98%80"]
)
def test_strange_ids_are_not_there(ada: User, bad: str) -> None:
    for path in (f"/api/files/{bad}", f"/api/chat/conversations/{bad}", f"/api/files/{bad}/chunks/0"):
        assert ada.get(path).status == 404
