"""The learner's own data: all of it told, and all of it removed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, TypeVar

from domain.base.errors import NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.tables import LEARNING_EVIDENCE
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.keys import (
    DOCUMENTS,
    document_prefixes,
    document_vector_prefix,
    file_id_in,
    text_key,
)
from domain.documents.knowledge_bases import KnowledgeBases
from domain.documents.library import Library
from domain.interviews.interview import Interview, Turn
from domain.interviews.interviews import Interviews
from domain.interviews.recordings import Recordings
from domain.privacy.holdings import BY_OWNER, Erasure, Holdings
from domain.privacy.keys import export_key, export_prefix, moment_in
from domain.progress.evidence import Source
from domain.progress.keys import INTELLIGENCE, concept_vector_prefix
from domain.progress.ledger import Ledger
from domain.quizzes.attempt import Result
from domain.quizzes.quiz import Quiz
from domain.quizzes.quizzes import Quizzes
from domain.tutoring.conversation import Conversation, Message
from domain.tutoring.conversations import Conversations
from ports.object_store import ObjectNotFound, ObjectStore
from ports.system import Clock
from ports.vector_store import MAX_IDS, Vector, VectorStore

MAX_INLINE_BYTES = 4 * 1024 * 1024
"""Of an export in the answer itself: Lambda answers 6 MB, of which JSON within JSON takes its part."""
DOWNLOAD_SECONDS = 900
_PAGE = 100

T = TypeVar("T")

log = logging.getLogger("lyceum.privacy")


@dataclass(frozen=True, slots=True)
class Export:
    """``content`` itself or, where it is too large for an answer, where to download it as JSON."""

    content: dict[str, Any] | None
    download_url: str | None = None
    expires_in: int | None = None
    """Seconds."""


class Privacy:
    def __init__(
        self,
        holdings: Holdings,
        documents: Documents,
        conversations: Conversations,
        quizzes: Quizzes,
        interviews: Interviews,
        ledger: Ledger,
        library: Library,
        knowledge_bases: KnowledgeBases,
        recordings: Recordings,
        objects: ObjectStore,
        vectors: VectorStore,
        clock: Clock,
    ) -> None:
        self._holdings = holdings
        self._documents = documents
        self._conversations = conversations
        self._quizzes = quizzes
        self._interviews = interviews
        self._ledger = ledger
        self._library = library
        self._knowledge_bases = knowledge_bases
        self._recordings = recordings
        self._objects = objects
        self._vectors = vectors
        self._clock = clock

    def export(self, learner: Learner, export_id: str) -> Export:
        """All that is held about the learner. The keys of a quiz not yet submitted are not told."""
        owner = learner.user_id
        subjects = self._ledger.subjects_of(owner)
        knowledge_base = self._knowledge_bases.find(owner)
        content: dict[str, Any] = {
            "exported_at": to_text(self._clock.now()),
            "learner": asdict(learner),
            "documents": [self._document(document) for document in self._all_documents(owner)],
            "conversations": [self._conversation(one) for one in self._all_conversations(owner)],
            "quizzes": [_quiz(quiz) for quiz in self._all_quizzes(owner)],
            "quiz_results": [asdict(result) for result in self._all_results(owner)],
            "interviews": [
                _interview(one, self._interviews.turns(one)) for one in self._all_interviews(owner)
            ],
            "knowledge_base": None
            if knowledge_base is None
            else {"name": knowledge_base.name, "created_at": knowledge_base.created_at},
            "evidence": [
                asdict(one) for subject in subjects for one in self._ledger.evidence(owner, subject)
            ],
            "standings_and_catalogues": [
                row for row in self._holdings.rows(LEARNING_EVIDENCE, owner) if "evidence_id" not in row
            ],
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        for key in list(self._objects.keys(export_prefix(owner))):
            self._objects.delete(key)
        if len(body) <= MAX_INLINE_BYTES:
            return Export(content)
        key = export_key(owner, content["exported_at"], export_id)
        self._objects.put(key, body, "application/json")
        url = self._objects.presign_download(key, file_name="lyceum-export.json", expires_in=DOWNLOAD_SECONDS)
        return Export(None, url, DOWNLOAD_SECONDS)

    def erase(self, learner: Learner) -> dict[str, int]:
        """Remove all that is held about the learner; answers how much there was, by kind.

        It is noted first, so that one that is cut short is finished by the sweeper; repeating it is
        harmless. Class materials are the class's and stay.
        """
        erasure = Erasure(learner.user_id, to_text(self._clock.now()))
        self._holdings.begin(erasure)
        latest = self._holdings.latest(erasure.user_id)
        if latest > erasure.moment:  # by another's clock: what is there by now goes, whatever it says
            erasure = replace(erasure, moment=latest)
            self._holdings.begin(erasure)
        return self._erased(erasure)

    def sweep(self) -> int:
        """Repeat the erasures of a while ago. Answers how many there were."""
        repeated = 0
        for erasure in list(self._holdings.due(self._clock.now())):
            try:
                self._erased(erasure)
                self._holdings.end(erasure)
            except Exception:  # one that cannot be done must not keep the others waiting
                log.exception("erasure_interrupted")
            else:
                repeated += 1
        return repeated

    def _erased(self, erasure: Erasure) -> dict[str, int]:
        owner, moment = erasure.user_id, erasure.moment
        documents = [one for one in self._all_documents(owner) if one.upload_timestamp <= moment]
        prefixes = (*document_prefixes(owner), export_prefix(owner))
        objects = sum(1 for prefix in prefixes for _ in self._objects.keys(prefix))
        objects += sum(1 for _ in self._recordings.keys_of(owner))
        vectors = len(self._chunk_vectors(owner))
        for document in documents:
            self._remove_document(owner, document.file_id)
        self._clear_strays(owner, moment)
        removed = {"documents": len(documents), "objects": objects, "vectors": vectors}
        removed |= self._without_conversations(owner, moment)
        interviews = [one for one in self._all_interviews(owner) if one.started_at <= moment]
        for interview in interviews:
            self._interviews.remove(interview)
        removed["interviews"] = len(interviews)
        for name, table in BY_OWNER.items():
            removed[name] = self._holdings.remove(table, owner, moment)
        removed["quiz_results"] += self._holdings.remove_stray_results(owner)
        has_documents = bool(self._all_documents(owner))
        removed["knowledge_bases"] = self._knowledge_bases.erase(owner, moment if has_documents else None)
        removed["evidence"] = self._ledger.forget(
            owner, moment, lambda *whence: self._is_gone(owner, *whence)
        )
        concepts = self._concept_strays(owner)
        self._delete_vectors(INTELLIGENCE, concepts)
        removed["vectors"] += len(concepts)
        return removed

    def _is_gone(self, owner: str, source: Source, source_id: str) -> bool:
        """Whether what was graded is there no more: what was shown by it since the moment goes too."""
        if source == "quiz":
            return self._quizzes.find(owner, source_id) is None
        return self._interviews.find(owner, source_id) is None

    def _without_conversations(self, owner: str, moment: str) -> dict[str, int]:
        conversations = messages = 0
        for conversation in list(self._all_conversations(owner)):
            # The row itself: today's conversation may have been begun again under the same id.
            found = self._conversations.find(owner, conversation.conversation_id)
            if found is None or found.created_at > moment:
                continue
            try:
                doomed = self._conversations.mark_deleting(
                    owner, conversation.conversation_id, self._clock.now()
                )
            except NotFound:
                continue
            self._conversations.purge(doomed)
            conversations += 1
            messages += found.message_count
        return {"conversations": conversations, "messages": messages}

    def _remove_document(self, owner: str, file_id: str) -> None:
        try:
            self._library.remove(owner, file_id)
        except NotFound:
            pass

    def _clear_strays(self, owner: str, moment: str) -> None:
        """Remove the objects and vectors of documents whose row is gone, or older than the moment."""

        @cache
        def stays(file_id: str) -> bool:
            """If not, its row goes here too: an index that lags did not list it."""
            document = self._documents.find(owner, file_id)
            if document is None or not document.is_visible:
                return False
            if document.upload_timestamp > moment:
                return True
            self._remove_document(owner, file_id)
            return False

        for key, session_id in list(self._recordings.keys_of(owner)):
            interview = self._interviews.find(owner, session_id)
            if interview is None or interview.started_at <= moment:
                self._recordings.remove(key)
        for prefix in document_prefixes(owner):
            for key in list(self._objects.keys(prefix)):
                if not stays(file_id_in(key)):
                    self._objects.delete(key)
        for key in list(self._objects.keys(export_prefix(owner))):
            if moment_in(key) <= moment:
                self._objects.delete(key)
        found = self._chunk_vectors(owner)
        strays = [name for name, vector in found.items() if not stays(str(vector.metadata["file_id"]))]
        self._delete_vectors(DOCUMENTS, strays)

    def _concept_strays(self, owner: str) -> list[str]:
        """The ids of the vectors of concepts of which there is no evidence any more."""

        @cache
        def shown(subject_id: str) -> frozenset[str]:
            return frozenset(one.concept for one in self._ledger.evidence(owner, subject_id))

        found = self._fetched(INTELLIGENCE, concept_vector_prefix(owner))
        return [
            name
            for name, vector in found.items()
            if vector.metadata["concept"] not in shown(str(vector.metadata["subject_id"]))
        ]

    def _chunk_vectors(self, owner: str) -> dict[str, Vector]:
        """The owner's chunk vectors by id, and of nobody whose id begins alike."""
        found = self._fetched(DOCUMENTS, document_vector_prefix(owner))
        return {name: vector for name, vector in found.items() if vector.metadata.get("user_id") == owner}

    def _fetched(self, namespace: str, prefix: str) -> dict[str, Vector]:
        ids = list(self._ids(namespace, prefix))
        found: dict[str, Vector] = {}
        for first in range(0, len(ids), MAX_IDS):
            found |= self._vectors.fetch(namespace, ids[first : first + MAX_IDS])
        return found

    def _ids(self, namespace: str, prefix: str) -> Iterator[str]:
        def read(cursor: str | None) -> tuple[list[str], str | None]:
            page = self._vectors.ids(namespace, prefix, cursor=cursor)
            return page.ids, page.cursor

        return _every(read)

    def _delete_vectors(self, namespace: str, ids: list[str]) -> None:
        for first in range(0, len(ids), MAX_IDS):
            self._vectors.delete(namespace, ids[first : first + MAX_IDS])

    def _all_documents(self, owner: str) -> list[Document]:
        def read(cursor: str | None) -> tuple[list[Document], str | None]:
            page = self._documents.page(
                owner, subject_id=None, session_id=None, status=None, limit=_PAGE, cursor=cursor
            )
            return page.documents, page.cursor

        return list(_every(read))

    def _document(self, document: Document) -> dict[str, Any]:
        try:
            text = self._objects.get(text_key(document.user_id, document.file_id)).decode()
        except ObjectNotFound:
            text = None
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

    def _all_conversations(self, owner: str) -> Iterator[Conversation]:
        def read(cursor: str | None) -> tuple[list[Conversation], str | None]:
            page = self._conversations.page(owner, subject_id=None, limit=_PAGE, cursor=cursor)
            return page.conversations, page.cursor

        return _every(read)

    def _conversation(self, conversation: Conversation) -> dict[str, Any]:
        def read(cursor: str | None) -> tuple[list[Message], str | None]:
            page = self._conversations.messages(conversation, limit=_PAGE, cursor=cursor)
            return page.messages, page.cursor

        told = asdict(conversation)
        del told["recent"], told["deleting"], told["version"]
        return told | {"messages": [asdict(message) for message in _every(read)]}

    def _all_interviews(self, owner: str) -> list[Interview]:
        def read(cursor: str | None) -> tuple[list[Interview], str | None]:
            page = self._interviews.page(owner, limit=_PAGE, cursor=cursor)
            return page.interviews, page.cursor

        return list(_every(read))

    def _all_quizzes(self, owner: str) -> Iterator[Quiz]:
        def read(cursor: str | None) -> tuple[list[Quiz], str | None]:
            page = self._quizzes.page(owner, limit=_PAGE, cursor=cursor)
            return page.quizzes, page.cursor

        return _every(read)

    def _all_results(self, owner: str) -> Iterator[Result]:
        def read(cursor: str | None) -> tuple[list[Result], str | None]:
            page = self._quizzes.results(owner, limit=_PAGE, cursor=cursor)
            return page.results, page.cursor

        return _every(read)


def _every(read: Callable[[str | None], tuple[Sequence[T], str | None]]) -> Iterator[T]:
    """What all the pages hold that ``read`` answers, each with the cursor of the next."""
    cursor = None
    while True:
        items, cursor = read(cursor)
        yield from items
        if cursor is None:
            return


def _interview(interview: Interview, turns: Sequence[Turn]) -> dict[str, Any]:
    """The interview as it was held; what a full answer says, only of questions that were answered."""
    told = {name: value for name, value in asdict(interview).items() if name in _TOLD_OF_INTERVIEWS}
    return told | {"turns": [_turn(turn) for turn in turns]}


_TOLD_OF_INTERVIEWS = frozenset(
    "session_id user_id topic subject_id language state started_at ended_at max_questions questions_asked"
    " overall_score strengths improvements".split()
)


def _turn(turn: Turn) -> dict[str, Any]:
    told = asdict(turn)
    asked = told.pop("asked")
    told |= {name: asked[name] for name in ("question", "concept")}
    if turn.answered_at is not None:
        told["facts"] = asked["facts"]
    return told


def _quiz(quiz: Quiz) -> dict[str, Any]:
    """The quiz; what gives its keys away only once it is submitted."""
    told = asdict(quiz)
    del told["version"]
    if quiz.submitted_at is None:
        for question in told["questions"]:
            for secret in ("correct", "explanation", "citation"):
                del question[secret]
    return told
