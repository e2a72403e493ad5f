"""The result of an attempt at a quiz."""

from __future__ import annotations

from dataclasses import dataclass

from domain.progress.levels import MasteryChange
from domain.quizzes.quiz import Answer
from domain.quizzes.scoring import Score


@dataclass(frozen=True, slots=True)
class Result:
    result_id: str
    quiz_id: str
    user_id: str
    title: str
    subject_id: str | None
    assignment_id: str | None
    answers: dict[str, Answer | None]
    """The answer to each question, or None, by question id."""
    score: Score
    mastery_changes: tuple[MasteryChange, ...]
    submitted_at: str
