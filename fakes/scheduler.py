"""A scheduler with simple rules, so that a test can predict its results."""

from __future__ import annotations

from ports.scheduler import Memory, Recall


class DoublingScheduler:
    """Implements ``Scheduler``. A right answer doubles the stability, a hard one keeps it, and a wrong one sets it to
    one day.
    """

    def answered(self, memory: Memory | None, days: int, recall: Recall) -> Memory:
        before = 1.0 if memory is None else memory.stability
        factor = {"good": 2.0, "hard": 1.0}
        return Memory(before * factor[recall] if recall in factor else 1.0, 5.0)

    def chance_of_recall(self, memory: Memory, days: int) -> float:
        return 1 / (1 + days / (9 * memory.stability))

    def interval(self, memory: Memory) -> int:
        return max(1, round(memory.stability))
