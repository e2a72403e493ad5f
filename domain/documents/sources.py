"""The documents and passages from which questions are made: completed documents of a learner and of their classes."""

from __future__ import annotations

from collections.abc import Sequence

from domain.documents.contents import Contents
from domain.documents.coverage import Material
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.passage import Passage
from ports.workers import Workers

_CANDIDATE_DOCUMENTS = 100
_AT_ONCE = 8


class Sources:
    def __init__(self, documents: Documents, contents: Contents, workers: Workers) -> None:
        self._documents = documents
        self._contents = contents
        self._workers = workers

    def completed(
        self, owners: Sequence[str], *, subject_id: str | None, session_id: str | None
    ) -> list[Document]:
        """Up to 100 completed documents of each owner, newest first. Subject and class session filter them where not
        None.
        """

        def newest(owner: str) -> Sequence[Document]:
            return self._documents.page(
                owner,
                subject_id=subject_id,
                session_id=session_id,
                status="completed",
                limit=_CANDIDATE_DOCUMENTS,
                cursor=None,
            ).items

        with self._workers.pool(min(_AT_ONCE, len(owners))) as pool:
            return [document for documents in pool.map(newest, owners) for document in documents]

    def materials(self, documents: Sequence[Document]) -> list[Material]:
        """The passages and concepts of each document, in order. Each chunk is one passage."""
        with self._workers.pool(min(_AT_ONCE, len(documents))) as pool:
            return list(pool.map(self._material, documents))

    def _material(self, document: Document) -> Material:
        content = self._contents.find(document)
        if content is None:  # deleted since it was listed
            return Material((), ())
        return Material(
            tuple(
                Passage(
                    file_id=document.file_id,
                    source_file=document.filename,
                    subject_id=document.subject_id,
                    chunk_index=chunk.index,
                    page=chunk.page,
                    start=chunk.start,
                    end=chunk.end,
                    text=chunk.text,
                    relevance=1.0,
                    layout=chunk.layout,
                )
                for chunk in content.chunks
            ),
            content.concepts,
        )
