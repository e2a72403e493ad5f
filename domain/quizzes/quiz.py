"""Quizzes and their questions, each with one answer key."""

from __future__ import annotations

from dataclasses import dataclass

from domain.documents.passage import Citation
from domain.quizzes.quiz_words import Check
from ports.agent_words import Difficulty, QuestionKind


@dataclass(frozen=True, slots=True)
class QuizRequest:
    """What a quiz is about. With no document, subject or topic, it is about everything that the learner may read."""

    num_questions: int
    document_ids: tuple[str, ...] = ()
    subject_id: str | None = None
    topic: str | None = None
    difficulty: Difficulty | None = None
    """None means the difficulty that suits the learner's mastery."""
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)


@dataclass(frozen=True, slots=True)
class Question:
    """An admitted question. The fields of ``KEY_FIELDS``, which reveal its key, stay on the server until the key may be
    shown.
    """

    question_id: str
    """The number of the question in the quiz, from "1"."""
    question: str
    options: tuple[str, ...]
    """Empty for a kind that is answered in words."""
    correct: int
    """The index of the right option of a kind of ``ONE_CHOICE``; else ``NO_OPTION``."""
    explanation: str
    citation: Citation | None
    """The quote that supports the key; None for a question of a teacher without a quote."""
    concept: str
    """The concept that the question is about, as it is shown."""
    checked: Check = "rules"
    kind: QuestionKind = "multiple_choice"
    right: tuple[int, ...] = ()
    """The indices of the right options (``multiple_answer``), or of all options in the right order (``ordering``)."""
    accepted: tuple[str, ...] = ()
    """The term and its variants (``cloze``), the number with its unit (``numeric``), or the facts of a full answer
    (``short_answer``)."""
    near: tuple[str, ...] = ()
    """Other words of the material that are spelled almost like the term of a ``cloze``. They do not count as its
    misspellings.
    """
    tolerance: float = 0.0
    """The allowed deviation of a ``numeric`` answer, as a share of the number."""
    hints: tuple[str, ...] = ()
    """The hints that the learner took, in order."""
    item_id: str | None = None
    """The item of the class's bank that the question asks, or None."""
    item_version: int = 0
    item_order: tuple[int, ...] = ()
    """For each option as it is shown, its place in the item, from 0."""
    key_revision: int = 0
    """The number of the key among all keys that the item had. A regrade raises it."""
    is_retired: bool = False
    """Whether a regrade took the question out of all scores."""


KEY_FIELDS = ("correct", "right", "accepted", "near", "tolerance", "explanation", "citation", "item_order")
"""The fields of a question that nobody sees before its key may be shown."""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A learner's quiz with its questions and their keys."""

    quiz_id: str
    user_id: str
    title: str
    topic: str | None
    subject_id: str | None
    document_ids: tuple[str, ...]
    """The documents that it was made from; empty if it was assigned."""
    difficulty_level: Difficulty
    requested_questions: int
    questions: tuple[Question, ...]
    created_at: str
    assignment_id: str | None = None
    session_id: str | None = None
    submitted_at: str | None = None
    retake_of: str | None = None
    """The quiz whose questions this one asks again, or None."""
    attempt: int = 0
    """The number of the learner's attempt at an assigned quiz, from 1; 0 for any other quiz."""
    version: int = 0
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)
    """The requested kinds of questions."""

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents that the quiz was made from. For an assigned quiz: the documents that its questions
        cite now.
        """
        if not self.attempt:
            return self.document_ids
        cited = (one.citation.file_id for one in self.questions if one.citation is not None)
        return tuple(dict.fromkeys(cited))
