"""A queue of jobs for a fixed number of workers. The owners of the jobs take turns."""

from __future__ import annotations

from collections import Counter, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """One queue for each owner. A free worker takes the first job of the owner whose turn it is.

    Before the first job of an owner starts, at most one job of each other owner is started, however many jobs they
    have. Not safe to share between threads: the caller must lock it.
    """

    def __init__(self, *, workers: int, share: int, max_waiting: int) -> None:
        """At most ``workers`` jobs run at the same time, and at most ``share`` of one owner. At most ``max_waiting``
        jobs of an owner wait.
        """
        self._idle = workers
        self._share = share
        self._max_waiting = max_waiting
        self._waiting: dict[str, deque[T]] = {}
        self._busy: Counter[str] = Counter()
        # The owners that have a waiting job and use less than their share of workers, each once.
        self._turns: deque[str] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether no job waits or runs."""
        return not self._waiting and not self._busy

    def put(self, owner: str, job: T) -> bool:
        """Add a job. If ``max_waiting`` jobs of the owner already wait, return False and do not add it."""
        if len(self._waiting.get(owner, ())) >= self._max_waiting:
            return False
        self.put_always(owner, job)
        return True

    def put_always(self, owner: str, job: T) -> None:
        """Add a job even if many jobs of the owner wait. For jobs that must not be lost."""
        waiting = self._waiting.get(owner)
        if waiting is None:
            waiting = self._waiting[owner] = deque()
            if self._busy[owner] < self._share:
                self._turns.append(owner)
        waiting.append(job)

    def take(self) -> tuple[str, T] | None:
        """The next job and its owner; None if no job can start, or no worker is free."""
        if self._idle == 0 or not self._turns:
            return None
        owner = self._turns.popleft()
        waiting = self._waiting[owner]
        job = waiting.popleft()
        self._idle -= 1
        self._busy[owner] += 1
        if not waiting:
            del self._waiting[owner]
        elif self._busy[owner] < self._share:
            self._turns.append(owner)
        return owner, job

    def done(self, owner: str) -> None:
        """Record that a job of the owner, which ``take`` returned, has ended."""
        self._idle += 1
        had_all = self._busy[owner] == self._share
        self._busy[owner] -= 1
        if not self._busy[owner]:
            del self._busy[owner]
        if had_all and owner in self._waiting:
            self._turns.append(owner)
