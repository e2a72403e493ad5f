"""Erases everything that is held about a learner."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from domain.base.errors import NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.keys import DOCUMENTS, document_prefixes, document_vector_prefix, file_id_in
from domain.documents.knowledge_bases import KnowledgeBaseUpkeep
from domain.documents.library import Library
from domain.interviews.interview import Interview
from domain.interviews.interviews import Interviews
from domain.interviews.recordings import Recordings
from domain.privacy.erasures import Erasure, Erasures
from domain.privacy.holdings import Holdings
from domain.privacy.keys import export_prefix, moment_in
from domain.progress.evidence import Source
from domain.progress.keys import INTELLIGENCE, concept_vector_prefix
from domain.progress.ledger import Ledger
from domain.quizzes.quizzes import Quizzes
from domain.teaching.decisions import Decisions
from domain.tutoring.conversation import Conversation
from domain.tutoring.conversations import Conversations
from ports.object_store import ObjectStore
from ports.paging import every
from ports.system import Clock
from ports.vector_store import MAX_IDS, Vector, VectorStore

_PAGE = 100

log = logging.getLogger("lyceum.privacy")


class Erasing:
    def __init__(
        self,
        holdings: Holdings,
        erasures: Erasures,
        documents: Documents,
        conversations: Conversations,
        quizzes: Quizzes,
        interviews: Interviews,
        ledger: Ledger,
        decisions: Decisions,
        library: Library,
        knowledge_bases: KnowledgeBaseUpkeep,
        recordings: Recordings,
        objects: ObjectStore,
        vectors: VectorStore,
        clock: Clock,
    ) -> None:
        """Raises ``LookupError`` if a table declares an erasing step that does not exist here."""
        self._holdings = holdings
        self._erasures = erasures
        self._documents = documents
        self._conversations = conversations
        self._quizzes = quizzes
        self._interviews = interviews
        self._ledger = ledger
        self._decisions = decisions
        self._library = library
        self._knowledge_bases = knowledge_bases
        self._recordings = recordings
        self._objects = objects
        self._vectors = vectors
        self._clock = clock
        # The order matters: evidence is also erased if its quiz or interview is gone.
        self._steps: dict[str | None, Callable[[str, str], dict[str, int]]] = {
            "documents": self._erase_documents,
            "conversations": self._erase_conversations,
            "interviews": self._erase_interviews,
            None: holdings.remove,
            "knowledge_bases": self._erase_knowledge_base,
            "evidence": self._erase_evidence,
            "decisions": self._erase_decisions,
        }
        missing = holdings.erasing_steps - self._steps.keys()
        if missing:
            raise LookupError(f"no step erases {missing}")
        self._steps = {name: step for name, step in self._steps.items() if name in holdings.erasing_steps}

    def erase(self, learner: Learner) -> dict[str, int]:
        """Erase everything that is held about the learner. Returns how much there was, by kind.

        The erasure is noted first, so that the sweeper finishes one that is interrupted. A repeated call does no harm.
        Class materials belong to the class and stay.
        """
        erasure = Erasure(learner.user_id, to_text(self._clock.now()))
        self._erasures.begin(erasure)
        latest = self._holdings.latest(erasure.user_id)
        # Another server's clock may be ahead. What is stored now is erased even if its time is in the future.
        if latest > erasure.moment:
            erasure = replace(erasure, moment=latest)
            self._erasures.begin(erasure)
        return self._erased(erasure)

    def sweep(self) -> int:
        """Repeat the erasures that are due. Returns how many are complete.

        An erasure is complete if no table still holds a row that the erasure should have removed. An incomplete one
        stays due, and is logged.
        """
        complete = 0
        for erasure in list(self._erasures.due(self._clock.now())):
            try:
                self._erased(erasure)
                remaining = self._holdings.remaining(erasure.user_id, erasure.moment)
                if remaining:
                    log.error("erasure_incomplete", extra={"rows": remaining})
                    continue
                self._erasures.end(erasure)
            except Exception:  # one failure must not stop the others
                log.exception("erasure_interrupted")
            else:
                complete += 1
        return complete

    def _erased(self, erasure: Erasure) -> dict[str, int]:
        removed: Counter[str] = Counter()
        for step in self._steps.values():
            removed.update(step(erasure.user_id, erasure.moment))
        return dict(removed)

    def _erase_documents(self, owner: str, moment: str) -> dict[str, int]:
        """Erase the learner's documents with their objects and vectors, and also recordings and exports."""
        documents = [one for one in self._all_documents(owner) if one.upload_timestamp <= moment]
        prefixes = (*document_prefixes(owner), export_prefix(owner))
        objects = sum(1 for prefix in prefixes for _ in self._objects.keys(prefix))
        objects += sum(1 for _ in self._recordings.keys_of(owner))
        vectors = len(self._chunk_vectors(owner))
        for document in documents:
            self._remove_document(owner, document.file_id)
        self._remove_stray_contents(owner, moment)
        return {"documents": len(documents), "objects": objects, "vectors": vectors}

    def _remove_document(self, owner: str, file_id: str) -> None:
        try:
            self._library.remove(owner, file_id)
        except NotFound:
            pass

    def _remove_stray_contents(self, owner: str, moment: str) -> None:
        """Erase the objects and vectors whose row is missing, or was written at or before the moment."""

        @cache
        def stays(file_id: str) -> bool:
            document = self._documents.find(owner, file_id)
            if document is None or not document.is_visible:
                return False
            if document.upload_timestamp > moment:
                return True
            self._remove_document(owner, file_id)  # an index did not list it yet
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

    def _erase_conversations(self, owner: str, moment: str) -> dict[str, int]:
        conversations = messages = 0
        for conversation in list(self._all_conversations(owner)):
            # The row decides, not the list: today's conversation may have been started again under the same id.
            found = self._conversations.find(owner, conversation.conversation_id)
            if found is None or found.created_at > moment:
                continue
            try:
                deleting = self._conversations.mark_deleting(
                    owner, conversation.conversation_id, self._clock.now()
                )
            except NotFound:
                continue
            self._conversations.purge(deleting)
            conversations += 1
            messages += found.message_count
        return {"conversations": conversations, "messages": messages}

    def _erase_interviews(self, owner: str, moment: str) -> dict[str, int]:
        interviews = [one for one in self._all_interviews(owner) if one.started_at <= moment]
        for interview in interviews:
            self._interviews.remove(interview)
        return {"interviews": len(interviews)}

    def _erase_knowledge_base(self, owner: str, moment: str) -> dict[str, int]:
        """Erase the knowledge base if it was created at or before the moment, or if the learner has no documents now."""
        has_documents = any(True for _ in self._all_documents(owner))
        return {"knowledge_bases": self._knowledge_bases.erase(owner, moment if has_documents else None)}

    def _erase_evidence(self, owner: str, moment: str) -> dict[str, int]:
        """Erase the evidence, what was computed from it, and the vectors of concepts without evidence."""

        def is_gone(source: Source, source_id: str) -> bool:
            if source == "interview":
                return self._interviews.find(owner, source_id) is None
            return self._quizzes.find(owner, source_id) is None

        evidence = self._ledger.forget(owner, moment, is_gone)
        concepts = self._concepts_without_evidence(owner)
        self._delete_vectors(INTELLIGENCE, concepts)
        return {"evidence": evidence, "vectors": len(concepts)}

    def _erase_decisions(self, owner: str, moment: str) -> dict[str, int]:
        """Erase teachers' decisions on the learner's marks. Only their number stays."""
        return {"decisions": self._decisions.forget(owner, moment)}

    def _concepts_without_evidence(self, owner: str) -> list[str]:
        """The vector ids of the concepts that have no evidence any more."""

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
        """The owner's chunk vectors by id. Vectors of other users whose ids begin with the owner's are left out."""
        found = self._fetched(DOCUMENTS, document_vector_prefix(owner))
        return {name: vector for name, vector in found.items() if vector.metadata.get("user_id") == owner}

    def _fetched(self, namespace: str, prefix: str) -> dict[str, Vector]:
        ids = list(every(lambda cursor: self._vectors.ids(namespace, prefix, cursor=cursor)))
        found: dict[str, Vector] = {}
        for first in range(0, len(ids), MAX_IDS):
            found |= self._vectors.fetch(namespace, ids[first : first + MAX_IDS])
        return found

    def _delete_vectors(self, namespace: str, ids: list[str]) -> None:
        for first in range(0, len(ids), MAX_IDS):
            self._vectors.delete(namespace, ids[first : first + MAX_IDS])

    def _all_documents(self, owner: str) -> Iterator[Document]:
        return every(
            lambda cursor: self._documents.page(
                owner, subject_id=None, session_id=None, status=None, limit=_PAGE, cursor=cursor
            )
        )

    def _all_conversations(self, owner: str) -> Iterator[Conversation]:
        return every(
            lambda cursor: self._conversations.page(owner, subject_id=None, limit=_PAGE, cursor=cursor)
        )

    def _all_interviews(self, owner: str) -> Iterator[Interview]:
        return every(lambda cursor: self._interviews.page(owner, limit=_PAGE, cursor=cursor))
