"""A WebSocket gateway for the laptop, with the events, pushes and limits of API Gateway.

The limits are AWS's: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html

For clients this means: a frame has at most 32 KB, so a longer message needs several frames. A library that lets its
user split a message into frames can send up to 128 KB. A web page cannot, because the browser splits messages (Chromium
into frames of up to 64 KB, Firefox not at all). So a page sends more than 32 KB as several messages.
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
from adapters.local.gateway.fair_queue import FairQueue
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge
from ports.system import Clock, IdGenerator

IDLE_SECONDS = 600.0
"""The seconds without a message in either direction, after which a connection is closed. AWS does not say what counts;
here pushes count, and pings do not.
"""
LIFETIME_SECONDS = 7200.0
HANDLER_SECONDS = 29.0
GRACE_SECONDS = 10.0
"""How many seconds a client may take to send its handshake, and to answer a close frame."""
MAX_WAITING = 256
"""How many messages of one client may wait for a handler. More are refused, as when API Gateway throttles."""

_WORKERS = 32
_SHARE = 8
"""How many workers the messages of one client may use at the same time."""
_CONNECT_WORKERS = 8
"""The number of extra threads for handshakes, so that a client can connect even if messages use all workers."""
_WATCH_SECONDS = 1.0
_STOP_SECONDS = 2.0
"""How many seconds all clients together may take to answer a close frame when the gateway stops."""
_BACKLOG = 512
_NORMAL = 1000
_GOING_AWAY = 1001
_STAGE = "local"

_FAILED = "Internal server error"
_TIMED_OUT = "Endpoint request timed out"
_THROTTLED = "Too Many Requests"
_CODES = {_FAILED: "internal_error", _TIMED_OUT: "upstream_timeout", _THROTTLED: "too_many_messages"}
_RETRY_SECONDS = 1

T = TypeVar("T")

log = logging.getLogger("lyceum.gateway")


class Handlers(Protocol):
    """The app's handler for each kind of event. Each handler returns a mapping with ``statusCode``."""

    def connect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def message(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def disconnect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...


@dataclass(eq=False)
class _Job:
    """An event whose handler is waiting or running."""

    connection: Connection
    event: dict[str, Any]
    handle: Callable[[dict[str, Any]], Mapping[str, Any]]
    began_at: float = 0.0
    is_reported: bool = False

    @property
    def route(self) -> str:
        return str(self.event["requestContext"]["routeKey"])


class LocalWebSocketGateway:
    """Implements ``ConnectionGateway`` for the connections that it serves itself.

    One thread runs all sockets, in an asyncio loop, and never waits for a client. (If each client had a thread, a push
    to a client that does not read would block the caller.) Handlers run in a pool of threads. As on AWS, messages of
    one connection may be handled at the same time and in any order.
    """

    def __init__(
        self, host: str, port: int, clock: Clock, ids: IdGenerator, *, workers: int = _WORKERS
    ) -> None:
        """At most ``workers`` messages are handled at the same time."""
        self._address = (host, port)
        self._clock = clock
        self._ids = ids
        self._pool = ThreadPoolExecutor(workers + _CONNECT_WORKERS, thread_name_prefix="websocket")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        """Held while work is passed to the loop, so that no work is passed after the loop was told to stop."""
        # The accepted connections that are not closed. Any thread may read this; only the loop's thread uses the other
        # attributes.
        self._clients: dict[str, Connection] = {}
        self._connections: set[Connection] = set()
        self._queue: FairQueue[_Job] = FairQueue(workers=workers, share=_SHARE, max_waiting=MAX_WAITING)
        self._running: set[_Job] = set()
        self._handshaking = 0
        self._is_stopping = False
        self._changed = asyncio.Event()
        """Set when a connection or a handler has ended."""

    @property
    def port(self) -> int:
        """The port that the gateway listens on. If 0 was given, ``start`` chooses a free one."""
        return self._address[1]

    def start(self, handlers: Handlers) -> None:
        """Start to serve, in threads of its own. Raises ``OSError`` if the port is in use."""
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
        """Close all connections and stop. Running handlers finish; waiting messages are dropped."""
        loop = self._loop
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._close_all(), loop).result()
            with self._lock:
                self._loop = None
                loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
        self._pool.shutdown()

    def send(self, connection_id: str, message: str) -> None:
        """As the port says. Also raises ``Gone`` if the client had 1 MB of unread pushes, so that its connection was
        aborted.
        """
        if len(message.encode()) > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
        client = self._clients.get(connection_id)
        if client is None or not self._in_loop(lambda: client.push(message)):
            raise Gone

    def is_open(self, connection_id: str) -> bool:
        client = self._clients.get(connection_id)
        return client is not None and client.is_open

    def close(self, connection_id: str) -> None:
        client = self._clients.get(connection_id)
        if client is not None:
            self._in_loop(lambda: client.close(_NORMAL))

    def enforce_limits(self) -> None:
        """Close connections that are idle or too old, and tell clients which messages took too long."""
        self._in_loop(self._enforce)

    def _in_loop(self, do: Callable[[], T]) -> T | None:
        """Run ``do`` in the loop's thread and wait for its result. Returns None if the loop has stopped."""
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(do())
            except Exception as error:
                answer.set_exception(error)

        return answer.result() if self._post(work) else None

    def _post(self, do: Callable[[], object]) -> bool:
        """Run ``do`` in the loop's thread, later. Returns False if the loop has stopped."""
        with self._lock:
            if self._loop is None:
                return False
            self._loop.call_soon_threadsafe(do)
            return True

    # The methods from here to ``_event`` run in the loop's thread.

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch(loop)
        loop.run_forever()
        loop.close()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._enforce()
        loop.call_later(_WATCH_SECONDS, self._watch, loop)

    async def _close_all(self) -> None:
        self._is_stopping = True
        self._server.close()
        for connection in list(self._connections):
            connection.close(_GOING_AWAY)
        try:
            await asyncio.wait_for(self._until(lambda: not self._connections), _STOP_SECONDS)
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort()
        await self._until(lambda: not self._connections and not self._handshaking and self._queue.is_idle)

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
                    connection.close(_GOING_AWAY, "Going away")
                case Stage.HANDSHAKING if lasted >= HANDLER_SECONDS:
                    connection.reject(504)
                case Stage.CONNECTED | Stage.CLOSING if lasted >= GRACE_SECONDS:
                    connection.abort()
        for job in self._running:
            if now - job.began_at >= HANDLER_SECONDS:
                self._report_failure(job, _TIMED_OUT)

    def handshake_received(self, connection: Connection, request: Request) -> None:
        """Call the app's ``$connect`` handler before the handshake is answered, as API Gateway does."""
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
        self._handshaking += 1
        self._pool.submit(self._handle_connect, connection, event)

    def _finish_handshake(self, connection: Connection, status: int) -> None:
        self._handshaking -= 1
        self._changed.set()
        if not 200 <= status < 300:
            connection.reject(status)
            return
        # This comes before ``accept``: as soon as the client knows that it is connected, others may push to it.
        self._clients[connection.id] = connection
        if not connection.accept():
            self._forget(connection)

    def message_received(self, connection: Connection, message: str | bytes) -> None:
        event = self._event("$default", "MESSAGE", connection)
        event["requestContext"]["messageId"] = self._ids.new()
        event["isBase64Encoded"] = isinstance(message, bytes)
        event["body"] = base64.b64encode(message).decode() if isinstance(message, bytes) else message
        job = _Job(connection, event, self._handlers.message)
        if self._queue.put(connection.id, job):
            self._start_jobs()
        else:
            self._report_failure(job, _THROTTLED)

    def connection_closed(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._changed.set()
        if connection.id in self._clients:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        """Remove an accepted connection.

        The app gets ``$disconnect`` after the connection's earlier messages.
        """
        del self._clients[connection.id]
        event = self._event("$disconnect", "DISCONNECT", connection)
        event["requestContext"] |= {
            "disconnectStatusCode": connection.close_code,
            "disconnectReason": connection.close_reason,
        }
        event |= {"headers": {}, "multiValueHeaders": {}}
        self._queue.put_always(connection.id, _Job(connection, event, self._handlers.disconnect))
        self._start_jobs()

    def _start_jobs(self) -> None:
        """Start jobs as long as there are jobs and free workers."""
        while (turn := self._queue.take()) is not None:
            owner, job = turn
            if self._is_stopping and job.route == "$default":
                self._queue.done(owner)
                continue
            job.began_at = self._clock.monotonic()
            self._running.add(job)
            self._pool.submit(self._handle, job)

    def _finish(self, job: _Job, failed: bool) -> None:
        self._running.discard(job)
        if failed:
            self._report_failure(job, _FAILED)
        self._queue.done(job.connection.id)
        self._start_jobs()
        self._changed.set()

    def _report_failure(self, job: _Job, words: str) -> None:
        """Send API Gateway's own error message, in the form of the app's errors, once per job. The connection stays
        open. A message that was refused or failed is not acknowledged in any other form; the client sends it again.
        """
        if job.is_reported:
            return
        job.is_reported = True
        answer = {
            "type": "error",
            "code": _CODES[words],
            "message": words,
            "retry_after": _RETRY_SECONDS,
            "connectionId": job.connection.id,
            "requestId": job.event["requestContext"]["requestId"],
        }
        job.connection.push(json.dumps(answer))

    def _event(self, route: str, kind: str, connection: Connection) -> dict[str, Any]:
        """The fields that every event has. AWS documents them in "WebSocket API proxy integration"."""
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

    # The methods below run in the pool's threads.

    def _handle_connect(self, connection: Connection, event: dict[str, Any]) -> None:
        try:
            status = int(self._handlers.connect(event)["statusCode"])
        except Exception:
            log.exception("handler_failed", extra={"route": "$connect"})
            status = 500
        self._post(lambda: self._finish_handshake(connection, status))

    def _handle(self, job: _Job) -> None:
        failed = False
        try:
            job.handle(job.event)
        except Exception:
            log.exception("handler_failed", extra={"route": job.route})
            failed = True
        self._post(lambda: self._finish(job, failed))
