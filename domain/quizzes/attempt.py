"""The result of an attempt at a quiz: its marks and its score."""

from __future__ import annotations

from dataclasses import dataclass

from domain.documents.passage import Citation
from domain.progress.levels import MasteryChange
from domain.progress.marks import UNREVIEWED, Review
from domain.quizzes.credits import Credit
from domain.quizzes.quiz_words import Answer
from ports.agent_words import QuestionKind


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """The mark of one question, with the given answer (None if there was none) and the right answer."""

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
    """Whether the answer could not be marked. It then counts in no score."""
    hints_used: int = 0
    """How many hints the learner took. Hints change no score, but they make the answer weaker evidence."""
    machine: Credit | None = None
    """The machine's credit, if a person replaced it; else None."""
    is_retired: bool = False
    """Whether the question is left out of the score, because its item is retired."""
    review: Review = UNREVIEWED

    @property
    def found(self) -> Credit:
        """The machine's credit, even if a person replaced it."""
        return self.machine or Credit(self.credit, self.needs_review)

    @property
    def counts(self) -> bool:
        """Whether the answer counts in the score."""
        return not (self.needs_review or self.is_retired)


@dataclass(frozen=True, slots=True)
class Score:
    """``score`` is a percentage with two decimals; None if no answer counts. Retired questions are left out."""

    score: float | None
    correct_answers: int
    total_questions: int
    results: tuple[GradedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a submitted quiz."""

    result_id: str
    quiz_id: str
    user_id: str
    title: str
    subject_id: str | None
    assignment_id: str | None
    answers: dict[str, Answer | None]
    """The answer to each question by question id; None if the question was not answered."""
    score: Score
    mastery_changes: tuple[MasteryChange, ...]
    submitted_at: str
    attempt: int = 0
    """The number of the attempt at an assigned quiz, from 1; 0 for any other quiz."""
