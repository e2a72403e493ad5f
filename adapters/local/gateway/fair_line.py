"""Who is next: jobs that wait for a worker, taken in turn from all who wait."""

from __future__ import annotations

from collections import Counter, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairLine(Generic[T]):
    """One line for each owner; a worker that is free takes the first job of the owner whose turn it is.

    However much an owner brings, another's first job waits for one worker alone, and behind one job of each
    owner. Not for threads: its owner guards it.
    """

    def __init__(self, *, workers: int, share: int, room: int) -> None:
        """``workers`` jobs at a time, ``share`` of them for one owner; ``room`` for one owner's jobs that wait."""
        self._idle = workers
        self._share = share
        self._room = room
        self._waiting: dict[str, deque[T]] = {}
        self._busy: Counter[str] = Counter()
        # Those who have a job waiting and have not their full share, each once.
        self._turns: deque[str] = deque()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits and nobody works."""
        return not self._waiting and not self._busy

    def join(self, owner: str, job: T) -> bool:
        """Stand in line; False, and no place, if the owner's room is full."""
        if len(self._waiting.get(owner, ())) >= self._room:
            return False
        self.squeeze_in(owner, job)
        return True

    def squeeze_in(self, owner: str, job: T) -> None:
        """Stand at the end of the owner's line, room or none: for what may not be refused."""
        waiting = self._waiting.get(owner)
        if waiting is None:
            waiting = self._waiting[owner] = deque()
            if self._busy[owner] < self._share:
                self._turns.append(owner)
        waiting.append(job)

    def next(self) -> tuple[str, T] | None:
        """The job to begin now, with its owner; None if there is none, or no worker for it."""
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
        """One of the owner's jobs that ``next`` gave has ended."""
        self._idle += 1
        had_all = self._busy[owner] == self._share
        self._busy[owner] -= 1
        if not self._busy[owner]:
            del self._busy[owner]
        if had_all and owner in self._waiting:
            self._turns.append(owner)
