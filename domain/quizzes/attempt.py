"""The result of an attempt at a quiz."""

from __future__ import annotations

from dataclasses import dataclass

from domain.documents.passage import Citation
from domain.progress.levels import MasteryChange
from domain.progress.marks import UNREVIEWED, Review
from domain.quizzes.credits import Credit
from domain.quizzes.quiz import Answer
from ports.agent import QuestionKind


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One question with the given answer, or None, and the right one."""

    question_id: str
    question: str
    user_answer: Answer | None
    correct_answer: Answer
    is_correct: bool
    explanation: str
    citation: Citation | None
    concept: str
    credit: float
    """0 (wrong) to 1 (right)."""
    kind: QuestionKind = "multiple_choice"
    needs_review: bool = False
    """Whether nobody could tell what the answer is worth. It then counts in no score."""
    hints_used: int = 0
    """How many hints the learner took. They change no score, but make the answer weaker evidence."""
    machine: Credit | None = None
    """What the machine finds, where a person decided since."""
    is_retired: bool = False
    """Whether the question was taken out of the score, because its item is retired."""
    review: Review = UNREVIEWED

    @property
    def found(self) -> Credit:
        """What the machine finds, whether or not a person decided since."""
        return self.machine or Credit(self.credit, self.needs_review)

    @property
    def counts(self) -> bool:
        return not (self.needs_review or self.is_retired)


@dataclass(frozen=True, slots=True)
class Score:
    """``score`` is a percentage, to two decimals; None if no answer counts. A retired question is no part of it."""

    score: float | None
    correct_answers: int
    total_questions: int
    results: tuple[GradedAnswer, ...]


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
    attempt: int = 0
    """As in ``Quiz``."""
