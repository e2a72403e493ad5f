"""Text recognition on the laptop, without a network: RapidOCR's models from an installed package, or Tesseract.

It is an optional extra (``make run OCR=1``). Each scan is recognised in a process of its own (see ``process``).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from shutil import which
from threading import Lock, Timer
from typing import IO, Any, cast

from adapters.local.jobs import BackgroundJobs
from adapters.local.recognition.engines import CAPABILITY, Engine, model_files
from adapters.local.recognition.process import Request
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

_PROGRAM = "adapters.local.recognition.process"
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "TESSDATA_PREFIX", "OPENBLAS_CORETYPE")
"""The environment variables that the process gets. A hostile file must find no keys there."""
_MOST_ENDED = 3
"""How many crashes of the process one scan may cause. After more, the remaining pages are given up."""

log = logging.getLogger("lyceum.recognition")


@dataclass(frozen=True, slots=True)
class RecognitionLimits:
    """The limits of the process that recognises one scan. In measurements, RapidOCR needed at most 0.9 GB."""

    memory: int = 2 * 1024 * 1024 * 1024
    """The limit of address space in bytes, in addition to what the loaded engine and the file need."""
    page_cpu_seconds: int = 60
    """The CPU seconds for one page, which is read in up to four directions."""
    page_wall_seconds: float = 1200.0
    """The time for one page by the clock. It ends a process that hangs; on a busy machine a page takes many times its
    CPU time.
    """


class LocalTextRecogniser:
    """Implements ``TextRecogniser`` over an object store. Safe to share between threads.

    Its jobs are ``BackgroundJobs``. It uses one core.
    """

    def __init__(
        self,
        objects: ObjectStore,
        engine: Engine = "rapidocr",
        *,
        limits: RecognitionLimits = RecognitionLimits(),
    ) -> None:
        self.media_types: frozenset[ScanType] = frozenset(SCAN_TYPES) if is_installed(engine) else frozenset()
        self._objects = objects
        self._engine: Engine = engine
        self._limits = limits
        self._jobs: BackgroundJobs[Scan] = BackgroundJobs(CAPABILITY, self._recognise)
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def begin(self, scan: Scan) -> None:
        check_scan(scan)
        if scan.media_type not in self.media_types:
            raise ValueError(f"{scan.media_type} is not supported")
        if self.outcome(scan) is not None:
            return
        if self._objects.info(scan.key) is None:
            raise Unavailable(CAPABILITY, "there is no such scan")
        if self._engine == "rapidocr":
            model_files()
        self._jobs.begin(scan)

    def outcome(self, scan: Scan) -> tuple[RecognisedPage, ...] | None:
        try:
            result = json.loads(self._objects.get(_outcome_key(scan)))
            pages = tuple(map(_page, result["pages"]))
        except ObjectNotFound:
            return None
        except (ValueError, LookupError, TypeError):
            raise Unavailable(CAPABILITY, "no outcome") from None
        if not pages:
            raise UnrecognisableScan
        return pages

    def finish(self) -> None:
        """Wait until all jobs have ended. For tests and benchmarks."""
        self._jobs.finish()

    def close(self) -> None:
        """Stop the thread, also in the middle of a job."""
        self._jobs.close(self._kill)

    def _kill(self) -> None:
        with self._lock:
            running = self._running
        if running is not None:
            running.kill()

    def _recognise(self, scan: Scan) -> None:
        if self._objects.info(_outcome_key(scan)) is not None:
            return  # the job ended while it was begun again
        try:
            content = self._objects.get(scan.key)
        except ObjectNotFound:
            return  # erased meanwhile
        pages = self._pages(scan, content)
        # Store nothing about a scan that was erased in the meantime.
        if not self._jobs.is_closing and self._objects.info(scan.key) is not None:
            body = json.dumps({"pages": pages}, ensure_ascii=False).encode()
            self._objects.put(_outcome_key(scan), body, "application/json")

    def _pages(self, scan: Scan, content: bytes) -> list[dict[str, Any]]:
        """The messages of the process about each page. A page that crashed the process has no lines. Empty if the
        process read no page at all.
        """
        pages: list[dict[str, Any]] = []
        left = list(scan.pages)
        ended, is_over, has_answered = 0, False, False
        while left and not is_over and ended <= _MOST_ENDED and not self._jobs.is_closing:
            for message in self._messages(scan, content, left):
                is_over = message is None
                if message is not None:
                    has_answered = True
                    pages.append(message)
            left = [number for number in left if not pages or number > pages[-1]["page"]]
            if left and not is_over:
                ended += 1
                log.warning("recognition_ended_early", extra={"job_id": scan.job_id, "left": len(left)})
                pages.append({"page": left.pop(0), "lines": []})
        return pages if has_answered else []

    def _messages(self, scan: Scan, content: bytes, pages: Sequence[int]) -> Iterator[dict[str, Any] | None]:
        """The messages of one process, up to the last one that arrived complete and in time."""
        request: Request = {
            "engine": self._engine,
            "media_type": scan.media_type,
            "pages": list(pages),
            "memory": self._limits.memory,
            "page_cpu_seconds": self._limits.page_cpu_seconds,
        }
        process = _started()
        given, answered = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        with self._lock:
            self._running = process
        watch = Timer(self._limits.page_wall_seconds, process.kill)
        watch.start()
        try:
            with suppress(OSError), given:
                given.write(json.dumps(request).encode() + b"\n" + content)
            for line in answered:
                watch.cancel()
                try:
                    message = json.loads(line)
                except ValueError:
                    return
                yield message
                watch = Timer(self._limits.page_wall_seconds, process.kill)
                watch.start()
        finally:
            watch.cancel()
            process.kill()
            answered.close()
            process.wait()
            with self._lock:
                self._running = None


def is_installed(engine: Engine) -> bool:
    """Whether the extra is installed and, for ``tesseract``, also its program."""
    return find_spec("rapidocr") is not None and (engine == "rapidocr" or which("tesseract") is not None)


def _started() -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603  # no part of the command is a stranger's
        [sys.executable, "-m", _PROGRAM],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _outcome_key(scan: Scan) -> str:
    return f"{scan.result_prefix}pages.json"


def _page(page: Any) -> RecognisedPage:
    lines = (
        RecognisedLine(str(text), float(sure), Box(*map(float, box))) for text, sure, *box in page["lines"]
    )
    return RecognisedPage(int(page["page"]), tuple(lines))
