"""The weather of a simulation: which calls of ports fail, and how. Either one chosen call fails, or random calls do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    CRASH = "crash"
    """The process dies before the call has any effect."""
    LATE_CRASH = "late-crash"
    """The process dies after the effect of the call."""
    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    TIMED_OUT = "timed-out"
    """No answer comes in time, and the call has no effect."""
    LATE_TIME_OUT = "late-time-out"
    """No answer comes in time, but the call has its effect."""
    PARTLY = "partly"
    """Half of a batch is written, or half of a stream is read; then the call fails."""
    PARTLY_CRASH = "partly-crash"
    """Half of a batch is written, or half of a stream is read; then the process dies."""
    STALL = "stall"
    """The call succeeds, and then its process pauses for longer than any lease except an interview's."""
    RIVALS_FIRST = "rivals-first"
    """The process pauses for up to 8 seconds before the call, so that all other strands can act first."""
    LAG = "lag"
    """For some seconds, indexes and vectors do not show new writes."""


CRASHES = frozenset({Fault.CRASH, Fault.LATE_CRASH, Fault.PARTLY_CRASH})
FROM_OUTSIDE = frozenset(
    {Fault.UNAVAILABLE, Fault.THROTTLED, Fault.TIMED_OUT, Fault.LATE_TIME_OUT, Fault.PARTLY}
)
"""Faults that only a call over a network can have."""
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
"""Ports that are called without a network."""


def may_strike(fault: Fault, port: str, method: str) -> bool:
    if fault in (Fault.PARTLY, Fault.PARTLY_CRASH) and (port, method) not in BATCHES:
        return False
    return fault not in FROM_OUTSIDE or port not in IN_PROCESS


class Weather:
    """The weather without faults: no call fails, and no strand interrupts another on purpose."""

    latency = 0.004
    """The mean duration of a call, in seconds."""
    skew = 0.0
    """The greatest difference of a clock from the true time, in seconds."""
    lost_events = 0.0
    repeated_events = 0.0
    madness = 0.0
    """The probability that a model's reply is not what it should be."""

    def strikes(self, port: str, method: str) -> Fault | None:
        return None


@dataclass
class NthCall(Weather):
    """The weather with exactly one fault, at the Nth call that the fault can strike."""

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
    """The weather without faults, which counts the calls that each fault could strike."""

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
    """The weather with random faults. A port may also fail for a while: then all its calls fail."""

    random: Random
    out: dict[str, int] = field(default_factory=dict)
    """For each port, how many of its next calls fail."""

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
            # An erasure relies on indexes and on clocks. It tolerates an error of either, but not of both at the same
            # time.
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
