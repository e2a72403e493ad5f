"""A text recogniser whose pages a test scripts. It records the scans that it got."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from ports.errors import Unavailable
from ports.object_store import ObjectNotFound, ObjectStore
from ports.text_recogniser import (
    SCAN_TYPES,
    Box,
    RecognisedLine,
    RecognisedPage,
    Scan,
    ScanType,
    UnrecognisableScan,
    check_scan,
)

Script: TypeAlias = Sequence[RecognisedPage] | Exception
"""A script for a job: the pages; ``UnrecognisableScan``, to make the job fail; or another error, which ``begin``
raises.
"""

_CHECK = ".s3_access_check"
_CONFIDENCE = 0.99


class ScriptedTextRecogniser:
    """Implements ``TextRecogniser`` over an object store. Unless ``is_slow``, ``begin`` stores the outcome before it
    returns.

    As with Textract: a check file is stored before the outcome; an object has few pages (here one); the objects are
    named ``1``, ``2`` … below the job's name; and a job that fails stores nothing.

    If nothing is enqueued, the scan's bytes are read as text. A form feed ends a page, and a newline ends a line.
    ``begun`` has the scans whose jobs were started, each once, in order. A test may set ``media_types``.
    """

    def __init__(self, objects: ObjectStore, *, media_types: Collection[ScanType] = SCAN_TYPES) -> None:
        self._objects = objects
        self._queue: deque[Script | Callable[[bytes], Script]] = deque()
        self._lock = threading.RLock()
        self._failed: set[str] = set()
        self._waiting: deque[tuple[Scan, bytes]] = deque()
        self.begun: list[Scan] = []
        self.media_types: frozenset[ScanType] = frozenset(media_types)
        self.is_slow = False
        """If true, jobs wait until the test calls ``finish``."""

    def enqueue(self, script: Script | Callable[[bytes], Script]) -> None:
        """Add a script. Each job takes the oldest one. A function is called with the scan's bytes."""
        self._queue.append(script)

    def begin(self, scan: Scan) -> None:
        check_scan(scan)
        if scan.media_type not in self.media_types:
            raise ValueError("the type is not supported")
        try:
            content = self._objects.get(scan.key)
        except ObjectNotFound:
            raise Unavailable("text_recogniser", "no such scan") from None
        with self._lock:
            if scan.job_id in self._failed:
                raise UnrecognisableScan
            if any(known.job_id == scan.job_id for known in self.begun):
                return
            self.begun.append(scan)
            self._waiting.append((scan, content))
            if not self.is_slow:
                self.finish()

    def finish(self) -> None:
        """Finish the jobs that were begun."""
        with self._lock:
            while self._waiting:
                self._recognise(*self._waiting.popleft())

    def forget(self) -> None:
        """Forget the jobs that were begun and have not ended."""
        with self._lock:
            for scan, _ in self._waiting:
                self.begun.remove(scan)
            self._waiting.clear()

    def outcome(self, scan: Scan) -> tuple[RecognisedPage, ...] | None:
        folder = f"{scan.result_prefix}{_folder(scan)}/"
        names = sorted(int(key.removeprefix(folder)) for key in self._objects.keys(folder))
        found: list[RecognisedPage] = []
        try:
            for number in names:
                part = json.loads(self._objects.get(f"{folder}{number}"))
                found.append(_page(part["page"]))
                if part["pages"] == len(found):
                    return tuple(found)
        except ObjectNotFound:
            return None
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Unavailable("text_recogniser", "no outcome") from None
        return None

    def close(self) -> None:
        """Does nothing: a fake holds nothing open."""

    def _recognise(self, scan: Scan, content: bytes) -> None:
        script = self._queue.popleft() if self._queue else pages_of
        if callable(script):
            script = script(content)
        if isinstance(script, UnrecognisableScan):
            self._failed.add(scan.job_id)
            return
        if isinstance(script, Exception):
            self.begun.remove(scan)
            raise script
        self._objects.put(f"{scan.result_prefix}{_CHECK}", b"", "application/octet-stream")
        for number, page in enumerate(script, start=1):
            body = json.dumps({"pages": len(script), "page": asdict(page)}).encode()
            self._objects.put(f"{scan.result_prefix}{_folder(scan)}/{number}", body, "application/json")


def _folder(scan: Scan) -> str:
    return f"job-{scan.job_id}"


def _page(page: Any) -> RecognisedPage:
    lines = (RecognisedLine(**line | {"box": Box(*line["box"])}) for line in page["lines"])
    return RecognisedPage(page["number"], tuple(lines))


def pages_of(content: bytes) -> Script:
    """The bytes as text. Returns ``UnrecognisableScan`` if they are not UTF-8, or empty."""
    try:
        pages = content.decode().split("\f")
    except UnicodeDecodeError:
        return UnrecognisableScan()
    return (
        [page_of(number, page) for number, page in enumerate(pages, start=1)]
        if content
        else UnrecognisableScan()
    )


def page_of(number: int, text: str, confidence: float = _CONFIDENCE) -> RecognisedPage:
    """A page with one line for each line of ``text``, one below the other."""
    lines = text.split("\n")
    height = 0.9 / len(lines)
    return RecognisedPage(
        number,
        tuple(
            RecognisedLine(line, confidence, Box(0.1, 0.05 + at * height, 0.9, 0.05 + (at + 0.7) * height))
            for at, line in enumerate(lines)
            if line.strip()
        ),
    )
