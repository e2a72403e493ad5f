"""The laptop's WebSocket gateway over real sockets: the contract, API Gateway's events and limits, and badly behaved
clients.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from adapters.local.gateway.connection import MAX_UNREAD_BYTES
from adapters.local.gateway.gateway import GRACE_SECONDS, HANDLER_SECONDS, MAX_WAITING, LocalWebSocketGateway
from fakes.system import FrozenClock, SequentialIds
from ports.connection_gateway import MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, Gone
from tests.contracts.connection_gateway.contract import ConnectionGatewayContract

PATIENCE = 60


class Room:
    """Handlers that record each event. ``on_connect`` and ``on_message`` can be set to do more."""

    def __init__(self) -> None:
        self.events: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.on_connect: Callable[[dict[str, Any]], None] = lambda event: None
        self.on_message: Callable[[dict[str, Any]], None] = lambda event: None

    def connect(self, event: dict[str, Any]) -> Mapping[str, Any]:
        query = event["queryStringParameters"] or {}
        self.events.put(event)
        self.on_connect(event)
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

    def next_kind(self) -> str:
        return str(self.next()["requestContext"]["eventType"])


class Gate:
    """Blocks a handler until the test opens it."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def wait(self, event: dict[str, Any]) -> None:
        assert self._opened.wait(PATIENCE)


class RawClient:
    """A client that does nothing by itself: it neither reads nor answers unless the test tells it to."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_frame(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        self.send(Frame(opcode, data, fin).serialize(mask=True))

    def read(self, until: bytes) -> bytes:
        """The received bytes, up to and including ``until``, or up to the end of the connection."""
        heard = b""
        while not heard.endswith(until) and (byte := self.socket.recv(1)):
            heard += byte
        return heard

    def read_all(self) -> bytes:
        """The received bytes, until the connection ends or is reset."""
        heard = b""
        try:
            while data := self.socket.recv(65536):
                heard += data
        except ConnectionResetError:
            pass
        return heard

    def shake_hands(self) -> None:
        self.send(handshake())
        assert self.read(b"\r\n\r\n").startswith(b"HTTP/1.1 101")

    def close(self) -> None:
        self.socket.close()


HANDSHAKE = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def handshake(**changed: str | None) -> bytes:
    """A browser's handshake request. Headers are added or, if None, left out. In their names, ``_`` stands for ``-``."""
    headers = HANDSHAKE | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join(["GET /?ticket=x HTTP/1.1", *lines, "", ""]).encode()


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


@pytest.fixture
def one_worker(room: Room, clock: FrozenClock) -> Iterator[LocalWebSocketGateway]:
    """A gateway that handles one message at a time, so that the others wait."""
    gateway = LocalWebSocketGateway("127.0.0.1", 0, clock, SequentialIds(), workers=1)
    gateway.start(room)
    yield gateway
    gateway.stop()


def opened(gateway: LocalWebSocketGateway, room: Room, query: str = "") -> tuple[ClientConnection, str]:
    client = connect(f"ws://127.0.0.1:{gateway.port}/{query}", compression=None)
    return client, str(room.next()["requestContext"]["connectionId"])


def all_taken(client: ClientConnection, gateway: LocalWebSocketGateway) -> None:
    """Wait until the gateway has queued everything that the client has sent."""
    assert client.ping().wait(PATIENCE)
    gateway.enforce_limits()  # the thread that has just answered the ping answers this too


def closed_with(client: ClientConnection) -> int:
    """The code with which the gateway closes the connection. Pushes before it are ignored."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            client.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


class TestLocalWebSocketGateway(ConnectionGatewayContract):
    @pytest.fixture
    def client(self, gateway: LocalWebSocketGateway, room: Room) -> Iterator[tuple[Any, ...]]:
        connection, connection_id = opened(gateway, room)

        def leave() -> None:
            connection.close()
            assert room.next_kind() == "DISCONNECT"

        with connection:
            yield (
                gateway,
                connection_id,
                lambda count: [connection.recv(timeout=PATIENCE) for _ in range(count)],
                leave,
            )


class TestEvents:
    def test_events_have_the_shape_of_api_gateway(self, gateway: LocalWebSocketGateway, room: Room) -> None:
        with connect(
            f"ws://127.0.0.1:{gateway.port}/?ticket=t%201",
            origin="http://localhost:3000",  # type: ignore[arg-type]
        ) as client:
            came = room.next()
            client.send("hello")
            said = room.next()
            client.send(b"\x00\x01")
            binary = room.next()
        left = room.next()
        context = came["requestContext"]
        assert (context["routeKey"], context["eventType"]) == ("$connect", "CONNECT")
        assert context["identity"] == {"sourceIp": "127.0.0.1"}
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
        assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", ids.pop())

    def test_a_repeated_header_is_passed_on_with_all_its_values(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        headers = [("X-Trace", "one"), ("X-Trace", "two"), ("x-trace", "three"), ("X-Other", "four")]
        with connect(f"ws://127.0.0.1:{gateway.port}/", additional_headers=headers):
            came = room.next()
        assert came["multiValueHeaders"]["X-Trace"] == ["one", "two", "three"]
        assert came["multiValueHeaders"]["X-Other"] == ["four"]
        assert came["headers"]["X-Trace"] == "three"
        assert came["headers"].keys() == came["multiValueHeaders"].keys()

    @pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "tab closed"), (4321, "of my own")])
    def test_the_app_gets_the_close_code_of_the_client(
        self, gateway: LocalWebSocketGateway, room: Room, code: int, reason: str
    ) -> None:
        client, _ = opened(gateway, room)
        client.close(code, reason)
        context = room.next()["requestContext"]
        assert (context["disconnectStatusCode"], context["disconnectReason"]) == (code, reason)

    def test_a_client_that_vanishes_is_disconnected_once(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        client, connection_id = opened(gateway, room)
        client.close_socket()
        left = room.next()
        assert left["requestContext"]["connectionId"] == connection_id
        assert left["requestContext"]["disconnectStatusCode"] == 1006
        assert room.events.empty()

    def test_messages_sent_before_leaving_are_handled_before_the_disconnect(
        self, one_worker: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_message = gate.wait
        client, _ = opened(one_worker, room)
        for text in ("one", "two", "three"):
            client.send(text)
        client.close()
        gate.open()
        events = [room.next() for _ in range(4)]
        assert [event.get("body") for event in events] == ["one", "two", "three", None]
        assert events[-1]["requestContext"]["eventType"] == "DISCONNECT"


class TestHandshakes:
    @pytest.mark.parametrize("status", [401, 403, 429, 500])
    def test_a_refused_connection_is_refused_before_the_handshake(
        self, gateway: LocalWebSocketGateway, room: Room, status: int
    ) -> None:
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{gateway.port}/?status={status}")
        assert refused.value.response.status_code == status
        assert room.next_kind() == "CONNECT"
        assert room.events.empty()

    @pytest.mark.parametrize("status", ["none", "101", "999"])
    def test_a_connect_handler_that_fails_or_answers_nonsense_refuses_the_connection(
        self, gateway: LocalWebSocketGateway, room: Room, status: str
    ) -> None:
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{gateway.port}/?status={status}")
        assert refused.value.response.status_code == 500

    def test_a_request_without_a_handshake_reaches_no_handler(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", "/?ticket=x")
            assert connection.getresponse().status == 426
        assert room.events.empty()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"Sec_WebSocket_Key": None},
            {"Sec_WebSocket_Key": "short"},
            {"Sec_WebSocket_Version": None},
            {"Sec_WebSocket_Version": "8"},
            {"Connection": "keep-alive"},
        ],
        ids=["no key", "bad key", "no version", "old version", "no upgrade"],
    )
    def test_a_malformed_handshake_reaches_no_handler(
        self, gateway: LocalWebSocketGateway, room: Room, wrong: dict[str, str | None]
    ) -> None:
        """A malformed handshake must not use up a ticket."""
        with closing(RawClient(gateway.port)) as client:
            client.send(handshake(**wrong))
            status = client.read_all().split()[1]
        assert status in (b"400", b"426")
        assert room.events.empty()

    @pytest.mark.parametrize(
        "request_", [b"POST / HTTP/1.1\r\n\r\n", b"\x16\x03\x01 hello\r\n\r\n", handshake() + b"\xff" * 9]
    )
    def test_a_malformed_http_request_reaches_no_handler(
        self, gateway: LocalWebSocketGateway, room: Room, request_: bytes
    ) -> None:
        with closing(RawClient(gateway.port)) as client:
            client.send(request_)
            assert b" 101 " not in client.read_all()
        assert room.events.empty()

    def test_a_client_that_leaves_during_the_connect_handler_is_released(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_connect = gate.wait
        client = RawClient(gateway.port)
        client.send(handshake())
        connection_id = room.next()["requestContext"]["connectionId"]
        client.close()
        gate.open()
        left = room.next()["requestContext"]
        assert (left["eventType"], left["connectionId"]) == ("DISCONNECT", connection_id)
        assert gateway.is_open(connection_id) is False
        with pytest.raises(Gone):
            gateway.send(connection_id, "too late")
        gateway.stop()
        assert room.events.empty()

    def test_a_connection_is_not_open_during_its_connect_handler(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        seen: list[bool] = []
        room.on_connect = lambda event: seen.append(gateway.is_open(event["requestContext"]["connectionId"]))
        client, connection_id = opened(gateway, room)
        with client:
            assert seen == [False]
            assert gateway.is_open(connection_id) is True

    def test_a_client_that_sends_before_it_is_accepted_is_disconnected(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_connect = gate.wait
        with closing(RawClient(gateway.port)) as client:
            client.send(handshake())
            assert room.next_kind() == "CONNECT"
            client.send_frame(Opcode.TEXT, b"me first")
            assert client.read_all() == b""
        gate.open()
        assert room.next_kind() == "DISCONNECT"

    def test_a_connect_handler_has_29_seconds(
        self, gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock
    ) -> None:
        gate = Gate()
        room.on_connect = gate.wait
        with closing(RawClient(gateway.port)) as client:
            client.send(handshake())
            assert room.next_kind() == "CONNECT"
            clock.advance(HANDLER_SECONDS)
            gateway.enforce_limits()
            assert client.read_all().startswith(b"HTTP/1.1 504")
        gate.open()
        assert room.next_kind() == "DISCONNECT"

    def test_an_unfinished_handshake_is_ended_after_the_grace_time(
        self, gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock
    ) -> None:
        with closing(RawClient(gateway.port)) as slow:
            slow.send(b"GET / HTTP/1.1\r\n")
            opened(gateway, room)[0].close()  # the loop has accepted everybody who came before
            clock.advance(GRACE_SECONDS)
            gateway.enforce_limits()
            assert slow.read_all() == b""


class TestMessages:
    @pytest.mark.parametrize(
        "frames",
        [["x" * (MAX_FRAME_BYTES + 1)], ["x" * MAX_FRAME_BYTES] * 5, ["x", "x" * (MAX_FRAME_BYTES + 1)]],
        ids=["frame", "message", "later frame"],
    )
    def test_frames_and_messages_over_the_limit_close_with_1009(
        self, gateway: LocalWebSocketGateway, room: Room, frames: list[str]
    ) -> None:
        client, _ = opened(gateway, room)
        with client, pytest.raises(ConnectionClosed) as closed:
            client.send(frames)
            client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        left = room.next()["requestContext"]
        assert (left["eventType"], left["disconnectStatusCode"]) == ("DISCONNECT", 1009)

    def test_a_message_in_legal_frames_arrives_whole(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        client, _ = opened(gateway, room)
        with client:
            client.send(["x" * MAX_FRAME_BYTES] * 3 + ["end"])
            assert room.next()["body"] == "x" * (3 * MAX_FRAME_BYTES) + "end"

    @pytest.mark.parametrize("offset", [0, 1, 2, 3])
    def test_a_frame_may_end_within_a_character(
        self, gateway: LocalWebSocketGateway, room: Room, offset: int
    ) -> None:
        message = ("x" * offset + "🙂" * MAX_MESSAGE_BYTES).encode()[: MAX_MESSAGE_BYTES - 4 + offset]
        frames = [
            message[start : start + MAX_FRAME_BYTES] for start in range(0, len(message), MAX_FRAME_BYTES)
        ]
        client, _ = opened(gateway, room)
        with client:
            client.send(frames, text=True)
            assert room.next()["body"] == message.decode()

    def test_a_text_that_is_not_utf_8_closes_with_1007(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        client, _ = opened(gateway, room)
        with client:
            client.send(b"\xff\xfe", text=True)
            assert closed_with(client) == 1007
        assert room.next_kind() == "DISCONNECT"

    def test_pings_are_answered_within_a_message_too(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        with closing(RawClient(gateway.port)) as client:
            client.shake_hands()
            assert room.next_kind() == "CONNECT"
            client.send_frame(Opcode.TEXT, b"hel", fin=False)
            client.send_frame(Opcode.PING, b"there?")
            client.send_frame(Opcode.CONT, b"lo")
            assert client.read(b"there?") == b"\x8a\x06there?"
            assert room.next()["body"] == "hello"

    def test_messages_of_one_connection_are_handled_in_parallel(
        self, gateway: LocalWebSocketGateway, room: Room
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

    def test_a_client_is_told_that_a_handler_failed(self, gateway: LocalWebSocketGateway, room: Room) -> None:
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

    def test_a_late_handler_that_then_fails_is_reported_to_the_client_once(
        self, one_worker: LocalWebSocketGateway, room: Room, clock: FrozenClock
    ) -> None:
        gate = Gate()

        def fail_late(event: dict[str, Any]) -> None:
            gate.wait(event)
            raise KeyError("a bug")

        room.on_message = fail_late
        client, connection_id = opened(one_worker, room)
        with client:
            client.send("hello")
            room.next()
            clock.advance(HANDLER_SECONDS - 1)
            one_worker.enforce_limits()
            clock.advance(1)
            one_worker.enforce_limits()
            one_worker.enforce_limits()
            answer = json.loads(client.recv(timeout=PATIENCE))
            assert (answer["message"], answer["connectionId"]) == (
                "Endpoint request timed out",
                connection_id,
            )
            room.on_message = lambda event: one_worker.send(connection_id, "well again")
            client.send("hello")
            gate.open()
            assert client.recv(timeout=PATIENCE) == "well again"

    def test_the_number_of_waiting_messages_of_one_client_is_limited(
        self, one_worker: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_message = gate.wait
        client, connection_id = opened(one_worker, room)
        with client:
            client.send("in hand")
            assert room.next()["body"] == "in hand"
            for number in range(MAX_WAITING + 1):
                client.send(str(number))
            answer = json.loads(client.recv(timeout=PATIENCE))
            assert (answer["message"], answer["connectionId"]) == ("Too Many Requests", connection_id)
            gate.open()
            assert [room.next()["body"] for _ in range(MAX_WAITING)] == [str(n) for n in range(MAX_WAITING)]
            client.send("once more")
            assert room.next()["body"] == "once more"

    def test_a_client_that_floods_starves_no_other(
        self, one_worker: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_message = gate.wait
        flood, _ = opened(one_worker, room)
        quiet, _ = opened(one_worker, room)
        with flood, quiet:
            for _ in range(50):
                flood.send("flood")
            all_taken(flood, one_worker)
            quiet.send("quiet")
            all_taken(quiet, one_worker)
            gate.open()
            assert "quiet" in [room.next()["body"] for _ in range(3)]

    def test_many_clients_at_once_get_their_own_answers_and_all_of_them(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        clients, messages = 50, 20
        room.on_message = lambda event: gateway.send(
            event["requestContext"]["connectionId"], f"heard {event['body']}"
        )

        async def talk(number: int, all_in: asyncio.Barrier) -> tuple[list[str], list[str | bytes]]:
            said = [f"{number}/{n} " + "x" * (n * 997) for n in range(messages)]
            url = f"ws://127.0.0.1:{gateway.port}/"
            async with connect_async(url, proxy=None) as client:
                await all_in.wait()
                for text in said:
                    await client.send(text)
                async with asyncio.timeout(PATIENCE):
                    return said, [await client.recv() for _ in said]

        async def talk_all() -> list[tuple[list[str], list[str | bytes]]]:
            all_in = asyncio.Barrier(clients)
            return await asyncio.gather(*(talk(number, all_in) for number in range(clients)))

        for said, heard in asyncio.run(talk_all()):
            assert Counter(heard) == Counter(f"heard {text}" for text in said)
        gateway.stop()
        kinds = Counter(room.next_kind() for _ in range(clients * (messages + 2)))
        assert kinds == {"CONNECT": clients, "MESSAGE": clients * messages, "DISCONNECT": clients}
        assert room.events.empty()


class TestPushes:
    def test_a_client_that_does_not_read_is_dropped_and_holds_up_nobody(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        stuck = RawClient(gateway.port, receive_buffer=4096)
        stuck.shake_hands()
        stuck_id = str(room.next()["requestContext"]["connectionId"])
        reader, reader_id = opened(gateway, room)
        message = "x" * MAX_MESSAGE_BYTES
        # In addition to the gateway's own limit, the operating system buffers some megabytes for the client.
        at_most = 64 * 1024 * 1024 // MAX_MESSAGE_BYTES

        def push_until_gone() -> int:
            for count in range(at_most):
                try:
                    gateway.send(stuck_id, message)
                except Gone:
                    return count
            return at_most

        with closing(stuck), reader, ThreadPoolExecutor(1) as pool:
            pushing = pool.submit(push_until_gone)
            gateway.send(reader_id, "meanwhile")
            assert reader.recv(timeout=PATIENCE) == "meanwhile"
            count = pushing.result(timeout=PATIENCE)
            assert MAX_UNREAD_BYTES // MAX_MESSAGE_BYTES <= count + 1 < at_most
            left = room.next()["requestContext"]
            assert (left["connectionId"], left["disconnectStatusCode"]) == (stuck_id, 1006)
            assert gateway.is_open(stuck_id) is False
            gateway.send(reader_id, "and after")
            assert reader.recv(timeout=PATIENCE) == "and after"

    def test_a_gateway_that_was_not_started_has_no_open_connections(self, clock: FrozenClock) -> None:
        gateway = LocalWebSocketGateway("127.0.0.1", 0, clock, SequentialIds())
        with pytest.raises(Gone):
            gateway.send("c=", "hello")
        gateway.close("c=")
        assert gateway.is_open("c=") is False
        gateway.stop()


class TestStopping:
    @pytest.mark.parametrize(("steps", "seconds"), [(1, 601), (13, 590)])
    def test_idle_and_old_connections_are_closed(
        self, gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock, steps: int, seconds: int
    ) -> None:
        """A connection is closed after ten minutes without a message, or after two hours with messages."""
        client, _ = opened(gateway, room)
        with client:
            for _ in range(steps):
                client.send("still here")
                room.next()
                clock.advance(seconds)
            gateway.enforce_limits()
            assert closed_with(client) == 1001

    def test_a_push_keeps_a_connection_from_being_idle_and_a_ping_does_not(
        self, gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock
    ) -> None:
        client, connection_id = opened(gateway, room)
        with client:
            clock.advance(590)
            gateway.send(connection_id, "news")
            assert client.recv(timeout=PATIENCE) == "news"
            clock.advance(590)
            gateway.enforce_limits()
            assert gateway.is_open(connection_id) is True
            assert client.ping().wait(PATIENCE)
            clock.advance(10)
            gateway.enforce_limits()
            assert closed_with(client) == 1001

    def test_an_unanswered_close_frame_does_not_delay_the_disconnect(
        self, gateway: LocalWebSocketGateway, room: Room, clock: FrozenClock
    ) -> None:
        with closing(RawClient(gateway.port)) as mute:
            mute.shake_hands()
            gateway.close(str(room.next()["requestContext"]["connectionId"]))
            assert mute.read(b"\x03\xe8") == b"\x88\x02\x03\xe8"
            assert room.events.empty()
            clock.advance(GRACE_SECONDS)
            gateway.enforce_limits()
            assert room.next_kind() == "DISCONNECT"

    def test_stopping_sends_close_frames_to_all_clients_at_once(
        self, gateway: LocalWebSocketGateway, room: Room
    ) -> None:
        """No client answers the close frame before all clients have received one."""
        mute = [RawClient(gateway.port) for _ in range(3)]
        for client in mute:
            client.shake_hands()
            assert room.next_kind() == "CONNECT"
        stopping = threading.Thread(target=gateway.stop)
        stopping.start()
        heard = [client.read(b"\x03\xe9") for client in mute]
        for client in mute:
            client.close()
        stopping.join()
        assert heard == [b"\x88\x02\x03\xe9"] * 3
        assert [room.next_kind() for _ in mute] == ["DISCONNECT"] * 3

    def test_stopping_drops_waiting_messages_and_disconnects_every_client(
        self, one_worker: LocalWebSocketGateway, room: Room
    ) -> None:
        gate = Gate()
        room.on_message = gate.wait
        client, connection_id = opened(one_worker, room)
        with client:
            for text in ("in hand", "waiting", "waiting too"):
                client.send(text)
            all_taken(client, one_worker)
            assert room.next()["body"] == "in hand"
            stopping = threading.Thread(target=one_worker.stop)
            stopping.start()
            assert closed_with(client) == 1001
        gate.open()
        stopping.join()
        assert room.next_kind() == "DISCONNECT"
        assert room.events.empty()
        assert one_worker.is_open(connection_id) is False
        with pytest.raises(Gone):
            one_worker.send(connection_id, "too late")
