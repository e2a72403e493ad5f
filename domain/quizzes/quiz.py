"""Quizzes, and their questions with one key each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.documents.passage import Citation
from ports.agent import Difficulty

MAX_QUESTIONS = 20
MIN_OPTIONS = 3
MAX_OPTIONS = 6
ASKED_OPTIONS = 4
LETTERS = "ABCDEF"
Check = Literal["rules", "solver"]
"""What an admitted question was checked by: the rules alone, or an agent that answers it without its key as well."""


@dataclass(frozen=True, slots=True)
class QuizRequest:
    """What a quiz should be about. If nothing is named, it is about everything that the learner may read."""

    num_questions: int
    document_ids: tuple[str, ...] = ()
    subject_id: str | None = None
    topic: str | None = None
    difficulty: Difficulty | None = None
    """None for the difficulty that suits the learner's mastery."""


@dataclass(frozen=True, slots=True)
class Question:
    """An admitted question. ``correct`` is the index of the right option, which stays on the server."""

    question_id: str
    """The number of the question in the quiz, from "1"."""
    question: str
    options: tuple[str, ...]
    correct: int
    explanation: str
    citation: Citation
    """The quote that supports the key."""
    concept: str
    """What the question is about, as it is shown."""
    checked: Check = "rules"


@dataclass(frozen=True, slots=True)
class Quiz:
    quiz_id: str
    user_id: str
    title: str
    topic: str | None
    subject_id: str | None
    document_ids: tuple[str, ...]
    difficulty_level: Difficulty
    requested_questions: int
    questions: tuple[Question, ...]
    created_at: str
    assignment_id: str | None = None
    session_id: str | None = None
    submitted_at: str | None = None
    version: int = 0
