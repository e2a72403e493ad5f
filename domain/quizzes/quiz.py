"""Quizzes, and their questions with one key each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from domain.documents.passage import Citation
from ports.agent_words import Difficulty, QuestionKind

MAX_QUESTIONS = 20
MIN_OPTIONS = 3
MAX_OPTIONS = 6
ASKED_OPTIONS = 4
MAX_STEM_CHARACTERS = 600
MAX_OPTION_CHARACTERS = 300
MAX_EXPLANATION_CHARACTERS = 1500
MAX_CONCEPT_CHARACTERS = 80
LETTERS = "ABCDEF"
MAX_HINTS = 3
"""For each question."""
NO_OPTION = -1
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
ONE_CHOICE: tuple[QuestionKind, ...] = ("multiple_choice", "true_false")
"""The kinds whose answer is the letter of one option."""
LETTERED: tuple[QuestionKind, ...] = ("multiple_answer", "ordering")
"""The kinds whose answer is a list of letters."""
Answer: TypeAlias = str | tuple[str, ...]
"""A letter, or letters for a kind of ``LETTERED``, or the text of the other kinds."""
Check = Literal["rules", "solver", "teacher"]
"""What a question was checked by: the rules alone, or an agent that answers it without its key as well, or a teacher who
kept a question that the rules refused."""


@dataclass(frozen=True, slots=True)
class QuizRequest:
    """What a quiz should be about. If nothing is named, it is about everything that the learner may read."""

    num_questions: int
    document_ids: tuple[str, ...] = ()
    subject_id: str | None = None
    topic: str | None = None
    difficulty: Difficulty | None = None
    """None for the difficulty that suits the learner's mastery."""
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)


@dataclass(frozen=True, slots=True)
class Question:
    """An admitted question. What tells its key stays on the server: ``correct``, ``right``, ``accepted``."""

    question_id: str
    """The number of the question in the quiz, from "1"."""
    question: str
    options: tuple[str, ...]
    """Empty for a kind that is answered in words."""
    correct: int
    """The index of the right option of a kind of ``ONE_CHOICE``; else ``NO_OPTION``."""
    explanation: str
    citation: Citation | None
    """The quote that supports the key; None for a question that a teacher answers for."""
    concept: str
    """What the question is about, as it is shown."""
    checked: Check = "rules"
    kind: QuestionKind = "multiple_choice"
    right: tuple[int, ...] = ()
    """The indices of the right options (``multiple_answer``), or of all options in their order (``ordering``)."""
    accepted: tuple[str, ...] = ()
    """The term and its variants (``cloze``), the number with its unit (``numeric``), or the facts of a full answer
    (``short_answer``)."""
    near: tuple[str, ...] = ()
    """Other words of the material that are spelled nearly like the term of a ``cloze``: no slips of it."""
    tolerance: float = 0.0
    """How far a ``numeric`` answer may be from the number, as a share of it."""
    hints: tuple[str, ...] = ()
    """Those that the learner took, the first first."""
    item_id: str | None = None
    """The item of the class's bank that it asks, or None."""
    item_version: int = 0
    item_order: tuple[int, ...] = ()
    """For each option as it is shown, its place in the item."""
    key_revision: int = 0
    """The number of the key, among all that the item had: a regrade gives it another."""
    is_retired: bool = False
    """Whether a regrade took the question out of every score."""


KEY_FIELDS = ("correct", "right", "accepted", "near", "tolerance", "explanation", "citation", "item_order")
"""The fields of a question that nobody is told before its key may be shown."""


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
    retake_of: str | None = None
    """The quiz whose questions are asked again."""
    attempt: int = 0
    """Of an assigned quiz, which of the learner's attempts it is, from 1; 0 for any other quiz."""
    version: int = 0
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)
    """What was asked for."""
