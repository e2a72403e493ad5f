"""The standing of a learner in a subject: a small record, which is computed from the ledger and stored.

The tutor's prompt and the teacher's report are made from it, so that neither reads a ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.progress.chance import NO_ANSWERS, NOTHING, Counts, InClass, Overall

MAX_TALLIES = 40
"""How many of the latest questions a standing has a tally of."""
MAX_DAYS = 60
"""How many of the latest active days a standing has."""
MAX_QUESTION_CHARACTERS = 200
MAX_OPTION_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ConceptStanding:
    """The fold of one concept. ``concept`` is its key in the catalogue, ``label`` its name."""

    concept: str
    label: str
    mastery_level: float
    """0 to 1."""
    evidence_count: int
    last_interaction: str
    recent: Counts = NOTHING
    """Its recent answers, from which the chance of success is computed."""
    in_class: InClass | None = None
    """What the class knew of it, as the latest evidence that names a snapshot says; None if none does."""


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """How often a question was answered, and how. ``question_key`` is the same in two quizzes."""

    question_key: str
    question: str
    attempts: int
    correct: int
    wrong_choices: dict[str, int]
    """How often each wrong option was chosen, by its text."""


@dataclass(frozen=True, slots=True)
class DayActivity:
    day: str
    """RFC 3339 date, UTC."""
    messages: int = 0
    """Questions to the tutor."""
    quizzes: int = 0
    """Quizzes submitted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``subject_id`` is ``NO_SUBJECT`` for documents without a subject. Version 0 is not stored yet."""

    user_id: str
    subject_id: str
    concepts: tuple[ConceptStanding, ...] = ()
    """By key."""
    questions: tuple[QuestionTally, ...] = ()
    """The latest answered last."""
    days: tuple[DayActivity, ...] = ()
    """Oldest first."""
    quizzes_taken: int = 0
    questions_answered: int = 0
    questions_correct: int = 0
    last_active: str | None = None
    talked_since: str | None = None
    """The moment of the first message that it counts."""
    began_at: str | None = None
    """The moment of the first message or evidence that it counts."""
    overall: Overall = NO_ANSWERS
    """The answers on all concepts together."""
    version: int = field(default=0)


def with_message(standing: Standing, asked_at: str) -> Standing:
    """The standing after one more question to the tutor.

    Only the day's activity is counted: a question is no evidence of what a learner can do.
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
    """The first moment of a day, in the precision of a message's time."""
    return f"{day}T00:00:00.000Z"


def latest_days(days: Mapping[str, DayActivity]) -> tuple[DayActivity, ...]:
    """The latest days, as many as a standing has."""
    return tuple(days[day] for day in sorted(days)[-MAX_DAYS:])
