"""Checks that rows, objects and vectors agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from domain.base.tables import FILES, LEARNING_EVIDENCE
from domain.documents.contents import Content, Contents
from domain.documents.document import Document
from domain.documents.documents import document_from
from domain.documents.keys import (
    DOCUMENTS,
    PROCESSED,
    RAW_FILES,
    chunk_vector_prefix,
    chunks_key,
    parse_original_key,
    parse_processed_key,
)
from domain.progress.ledger import standing_in
from domain.progress.progress import Progress
from domain.upkeep.findings import Finding
from domain.upkeep.lost_rows import lost_rows
from ports.errors import Unavailable
from ports.inventory import Inventory
from ports.object_store import ObjectStore
from ports.paging import every
from ports.vector_store import VectorStore

_CHUNK = "_chunk_"
_ALL_VECTORS = "user_"

Report = Callable[[str], None]
"""A function that is called with a line about the progress."""


class Checking:
    def __init__(
        self,
        inventory: Inventory,
        contents: Contents,
        objects: ObjectStore,
        vectors: VectorStore,
        progress: Progress,
    ) -> None:
        self._inventory = inventory
        self._contents = contents
        self._objects = objects
        self._vectors = vectors
        self._progress = progress

    def documents(self) -> dict[str, Document]:
        """Every document that has a row, by id, including those that are being deleted."""
        rows = map(document_from, self._inventory.rows(FILES))
        return {document.file_id: document for document in rows}

    def findings(self, report: Report) -> list[Finding]:
        """Everything that is wrong. Documents that are being processed are left to the sweeper.

        Raises ``UpstreamError``, and ``Damaged`` if a store is not readable at all.
        """
        documents = self.documents()
        originals = {
            key: named for key in self._objects.keys(RAW_FILES) if (named := parse_original_key(key))
        }
        processed = set(self._objects.keys(PROCESSED))
        vectors = self._vectors_by_prefix()
        report(
            f"{len(documents)} rows, {len(originals)} originals, {sum(map(len, vectors.values()))} vectors"
        )
        found: list[Finding] = []
        for count, document in enumerate(documents.values(), start=1):
            if document.status == "completed" and not document.stale_subjects:
                prefix = chunk_vector_prefix(document.user_id, document.subject_id, document.file_id)
                found += self._of_document(document, vectors.get(prefix, {}))
            if count % 100 == 0:
                report(f"{count} of {len(documents)} documents compared")
        found += self._without_row(documents, originals.keys(), processed)
        found += _without_document(documents, vectors)
        found += self._concepts()
        found += self._rows()
        report("rows of conversations, quizzes, interviews and evidence compared")
        return found

    def _vectors_by_prefix(self) -> dict[str, dict[int, str]]:
        """The ids of all chunk vectors: by the prefix of their document, then by the number of their chunk."""
        found: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for vector_id in every(lambda cursor: self._vectors.ids(DOCUMENTS, _ALL_VECTORS, cursor=cursor)):
            document, mark, number = vector_id.rpartition(_CHUNK)
            if mark and number.isdecimal():
                found[document + mark][int(number)] = vector_id
        return found

    def _of_document(self, document: Document, vectors: dict[int, str]) -> Iterator[Finding]:
        owner, file_id = document.user_id, document.file_id
        original = self._objects.info(document.key)
        has_original = original is not None and document.source_etag in (None, original.etag)
        content = self.content(document)
        if content is None or not self._contents.is_whole(document, content):
            yield Finding("text_lost" if has_original else "document_lost", owner, file_id)
            return
        if not has_original:
            yield Finding("original_lost", owner, file_id)
        count = len(content.chunks)
        lost = count - sum(number < count for number in vectors)
        if lost:
            yield Finding("vectors_lost", owner, file_id, missing=lost)
        surplus = tuple(vector_id for number, vector_id in vectors.items() if number >= count)
        if surplus:
            yield Finding("vectors_left_over", owner, file_id, surplus)

    def content(self, document: Document) -> Content | None:
        """The content of the document's present bytes; None if it is missing or not readable."""
        try:
            content = self._contents.find(document)
        except Unavailable:
            return None
        return content if content is not None and content.source_etag == document.source_etag else None

    def _without_row(
        self, documents: dict[str, Document], originals: Iterable[str], processed: set[str]
    ) -> Iterator[Finding]:
        derived: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for key in sorted(processed):
            named = parse_processed_key(key)
            if named is not None and named.file_id not in documents:
                derived[named.user_id, named.file_id].append(key)
        for key in originals:
            named = parse_original_key(key)
            if named is None or named.file_id in documents:
                continue
            owner, file_id = named.user_id, named.file_id
            keys = derived.pop((owner, file_id), [])
            is_known = chunks_key(owner, file_id) in keys
            yield Finding("row_lost" if is_known else "original_without_row", owner, file_id, (key, *keys))
        for (owner, file_id), keys in derived.items():
            yield Finding("objects_left_over", owner, file_id, tuple(keys))

    def _concepts(self) -> Iterator[Finding]:
        for row in self._inventory.rows(LEARNING_EVIDENCE):
            standing = standing_in(row)
            if standing is not None:
                missing = self._progress.unprojected(standing)
                if missing:
                    yield Finding("concepts_lost", standing.user_id, standing.subject_id, missing=missing)

    def _rows(self) -> Iterator[Finding]:
        for lost in lost_rows(self._inventory):
            yield Finding("named_row_lost", lost.owner, f"{lost.table} {lost.key}", missing=lost.count)


def _without_document(
    documents: dict[str, Document], vectors: dict[str, dict[int, str]]
) -> Iterator[Finding]:
    known = {
        chunk_vector_prefix(one.user_id, subject, one.file_id)
        for one in documents.values()
        for subject in one.indexed_subjects
    }
    for prefix, ids in vectors.items():
        if prefix not in known:
            yield Finding("vectors_left_over", names=tuple(ids.values()))
