"""Who may connect to the WebSocket, for how long, and which secrets it keeps."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from chalicelib.logs import JsonLines
from domain.base.tables import TABLES
from ports.errors import Unavailable
from tests.security.requests import GOOD_MESSAGES
from tests.security.state import spent
from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.socket_client import Socket
from tests.support.world import User, World

HOUR = 3600
AGAIN = "YWRhc1NlY29uZFQ="


@pytest.fixture
def world(either: World) -> World:
    return either


def ticket_of(who: User) -> str:
    return str(who.post("/api/ws-ticket").body["ticket"])


def test_a_ticket_is_valid_once_and_for_a_minute(world: World, ada: User) -> None:
    first, second = ticket_of(ada), ticket_of(ada)
    assert Socket(world).connect(first) == 200
    assert Socket(world, AGAIN).connect(first) == 401
    world.adapters.clock.advance(61)
    assert Socket(world, AGAIN).connect(second) == 401


def test_only_allowed_origins_may_connect(world: World, ada: User) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:3000.evil.example", "file://"):
        assert Socket(world).connect(ticket_of(ada), origin) == 403
    assert Socket(world).connect(ticket_of(ada), "http://localhost:3000") == 200


def test_an_access_token_is_not_accepted_as_a_ticket(world: World, ada: User) -> None:
    assert Socket(world).connect(ada.token) == 401


def test_neither_the_log_nor_the_store_contains_a_ticket_or_a_resume_token(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("lyceum")
    was, logger.propagate = logger.propagate, True
    try:
        with caplog.at_level(logging.DEBUG, logger="lyceum"):
            prepared(world, ada)
            ticket = ticket_of(ada)
            socket = Socket(world)
            socket.connect(ticket)
            Socket(world, AGAIN).connect(ticket)
            token = begun(socket)["resume_token"]
    finally:
        logger.propagate = was
    written = "\n".join(map(JsonLines("test").format, caplog.records))
    rows = [world.adapters.key_values.items(table) for table in TABLES]
    for secret in (ticket, token, str(ada.token)):
        assert len(secret) > 2
        assert secret not in written
        assert json.dumps(secret) not in json.dumps(rows, default=str)


@pytest.fixture
def socket(world: World, ada: User) -> Socket:
    prepared(world, ada)
    return connected(world, ada)


@pytest.mark.parametrize("kind", GOOD_MESSAGES)
def test_a_message_after_the_token_has_expired_is_refused_and_the_connection_closed(
    world: World, socket: Socket, kind: str
) -> None:
    paid = spent(world)
    world.adapters.clock.advance(HOUR)
    (refused,) = socket.send({"type": kind, **GOOD_MESSAGES[kind], "request_id": "late"})
    assert (refused["type"], refused["code"], refused["request_id"]) == ("error", "token_expired", "late")
    assert not world.adapters.gateway.is_open(socket.connection_id)
    assert socket.send({"type": kind, **GOOD_MESSAGES[kind]}) == []
    assert spent(world) == paid


def test_messages_are_answered_until_the_token_expires(world: World, socket: Socket) -> None:
    world.adapters.clock.advance(HOUR - 1)
    assert socket.send({"type": "ping"}) == [{"type": "pong"}]


def test_a_connection_expires_with_the_token_that_asked_for_its_ticket(world: World, ada: User) -> None:
    short = User(world, "ada", world.adapters.identity.mint(world.person("ada"), seconds=90))
    world.adapters.clock.advance(50)
    ticket = ticket_of(short)
    world.adapters.clock.advance(30)
    late = Socket(world)
    assert late.connect(ticket) == 200
    assert late.send({"type": "ping"}) == [{"type": "pong"}]
    world.adapters.clock.advance(10)
    assert late.send({"type": "ping"})[0]["code"] == "token_expired"
    assert connected(world, ada, AGAIN).send({"type": "ping"}) == [{"type": "pong"}]


def test_an_interview_goes_on_with_a_new_token_after_the_old_one_expired(
    world: World, ada: User, socket: Socket
) -> None:
    started = begun(socket)
    world.adapters.clock.advance(HOUR - 60)
    renewed = connected(world, world.user("ada"), AGAIN)
    session = {name: started[name] for name in ("session_id", "resume_token")}
    world.adapters.clock.advance(60)
    assert socket.send({"type": "ping"})[0]["code"] == "token_expired"
    resumed: Any = renewed.send({"type": "resume_interview", **session})
    assert resumed[0]["question"] == started["question"]
    answered, *_ = renewed.send({"type": "text_answer", "text": ANSWERS[started["question"]]})
    assert answered["score"] == 100


def test_messages_are_refused_even_if_the_gateway_cannot_close_the_connection() -> None:
    world = World()
    socket = connected(world, world.user("ada"))
    world.adapters.clock.advance(HOUR)

    def fail(connection_id: str) -> None:
        raise Unavailable("connection_gateway")

    world.adapters.gateway.close = fail
    assert socket.send({"type": "ping"})[0]["code"] == "token_expired"
    assert socket.send({"type": "ping"})[0]["code"] == "connection_closed"
