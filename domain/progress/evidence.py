"""What a learner has shown: one graded answer, or one analysed turn of an interview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Source = Literal["quiz", "interview"]
NO_SUBJECT = "general"
"""The subject id of evidence from documents without a subject."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``evidence_id`` names what was graded, so that the same answer is never counted twice."""

    evidence_id: str
    user_id: str
    subject_id: str
    """``NO_SUBJECT`` for a document of no subject."""
    concept: str
    """Its key in the subject's catalogue."""
    label: str
    """The concept as a person writes it."""
    score: float
    """0 (wrong) to 1 (right)."""
    occurred_at: str
    """RFC 3339, UTC, milliseconds."""
    source: Source
    source_id: str
    """The quiz, or the interview session."""
    question: str
    """What was asked."""
    question_key: str = ""
    """Alike for the same question in two quizzes; "" for what is not to be tallied."""
    choice: str = ""
    """The text of the wrong option that was chosen; "" if the answer was right, or none."""


def counted_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence by time and id, each id once: the same list in whatever order, and how often, it came.

    Should an id stand for several, the earliest counts, and of those the one with the lowest score.
    """
    counted: dict[str, Evidence] = {}
    for one in sorted(evidence, key=_place):
        counted.setdefault(one.evidence_id, one)
    return list(counted.values())


def _place(one: Evidence) -> tuple[str, str, float, str, str]:
    return one.occurred_at, one.evidence_id, one.score, one.subject_id, one.concept
