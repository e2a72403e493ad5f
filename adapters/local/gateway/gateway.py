"""API Gateway's WebSocket side for the laptop: its events, its pushes and its limits.

The limits are AWS's: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html

What that asks of clients: a message of more than 32 KB goes in several frames, none of them larger. A library
that can cut its messages itself may so send up to 128 KB. A page cannot: browsers cut where they like (Chromium
sends up to 64 KB in one frame, Firefox everything), so a page sends more than 32 KB as several messages.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from websockets.http11 import Request

from adapters.local.gateway.connection import Connection, Stage
from adapters.local.gateway.fair_line import FairLine
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge
from ports.system import Clock, IdGenerator

IDLE_SECONDS = 600.0
"""Without a message. AWS names no direction, and a push is known to count; a ping is not, so here it does not."""
LIFETIME_SECONDS = 7200.0
HANDLER_SECONDS = 29.0
GRACE_SECONDS = 10.0
"""For a client to send its handshake, and to answer a goodbye."""
MAX_WAITING = 256
"""Messages of one client that no handler has begun; what comes on top is refused, as API Gateway throttles."""

_WORKERS = 32
_SHARE = 8
"""Of the workers, for one client's messages."""
_DOORKEEPERS = 8
"""Threads beside the workers', so that a client can come in however busy the others keep us."""
_WATCH_SECONDS = 1.0
_STOP_SECONDS = 2.0
"""For all clients to answer the goodbye when we stop."""
_BACKLOG = 512
_NORMAL = 1000
_GOING_AWAY = 1001
_STAGE = "local"

_FAILED = "Internal server error"
_LATE = "Endpoint request timed out"
_THROTTLED = "Too Many Requests"

T = TypeVar("T")

log = logging.getLogger("lyceum.gateway")


class Handlers(Protocol):
    """What the app does with each kind of event; each answers a dict with ``statusCode``."""

    def connect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def message(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def disconnect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...


@dataclass(eq=False)
class _Job:
    """An event that waits for its handler, or is in its hands."""

    connection: Connection
    event: dict[str, Any]
    handle: Callable[[dict[str, Any]], Mapping[str, Any]]
    began_at: float = 0.0
    is_excused: bool = False

    @property
    def route(self) -> str:
        return str(self.event["requestContext"]["routeKey"])


class LocalWebSocketGateway:
    """Implements ``ConnectionGateway`` for the connections that it serves itself.

    One thread has all the sockets, and never waits for a client: a loop of asyncio. (With a thread for each
    client, a push to one that does not read would hold its caller up.) Handlers run in threads of a pool. As on
    AWS, a connection's messages are handled side by side: nobody may rely on their order.
    """

    def __init__(
        self, host: str, port: int, clock: Clock, ids: IdGenerator, *, workers: int = _WORKERS
    ) -> None:
        """``workers`` messages are handled at a time."""
        self._address = (host, port)
        self._clock = clock
        self._ids = ids
        self._pool = ThreadPoolExecutor(workers + _DOORKEEPERS, thread_name_prefix="websocket")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        """Held to hand something to the loop, so that none does once it is to stop."""
        # Read by any thread: who was let in and has not left. All else is the loop's own.
        self._clients: dict[str, Connection] = {}
        self._connections: set[Connection] = set()
        self._line: FairLine[_Job] = FairLine(workers=workers, share=_SHARE, room=MAX_WAITING)
        self._running: set[_Job] = set()
        self._knocking = 0
        self._is_stopping = False
        self._changed = asyncio.Event()
        """Set when a connection or a handler has ended."""

    @property
    def port(self) -> int:
        """The port that is listened on, once started: where 0 was asked for, the one that was free."""
        return self._address[1]

    def start(self, handlers: Handlers) -> None:
        """Begin to serve, in threads of its own. Raises ``OSError`` if the port is taken."""
        self._handlers = handlers
        loop = asyncio.new_event_loop()
        host, port = self._address
        listening = loop.create_server(lambda: self._connection(), host, port, backlog=_BACKLOG)
        try:
            self._server = loop.run_until_complete(listening)
        except OSError:
            loop.close()
            raise
        self._address = (host, self._server.sockets[0].getsockname()[1])
        self._loop = loop
        self._thread = threading.Thread(target=self._serve, args=(loop,), name="gateway", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and serve no more. What handlers have begun they end; what waited is dropped."""
        loop = self._loop
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._wind_up(), loop).result()
            with self._lock:
                self._loop = None
                loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
        self._pool.shutdown()

    def send(self, connection_id: str, message: str) -> None:
        """As the port says. A client that has left 1 MB of pushes unread is dropped: it is ``Gone`` too."""
        if len(message.encode()) > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
        client = self._clients.get(connection_id)
        if client is None or not self._ask(lambda: client.push(message)):
            raise Gone

    def is_open(self, connection_id: str) -> bool:
        client = self._clients.get(connection_id)
        return client is not None and client.is_open

    def close(self, connection_id: str) -> None:
        client = self._clients.get(connection_id)
        if client is not None:
            self._ask(lambda: client.end(_NORMAL))

    def enforce_limits(self) -> None:
        """Close what is idle or has lasted too long, and excuse the handlers that are late."""
        self._ask(self._enforce)

    def _ask(self, do: Callable[[], T]) -> T | None:
        """Have the loop's thread do it, and wait for its answer; None if it has stopped."""
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(do())
            except Exception as error:
                answer.set_exception(error)

        return answer.result() if self._tell(work) else None

    def _tell(self, do: Callable[[], object]) -> bool:
        """Have the loop's thread do it, at some time; False if it has stopped."""
        with self._lock:
            if self._loop is None:
                return False
            self._loop.call_soon_threadsafe(do)
            return True

    # From here to the handlers' threads, everything runs in the loop's thread.

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch(loop)
        loop.run_forever()
        loop.close()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._enforce()
        loop.call_later(_WATCH_SECONDS, self._watch, loop)

    async def _wind_up(self) -> None:
        self._is_stopping = True
        self._server.close()
        for connection in list(self._connections):
            connection.end(_GOING_AWAY)
        try:
            await asyncio.wait_for(self._until(lambda: not self._connections), _STOP_SECONDS)
        except TimeoutError:
            for connection in list(self._connections):
                connection.drop()
        await self._until(lambda: not self._connections and not self._knocking and self._line.is_quiet)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    def _connection(self) -> Connection:
        connection = Connection(self, self._clock)
        self._connections.add(connection)
        return connection

    def _enforce(self) -> None:
        now = self._clock.monotonic()
        for connection in list(self._connections):
            lasted = now - connection.since
            match connection.stage:
                case Stage.OPEN if lasted >= LIFETIME_SECONDS or now - connection.active_at >= IDLE_SECONDS:
                    connection.end(_GOING_AWAY, "Going away")
                case Stage.KNOCKING if lasted >= HANDLER_SECONDS:
                    connection.refuse(504)
                case Stage.CALLING | Stage.CLOSING if lasted >= GRACE_SECONDS:
                    connection.drop()
        for job in self._running:
            if now - job.began_at >= HANDLER_SECONDS:
                self._excuse(job, _LATE)

    def knocked(self, connection: Connection, request: Request) -> None:
        """Ask the app before the handshake ends, as ``$connect`` does."""
        headers: dict[str, list[str]] = {}
        spelt: dict[str, str] = {}
        for name, value in request.headers.raw_items():
            headers.setdefault(spelt.setdefault(name.lower(), name), []).append(value)
        query = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
        event = self._event("$connect", "CONNECT", connection) | {
            "headers": {name: values[-1] for name, values in headers.items()},
            "multiValueHeaders": headers,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
        }
        self._knocking += 1
        self._pool.submit(self._ask_in, connection, event)

    def _answer(self, connection: Connection, status: int) -> None:
        self._knocking -= 1
        self._changed.set()
        if not 200 <= status < 300:
            connection.refuse(status)
            return
        # First, since the client may be known to be in as soon as it hears so.
        self._clients[connection.id] = connection
        if not connection.admit():
            self._part_with(connection)

    def heard(self, connection: Connection, message: str | bytes) -> None:
        event = self._event("$default", "MESSAGE", connection)
        event["requestContext"]["messageId"] = self._ids.new()
        event["isBase64Encoded"] = isinstance(message, bytes)
        event["body"] = base64.b64encode(message).decode() if isinstance(message, bytes) else message
        job = _Job(connection, event, self._handlers.message)
        if self._line.join(connection.id, job):
            self._begin()
        else:
            self._excuse(job, _THROTTLED)

    def left(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._changed.set()
        if connection.id in self._clients:
            self._part_with(connection)

    def _part_with(self, connection: Connection) -> None:
        """Forget a client that had been let in; the app hears of it after what the client said before."""
        del self._clients[connection.id]
        event = self._event("$disconnect", "DISCONNECT", connection)
        event["requestContext"] |= {
            "disconnectStatusCode": connection.close_code,
            "disconnectReason": connection.close_reason,
        }
        event |= {"headers": {}, "multiValueHeaders": {}}
        self._line.squeeze_in(connection.id, _Job(connection, event, self._handlers.disconnect))
        self._begin()

    def _begin(self) -> None:
        """Set to work whom there is a job for."""
        while (turn := self._line.next()) is not None:
            owner, job = turn
            if self._is_stopping and job.route == "$default":
                self._line.done(owner)
                continue
            job.began_at = self._clock.monotonic()
            self._running.add(job)
            self._pool.submit(self._work, job)

    def _finish(self, job: _Job, failed: bool) -> None:
        self._running.discard(job)
        if failed:
            self._excuse(job, _FAILED)
        self._line.done(job.connection.id)
        self._begin()
        self._changed.set()

    def _excuse(self, job: _Job, words: str) -> None:
        """API Gateway's own words, once, for what a message did not get; the connection stays open."""
        if job.is_excused:
            return
        job.is_excused = True
        answer = {
            "message": words,
            "connectionId": job.connection.id,
            "requestId": job.event["requestContext"]["requestId"],
        }
        job.connection.push(json.dumps(answer))

    def _event(self, route: str, kind: str, connection: Connection) -> dict[str, Any]:
        """What all events have: see "WebSocket API proxy integration" in AWS's documentation."""
        now = self._clock.now()
        lasted = self._clock.monotonic() - connection.connected_at
        return {
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "connectionId": connection.id,
                "connectedAt": int((now.timestamp() - lasted) * 1000),
                "requestId": self._ids.new(),
                "extendedRequestId": self._ids.new(),
                "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "requestTimeEpoch": int(now.timestamp() * 1000),
                "messageDirection": "IN",
                "stage": _STAGE,
                "apiId": _STAGE,
                "domainName": f"{self._address[0]}:{self._address[1]}",
                "identity": {"sourceIp": connection.peer},
            },
            "isBase64Encoded": False,
        }

    # What follows runs in the pool's threads.

    def _ask_in(self, connection: Connection, event: dict[str, Any]) -> None:
        try:
            status = int(self._handlers.connect(event)["statusCode"])
        except Exception:
            log.exception("handler_failed", extra={"route": "$connect"})
            status = 500
        self._tell(lambda: self._answer(connection, status))

    def _work(self, job: _Job) -> None:
        failed = False
        try:
            job.handle(job.event)
        except Exception:
            log.exception("handler_failed", extra={"route": job.route})
            failed = True
        self._tell(lambda: self._finish(job, failed))
