"""Finds the passages of a learner's documents that help to answer a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from domain.access.classes import class_owner
from domain.documents.documents import Documents
from domain.documents.keys import DOCUMENTS
from domain.documents.passage import Passage, joined
from domain.documents.ranking import CANDIDATES, SPARSE_WEIGHT, Candidate, rank
from domain.text.lexical import sparse_query
from ports.embedder import Embedder
from ports.vector_store import Filter, Match, SparseVector, VectorStore

PASSAGES = 5
"""The number of chunks that an answer is made from."""


class Retrieval:
    def __init__(self, documents: Documents, vectors: VectorStore, embedder: Embedder) -> None:
        self._documents = documents
        self._vectors = vectors
        self._embedder = embedder

    def passages(
        self,
        owner: str,
        question: str,
        *,
        classes: Sequence[str],
        subject_ids: Sequence[str] | None = None,
        file_ids: Sequence[str] | None = None,
        limit: int = PASSAGES,
    ) -> list[Passage]:
        """The passages of the ``limit`` best chunks for the question, best first. There may be none.

        Neighbouring chunks are one passage. The passages come from the owner's completed documents and from
        the materials of ``classes``: subjects that the caller has checked the owner to be enrolled in or to
        teach. ``subject_ids`` and ``file_ids`` narrow both.
        """
        indices, weights = sparse_query(question)
        owners = [owner, *map(class_owner, classes)]
        scope: Filter = {"user_id": {"$in": owners}}
        if subject_ids is not None:
            scope = {**scope, "subject_id": {"$in": list(subject_ids)}}
        if file_ids is not None:
            scope = {**scope, "file_id": {"$in": list(file_ids)}}
        matches = self._vectors.query(
            DOCUMENTS,
            self._embedder.embed([question])[0],
            filter=scope,
            top_k=CANDIDATES,
            sparse=SparseVector(indices, [weight * SPARSE_WEIGHT for weight in weights]),
        )
        by_id = {match.id: match for match in self._citable(owners, matches)}
        candidates = [_candidate(match) for match in by_id.values()]
        return joined(
            [
                _passage(by_id[ranked.candidate.id], ranked.relevance)
                for ranked in rank(question, candidates, limit=limit)
            ]
        )

    def _citable(self, owners: Sequence[str], matches: Sequence[Match]) -> list[Match]:
        """The matches of completed documents: the index may show chunks of a deleted or unfinished one."""
        file_ids = list(dict.fromkeys(str(match.metadata["file_id"]) for match in matches))
        ready = self._documents.completed(owners, file_ids) if file_ids else {}
        return [match for match in matches if match.metadata["file_id"] in ready]


def _candidate(match: Match) -> Candidate:
    metadata = match.metadata
    heading = metadata.get("heading")
    return Candidate(
        id=match.id,
        document_id=str(metadata["file_id"]),
        title=str(metadata["title"]),
        heading=None if heading is None else str(heading),
        text=str(metadata["text"]),
        score=match.score,
    )


def _passage(match: Match, relevance: float) -> Passage:
    metadata = match.metadata
    subject_id = metadata.get("subject_id")
    return Passage(
        file_id=str(metadata["file_id"]),
        source_file=str(metadata["source_file"]),
        subject_id=None if subject_id is None else str(subject_id),
        chunk_index=_whole(metadata["chunk_index"]),
        page=_whole(metadata["page"]),
        start=_whole(metadata["start"]),
        end=_whole(metadata["end"]),
        text=str(metadata["text"]),
        relevance=relevance,
    )


def _whole(number: object) -> int:
    """A number of a vector's metadata. Some stores return it as a float."""
    return int(cast(float, number))
