"""The health of dependencies: checked in parallel, within a time limit, and not again for each caller."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.workers import ThreadWorkers
from domain.health.health import KEPT_SECONDS, NOT_CALLED, HealthCheck, Probe
from fakes.system import FrozenClock
from ports.errors import Unavailable


class Good:
    pass


def probes(**calls: Callable[[], object] | None) -> Callable[[], Mapping[str, Probe]]:
    return lambda: {name: (Good, call) for name, call in calls.items()}


@pytest.fixture
def hanging() -> Iterator[Callable[[], object]]:
    """A check that answers only when the test is over."""
    over = threading.Event()
    yield lambda: over.wait(120)
    over.set()


def fail() -> None:
    raise Unavailable("good")


def test_each_adapter_is_listed_with_whether_it_answers() -> None:
    def absent() -> object:
        raise Unavailable("absent", "nothing is set")

    def found() -> Mapping[str, Probe]:
        return {**probes(well=Good, ill=fail, dear=None)(), "absent": (absent, None)}

    assert HealthCheck(found, FrozenClock(), ThreadWorkers()).look() == {
        "well": ("Good", True),
        "ill": ("Good", False),
        "dear": ("Good", None),
        "absent": ("none", False),
    }


def test_an_adapter_that_hangs_does_not_delay_the_others(hanging: Callable[[], object]) -> None:
    health = HealthCheck(probes(stuck=hanging, well=Good), FrozenClock(), ThreadWorkers(), seconds=2)
    assert health.look() == {"stuck": ("Good", False), "well": ("Good", True)}


def test_all_adapters_are_asked_in_parallel() -> None:
    """Each check waits until all other checks have begun."""
    together = threading.Barrier(8, timeout=60)
    health = HealthCheck(
        probes(**{f"port_{number}": together.wait for number in range(8)}),
        FrozenClock(),
        ThreadWorkers(),
        seconds=60,
    )
    assert {answers for _, answers in health.look().values()} == {True}


def test_a_result_is_kept_for_a_while_and_shared_by_parallel_requests() -> None:
    clock, asked = FrozenClock(), []
    health = HealthCheck(probes(well=lambda: asked.append(1)), clock, ThreadWorkers())
    with ThreadPoolExecutor(8) as pool:
        assert len({str(look) for look in pool.map(lambda _: health.look(), range(40))}) == 1
    assert len(asked) == 1
    clock.advance(KEPT_SECONDS)
    health.look()
    assert len(asked) == 2


def test_an_adapter_without_a_cheap_call_is_not_judged() -> None:
    health = HealthCheck(probes(dear=lambda: NOT_CALLED), FrozenClock(), ThreadWorkers())
    assert health.look() == {"dear": ("Good", None)}
