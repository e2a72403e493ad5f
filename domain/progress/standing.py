"""The standing of a learner in a subject: a small row that is computed from the ledger.

The tutor's prompt and the teacher's report are made from it, so that neither reads a ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.progress.chance import NO_ANSWERS, NOTHING, Counts, InClass, Overall

MAX_TALLIES = 40
"""A standing has tallies of this number of latest questions."""
MAX_DAYS = 60
"""A standing has this number of latest active days."""
MAX_QUESTION_CHARACTERS = 200
MAX_OPTION_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ConceptStanding:
    """The result of the fold for one concept. ``concept`` is its key in the catalogue, ``label`` its name."""

    concept: str
    label: str
    mastery_level: float
    """0 to 1."""
    evidence_count: int
    last_interaction: str
    recent: Counts = NOTHING
    """The counts of recent answers, from which the chance of success is computed."""
    in_class: InClass | None = None
    """The class's share for the concept in the latest evidence that has one; None if none has."""


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """How often a question was answered, and how. ``question_key`` is equal for the same question in two quizzes."""

    question_key: str
    question: str
    attempts: int
    correct: int
    wrong_choices: dict[str, int]
    """How often each wrong option was chosen, by the option's text."""


@dataclass(frozen=True, slots=True)
class DayActivity:
    """What a learner did in a subject on one day."""

    day: str
    """RFC 3339 date, UTC."""
    messages: int = 0
    """The number of questions to the tutor."""
    quizzes: int = 0
    """The number of submitted quizzes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``subject_id`` is ``NO_SUBJECT`` for documents without a subject. Version 0 means that it is not stored yet."""

    user_id: str
    subject_id: str
    concepts: tuple[ConceptStanding, ...] = ()
    """Sorted by key."""
    questions: tuple[QuestionTally, ...] = ()
    """In the order of their latest answers; at most ``MAX_TALLIES``."""
    days: tuple[DayActivity, ...] = ()
    """Oldest first."""
    quizzes_taken: int = 0
    questions_answered: int = 0
    questions_correct: int = 0
    last_active: str | None = None
    talked_since: str | None = None
    """The moment of the first message that is counted here."""
    began_at: str | None = None
    """The moment of the first message or evidence that is counted here."""
    overall: Overall = NO_ANSWERS
    """The answers on all concepts together."""
    version: int = field(default=0)


def with_message(standing: Standing, asked_at: str) -> Standing:
    """The standing after one more question to the tutor.

    Only the day's activity changes: a question is not evidence of what a learner can do.
    """
    day = asked_at[:10]
    days = {one.day: one for one in standing.days}
    today = days.get(day, DayActivity(day))
    days[day] = replace(today, messages=today.messages + 1)
    seen = start_of(day)
    return replace(
        standing,
        days=latest_days(days),
        last_active=max(standing.last_active or seen, seen),
        talked_since=min(standing.talked_since or asked_at, asked_at),
        began_at=min(standing.began_at or asked_at, asked_at),
    )


def start_of(day: str) -> str:
    """The first moment of a day, with the precision of a message's time."""
    return f"{day}T00:00:00.000Z"


def latest_days(days: Mapping[str, DayActivity]) -> tuple[DayActivity, ...]:
    """The latest ``MAX_DAYS`` days, oldest first."""
    return tuple(days[day] for day in sorted(days)[-MAX_DAYS:])
