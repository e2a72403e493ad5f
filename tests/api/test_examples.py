"""The examples of the routes, from which the tests of all routes are made."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.api import build_app
from chalicelib.http import Api
from ports.agent import Task, WriteQuestions
from tests.support.bank import MADE_AT, item
from tests.support.examples import (
    body_of,
    parameters_of,
    path_of,
    sender,
    with_bodies,
    with_what_routes_make,
)
from tests.support.reviews import due_item
from tests.support.world import PHYSICS, User, World, physics_quiz


def questions_or_words(task: Task) -> str:
    return physics_quiz(task) if isinstance(task, WriteQuestions) else "Force equals mass times acceleration."


def test_the_example_of_every_route_is_a_request_that_succeeds(world: World, ada: User, alan: User) -> None:
    world.adapters.agent.otherwise = questions_or_words
    grace = world.user("grace")
    lecture = grace.share("physics_101", "lecture.txt", PHYSICS, session_id="session_1")
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    known = {
        "file_id": file_id,
        "file_key": f"raw-files/user_ada/{file_id}_original.txt",
        "subject_id": "physics_101",
        "item_id": due_item(alan, subject_id="physics_101"),
        "assignment_id": "assignment_1",
    }
    of_the_bank = world.services.items.add([item("i1"), item("i2").approved(MADE_AT, keep=False)])
    hers = {"file_id": lecture, "item_id": of_the_bank[0].item_id, "item_ids": of_the_bank[1].item_id}
    routes = with_bodies(world.api.routes)
    asked = [name for route in routes for name in parameters_of(route)]
    things = with_what_routes_make(asked, world.api.routes, sender(ada), known)
    for route in routes:
        who, named = ada, things
        if "/teacher/" in route.path:
            who, named = grace, things | hers
        elif "/assignments/" in route.path or "/reviews/" in route.path:
            # at that time, ada's quizzes have used up the questions, and alan has a review that is due
            who = alan
        reply = who.send(route.method, path_of(route, named), body_of(route, named))
        assert reply.status < 300, f"{route.operation}: {reply.text}"
    assert len(routes) >= 10


def test_a_route_with_a_body_and_without_an_example_of_it_cannot_be_declared(world: World) -> None:
    class Wanted(msgspec.Struct):
        name: str

    class Other(msgspec.Struct):
        name: str

    api = Api(build_app(), world.services)
    for example in (None, Other("x")):
        with pytest.raises(TypeError, match="POST /api/wishes needs an example of its body, a Wanted"):
            api.route("POST", "/api/wishes", body=Wanted, example=example, answers=None)
    with pytest.raises(TypeError, match="GET /api/wishes"):
        api.route("GET", "/api/wishes", example=Wanted("x"), answers=None)
