"""Runs pieces of work in threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextvars import Context, copy_context
from functools import partial
from threading import Condition
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MOST_THREADS = 4096
"""The number of threads that all pools share. It is more than nested pools ever use: a piece of work may open a pool
and wait for it.
"""


class ThreadPool(Executor):
    """Implements ``ports.workers.Pool``. It runs its work in ``threads``, at most ``most`` pieces at a time; the
    threads outlive the pool.
    """

    def __init__(self, threads: Executor, most: int) -> None:
        if most < 1:
            raise ValueError("a pool needs at least one worker")
        self._threads = threads
        self._most = most
        self._changed = Condition()
        self._waiting: deque[tuple[Future[Any], Context, Callable[[], Any]]] = deque()
        self._running = 0
        self._is_shut = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        with self._changed:
            if self._is_shut:
                raise RuntimeError("the pool is shut down")
            self._waiting.append((future, copy_context(), partial(fn, *args, **kwargs)))
            is_free = self._running < self._most
            self._running += is_free
        if is_free:
            self._threads.submit(self._work)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._changed:
            self._is_shut = True
            if cancel_futures:
                for future, _, _ in self._waiting:
                    future.cancel()
            if wait:
                self._changed.wait_for(lambda: not self._running)

    def first_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        return wait(futures, timeout=seconds, return_when=FIRST_COMPLETED).done

    def all_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        return wait(futures, timeout=seconds).done

    def _work(self) -> None:
        """Do the waiting pieces of work, one after another, until none is left."""
        while True:
            with self._changed:
                if not self._waiting:
                    self._running -= 1
                    self._changed.notify_all()
                    return
                future, context, call = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    result = context.run(call)
                except BaseException as failure:
                    future.set_exception(failure)
                else:
                    future.set_result(result)


class ThreadWorkers:
    """Implements ``ports.workers.Workers``. Its threads are kept for later pools, because starting a thread takes
    longer than most work.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="workers")

    def pool(self, most: int) -> ThreadPool:
        return ThreadPool(self._threads, most)

    def close(self) -> None:
        """Wait for the work of all pools, and end the threads. No pool takes work afterwards."""
        self._threads.shutdown()
