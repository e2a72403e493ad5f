"""API Gateway's WebSocket side for the laptop: its events, its pushes and its limits.

The limits are AWS's: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from ports.connection_gateway import MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, Gone, MessageTooLarge
from ports.errors import Unavailable
from ports.system import Clock, IdGenerator

IDLE_SECONDS = 600.0
LIFETIME_SECONDS = 7200.0
HANDLER_SECONDS = 29.0
_WATCH_SECONDS = 5.0
_WORKERS = 32
_TOO_BIG = 1009
_GOING_AWAY = 1001
_ABNORMAL = 1006
_STAGE = "local"

log = logging.getLogger("lyceum.gateway")


class Handlers(Protocol):
    """What the app does with each kind of event; each answers a dict with ``statusCode``."""

    def connect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def message(self, event: dict[str, Any]) -> Mapping[str, Any]: ...
    def disconnect(self, event: dict[str, Any]) -> Mapping[str, Any]: ...


@dataclass
class _Client:
    connection: ServerConnection
    connection_id: str
    opened_at: float
    heard_at: float
    is_open: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class LocalWebSocketGateway:
    """Implements ``ConnectionGateway`` for the connections that it serves itself.

    As on AWS, a connection's messages are handled side by side: nobody may rely on their order.
    """

    def __init__(self, host: str, port: int, clock: Clock, ids: IdGenerator) -> None:
        self._address = (host, port)
        self._clock = clock
        self._ids = ids
        self._clients: dict[str, _Client] = {}
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="websocket")

    @property
    def port(self) -> int:
        """The port that is listened on, once started: where 0 was asked for, the one that was free."""
        return self._address[1]

    def start(self, handlers: Handlers) -> None:
        """Begin to serve, in threads of its own. Raises ``OSError`` if the port is taken."""
        self._handlers = handlers
        host, port = self._address
        self._server = serve(
            self._converse,
            host,
            port,
            process_request=self._admit,
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
            server_header=None,
            logger=logging.getLogger("lyceum.gateway.websockets"),
        )
        self._address = (host, self._server.socket.getsockname()[1])
        threading.Thread(target=self._server.serve_forever, name="gateway", daemon=True).start()
        threading.Thread(target=self._watch, name="gateway-watch", daemon=True).start()

    def stop(self) -> None:
        """Close every connection and serve no more."""
        self._stopped.set()
        if self._server is not None:
            self._server.shutdown()
        for client in self._open_clients():
            client.connection.close(_GOING_AWAY)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def send(self, connection_id: str, message: str) -> None:
        if len(message.encode()) > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
        client = self._client(connection_id)
        try:
            with client.lock:
                client.connection.send(message)
        except ConnectionClosed:
            raise Gone from None
        except OSError as failed:
            raise Unavailable("connection_gateway", type(failed).__name__) from None

    def close(self, connection_id: str) -> None:
        try:
            self._client(connection_id).connection.close()
        except Gone:
            pass

    def enforce_limits(self) -> None:
        """Close the connections that are idle or have lasted too long."""
        now = self._clock.monotonic()
        for client in self._open_clients():
            if now - client.heard_at >= IDLE_SECONDS or now - client.opened_at >= LIFETIME_SECONDS:
                client.connection.close(_GOING_AWAY)
                if not client.is_open:
                    self._leave(client)  # its handshake was never finished

    def _watch(self) -> None:
        while not self._stopped.wait(_WATCH_SECONDS):
            self.enforce_limits()

    def _open_clients(self) -> list[_Client]:
        with self._lock:
            return list(self._clients.values())

    def _client(self, connection_id: str) -> _Client:
        with self._lock:
            client = self._clients.get(connection_id)
        if client is None:
            raise Gone
        return client

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Ask the app before the handshake ends, as ``$connect`` does."""
        if "websocket" not in request.headers.get("Upgrade", "").lower():
            return None  # no handshake at all: the library refuses it
        connection_id = _id_of(connection)
        event = self._event("$connect", "CONNECT", connection_id)
        query = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
        event["headers"] = dict(request.headers.raw_items())
        event["multiValueHeaders"] = {name: [value] for name, value in request.headers.raw_items()}
        event["queryStringParameters"] = {name: values[-1] for name, values in query.items()} or None
        event["multiValueQueryStringParameters"] = query or None
        try:
            status = int(self._handlers.connect(event)["statusCode"])
        except Exception:
            log.exception("handler_failed", extra={"route": "$connect"})
            status = 500
        if not 200 <= status < 300:
            return connection.respond(status, "")
        now = self._clock.monotonic()
        with self._lock:
            self._clients[connection_id] = _Client(connection, connection_id, now, now)
        return None

    def _converse(self, connection: ServerConnection) -> None:
        client = self._client(_id_of(connection))
        client.is_open = True
        try:
            while True:
                body = _whole_message(connection)
                if body is None:
                    connection.close(_TOO_BIG)
                    break
                client.heard_at = self._clock.monotonic()
                self._pool.submit(self._handle, client, body)
        except (ConnectionClosed, RuntimeError):
            pass  # the client left, or the pool is shutting down
        finally:
            self._leave(client)

    def _leave(self, client: _Client) -> None:
        with self._lock:
            self._clients.pop(client.connection_id, None)
        event = self._event("$disconnect", "DISCONNECT", client.connection_id)
        code = client.connection.close_code or _ABNORMAL
        event["requestContext"] |= {
            "disconnectStatusCode": code,
            "disconnectReason": client.connection.close_reason or "",
        }
        event |= {"headers": {}, "multiValueHeaders": {}}
        try:
            self._handlers.disconnect(event)
        except Exception:
            log.exception("handler_failed", extra={"route": "$disconnect"})

    def _handle(self, client: _Client, body: str | bytes) -> None:
        event = self._event("$default", "MESSAGE", client.connection_id)
        is_binary = isinstance(body, bytes)
        event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
        event["isBase64Encoded"] = is_binary
        event["requestContext"]["messageId"] = self._ids.new()
        too_late = threading.Timer(HANDLER_SECONDS, self._apologise, (client, event))
        too_late.daemon = True
        too_late.start()
        try:
            self._handlers.message(event)
        except Exception:
            log.exception("handler_failed", extra={"route": "$default"})
            self._apologise(client, event)
        finally:
            too_late.cancel()

    def _apologise(self, client: _Client, event: Mapping[str, Any]) -> None:
        """API Gateway's own words when a handler fails or takes too long; the connection stays open."""
        context = event["requestContext"]
        try:
            self.send(
                client.connection_id,
                f'{{"message": "Internal server error", "connectionId": "{client.connection_id}",'
                f' "requestId": "{context["requestId"]}"}}',
            )
        except (Gone, Unavailable):
            pass

    def _event(self, route: str, kind: str, connection_id: str) -> dict[str, Any]:
        """What all events have: see "WebSocket API proxy integration" in AWS's documentation."""
        now = self._clock.now()
        with self._lock:
            client = self._clients.get(connection_id)
        opened = now.timestamp() - (self._clock.monotonic() - client.opened_at if client else 0.0)
        return {
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "connectionId": connection_id,
                "connectedAt": int(opened * 1000),
                "requestId": self._ids.new(),
                "extendedRequestId": self._ids.new(),
                "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "requestTimeEpoch": int(now.timestamp() * 1000),
                "messageDirection": "IN",
                "stage": _STAGE,
                "apiId": _STAGE,
                "domainName": f"{self._address[0]}:{self._address[1]}",
                "identity": {"sourceIp": self._address[0]},
            },
            "isBase64Encoded": False,
        }


def _id_of(connection: ServerConnection) -> str:
    """Like API Gateway's: short, unguessable, ending in an equals sign."""
    return base64.b64encode(connection.id.bytes[:11]).decode()


def _whole_message(connection: ServerConnection) -> str | bytes | None:
    """The next message; None if one of its frames, or all together, are over the limit."""
    frames: list[str | bytes] = []
    for frame in connection.recv_streaming():
        frames.append(frame)
        if len(frame.encode() if isinstance(frame, str) else frame) > MAX_FRAME_BYTES:
            return None
    first = frames[0]
    if isinstance(first, str):
        return "".join(frame for frame in frames if isinstance(frame, str))
    return b"".join(frame for frame in frames if isinstance(frame, bytes))
