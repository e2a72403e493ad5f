"""Two learners of a class with the same quiz of class items, and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.bank.item import BankItem
from domain.progress.evidence import Evidence
from domain.progress.keys import INTELLIGENCE, concept_vector_prefix
from domain.quizzes.quiz import LETTERS, Question
from ports.vector_store import Vector
from tests.support.bank import QUESTION, item, quiz_of
from tests.support.world import User, World

PHYSICS_101 = "physics_101"


def questions(count: int) -> list[Question]:
    """Questions of two concepts, each with its right option first."""
    return [
        replace(QUESTION, question=f"What is force {number}?", concept=("force", "mass")[number % 2])
        for number in range(1, count + 1)
    ]


def items(count: int, keys: Mapping[int, int] | None = None) -> list[BankItem]:
    """Items of the class's bank; ``keys`` are those of items whose right option is another one, by number."""
    return [
        item(f"i{number}", question=replace(one, correct=(keys or {}).get(number, 0)))
        for number, one in enumerate(questions(count), start=1)
    ]


def given(world: World, learner: str, quiz_id: str, made: Sequence[BankItem]) -> None:
    """Give the learner a quiz of the items."""
    world.services.quizzes.add(quiz_of(made, learner, quiz_id))


def letters(world: World, learner: str, quiz_id: str, chosen: Sequence[int | None]) -> dict[str, str]:
    """The answers to send for the options of these places in the items."""
    quiz = world.services.quizzes.get(learner, quiz_id)
    return {
        question.question_id: LETTERS[question.item_order.index(place)]
        for question, place in zip(quiz.questions, chosen, strict=True)
        if place is not None
    }


def shown_to(user: User) -> dict[str, Any]:
    """All that a learner is shown of their results and their progress, but for what people decided."""
    results = [
        _without_decisions(user.get(f"/api/quizzes/{one['quiz_id']}/result").body)
        for one in user.get("/api/quiz-results?limit=100").body["items"]
    ]
    listed = [_without_decisions(one) for one in user.get("/api/quiz-results?limit=100").body["items"]]
    profile = user.get(f"/api/profile?subject_id={PHYSICS_101}").body
    whys = {
        one["concept"]: user.get(f"/api/profile/concepts/{one['concept']}?subject_id={PHYSICS_101}").body
        for one in profile["concepts"]
    }
    return {
        "results": results,
        "listed": listed,
        "profile": profile,
        "overall": user.get("/api/profile").body,
        "whys": whys,
        "reviews": user.get("/api/reviews").body,
        "quizzes": [
            user.get(f"/api/quizzes/{one['quiz_id']}").body
            for one in user.get("/api/quizzes?limit=100").body["items"]
        ],
        "flashcards": user.get("/api/flashcards").body,
    }


def _without_decisions(result: Any) -> Any:
    """The result without the notes of what was changed: only they tell a corrected one from one that was right at once."""
    result = dict(result)
    result.pop("corrections")
    for one in result.get("results", ()):
        one.pop("corrections")
        one.pop("appeal")
    return result


def stored_of(world: World, learner: str) -> dict[str, Any]:
    """What is stored of the learner's progress: the evidence that counts, the standing, the deck, the vectors."""
    services = world.services
    return {
        "evidence": [_uncorrected(one) for one in services.ledger.evidence(learner, PHYSICS_101)],
        "standing": replace(services.ledger.standing(learner, PHYSICS_101), version=0),
        "decks": services.decks.of(learner),
        "vectors": {id: vector.metadata for id, vector in _vectors(world, learner).items()},
    }


def _vectors(world: World, learner: str) -> dict[str, Vector]:
    ids = list(world.adapters.vectors.ids(INTELLIGENCE, concept_vector_prefix(learner)).items)
    return world.adapters.vectors.fetch(INTELLIGENCE, ids) if ids else {}


def _uncorrected(evidence: Evidence) -> Evidence:
    return replace(evidence, revision=0)
