"""Scores an attempt against the answer key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.base.errors import InvalidRequest
from domain.documents.passage import Citation
from domain.quizzes.quiz import LETTERS, Quiz


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One question with the chosen letter, or None, and the right one."""

    question_id: str
    question: str
    user_answer: str | None
    correct_answer: str
    is_correct: bool
    explanation: str
    citation: Citation
    concept: str


@dataclass(frozen=True, slots=True)
class Score:
    """``score`` is a percentage, to two decimals."""

    score: float
    correct_answers: int
    total_questions: int
    results: tuple[GradedAnswer, ...]


def read_answers(quiz: Quiz, answers: Mapping[str, str | None]) -> dict[str, str | None]:
    """A letter for each question of the quiz, or None if it has no answer.

    Raises ``InvalidRequest`` for an unknown question or option.
    """
    options = {question.question_id: LETTERS[: len(question.options)] for question in quiz.questions}
    given: dict[str, str | None] = dict.fromkeys(options)
    for question_id, answer in answers.items():
        field = f"answers.{question_id}"
        if question_id not in options:
            raise InvalidRequest("unknown_question", "The quiz has no such question.", field=field)
        letter = answer.strip().upper() if answer is not None else None
        if letter is not None and (len(letter) != 1 or letter not in options[question_id]):
            raise InvalidRequest("unknown_option", "The question has no such option.", field=field)
        given[question_id] = letter
    return given


def score(quiz: Quiz, answers: Mapping[str, str | None]) -> Score:
    """The score of ``answers``, which come from ``read_answers``. No answer counts as a wrong one."""
    results = tuple(
        GradedAnswer(
            question_id=question.question_id,
            question=question.question,
            user_answer=answers.get(question.question_id),
            correct_answer=LETTERS[question.correct],
            is_correct=answers.get(question.question_id) == LETTERS[question.correct],
            explanation=question.explanation,
            citation=question.citation,
            concept=question.concept,
        )
        for question in quiz.questions
    )
    correct = sum(graded.is_correct for graded in results)
    total = len(results)
    return Score(round(100 * correct / total, 2) if total else 0.0, correct, total, results)
