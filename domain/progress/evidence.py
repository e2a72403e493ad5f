"""Evidence: one graded answer of a quiz or of a review, or one analysed turn of an interview.

A correction is evidence with the same id and a higher ``revision``. It replaces what it corrects, at the same moment.
So all that is folded from the ledger is as if the mark had been right from the start.
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
    """One piece of evidence. ``evidence_id`` identifies the graded answer, so that it is never counted twice."""

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
    """The id of the quiz or of the interview session. For a review, the quiz that has the question."""
    question: str
    """The text of the question."""
    question_key: str = ""
    """An id that is equal for the same question in two quizzes; "" if the answer is not counted in tallies."""
    choice: str = ""
    """The text of the wrong option that the learner chose; "" if there is none."""
    weight: float = 1.0
    """How much the evidence counts, above 0 and up to 1. It is below 1 if the learner took hints."""
    revision: int = 0
    """The number of corrections of the mark so far, this one included. Only the highest revision of an id counts."""
    is_withdrawn: bool = False
    """Whether this entry is a correction that removes the evidence: the mark no longer counts."""
    in_class: InClass | None = None
    """The class's share for the concept, from the snapshot that was the latest when the answer was given; None if there
    was none.
    """


def counted_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence that counts, in the order of time and id. Each id occurs once; withdrawn evidence is left out.

    The order of the input and repetitions in it do not matter. Of several pieces with the same id, the one with the
    highest revision counts; of these the earliest; of these the one with the lowest score.
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
    """A sort key. Two pieces with the same key are equal in everything that counts."""
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
