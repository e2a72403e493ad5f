"""An attempt at a quiz and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.progress.levels import MasteryChange
from domain.quizzes.scoring import Score


@dataclass(frozen=True, slots=True)
class Result:
    result_id: str
    quiz_id: str
    user_id: str
    title: str
    subject_id: str | None
    assignment_id: str | None
    answers: dict[str, str | None]
    """By question id, the letter that was given, or None."""
    score: Score
    mastery_changes: tuple[MasteryChange, ...]
    submitted_at: str
