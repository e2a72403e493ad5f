"""A client cannot set what it may not set: every body, form and message is sent with one extra field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.requests import GOOD_MESSAGES, forms, messages
from tests.security.state import spent, stored
from tests.support.examples import (
    body_of,
    fields_of,
    parameters_of,
    path_of,
    sender,
    with_bodies,
    with_what_routes_make,
)
from tests.support.interviews import begun, connected, prepared
from tests.support.reviews import due_item
from tests.support.world import PHYSICS, User, World

NOT_THEIRS: dict[str, Any] = {
    "user_id": "alan",
    "owner": "alan",
    "auth_user_id": "alan",
    "role": "teacher",
    "active_role": "teacher",
    "status": "completed",
    "score": 100,
    "correct": 0,
    "correct_answers": 3,
    "mastery": 1.0,
    "mastery_level": 1.0,
    "s3_key": "raw-files/user_alan/x_original.txt",
    "key": "raw-files/user_alan/x_original.txt",
    "chunks_created": 1,
    "created_at": "1999-01-01T00:00:00.000Z",
    "version": 1,
    "ttl": 1,
    "is_admin": True,
    "__class__": "x",
    "$set": {"role": "teacher"},
    "": "",
}


@pytest.fixture
def paths(world: World, ada: User) -> dict[str, str]:
    """Ada's ids, by path parameter. With them, each request of these tests is valid except for its extra field."""
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    conversation_id = ada.ask("What does the second law say?").body["conversation_id"]
    known = {
        "item_id": due_item(ada),
        "file_id": file_id,
        "conversation_id": conversation_id,
        "quiz_id": ada.make_quiz(num_questions=1)["quiz_id"],
        "subject_id": "physics_101",
        "assignment_id": "assignment_1",
    }
    asked = [name for route in with_bodies(world.api.routes) for name in parameters_of(route)]
    return with_what_routes_make(asked, world.api.routes, sender(ada), known)


def test_these_tests_cover_every_kind_of_message() -> None:
    assert messages().keys() == GOOD_MESSAGES.keys()


@pytest.mark.parametrize("who", ["ada", "grace"])
def test_an_unknown_field_in_a_body_is_refused_and_changes_nothing(
    world: World, paths: dict[str, str], who: str
) -> None:
    user, before, paid = world.user(who), stored(world), spent(world)
    for route in with_bodies(world.api.routes):
        known, good = fields_of(route.body), body_of(route, paths) or {}
        for field, value in NOT_THEIRS.items():
            if field in known:
                continue
            answer = user.send(route.method, path_of(route, paths), {**good, field: value})
            assert (answer.status, answer.code) == (400, "invalid_request"), (route.operation, field)
    assert stored(world) == before
    assert spent(world) == paid


def test_an_unknown_field_in_a_form_is_refused_and_changes_nothing(world: World, ada: User) -> None:
    before = stored(world)
    for route in forms(world):
        for field, value in NOT_THEIRS.items():
            if field and field not in fields_of(route.form):
                answer = ada.upload_in_request("new.txt", b"words", {field: str(value)})
                assert answer.status == 400, field
    assert stored(world) == before


def test_an_unknown_field_in_a_message_is_refused_and_changes_nothing(world: World, ada: User) -> None:
    prepared(world, ada)
    socket = connected(world, ada)
    begun(socket)
    before, paid = stored(world), spent(world)
    for kind in messages():
        for field, value in NOT_THEIRS.items():
            (refused,) = socket.send({"type": kind, **GOOD_MESSAGES[kind], field: value})
            assert (refused["type"], refused["code"]) == ("error", "invalid_request"), (kind, field)
    assert stored(world) == before
    assert spent(world) == paid


def test_answers_hold_letters_and_nothing_else(world: World, ada: User, paths: dict[str, str]) -> None:
    before = stored(world)
    path = f"/api/quizzes/{paths['quiz_id']}/submit"
    for answers in ({"1": 0}, {"1": ["A"]}, {"1": {"correct": True}}, {"1": "A" * 9}, ["A"], "A", None):
        assert ada.post(path, {"answers": answers}).status == 400
    assert stored(world) == before


@pytest.mark.parametrize("who", ["karl", "ada", "stranger"])
def test_teacher_routes_are_closed_to_all_who_do_not_teach_the_subject(world: World, who: str) -> None:
    """They are closed to another subject's teacher, a learner of the class, and a person whose token says teacher."""
    user = world.stranger() if who == "stranger" else world.user(who)
    before, tried = stored(world), 0
    for route in world.api.routes:
        if "/teacher/" in route.path:
            hers = {"subject_id": "physics_101"}
            answer = user.send(route.method, path_of(route, hers), body_of(route, hers))
            assert answer.status == 403, route.operation
            tried += 1
    assert tried >= 4
    assert stored(world) == before


def test_a_teacher_claim_of_a_person_unknown_to_the_school_is_ignored(world: World) -> None:
    assert world.stranger().get("/api/me").body["active_role"] == "student"
    assert world.stranger().get("/api/subjects").body["items"] == []
