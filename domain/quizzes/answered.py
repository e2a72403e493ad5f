"""Turns an answered question of a quiz into evidence."""

from __future__ import annotations

from domain.base.ids import derived_id
from domain.progress.evidence import NO_SUBJECT, Evidence
from domain.quizzes.attempt import GradedAnswer
from domain.quizzes.hints import evidence_weight
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import LETTERS, ONE_CHOICE


def subject_of(quiz: Quiz, question: Question) -> str:
    """The subject to which the evidence belongs: for an item, the subject of the class; otherwise that of the cited
    document.
    """
    if question.item_id is not None or question.citation is None:
        return quiz.subject_id or NO_SUBJECT
    return question.citation.subject_id or NO_SUBJECT


def evidence_id(quiz_id: str, question_id: str) -> str:
    """The id of the evidence from an answer to this question."""
    return f"{quiz_id}-{question_id}"


def evidence_of(
    quiz: Quiz, question: Question, graded: GradedAnswer, concept: str, label: str, occurred_at: str
) -> Evidence:
    """The evidence that a mark gives at present. ``concept`` and ``label`` come from the learner's catalogue."""
    return Evidence(
        evidence_id=evidence_id(quiz.quiz_id, question.question_id),
        user_id=quiz.user_id,
        subject_id=subject_of(quiz, question),
        concept=concept,
        label=label,
        score=graded.credit,
        weight=evidence_weight(graded.hints_used),
        occurred_at=occurred_at,
        source="quiz",
        source_id=quiz.quiz_id,
        question=question.question,
        question_key=question_key(question),
        choice=wrong_choice(question, graded),
        revision=graded.review.revision,
        is_withdrawn=not graded.counts,
    )


def question_key(question: Question) -> str:
    """An id that is equal for the same question in two quizzes. The order of the options does not matter."""
    options = sorted(" ".join(option.casefold().split()) for option in question.options)
    return derived_id("question", " ".join(question.question.casefold().split()), *options)


def wrong_choice(question: Question, graded: GradedAnswer) -> str:
    """The text of the wrong option that the learner chose; "" if the answer is right or chooses no option."""
    if graded.is_correct or graded.kind not in ONE_CHOICE or graded.user_answer is None:
        return ""
    return question.options[LETTERS.index(str(graded.user_answer))]
