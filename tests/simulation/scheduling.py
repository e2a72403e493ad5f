"""Strands of work. Exactly one runs at a time, and the seed decides which one runs next.

A strand is a thread that runs only while it has the turn. It gives the turn away when it sleeps (as it does for the
duration of each call of a port) and when it waits for other strands. The time jumps from one wake-up to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from contextvars import Context, copy_context
from random import Random
from typing import Any, ParamSpec, TypeVar

from tests.support.faults import Crash

P = ParamSpec("P")
T = TypeVar("T")


class Stopped(BaseException):
    """The schedule is over, and every strand that still runs must end."""


class Deadlock(Exception):
    """Every strand waits for another one."""


class Process:
    """The process in which strands run: one invocation. It has a clock of its own, and if it dies, all its strands end.

    ``skew`` is how many seconds its clock is ahead. ``acts_for`` is the learner for whom it works, or None.
    """

    __slots__ = ("acts_for", "is_dead", "name", "skew")

    def __init__(self, name: str, skew: float = 0.0, acts_for: str | None = None) -> None:
        self.name = name
        self.skew = skew
        self.acts_for = acts_for
        self.is_dead = False


class Strand:
    __slots__ = ("is_done", "name", "process", "ready", "thread", "wakes_at", "work")

    def __init__(self, name: str, process: Process, work: Callable[[], None]) -> None:
        self.name = name
        self.process = process
        self.work = work
        self.wakes_at = 0.0
        self.ready: Callable[[], bool] | None = None
        """The condition that the strand waits for, or None. It wakes at ``wakes_at`` even if the condition does not
        hold.
        """
        self.is_done = False
        self.thread: _StrandThread | None = None

    def is_able(self) -> bool:
        """Whether the strand can run: it waits for nothing, its condition holds, or its process is dead."""
        return self.ready is None or self.ready() or self.process.is_dead


class _StrandThread:
    """A thread that does the work of strands, one after another."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.turn.acquire()
        self.job: tuple[Scheduler, Strand, Context] | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            self.turn.acquire()
            if self.job is None:
                continue
            scheduler, strand, context = self.job
            self.job = None
            failure: BaseException | None = None
            try:
                context.run(strand.work)
            except (Crash, Stopped):
                pass
            except BaseException as raised:
                failure = raised
            _IDLE.append(self)
            scheduler.done(strand, failure)


_IDLE: list[_StrandThread] = []
"""Threads without work. They are kept from one schedule to the next, because starting a thread takes longer than many
steps.
"""


class Scheduler:
    """Runs the strands. ``seconds`` is the time that has passed. ``context`` is the context (``contextvars``) in which
    strands begin.
    """

    def __init__(self, random: Random, context: Context) -> None:
        self.random = random
        self.seconds = 0.0
        self.current: Strand | None = None
        self.strands: list[Strand] = []
        self.is_over = False
        self._context = context
        self._failure: BaseException | None = None
        self._is_enough: Callable[[], bool] = lambda: False
        self._all_done = threading.Lock()
        self._all_done.acquire()

    def begin(self, name: str, process: Process, work: Callable[[], None], *, after: float = 0.0) -> Strand:
        """Add a strand that begins after this number of seconds."""
        strand = Strand(name, process, work)
        strand.wakes_at = self.seconds + after
        self.strands.append(strand)
        return strand

    def run(self, is_enough: Callable[[], bool] = lambda: False) -> None:
        """Run the strands until all have ended, or ``is_enough``. Raises the error with which a strand failed."""
        self._is_enough = is_enough
        self._pass_on()
        self._all_done.acquire()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End every strand where it is."""
        self.is_over = True
        for strand in list(self.strands):
            if strand.thread is not None:
                strand.thread.turn.release()
                self._all_done.acquire()

    def done(self, strand: Strand, failure: BaseException | None) -> None:
        """Remove the running strand, which has ended, and let the next one run."""
        strand.is_done = True
        self.strands.remove(strand)
        self._failure = failure or self._failure
        self._pass_on()

    def sleep(self, seconds: float) -> None:
        strand = self._running()
        strand.wakes_at = self.seconds + seconds
        for other in self.strands:
            if other is not strand and (
                other.wakes_at <= strand.wakes_at or (other.ready is not None and other.is_able())
            ):
                self._wait()
                return
        self.seconds = strand.wakes_at  # nobody else would wake before

    def wait_for(self, ready: Callable[[], bool], seconds: float = float("inf")) -> None:
        """Wait until ``ready`` is true or ``seconds`` have passed. Raises ``Crash`` if the strand's process died
        meanwhile.
        """
        strand = self._running()
        if ready():
            return
        strand.ready, strand.wakes_at = ready, self.seconds + seconds
        try:
            self._wait()
        finally:
            strand.ready, strand.wakes_at = None, 0.0
        if strand.process.is_dead:
            raise Crash

    def _running(self) -> Strand:
        if self.current is None:
            raise RuntimeError("no strand runs")
        return self.current

    def _wait(self) -> None:
        thread = self._running().thread
        assert thread is not None
        self._pass_on()
        thread.turn.acquire()
        if self.is_over:
            raise Stopped

    def _pass_on(self) -> None:
        """Give the turn to the next strand. If there is none, wake the caller of ``run``."""
        if not self.is_over and self._failure is None and self.strands and not self._is_enough():
            try:
                strand = self._next()
            except Deadlock as everybody_waits:
                self._failure = everybody_waits
            else:
                self.current = strand
                if strand.thread is None:
                    strand.thread = _IDLE.pop() if _IDLE else _StrandThread()
                    strand.thread.job = (self, strand, self._context.copy())
                strand.thread.turn.release()
                return
        self.current = None
        self._all_done.release()

    def _next(self) -> Strand:
        """The strand that wakes first. If several wake at the same time, the seed chooses."""
        soonest = float("inf")
        first: list[Strand] = []
        for strand in self.strands:
            wakes_at = strand.wakes_at
            if strand.ready is not None and strand.is_able():
                wakes_at = self.seconds
            wakes_at = max(wakes_at, self.seconds)
            if wakes_at < soonest:
                soonest, first = wakes_at, [strand]
            elif wakes_at == soonest:
                first.append(strand)
        if soonest == float("inf"):
            raise Deadlock([one.name for one in self.strands])
        self.seconds = soonest
        return first[0] if len(first) == 1 else first[int(self.random.random() * len(first))]


class _SimulatedFuture(Future[T]):
    """A future whose ``result`` lets other strands run while it waits."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self._scheduler.wait_for(self.done)
        return super().result(0)


class SimulatedWorkers:
    """Threads without work. They are kept from one schedule to the next, because starting a thread takes longer than
    many steps.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def pool(self, most: int) -> _Pool:
        return _Pool(self._scheduler, most)


class _Pool(Executor):
    def __init__(self, scheduler: Scheduler, most: int) -> None:
        if most < 1:
            raise ValueError("at least one worker")
        self._scheduler = scheduler
        self._most = most
        self._running = 0
        self._is_shut = False
        self._futures: list[Future[Any]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._is_shut:
            raise RuntimeError("the pool is shut down")
        scheduler, strand, context = self._scheduler, self._scheduler._running(), copy_context()
        future: Future[T] = _SimulatedFuture(scheduler)

        def do() -> None:
            scheduler.wait_for(lambda: self._running < self._most or future.cancelled())
            if not future.set_running_or_notify_cancel():
                return
            self._running += 1
            try:
                future.set_result(context.run(fn, *args, **kwargs))
            except Stopped:
                raise
            except BaseException as failure:
                future.set_exception(failure)
            finally:
                self._running -= 1

        self._futures.append(future)
        scheduler.begin(f"{strand.name}/{len(self._futures)}", strand.process, do)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._is_shut = True
        if cancel_futures:
            for future in self._futures:
                future.cancel()
        if wait and not self._scheduler.is_over:
            self._scheduler.wait_for(lambda: all(future.done() for future in self._futures))

    def first_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        self._scheduler.wait_for(lambda: any(future.done() for future in futures), seconds)
        return [future for future in futures if future.done()]

    def all_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        self._scheduler.wait_for(lambda: all(future.done() for future in futures), seconds)
        return [future for future in futures if future.done()]
