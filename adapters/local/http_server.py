"""The laptop's HTTP server. It replaces API Gateway: waitress, with limits on time and connections.

One thread accepts connections and reads requests. A request gets one of a few other threads only when it has arrived
completely. So a client that sends slowly occupies no thread, and many clients that connect at the same time wait in a
queue.
"""

from __future__ import annotations

import logging
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, TransferEncodingNotImplemented
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error

THREADS = 12
"""How many requests are handled at the same time. On two cores, more threads are no faster."""
BACKLOG = 512
"""How many connections may wait to be accepted. With fewer, some learners are refused when a whole class connects at
the same time.
"""
SEND_BYTES = 18_000
"""A response of fewer bytes is sent only when it is complete. With waitress's default of 1, a thread that sends waits
for CPU time while it holds the connection's lock, and meanwhile the thread of the connections polls that lock
without pause.
"""
MAX_CONNECTIONS = 1000
"""How many connections may be open at the same time. For a new one, the connection that was idle longest is closed."""
HEAD_SECONDS = 10.0
"""How many seconds a client may take to send the request line and the headers."""
BODY_SECONDS = 30.0
"""How many seconds a client may take to send a body, in addition to the time at ``BODY_BYTES_A_SECOND``."""
BODY_BYTES_A_SECOND = 50_000
IDLE_SECONDS = 600.0
"""How many seconds a connection without a request stays open. It is long, because a client may send its next request
just when the connection is closed.
"""
LINGER_SECONDS = 2.0
"""For how many seconds the rest of a refused request is read and dropped, so that the client can read the response."""
STOP_SECONDS = 2.0
"""How many seconds running requests may take when the server stops."""
MAX_LINE_BYTES = 8192
MAX_HEAD_BYTES = 65_536
MAX_BLANK_BYTES = 64
"""How many bytes of empty lines may stand before a request. Some clients send one line too many."""

_WATCH_SECONDS = 0.25
_VERSION = re.compile(rb" HTTP/(\d+(?:\.\d+)?)$")
_METHOD = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINE = re.compile(_METHOD + rb" [^ ]+ HTTP/\d+(\.\d+)?")
_BEGUN = re.compile(_METHOD + rb"( [^ ]*( [HTP/\d.]*\r?)?)?")
"""Matches the beginning of a request line that can still become a valid one when more bytes arrive."""

Refuse = Callable[[int, str | None], tuple[int, Sequence[tuple[str, str]], bytes]]
"""Makes the response to a refused request, from its status and its Origin header (None if unknown). Returns the status,
headers and body.
"""

log = logging.getLogger("lyceum.http")
logging.getLogger("waitress.queue").setLevel(
    logging.ERROR
)  # a request that waits for a thread needs no log line


class _Refusal(Error):  # type: ignore[misc]  # waitress has no types
    reason = "Refused"

    def __init__(self, code: int) -> None:
        super().__init__("")
        self.code = code


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads one request. Refuses what HTTP/1.1 forbids, and bodies without a length, as API Gateway does."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began_at = time.monotonic()
        self._is_line_read = False
        self._blank_bytes = 0

    @property
    def is_begun(self) -> bool:
        return bool(self.header_plus) or self.headers_finished

    def received(self, data: bytes) -> int:
        blank = 0
        if not self._is_line_read and not self.header_plus:
            length = len(data)
            data = data.lstrip(b"\r\n")
            blank = length - len(data)
            self._blank_bytes += blank
            if self._blank_bytes > MAX_BLANK_BYTES:
                return self._refuse(400, length)
            if not data:
                return blank
        if not self._is_line_read:
            line, newline, _ = (self.header_plus + data).partition(b"\n")
            status = _refused_line(line, is_whole=bool(newline))
            if status:
                return self._refuse(status, blank + len(data))
            self._is_line_read = bool(newline)
        consumed = blank + int(super().received(data))
        if self.error is not None:
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError:
            # The address cannot be read, or the Content-Length has more digits than Python converts.
            is_long = len(self.headers.get("CONTENT_LENGTH", "")) > sys.get_int_max_str_digits()
            self._fail(413 if is_long else 400)
        except TransferEncodingNotImplemented:
            self._fail(411)
        else:
            if "TRANSFER_ENCODING" in self.headers or self.chunked:
                self._fail(411)

    def expire(self) -> None:
        """Refuse the incomplete request, because the client was too slow."""
        self._refuse(408, 0)

    def _fail(self, status: int) -> None:
        self.error = _Refusal(status)
        self.body_rcv = None
        self.content_length = 0

    def _refuse(self, status: int, consumed: int) -> int:
        self._fail(status)
        self.completed = True
        self.expect_continue = False
        return consumed


def _refused_line(line: bytes, *, is_whole: bool) -> int | None:
    """The status with which the request line is refused; None if it is, or may become, a valid line of HTTP/1.0 or
    HTTP/1.1. A whole line includes the carriage return at its end.
    """
    if len(line) > MAX_LINE_BYTES:
        return 414
    if not is_whole:
        return None if _BEGUN.fullmatch(line) else 400
    version = _VERSION.search(line.removesuffix(b"\r"))
    if version is not None and version[1] not in (b"1.0", b"1.1"):
        return 505
    return None if line.endswith(b"\r") and _LINE.fullmatch(line[:-1]) else 400


class _Refusing(ErrorTask):  # type: ignore[misc]
    """Responds to a refused request with an error in the app's form, and closes the connection."""

    def execute(self) -> None:
        server: _Server = self.channel.server
        code, headers, body = server.refuse(self.request.error.code, self.request.headers.get("ORIGIN"))
        self.status = f"{code} Refused"
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
        self.channel.lingers = True


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class = _Parser
    error_task_class = _Refusing
    lingers = False
    _lingers_until: float | None = None

    def readable(self) -> bool:
        return self._lingers_until is not None or bool(super().readable())

    def writable(self) -> bool:
        if self._lingers_until is not None:
            return False
        # waitress sends such small responses only when the request is done. If this asked earlier, the socket would be
        # ready every time.
        waits = self.requests and self.total_outbufs_len < self.adj.send_bytes
        return bool(self.will_close or self.close_when_flushed or (self.total_outbufs_len and not waits))

    def handle_read(self) -> None:
        if self._lingers_until is None:
            super().handle_read()
        elif not self.recv(self.adj.recv_bytes):
            self.handle_close()

    def handle_close(self) -> None:
        """Close the connection. After a refusal, first read on for a while: unread bytes would reset the connection
        before the client has the response.
        """
        if self.lingers and self.connected and self._lingers_until is None:
            self.will_close = False
            self._lingers_until = time.monotonic() + LINGER_SECONDS
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                super().handle_close()
            return
        super().handle_close()

    def enforce_limits(self, now: float) -> None:
        """Refuse a request that arrives too slowly. Close the connection if it was idle for too long."""
        server: _Server = self.server
        if self._lingers_until is not None:
            if now >= self._lingers_until:
                self.handle_close()
            return
        with self.requests_lock:
            request: _Parser | None = self.request  # type: ignore[has-type]
            if self.requests or self.will_close or self.close_when_flushed:
                return
            if request is None or not request.is_begun:
                self.will_close = time.time() - self.last_activity >= server.idle_seconds
                return
            if now - request.began_at < server.seconds_for(request):
                return
            request.expire()
            self.requests.append(request)
            self.request = None
            server.add_task(self)


class _Server(TcpWSGIServer):  # type: ignore[misc]
    channel_class = _Channel
    refuse: Refuse
    head_seconds: float
    body_seconds: float
    idle_seconds: float

    def seconds_for(self, request: _Parser) -> float:
        if not request.headers_finished:
            return self.head_seconds
        return self.head_seconds + self.body_seconds + request.content_length / BODY_BYTES_A_SECOND

    def maintenance(self, now: float) -> None:
        """Called by waitress about four times a second."""
        moment = time.monotonic()
        channels: list[_Channel] = list(self.active_channels.values())
        for channel in channels:
            channel.enforce_limits(moment)
        if len(channels) >= MAX_CONNECTIONS - 1:
            idle = [one for one in channels if not one.requests and one.request is None]
            for channel in sorted(idle, key=lambda one: one.last_activity)[: MAX_CONNECTIONS // 10]:
                channel.will_close = True


class LocalHttpServer:
    """Serves a WSGI application in threads of its own, from ``start`` to ``stop``."""

    def __init__(
        self,
        host: str,
        port: int,
        application: WSGIApplication,
        refuse: Refuse,
        *,
        max_body_bytes: int,
        head_seconds: float = HEAD_SECONDS,
        body_seconds: float = BODY_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Listen on ``port``, or on a free one if it is 0. Raises ``OSError`` if the port is in use."""
        adjustments = Adjustments(
            listen=f"{host}:{port}",
            backlog=BACKLOG,
            connection_limit=MAX_CONNECTIONS,
            threads=THREADS,
            max_request_header_size=MAX_HEAD_BYTES,
            max_request_body_size=max_body_bytes + 1,
            recv_bytes=65_536,
            asyncore_use_poll=True,
            ident="",
            log_socket_errors=False,
            clear_untrusted_proxy_headers=True,
        )
        adjustments.cleanup_interval = _WATCH_SECONDS  # the constructor would cut it to whole seconds: to 0
        adjustments.send_bytes = (
            SEND_BYTES  # as an argument of the constructor it causes a deprecation warning
        )
        self._map: dict[int, Any] = {}
        self._threads = ThreadedTaskDispatcher()
        server = _Server(
            application,
            self._map,
            dispatcher=self._threads,
            adj=adjustments,
            sockinfo=adjustments.listen[0],
        )
        server.refuse, server.idle_seconds = refuse, idle_seconds
        server.head_seconds, server.body_seconds = head_seconds, body_seconds
        self._server = server
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        self._threads.set_thread_count(THREADS)
        self._thread.start()

    def stop(self) -> None:
        """Accept no more requests, finish the running ones within ``STOP_SECONDS``, and close all connections."""
        self._is_stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._threads.shutdown(timeout=STOP_SECONDS)
        wasyncore.close_all(self._map)

    def _serve(self) -> None:
        while not self._is_stopping.is_set():
            self._turn()
        self._server.accepting = False
        deadline = time.monotonic() + STOP_SECONDS
        while self._is_busy() and time.monotonic() < deadline:
            self._turn()

    def _turn(self) -> None:
        wasyncore.loop(timeout=_WATCH_SECONDS, use_poll=True, map=self._map, count=1)

    def _is_busy(self) -> bool:
        return any(one.requests or one.total_outbufs_len for one in self._server.active_channels.values())
