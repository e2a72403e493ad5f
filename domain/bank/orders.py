"""A teacher's requests to the bank as plain data: written items, drafts, edits, a quiz for an assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.bank.statuses import USUAL_DIFFICULTY
from domain.quizzes.assignment_words import ShowKeys
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question
from ports.agent_words import Difficulty, QuestionKind


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """An item as a person wrote it. ``correct_answer`` is as in the API: a letter, letters, or text; a list is also
    accepted for ``cloze`` and ``short_answer``.
    """

    kind: QuestionKind
    question: str
    options: tuple[str, ...]
    correct_answer: str | Sequence[str]
    explanation: str
    concept: str


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """The wanted drafts from the class's materials. Without document ids, all materials are used."""

    num_questions: int
    document_ids: tuple[str, ...] = ()
    topic: str | None = None
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)
    difficulty: Difficulty = USUAL_DIFFICULTY


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of an edit. A field of None stays as it is."""

    kind: QuestionKind | None = None
    question: str | None = None
    options: tuple[str, ...] | None = None
    correct_answer: str | tuple[str, ...] | None = None
    explanation: str | None = None
    concept: str | None = None
    difficulty: Difficulty | None = None

    def applied_to(self, item: WrittenItem) -> WrittenItem:
        """The item with these changes. If the kind changes, the old options and the old key are dropped."""
        given = {
            name: value
            for name in WrittenItem.__dataclass_fields__
            if (value := getattr(self, name)) is not None
        }
        if self.kind not in (None, item.kind):
            given = {"options": (), "correct_answer": ()} | given
        return replace(item, **given)


@dataclass(frozen=True, slots=True)
class BlueprintLine:
    """How many questions about a concept each attempt asks. A difficulty of None stands for any."""

    concept: str
    num_questions: int
    difficulty: Difficulty | None = None


@dataclass(frozen=True, slots=True)
class WantedQuiz:
    """The quiz that a teacher assigns: either ``item_ids`` or ``blueprint`` is set."""

    item_ids: tuple[str, ...] = ()
    blueprint: tuple[BlueprintLine, ...] = ()
    opens_at: str | None = None
    closes_at: str | None = None
    attempts: int = 1
    show_keys: ShowKeys = "after_submission"


def written_as(question: Question) -> WrittenItem:
    """The question in the form that ``read_item`` reads."""
    answer = correct_answer(question)
    if question.kind in ("cloze", "short_answer"):
        answer = question.accepted
    return WrittenItem(
        kind=question.kind,
        question=question.question,
        options=question.options,
        correct_answer=answer,
        explanation=question.explanation,
        concept=question.concept,
    )
