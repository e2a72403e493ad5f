"""Two learners of a class who take the same quiz of the class's items, and everything that they see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.bank.item import BankItem
from domain.progress.evidence import Evidence
from domain.progress.keys import INTELLIGENCE, concept_vector_prefix
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS
from ports.vector_store import Vector
from tests.support.bank import QUESTION, item, quiz_of
from tests.support.world import User, World

PHYSICS_101 = "physics_101"


def questions(count: int) -> list[Question]:
    """Questions about two concepts. The first option is the right one."""
    return [
        replace(QUESTION, question=f"What is force {number}?", concept=("force", "mass")[number % 2])
        for number in range(1, count + 1)
    ]


def items(count: int, keys: Mapping[int, int] | None = None) -> list[BankItem]:
    """Items of the class's bank. ``keys`` gives some of them (by number) another right option."""
    return [
        item(f"i{number}", question=replace(one, correct=(keys or {}).get(number, 0)))
        for number, one in enumerate(questions(count), start=1)
    ]


def given(world: World, learner: str, quiz_id: str, made: Sequence[BankItem]) -> None:
    """Give the learner a quiz that asks the items."""
    world.services.quizzes.add(quiz_of(made, learner, quiz_id))


def letters(world: World, learner: str, quiz_id: str, chosen: Sequence[int | None]) -> dict[str, str]:
    """The letters that a client must send to choose the options with these indexes in the items."""
    quiz = world.services.quizzes.get(learner, quiz_id)
    return {
        question.question_id: LETTERS[question.item_order.index(place)]
        for question, place in zip(quiz.questions, chosen, strict=True)
        if place is not None
    }


def shown_to(user: User) -> dict[str, Any]:
    """Everything that a learner sees of their results and progress, without decisions about marks.

    Options are shown by their text instead of their letter, because the letter depends on the key.
    """
    quizzes = [user.get(f"/api/quizzes/{one['quiz_id']}").body for one in _listed(user, "/api/quizzes")]
    results = [
        user.get(f"/api/quizzes/{one['quiz_id']}/result").body for one in _listed(user, "/api/quiz-results")
    ]
    profile = user.get(f"/api/profile?subject_id={PHYSICS_101}").body
    reviews = user.get("/api/reviews").body
    for one in quizzes:
        one["questions"] = list(map(_in_words, one["questions"]))
    for one in reviews["items"]:
        one["question"] = _in_words(one["question"])
    return {
        "results": [_without_decisions(one, user) for one in results],
        "listed": [_without_decisions(one, user) for one in _listed(user, "/api/quiz-results")],
        "profile": profile,
        "overall": user.get("/api/profile").body,
        "whys": {
            one["concept"]: user.get(f"/api/profile/concepts/{one['concept']}?subject_id={PHYSICS_101}").body
            for one in profile["concepts"]
        },
        "reviews": reviews,
        "quizzes": quizzes,
        "flashcards": user.get("/api/flashcards").body,
    }


def _listed(user: User, path: str) -> Any:
    return user.get(f"{path}?limit=100").body["items"]


def _in_words(question: Any) -> Any:
    key = question["correct_answer"]
    text = None if key is None else question["options"][LETTERS.index(key)]
    return question | {"options": sorted(question["options"]), "correct_answer": text}


def _without_decisions(result: Any, user: User) -> Any:
    """The result without the notes on corrections. Only these notes distinguish a corrected result from one that was
    right from the start.
    """
    shown = dict(result)
    del shown["corrections"]
    if "results" in shown:
        quiz = user.get(f"/api/quizzes/{result['quiz_id']}").body
        options = {one["question_id"]: one["options"] for one in quiz["questions"]}
        for mark in shown["results"]:
            del mark["corrections"], mark["appeal"]
            for name in ("user_answer", "correct_answer"):
                if mark[name] is not None:
                    mark[name] = options[mark["question_id"]][LETTERS.index(mark[name])]
    return shown


def stored_of(world: World, learner: str) -> dict[str, Any]:
    """The learner's stored progress: the evidence that counts, the standing, the deck and the vectors."""
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
