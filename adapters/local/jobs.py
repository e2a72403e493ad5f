"""Jobs that one background thread does, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from queue import Full, Queue
from threading import Event, Lock, Thread
from typing import Generic, Protocol, TypeVar

from ports.errors import Throttled

MAX_JOBS = 64
"""The largest number of jobs that wait."""
_CLOSING_SECONDS = 10.0
"""The most seconds that ``close`` waits until the running job stops."""

log = logging.getLogger("lyceum.jobs")


class _Job(Protocol):
    @property
    def job_id(self) -> str: ...


Job = TypeVar("Job", bound=_Job)


class BackgroundJobs(Generic[Job]):
    """Does jobs in a background thread, in the order in which they were begun. Safe to share between threads.

    The jobs are in memory only: after a restart, they must be begun again.

    ``do`` does a job and stores its outcome. If it raises, the error is logged and nothing else happens, so the job can
    be begun again. A long job asks ``is_closing`` from time to time, and stops if it is true. The thread starts with
    the first job.
    """

    def __init__(self, capability: str, do: Callable[[Job], None]) -> None:
        self._capability = capability
        self._do = do
        self._lock = Lock()
        self._waiting: Queue[Job | None] = Queue(MAX_JOBS)
        self._begun: set[str] = set()
        self._thread: Thread | None = None
        self._closing = Event()

    @property
    def is_idle(self) -> bool:
        """Whether no job waits or runs."""
        return not self._begun

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def begin(self, job: Job) -> None:
        """Start the job after all jobs that already wait. Does nothing if a job with the same id waits or runs. Raises
        ``Throttled`` if ``MAX_JOBS`` jobs wait.
        """
        with self._lock:
            if job.job_id in self._begun:
                return
            try:
                self._waiting.put_nowait(job)
            except Full:
                raise Throttled(self._capability, "too many jobs wait") from None
            self._begun.add(job.job_id)
            if self._thread is None:
                self._thread = Thread(target=self._work, name=self._capability, daemon=True)
                self._thread.start()

    def finish(self) -> None:
        """Wait until all jobs have ended."""
        self._waiting.join()

    def close(self, interrupt: Callable[[], None] = lambda: None) -> None:
        """Stop the thread. The jobs that wait are not done. ``interrupt`` ends the job that runs, if there is one.
        Closing twice is no error.
        """
        self._closing.set()
        with suppress(Full):  # if it is full, the thread sees at its next job that it has to stop
            self._waiting.put_nowait(None)
        interrupt()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(_CLOSING_SECONDS)

    def _work(self) -> None:
        while True:
            job = self._waiting.get()
            if job is None or self._closing.is_set():
                return
            try:
                self._do(job)
            except Exception:
                log.exception("job_failed", extra={"job_id": job.job_id, "capability": self._capability})
            finally:
                with self._lock:
                    self._begun.discard(job.job_id)
                self._waiting.task_done()
