"""A Pinecone index over HTTP on 127.0.0.1, for the real client, that fails on demand."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Never, Self
from urllib.parse import parse_qs, urlsplit

from tests.stubs.pinecone_index import Body, PineconeIndex, Refusal, Reply

KEY = "pcsk_canary-of-the-tests"
MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_URL_CHARACTERS = 8 * 1024
"""The service's own limit is not documented; this is what proxies commonly take."""


@dataclass(frozen=True)
class Fault:
    """A faulty answer. If nothing else is set, the status and the body are sent."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False
    """Whether the request takes effect first."""
    silent: bool = False
    """A fault that sends nothing until the server stops or the client disconnects."""
    dropped: bool = False
    """A fault that closes the connection without sending a byte."""
    cut: bool = False
    """A fault that closes the connection in the middle of the body."""
    drips: bool = False
    """A fault that sends a space every 20 ms, without end."""


def failing(status: int, message: str = "", **headers: str) -> Fault:
    """A fault with an error in Pinecone's form. In the names of ``headers``, ``_`` stands for ``-``."""
    body = json.dumps({"code": 13, "message": message, "details": []}).encode()
    return Fault(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def answering(value: object) -> Fault:
    """A fault that is a success with ``value`` as its body, for any request."""
    return Fault(body=json.dumps(value).encode())


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """The path without its query."""
    headers: dict[str, str]
    params: dict[str, list[str]]
    body: Any
    size: int
    """Bytes of the body."""


@dataclass
class PineconeServer:
    """A stub server, used as a context manager. ``reset`` returns it to the state after the start."""

    dimension: int
    requests: list[Request] = field(default_factory=list)
    index: PineconeIndex = field(init=False)
    _faults: deque[Fault] = field(default_factory=deque)
    _always: Fault | None = None

    def __post_init__(self) -> None:
        self.index = PineconeIndex(self.dimension)
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, in order."""
        self._faults.extend(faults)

    def fail_always(self, fault: Fault | None) -> None:
        """Let every request fail. None ends that."""
        self._always = fault

    def reset(self) -> None:
        self.index = PineconeIndex(self.dimension)
        self.requests.clear()
        self._faults.clear()
        self._always = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_fault(self) -> Fault | None:
        return self._faults.popleft() if self._faults else self._always

    def wait(self, seconds: float) -> bool:
        """Wait for ``seconds``, or until the server stops. Returns whether it was stopped."""
        return self._stopping.wait(seconds)

    def reply(self, request: Request) -> Reply:
        if request.headers.get("api-key") != KEY:
            raise Refusal("Invalid API Key", status=401, code=16)
        if "x-pinecone-api-version" not in request.headers:
            raise Refusal("no X-Pinecone-Api-Version")
        if request.size > MAX_BODY_BYTES:
            raise Refusal(f"message length too large: found {request.size} bytes", status=413, code=11)
        match request.method, request.path:
            case "POST", "/vectors/upsert":
                return self.index.upsert(request.body)
            case "POST", "/query":
                return self.index.query(request.body)
            case "POST", "/vectors/delete":
                return self.index.delete(request.body)
            case "GET", "/vectors/fetch":
                return self.index.fetch(request.params.get("ids", []), _one(request, "namespace"))
            case "GET", "/vectors/list":
                limit, token = _one(request, "limit", "100"), _one(request, "paginationToken")
                return self.index.list(
                    _one(request, "namespace"), _one(request, "prefix"), int(limit), token or None
                )
        raise Refusal("Not Found", status=404, code=5)


def _one(request: Request, name: str, default: str = "") -> str:
    return request.params.get(name, [default])[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client keeps its connections, and their threads, for later requests
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no trace for a client that disconnects: the tests do that on purpose."""


def _handler_for(stub: PineconeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["content-length"])))

        def _answer(self, content: bytes) -> None:
            url = urlsplit(self.path)
            request = Request(
                self.command,
                url.path,
                {name.lower(): value for name, value in self.headers.items()},
                parse_qs(url.query, keep_blank_values=True),
                _parsed(content),
                len(content),
            )
            stub.requests.append(request)
            fault = stub.next_fault()
            if fault is None or fault.after_effect:
                status, body, headers = self._obey(request)
            if fault is None:
                self._send(status, body, headers)
            else:
                self._fail(fault)

        def _obey(self, request: Request) -> tuple[int, bytes, Mapping[str, str]]:
            try:
                if len(self.path) > MAX_URL_CHARACTERS:
                    raise Refusal("URI Too Long", status=414)
                reply = stub.reply(request)
            except Refusal as refusal:
                return refusal.status, _encoded(refusal.body), {}
            return 200, _encoded(reply.body), reply.headers

        def _fail(self, fault: Fault) -> None:
            self.close_connection = True
            if fault.silent:
                stub.wait(30)
            if fault.silent or fault.dropped:
                return
            if fault.drips:
                self._send(fault.status, b"", {"content-length": "1000000"})
                while not stub.wait(0.02):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            self._send(fault.status, fault.body, {**fault.headers, "connection": "close"}, fault.cut)

        def _send(self, status: int, body: bytes, headers: Mapping[str, str], cut: bool = False) -> None:
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(body) + cut),
                "x-pinecone-request-id": "8888888888",
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    return Handler


def _parsed(content: bytes) -> Body | None:
    return json.loads(content, parse_constant=_refuse) if content else None


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
