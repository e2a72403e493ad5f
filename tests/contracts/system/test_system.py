from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.system import SystemClock, UuidGenerator
from fakes.system import FrozenClock, SequentialIds
from ports.system import Clock, IdGenerator


@pytest.mark.parametrize("clock", [SystemClock(), FrozenClock()], ids=lambda clock: type(clock).__name__)
def test_a_clock_tells_utc_and_its_monotonic_time_never_runs_backwards(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_the_system_clock_tells_the_time() -> None:
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)


@pytest.mark.parametrize(
    "ids", [UuidGenerator(), SequentialIds(), SequentialIds("quiz")], ids=["uuid", "sequential", "prefixed"]
)
def test_ids_are_valid_and_never_given_twice(ids: IdGenerator) -> None:
    given = [ids.new() for _ in range(1000)]
    assert len(set(given)) == 1000
    assert all(re.fullmatch("[a-z0-9-]{1,64}", new) for new in given)


def test_two_generators_give_no_common_ids() -> None:
    assert UuidGenerator().new() != UuidGenerator().new()


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = FrozenClock(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 3, 1, 10, tzinfo=UTC)
    before = clock.monotonic()
    clock.advance(1.5)
    assert clock.now() == datetime(2026, 3, 1, 10, 0, 1, 500_000, tzinfo=UTC)
    assert clock.monotonic() - before == 1.5


def test_a_frozen_clock_refuses_naive_times_and_moving_backwards() -> None:
    with pytest.raises(ValueError):
        FrozenClock(datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(ValueError):
        FrozenClock().advance(-1)
