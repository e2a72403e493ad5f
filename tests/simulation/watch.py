"""The conditions that must hold at every step. They are checked at each write, response, push, prompt and log line."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.logs import JsonLines
from domain.base.errors import LyceumError
from domain.base.moments import after, to_text
from domain.base.tables import (
    FILES,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
)
from domain.documents.documents import LeaseLost
from domain.documents.keys import DOCUMENTS, WORDS_ALONE, chunks_key
from domain.interviews.interviews import SessionMoved
from ports.agent import Task
from ports.errors import PortError
from ports.key_value_store import Item, Put, Table
from ports.vector_store import Vector
from tests.simulation.scheduling import Scheduler
from tests.simulation.texts import CANARIES, KEY_CANARY, PERSONAL, RUBRIC_CANARY, SHOWN

if TYPE_CHECKING:
    from tests.simulation.learner import Brought
    from tests.simulation.world import Fakes

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_EXPECTED = (PortError, LyceumError, LeaseLost, SessionMoved)
_SECRETS = re.compile(r"token-\d+-of-|keyof|rubric\d|ticket-secret|" + "|".join(CANARIES.values()))
_CALL_SECONDS = 8.0
_KEPT_ALIKE = {MESSAGES: "m#", QUIZ_RESULTS: "", LEARNING_EVIDENCE: "e#", INTERVIEW_SESSIONS: "t#"}
"""The tables whose rows never change once they are written, with the beginning of the sort keys of these rows."""
_LOOKED_AT = frozenset({*_KEPT_ALIKE, FILES, QUIZZES})
_DESK = re.compile(r"GET /api/teacher/subjects/[^/]+/appeals(\?.*)?")
NOTHING_STOLEN = 0.001


class Watch:
    """Collects ``violations`` in order. It does not raise them, because the app might catch an exception."""

    def __init__(self, fakes: Fakes, scheduler: Scheduler) -> None:
        self._fakes = fakes
        self._scheduler = scheduler
        self.violations: list[str] = []
        self.owners: dict[str, str] = {}
        """The owner of each WebSocket connection."""
        self.pushes: dict[str, list[dict[str, Any]]] = {}
        """The pushes of each connection, in order."""
        self.has_lagged = False
        """Whether an index or the vectors were stale at some time, so that a person may have seen old data."""
        self.skew = 0.0
        """The greatest difference of a clock from the true time, in seconds."""
        self.begun: Counter[str] = Counter()
        """The number of interviews that each owner began."""
        self.had: Counter[tuple[str, str]] = Counter()
        """For each owner, the number of stored answers of the tutor (``messages``) and of stored quiz questions
        (``questions``).
        """
        self._old: list[tuple[Table, Item, Item | None]] = []

    def found(self, what: str) -> None:
        self.violations.append(what)

    # Writes.

    def before(self, port: str, method: str, args: tuple[Any, ...]) -> None:
        self._old = []
        if port == "key_values" and method in ("put", "put_many", "transact"):
            self._old = [
                (table, item, self._fakes.key_values.get(table, table.key_of(item)))
                for table, item in _puts(method, args)
                if table in _LOOKED_AT
            ]

    def after(self, port: str, method: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        match port:
            case "key_values" if self._old:
                for table, item, old in self._old:
                    self._written(table, item, old)
            case "vectors" if method == "upsert" and args[0] == DOCUMENTS:
                self._indexed(args[1])
            case "gateway" if method == "send":
                self._pushed(*args)
            case "agent":
                self._asked(args[0])
            case _:
                pass

    def _written(self, table: Table, item: Item, old: Item | None) -> None:
        if table is FILES:
            self._document(item, old)
            return
        if old is None:
            self._kept(table, item)
            return
        if table is QUIZZES or not str(item.get("sort_key", "")).startswith(_KEPT_ALIKE[table]):
            return
        if table is INTERVIEW_SESSIONS and old.get("answered_at") is None:
            return  # a turn is written when it is asked, and when it is answered
        if table is INTERVIEW_SESSIONS and _is_decided_over(item, old):
            return
        if table is QUIZ_RESULTS and _is_corrected(item, old):
            return
        if json.loads(json.dumps(item)) != old:
            self.found(f"{table.name}: {table.key_of(item)} was overwritten")

    def _kept(self, table: Table, item: Item) -> None:
        if table is MESSAGES and item.get("message_type") == "assistant":
            self.had[item["user_id"], "messages"] += 1
        elif table is QUIZZES:
            # A question from the class's bank is not counted in the learner's allowance.
            made = [one for one in item["questions"] if one["item_id"] is None]
            self.had[item["user_id"], "questions"] += len(made)

    def _document(self, item: Item, old: Item | None) -> None:
        now = self._scheduler.seconds
        if old is not None and item["attempts"] > old["attempts"]:
            lease = old.get("lease_until")
            # Without bytes there is nothing to process. The request that brings them may be repeated.
            has_bytes = old["s3_key"] in self._fakes.objects.bodies()
            if has_bytes and lease is not None and lease > self._text(2 * self.skew + NOTHING_STOLEN):
                self.found(
                    f"at {now:.1f} the lease of {item['file_id']} was taken while it ran: until {lease}"
                )
        if _is_searchable(item) and not (old is not None and _is_searchable(old)):
            self.check_indexed(item)
        if item["status"] == "completed" and (old is None or old["status"] != "completed"):
            self.check_indexed(item)
        if item["status"] == "failed" and not self.has_lagged:
            self._failed_document(item)

    def _failed_document(self, item: Item) -> None:
        """Check that a document has no chunks and no vectors from the moment at which it says that it failed."""
        left = [
            id
            for id, vector in self._fakes.vectors.true.get(DOCUMENTS, {}).items()
            if vector.metadata["file_id"] == item["file_id"]
        ]
        if chunks_key(item["user_id"], item["file_id"]) in self._fakes.objects.bodies():
            left.append("its chunks")
        if left:
            self.found(f"{item['file_id']} has failed and leaves {left}")

    def check_indexed(self, item: Item) -> None:
        """Check that a searchable document has its chunks and one vector for each. If it is completed, the vectors must
        contain the meaning, not only the words.
        """
        body = self._fakes.objects.bodies().get(chunks_key(item["user_id"], item["file_id"]))
        if body is None:
            self.found(f"{item['file_id']} is searchable without chunks")
            return
        chunks = {chunk["index"]: chunk["text"] for chunk in json.loads(body)["chunks"]}
        vectors = [
            vector
            for vector in self._fakes.vectors.true.get(DOCUMENTS, {}).values()
            if vector.metadata["file_id"] == item["file_id"]
        ]
        shown = {vector.metadata["chunk_index"]: vector.metadata["text"] for vector in vectors}
        if shown != chunks or len(vectors) != len(chunks):
            self.found(f"{item['file_id']} is searchable with {len(vectors)} vectors of {len(chunks)} chunks")
        if item["status"] == "completed" and any(WORDS_ALONE in vector.metadata for vector in vectors):
            self.found(f"{item['file_id']} is completed without the meaning of some chunks")
        if item["chunks_created"] != len(chunks):
            self.found(f"{item['file_id']} says {item['chunks_created']} of {len(chunks)} chunks")

    def _indexed(self, vectors: Sequence[Vector]) -> None:
        """Check that chunks are indexed only under a lease. The call itself may take some seconds."""
        for file_id in {str(vector.metadata["file_id"]) for vector in vectors}:
            row = self._fakes.key_values.get(FILES, {"file_id": file_id})
            if row is None or row["status"] != "processing":
                continue  # deleted, or taken over: whoever wrote this cleans up after itself
            lease = row.get("lease_until") or ""
            if lease < self._text(-_CALL_SECONDS - 2 * self.skew - NOTHING_STOLEN):
                self.found(f"{file_id} was indexed without a lease, which ended at {lease or 'no time'}")

    def _text(self, seconds: float) -> str:
        return to_text(after(self._fakes.clock.now(), seconds))

    # What people see.

    def answered(self, name: str, operation: str, status: int, text: str) -> None:
        if status == 500:
            self.found(f"{operation} answered 500 to {name}: {text}")
        if _DESK.fullmatch(operation) and status == 200:
            # An appeal shows the teacher the learner's mark and what it is about.
            items = json.loads(text)["items"]
            text = json.dumps([one for one in items if one["why"] != "appeal"])
        self.shown(name, operation, text)

    def shown(self, name: str, where: str, text: str) -> None:
        """Check that the text contains no other person's data, and no key or rubric before its time."""
        for owner, word in CANARIES.items():
            if word in text and owner not in SHOWN[name]:
                self.found(f"{where} showed {name} what is {owner}'s: {text[:400]}")
        if "keyof" in text:
            for quiz_id in set(KEY_CANARY.findall(text)):
                quiz = self._fakes.key_values.get(QUIZZES, {"quiz_id": quiz_id})
                result = self._fakes.key_values.get(QUIZ_RESULTS, {"result_id": f"{quiz_id}-r"})
                is_theirs = quiz is not None and quiz["user_id"] == name
                if quiz is not None and not (is_theirs and result is not None):
                    self.found(f"{where} showed {name} the key of the quiz {quiz_id} before its time")
        if "rubric" in text:
            self._rubrics_shown(name, where, text)

    def cited(self, name: str, citations: Sequence[Any], brought: Mapping[str, Brought]) -> None:
        """Check that each quote stands in an uploaded text whose owner's documents this person may read."""
        for citation in citations:
            document = brought.get(citation["file_id"])
            if document is None:
                continue  # its upload was never answered
            span = slice(citation["start"], citation["end"])
            if document.owner not in SHOWN[name]:
                self.found(f"{name} was cited what is {document.owner}'s: {citation}")
            elif not any(text.decode(errors="replace")[span] == citation["quote"] for text in document.texts):
                self.found(f"{name} was cited what stands nowhere: {citation}")

    def _rubrics_shown(self, name: str, where: str, text: str) -> None:
        rows = self._fakes.key_values.items(INTERVIEW_SESSIONS)
        owners = {row["session_id"]: row["user_id"] for row in rows if row["sort_key"] == "session"}
        for number in set(RUBRIC_CANARY.findall(text)):
            holds = [
                row
                for row in rows
                if row["sort_key"].startswith("t#") and f"rubric{number}x" in json.dumps(row["asked"])
            ]
            if (
                not any(row.get("answered_at") and owners[row["session_id"]] == name for row in holds)
                and holds
            ):
                self.found(f"{where} showed {name} the rubric {number} before its answer: {text[:300]}")

    def _pushed(self, connection_id: str, message: str) -> None:
        push = json.loads(message)
        if push["type"] == "interview_started" and not any(
            one["type"] == "interview_started" and one["session_id"] == push["session_id"]
            for one in self.pushes.get(connection_id, ())
        ):
            self.begun[self.owners[connection_id]] += 1
        self.pushes.setdefault(connection_id, []).append(push)
        self.shown(self.owners[connection_id], f"a push of {push['type']}", message)
        if push["type"] == "error" and push["code"] == "internal_error":
            self.found(f"a message was answered by {message}")

    def _asked(self, task: Task) -> None:
        """Check that no task contains personal data of two learners."""
        if sum(word in repr(task) for word in PERSONAL) > 1:
            self.found(f"a task of the role {task.role} mixes learners")

    def logged(self, record: logging.LogRecord) -> None:
        extra = [value for name, value in vars(record).items() if name not in _STANDARD]
        line = f"{record.getMessage()} {extra}"
        if _SECRETS.search(line):
            self.found(f"a line of the log tells too much: {line[:300]}")
        failure = record.exc_info[1] if record.exc_info else None
        if failure is not None:
            self.failed(f"log: {record.getMessage()}", failure)

    def failed(self, where: str, failure: BaseException) -> None:
        """Check a handler's error. AWS repeats a failed event, but only errors of declared classes are allowed."""
        if not isinstance(failure, _EXPECTED):
            line = JsonLines().format(logging.makeLogRecord({"exc_info": _info(failure), "msg": where}))
            self.found(f"{where} failed with {failure!r}: {line}")


def _info(failure: BaseException) -> tuple[type[BaseException], BaseException, Any]:
    return type(failure), failure, failure.__traceback__


def _is_corrected(item: Item, old: Item) -> bool:
    """Whether only decisions or appeals changed the result. The answers must stay as they were given."""
    by_people = ("review", "is_retired", "correct_answer", "explanation", "citation", "machine")
    marks = zip(json.loads(json.dumps(item["detailed_results"])), old["detailed_results"], strict=True)
    changed = [(new, was) for new, was in marks if any(new[name] != was[name] for name in by_people)]
    return bool(changed) and (item["answers"], item["submitted_at"]) == (old["answers"], old["submitted_at"])


def _is_decided_over(turn: Item, old: Item) -> bool:
    """Whether only decisions or appeals changed the turn. The question and the answer must stay."""
    kept_fields = ("asked", "transcription", "answered_at")
    reviews, before = ([fact["review"] for fact in one["facts"]] for one in (turn, old))
    kept = json.loads(json.dumps([turn[name] for name in kept_fields])) == [old[name] for name in kept_fields]
    return kept and bool(json.loads(json.dumps(reviews)) != before)


def _is_searchable(document: Item) -> bool:
    return document["status"] == "completed" or (
        document["status"] == "processing" and bool(document.get("words_indexed"))
    )


def _puts(method: str, args: tuple[Any, ...]) -> list[tuple[Table, Item]]:
    match method:
        case "put":
            return [(args[0], args[1])]
        case "put_many":
            return [(args[0], item) for item in args[1]]
        case _:
            return [(write.table, write.item) for write in args[0] if isinstance(write, Put)]
