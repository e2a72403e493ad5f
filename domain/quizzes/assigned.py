"""Assigned quizzes: what an assignment asks of a class, when, how often, and when the keys are shown.

An attempt at it is a quiz of the learner's with a number (``Quiz.attempt``). What the attempt asks is fixed when it
begins; when it is open and when its keys are shown follows what the teacher says now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.base.errors import Conflict
from domain.base.ids import derived_id
from ports.agent_words import Difficulty

ShowKeys = Literal["never", "after_submission", "after_closing"]
"""When a learner is told the right answers, explanations and citations of a submitted attempt. ``after_closing`` without
a closing time is never."""
AssignmentState = Literal["not_yet_open", "open", "closed"]
MAX_ATTEMPTS = 10
MAX_POOL = 500
"""The most items that one line of a blueprint draws from."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One line of a blueprint, with the items that fitted it when the quiz was assigned."""

    concept: str
    num_questions: int
    difficulty: Difficulty | None
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignedQuiz:
    """It has either ``item_ids``, the same for everybody, or ``pools``, from which each attempt draws its own."""

    assignment_id: str
    subject_id: str
    created_at: str
    updated_at: str
    item_ids: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()
    opens_at: str | None = None
    closes_at: str | None = None
    attempts: int = 1
    show_keys: ShowKeys = "after_submission"
    version: int = 0

    @property
    def num_questions(self) -> int:
        return len(self.item_ids) or sum(pool.num_questions for pool in self.pools)

    def state(self, now: str) -> AssignmentState:
        if self.opens_at is not None and now < self.opens_at:
            return "not_yet_open"
        return "closed" if self.closes_at is not None and now >= self.closes_at else "open"

    def must_be_open(self, now: str) -> None:
        """Raises ``Conflict`` unless attempts can be begun and submitted at this moment."""
        match self.state(now):
            case "not_yet_open":
                raise Conflict("assignment_not_open", f"The assignment opens at {self.opens_at}.")
            case "closed":
                raise Conflict("assignment_closed", f"The assignment closed at {self.closes_at}.")

    def shows_keys(self, now: str) -> bool:
        """Whether the keys of a submitted attempt are shown at this moment."""
        if self.show_keys == "after_closing":
            return self.state(now) == "closed"
        return self.show_keys == "after_submission"

    def draws(self, user_id: str, attempt: int) -> list[tuple[int, list[str]]]:
        """What the attempt asks: how many of which items, in the order in which they are taken.

        It follows from the assignment, the learner and the attempt: drawn again, it is the same.
        """
        if self.item_ids:
            return [(1, [item_id]) for item_id in self.item_ids]
        seed = (self.assignment_id, user_id, str(attempt))
        return [
            (pool.num_questions, sorted(pool.item_ids, key=lambda item_id: derived_id(*seed, item_id)))
            for pool in self.pools
        ]


def attempt_id(user_id: str, assignment_id: str, attempt: int) -> str:
    """The quiz id of a learner's attempt at an assigned quiz."""
    return derived_id("assigned quiz", user_id, assignment_id, str(attempt))
