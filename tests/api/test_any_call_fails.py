"""The first call of any port fails, then the second, and so on, until a request meets no failing call."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.settings import Settings
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from tests.support.client_actions import (
    ASK,
    FORGET,
    OFFER,
    QUIZ,
    SUBMIT,
    UPLOAD,
    ClientAction,
    counted,
    finished,
    more,
    repeated,
)
from tests.support.faults import PORTS, Faults, FaultyAdapters
from tests.support.world import PHYSICS, World

EVERY_PORT = (*PORTS, "agent", "directory", "identity")


class FragileWorld(World):
    """An app in memory. ``faults`` makes a call of any of its ports fail."""

    def __init__(self) -> None:
        self.faults = Faults()
        super().__init__()

    def make_adapters(self, settings: Settings) -> Any:
        return FaultyAdapters(super().make_adapters(settings), self.faults, EVERY_PORT)

    def fail(self, at: int | None, error: Callable[[str], UpstreamError], *, after_effect: bool) -> None:
        self.faults.calls, self.faults.at = 0, at
        self.faults.fault = lambda: error("port")
        self.faults.after_effect = after_effect


@pytest.mark.parametrize("action", [ASK, FORGET, QUIZ, SUBMIT, UPLOAD, OFFER], ids=lambda action: action.name)
@pytest.mark.parametrize(
    ("error", "after_effect"),
    [
        (Unavailable, False),
        pytest.param(Throttled, False, marks=pytest.mark.slow),
        pytest.param(TimedOut, False, marks=pytest.mark.slow),
        pytest.param(TimedOut, True, marks=pytest.mark.slow),
    ],
)
def test_a_failure_of_any_call_is_answered_and_a_repeated_request_is_done_once(
    action: ClientAction, error: type[UpstreamError], after_effect: bool
) -> None:
    told_of = set()
    for at in itertools.count(1):
        world = FragileWorld()
        ada = world.user("ada")
        ada.upload("laws.txt", PHYSICS)
        if action.after is not None:
            action.after.does(ada, "before")
        before = counted(action, ada)
        done = more(before, action.adds)
        world.fail(at, error, after_effect=after_effect)

        told = action.does(ada, "once")

        was_struck = world.faults.calls >= at
        world.fail(None, error, after_effect=False)
        if not was_struck:
            assert told.status == 200
            break
        if told.status not in (200, 202):
            told_of.add((told.status, told.code))
        assert finished(counted(action, ada)) in (finished(before), finished(done))
        assert repeated(ada, action, "once").status in (200, 202)
        assert counted(action, ada) == done, f"call {at}: {told.text}"
    assert told_of == {(504, "port_timed_out") if error is TimedOut else (502, "port_unavailable")}
