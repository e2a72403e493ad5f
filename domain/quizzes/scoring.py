"""Reads the answers of an attempt and scores them against the answer key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.base.errors import InvalidRequest
from domain.quizzes.attempt import GradedAnswer, Score
from domain.quizzes.credits import Credit, credit_for
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import LETTERED, LETTERS, ONE_CHOICE, Answer

GivenAnswer = str | Sequence[str] | None
"""An answer as a client sends it."""


def read_answers(quiz: Quiz, answers: Mapping[str, GivenAnswer]) -> dict[str, Answer | None]:
    """The answer to each question of the quiz, in the form of its kind; None if it was not answered.

    Raises ``InvalidRequest`` for an unknown question or option, for an answer in another form, and for an order that
    leaves an option out.
    """
    questions = {question.question_id: question for question in quiz.questions}
    given: dict[str, Answer | None] = dict.fromkeys(questions)
    for question_id, answer in answers.items():
        field = f"answers.{question_id}"
        if question_id not in questions:
            raise InvalidRequest("unknown_question", "The quiz has no such question.", field=field)
        given[question_id] = None if answer is None else read_answer(questions[question_id], answer, field)
    return given


def read_answer(question: Question, answer: str | Sequence[str], field: str) -> Answer | None:
    """The answer in the form of the question's kind; None if it is empty. ``field`` names the place for an error.

    Raises ``InvalidRequest`` as ``read_answers``.
    """
    is_text = isinstance(answer, str)
    if question.kind in LETTERED:
        letters = sorted({_letter(question, one, field) for one in (answer or ())})
        if question.kind == "multiple_answer":
            return tuple(letters) or None
        order = tuple(_letter(question, one, field) for one in answer)
        if len(order) != len(question.options) or len(letters) != len(order):
            raise InvalidRequest(
                "incomplete_order", "An order must name each option exactly once.", field=field
            )
        return order
    if not is_text:
        raise InvalidRequest("wrong_answer_form", "The question takes one answer, not a list.", field=field)
    if question.kind in ONE_CHOICE:
        return _letter(question, str(answer), field)
    return " ".join(str(answer).split()) or None


def _letter(question: Question, given: str, field: str) -> str:
    letter = given.strip().upper()
    if len(letter) != 1 or letter not in LETTERS[: len(question.options)]:
        raise InvalidRequest("unknown_option", "The question has no such option.", field=field)
    return letter


def score(
    quiz: Quiz, answers: Mapping[str, Answer | None], judged: Mapping[str, Credit] | None = None
) -> Score:
    """The score of ``answers``, which come from ``read_answers``. A missing answer counts as wrong.

    ``judged`` holds the credits of short answers by question id. A short answer without one needs a review.
    """
    results = tuple(
        graded(
            question,
            answers.get(question.question_id),
            (judged or {}).get(question.question_id)
            or credit_for(question, answers.get(question.question_id)),
        )
        for question in quiz.questions
    )
    return score_of(results)


def score_of(results: tuple[GradedAnswer, ...]) -> Score:
    """The score that follows from the marks."""
    counted = [graded.credit for graded in results if graded.counts]
    share = round(100 * sum(counted) / len(counted), 2) if counted else None if results else 0.0
    asked = sum(not graded.is_retired for graded in results)
    return Score(share, sum(graded.is_correct for graded in results), asked, results)


def graded(question: Question, answer: Answer | None, given: Credit) -> GradedAnswer:
    """The answer to the question with this credit. ``answer`` is None if the question was not answered."""
    return GradedAnswer(
        question_id=question.question_id,
        question=question.question,
        user_answer=answer,
        correct_answer=correct_answer(question),
        is_correct=given.share == 1.0 and not given.needs_review and not question.is_retired,
        explanation=question.explanation,
        citation=question.citation,
        concept=question.concept,
        credit=given.share,
        kind=question.kind,
        needs_review=given.needs_review,
        hints_used=len(question.hints),
        is_retired=question.is_retired,
    )
