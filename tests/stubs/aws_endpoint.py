"""An endpoint of AWS on 127.0.0.1 that sends scripted answers, also broken ones."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    silent: bool = False
    """An answer that sends nothing until the endpoint stops."""
    dropped: bool = False
    """An answer that closes the connection without sending a byte."""
    cut: bool = False
    """An answer that closes the connection before the last byte of the body."""
    stalled: bool = False
    """An answer that stops before the last byte of the body, until ``let_go``."""
    chunks: tuple[bytes, ...] | None = None
    """The chunks to stream, in place of a body with a length."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    """The headers, with names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def json_error(code: str, status: int = 400, **more: Any) -> Answer:
    """An error in DynamoDB's form. The adapter must not pass its message on."""
    return json_answer({"__type": f"com.amazonaws#{code}", "message": "vendor's words", **more}, status)


def xml_error(code: str, status: int) -> Answer:
    """An error in S3's form."""
    return Answer(status, f"<Error><Code>{code}</Code><Message>vendor's words</Message></Error>".encode())


@dataclass
class AwsEndpoint:
    """A stub server, used as a context manager. ``asked`` lists every request. Without a script, the answer is ``{}``."""

    asked: list[Request] = field(default_factory=list)
    _answers: deque[Answer] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._let_go = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def script(self, *answers: Answer) -> None:
        """Add answers to the next requests, in order."""
        self._answers.extend(answers)

    def heal(self) -> None:
        """Drop the scripted answers."""
        self._answers.clear()

    def forget(self) -> None:
        """Return to the state after the start."""
        self.asked.clear()
        self._answers.clear()

    def next_for(self, request: Request) -> Answer:
        self.asked.append(request)
        return self._answers.popleft() if self._answers else Answer()

    def wait(self) -> None:
        self._stopping.wait(30)

    def stall(self) -> None:
        self._let_go.clear()
        self._let_go.wait(30)

    def let_go(self) -> None:
        """End the stalled answers: their connections are closed."""
        self._let_go.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _framed(answer: Answer) -> bytes:
    body = answer.body
    if answer.chunks is not None:
        body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in answer.chunks)
        body = body[:-2] if answer.cut else body + b"0\r\n\r\n"
    return body[:-1] if answer.cut or answer.stalled else body


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no trace for a client that disconnects: the tests do that on purpose."""


def _handler_for(endpoint: AwsEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = endpoint.next_for(Request(self.command, self.path, headers, body))
            if answer.silent:
                endpoint.wait()
            if answer.silent or answer.dropped:
                return
            self.send_response(answer.status)
            if answer.chunks is not None:
                self.send_header("transfer-encoding", "chunked")
            else:
                self.send_header("content-length", str(len(answer.body)))
            self.send_header("connection", "close")
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(_framed(answer))
            if answer.stalled:
                self.wfile.flush()
                endpoint.stall()

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _answer  # noqa: N815  # the names of http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    return Handler
