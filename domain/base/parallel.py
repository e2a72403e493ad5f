"""Work done at the same time, on behalf of one request."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextvars import ContextVar, copy_context
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Pool(Protocol):
    """Who does the work. ``first_done`` waits ``seconds`` at most until one of the futures is done."""

    def submit(self, work: Callable[[], T], /) -> Future[T]: ...
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None: ...
    def first_done(self, running: Collection[Future[T]], seconds: float) -> Collection[Future[T]]: ...


class Threads(ThreadPoolExecutor):
    def first_done(self, running: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        return wait(running, timeout=seconds, return_when=FIRST_COMPLETED).done


pools: ContextVar[Callable[[int, str], Pool]] = ContextVar("pools", default=Threads)
"""Threads do the work, but where somebody owns the order of what happens: the simulation of the tests."""


class Workers(Executor):
    """Up to ``most`` at a time, each in the context of whoever hands them work: the request's deadline and its
    tally hold for them too."""

    def __init__(self, most: int, *, thread_name_prefix: str = "") -> None:
        self._pool = pools.get()(most, thread_name_prefix)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        context = copy_context()
        return self._pool.submit(lambda: context.run(fn, *args, **kwargs))

    def first_done(self, running: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        """Those of the futures that are done, once one is or ``seconds`` have passed."""
        return self._pool.first_done(running, seconds)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)
