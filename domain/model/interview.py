"""Spoken interviews: a session, its turns, and how each answer was judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InterviewState = Literal["asked", "answering", "analysing", "ended"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """How an answer was judged. The scores are 0 to 100; ``evidence`` is quoted from the learner's words."""

    content_accuracy: float
    clarity: float
    completeness: float
    overall: float
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer. Without an analysis there is no score: none is ever made up."""

    question_number: int
    question: str
    transcription: str | None
    analysis: Analysis | None


@dataclass(frozen=True, slots=True)
class Interview:
    """``overall_score`` is 0 to 100, and None until the interview ended or where nothing was scored."""

    session_id: str
    user_id: str
    topic: str | None
    subject_id: str | None
    language: str
    state: InterviewState
    started_at: str
    ended_at: str | None = None
    questions_asked: int = 0
    overall_score: float | None = None
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
