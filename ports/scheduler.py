"""A model of memory: how long something is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Recall = Literal["forgotten", "hard", "good"]
"""The result of an answer: wrong; right, but with hints; right."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The state of the model for one item."""

    stability: float
    """The number of days after which the item is recalled with a probability of 90 %; above 0."""
    difficulty: float
    """1 (easy) to 10 (hard)."""


class Scheduler(Protocol):
    """A pure computation: the same input always gives the same result. Days are integers, 0 or more."""

    def answered(self, memory: Memory | None, days: int, recall: Recall) -> Memory:
        """The memory after an answer given ``days`` after the previous one. ``memory`` is None for the first answer."""
        ...

    def chance_of_recall(self, memory: Memory, days: int) -> float:
        """The probability, above 0 and up to 1, that the item is recalled ``days`` after its last answer. More days
        never raise it.
        """
        ...

    def interval(self, memory: Memory) -> int:
        """The number of days after which the item is due, at least 1. A higher ``stability`` never lowers it."""
        ...
