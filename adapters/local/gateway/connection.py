"""One WebSocket connection (RFC 6455) on asyncio: the handshake, messages out of frames, pushes, the end."""

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
"""Of pushes that a client has not taken and the system does not hold for it: eight of the largest."""

_ABNORMAL = 1006
_BAD_TEXT = 1007
_TOO_BIG = 1009

log = logging.getLogger("lyceum.gateway.websockets")


class Stage(Enum):
    CALLING = "connected; its handshake has not been read"
    KNOCKING = "its handshake is good; whether it may come in is being asked"
    OPEN = "messages go either way"
    CLOSING = "told to go, or going; nothing is sent to it any more"
    GONE = "its socket is closed"


class Host(Protocol):
    """Whom the connection tells what happens to it, in the loop's thread."""

    def knocked(self, connection: Connection, request: Request) -> None:
        """A good handshake came: answer by ``admit`` or ``refuse``, now or later."""
        ...

    def heard(self, connection: Connection, message: str | bytes) -> None:
        """A whole message came: a text, or bytes."""
        ...

    def left(self, connection: Connection) -> None:
        """The socket is closed. Comes once, after everything else."""
        ...


class Connection(asyncio.Protocol):
    """Belongs to the loop's thread; other threads may read ``id`` and ``is_open``.

    Nothing here waits for the client: what it does not read is kept for it up to ``MAX_UNREAD_BYTES``, and then
    it is dropped.
    """

    def __init__(self, host: Host, clock: Clock) -> None:
        self.id = base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()
        """Like API Gateway's: short, unguessable, ending in an equals sign."""
        self.stage = Stage.CALLING
        self.since = clock.monotonic()
        """When its stage began."""
        self.connected_at = self.since
        self.active_at = self.since
        """When a message last went either way."""
        self.peer = ""
        """The client's IP address."""
        self._host = host
        self._clock = clock
        # API Gateway takes no extension and, unless the integration names one, no subprotocol.
        self._protocol = ServerProtocol(max_size=MAX_MESSAGE_BYTES, logger=log)
        self._welcome: Response | None = None
        # The message under way. Not its frames: of empty ones there may be any number.
        self._body = bytearray()
        self._is_text = False
        self._transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        return self.stage is Stage.OPEN

    @property
    def close_code(self) -> int:
        """What either side said when it closed; 1006 if neither did."""
        said = self._protocol.close_rcvd or self._protocol.close_sent
        return said.code if said else _ABNORMAL

    @property
    def close_reason(self) -> str:
        said = self._protocol.close_rcvd or self._protocol.close_sent
        return said.reason if said else ""

    def admit(self) -> bool:
        """Finish the handshake; False if the client has left or was refused meanwhile."""
        if self.stage is not Stage.KNOCKING or self._welcome is None:
            return False
        self._enter(Stage.OPEN)
        self._protocol.send_response(self._welcome)
        self._flush()
        return True

    def refuse(self, status: int) -> None:
        """Answer the handshake with an HTTP status; 500 for one that is no refusal, or that HTTP does not know."""
        if self.stage is not Stage.KNOCKING:
            return
        known = status >= HTTPStatus.MULTIPLE_CHOICES and status in set(HTTPStatus)
        answer = self._protocol.reject(status if known else HTTPStatus.INTERNAL_SERVER_ERROR, "")
        self._protocol.send_response(answer)
        self._flush()

    def push(self, message: str) -> bool:
        """Send a text; False if the client is not there, or has left too much unread and is dropped for it."""
        if not self.is_open:
            return False
        self.active_at = self._clock.monotonic()
        self._protocol.send_text(message.encode())
        self._flush()
        return self.is_open

    def end(self, code: int, reason: str = "") -> None:
        """Say goodbye; whoever is not in yet is hung up on."""
        if self.stage is Stage.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()
        elif self.stage in (Stage.CALLING, Stage.KNOCKING):
            self.drop()

    def drop(self) -> None:
        """Hang up without a word."""
        if self.stage is not Stage.GONE:
            self._enter(Stage.CLOSING)
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.peer, *_ = transport.get_extra_info("peername") or ("",)

    def data_received(self, data: bytes) -> None:
        if self.stage is Stage.KNOCKING:
            self.drop()  # it may not speak before it is answered
            return
        self._protocol.receive_data(data)
        messages: list[str | bytes] = []
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame) and (message := self._collected(event)) is not None:
                messages.append(message)
        self._flush()
        # Only now, when the stage says what the client may still be told.
        for message in messages:
            self._host.heard(self, message)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()
        self._enter(Stage.CLOSING)

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.receive_eof()
        self._enter(Stage.GONE)
        self._host.left(self)

    def _shake_hands(self, request: Request) -> None:
        """Check the handshake before anybody is asked: a wrong one must not spend a ticket."""
        if self._protocol.close_expected():
            self.drop()  # what came behind the request is no WebSocket's
            return
        answer = self._protocol.accept(request)
        if answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self._welcome = answer
            self._enter(Stage.KNOCKING)
            self._host.knocked(self, request)
        else:
            self._protocol.send_response(answer)

    def _collected(self, frame: Frame) -> str | bytes | None:
        """The message that the frame completes, if it does."""
        if self.stage is Stage.KNOCKING:
            self.drop()
        if self.stage is not Stage.OPEN or frame.opcode not in DATA_OPCODES:
            return None
        if len(frame.data) > MAX_FRAME_BYTES:
            self._fail(_TOO_BIG, "a frame over 32 KB")
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

    def _flush(self) -> None:
        """Hand over what is to be sent, and see where that leaves the connection."""
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()
        if self._transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.drop()
        elif self._protocol.close_expected() and self.stage is not Stage.CLOSING:
            self._enter(Stage.CLOSING)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.since = self._clock.monotonic()
