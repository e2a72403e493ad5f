"""Items of a class's bank, and quizzes that ask them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.bank.item import AdmissionResult, BankItem, ItemVersion
from domain.documents.passage import Citation
from domain.quizzes.admission import spread_keys
from domain.quizzes.item_answers import ItemAnswer
from domain.quizzes.quiz import Question, Quiz

MADE_AT = "2026-09-14T08:00:00.000Z"
CITATION = Citation("lecture", "lecture.txt", "chunk_0", 1, 0, 5, "quote", 1.0, "physics_101")
QUESTION = Question(
    "", "What is a force?", ("a push", "a colour", "a sound", "a taste"), 0, "It pushes.", CITATION, "force"
)


def item(name: str = "i1", subject_id: str = "physics_101", question: Question = QUESTION) -> BankItem:
    """A draft item with one version."""
    version = ItemVersion(1, question, "intermediate", AdmissionResult(admitted=True), "agent", MADE_AT)
    return BankItem(name, subject_id, "draft", version, MADE_AT, MADE_AT)


def quiz_of(items: Sequence[BankItem], user_id: str, quiz_id: str) -> Quiz:
    """A quiz that asks the items, with its own order of options."""
    asked = [one.latest.asked_as(one.item_id, str(place)) for place, one in enumerate(items, start=1)]
    subject_id = items[0].subject_id
    return Quiz(
        quiz_id,
        user_id,
        "Quiz: Forces",
        None,
        subject_id,
        ("lecture",),
        "intermediate",
        len(asked),
        spread_keys(asked, quiz_id),
        MADE_AT,
        assignment_id="assignment_1",
        attempt=1,
    )


def item_answer(learner: int, credit: float, rest: float = 0.0, others: int = 4, **told: Any) -> ItemAnswer:
    """An answer to an item in an attempt with ``others`` further questions, whose credits sum to ``rest``."""
    known: dict[str, Any] = {
        "subject_id": "physics_101",
        "item_id": "i1",
        "item_version": 1,
        "user_id": f"learner-{learner}",
        "quiz_id": f"q{learner}",
        "question_id": "1",
        "assignment_id": "assignment_1",
        "attempt": 1,
        "kind": "multiple_choice",
        "concept": "force",
        "answer": "A" if credit == 1 else "B",
        "credit": credit,
        "needs_review": False,
        "hints_used": 0,
        "attempt_credit": credit + rest,
        "attempt_questions": others + 1,
        "answered_at": MADE_AT,
    }
    return ItemAnswer(**known | told)
