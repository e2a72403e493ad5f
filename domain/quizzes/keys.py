"""The answer key of a question: as a learner reads it, and as the words that a text must not reveal."""

from __future__ import annotations

from collections.abc import Sequence

from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERED, LETTERS, ONE_CHOICE, Answer

_ENDS = (".", "!", "?", "…", "。", "！", "？", ";", ":")


def correct_answer(question: Question) -> Answer:
    """The right answer in the form of the question's kind: a letter, a tuple of letters (in order), or text."""
    if question.kind in ONE_CHOICE:
        return LETTERS[question.correct]
    if question.kind in LETTERED:
        return tuple(LETTERS[place] for place in question.right)
    return _in_one(question.accepted) if question.kind == "short_answer" else question.accepted[0]


def _in_one(facts: Sequence[str]) -> str:
    """The facts as one text. A fact that is no sentence ends with a semicolon."""
    before = (one if one.endswith(_ENDS) else f"{one};" for one in facts[:-1])
    return " ".join([*before, *facts[-1:]])


def key_texts(question: Question) -> tuple[str, ...]:
    """The texts that a learner must not read before answering: the right options, the term, the number, or the facts.

    The options of ``true_false`` and ``ordering`` are shown with the question. Only which is right, or in which order,
    is secret.
    """
    if question.kind == "multiple_choice":
        return (question.options[question.correct],)
    if question.kind == "multiple_answer":
        return tuple(question.options[place] for place in question.right)
    return question.accepted
