"""The engine with which every adapter calls its upstream. The contract tests of each vendor check what the vendor adds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.upstream.calls import Calls, Effect, Fault, Retries, asked_pause
from fakes.system import FrozenClock
from ports.errors import PortError, Throttled, TimedOut, Unavailable


class Refused(PortError):
    pass


class Passing(Exception):
    pass


class Unsure(Exception):
    pass


class Final(Exception):
    pass


FAULTS = {
    Passing: Fault(Throttled, "busy", passes=True),
    Unsure: Fault(Unavailable, "lost", passes=True, unsure=True),
    Final: Fault(Refused, "no"),
}


class Upstream:
    """An upstream that fails as told, then answers. ``pauses`` lists the pauses of its callers."""

    def __init__(self, *errors: Exception, seconds: float = 8.0, tries: int = 4, pause: float = 0.0) -> None:
        self.errors = list(errors)
        self.asked = 0
        self.pauses: list[float] = []
        self.clock = FrozenClock()
        self.pause = pause
        retries = Retries(self.clock, tries, lambda: seconds, self._sleep, lambda: 1.0)
        self.calls = Calls("agent", self._fault_of, retries)

    def ask(self) -> str:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)

    def _fault_of(self, error: Exception) -> Fault | None:
        fault = FAULTS.get(type(error))
        return fault and Fault(fault.raises, fault.reason, fault.passes, fault.unsure, self.pause)


def test_pauses_double_to_two_seconds() -> None:
    upstream = Upstream(*[Passing()] * 8, seconds=60, tries=9)
    assert upstream.calls.begin().call(upstream.ask) == "answer"
    assert upstream.pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


def test_a_pause_is_as_long_as_the_upstream_asks_for() -> None:
    upstream = Upstream(Passing(), pause=3.0)
    upstream.calls.begin().call(upstream.ask)
    assert upstream.pauses == [3.0]


def test_a_pause_that_would_outlast_the_time_is_not_made() -> None:
    upstream = Upstream(Passing(), seconds=3.0, pause=3.0)
    with pytest.raises(Throttled) as caught:
        upstream.calls.begin().call(upstream.ask)
    assert (caught.value.capability, caught.value.reason) == ("agent", "busy")
    assert (upstream.asked, upstream.pauses) == (1, [])


def test_without_time_left_no_request_is_sent() -> None:
    upstream = Upstream(seconds=0.0)
    with pytest.raises(TimedOut):
        upstream.calls.begin().call(upstream.ask)
    assert upstream.asked == 0


def test_the_requests_of_one_call_share_its_tries_until_there_is_progress() -> None:
    upstream = Upstream(Passing(), tries=2)
    tries = upstream.calls.begin()
    tries.call(upstream.ask)
    upstream.errors = [Passing()]
    with pytest.raises(Throttled):
        tries.call(upstream.ask)
    tries.renew()
    upstream.errors = [Passing()]
    assert tries.call(upstream.ask) == "answer"


@pytest.mark.parametrize(
    ("error", "effect", "asked", "raises"),
    [
        (Passing, Effect.READ, 2, None),
        (Passing, Effect.ONCE, 2, None),
        (Unsure, Effect.READ, 2, None),
        (Unsure, Effect.REPEATABLE, 2, None),
        (Unsure, Effect.ONCE, 1, TimedOut),
        (Final, Effect.READ, 1, Refused),
    ],
)
def test_a_request_is_retried_only_if_that_is_safe_and_may_help(
    error: type[Exception], effect: Effect, asked: int, raises: type[PortError] | None
) -> None:
    upstream = Upstream(error())
    if raises is None:
        assert upstream.calls.begin().call(upstream.ask, effect) == "answer"
    else:
        with pytest.raises(raises):
            upstream.calls.begin().call(upstream.ask, effect)
    assert upstream.asked == asked


@pytest.mark.parametrize(
    ("effect", "raises"), [(Effect.READ, Unavailable), (Effect.REPEATABLE, TimedOut), (Effect.ONCE, TimedOut)]
)
def test_a_write_that_may_have_been_done_has_timed_out(effect: Effect, raises: type[PortError]) -> None:
    upstream = Upstream(*[Unsure()] * 4)
    with pytest.raises(raises):
        upstream.calls.begin().call(upstream.ask, effect)


@pytest.mark.parametrize("error", [Refused("as it is"), ValueError("of our own")])
def test_an_error_that_is_not_the_vendors_is_not_translated(error: Exception) -> None:
    upstream = Upstream(error)
    with pytest.raises(type(error)) as caught:
        upstream.calls.begin().call(upstream.ask)
    assert caught.value is error
    assert upstream.asked == 1


def pieces_of(read: Callable[[threading.Event], Iterator[str]], seconds: float = 5.0) -> Iterator[str]:
    upstream = Upstream()
    until = upstream.clock.monotonic() + seconds
    return upstream.calls.pieces(lambda: until, read)


@pytest.mark.parametrize(
    ("error", "raises"), [(Unsure(), Unavailable), (Final(), Refused), (KeyError("x"), Unavailable)]
)
def test_pieces_are_returned_until_an_error_which_is_translated(error: Exception, raises: type[Any]) -> None:
    def read(abandoned: threading.Event) -> Iterator[str]:
        yield "a piece"
        raise error

    pieces = pieces_of(read)
    assert next(pieces) == "a piece"
    with pytest.raises(raises):
        next(pieces)


def test_an_error_that_is_not_the_vendor_s_is_in_the_log_with_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Otherwise a defect in our code would look like an outage."""

    for failure, logged in ((Final(), []), (KeyError("x"), [KeyError])):

        def read(abandoned: threading.Event, failure: Exception = failure) -> Iterator[str]:
            yield from ()
            raise failure

        caplog.clear()
        with pytest.raises((Refused, Unavailable)):
            list(pieces_of(read))
        told = [record.exc_info for record in caplog.records if record.message == "reply_not_read"]
        assert [one[0] for one in told if one] == logged


def test_the_reading_thread_learns_that_its_caller_stopped_waiting() -> None:
    learned = threading.Event()

    def read(abandoned: threading.Event) -> Iterator[str]:
        yield "a piece"
        assert abandoned.wait(60)
        learned.set()

    pieces = pieces_of(read)
    next(pieces)
    del pieces
    assert learned.wait(60)
    with pytest.raises(TimedOut):
        list(pieces_of(read, seconds=0.05))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("2", 2.0),
        ("0.5", 0.5),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0),
        ("inf", 0.0),
        ("nan", 0.0),
    ],
)
def test_a_retry_after_header_is_read_if_it_is_a_number(header: str | None, seconds: float) -> None:
    assert asked_pause(header) == seconds
