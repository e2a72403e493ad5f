"""What fails, and when: at the Nth call of a port, or at random calls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    CRASH = "crash"
    """The process dies before the call has any effect …"""
    LATE_CRASH = "late-crash"
    """… or after it."""
    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    TIMED_OUT = "timed-out"
    """No answer in time, and no effect …"""
    LATE_TIME_OUT = "late-time-out"
    """… or all of it."""
    PARTLY = "partly"
    """A batch is done, or a stream given, by half; then the call fails …"""
    PARTLY_CRASH = "partly-crash"
    """… or the process dies."""
    STALL = "stall"
    """The call is done, and its process stands still for a while, longer than any lease but an interview's."""
    RIVALS_FIRST = "rivals-first"
    """Before the call is made, everybody else does what they can."""
    LAG = "lag"
    """From now on indexes and vectors are read as they stand, for some seconds."""


CRASHES = frozenset({Fault.CRASH, Fault.LATE_CRASH, Fault.PARTLY_CRASH})
FROM_OUTSIDE = frozenset(
    {Fault.UNAVAILABLE, Fault.THROTTLED, Fault.TIMED_OUT, Fault.LATE_TIME_OUT, Fault.PARTLY}
)
"""What only an upstream can do."""
BATCHES = frozenset(
    {
        ("key_values", "put_many"),
        ("key_values", "delete_many"),
        ("vectors", "upsert"),
        ("vectors", "delete"),
        ("objects", "keys"),
        ("agent", "reply"),
        ("extractor", "extract"),
    }
)
IN_PROCESS = frozenset({"extractor"})
"""Ports that no network stands before."""


def may_strike(fault: Fault, port: str, method: str) -> bool:
    if fault in (Fault.PARTLY, Fault.PARTLY_CRASH) and (port, method) not in BATCHES:
        return False
    return fault not in FROM_OUTSIDE or port not in IN_PROCESS


class Weather:
    """Fair: nothing fails, and nobody comes between."""

    latency = 0.004
    """Seconds that a call takes, on average."""
    skew = 0.0
    """Seconds by which clocks differ from the true time, at most."""
    lost_events = 0.0
    repeated_events = 0.0
    madness = 0.0
    """How likely it is that a model's reply is not what it was asked for."""

    def strikes(self, port: str, method: str) -> Fault | None:
        return None


@dataclass
class NthCall(Weather):
    """One fault, at the Nth call that it can strike from now on."""

    number: int
    fault: Fault
    calls: int = 0
    struck: bool = False

    def strikes(self, port: str, method: str) -> Fault | None:
        if not may_strike(self.fault, port, method):
            return None
        self.calls += 1
        if self.calls != self.number:
            return None
        self.struck = True
        return self.fault


@dataclass
class Census(Weather):
    """Fair, and counts the calls that each fault could strike."""

    calls: Counter[Fault] = field(default_factory=Counter)

    def strikes(self, port: str, method: str) -> Fault | None:
        self.calls.update(fault for fault in Fault if may_strike(fault, port, method))
        return None


_USUAL = {
    Fault.CRASH: 3,
    Fault.LATE_CRASH: 3,
    Fault.UNAVAILABLE: 2,
    Fault.THROTTLED: 1,
    Fault.TIMED_OUT: 1,
    Fault.LATE_TIME_OUT: 3,
    Fault.PARTLY: 6,
    Fault.PARTLY_CRASH: 6,
    Fault.STALL: 2,
    Fault.RIVALS_FIRST: 4,
    Fault.LAG: 2,
}


@dataclass
class Storm(Weather):
    """As bad as the seed says. A port may also be out for a while: then all of its calls fail."""

    random: Random
    out: dict[str, int] = field(default_factory=dict)
    """By port, how many more calls fail."""

    def __post_init__(self) -> None:
        draw = self.random.random
        self.rate = self.random.choice((0.0, 0.005, 0.02, 0.06))
        self.latency = self.random.choice((0.004, 0.05, 0.4))
        self.skew = self.random.choice((0.0, 0.0, 0.5, 2.0))
        self.lost_events = draw() * 0.3 if draw() < 0.5 else 0.0
        self.repeated_events = draw() * 0.5
        self.madness = self.random.choice((0.0, 0.1, 0.4))
        self._kinds = list(_USUAL)
        self._weights = [weight * draw() for weight in _USUAL.values()]
        if self.skew:
            # An erasure goes by what indexes show and by clocks. It bears either's error, but not both at once.
            self._weights[self._kinds.index(Fault.LAG)] = 0.0

    def strikes(self, port: str, method: str) -> Fault | None:
        if self.out.get(port, 0):
            self.out[port] -= 1
            return Fault.UNAVAILABLE
        if self.random.random() >= self.rate:
            return None
        (fault,) = self.random.choices(self._kinds, self._weights)
        if not may_strike(fault, port, method):
            return None
        if fault is Fault.UNAVAILABLE and self.random.random() < 0.3:
            self.out[port] = self.random.randint(1, 25)
        return fault
