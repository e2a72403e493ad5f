"""The contract of ``Workers``. A subclass defines how work that uses workers is run, and how pieces of work wait."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from threading import Lock
from typing import Protocol

import pytest

from ports.workers import Workers

WHOSE: ContextVar[str] = ContextVar("whose", default="nobody's")
SOON = 0.05
LONG = 60.0


class Gate(Protocol):
    """Blocks every thread that waits at it until it is opened."""

    def wait(self) -> None: ...
    def open(self) -> None: ...


class WorkersContract(ABC):
    @abstractmethod
    def run(self, work: Callable[[Workers, Callable[[], Gate]], None]) -> None:
        """Run ``work``. It gets the workers and a function that makes gates."""

    def test_no_more_work_than_allowed_goes_on_at_a_time(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            counting, begun = Lock(), 0
            two_have_begun, opened = gate(), gate()

            def piece() -> None:
                nonlocal begun
                with counting:
                    begun += 1
                    if begun == 2:
                        two_have_begun.open()
                opened.wait()

            with workers.pool(2) as pool:
                pieces = [pool.submit(piece) for _ in range(6)]
                two_have_begun.wait()
                assert not pool.first_done(pieces, SOON)
                assert begun == 2
                opened.open()
            assert begun == 6

        self.run(use)

    def test_work_runs_in_a_copy_of_the_submitters_context(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            opened = gate()

            def piece(_: int = 0) -> str:
                opened.wait()
                seen = WHOSE.get()
                WHOSE.set("the piece's")
                return seen

            with workers.pool(1) as pool:
                WHOSE.set("ada's")
                first = pool.submit(piece)
                WHOSE.set("alan's")
                second = pool.submit(piece)
                opened.open()
                assert [first.result(), second.result()] == ["ada's", "alan's"]
                assert list(pool.map(piece, range(2))) == ["alan's"] * 2
                assert WHOSE.get() == "alan's"

        self.run(use)

    def test_arguments_results_and_errors_pass_through(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            with workers.pool(2) as pool:
                assert pool.submit(divmod, 7, 2).result() == (3, 1)
                assert pool.submit(sorted, [1, 2], reverse=True).result() == [2, 1]
                with pytest.raises(ZeroDivisionError):
                    pool.submit(divmod, 1, 0).result()

        self.run(use)

    def test_a_map_keeps_the_order_and_raises_where_a_result_is_missing(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            last_was_done = gate()

            def piece(number: int) -> int:
                if number == 0:
                    last_was_done.wait()
                if number == 2:
                    last_was_done.open()
                return 12 // number if number else 0

            def failing(number: int) -> int:
                return 12 // number

            with workers.pool(3) as pool:
                assert list(pool.map(piece, range(3))) == [0, 12, 6]
                results = pool.map(failing, (3, 0, 2))
                assert next(results) == 4
                with pytest.raises(ZeroDivisionError):
                    next(results)

        self.run(use)

    def test_first_done_returns_the_first_finished_work_or_nothing_after_the_seconds(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            opened = gate()
            with workers.pool(2) as pool:
                stuck = pool.submit(opened.wait)
                assert not pool.first_done([stuck], SOON)
                quick = pool.submit(lambda: None)
                assert set(pool.first_done([stuck, quick], LONG)) == {quick}
                opened.open()

        self.run(use)

    def test_all_done_returns_when_all_work_is_finished_or_after_the_seconds(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            opened = gate()
            with workers.pool(2) as pool:
                stuck, quick = pool.submit(opened.wait), pool.submit(lambda: None)
                quick.result()
                assert set(pool.all_done([stuck, quick], SOON)) == {quick}
                opened.open()
                assert set(pool.all_done([stuck, quick], LONG)) == {stuck, quick}

        self.run(use)

    def test_all_work_is_finished_when_the_block_ends_even_with_an_error(self) -> None:
        submitted: list[Future[None]] = []

        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            with pytest.raises(LookupError), workers.pool(1) as pool:
                submitted.extend(pool.submit(lambda: None) for _ in range(3))
                raise LookupError
            assert [one.done() for one in submitted] == [True] * 3

        self.run(use)

    def test_a_pool_that_is_shut_down_accepts_no_work_and_may_cancel_work_that_has_not_begun(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            begun, opened = gate(), gate()
            pool = workers.pool(1)

            def piece() -> str:
                begun.open()
                opened.wait()
                return "done"

            running, waiting = pool.submit(piece), pool.submit(piece)
            begun.wait()
            pool.shutdown(wait=False, cancel_futures=True)
            with pytest.raises(RuntimeError):
                pool.submit(piece)
            assert (running.done(), waiting.cancelled()) == (False, True)
            opened.open()
            pool.shutdown()
            assert running.result() == "done"
            with pytest.raises(CancelledError):
                waiting.result()

        self.run(use)

    def test_there_is_at_least_one_worker(self) -> None:
        def use(workers: Workers, gate: Callable[[], Gate]) -> None:
            for most in (0, -1):
                with pytest.raises(ValueError):
                    workers.pool(most)

        self.run(use)
