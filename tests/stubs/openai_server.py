"""A chat-completions server on 127.0.0.1 that sends scripted answers, byte for byte."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Scripted:
    """One response. Each of ``chunks`` is one HTTP chunk."""

    status: int = 200
    content_type: str = "text/event-stream"
    chunks: Sequence[bytes] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    """Seconds between chunks. It ends early when the server stops."""
    silent: bool = False
    """A response that never comes: the server accepts the request and sends nothing until it stops."""
    dropped: bool = False
    """A response that closes the connection without sending a byte."""
    cut: bool = False
    """A response that closes the connection after the chunks, without ending the body."""


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any] | None


def event(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    """One server-sent event of a streamed completion."""
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more}
    payload = {"object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(payload, ensure_ascii=False).encode() + b"\n\n"


def streamed(pieces: Iterable[str], finish: str | None = "stop") -> Scripted:
    """A reply in pieces that ends as servers end it. If ``finish`` is None, the end is missing."""
    opening = b'data: {"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}\n\n'
    events = [opening, *(event(piece) for piece in pieces)]
    ending = [] if finish is None else [event(finish=finish), b"data: [DONE]\n\n"]
    return Scripted(chunks=[*events, *ending])


def answered(value: object, status: int = 200) -> Scripted:
    """A response with a JSON body."""
    return Scripted(status=status, content_type="application/json", chunks=[json.dumps(value).encode()])


@dataclass
class OpenAIServer:
    """A stub server, used as a context manager. Without a script it streams ``Hello.``."""

    models: Sequence[str] = ("stub-model",)
    asked: list[Asked] = field(default_factory=list)
    _scripts: deque[Scripted] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The address, without ``/v1``."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def completions(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path.endswith("/chat/completions")]

    def script(self, *responses: Scripted) -> None:
        """Add answers to the next completions, in order."""
        self._scripts.extend(responses)

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

    def next_for(self, asked: Asked) -> Scripted:
        self.asked.append(asked)
        if asked.method == "GET" and asked.path.endswith("/models"):
            return answered({"object": "list", "data": [{"id": name} for name in self.models]})
        if asked.path != "/v1/chat/completions":
            return answered({"error": {"message": "no such path"}}, status=404)
        return self._scripts.popleft() if self._scripts else streamed(["Hello."])

    def wait(self, seconds: float) -> bool:
        """Wait for ``seconds``, or until the server stops. Returns whether it was stopped."""
        return self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no trace for a client that disconnects: the tests do that on purpose."""


def _handler_for(stub: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _answer(self, body: dict[str, Any] | None) -> None:
            self.close_connection = True
            headers = {name.lower(): value for name, value in self.headers.items()}
            scripted = stub.next_for(Asked(self.command, self.path, headers, body))
            if scripted.silent:
                stub.wait(30)
            if scripted.silent or scripted.dropped:
                return
            self.send_response(scripted.status)
            self.send_header("content-type", scripted.content_type)
            self.send_header("transfer-encoding", "chunked")
            self.send_header("connection", "close")
            for name, value in scripted.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for chunk in scripted.chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.wfile.flush()
                if scripted.pause and stub.wait(scripted.pause):
                    return
            if not scripted.cut:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    return Handler


def closed_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
