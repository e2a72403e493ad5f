"""Evidence: one graded answer of a quiz or to a question that came back, or one analysed turn of an interview.

A correction is evidence of the same id with a higher ``revision``. It takes the place of what it corrects, at the same
moment, so everything that is folded from the ledger is as if the mark had been right from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from domain.progress.chance import InClass

Source = Literal["quiz", "interview", "review"]
NO_SUBJECT = "general"
"""The subject id of evidence from documents without a subject."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``evidence_id`` names what was graded, so that the same answer is never counted twice."""

    evidence_id: str
    user_id: str
    subject_id: str
    """``NO_SUBJECT`` for a document without a subject."""
    concept: str
    """The concept's key in the learner's catalogue of the subject."""
    label: str
    """The concept as it is shown."""
    score: float
    """0 (wrong) to 1 (right)."""
    occurred_at: str
    """RFC 3339, UTC, milliseconds."""
    source: Source
    source_id: str
    """The quiz, or the interview session. Of a review, the quiz that has the question."""
    question: str
    """What was asked."""
    question_key: str = ""
    """The same for the same question in two quizzes; "" if the answer is not to be tallied."""
    choice: str = ""
    """The text of the wrong option that was chosen; "" if the answer was right, or none."""
    weight: float = 1.0
    """How much it counts, above 0 to 1: less than 1 if the learner was helped with the answer."""
    revision: int = 0
    """How many corrections of this mark came before and with it. Only the highest of an id counts."""
    is_withdrawn: bool = False
    """A correction that takes the evidence away: the mark counts no more."""
    in_class: InClass | None = None
    """What the class knew of the concept, by the latest snapshot when the answer was given; None if there was none."""


def counted_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence in the order of time and id, with each id once, without what is withdrawn.

    The order of the input and repetitions in it make no difference. If several pieces have the same id, the one with
    the highest revision counts; of these the earliest; of those at the same time, the one with the lowest score.
    """
    pieces = list(evidence)
    revisions: dict[str, int] = {}
    for one in pieces:
        revisions[one.evidence_id] = max(one.revision, revisions.get(one.evidence_id, 0))
    counted: dict[str, Evidence] = {}
    for one in sorted(pieces, key=_place):
        if one.revision == revisions[one.evidence_id]:
            counted.setdefault(one.evidence_id, one)
    return [one for one in counted.values() if not one.is_withdrawn]


_Place = tuple[str, str, float, float, bool, tuple[str, ...], tuple[str | float, ...]]


def _place(one: Evidence) -> _Place:
    """Two pieces at the same place are equal in all that counts."""
    rest = (
        one.subject_id,
        one.concept,
        one.source,
        one.source_id,
        one.question_key,
        one.choice,
        one.question,
        one.label,
    )
    named: tuple[str | float, ...] = ()
    if one.in_class is not None:
        named = one.in_class.taken_on, one.in_class.share, one.in_class.usual, one.in_class.subject_id
    return one.occurred_at, one.evidence_id, one.score, one.weight, one.is_withdrawn, rest, named
