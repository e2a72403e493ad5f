"""A class with a bank of items and a teacher. The teacher decides about marks and corrects keys while learners continue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from domain.base.moments import to_text
from domain.quizzes.assigned import AssignedQuiz, Pool
from tests.simulation.learner import ITEM_QUESTIONS, Book, Learner
from tests.simulation.texts import SUBJECTS
from tests.simulation.world import BEGINNING, World
from tests.support.bank import MADE_AT, QUESTION, item

SUBJECT = "physics_101"
ITEMS = ("item1", "item2", "item3")
_PATH = f"/api/teacher/subjects/{SUBJECT}"
_ASSIGNED = f"{_PATH}/assignments/assignment_1/quiz"
_VERDICTS = ("right", "wrong", "partly")
_VERDICTS_ON_FACTS = ("stated", "partly", "contradicted", "missing")
_NUMBERS = ("1", "2", "3")
_FACTS = ("1.1", "1.2", "1.3", "2.1", "2.2")
_SENTENCE = "It says the same."


def add_class_items(world: World, assigned: AssignedQuiz | None = None) -> None:
    """Store approved items for the class, and an assignment. Unless ``assigned`` is given, it asks all three items in
    up to three attempts.
    """
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
    asks_all = AssignedQuiz("assignment_1", SUBJECT, MADE_AT, MADE_AT, item_ids=ITEMS, attempts=3)
    world.services.assigned_quizzes.save(assigned or asks_all)


def assigned_somehow(random: Random) -> AssignedQuiz:
    """A random assigned quiz: with all items or a blueprint, with or without a closing time, with keys shown or not."""
    pools = (Pool("force", 1, None, ("item1", "item3")), Pool("mass", 1, None, ("item2",)))
    is_drawn = random.random() < 0.4
    closes_at = to_text(BEGINNING + timedelta(seconds=random.choice((20, 120, 600))))
    return AssignedQuiz(
        "assignment_1",
        SUBJECT,
        MADE_AT,
        MADE_AT,
        item_ids=() if is_drawn else ITEMS,
        pools=pools if is_drawn else (),
        attempts=random.choice((1, 3, 5)),
        closes_at=closes_at if random.random() < 0.3 else None,
        show_keys=random.choice(("after_submission", "after_submission", "after_closing", "never")),
    )


def is_of_items(question: str) -> bool:
    return question.startswith(ITEM_QUESTIONS)


def taken(book: Book, owner: str | None = None) -> list[Any]:
    """The acknowledged results of the assignment: the owner's, or everybody's if no owner is given."""
    return [
        result
        for quiz_id, result in book.results.items()
        if owner in (None, book.quizzes[quiz_id]["owner"]) and is_of_items(result["results"][0]["question"])
    ]


def interviews_of_class(book: Book, owner: str | None = None) -> list[str]:
    """The ids of the acknowledged interviews of the class's learners: the owner's, or everybody's if no owner is given."""
    return [
        session_id
        for session_id, name in book.interviews.items()
        if owner in (None, name) and SUBJECTS[name] == SUBJECT
    ]


def appeal(learner: Learner) -> None:
    """Dispute a mark of the assignment, or a verdict of an interview."""
    random = learner.random
    mine, interviews = taken(learner.book, learner.name), interviews_of_class(learner.book, learner.name)
    if interviews and (not mine or random.random() < 0.4):
        dispute(learner, random.choice(interviews), fact=random.choice(_FACTS))
    elif mine:
        dispute(learner, random.choice(mine)["result_id"], question_id=random.choice(_NUMBERS))


def dispute(learner: Learner, result_id: str, **place: str) -> None:
    _expect(learner, "POST", f"/api/results/{result_id}/appeals", {"sentence": _SENTENCE, **place})


class Teacher:
    """The teacher grace at her browser."""

    def __init__(self, world: World, book: Book, seed: str, *, tries: int = 5) -> None:
        self.client = Learner(world, "grace", book, seed, tries=tries)
        self.decided: list[tuple[str, dict[str, str]]] = []
        """The marks about which the teacher decided: the id of the result, and the place in it."""

    def live(self) -> None:
        """Do a few random actions. In the pauses between them, learners submit, retake and appeal."""
        random = self.client.random
        for _ in range(random.choice((2, 3, 4))):
            self.client.rest(random.choice((1.0, 10.0, 40.0)))
            actions = (self.override, self.override, self.override_fact, self.regrade, self.look)
            random.choice((*actions, self.override_again, self.edit, self.assign))()

    def override(self) -> None:
        results = taken(self.client.book)
        if results:
            random = self.client.random
            place = {"question_id": random.choice(_NUMBERS)}
            self.decide(random.choice(results)["result_id"], random.choice(_VERDICTS), **place)

    def override_fact(self) -> None:
        interviews = interviews_of_class(self.client.book)
        if interviews:
            random = self.client.random
            place = {"fact": random.choice(_FACTS)}
            self.decide(random.choice(interviews), random.choice(_VERDICTS_ON_FACTS), **place)

    def override_again(self) -> None:
        """Decide again over a mark about which the teacher has already decided."""
        if self.decided:
            random = self.client.random
            result_id, place = random.choice(self.decided)
            verdicts = _VERDICTS if "question_id" in place else _VERDICTS_ON_FACTS
            self.decide(result_id, random.choice(verdicts), **place)

    def decide(self, result_id: str, verdict: str, **place: str) -> None:
        reason = f"Reason {self.client.random.randrange(3)}"
        body = {"result_id": result_id, "verdict": verdict, "reason": reason, **place}
        reply = _expect(self.client, "POST", f"{_PATH}/overrides", body)
        if reply is not None:
            self.decided.append((result_id, place))
            self.client.book.decisions[reply["decision_id"]] = reply["user_id"]

    def edit(self) -> None:
        """Make another version of an item: with other words, another order of options, or another question."""
        random, item_id = self.client.random, self.client.random.choice(ITEMS)
        stem = f"{ITEM_QUESTIONS} {item_id[-1]}?"
        changes: dict[str, Any] = random.choice(
            (
                {"explanation": f"So it is: {random.randrange(3)}."},
                {
                    "question": stem,
                    "options": QUESTION.options[::-1],
                    "correct_answer": random.choice("ABCD"),
                },
                {"question": f"{stem[:-1]}, of {random.randrange(3)}?"},
            )
        )
        path = f"{_PATH}/items/{item_id}"
        if _expect(self.client, "PATCH", path, changes) is not None:
            _expect(self.client, "POST", f"{path}/approve", {"keep": True})

    def assign(self) -> None:
        """Change the assignment: it asks other items from now on, or allows another number of attempts."""
        random = self.client.random
        wanted: dict[str, Any] = {"item_ids": random.sample(ITEMS, random.choice((2, 3)))}
        if random.random() < 0.4:
            wanted = {"blueprint": [{"concept": "force", "num_questions": random.choice((1, 2))}]}
        _expect(self.client, "POST", _ASSIGNED, wanted | {"attempts": random.choice((1, 3, 5))})

    def regrade(self) -> None:
        random = self.client.random
        how: dict[str, Any] = {"key": random.choice("ABCD")} if random.random() < 0.8 else {"retire": True}
        self.correct(random.choice(ITEMS), **how)

    def correct(self, item_id: str, **how: Any) -> str | None:
        """The id of the regrade, or None if it was not acknowledged."""
        body = {"item_id": item_id, "reason": "The key was wrong.", **how}
        if self.client.random.random() < 0.5:
            _expect(self.client, "POST", f"{_PATH}/regrades", body | {"dry_run": True})
        reply = _expect(self.client, "POST", f"{_PATH}/regrades", body)
        if reply is None:
            return None
        self.client.book.regrades.add(reply["regrade_id"])
        return str(reply["regrade_id"])

    def state(self, regrade_id: str) -> str | None:
        reply = _expect(self.client, "GET", f"{_PATH}/regrades/{regrade_id}")
        return None if reply is None else str(reply["state"])

    def look(self) -> None:
        for path in ("/appeals", "/appeals?status=decided", "/decisions", "/ai-analytics"):
            _expect(self.client, "GET", _PATH + path)


def _expect(learner: Learner, method: str, path: str, body: Any = None) -> Any:
    """The body of a successful response; None if the request was refused or got no response."""
    reply = learner.persist(method, path, body, key=learner.key() if body is not None else None)
    if reply is None:
        return None
    if reply.status not in (200, 404, 409, 429, 502, 503, 504):
        learner.world.watch.found(f"{method} {path} answered {reply.status}: {reply.text}")
    return reply.body if reply.status == 200 else None
