"""Reviews: which questions are due today and why, and the answers to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from domain.base.errors import Conflict, InvalidRequest, NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.progress.deck import (
    Deck,
    DueItem,
    ReviewItem,
    due_after,
    due_on,
    fold_deck,
    review_evidence_id,
)
from domain.progress.decks import Decks, ReviewAnswer
from domain.progress.evidence import Evidence
from domain.progress.ledger import Ledger
from domain.progress.pace import REVIEWS_A_DAY
from domain.progress.progress import Progress
from domain.quizzes.credits import credit_for
from domain.quizzes.item_answers import ItemAnswers, review_of
from domain.quizzes.quiz import Question
from domain.quizzes.quizzes import Quizzes
from domain.quizzes.scoring import graded, read_answer
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.scheduler import Scheduler
from ports.system import Clock

log = logging.getLogger("lyceum.reviewing")


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """A question that is due, and the reason in ``due``."""

    due: DueItem
    question: Question


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The reviews of today. ``due`` counts all questions that are due, even beyond the limit of one day."""

    reviews: tuple[DueQuestion, ...]
    due: int
    left_today: int
    """How many more reviews the learner can get today, at most."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The outcome of a review, and its question with the key."""

    answer: ReviewAnswer
    question: Question


class Reviewing:
    def __init__(
        self,
        quizzes: Quizzes,
        item_answers: ItemAnswers,
        decks: Decks,
        ledger: Ledger,
        progress: Progress,
        scheduler: Scheduler,
        clock: Clock,
    ) -> None:
        self._quizzes = quizzes
        self._item_answers = item_answers
        self._decks = decks
        self._ledger = ledger
        self._progress = progress
        self._scheduler = scheduler
        self._clock = clock

    def due(self, learner: Learner, subject_id: str | None, *, limit: int) -> ReviewList:
        """The reviews due today, at most ``limit``, in the subject or in all subjects (None). Wrongly answered ones
        come first.

        This takes three round trips to the store, or more if some keys are still hidden. A new answer may be counted
        only a moment later.
        """
        owner, today = learner.user_id, self._today()
        every = self._all_decks(owner)
        decks = [deck for deck in every if subject_id is None or deck.subject_id == subject_id]
        due = due_on(decks, today, self._scheduler)
        left = max(0, REVIEWS_A_DAY - sum(deck.reviews_on(today) for deck in every))
        wanted = min(left, limit)
        reviews: list[DueQuestion] = []
        hidden = 0
        for first in range(0, len(due), max(wanted, 1)):
            if len(reviews) >= wanted:
                break
            some = due[first : first + wanted]
            found = self._questions(owner, [one.item for one in some])
            reviews += [
                DueQuestion(one, found[one.item.item_id]) for one in some if one.item.item_id in found
            ]
            hidden += len(some) - len(found)
        return ReviewList(tuple(reviews[:wanted]), len(due) - hidden, left)

    def answer(self, learner: Learner, item_id: str, given: str | Sequence[str]) -> Reviewed:
        """Score and store an answer to a due review. A repeated call on the same day returns the same result.

        Raises ``NotFound`` if the review is not the learner's, ``Conflict`` if it is not due or was answered
        differently today, and ``InvalidRequest`` if the answer does not fit the question.
        """
        owner, now = learner.user_id, self._clock.now()
        today = self._today()
        stored = self._decks.find_answer(owner, item_id, today)
        if stored is not None:
            return self._answered_before(stored, given)
        deck, item = self._item(owner, item_id)
        question = self._questions(owner, [item]).get(item_id)
        if question is None:
            raise _unknown()
        if item.due_on > today:
            raise Conflict("review_not_due", f"The review is due on {item.due_on}.")
        # The key of an item may be corrected meanwhile. So the answer is stored only if the quiz is unchanged since
        # this read.
        quiz = None if question.item_id is None else self._quizzes.get(owner, item.quiz_id)
        if quiz is not None:
            question = next(one for one in quiz.questions if one.question_id == item.question_id)
            if question.is_retired:
                raise _unknown()
        answer = read_answer(question, given, "answer")
        if answer is None:
            raise InvalidRequest("no_answer", "The answer is empty.", field="answer")
        scored = graded(question, answer, credit_for(question, answer))
        evidence = Evidence(
            evidence_id=review_evidence_id(item, today),
            user_id=owner,
            subject_id=deck.subject_id,
            concept=item.concept,
            label=item.label,
            score=scored.credit,
            occurred_at=to_text(now),
            source="review",
            source_id=item.quiz_id,
            question=question.question,
            question_key=item.item_id,
        )
        (evidence,) = self._progress.with_class_shares([evidence])
        made = ReviewAnswer(
            user_id=owner,
            item_id=item_id,
            answered_on=today,
            answered_at=evidence.occurred_at,
            answer=answer,
            correct_answer=scored.correct_answer,
            is_correct=scored.is_correct,
            credit=scored.credit,
            quiz_id=item.quiz_id,
            question_id=item.question_id,
            due_on=due_after(item, scored.credit, today, self._scheduler),
            mastery_changes=tuple(self._progress.changes(owner, deck.subject_id, [evidence])),
        )
        marker = self._ledger.marker_put(owner, deck.subject_id, evidence.evidence_id, now)
        beside: list[Write] = [*self._ledger.evidence_puts([evidence]), marker]
        if quiz is not None:
            index = review_of(question, evidence, answer, today)
            beside += [self._quizzes.unchanged(quiz), self._item_answers.review_put(index)]
        try:
            self._decks.answer(made, beside)
        except (
            ConditionFailed
        ):  # another request answered it, and its answer counts, or its key was corrected
            stored = self._decks.find_answer(owner, item_id, today)
            if stored is None:
                raise
            return self._answered_before(stored, given)
        try:
            self._progress.refresh(owner, deck.subject_id)
        except (UpstreamError, ConditionFailed) as failed:  # the sweeper does it
            log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})
        return Reviewed(made, question)

    def _questions(self, owner: str, items: Sequence[ReviewItem]) -> dict[str, Question]:
        """The questions of the review items, by item id. Those with hidden keys are left out."""
        places = [(item.quiz_id, item.question_id) for item in items]
        found = self._quizzes.questions(owner, places, self._clock.now())
        return {
            item.item_id: found[place] for item, place in zip(items, places, strict=True) if place in found
        }

    def _answered_before(self, stored: ReviewAnswer, given: str | Sequence[str]) -> Reviewed:
        places = [(stored.quiz_id, stored.question_id)]
        found = self._quizzes.questions(stored.user_id, places, self._clock.now())
        question = found.get((stored.quiz_id, stored.question_id))
        if question is None:
            raise _unknown()
        if read_answer(question, given, "answer") != stored.answer:
            raise Conflict(
                "review_already_answered", "The question was already answered today with another answer."
            )
        return Reviewed(stored, question)

    def _item(self, owner: str, item_id: str) -> tuple[Deck, ReviewItem]:
        """The review item and its deck. If several decks have it, the one in which it is due first. Raises
        ``NotFound``.
        """
        found = [
            (deck, one) for deck in self._all_decks(owner) for one in deck.items if one.item_id == item_id
        ]
        if not found:
            raise _unknown()
        return min(found, key=lambda one: (one[1].due_on, one[0].subject_id))

    def _all_decks(self, owner: str) -> list[Deck]:
        """All decks of the owner. If a deck is not stored, because its evidence is older than the storing of decks,
        it is computed from the ledger.
        """
        decks = self._decks.of(owner)
        missing = set(self._ledger.subjects_of(owner)) - {deck.subject_id for deck in decks}
        return [*decks, *(self._folded(owner, subject_id) for subject_id in sorted(missing))]

    def _folded(self, owner: str, subject_id: str) -> Deck:
        return fold_deck(owner, subject_id, self._ledger.evidence(owner, subject_id), self._scheduler)

    def _today(self) -> str:
        return self._clock.now().astimezone(UTC).date().isoformat()


def _unknown() -> NotFound:
    return NotFound("review_not_found", "There is no such review.")
