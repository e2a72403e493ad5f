"""The HTTP server of the laptop: a class that connects at the same moment, slow clients, requests that are not HTTP."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from adapters.local.http_server import MAX_LINE_BYTES, THREADS, LocalHttpServer
from benchmarks.burst import run
from chalicelib.http import SECURITY_HEADERS
from demo.play import Server, running_server

PATIENCE_SECONDS = 60.0


def refuse(status: int, origin: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
    return status, [("X-Origin", origin or "")], b"refused"


class Echo:
    """An application that counts how many of its calls run at the same time, and waits until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.let_go.set()
        self.most = 0
        self._running = 0
        self._lock = threading.Lock()
        self.all_are_busy = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
            if self._running >= THREADS:
                self.all_are_busy.set()
        self.let_go.wait(PATIENCE_SECONDS)
        with self._lock:
            self._running -= 1
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@contextmanager
def serving(echo: Echo, **seconds: float) -> Iterator[LocalHttpServer]:
    server = LocalHttpServer("127.0.0.1", 0, echo, refuse, max_body_bytes=100_000, **seconds)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def served(echo: Echo) -> Iterator[LocalHttpServer]:
    with serving(echo) as server:
        yield server


@pytest.fixture
def hasty(echo: Echo) -> Iterator[LocalHttpServer]:
    """A server that waits only a third of a second for the rest of a request. It waits longer for the first byte,
    because this machine may be busy.
    """
    with serving(echo, head_seconds=0.3, body_seconds=0.0) as server:
        yield server


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def everything(client: socket.socket) -> bytes:
    """What the server sends until it closes the connection."""
    received = b""
    while more := client.recv(65_536):
        received += more
    return received


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "sent", [b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"]
)
def test_a_request_that_does_not_arrive_is_refused(hasty: LocalHttpServer, sent: bytes) -> None:
    with connected(hasty.port) as client:
        client.sendall(sent)
        assert status_of(everything(client)) == 408


def test_slow_clients_hold_no_thread(hasty: LocalHttpServer) -> None:
    slow = [connected(hasty.port) for _ in range(4 * THREADS)]
    for client in slow:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
    with connected(hasty.port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status_of(everything(client)) == 200
    for client in slow:
        assert status_of(everything(client)) == 408
        client.close()


def test_an_idle_connection_is_closed_in_silence(echo: Echo) -> None:
    with serving(echo, idle_seconds=0.3) as server:
        with connected(server.port) as client:
            assert everything(client) == b""
        answered = b""
        for _ in range(50):  # on a busy machine, the connection may be closed before anything is sent
            with suppress(ConnectionError), connected(server.port) as client:
                client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
                answered = everything(client)
            if answered:
                break
        assert answered.endswith(b"\r\n\r\nhi")


def test_a_limited_number_of_requests_runs_at_once_and_the_others_wait(
    served: LocalHttpServer, echo: Echo
) -> None:
    echo.let_go.clear()
    clients = [connected(served.port) for _ in range(3 * THREADS)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert echo.all_are_busy.wait(PATIENCE_SECONDS)
    echo.let_go.set()
    for client in clients:
        assert status_of(everything(client)) == 200
        client.close()
    assert echo.most == THREADS


def test_a_class_waits_for_a_server_that_is_busy(echo: Echo) -> None:
    """The system makes each connection before the server accepts one. So a busy server refuses nobody."""
    server = LocalHttpServer(
        "127.0.0.1", 0, echo, refuse, max_body_bytes=100_000
    )  # accepts once it is started
    clients = [
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
        for _ in range(min(200, socket_queue()))
    ]
    server.start()
    clients[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status_of(everything(clients[-1])) == 200
    for client in clients:
        client.close()
    server.stop()


def socket_queue() -> int:
    """How many waiting connections the system allows a server."""
    setting = Path("/proc/sys/net/core/somaxconn")
    return int(setting.read_text()) if setting.exists() else 128


def test_a_refused_body_does_not_hide_the_reason(served: LocalHttpServer) -> None:
    """The client sends all of a large body before it reads. The connection must not be reset."""
    body = b"x" * 4_000_000
    with connected(served.port) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nOrigin: http://page.example\r\n"
        )
        client.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
        client.sendall(body)
        response = everything(client)
    assert status_of(response) == 413
    assert b"X-Origin: http://page.example\r\n" in response


def test_the_largest_body_arrives_whole(served: LocalHttpServer) -> None:
    body = bytes(range(250)) * 400
    with connected(served.port) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
            + body
        )
        assert everything(client).partition(b"\r\n\r\n")[2] == body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("served")
    with running_server(folder / "data", log=folder / "log") as server:
        yield server, folder / "log"


OK = b"GET /api/health HTTP/1.1\r\n"
REFUSED = {
    "garbage": (b"\x16\x03\x01\x02\x00\r\n", 400, "malformed_request"),
    "a handshake": (b"\x16\x03\x01\x02\x00\x01", 400, "malformed_request"),
    "no carriage return": (b"GET /api/health HTTP/1.1\nHost: localhost\n\n", 400, "malformed_request"),
    "empty lines": (b"\r\n" * 50_000 + OK + b"Host: localhost\r\n\r\n", 400, "malformed_request"),
    "no version": (b"GET /api/health\r\n\r\n", 400, "malformed_request"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version_not_supported"),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\n\r\n", 505, "http_version_not_supported"),
    "a long address": (b"GET /" + b"a" * MAX_LINE_BYTES + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
    "an endless address": (b"GET /" + b"a" * 300_000, 414, "uri_too_long"),
    "a large header": (
        OK + b"Host: localhost\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        431,
        "headers_too_large",
    ),
    "many headers": (OK + b"Host: localhost\r\n" + b"X: y\r\n" * 20_000, 431, "headers_too_large"),
    "a header without a name": (OK + b"Host: localhost\r\n: y\r\n\r\n", 400, "malformed_request"),
    "no Host": (OK + b"\r\n", 400, "malformed_request"),
    "another's Host": (OK + b"Host: rebound.example\r\n\r\n", 421, "unknown_host"),
    "two Hosts": (OK + b"Host: localhost\r\nHost: rebound.example\r\n\r\n", 421, "unknown_host"),
    "two lengths": (
        b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
        "malformed_request",
    ),
    "chunks": (
        b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        411,
        "length_required",
    ),
    **{
        f"the coding {coding}": (
            b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: %b\r\n\r\n0\r\n\r\n"
            % coding.encode(),
            411,
            "length_required",
        )
        for coding in ("identity", "gzip, chunked", "nonsense")
    },
    "an address of another's host": (
        b"GET http://rebound.example/api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        421,
        "unknown_host",
    ),
    "a tunnel": (
        b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        400,
        "malformed_request",
    ),
    "an address whose host cannot be read": (
        b"GET http://[/api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        400,
        "malformed_request",
    ),
    "a length of too many digits": (
        b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        413,
        "too_large",
    ),
    "an address in brackets": (b"GET //[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "route_not_found"),
    "no ASCII": (
        "GET /api/none HTTP/1.1\r\nHost: localhost\r\nAuthorization: ä\r\n\r\n".encode(),
        404,
        "route_not_found",
    ),
}


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_invalid_request_is_refused_with_the_usual_error_body(
    server: tuple[Server, Path], sent: bytes, status: int, code: str
) -> None:
    running, log = server
    with connected(int(running.environment["LYCEUM_PORT"])) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        head, _, body = everything(client).partition(b"\r\n\r\n")
    assert status_of(head) == status
    error = json.loads(body)["error"]
    assert error["code"] == code
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert headers["X-Request-Id"] == error["request_id"]
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1", "LOCALHOST", "[::1]:80"])
def test_the_names_of_this_machine_are_served(server: tuple[Server, Path], host: str) -> None:
    with connected(int(server[0].environment["LYCEUM_PORT"])) as client:
        client.sendall(OK + f"Host: {host}\r\nConnection: close\r\n\r\n".encode())
        assert status_of(everything(client)) == 200


@pytest.mark.parametrize("lead", [b"", b"\r\n\r\n"])
@pytest.mark.parametrize("target", ["http://localhost/api/health", "HTTP://127.0.0.1:8000/api/health?deep=0"])
def test_an_address_with_its_host_is_served(server: tuple[Server, Path], target: str, lead: bytes) -> None:
    """Proxies send such an address. It counts, and a Host header with another name does not."""
    with connected(int(server[0].environment["LYCEUM_PORT"])) as client:
        client.sendall(
            lead + f"GET {target} HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n".encode()
        )
        assert status_of(everything(client)) == 200


def test_a_body_that_begins_with_empty_lines_arrives_whole(served: LocalHttpServer) -> None:
    body = b"\r\n" * 100
    with connected(served.port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        client.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
        client.sendall(body)
        assert everything(client).endswith(b"\r\n\r\n" + body)


@pytest.mark.slow
def test_a_class_that_connects_at_one_moment_is_served(tmp_path: Path) -> None:
    """Nobody is refused or cut off. The test does not check how long it takes; `make load` measures that."""
    few, many = run(tmp_path / "data", (10, 200), 400)
    assert few.is_well
    assert many.is_well
