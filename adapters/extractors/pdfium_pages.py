"""The pages of a PDF, read by pdfium in a process of its own (see ``pdfium_process``)."""

from __future__ import annotations

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import weakref
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Literal

from adapters.extractors.budget import Budget
from adapters.extractors.outlines import OutlineEntry
from adapters.extractors.process_limits import Limits

_PROGRAM = "adapters.extractors.pdfium_process"
_MAX_MESSAGE = 64 * 1024 * 1024
_RECEIVED_AT_ONCE = 64 * 1024
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")
"""The environment variables that the process gets. A hostile file must find no keys there."""


class ReaderEnded(Exception):
    """The process ended too early: pdfium crashed, or exceeded its memory or its time."""


class NotOpened(Exception):
    """pdfium cannot read the file. ``reason`` is ``encrypted`` or ``unreadable``."""

    def __init__(self, reason: Literal["encrypted", "unreadable"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class DrawnPage:
    text: str | None
    """None if pdfium cannot read the page."""
    values: tuple[str, ...] = ()
    """The texts of form fields and free-text annotations."""
    has_pictures: bool = False
    """Whether the page draws pictures. Always False if the page has much text."""
    shows_text: bool = False
    """Whether the page draws text, also if no letter of it is known. Always False if the page has much text."""
    is_heavy: bool = False
    """Whether the page needed far more memory than the pages before."""


class PdfiumDocument:
    """One PDF, opened in a new process. ``page_count``, ``title`` and ``outline`` are known immediately.

    ``close()`` ends the process.
    """

    def __init__(self, content: bytes, budget: Budget, limits: Limits, *, first: int = 0) -> None:
        """Open the PDF. Pages are read from index ``first`` on. Raises ``NotOpened`` or ``ReaderEnded``."""
        self._budget = budget
        self._limits = limits
        self._connection = _processes().connect()
        self._received = bytearray()
        # The process also ends if the caller never reads a page.
        self.close = weakref.finalize(self, self._connection.close)
        try:
            request = {
                "size": len(content),
                "first": first,
                "max_pages": budget.max_pages,
                "memory": limits.memory,
                "cpu_seconds": int(budget.seconds_left()) + 1,
                "page_cpu_seconds": limits.page_cpu_seconds,
            }
            self._send(json.dumps(request).encode(), content)
            opened = self._receive()
            if "error" in opened:
                raise NotOpened("encrypted" if opened["error"] == "encrypted" else "unreadable")
            self.page_count = int(opened["pages"])
            self.title = str(opened["title"])
            self.outline: dict[int, list[OutlineEntry]] = {}
            for index, level, title in opened["outline"]:
                self.outline.setdefault(index, []).append(OutlineEntry(title, min(level, 6)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.close()
            raise ReaderEnded from error
        except BaseException:  # also an interrupt must not leave the process with a document
            self.close()
            raise

    def next_page(self) -> DrawnPage:
        """The next page. Raises ``ReaderEnded`` if the process ends before it answers."""
        message = self._receive()
        try:
            text = message["text"]
            return DrawnPage(
                None if text is None else str(text),
                tuple(map(str, message.get("values", ()))),
                bool(message.get("has_pictures")),
                bool(message.get("shows_text")),
                bool(message["heavy"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ReaderEnded from error

    def _send(self, request: bytes, content: bytes) -> None:
        self._connection.settimeout(self._limits.page_wall_seconds)
        try:
            self._connection.sendall(struct.pack(">I", len(request)) + request)
            self._connection.sendall(content)
        except OSError as error:
            raise ReaderEnded from error

    def _receive(self) -> Any:
        self._connection.settimeout(min(self._limits.page_wall_seconds, self._budget.seconds_left() + 1))
        try:
            (size,) = struct.unpack(">I", self._exactly(4))
            if size > _MAX_MESSAGE:
                raise ReaderEnded
            message = json.loads(self._exactly(size))
        except (OSError, ValueError) as error:
            raise ReaderEnded from error
        self._budget.check_time()
        return message

    def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            part = self._connection.recv(_RECEIVED_AT_ONCE)
            if not part:
                raise ReaderEnded
            self._received += part
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken


class _Processes:
    """The running ``pdfium_process``. It is started again if it has ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: socket.socket | None = None
        self._running: subprocess.Popen[bytes] | None = None

    def connect(self) -> socket.socket:
        """A connection to a new child process. Raises ``ReaderEnded`` if none can be started."""
        ours, theirs = socket.socketpair()
        with closing(theirs), self._lock:
            for _ in range(2):
                try:
                    socket.send_fds(self._started(), [b"\0"], [theirs.fileno()])
                    return ours
                except OSError:
                    self._stop()
        ours.close()
        raise ReaderEnded

    def _started(self) -> socket.socket:
        if self._requests is not None:
            return self._requests
        ours, theirs = socket.socketpair()
        with closing(theirs):
            environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
            environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
            self._running = subprocess.Popen(  # noqa: S603  # no part of the command is a stranger's
                [sys.executable, "-m", _PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._requests = ours
        return ours

    def _stop(self) -> None:
        if self._requests is not None:
            self._requests.close()
            self._requests = None
        if self._running is not None:
            try:
                self._running.wait(timeout=1)  # it ends with its socket
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
            self._running = None

    def stop(self) -> None:
        with self._lock:
            self._stop()


@cache
def _processes() -> _Processes:
    """One process for all documents: to start it takes as long as to read a hundred pages."""
    processes = _Processes()
    atexit.register(processes.stop)
    return processes
