"""Workers that are threads."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ThreadPool(ThreadPoolExecutor):
    """Implements ``ports.workers.Pool``."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        context = copy_context()
        return super().submit(lambda: context.run(fn, *args, **kwargs))

    def first_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        return wait(futures, timeout=seconds, return_when=FIRST_COMPLETED).done

    def all_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        return wait(futures, timeout=seconds).done


class ThreadWorkers:
    """Implements ``ports.workers.Workers``."""

    def pool(self, most: int) -> ThreadPool:
        return ThreadPool(most, thread_name_prefix="workers")
