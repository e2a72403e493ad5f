"""Another person's ids in bodies, forms, queries and messages.

The requests are generated from the schemas, so a new field is covered at once. Ids in paths:
``tests/api/test_ownership.py``.
"""

from __future__ import annotations

import json

import pytest

from chalicelib.http import Route
from tests.security.requests import GOOD_MESSAGES, forms, messages
from tests.security.state import spent, stored
from tests.support.bank import item
from tests.support.examples import (
    NOT_THERE,
    as_given,
    body_of,
    fields_of,
    ids_of,
    parameters_of,
    path_of,
    sender,
    with_bodies,
    with_what_routes_make,
)
from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.socket_client import Socket
from tests.support.world import HISTORY, PHYSICS, Reply, User, World

WORDS = "quetzalcoatl"
"""A word that is in all of Ada's things."""
MARYS = "bWFyeXNDb25uZWM="


@pytest.fixture
def hers(world: World, ada: User) -> dict[str, str]:
    """Ada's ids, by the name of the field that takes them. For a name that is not listed, a route makes one."""
    prepared(world, ada)
    file_id = ada.upload(f"{WORDS}.txt", f"{PHYSICS} {WORDS}.", subject_id="physics_101")
    world.adapters.agent.enqueue(f"{WORDS} answers.")
    conversation_id = ada.ask(f"What of {WORDS}?").body["conversation_id"]
    quiz = ada.make_quiz(num_questions=1)
    started = begun(connected(world, ada))
    named = {
        "result_id": ada.submit(quiz, ada.right_answers(quiz)).body["result_id"],
        "file_id": file_id,
        "document_ids": file_id,
        "file_key": f"raw-files/user_ada/{file_id}_original.txt",
        "conversation_id": conversation_id,
        "subject_id": "physics_101",
        "subjects": "physics_101",
        "session_id": "session_1",
        "interview": started["session_id"],
        "resume_token": started["resume_token"],
        "item_ids": world.services.items.add([item()])[0].item_id,
        "item_id": "i1",
    }
    asked = {name for route in world.api.routes for name in ids_of(route.body) | ids_of(route.query)}
    return with_what_routes_make(asked, world.api.routes, sender(ada), named)


def own(world: World, user: User) -> dict[str, str]:
    """The ids of a person of the history class, for the other fields of a request."""
    named = {
        "subject_id": "history_201",
        "subjects": "history_201",
        "concept": "motion",
        "assignment_id": "assignment_1",
    }
    named["file_id"] = named["document_ids"] = user.upload("own.txt", HISTORY, subject_id="history_201")
    asked = [name for route in with_bodies_that_name_ids(world) for name in parameters_of(route)]
    return with_what_routes_make(asked, world.api.routes, sender(user), named)


def with_bodies_that_name_ids(world: World) -> list[Route]:
    return [route for route in with_bodies(world.api.routes) if ids_of(route.body)]


def missing(field: str) -> str:
    return f"raw-files/user_mary/{NOT_THERE}_original.txt" if field == "file_key" else NOT_THERE


def assert_alike(hers: Reply, nothing: Reply, where: str) -> None:
    assert hers.but_for_the_request_id() == nothing.but_for_the_request_id(), where
    assert WORDS not in hers.text


@pytest.mark.parametrize("other", ["mary", "karl"])
def test_another_users_id_in_a_body_is_answered_like_an_unknown_id(
    world: World, hers: dict[str, str], other: str
) -> None:
    them = world.user(other)
    theirs = own(world, them)
    before, paid, tried = stored(world), spent(world), 0
    for route in with_bodies(world.api.routes):
        for field in set(fields_of(route.body)) & hers.keys():
            good = body_of(route, theirs) or {}
            answers = [
                them.send(
                    route.method, path_of(route, theirs), {**good, field: as_given(route.body, field, value)}
                )
                for value in (hers[field], missing(field))
            ]
            assert 400 <= answers[0].status < 500, route.operation
            assert_alike(answers[0], answers[1], f"{route.operation} {field}")
            tried += 1
    assert tried >= 10
    assert stored(world) == before
    assert spent(world) == paid


def test_another_users_id_in_a_form_is_answered_like_an_unknown_id(
    world: World, hers: dict[str, str], mary: User
) -> None:
    before = stored(world)
    for route in forms(world):
        for field in set(fields_of(route.form)) & hers.keys():
            answers = [
                mary.upload_in_request("new.txt", b"words", {field: value})
                for value in (hers[field], missing(field))
            ]
            assert answers[0].status == 404
            assert_alike(answers[0], answers[1], f"{route.operation} {field}")
    assert stored(world) == before


def test_another_users_id_in_a_query_is_answered_like_an_unknown_id(
    world: World, hers: dict[str, str], mary: User
) -> None:
    tried = 0
    for route in world.api.routes:
        if route.is_public:
            continue
        for field in set(fields_of(route.query)) & hers.keys():
            path = path_of(route, {"subject_id": "history_201", "concept": "motion"})
            answers = [mary.get(f"{path}?{field}={value}") for value in (hers[field], missing(field))]
            assert_alike(answers[0], answers[1], f"{route.operation} {field}")
            assert json.loads(answers[0].text).get("items", []) == []
            tried += 1
    assert tried >= 4


def test_a_user_id_claimed_in_a_query_or_header_is_ignored(
    world: World, hers: dict[str, str], mary: User
) -> None:
    for route in world.api.routes:
        if route.method == "GET" and not route.is_public and "{" not in route.path:
            claimed = mary.get(f"{route.path}?user_id=ada&owner=ada&as=ada", headers={"X-User-Id": "ada"})
            assert_alike(claimed, mary.get(route.path), route.operation)


@pytest.fixture
def marys(world: World, hers: dict[str, str], mary: User) -> Socket:
    return connected(world, mary, MARYS)


def test_another_users_id_in_a_message_is_answered_like_an_unknown_id(
    world: World, hers: dict[str, str], marys: Socket
) -> None:
    before, paid, tried = stored(world), spent(world), 0
    for kind, schema in messages().items():
        for field in set(fields_of(schema)) & {"conversation_id", "subject_id", "session_id"}:
            value = hers["interview" if field == "session_id" else field]
            token = {"resume_token": hers["resume_token"]} if kind == "resume_interview" else {}
            sent = {"type": kind, **GOOD_MESSAGES[kind], **token}
            for_hers, for_none = (marys.send({**sent, field: one}) for one in (value, NOT_THERE))
            assert for_hers == for_none, (kind, field)
            assert [one["type"] for one in for_hers] == ["error"], (kind, field)
            tried += 1
    assert tried >= 4
    after = stored(world)
    for one in (before, after):
        del one["rows"]["lms-websocket-connections"]  # the socket remembers the last interview that was tried
    assert after == before
    assert spent(world) == paid


def test_a_connection_cannot_answer_another_users_question(
    world: World, ada: User, hers: dict[str, str], marys: Socket
) -> None:
    for message in (
        {"type": "text_answer", "text": "Hers to give.", "question_number": 1},
        {"type": "audio_chunk", "audio_data": "aGk=", "sequence": 0, "media_format": "wav"},
        {"type": "end_interview"},
    ):
        (refused,) = marys.send(message)
        assert refused["code"] == "no_interview"
    assert ada.get(f"/api/interviews/{hers['interview']}").body["turns"][0]["transcription"] is None


def test_a_resume_token_opens_nothing_but_its_own_interview_for_its_own_learner(
    world: World, ada: User, hers: dict[str, str]
) -> None:
    again = connected(world, ada, "YWRhc1NlY29uZFQ=")
    tries = [("wrong", hers["interview"]), (hers["resume_token"], NOT_THERE)]
    for token, session_id in tries:
        (refused,) = again.send({"type": "resume_interview", "session_id": session_id, "resume_token": token})
        assert refused["code"] == "interview_not_found"
    (resumed,) = again.send(
        {
            "type": "resume_interview",
            "session_id": hers["interview"],
            "resume_token": hers["resume_token"],
        }
    )
    assert resumed["type"] == "interview_resumed"


@pytest.mark.parametrize("she_left", ["with a word", "without a word"])
def test_a_result_is_not_pushed_to_a_new_user_of_the_same_connection_id(
    world: World, ada: User, mary: User, she_left: str
) -> None:
    prepared(world, ada)
    mary.upload("notes.txt", HISTORY, subject_id="history_201")
    hers = connected(world, ada)
    started = begun(hers)
    words = ANSWERS[started["question"]]
    world.adapters.transcriber.enqueue(words)
    hers.send(
        {
            "type": "audio_chunk",
            "audio_data": "UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA=",
            "sequence": 0,
            "media_format": "wav",
        }
    )
    if she_left == "with a word":
        hers.disconnect()
    marys = connected(world, mary, hers.connection_id)
    marys.take()
    world.adapters.clock.advance(120)
    world.sweep()
    for key in list(world.adapters.objects.keys("transcripts/")):
        from chalicelib import events

        events.transcript_created(world.services, {"Records": [{"s3": {"object": {"key": key}}}]})
    assert marys.take() == []
    assert marys.send({"type": "ping"}) == [{"type": "pong"}]
    (turn, *_) = ada.get(f"/api/interviews/{started['session_id']}").body["turns"]
    assert turn["transcription"] == words
