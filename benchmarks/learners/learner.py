"""A simulated learner: makes random requests, and records what the server acknowledged."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.learners.interviewee import Interviewee
from benchmarks.learners.journal import Brought, Journal, Said, Taken
from benchmarks.learners.texts import KINDS, MOST, Notes, notes
from benchmarks.learners.wire import Client, Refused

LETTERS = "ABCD"
_PAGE = 3
_ASKED_QUESTIONS = 2
_QUIZ_DOCUMENTS = 2
"""The least number of completed documents that give enough statements for several quizzes."""
_LEAST_DOCUMENTS = 4
"""The least number of completed documents from which one may be deleted."""
_POLLS, _POLL_SECONDS = 10, 0.5
"""The number of times that a learner looks whether documents are completed before doing something else, and the pause
between them.
"""


class Learner:
    def __init__(
        self,
        number: int,
        subject_id: str,
        tabs: tuple[Client, Client],
        teacher: Client,
        rng: random.Random,
        *,
        is_interviewed: bool,
    ) -> None:
        """``tabs`` are two clients of the learner, for requests that are sent twice at the same time. ``teacher`` is
        the client of the teacher, for looking at the class."""
        self.number = number
        self.subject_id = subject_id
        self.client, self._other_tab = tabs
        self._teacher = teacher
        self.journal = Journal()
        self._rng = rng
        self._brought = 0
        weights = dict(_WEIGHTS)
        if is_interviewed:
            weights[Learner.be_interviewed] = 2
        self._acts, self._weights = list(weights), list(weights.values())

    def act(self) -> None:
        """Make one random request of those that are possible now. Faults are recorded."""
        try:
            if len(self.journal.completed) < _QUIZ_DOCUMENTS:
                self.catch_up() if len(self.journal.present) >= _QUIZ_DOCUMENTS else self.bring()
            else:
                (chosen,) = self._rng.choices(self._acts, self._weights)
                chosen(self)
        except Refused:
            pass

    def erase(self) -> None:
        try:
            self.journal.erased = self.client.delete("erasure", "/api/me/data")["erased"]
        except Refused:
            pass

    def leave(self) -> None:
        """Close the connections."""
        for client in (self.client, self._other_tab, self._teacher):
            client.close()

    def bring(self) -> None:
        """Upload a document, in the request or with a presigned POST."""
        if self._brought == MOST:
            self.look_at_documents()
            return
        made = notes(self.number, self._brought, self._rng.choice(KINDS), self._rng)
        self._brought += 1
        if self._rng.random() < 0.5:
            fields = {"subject_id": self.subject_id, "tags": "load"}
            answer = self.client.upload(
                "upload", "/api/files", fields, made.filename, made.content, key=_key()
            ).body
        else:
            answer = self._bring_presigned(made)
        brought = Brought(answer["file_id"], made, is_completed=answer["status"] == "completed")
        known = self.journal.documents.setdefault(answer["file_id"], brought)
        self.client.check(known is brought, "a new document has the id of another:", answer)

    def _bring_presigned(self, made: Notes) -> Any:
        asked = {
            "file_name": made.filename,
            "content_type": "",
            "file_size": len(made.content),
            "subject_id": self.subject_id,
        }
        offer = self.client.post("upload permission", "/api/files/upload-url", asked, key=_key())
        self.client.upload_presigned("presigned post", offer, made.filename, made.content)
        confirmed = {"file_key": offer["file_key"], "file_name": made.filename}
        answer = self.client.post("confirmation", "/api/files", confirmed, key=_key())
        self.client.check(answer["file_id"] == offer["file_id"], "another document was confirmed:", answer)
        return answer

    def catch_up(self) -> None:
        """Look whether the documents that were not completed yet are completed now."""
        for _ in range(_POLLS):
            waiting = [one for one in self.journal.present.values() if not one.is_completed]
            for one in waiting:
                document = self.client.get("document", f"/api/files/{one.file_id}")
                one.is_completed = document["status"] == "completed"
                self.client.check(document["status"] != "failed", "a good document failed:", document)
            if len(self.journal.completed) >= _QUIZ_DOCUMENTS:
                return
            time.sleep(_POLL_SECONDS)

    def look_at_documents(self) -> None:
        listed = pages(self.client, "document list", "/api/files", limit=_PAGE)
        found = {one["file_id"] for one in listed}
        self.client.check(found == set(self.journal.present), "other documents are listed:", sorted(found))
        for one in listed:
            if one["file_id"] in self.journal.present and one["status"] == "completed":
                self.journal.present[one["file_id"]].is_completed = True

    def open_original(self) -> None:
        one = self._rng.choice(self.journal.completed)
        link = self.client.get("download link", f"/api/files/{one.file_id}/download-url")["url"]
        path = urlsplit(link)
        original = self.client.send("download", "GET", f"{path.path}?{path.query}", is_signed=True)
        self.client.check(original.content == one.notes.content, f"other bytes of {one.notes.filename}")

    def delete(self) -> None:
        if len(self.journal.completed) < _LEAST_DOCUMENTS:
            self.bring()
            return
        one = self._rng.choice(self.journal.completed)
        self.client.delete("deletion", f"/api/files/{one.file_id}")
        one.is_deleted = True

    def ask(self) -> None:
        """Ask a question that a document of the learner answers, in a new or an existing conversation."""
        conversation = self._rng.choice([None, *self.journal.conversations][-3:])
        question = self._rng.choice(self._rng.choice(self.journal.completed).notes.questions)
        asked = {"message": question}
        asked |= (
            {"subject_id": self.subject_id} if conversation is None else {"conversation_id": conversation}
        )
        key = _key()
        answer = self.client.post("question", "/api/chat", asked, key=key)
        self.client.check(conversation in (None, answer["conversation_id"]), "another conversation:", answer)
        self._check_sources(answer)
        self.journal.conversations.setdefault(answer["conversation_id"], []).append(
            Said(key, question, answer)
        )
        if self._rng.random() < 0.15:
            again = self.client.post("question repeated", "/api/chat", asked, key=key)
            self.client.check(again == answer, "another answer under one key:", [answer, again])

    def _check_sources(self, answer: Any) -> None:
        """Check that the answer cites no document that the learner has deleted."""
        deleted = {file_id for file_id, one in self.journal.documents.items() if one.is_deleted}
        cited = {citation["file_id"] for citation in answer["citations"]}
        self.client.check(not cited & deleted, "a deleted document is cited:", answer)

    def read_conversation(self) -> None:
        if not self.journal.conversations:
            self.ask()
            return
        conversation = self._rng.choice(list(self.journal.conversations))
        check_conversation(self.client, conversation, self.journal.conversations[conversation])

    def take_quiz(self) -> None:
        """Make a quiz and submit it; sometimes twice at the same time, sometimes again afterwards."""
        asked = {"subject_id": self.subject_id, "num_questions": _ASKED_QUESTIONS}
        quiz = self.client.post("quiz", "/api/quizzes", asked, key=_key())
        answers = {
            one["question_id"]: self._rng.choice(LETTERS[: len(one["options"])]) for one in quiz["questions"]
        }
        taken = Taken(quiz, answers)
        self.journal.quizzes.append(taken)
        if self._rng.random() < 0.3:
            with ThreadPoolExecutor(2) as both:
                tabs = (self.client, self._other_tab)
                first, second = both.map(lambda tab: self._submit(tab, taken), tabs)
            self.client.check(first == second, "two submissions at once differ:", [first, second])
        else:
            first = self._submit(self.client, taken, key=_key())
        taken.result = first
        told = {one["question_id"]: one["user_answer"] for one in first["results"]}
        self.client.check(told == answers, f"scored were other answers than {answers}:", first)
        if self._rng.random() < 0.3:
            self.client.check(self._submit(self.client, taken) == first, "another result of a quiz:", first)

    @staticmethod
    def _submit(tab: Client, taken: Taken, key: str | None = None) -> Any:
        path = f"/api/quizzes/{taken.quiz['quiz_id']}/submit"
        return tab.post("submission", path, {"answers": taken.answers}, key=key)

    def look_at_result(self) -> None:
        if not self.journal.submitted:
            self.take_quiz()
            return
        one = self._rng.choice(self.journal.submitted)
        found = self.client.get("result", f"/api/quizzes/{one.quiz['quiz_id']}/result")
        self.client.check(found == one.result, "another result of a quiz:", [one.result, found])

    def look_at_profile(self) -> None:
        profile = self.client.get("profile", f"/api/profile?subject_id={self.subject_id}")
        if profile["concepts"]:
            concept = self._rng.choice(profile["concepts"])["concept"]
            path = f"/api/profile/concepts/{quote(concept, safe='')}?subject_id={self.subject_id}&limit=5"
            self.client.get("reasons", path)

    def look_a_citation_up(self) -> None:
        said = [one for conversation in self.journal.conversations.values() for one in conversation]
        citations = [citation for one in said for citation in one.answer["citations"]]
        standing = [one for one in citations if one["file_id"] in self.journal.present]
        if not standing:
            self.ask()
            return
        check_citation(self.client, self._rng.choice(standing))

    def export(self) -> None:
        export = self.client.get("export", "/api/me/export")["export"]
        found = {one["file_id"] for one in export["documents"]}
        self.client.check(found == set(self.journal.present), "other documents are exported:", sorted(found))

    def be_looked_at(self) -> None:
        """Let the teacher look at the class."""
        path = f"/api/teacher/subjects/{self.subject_id}/ai-analytics"
        self._teacher.get("analytics", path)

    def be_known(self) -> None:
        """Check that the server knows who the learner is."""
        told = self.client.get("me", "/api/me")
        self.client.check(told["user_id"] == self.client.who, "taken for somebody else:", told)

    def be_interviewed(self) -> None:
        Interviewee(self.client, self.journal, self.subject_id, self._rng).hold()


_WEIGHTS: dict[Callable[[Learner], None], int] = {
    Learner.bring: 4,
    Learner.ask: 9,
    Learner.read_conversation: 4,
    Learner.take_quiz: 4,
    Learner.look_at_result: 2,
    Learner.look_at_documents: 2,
    Learner.look_at_profile: 3,
    Learner.look_a_citation_up: 3,
    Learner.open_original: 1,
    Learner.delete: 2,
    Learner.export: 1,
    Learner.be_looked_at: 1,
    Learner.be_known: 3,
}
"""How often a learner makes each kind of request, relative to the others."""


def _key() -> str:
    return uuid.uuid4().hex


def pages(client: Client, kind: str, path: str, *, limit: int) -> list[Any]:
    """All items of a list, page by page."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        asked = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        page = client.get(kind, asked if cursor is None else f"{asked}&cursor={quote(cursor, safe='')}")
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def check_conversation(client: Client, conversation_id: str, said: list[Said]) -> None:
    """Check that the conversation has each question and each answer once, in the order in which they were acknowledged."""
    path = f"/api/chat/conversations/{conversation_id}"
    found = [
        (one["message_type"], one["content"], one["message_id"] if one["message_type"] == "assistant" else "")
        for one in pages(client, "conversation page", path, limit=_PAGE)
    ]
    owed = []
    for one in said:
        owed.append(("user", one.message, ""))
        owed.append(("assistant", one.answer["response"], one.answer["message_id"]))
    client.check(found == owed, f"conversation {conversation_id} is not as acknowledged:", [owed, found])


def check_citation(client: Client, citation: Any) -> None:
    """Check that the quote stands in the stored text where the citation says."""
    index = citation["chunk_id"].removeprefix("chunk_")
    chunk = client.get("chunk", f"/api/files/{citation['file_id']}/chunks/{index}")
    start = citation["start"] - chunk["start"]
    stored = chunk["text"][start : start + citation["end"] - citation["start"]]
    client.check(stored == citation["quote"], f"cited is {citation['quote']!r}, and there stands:", stored)
