"""One WebSocket connection (RFC 6455) on asyncio: handshake, incoming messages, pushes, closing."""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
from enum import Enum
from http import HTTPStatus
from typing import Protocol, cast

from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from ports.connection_gateway import MAX_FRAME_BYTES, MAX_MESSAGE_BYTES
from ports.system import Clock

MAX_UNREAD_BYTES = 1024 * 1024
"""The most bytes of pushes that a client has not read and that do not fit into the system's buffers: eight of the
largest pushes.
"""

_ABNORMAL = 1006
_BAD_TEXT = 1007
_TOO_BIG = 1009

log = logging.getLogger("lyceum.gateway.websockets")


class Stage(Enum):
    CONNECTED = "the socket is open; the handshake has not been read"
    HANDSHAKING = "the handshake is valid; the app is asked whether to accept it"
    OPEN = "messages pass in both directions"
    CLOSING = "one side has begun to close; nothing more is sent"
    CLOSED = "the socket is closed"


class Host(Protocol):
    """The connection calls these methods in the loop's thread when something happens to it."""

    def handshake_received(self, connection: Connection, request: Request) -> None:
        """A valid handshake arrived. The host must call ``accept`` or ``reject``, now or later."""
        ...

    def message_received(self, connection: Connection, message: str | bytes) -> None:
        """A whole message arrived: a text, or bytes."""
        ...

    def connection_closed(self, connection: Connection) -> None:
        """The socket is closed. This is the last call, and it is made once."""
        ...


class Connection(asyncio.Protocol):
    """One WebSocket connection. Only the loop's thread uses it; other threads may read ``id`` and ``is_open``.

    No method waits for the client. Up to ``MAX_UNREAD_BYTES`` of pushes that the client does not read are buffered. If
    there are more, the connection is aborted.
    """

    def __init__(self, host: Host, clock: Clock) -> None:
        self.id = base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()
        """An id like API Gateway's: short, unguessable, with an equals sign at its end."""
        self.stage = Stage.CONNECTED
        self.since = clock.monotonic()
        """When the present stage of the connection began, in seconds of ``clock.monotonic``."""
        self.connected_at = self.since
        self.active_at = self.since
        """When a message was last sent or received, in seconds of ``clock.monotonic``."""
        self.peer = ""
        """The client's IP address."""
        self._host = host
        self._clock = clock
        # API Gateway accepts no extension. It accepts a subprotocol only if the integration names one.
        self._protocol = ServerProtocol(max_size=MAX_MESSAGE_BYTES, logger=log)
        self._acceptance: Response | None = None
        # The bytes of the message so far. Its frames are not kept, because a message may have any number of empty ones.
        self._body = bytearray()
        self._is_text = False
        self._transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        return self.stage is Stage.OPEN

    @property
    def close_code(self) -> int:
        """The close code that one of the two sides sent; 1006 if none did."""
        said = self._protocol.close_rcvd or self._protocol.close_sent
        return said.code if said else _ABNORMAL

    @property
    def close_reason(self) -> str:
        said = self._protocol.close_rcvd or self._protocol.close_sent
        return said.reason if said else ""

    def accept(self) -> bool:
        """Finish the handshake. Returns False if the connection was closed or rejected in the meantime."""
        if self.stage is not Stage.HANDSHAKING or self._acceptance is None:
            return False
        self._enter(Stage.OPEN)
        self._protocol.send_response(self._acceptance)
        self._send_pending()
        return True

    def reject(self, status: int) -> None:
        """Answer the handshake with the status. A status below 300, or one that HTTP does not know, becomes 500."""
        if self.stage is not Stage.HANDSHAKING:
            return
        known = status >= HTTPStatus.MULTIPLE_CHOICES and status in set(HTTPStatus)
        answer = self._protocol.reject(status if known else HTTPStatus.INTERNAL_SERVER_ERROR, "")
        self._protocol.send_response(answer)
        self._send_pending()

    def push(self, message: str) -> bool:
        """Send a text to the client.

        Returns False if the connection is not open, or is aborted because of unread pushes.
        """
        if not self.is_open:
            return False
        self.active_at = self._clock.monotonic()
        self._protocol.send_text(message.encode())
        self._send_pending()
        return self.is_open

    def close(self, code: int, reason: str = "") -> None:
        """Start to close the connection. If the handshake is not finished, abort it."""
        if self.stage is Stage.OPEN:
            self._protocol.send_close(code, reason)
            self._send_pending()
        elif self.stage in (Stage.CONNECTED, Stage.HANDSHAKING):
            self.abort()

    def abort(self) -> None:
        """Close the socket immediately."""
        if self.stage is not Stage.CLOSED:
            self._enter(Stage.CLOSING)
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.peer, *_ = transport.get_extra_info("peername") or ("",)

    def data_received(self, data: bytes) -> None:
        if self.stage is Stage.HANDSHAKING:
            self.abort()  # a client may send nothing before its handshake is answered
            return
        self._protocol.receive_data(data)
        messages: list[str | bytes] = []
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._check_handshake(event)
            elif isinstance(event, Frame) and (message := self._completed(event)) is not None:
                messages.append(message)
        self._send_pending()
        # This comes after sending, because the stage then shows whether the client can still be answered.
        for message in messages:
            self._host.message_received(self, message)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._send_pending()
        self._enter(Stage.CLOSING)

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.receive_eof()
        self._enter(Stage.CLOSED)
        self._host.connection_closed(self)

    def _check_handshake(self, request: Request) -> None:
        """Check the handshake before the app is called, so that a wrong handshake does not use up a ticket."""
        if self._protocol.close_expected():
            self.abort()  # the data after the request is not WebSocket's
            return
        answer = self._protocol.accept(request)
        if answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self._acceptance = answer
            self._enter(Stage.HANDSHAKING)
            self._host.handshake_received(self, request)
        else:
            self._protocol.send_response(answer)

    def _completed(self, frame: Frame) -> str | bytes | None:
        """The whole message if the frame is its last one; otherwise None."""
        if self.stage is Stage.HANDSHAKING:
            self.abort()
        if self.stage is not Stage.OPEN or frame.opcode not in DATA_OPCODES:
            return None
        if len(frame.data) > MAX_FRAME_BYTES:
            self._fail(_TOO_BIG, "frame over 32 KB")
            return None
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._body += frame.data
        if not frame.fin:
            return None
        message = bytes(self._body)
        self._body.clear()
        self.active_at = self._clock.monotonic()
        if not self._is_text:
            return message
        try:
            return message.decode()
        except UnicodeDecodeError:
            self._fail(_BAD_TEXT, "not UTF-8")
            return None

    def _fail(self, code: int, reason: str) -> None:
        self._protocol.fail(code, reason)
        self._enter(Stage.CLOSING)

    def _send_pending(self) -> None:
        """Write pending data to the socket. If that closes the connection, change its stage."""
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()
        if self._transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.abort()
        elif self._protocol.close_expected() and self.stage is not Stage.CLOSING:
            self._enter(Stage.CLOSING)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.since = self._clock.monotonic()
