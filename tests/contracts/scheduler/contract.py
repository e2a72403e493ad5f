"""The contract of ``Scheduler``."""

from __future__ import annotations

import itertools

import pytest

from ports.scheduler import Memory, Recall, Scheduler

History = list[tuple[int, Recall]]
HISTORIES: list[History] = [
    [(0, "good")],
    [(0, "forgotten")],
    [(0, "hard"), (1, "good"), (7, "good")],
    [(0, "good"), (0, "good"), (0, "forgotten"), (1, "good")],
    [(0, "good"), (10, "good"), (100, "good"), (1000, "forgotten"), (1, "hard")],
]


class SchedulerContract:
    """A subclass has the fixture ``scheduler``."""

    @pytest.fixture
    def scheduler(self) -> Scheduler:
        raise NotImplementedError

    @pytest.mark.parametrize("history", HISTORIES)
    def test_memory_fades_from_certainty_and_is_nine_in_ten_at_the_stability(
        self, scheduler: Scheduler, history: History
    ) -> None:
        memory = remembered(scheduler, history)
        assert memory.stability > 0
        chances = [scheduler.chance_of_recall(memory, days) for days in range(50)]
        assert chances[0] == 1
        assert all(later <= earlier for earlier, later in itertools.pairwise(chances))
        assert scheduler.chance_of_recall(memory, 10_000) > 0
        sure = Memory(20.0, memory.difficulty)
        assert scheduler.chance_of_recall(sure, 20) == pytest.approx(0.9)

    @pytest.mark.parametrize("history", HISTORIES)
    def test_the_same_history_gives_the_same_memory(self, scheduler: Scheduler, history: History) -> None:
        assert remembered(scheduler, history) == remembered(scheduler, history)

    @pytest.mark.parametrize("history", HISTORIES)
    def test_a_better_answer_is_due_no_earlier(self, scheduler: Scheduler, history: History) -> None:
        memory = remembered(scheduler, history)
        answers: tuple[Recall, ...] = ("forgotten", "hard", "good")
        due = [scheduler.interval(scheduler.answered(memory, 3, recall)) for recall in answers]
        assert due == sorted(due)
        assert due[0] >= 1

    def test_right_answers_make_the_intervals_longer(self, scheduler: Scheduler) -> None:
        memory, intervals = None, []
        days = 0
        for _ in range(5):
            memory = scheduler.answered(memory, days, "good")
            days = scheduler.interval(memory)
            intervals.append(days)
        assert intervals == sorted(set(intervals))


def remembered(scheduler: Scheduler, history: History) -> Memory:
    memory = None
    for days, recall in history:
        memory = scheduler.answered(memory, days, recall)
    assert memory is not None
    return memory
