"""Actions of clients, with counts of their effects. For tests in which something interrupts an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.access.receipts import CLAIM_SECONDS
from domain.documents.document import LEASE_SECONDS
from domain.documents.keys import DOCUMENTS
from tests.support.world import HISTORY, Reply, User, physics_quiz


def conversations(user: User) -> dict[str, int]:
    found = user.get("/api/chat/conversations?limit=100").body["items"]
    return {"conversations": len(found), "messages": sum(one["message_count"] for one in found)}


def quizzes(user: User) -> dict[str, int]:
    return {"quizzes": len(user.get("/api/quizzes").body["items"])}


def results(user: User) -> dict[str, int]:
    concepts = user.get("/api/profile").body["concepts"]
    return {
        "results": len(user.get("/api/quiz-results").body["items"]),
        "evidence": sum(one["evidence_count"] for one in concepts),
    }


UNFINISHED = frozenset({"files", "originals", "vectors"})
"""The counts that a document may change before it is completed."""


def files(user: User) -> dict[str, int]:
    found, adapters = user.get("/api/files").body["items"], user.world.adapters
    return {
        "completed": sum(one["status"] == "completed" for one in found),
        "files": len(found),
        "originals": len(list(adapters.objects.keys(f"raw-files/user_{user.name}/"))),
        "vectors": len(adapters.vectors.ids(DOCUMENTS, f"user_{user.name}_").items),
    }


@dataclass(frozen=True)
class ClientAction:
    """An action of a client. ``does`` gets an idempotency key, which it uses if the action may be repeated with one."""

    name: str
    does: Callable[[User, str], Reply]
    counts: Callable[[User], dict[str, int]] | None = None
    """Counts the things that the action changes. None for an action that only reads."""
    adds: dict[str, int] = field(default_factory=dict)
    """By how much each count changes when the action is done once."""
    after: ClientAction | None = None
    """The action that must be done before this one."""
    by: Literal["newcomer", "owner", "reader"] = "owner"
    """The person who acts: a new person without documents, a new person with one, or always the same person with one.
    """


def ask(user: User, key: str) -> Reply:
    question = {"message": "What does the second law say?"}
    return user.post("/api/chat", question, headers={"Idempotency-Key": key})


def _forget(user: User, key: str) -> Reply:
    found = user.get("/api/chat/conversations")
    if found.status != 200 or not found.body["items"]:
        return found
    return user.delete(f"/api/chat/conversations/{found.body['items'][0]['conversation_id']}")


def _make_quiz(user: User, key: str) -> Reply:
    user.world.adapters.agent.enqueue(physics_quiz)
    return user.post("/api/quizzes", {"num_questions": 3}, headers={"Idempotency-Key": key})


def _submit(user: User, key: str) -> Reply:
    found = user.get("/api/quizzes")
    if found.status != 200:
        return found
    quiz = user.get(f"/api/quizzes/{found.body['items'][0]['quiz_id']}")
    return user.submit(quiz.body, user.right_answers(quiz.body)) if quiz.status == 200 else quiz


def _upload(user: User, key: str) -> Reply:
    return user.upload_in_request("more.txt", HISTORY.encode(), key=key)


def _offer(user: User, key: str) -> Reply:
    wanted = {"file_name": "more.txt", "content_type": "", "file_size": 10}
    return user.post("/api/files/upload-url", wanted, headers={"Idempotency-Key": key})


def _open_chunk(user: User, key: str) -> Reply:
    (document,) = user.get("/api/files").body["items"]
    return user.get(f"/api/files/{document['file_id']}/chunks/0")


ASK = ClientAction("ask", ask, conversations, {"conversations": 1, "messages": 2}, by="newcomer")
CITE = replace(ASK, name="cite", by="owner")
FORGET = replace(ASK, name="forget", does=_forget, adds={"conversations": -1, "messages": -2}, after=ASK)
QUIZ = ClientAction("quiz", _make_quiz, quizzes, {"quizzes": 1})
SUBMIT = ClientAction("submit", _submit, results, {"results": 1, "evidence": 3}, after=QUIZ)
UPLOAD = ClientAction("upload", _upload, files, {"completed": 1, "files": 1, "originals": 1, "vectors": 1})
OFFER = ClientAction("offer", _offer, files, {"files": 1})
ERASE = ClientAction("erase", lambda user, key: user.delete("/api/me/data"), files)
FILES = ClientAction("list", lambda user, key: user.get("/api/files"), by="reader")
CHUNK = ClientAction("open", _open_chunk, by="reader")
SUBJECTS = ClientAction("subjects", lambda user, key: user.get("/api/subjects"), by="reader")
ME = ClientAction("me", lambda user, key: user.get("/api/me"), by="reader")


def counted(action: ClientAction, user: User) -> dict[str, int]:
    return {} if action.counts is None else action.counts(user)


def more(counts: dict[str, int], adds: dict[str, int]) -> dict[str, int]:
    return {name: count + adds.get(name, 0) for name, count in counts.items()}


def finished(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name not in UNFINISHED}


def renew(user: User) -> None:
    """Give the person a token that is valid from now on."""
    user.token = user.world.user(user.name).token


def repeated(user: User, action: ClientAction, key: str) -> Reply:
    """Repeat the action as a patient client does, as long as the response is 409. Then let the sweeper run. Returns the
    last response.
    """
    world = user.world
    for _ in range(3):
        renew(user)
        reply = action.does(user, key)
        if reply.status != 409:
            break
        world.adapters.clock.advance(CLAIM_SECONDS + 1)
    if action.counts is files:
        world.adapters.clock.advance(LEASE_SECONDS + 1)
        world.sweep()
        renew(user)
    return reply
