"""Exports everything that is held about a learner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.tables import LEARNING_EVIDENCE
from domain.documents.contents import stored_text
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.knowledge_bases import KnowledgeBaseUpkeep
from domain.interviews.interview import Interview, InterviewTurn
from domain.interviews.interviews import Interviews
from domain.privacy.holdings import Holdings
from domain.privacy.keys import export_key, export_prefix
from domain.progress.ledger import Ledger, is_history
from domain.quizzes.attempt import Result
from domain.quizzes.quiz import KEY_FIELDS, Quiz
from domain.quizzes.quizzes import Quizzes
from domain.tutoring.conversation import Conversation, Message
from domain.tutoring.conversations import Conversations
from ports.object_store import ObjectStore
from ports.paging import every
from ports.system import Clock

MAX_INLINE_BYTES = 4 * 1024 * 1024
"""The largest export inside a response. Lambda responds with at most 6 MB, and escaping JSON within JSON makes it
longer.
"""
DOWNLOAD_SECONDS = 900
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Export:
    """Either the ``content``, or the URL of its JSON file if it is too large for a response."""

    content: dict[str, Any] | None
    download_url: str | None = None
    expires_in: int | None = None
    """Seconds."""


class Exporting:
    def __init__(
        self,
        holdings: Holdings,
        documents: Documents,
        conversations: Conversations,
        quizzes: Quizzes,
        interviews: Interviews,
        ledger: Ledger,
        knowledge_bases: KnowledgeBaseUpkeep,
        objects: ObjectStore,
        clock: Clock,
    ) -> None:
        """Raises ``LookupError`` if a table declares an exporting part that does not exist here."""
        self._holdings = holdings
        self._documents = documents
        self._conversations = conversations
        self._quizzes = quizzes
        self._interviews = interviews
        self._ledger = ledger
        self._knowledge_bases = knowledge_bases
        self._objects = objects
        self._clock = clock
        self._parts: dict[str | None, Callable[[str], dict[str, Any]]] = {
            "documents": self._export_documents,
            "conversations": self._export_conversations,
            "quizzes": self._export_quizzes,
            "quiz_results": self._export_results,
            "interviews": self._export_interviews,
            "knowledge_bases": self._export_knowledge_base,
            "evidence": self._export_evidence,
            None: holdings.shown,
        }
        missing = holdings.exporting_parts - self._parts.keys()
        if missing:
            raise LookupError(f"no part of an export shows {missing}")

    def export(self, learner: Learner, export_id: str) -> Export:
        """Everything that is held about the learner, without answer keys that are not shown yet."""
        owner = learner.user_id
        content: dict[str, Any] = {
            "exported_at": to_text(self._clock.now()),
            "learner": asdict(learner),
        }
        for part in self._parts.values():
            content |= part(owner)
        body = json.dumps(content, ensure_ascii=False).encode()
        for key in list(self._objects.keys(export_prefix(owner))):
            self._objects.delete(key)
        if len(body) <= MAX_INLINE_BYTES:
            return Export(content)
        key = export_key(owner, content["exported_at"], export_id)
        self._objects.put(key, body, "application/json")
        url = self._objects.presign_download(key, file_name="lyceum-export.json", expires_in=DOWNLOAD_SECONDS)
        return Export(None, url, DOWNLOAD_SECONDS)

    def _export_documents(self, owner: str) -> dict[str, Any]:
        documents = every(
            lambda cursor: self._documents.page(
                owner, subject_id=None, session_id=None, status=None, limit=_PAGE, cursor=cursor
            )
        )
        return {"documents": [self._document(document) for document in documents]}

    def _document(self, document: Document) -> dict[str, Any]:
        text = stored_text(self._objects, document)
        return {
            "file_id": document.file_id,
            "filename": document.filename,
            "subject_id": document.subject_id,
            "session_id": document.session_id,
            "document_type": document.document_type,
            "tags": list(document.tags),
            "status": document.status,
            "file_size": document.file_size,
            "upload_timestamp": document.upload_timestamp,
            "extracted_concepts": list(document.extracted_concepts),
            "text": text,
        }

    def _export_conversations(self, owner: str) -> dict[str, Any]:
        conversations = every(
            lambda cursor: self._conversations.page(owner, subject_id=None, limit=_PAGE, cursor=cursor)
        )
        return {"conversations": [self._conversation(conversation) for conversation in conversations]}

    def _conversation(self, conversation: Conversation) -> dict[str, Any]:
        shown = asdict(conversation)
        del shown["recent"], shown["deleting"], shown["version"]
        return shown | {"messages": [asdict(message) for message in self._messages(conversation)]}

    def _messages(self, conversation: Conversation) -> Iterator[Message]:
        return every(lambda cursor: self._conversations.messages(conversation, limit=_PAGE, cursor=cursor))

    def _export_quizzes(self, owner: str) -> dict[str, Any]:
        quizzes = list(every(lambda cursor: self._quizzes.page(owner, limit=_PAGE, cursor=cursor)))
        hidden = self._quizzes.hiding_keys(quizzes, self._clock.now())
        return {"quizzes": [_quiz(quiz, is_hidden=quiz.quiz_id in hidden) for quiz in quizzes]}

    def _export_results(self, owner: str) -> dict[str, Any]:
        results = list(every(lambda cursor: self._quizzes.results(owner, limit=_PAGE, cursor=cursor)))
        hidden = self._quizzes.hiding_keys(results, self._clock.now())
        return {"quiz_results": [_result(one, is_hidden=one.quiz_id in hidden) for one in results]}

    def _export_interviews(self, owner: str) -> dict[str, Any]:
        interviews = every(lambda cursor: self._interviews.page(owner, limit=_PAGE, cursor=cursor))
        return {"interviews": [_interview(one, self._interviews.turns(one)) for one in interviews]}

    def _export_knowledge_base(self, owner: str) -> dict[str, Any]:
        found = self._knowledge_bases.find(owner)
        shown = None if found is None else {"name": found.name, "created_at": found.created_at}
        return {"knowledge_base": shown}

    def _export_evidence(self, owner: str) -> dict[str, Any]:
        subjects = self._ledger.subjects_of(owner)
        evidence = [asdict(one) for subject in subjects for one in self._ledger.entries(owner, subject)]
        rows = self._holdings.rows(LEARNING_EVIDENCE, owner)
        return {
            "evidence": evidence,
            "standings_and_catalogues": [
                row for row in rows if "evidence_id" not in row and not is_history(row)
            ],
        }


def _interview(interview: Interview, turns: Sequence[InterviewTurn]) -> dict[str, Any]:
    """The interview without internal fields, and with its turns."""
    shown = {name: value for name, value in asdict(interview).items() if name in _SHOWN_OF_INTERVIEWS}
    return shown | {"turns": [_turn(turn) for turn in turns]}


_SHOWN_OF_INTERVIEWS = frozenset(
    "session_id user_id topic subject_id language state started_at ended_at max_questions questions_asked"
    " overall_score strengths improvements".split()
)


def _turn(turn: InterviewTurn) -> dict[str, Any]:
    """The turn. The facts of a full answer are included only if the question was answered."""
    shown = asdict(turn)
    asked = shown.pop("asked")
    shown |= {name: asked[name] for name in ("question", "concept")}
    if turn.answered_at is not None:
        shown["facts"] = asked["facts"]
    return shown


def _result(result: Result, *, is_hidden: bool) -> dict[str, Any]:
    """The result, without the answer keys if they are not shown yet."""
    shown = asdict(result)
    if is_hidden:
        for graded in shown["score"]["results"]:
            for secret in ("correct_answer", "explanation", "citation"):
                del graded[secret]
    return shown


def _quiz(quiz: Quiz, *, is_hidden: bool) -> dict[str, Any]:
    """The quiz. Its answer keys are included only if it was submitted and its assignment shows them."""
    shown = asdict(quiz)
    del shown["version"]
    for question in shown["questions"]:
        if question["item_id"] is None:
            for name in ("item_id", "item_version", "key_revision", "is_retired"):
                del question[name]
        if quiz.submitted_at is None or is_hidden:
            for secret in KEY_FIELDS:
                del question[secret]
    return shown
