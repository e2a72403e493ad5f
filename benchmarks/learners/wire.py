"""Clients of a server that is killed from time to time: they repeat interrupted requests and record faults.

A request that a kill interrupted is repeated unchanged, with its ``Idempotency-Key``, until it gets a response. A
request that is told to wait (429, 503) waits. Every other failure is a fault, and so is a connection that breaks while
the server runs.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.learners.texts import learners_named_in

PATIENCE_SECONDS = 300.0
"""The time limit of one request with all its repetitions since the last kill. For the response to an answer it is
twice as long, because a dead worker may still hold the lease."""
_WAIT_SECONDS = 1.0
"""The seconds before a request is repeated if the response has no ``Retry-After``."""


class Refused(Exception):
    """The server refused a request, or did not respond. The fault is already recorded."""


class Broken(Exception):
    """The server was killed during the request. Repeat it after the restart."""


@dataclass
class Tally:
    """Counts the requests by kind, and records errors and faults."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    """By kind, the seconds of each acknowledged request."""
    errors: Counter[str] = field(default_factory=Counter)
    """The number of responses that were not a success, and of broken connections."""
    faults: list[str] = field(default_factory=list)
    _in_flight: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        with self._lock:
            return sum(map(len, self.latencies.values()))

    def under_way(self) -> dict[str, int]:
        """The number of requests that are running, by kind."""
        with self._lock:
            return {kind: count for kind, count in self._in_flight.items() if count}

    def took(self, kind: str, seconds: float) -> None:
        with self._lock:
            self.latencies.setdefault(kind, []).append(seconds)

    def failed(self, what: str) -> None:
        with self._lock:
            self.errors[what] += 1

    def fault(self, what: str) -> None:
        with self._lock:
            self.faults.append(what)

    @contextmanager
    def flying(self, kind: str) -> Iterator[None]:
        with self._lock:
            self._in_flight[kind] += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[kind] -= 1


class Lives:
    """Counts the starts of the server (its *lives*), and knows whether it is running."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._is_up = False

    def begin(self) -> None:
        with self._changed:
            self._number += 1
            self._is_up = True
            self._changed.notify_all()

    def end(self) -> None:
        """Mark the server as stopped. Call this before killing it."""
        with self._changed:
            self._is_up = False

    def wait(self) -> int:
        """Wait until the server runs. Returns the number of its present life. Raises ``RuntimeError`` if it does not
        start in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_up, PATIENCE_SECONDS):
                raise RuntimeError("the server did not come back")
            return self._number

    def has_ended(self, number: int) -> bool:
        with self._changed:
            return number < self._number or not self._is_up


@dataclass
class Place:
    """The server's addresses and the present tally. ``slots`` limits how many requests run at the same time."""

    url: str
    ws_url: str
    lives: Lives
    tally: Tally
    slots: threading.BoundedSemaphore


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content or b"null")


class Client:
    """The HTTP client of one person. Not safe to share between threads."""

    def __init__(
        self, place: Place, who: str, token: str, *, may_name: frozenset[int], keeps_alive: bool
    ) -> None:
        """``may_name`` are the learners whose islands a response to this person may name."""
        self.place = place
        self.who = who
        self._token = token
        self._may_name = may_name
        self._keeps_alive = keeps_alive
        self._connection: HTTPConnection | None = None
        self._life = 0

    def get(self, kind: str, path: str, *, expects: int = 200) -> Any:
        return self.send(kind, "GET", path, expects=expects).body

    def post(self, kind: str, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Any:
        content = json.dumps(body).encode()
        return self.send(kind, "POST", path, content, {"Content-Type": "application/json"}, key=key).body

    def delete(self, kind: str, path: str) -> Any:
        return self.send(kind, "DELETE", path).body

    def upload(
        self, kind: str, path: str, fields: Mapping[str, str], filename: str, content: bytes, **options: Any
    ) -> Answer:
        """Send a multipart/form-data POST: the fields first, then the file."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        named = f'Content-Disposition: form-data; name="file"; filename="{filename}"'
        parts += [f"--{boundary}\r\n{named}\r\n\r\n".encode(), content, f"\r\n--{boundary}--\r\n".encode()]
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.send(kind, "POST", path, b"".join(parts), headers, **options)

    def upload_presigned(self, kind: str, offer: Any, filename: str, content: bytes) -> None:
        """Post the bytes to the address in the ``offer``, which ``…/upload-url`` returned."""
        path, fields = urlsplit(offer["upload"]["url"]).path, offer["upload"]["fields"]
        self.upload(kind, path, fields, filename, content, is_signed=True)

    def send(
        self,
        kind: str,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
        expects: int = 200,
        is_signed: bool = False,
    ) -> Answer:
        """Send the request, repeatedly if necessary, and return the successful response.

        ``is_signed`` means that the path itself is signed, so that no token is sent. Raises ``Refused``.
        """
        sent_headers = {} if is_signed else {"Authorization": f"Bearer {self._token}"}
        sent_headers |= {} if key is None else {"Idempotency-Key": key}
        sent_headers |= {} if self._keeps_alive else {"Connection": "close"}
        sent_headers |= headers or {}
        tally = self.place.tally
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with self.place.slots, tally.flying(kind):
                life = self.place.lives.wait()
                began_at = time.perf_counter()
                try:
                    response, content = self._exchange(life, method, path, body, sent_headers)
                except (OSError, http.client.HTTPException) as failed:
                    self.close()
                    if not self.place.lives.has_ended(life):
                        self._refuse(f"{method} {path}: {type(failed).__name__} while the server lived")
                    tally.failed("broken connection at a kill")
                    deadline = time.monotonic() + PATIENCE_SECONDS
                    continue
                seconds = time.perf_counter() - began_at
            status, text = response.status, content.decode(errors="replace")
            if status == expects or (expects == 200 and status in (202, 204)):
                tally.took(kind, seconds)
                self._check_names(f"{method} {path}", text)
                return Answer(status, content)
            tally.failed(f"{status} {_code_of(text)}")
            if status not in (429, 503) or time.monotonic() > deadline:
                self._refuse(f"{method} {path}: {status} {text[:400]}")
            time.sleep(float(response.headers.get("Retry-After") or _WAIT_SECONDS))

    def _exchange(
        self, life: int, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        if self._connection is None or self._life != life:
            self.close()
            address = urlsplit(self.place.url).netloc
            self._connection, self._life = HTTPConnection(address, timeout=PATIENCE_SECONDS), life
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        content = response.read()
        if not self._keeps_alive:
            self.close()
        return response, content

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def check(self, as_it_should: bool, what: str, found: Any = "") -> None:
        """Record a fault with the text ``what`` unless ``as_it_should`` is true."""
        if not as_it_should:
            self.place.tally.fault(f"{self.who}: {what} {json.dumps(found, default=str)[:600]}".strip())

    def _check_names(self, what: str, text: str) -> None:
        strangers = learners_named_in(text) - self._may_name
        self.check(not strangers, f"{what} names what is another's: {sorted(strangers)}", text)

    def _refuse(self, what: str) -> None:
        self.check(False, what)
        raise Refused(what)

    def line(self) -> Line:
        """Open a WebSocket with a new ticket. Raises ``Broken`` and ``Refused``."""
        ticket = self.post("ticket", "/api/ws-ticket", {})["ticket"]
        try:
            with self.place.slots:
                life = self.place.lives.wait()
                socket = connect(f"{self.place.ws_url}?ticket={ticket}", open_timeout=PATIENCE_SECONDS)
        except (OSError, EOFError, InvalidHandshake) as failed:
            raise self._broken(life, "a WebSocket was not opened", failed) from None
        return Line(self, socket, life)

    def _broken(self, life: int, what: str, failed: Exception) -> Exception:
        """The error to raise: ``Broken`` if a kill explains the failure, otherwise ``Refused`` after recording a fault."""
        if self.place.lives.has_ended(life):
            self.place.tally.failed("broken connection at a kill")
            return Broken()
        self.check(False, f"{what} while the server lived: {type(failed).__name__} {failed}")
        return Refused(what)

    def lost(self, life: int, failed: Exception) -> Exception:
        return self._broken(life, "a WebSocket broke", failed)

    def hears(self, text: str) -> Any:
        self._check_names("a message", text)
        return json.loads(text)


class Line:
    """The client's end of a WebSocket. ``send`` and ``receive`` raise ``Broken`` and ``Refused``."""

    def __init__(self, client: Client, socket: ClientConnection, life: int) -> None:
        self._client = client
        self._socket = socket
        self._life = life

    def send(self, kind: str, **content: Any) -> None:
        try:
            self._socket.send(json.dumps({"type": kind, **content}))
        except (OSError, WebSocketException) as failed:
            raise self._client.lost(self._life, failed) from None

    def receive(self) -> Any:
        try:
            return self._client.hears(str(self._socket.recv(2 * PATIENCE_SECONDS)))
        except (OSError, WebSocketException) as failed:
            raise self._client.lost(self._life, failed) from None

    def close(self) -> None:
        self._socket.close()


def _code_of(text: str) -> str:
    try:
        return str(json.loads(text)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return text[:80]
