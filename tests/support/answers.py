"""Sends a request to every route, and collects the responses: they are the examples in ``/api/openapi.json``.

``python -m tests.support.answers`` writes ``chalicelib/contract/examples.json``. A test checks that the file equals
what the app responds. Whoever adds a route adds a request to ``_a_term``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib.http import Route
from tests.support.contract import route_of
from tests.support.interviews import by_the_book
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, PHYSICS_ITEMS, Reply, User, World

EXAMPLES = Path(__file__).parents[2] / "chalicelib" / "contract" / "examples.json"
CITING = 'It relates them [1 "the net force on a body equals its mass times its acceleration"].'
BANK = "/api/teacher/subjects/physics_101/items"
ASSIGNED = "/api/teacher/subjects/physics_101/assignments/assignment_1/quiz"
_DOCUMENTS = ("/api/openapi.json", "/api/asyncapi.json", "/api/docs")
"""Routes whose responses are long. Their examples are only the beginning of the response."""

_BINARY = {"Accept": "application/zip"}

Answers = dict[str, dict[str, dict[str, Any]]]
"""Example responses by operation, status and content type."""


@dataclass
class Class(World):
    """A world that keeps the first response of each kind. If its list is empty, the first response with a longer list
    replaces it.
    """

    answers: Answers = field(default_factory=dict)

    def user(self, name: str) -> User:
        return _Kept(self, name, self.adapters.identity.mint(self.person(name)))

    def anyone(self) -> User:
        return _Kept(self, "", None)

    def keep(self, route: Route, reply: Reply) -> None:
        kind = reply.headers.get("Content-Type", "").partition(";")[0]
        value = reply.body if kind == "application/json" else reply.text
        if route.path in _DOCUMENTS:
            value = {one: value[one] for one in list(value)[:2]} if isinstance(value, dict) else value[:15]
        kept = self.answers.setdefault(route.operation, {}).setdefault(str(reply.status), {})
        if kind not in kept or (isinstance(value, dict) and kept[kind].get("items") == []):
            kept[kind] = value


class _Kept(User):
    def send(self, method: str, path: str, json_body: Any = None, **options: Any) -> Reply:
        if self.token is not None:  # the term is longer than a token lasts
            self.token = self.world.adapters.identity.mint(self.world.person(self.name))
        reply = super().send(method, path, json_body, **options)
        route = route_of(self.world.api.routes, method, path)
        assert reply.status < 300, f"{method} {path}: {reply.text}"
        if route is not None and isinstance(self.world, Class):
            self.world.keep(route, reply)
        return reply


def answers_of_the_app() -> Answers:
    """The responses of all routes to the requests of a small class. They are the same on every run."""
    world = Class()
    for _ in _a_term(world):
        world.sweep()
    order = [route.operation for route in world.api.routes]
    return {name: world.answers[name] for name in order if name in world.answers}


def _a_term(world: Class) -> Iterator[None]:
    """All requests of the class. At each ``yield``, the caller does the background work."""
    ada, alan, grace, mary = (world.user(name) for name in ("ada", "alan", "grace", "mary"))
    anyone = world.anyone()
    anyone.get("/api/health")
    for path in _DOCUMENTS:
        anyone.get(path)
    grace.share("physics_101", "lecture.txt", PHYSICS, session_id="session_1")
    _reads_and_asks(world, ada)
    _practises(world, ada)
    yield
    _is_interviewed(world, ada)
    _is_taught(world, alan, grace)
    yield
    _is_corrected(alan, grace)
    yield
    regrade = world.answers["POST /api/teacher/subjects/{subject_id}/regrades"]["200"]["application/json"]
    grace.get(f"/api/teacher/subjects/physics_101/regrades/{regrade['regrade_id']}")
    _looks_at_the_class(grace)
    mary.upload("notes.txt", "A note.")
    mary.get("/api/me/export")
    mary.delete("/api/me/data")


def _reads_and_asks(world: World, ada: User) -> None:
    for path in ("/api/me", "/api/subjects", "/api/subjects/physics_101/context"):
        ada.get(path)
    ada.post("/api/ws-ticket")
    file_id = ada.upload("newtons-laws.txt", PHYSICS, subject_id="physics_101", tags=["exam"])
    large = PHYSICS.encode() * 5_000  # too much to be processed within the request
    offer = ada.offer("reader.txt", large)
    confirm = {"file_key": ada.put_bytes(offer, large)}
    ada.post("/api/files/confirm", confirm)
    book = ada.upload_in_request("book.txt", large)
    ada.upload_in_request("motion.txt", PHYSICS.encode(), {"subject_id": "physics_101"})
    small = ada.offer("forces.txt", PHYSICS.encode())
    ada.post("/api/files/confirm", {"file_key": ada.put_bytes(small, PHYSICS.encode())})
    ada.get("/api/files?subject_id=physics_101&limit=1")
    for path in ("", "/download-url?inline=true", "/chunks/0"):
        ada.get(f"/api/files/{file_id}{path}")
    ada.patch(f"/api/files/{file_id}", {"file_name": "laws.txt", "tags": ["exam", "mechanics"]})
    world.adapters.agent.enqueue(CITING)
    asked = ada.ask("What does the second law say?", subject_id="physics_101")
    conversation = f"/api/chat/conversations/{asked.body['conversation_id']}"
    ada.get("/api/chat/conversations")
    ada.get(conversation)
    ada.patch(conversation, {"title": "The second law"})
    world.adapters.agent.enqueue(CITING)
    ada.post("/api/chat/subjects/physics_101", {"message": "How are force and acceleration related?"})
    ada.get("/api/subjects/physics_101/ai-chat")
    ada.get("/api/chat/subjects/physics_101/conversations")
    ada.post("/api/search/cross-subject", {"query": "second law", "subjects": ["physics_101"]})
    ada.delete(conversation)
    ada.get("/api/usage")
    for one in (offer, book):
        ada.delete(f"/api/files/{one.body['file_id']}")


def _practises(world: World, ada: User) -> None:
    quiz = ada.make_quiz(subject_id="physics_101", num_questions=1, topic="Newton's laws")
    one = f"/api/quizzes/{quiz['quiz_id']}"
    ada.get("/api/quizzes")
    ada.get(one)
    ada.post(f"{one}/questions/1/hint")
    ada.submit(quiz, ada.right_answers(quiz))
    ada.get(f"{one}/result")
    ada.get("/api/quiz-results")
    ada.post(f"{one}/retake")
    world.adapters.clock.advance(timedelta(days=40).total_seconds())
    due = ada.get("/api/reviews").body
    review = due["items"][0]
    ada.post(f"/api/reviews/{review['item_id']}", {"answer": "A"})
    ada.get("/api/flashcards?subject_id=physics_101")
    ada.get("/api/flashcards?subject_id=physics_101&format=csv")
    profile = ada.get("/api/profile?subject_id=physics_101").body
    ada.get(f"/api/profile/concepts/{profile['concepts'][0]['concept']}?subject_id=physics_101")


def _is_interviewed(world: World, ada: User) -> None:
    world.adapters.agent.otherwise = by_the_book
    socket = Socket(world)
    assert socket.connect(ada.post("/api/ws-ticket").body["ticket"]) == 200
    (started,) = socket.send({"type": "start_interview", "subject_id": "physics_101", "max_questions": 2})
    socket.send({"type": "text_answer", "text": "A body stays at rest.", "question_number": 1})
    socket.send({"type": "end_interview"})
    ada.get("/api/interviews")
    ada.get(f"/api/interviews/{started['session_id']}")


def _is_taught(world: World, alan: User, grace: User) -> None:
    question = {key: PHYSICS_ITEMS[0][key] for key in ("question", "options", "explanation", "concept")}
    own = grace.post(BANK, {**question, "correct_answer": "A"}).body
    one = f"{BANK}/{own['item_id']}"
    grace.get(f"{BANK}?limit=1")
    edited = grace.patch(one, {"version": own["version"], "explanation": "By the second law."}).body
    grace.post(f"{one}/approve", {"version": edited["version"], "keep": True})
    grace.get(one)
    spare = grace.post(BANK, {**question, "question": "What is the net force?", "correct_answer": "A"}).body
    grace.post(f"{BANK}/{spare['item_id']}/retire", {"version": spare["version"]})
    grace.post(ASSIGNED, {"item_ids": [own["item_id"]], "attempts": 2})
    alan.get("/api/assignments")
    quiz = alan.post("/api/assignments/assignment_1/generate-quiz", {"num_questions": 1}).body
    wrong = quiz["questions"][0]["options"].index("its energy over its volume")
    result = alan.submit(quiz, {"1": "ABCD"[wrong]}).body
    disputed = {"question_id": "1", "sentence": "My answer says the same in other words."}
    alan.post(f"/api/results/{result['result_id']}/appeals", disputed)
    grace.get("/api/teacher/subjects/physics_101/appeals")
    for path in ("", "/statements"):
        grace.get(ASSIGNED + path)
    grace.get(f"{ASSIGNED}/export", headers=_BINARY)


def _is_corrected(alan: User, grace: User) -> None:
    result = alan.get("/api/quiz-results").body["items"][0]
    decided = {
        "result_id": result["result_id"],
        "question_id": "1",
        "verdict": "wrong",
        "reason": "It does not.",
    }
    grace.post("/api/teacher/subjects/physics_101/overrides", decided)
    grace.get("/api/teacher/subjects/physics_101/decisions")
    item = grace.get(f"{BANK}?status=approved").body["items"][0]
    corrected = {"item_id": item["item_id"], "key": "C", "reason": "The key was wrong.", "dry_run": False}
    grace.post("/api/teacher/subjects/physics_101/regrades", corrected)


def _looks_at_the_class(grace: User) -> None:
    subject = "/api/teacher/subjects/physics_101"
    grace.get(f"{subject}/ai-analytics?limit=1")
    grace.get(f"{BANK}/statistics")
    exported = grace.get(f"{BANK}/export?format=csv")
    grace.get(f"{BANK}/export?format=qti", headers=_BINARY)
    boundary = "a-boundary"
    head = 'Content-Disposition: form-data; name="file"; filename="items.csv"\r\nContent-Type: text/csv'
    body = f"--{boundary}\r\n{head}\r\n\r\n{exported.text}\r\n--{boundary}--\r\n".encode()
    grace.post(
        f"{BANK}/import", body=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    material = grace.share("physics_101", "slides.txt", PHYSICS)
    grace.get(f"{subject}/materials?limit=1")
    grace.patch(f"{subject}/materials/{material}", {"file_name": "forces.txt"})
    grace.delete(f"{subject}/materials/{material}")


def as_text(answers: Answers) -> str:
    """The content of the examples file. Binary responses are left out."""
    kept = {
        operation: {
            status: {kind: one for kind, one in kinds.items() if _is_readable(kind)}
            for status, kinds in statuses.items()
        }
        for operation, statuses in answers.items()
    }
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _is_readable(kind: str) -> bool:
    return kind == "application/json" or kind.startswith("text/")


if __name__ == "__main__":
    EXAMPLES.write_text(as_text(answers_of_the_app()), encoding="utf-8")
