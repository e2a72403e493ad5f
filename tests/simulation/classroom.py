"""A class with a bank of items and a teacher: appeals, decisions over marks, and corrected keys, while learners go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.quizzes.assigned import AssignedQuiz
from tests.simulation.learner import ITEM_QUESTIONS, Book, Learner
from tests.simulation.world import World
from tests.support.bank import MADE_AT, QUESTION, item

SUBJECT = "physics_101"
ITEMS = ("item1", "item2", "item3")
_PATH = f"/api/teacher/subjects/{SUBJECT}"
_VERDICTS = ("right", "wrong", "partly")


def furnish(world: World) -> None:
    """The class has approved items, and an assignment asks them."""
    made = [
        replace(
            item(
                name,
                question=replace(
                    QUESTION, question=f"{ITEM_QUESTIONS} {name[-1]}?", concept=("force", "mass")[at % 2]
                ),
            ),
            status="approved",
            approved_version=1,
        )
        for at, name in enumerate(ITEMS)
    ]
    world.services.items.add(made)
    world.services.assigned_quizzes.save(
        AssignedQuiz("assignment_1", SUBJECT, MADE_AT, MADE_AT, item_ids=ITEMS, attempts=3)
    )


def is_of_items(question: str) -> bool:
    return question.startswith(ITEM_QUESTIONS)


def taken(book: Book, owner: str | None = None) -> list[Any]:
    """The results of the assignment that somebody was told, of the owner or of all."""
    return [
        result
        for quiz_id, result in book.results.items()
        if owner in (None, book.quizzes[quiz_id]["owner"]) and is_of_items(result["results"][0]["question"])
    ]


def appeal(learner: Learner) -> None:
    """Dispute a mark of the assignment."""
    mine = taken(learner.book, learner.name)
    if mine:
        result, number = learner.random.choice(mine), learner.random.choice("123")
        body = {"question_id": number, "sentence": "It says the same."}
        _expect(learner, "POST", f"/api/results/{result['result_id']}/appeals", body)


class Teacher:
    """Grace at her browser."""

    def __init__(self, world: World, book: Book, seed: str, *, tries: int = 5) -> None:
        self.hand = Learner(world, "grace", book, seed, tries=tries)

    def live(self) -> None:
        """A few deeds, with time between them in which learners submit, retake and appeal."""
        random = self.hand.random
        for _ in range(random.choice((2, 3, 4))):
            self.hand.rest(random.choice((1.0, 10.0, 40.0)))
            random.choice((self.override, self.override, self.regrade, self.look))()

    def override(self) -> None:
        results = taken(self.hand.book)
        if results:
            random = self.hand.random
            self.decide(random.choice(results)["result_id"], random.choice("123"), random.choice(_VERDICTS))

    def decide(self, result_id: str, question_id: str, verdict: str) -> None:
        reason = f"Reason {self.hand.random.randrange(3)}"
        body = {"result_id": result_id, "question_id": question_id, "verdict": verdict, "reason": reason}
        reply = _expect(self.hand, "POST", f"{_PATH}/overrides", body)
        if reply is not None:
            self.hand.book.decisions[reply["decision_id"]] = reply["user_id"]

    def regrade(self) -> None:
        random = self.hand.random
        how: dict[str, Any] = {"key": random.choice("ABCD")} if random.random() < 0.8 else {"retire": True}
        self.correct(random.choice(ITEMS), **how)

    def correct(self, item_id: str, **how: Any) -> str | None:
        """The id of the regrade, or None if it was not acknowledged."""
        body = {"item_id": item_id, "reason": "The key was wrong.", **how}
        if self.hand.random.random() < 0.5:
            _expect(self.hand, "POST", f"{_PATH}/regrades", body | {"dry_run": True})
        reply = _expect(self.hand, "POST", f"{_PATH}/regrades", body)
        if reply is None:
            return None
        self.hand.book.regrades.add(reply["regrade_id"])
        return str(reply["regrade_id"])

    def state(self, regrade_id: str) -> str | None:
        reply = _expect(self.hand, "GET", f"{_PATH}/regrades/{regrade_id}")
        return None if reply is None else str(reply["state"])

    def look(self) -> None:
        for path in ("/appeals", "/appeals?status=decided", "/decisions", "/ai-analytics"):
            _expect(self.hand, "GET", _PATH + path)


def _expect(learner: Learner, method: str, path: str, body: Any = None) -> Any:
    """The body of the answer; None if it is refused, or if there is none."""
    reply = learner.persist(method, path, body, key=learner.key() if body is not None else None)
    if reply is None:
        return None
    if reply.status not in (200, 404, 409, 429, 502, 503, 504):
        learner.world.watch.found(f"{method} {path} answered {reply.status}: {reply.text}")
    return reply.body if reply.status == 200 else None
