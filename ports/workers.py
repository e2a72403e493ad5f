"""Runs pieces of work at the same time, for one request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")


class Pool(Protocol):
    """Runs pieces of work, a fixed number of them at a time. For one request; threads may share it.

    Of the futures, only ``result()`` (without a timeout), ``done()`` and ``cancel()`` may be used.
    """

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call ``work`` with the arguments as soon as fewer pieces run than the pool allows.

        The future has the result, or the error that ``work`` raised. The work runs in a copy of the caller's context,
        taken now, so that the request's deadline and its counters apply to it too. Raises ``RuntimeError`` after
        ``shutdown``.
        """
        ...

    def map(self, work: Callable[[S], T], items: Iterable[S], /) -> Iterator[T]:
        """The results for all items, in the order of the items. All are submitted now, as with ``submit``.

        If the work for an item raised an error, it is raised in place of the result, and work that has not started is
        cancelled.
        """
        ...

    def first_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        """Wait until at least one of the futures is done, at most ``seconds``. Returns all that are done by then."""
        ...

    def all_done(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        """Wait until all futures are done, at most ``seconds``. Returns those that are done by then."""
        ...

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more work. May be called more than once.

        ``cancel_futures`` cancels work that has not started. With ``wait``, returns only when no work is running.
        """
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None:
        """Call ``shutdown()``, also after an error: when the block has ended, all work has ended."""
        ...


class Workers(Protocol):
    def pool(self, most: int) -> Pool:
        """A pool that does up to ``most`` pieces of work at a time. Raises ``ValueError`` below 1."""
        ...
