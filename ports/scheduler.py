"""How long something is remembered, by a model of memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Recall = Literal["forgotten", "hard", "good"]
"""How an answer went: wrong; right, but with help; right."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model keeps about one item."""

    stability: float
    """The days after which the item is recalled with a chance of 90 %; above 0."""
    difficulty: float
    """1 (easy) to 10 (hard)."""


class Scheduler(Protocol):
    """A pure computation: the same input always gives the same result. Days are whole, from 0."""

    def answered(self, memory: Memory | None, days: int, recall: Recall) -> Memory:
        """The memory after an answer that came ``days`` after the one before it; None before the first answer."""
        ...

    def chance_of_recall(self, memory: Memory, days: int) -> float:
        """The chance, above 0 to 1, that the item is recalled ``days`` after its last answer. It never rises."""
        ...

    def interval(self, memory: Memory) -> int:
        """The days after which the item is due: at least 1. It never falls with ``stability``."""
        ...
