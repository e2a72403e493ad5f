"""Assigned quizzes: the items or pools that an assignment asks, opening times, number of attempts, and when keys are
shown.

An attempt is a quiz of the learner with a number (``Quiz.attempt``). Its questions are fixed when it begins. When it is
open and when its keys are shown follows the assignment as it is now.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.base.errors import Conflict
from domain.base.ids import derived_id
from domain.quizzes.assignment_words import AssignmentState, ShowKeys
from ports.agent_words import Difficulty

MAX_POOL = 500
"""The largest number of items from which one line of a blueprint draws."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One line of a blueprint, with the items that matched it when the quiz was assigned."""

    concept: str
    num_questions: int
    difficulty: Difficulty | None
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignedQuiz:
    """An assigned quiz has either ``item_ids``, the same for all learners, or ``pools``, from which each attempt draws."""

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
        """The number of questions that each attempt is to have. It has fewer while items are retired."""
        return len(self.item_ids) or sum(pool.num_questions for pool in self.pools)

    def state(self, now: str) -> AssignmentState:
        """Whether attempts can be begun at ``now``, a moment."""
        if self.opens_at is not None and now < self.opens_at:
            return "not_yet_open"
        return "closed" if self.closes_at is not None and now >= self.closes_at else "open"

    def must_be_open(self, now: str) -> None:
        """Raise ``Conflict`` if attempts cannot be begun and submitted at the moment ``now``."""
        match self.state(now):
            case "not_yet_open":
                raise Conflict("assignment_not_open", f"The assignment opens at {self.opens_at}.")
            case "closed":
                raise Conflict("assignment_closed", f"The assignment closed at {self.closes_at}.")

    def shows_keys(self, now: str) -> bool:
        """Whether the keys of a submitted attempt are shown at the moment ``now``."""
        if self.show_keys == "after_closing":
            return self.state(now) == "closed"
        return self.show_keys == "after_submission"

    def draws(self, user_id: str, attempt: int) -> list[tuple[int, list[str]]]:
        """Pairs of a number of questions and the item ids from which that many are taken, in order.

        They depend only on the assignment, the learner and the attempt, so that a repeated call draws the same items.
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
