"""The edge of the WebSocket: tickets, messages and pushes."""

from __future__ import annotations

from typing import Any

import pytest

from ports.errors import TimedOut
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World


@pytest.fixture
def ticket(ada: User) -> str:
    answer = ada.post("/api/ws-ticket")
    assert answer.body["expires_in"] == 60
    assert answer.body["url"].startswith("ws")
    return str(answer.body["ticket"])


@pytest.fixture
def socket(world: World, ticket: str) -> Socket:
    socket = Socket(world)
    assert socket.connect(ticket) == 200
    return socket


def test_a_ticket_opens_one_connection(world: World, ticket: str) -> None:
    assert Socket(world, "first=").connect(ticket) == 200
    assert Socket(world, "second=").connect(ticket) == 401


def test_a_ticket_ends_after_a_minute(world: World, ticket: str) -> None:
    world.adapters.clock.advance(61)
    assert Socket(world).connect(ticket) == 401


@pytest.mark.parametrize("bad", [None, "", "forged", "x" * 5000])
def test_a_connection_without_a_valid_ticket_is_refused(world: World, bad: str | None) -> None:
    assert Socket(world).connect(bad) == 401


def test_only_allowed_origins_may_connect(world: World, ticket: str) -> None:
    assert Socket(world).connect(ticket, "https://evil.example") == 403
    assert Socket(world).connect(ticket, "http://localhost:3000") == 200


def test_no_table_holds_the_ticket_itself(world: World, ticket: str) -> None:
    assert ticket not in repr(vars(world.adapters.key_values))


def test_a_ping_is_answered_by_a_pong(socket: Socket) -> None:
    assert socket.send({"type": "ping"}) == [{"type": "pong"}]
    assert socket.send({"type": "ping", "request_id": "r1"}) == [{"type": "pong", "request_id": "r1"}]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "malformed_json"),
        ("{", "malformed_json"),
        ("[]", "invalid_request"),
        ({}, "invalid_request"),
        ({"type": "dance"}, "invalid_request"),
        ({"type": "ping", "user_id": "mary"}, "invalid_request"),
        ({"type": "chat_message"}, "invalid_request"),
        ({"type": "chat_message", "message": " "}, "invalid_request"),
        ({"type": "chat_message", "message": "x" * 4001}, "invalid_request"),
        ({"type": "chat_message", "message": "hi", "conversation_id": "another's"}, "invalid_request"),
        ({"type": "chat_message", "message": "hi", "conversation_id": "none"}, "conversation_not_found"),
        ({"type": "ping", "request_id": 5}, "invalid_request"),
        ("x" * 200_000, "invalid_message"),
    ],
)
def test_a_wrong_message_gets_an_error_and_the_connection_stays_open(
    socket: Socket, message: Any, code: str
) -> None:
    (answer,) = socket.send(message)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert socket.send({"type": "ping"}) == [{"type": "pong"}]


def test_an_error_echoes_the_request_id(socket: Socket) -> None:
    (answer,) = socket.send({"type": "dance", "request_id": "r7"})
    assert answer["request_id"] == "r7"


def test_an_answer_streams_and_is_stored_as_it_was_streamed(world: World, ada: User, socket: Socket) -> None:
    ada.upload("notes.txt", PHYSICS)
    quote = "every action has an equal and opposite reaction"
    world.adapters.agent.enqueue(["Forces come ", "in pairs [1 ", f'"{quote}"', "]. Always."])
    *deltas, done = socket.send(
        {"type": "chat_message", "message": "What does the third law say?", "request_id": "r"}
    )
    assert [delta["type"] for delta in deltas] == ["chat_delta"] * len(deltas)
    assert len(deltas) > 1
    assert done["type"] == "chat_done"
    assert (
        "".join(delta["text"] for delta in deltas) == done["response"] == "Forces come in pairs [1]. Always."
    )
    assert done["citations"][0]["quote"] == quote
    kept = ada.get(f"/api/chat/conversations/{done['conversation_id']}").body["items"]
    assert kept[1]["content"] == done["response"]
    assert all(message["request_id"] == "r" for message in (*deltas, done))


def test_a_client_that_disconnects_midway_finds_the_answer_in_the_conversation(
    world: World, ada: User, socket: Socket
) -> None:
    def leave_and_answer(_: object) -> list[str | Exception]:
        world.adapters.gateway.drop(socket.connection_id)
        return ["An answer ", "to nobody."]

    world.adapters.agent.enqueue(leave_and_answer)
    assert socket.send({"type": "chat_message", "message": "Anyone there?"}) == []
    (conversation,) = ada.get("/api/chat/conversations").body["items"]
    kept = ada.get(f"/api/chat/conversations/{conversation['conversation_id']}").body["items"]
    assert kept[1]["content"] == "An answer to nobody."


def test_an_agent_that_fails_midway_gives_an_error(world: World, ada: User, socket: Socket) -> None:
    world.adapters.agent.enqueue(["Half an ", TimedOut("agent")])
    *_, last = socket.send({"type": "chat_message", "message": "Anything?"})
    assert (last["type"], last["code"]) == ("error", "agent_timed_out")
    assert ada.get("/api/chat/conversations").body["items"] == []


def test_a_connection_belongs_to_its_learner_and_ends(
    world: World, alan: User, socket: Socket, ada: User
) -> None:
    theirs = alan.ask("Mine alone?").body["conversation_id"]
    (answer,) = socket.send({"type": "chat_message", "message": "Go on", "conversation_id": theirs})
    assert answer["code"] == "conversation_not_found"
    socket.disconnect()
    world.adapters.gateway.open(socket.connection_id)
    (answer,) = socket.send({"type": "ping"})
    assert answer["code"] == "connection_closed"


def test_a_connection_is_over_after_two_hours(world: World, socket: Socket) -> None:
    world.adapters.clock.advance(7201)
    (answer,) = socket.send({"type": "ping"})
    assert answer["code"] == "connection_closed"
