"""Pushing to clients: the recording gateway, and the laptop's over real sockets."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from adapters.local.gateway import LocalWebSocketGateway
from fakes.connection_gateway import RecordingGateway
from fakes.system import FrozenClock, SequentialIds
from ports.connection_gateway import MAX_FRAME_BYTES
from tests.contracts.connection_gateway import ConnectionGatewayContract

PATIENCE = 5


class Room:
    """Handlers that note each event; ``on_message`` may be set to do more."""

    def __init__(self) -> None:
        self.events: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.on_message: Callable[[dict[str, Any]], None] = lambda event: None

    def connect(self, event: dict[str, Any]) -> Mapping[str, Any]:
        query = event["queryStringParameters"] or {}
        self.events.put(event)
        return {"statusCode": int(query.get("status", 200))}

    def message(self, event: dict[str, Any]) -> Mapping[str, Any]:
        self.events.put(event)
        self.on_message(event)
        return {"statusCode": 200}

    def disconnect(self, event: dict[str, Any]) -> Mapping[str, Any]:
        self.events.put(event)
        return {"statusCode": 200}

    def next(self) -> dict[str, Any]:
        return self.events.get(timeout=PATIENCE)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 9, 14, 8, 0, tzinfo=UTC))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def gateway(room: Room, clock: FrozenClock) -> Iterator[LocalWebSocketGateway]:
    gateway = LocalWebSocketGateway("127.0.0.1", 0, clock, SequentialIds())
    gateway.start(room)
    yield gateway
    gateway.stop()


def opened(gateway: LocalWebSocketGateway, room: Room, query: str = "") -> tuple[ClientConnection, str]:
    client = connect(f"ws://127.0.0.1:{gateway.port}/{query}", compression=None)
    return client, str(room.next()["requestContext"]["connectionId"])


class TestRecordingGateway(ConnectionGatewayContract):
    @pytest.fixture
    def client(self) -> tuple[Any, ...]:
        gateway = RecordingGateway()
        gateway.open("c=")
        return gateway, "c=", lambda count: gateway.sent["c="][-count:], lambda: gateway.drop("c=")


class TestLocalWebSocketGateway(ConnectionGatewayContract):
    @pytest.fixture
    def client(self, gateway: LocalWebSocketGateway, room: Room) -> Iterator[tuple[Any, ...]]:
        connection, connection_id = opened(gateway, room)

        def leave() -> None:
            connection.close()
            assert room.next()["requestContext"]["eventType"] == "DISCONNECT"

        with connection:
            yield (
                gateway,
                connection_id,
                lambda count: [connection.recv(timeout=PATIENCE) for _ in range(count)],
                leave,
            )


def test_events_have_api_gateways_shape(gateway: LocalWebSocketGateway, room: Room) -> None:
    with connect(f"ws://127.0.0.1:{gateway.port}/?ticket=t%201", origin="http://localhost:3000") as client:  # type: ignore[arg-type]
        came = room.next()
        client.send("hello")
        said = room.next()
        client.send(b"\x00\x01")
        binary = room.next()
    left = room.next()
    context = came["requestContext"]
    assert (context["routeKey"], context["eventType"]) == ("$connect", "CONNECT")
    assert came["queryStringParameters"] == {"ticket": "t 1"}
    assert came["multiValueQueryStringParameters"] == {"ticket": ["t 1"]}
    assert came["headers"]["Origin"] == "http://localhost:3000"
    assert (said["requestContext"]["routeKey"], said["body"], said["isBase64Encoded"]) == (
        "$default",
        "hello",
        False,
    )
    assert (binary["body"], binary["isBase64Encoded"]) == ("AAE=", True)
    assert (left["requestContext"]["routeKey"], left["requestContext"]["disconnectStatusCode"]) == (
        "$disconnect",
        1000,
    )
    ids = {event["requestContext"]["connectionId"] for event in (came, said, binary, left)}
    assert len(ids) == 1
    assert ids.pop().endswith("=")


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_refused_connection_is_refused_before_the_handshake(
    gateway: LocalWebSocketGateway, room: Room, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{gateway.port}/?status={status}")
    assert refused.value.response.status_code == status
    assert room.next()["requestContext"]["eventType"] == "CONNECT"
    assert room.events.empty()


def test_what_is_no_handshake_reaches_no_handler(gateway: LocalWebSocketGateway, room: Room) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
    connection.request("GET", "/?ticket=x")
    assert connection.getresponse().status == 426
    connection.close()
    assert room.events.empty()


@pytest.mark.parametrize("frames", [["x" * (MAX_FRAME_BYTES + 1)], ["x" * MAX_FRAME_BYTES] * 5])
def test_frames_and_messages_over_the_limit_close_with_1009(
    gateway: LocalWebSocketGateway, room: Room, frames: list[str]
) -> None:
    client, _ = opened(gateway, room)
    with client, pytest.raises(ConnectionClosed) as closed:
        client.send(frames)
        client.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    assert room.next()["requestContext"]["eventType"] == "DISCONNECT"


def test_a_message_in_legal_frames_arrives_whole(gateway: LocalWebSocketGateway, room: Room) -> None:
    client, _ = opened(gateway, room)
    with client:
        client.send(["x" * MAX_FRAME_BYTES] * 3 + ["end"])
        assert room.next()["body"] == "x" * (3 * MAX_FRAME_BYTES) + "end"


@pytest.mark.parametrize(("steps", "seconds"), [(1, 601), (13, 590)])
def test_idle_and_old_connections_are_closed(
    gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock, steps: int, seconds: int
) -> None:
    """Ten minutes without a word, or two hours however talkative."""
    client, _ = opened(gateway, room)
    with client:
        for _ in range(steps):
            client.send("still here")
            room.next()
            clock.advance(seconds)
        gateway.enforce_limits()
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


def test_a_handler_that_fails_is_apologised_for(gateway: LocalWebSocketGateway, room: Room) -> None:
    def fail(event: dict[str, Any]) -> None:
        raise KeyError("a bug")

    room.on_message = fail
    client, connection_id = opened(gateway, room)
    with client:
        client.send("hello")
        answer = json.loads(client.recv(timeout=PATIENCE))
        assert (answer["message"], answer["connectionId"]) == ("Internal server error", connection_id)
        room.on_message = lambda event: gateway.send(connection_id, "well again")
        client.send("hello")
        assert client.recv(timeout=PATIENCE) == "well again"


def test_messages_of_one_connection_are_handled_side_by_side(
    gateway: LocalWebSocketGateway, room: Room
) -> None:
    both = threading.Barrier(2, timeout=PATIENCE)
    room.on_message = lambda event: gateway.send(
        event["requestContext"]["connectionId"], str(both.wait() >= 0)
    )
    client, _ = opened(gateway, room)
    with client:
        client.send("one")
        client.send("two")
        assert [client.recv(timeout=PATIENCE) for _ in range(2)] == ["True", "True"]


def test_a_client_that_vanishes_is_disconnected_once(gateway: LocalWebSocketGateway, room: Room) -> None:
    client, connection_id = opened(gateway, room)
    client.close_socket()
    left = room.next()
    assert left["requestContext"]["connectionId"] == connection_id
    assert left["requestContext"]["disconnectStatusCode"] == 1006
    assert room.events.empty()


def test_each_of_many_connections_gets_its_own_pushes_alone(
    gateway: LocalWebSocketGateway, room: Room
) -> None:
    room.on_message = lambda event: gateway.send(
        event["requestContext"]["connectionId"], f"to {event['body']}"
    )

    def talk(number: int) -> list[str | bytes]:
        with connect(f"ws://127.0.0.1:{gateway.port}/") as client:
            for _ in range(3):
                client.send(str(number))
            return [client.recv(timeout=4 * PATIENCE) for _ in range(3)]

    with ThreadPoolExecutor(60) as pool:
        for number, heard in enumerate(pool.map(talk, range(60))):
            assert heard == [f"to {number}"] * 3
