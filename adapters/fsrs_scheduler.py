"""FSRS-6 with its published parameters, as the package `fsrs` by its authors computes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from fsrs import Card, Rating, Scheduler, State

from ports.scheduler import Memory, Recall

_RATINGS: dict[Recall, Rating] = {
    "forgotten": Rating.Again,
    "hard": Rating.Hard,
    "good": Rating.Good,
}
_LONGEST_INTERVAL = 3650
_DAY_ZERO = datetime(2000, 1, 1, tzinfo=UTC)
_CARD_ID = 1  # without an id, a card waits a millisecond for a number of its own


class FsrsScheduler:
    """Implements ``Scheduler``. Nothing is random, and the shortest interval is one day: FSRS's steps of minutes are
    switched off.
    """

    def __init__(self) -> None:
        self._fsrs = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())

    def answered(self, memory: Memory | None, days: int, recall: Recall) -> Memory:
        now = _DAY_ZERO + timedelta(days=days)
        card, _ = self._fsrs.review_card(_card(memory), _RATINGS[recall], now)
        # Only a card that was never answered has None.
        return Memory(cast(float, card.stability), cast(float, card.difficulty))

    def chance_of_recall(self, memory: Memory, days: int) -> float:
        return self._fsrs.get_card_retrievability(_card(memory), _DAY_ZERO + timedelta(days=days))

    def interval(self, memory: Memory) -> int:
        return max(1, min(_LONGEST_INTERVAL, round(memory.stability)))


def _card(memory: Memory | None) -> Card:
    if memory is None:
        return Card(card_id=_CARD_ID, due=_DAY_ZERO)
    return Card(
        card_id=_CARD_ID,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_DAY_ZERO,
        last_review=_DAY_ZERO,
    )
