"""Finds the passages of a learner's documents that help to answer a question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from domain.access.classes import class_owner
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.keys import DOCUMENTS, WORDS_ALONE
from domain.documents.layout import Layout, layout_from
from domain.documents.passage import Passage, joined
from domain.documents.questions import names_file, names_place, page_of
from domain.documents.ranking import ANSWERS, CANDIDATES, SPARSE_WEIGHT, Ranked, SearchMatch, rank
from domain.text.lexical import sparse_query
from ports.embedder import Embedder, Scale
from ports.vector_store import Filter, Match, SparseVector, VectorStore
from ports.workers import Workers

PASSAGES = 5
"""The default number of chunks from which an answer is made."""
_NEAREST = 3
"""The number of headings that are reported as nearest to a question."""
_NAMED = 1.5
"""The factor of a passage's relevance if the question names its document or chapter."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search. ``passages`` may answer the question, best first."""

    passages: tuple[Passage, ...]
    nearest: tuple[str, ...]
    """The headings or titles that are nearest to the question, at most 3. They are present even if nothing answers it.
    """
    documents: Mapping[str, Document]
    """All documents with a match, by id. It is empty if there is nothing to search."""


class Retrieval:
    def __init__(
        self, documents: Documents, vectors: VectorStore, embedder: Embedder, workers: Workers
    ) -> None:
        self._documents = documents
        self._vectors = vectors
        self._embedder = embedder
        self._workers = workers

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
        """The passages of the ``limit`` best chunks for the question, best first; empty if nothing answers it.

        Neighbouring chunks are joined to one passage. The passages come from the owner's searchable documents and from
        the materials of ``classes``. These are subjects that the owner is enrolled in or teaches; the caller has
        checked that. ``subject_ids`` and ``file_ids`` narrow both. Raises ``UpstreamError``.
        """
        scope = _scope(owner, classes, subject_ids, file_ids)
        return list(self._search([question], scope, limit, may_not_answer=False).passages)

    def search(
        self, owner: str, query: str, *, classes: Sequence[str], subject_ids: Sequence[str], limit: int
    ) -> SearchResult:
        """The same as ``passages``, with all documents that have a match. Raises ``UpstreamError``."""
        scope = _scope(owner, classes, subject_ids, None)
        return self._search([query], scope, limit, may_not_answer=False)

    def search_parts(
        self,
        owner: str,
        parts: Sequence[str],
        *,
        classes: Sequence[str],
        subject_ids: Sequence[str] | None = None,
        limit: int = PASSAGES,
    ) -> SearchResult:
        """The same as ``passages``, for a question in one or more parts, which share the ``limit``.

        All parts are embedded in one request and searched at the same time. If a part names a page, only chunks of that
        page are searched; if it names a file, only chunks of that file. Doubtful passages are included: the agent
        decides whether they answer. Raises ``UpstreamError``.
        """
        return self._search(parts, _scope(owner, classes, subject_ids, None), limit, may_not_answer=True)

    def _search(
        self, parts: Sequence[str], scope: _Scope, limit: int, *, may_not_answer: bool
    ) -> SearchResult:
        vectors = self._embedder.embed(parts)
        if len(parts) == 1:
            searched = [self._matches(parts[0], vectors[0], scope.filter)]
        else:
            with self._workers.pool(len(parts)) as pool:
                searched = list(
                    pool.map(
                        lambda part: self._matches(part[0], part[1], scope.filter),
                        zip(parts, vectors, strict=True),
                    )
                )
        by_id = {match.id: match for matches in searched for match in matches}
        documents = self._citable(scope.owners, by_id.values())
        kept = [
            [match for match in matches if match.metadata["file_id"] in documents] for matches in searched
        ]
        scale = self._embedder.scale
        ranked = [
            _ranked(part, matches, limit, scale, may_not_answer=may_not_answer)
            for part, matches in zip(parts, kept, strict=True)
        ]
        chosen = in_turn(ranked, limit)
        return SearchResult(
            tuple(joined([_passage(by_id[one.candidate.id], one.relevance) for one in chosen])),
            _nearest_headings([matches[:_NEAREST] for matches in kept]),
            documents,
        )

    def _matches(self, part: str, vector: Sequence[float], scope: Filter) -> list[Match]:
        page = page_of(part)
        if page is not None:
            # The metadata of chunks from before version 0.3 names only the page on which they begin.
            for on_page in ({"pages": str(page)}, {"page": page}):
                found = self._query(part, vector, {**scope, **on_page})
                if found:
                    return found
        return self._query(part, vector, scope)

    def _query(self, part: str, vector: Sequence[float], scope: Filter) -> list[Match]:
        indices, weights = sparse_query(part)
        return self._vectors.query(
            DOCUMENTS,
            vector,
            filter=scope,
            top_k=CANDIDATES,
            sparse=SparseVector(indices, [weight * SPARSE_WEIGHT for weight in weights]),
        )

    def _citable(self, owners: Sequence[str], matches: Iterable[Match]) -> dict[str, Document]:
        """The searchable documents of the matches, by id. The index may still show chunks of a deleted or unfinished
        document.
        """
        file_ids = list(dict.fromkeys(str(match.metadata["file_id"]) for match in matches))
        return self._documents.searchable(owners, file_ids) if file_ids else {}


@dataclass(frozen=True, slots=True)
class _Scope:
    owners: Sequence[str]
    filter: Filter


def _scope(
    owner: str, classes: Sequence[str], subject_ids: Sequence[str] | None, file_ids: Sequence[str] | None
) -> _Scope:
    owners = [owner, *map(class_owner, classes)]
    scope: Filter = {"user_id": {"$in": owners}}
    if subject_ids is not None:
        scope = {**scope, "subject_id": {"$in": list(subject_ids)}}
    if file_ids is not None:
        scope = {**scope, "file_id": {"$in": list(file_ids)}}
    return _Scope(owners, scope)


def _ranked(
    part: str, matches: Sequence[Match], limit: int, scale: Scale, *, may_not_answer: bool
) -> list[Ranked]:
    """The best passages for the part. If it names a file or a page, some of its passages are returned in any case."""
    of_file = [match for match in matches if names_file(part, str(match.metadata["source_file"]))]
    candidates = [_candidate(part, match) for match in of_file or matches]
    ranked = rank(part, candidates, limit=limit, scale=scale, may_not_answer=may_not_answer)
    page = page_of(part)
    on_page = page is not None and all(_holds_page(match, page) for match in matches)
    if not ranked and (of_file or on_page):
        return [Ranked(candidate, ANSWERS) for candidate in candidates[:limit]]
    return ranked


def _holds_page(match: Match, page: int) -> bool:
    pages = match.metadata.get("pages")
    first = match.metadata.get("page")
    return str(page) in pages if isinstance(pages, list) else first is not None and _whole(first) == page


def in_turn(ranked: Sequence[Sequence[Ranked]], limit: int) -> list[Ranked]:
    """Up to ``limit`` passages, taken from each part in turn. Each passage occurs once."""
    chosen: dict[str, Ranked] = {}
    for row in zip_longest(*ranked):
        for one in row:
            if one is not None and len(chosen) < limit:
                chosen.setdefault(one.candidate.id, one)
    return list(chosen.values())


def _nearest_headings(searched: Sequence[Sequence[Match]]) -> tuple[str, ...]:
    """The headings of the best matches. A match without a heading gives its title. Nothing is repeated."""
    names = (
        str(match.metadata.get("heading") or match.metadata["title"])
        for row in zip_longest(*searched)
        for match in row
        if match is not None
    )
    return tuple(dict.fromkeys(names))[:_NEAREST]


def _candidate(part: str, match: Match) -> SearchMatch:
    metadata = match.metadata
    heading = None if metadata.get("heading") is None else str(metadata["heading"])
    title = str(metadata["title"])
    layout = _layout(match)
    is_named = names_place(part, names=(title, str(metadata["source_file"])), heading=heading)
    return SearchMatch(
        id=match.id,
        document_id=str(metadata["file_id"]),
        title=title,
        heading=heading,
        text=str(metadata["text"]),
        score=match.score,
        has_vector=WORDS_ALONE not in metadata,
        lift=_NAMED if is_named else 1.0,
        column_heads=layout.column_heads,
        begun_row=layout.begun_row,
    )


def _passage(match: Match, relevance: float) -> Passage:
    metadata = match.metadata
    subject_id = metadata.get("subject_id")
    return Passage(
        file_id=str(metadata["file_id"]),
        source_file=str(metadata["source_file"]),
        subject_id=None if subject_id is None else str(subject_id),
        chunk_index=_whole(metadata["chunk_index"]),
        page=None if metadata.get("page") is None else _whole(metadata["page"]),
        start=_whole(metadata["start"]),
        end=_whole(metadata["end"]),
        text=str(metadata["text"]),
        relevance=relevance,
        layout=_layout(match),
    )


def _layout(match: Match) -> Layout:
    stored = match.metadata.get("layout")
    return layout_from(None if stored is None else json.loads(str(stored)))


def _whole(number: object) -> int:
    """A number from a vector's metadata as an integer. Some stores return it as a float."""
    return int(cast(float, number))
