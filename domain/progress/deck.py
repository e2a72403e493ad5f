"""The deck of a learner in a subject: every answered question, with the day when it is due again.

It is folded from the ledger with a ``Scheduler``. The chance of recall is the product of two factors: the chance of
success, computed from the recent answers to this one question, and the share that is still remembered. Those answers
were also given some time after earlier ones, so ``_USUAL_RECALL`` counts as remembering everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.progress.chance import NO_ANSWERS, NOTHING, Counts, Overall, chance_of_success
from domain.progress.evidence import Evidence, counted_once
from domain.progress.mastery import fold_overall
from ports.scheduler import Memory, Recall, Scheduler

MAX_ITEMS = 1500
"""The limit for one learner in one subject, so that a row stays small. Items with the longest stability are left out
first.
"""
LAST_ANSWERS = 3
_RIGHT = 0.5
"""An answer is right if its score is above this."""
_USUAL_RECALL = 0.85
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A question that comes back. Days are RFC 3339 dates, UTC."""

    item_id: str
    """The ``question_key`` of its evidence."""
    quiz_id: str
    """The latest quiz that asked the question."""
    question_id: str
    """The number of the question in that quiz."""
    concept: str
    label: str
    memory: Memory
    recent: Counts
    answers: int
    lapses: int
    """The number of wrong answers."""
    last_scores: tuple[float, ...]
    """The scores, 0 to 1, of the last ``LAST_ANSWERS`` answers, the latest last."""
    last_on: str
    due_on: str


@dataclass(frozen=True, slots=True)
class Deck:
    """A learner's reviews in a subject, folded from the ledger."""

    user_id: str
    subject_id: str
    items: tuple[ReviewItem, ...] = ()
    """Sorted by ``item_id``."""
    overall: Overall = NO_ANSWERS
    reviews_by_day: tuple[tuple[str, int], ...] = ()
    """At most one pair: the latest day with reviews, and the number of questions answered on it."""
    answered_at: str = ""
    """The moment of the latest answer."""

    def reviews_on(self, day: str) -> int:
        """How many questions were answered in reviews on this day (an RFC 3339 date)."""
        return dict(self.reviews_by_day).get(day, 0)


@dataclass(frozen=True, slots=True)
class DueItem:
    """An item that is due, with the chance, 0 to 1, that the learner answers it right today."""

    item: ReviewItem
    subject_id: str
    chance_of_recall: float
    days_overdue: int


def fold_deck(user_id: str, subject_id: str, evidence: Iterable[Evidence], scheduler: Scheduler) -> Deck:
    """The deck computed from all of the learner's evidence in the subject.

    The order of the evidence and repetitions in it do not matter.
    """
    counted = counted_once(evidence)
    by_item: defaultdict[str, list[Evidence]] = defaultdict(list)
    for one in counted:
        if one.question_key and one.source in ("quiz", "review"):
            by_item[one.question_key].append(one)
    items = [_item(item_id, answers, scheduler) for item_id, answers in by_item.items()]
    items.sort(key=lambda one: (one.memory.stability, one.item_id))
    reviewed: defaultdict[str, set[str]] = defaultdict(set)
    for one in counted:
        if one.source == "review":
            reviewed[one.occurred_at[:10]].add(one.question_key)
    latest = max(reviewed, default=None)
    return Deck(
        user_id=user_id,
        subject_id=subject_id,
        items=tuple(sorted(items[:MAX_ITEMS], key=lambda one: one.item_id)),
        overall=fold_overall(counted),
        reviews_by_day=((latest, len(reviewed[latest])),) if latest else (),
        answered_at=max((one.occurred_at for answers in by_item.values() for one in answers), default=""),
    )


def due_on(decks: Sequence[Deck], day: str, scheduler: Scheduler) -> list[DueItem]:
    """The items due on the day: first those with a wrong last answer, then those with the lowest chance of recall."""
    found = [
        DueItem(
            one, deck.subject_id, chance_of_recall(one, deck.overall, day, scheduler), _days(one.due_on, day)
        )
        for deck in decks
        for one in deck.items
        if one.due_on <= day
    ]
    return sorted(
        found,
        key=lambda due: (due.item.last_scores[-1] > _RIGHT, due.chance_of_recall, due.item.item_id),
    )


def chance_of_recall(item: ReviewItem, overall: Overall, day: str, scheduler: Scheduler) -> float:
    """The chance, 0 to 1, that the learner answers the item right on the day."""
    at_once = chance_of_success(item.recent, overall).value
    remembered = scheduler.chance_of_recall(item.memory, max(0, _days(item.last_on, day)))
    return at_once * min(1.0, remembered / _USUAL_RECALL)


def _item(item_id: str, answers: Sequence[Evidence], scheduler: Scheduler) -> ReviewItem:
    first, *later = answers
    memory = scheduler.answered(None, 0, _recall(first))
    recent, last_on = NOTHING.after(first.score, first.weight), first.occurred_at[:10]
    for one in later:
        day = one.occurred_at[:10]
        memory = scheduler.answered(memory, _days(last_on, day), _recall(one))
        recent, last_on = recent.after(one.score, one.weight), day
    return ReviewItem(
        item_id=item_id,
        quiz_id=answers[-1].source_id,
        question_id=question_of(answers[-1]),
        concept=answers[-1].concept,
        label=answers[-1].label,
        memory=Memory(round(memory.stability, _DIGITS), round(memory.difficulty, _DIGITS)),
        recent=Counts(round(recent.right, _DIGITS), round(recent.wrong, _DIGITS)),
        answers=len(answers),
        lapses=sum(one.score <= _RIGHT for one in answers),
        last_scores=tuple(one.score for one in answers[-LAST_ANSWERS:]),
        last_on=last_on,
        due_on=_due(memory, answers[-1].score, last_on, scheduler),
    )


def due_after(item: ReviewItem, score: float, day: str, scheduler: Scheduler) -> str:
    """The day when the item is due again after an answer on ``day`` with this score and without hints."""
    recall: Recall = "good" if score > _RIGHT else "forgotten"
    memory = scheduler.answered(item.memory, max(0, _days(item.last_on, day)), recall)
    return _due(memory, score, day, scheduler)


def _due(memory: Memory, score: float, day: str, scheduler: Scheduler) -> str:
    """The day of the next review. After a wrong answer it is the next day, even if the item was known well."""
    wait = scheduler.interval(memory) if score > _RIGHT else 1
    return (date.fromisoformat(day) + timedelta(days=wait)).isoformat()


def review_evidence_id(item: ReviewItem, day: str) -> str:
    """The id of the evidence from a review of the item. There is one for each day."""
    return f"{item.quiz_id}-{item.question_id}-review-{day}"


def question_of(evidence: Evidence) -> str:
    """The number of the question in its quiz, read from the evidence id."""
    return evidence.evidence_id.removeprefix(f"{evidence.source_id}-").partition("-")[0]


def _recall(evidence: Evidence) -> Recall:
    if evidence.score <= _RIGHT:
        return "forgotten"
    return "hard" if evidence.weight < 1 else "good"


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
