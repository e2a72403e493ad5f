"""The repository of documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from domain.access.classes import class_owner
from domain.base.errors import NotFound
from domain.base.moments import to_text
from domain.base.tables import FILES, PENDING_INDEX
from domain.documents.document import Document, IngestionProgress, Recognition, Status, warning_from
from ports.key_value_store import ConditionFailed, Item, KeyValueStore, cursor_after
from ports.paging import Page, every, pages

_PAGE = 100
_PENDING = "documents"


class LeaseLost(Exception):
    """Another worker changed the document since it was read: it took the lease or deleted the document."""


class Documents:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def add(self, document: Document) -> Document:
        """Store a new document and return it. If its id is taken, return the stored document.

        Raises ``NotFound`` if the id is taken by another owner's document or by a deleted one.
        """
        try:
            self._store.put(FILES, _to_item(document), unless_exists=True)
        except ConditionFailed:
            return self.get(document.user_id, document.file_id)
        return document

    def get(self, owner: str, file_id: str) -> Document:
        """The owner's document. Raises ``NotFound`` if it does not exist, is deleted or belongs to another owner."""
        document = self.find(owner, file_id)
        if document is None or not document.is_visible:
            raise NotFound("file_not_found", "There is no such document.")
        return document

    def find(self, owner: str, file_id: str) -> Document | None:
        """The owner's document in any state; None if there is none."""
        item = self._store.get(FILES, {"file_id": file_id})
        if item is None or item["user_id"] != owner:
            return None
        return document_from(item)

    def find_among(self, owners: Collection[str], file_id: str) -> Document | None:
        """The document if it is visible and belongs to one of the owners; else None."""
        item = self._store.get(FILES, {"file_id": file_id})
        if item is None or item["user_id"] not in owners:
            return None
        document = document_from(item)
        return document if document.is_visible else None

    def is_class_material(self, subject_id: str, file_id: str) -> bool:
        """Whether the document is visible and belongs to the class of the subject."""
        return self.find_among((class_owner(subject_id),), file_id) is not None

    def searchable(self, owners: Collection[str], file_ids: Sequence[str]) -> dict[str, Document]:
        """The searchable documents with one of these ids that belong to one of the owners, by id."""
        items = self._store.get_many(FILES, [{"file_id": file_id} for file_id in file_ids])
        documents = (document_from(item) for item in items if item is not None and item["user_id"] in owners)
        return {document.file_id: document for document in documents if document.is_searchable}

    def page(
        self,
        owner: str,
        *,
        subject_id: str | None,
        session_id: str | None,
        status: Status | None,
        limit: int,
        cursor: str | None,
    ) -> Page[Document]:
        """Up to ``limit`` documents of the owner, newest first. Subject, session and status filter them where not None."""
        kept: list[Document] = []
        for page in pages(
            lambda at: self._store.query(
                FILES,
                owner,
                index="user-id-index",
                descending=True,
                limit=max(limit, _PAGE) if subject_id or session_id or status else limit,
                cursor=at,
            ),
            cursor,
        ):
            for item in page.items:
                document = document_from(item)
                if (
                    document.is_visible
                    and subject_id in (None, document.subject_id)
                    and session_id in (None, document.session_id)
                    and status in (None, document.status)
                ):
                    kept.append(document)
                    if len(kept) == limit:
                        last = item is page.items[-1] and page.cursor is None
                        return Page(kept, None if last else cursor_after(FILES, item, "user-id-index"))
        return Page(kept, None)

    def save(self, document: Document) -> Document:
        """Store the change and return the document at its new version.

        Raises ``LeaseLost`` if the stored document is at another version.
        """
        changed = replace(document, version=document.version + 1)
        try:
            self._store.put(FILES, _to_item(changed), if_version=document.version)
        except ConditionFailed:
            raise LeaseLost(document.file_id) from None
        return changed

    def discard(self, document: Document) -> None:
        """Delete the row. Raises ``LeaseLost`` if the stored document is at another version."""
        try:
            self._store.delete(FILES, {"file_id": document.file_id}, if_version=document.version)
        except ConditionFailed:
            raise LeaseLost(document.file_id) from None

    def due(self, now: datetime) -> Iterator[Document]:
        """The documents of all owners that are due. Only the sweeper may call this."""
        for item in every(
            lambda cursor: self._store.query(
                FILES, _PENDING, index=PENDING_INDEX, up_to=to_text(now), limit=_PAGE, cursor=cursor
            )
        ):
            fresh = self._store.get(FILES, {"file_id": item["file_id"]})
            if fresh is not None:
                document = document_from(fresh)
                if document.is_due(now):
                    yield document


def _to_item(document: Document) -> Item:
    fields = ((name, getattr(document, name)) for name in Document.__dataclass_fields__)
    item: Item = {name: value for name, value in fields if value is not None}
    item["attempts"] = item.pop("tries")
    item["progress"] = asdict(document.progress)
    if document.recognition is not None:
        item["recognition"] = {
            "pages": list(document.recognition.pages),
            "looks": document.recognition.looks,
        }
    item["s3_key"] = document.key
    item["tags"] = list(document.tags)
    item["stale_subjects"] = list(document.stale_subjects)
    item["warnings"] = [warning.stored() for warning in document.warnings]
    item["extracted_concepts"] = list(document.extracted_concepts)
    if document.sweep_at is not None:
        item["pending"] = _PENDING
    if not document.is_visible:
        del item["upload_timestamp"]  # without it, the row is in no index that lists the owner's documents
        item["uploaded_at"] = document.upload_timestamp
    return item


def document_from(item: Item) -> Document:
    """The document that a row holds. Also reads rows that versions before 0.3 wrote."""
    fields = {name: value for name, value in item.items() if name in Document.__dataclass_fields__}
    fields["upload_timestamp"] = item.get("upload_timestamp") or item["uploaded_at"]
    fields["tags"] = tuple(item["tags"])
    fields["stale_subjects"] = tuple(item.get("stale_subjects", ()))
    fields["warnings"] = tuple(map(warning_from, item["warnings"]))
    fields["extracted_concepts"] = tuple(item["extracted_concepts"])
    fields["tries"] = item.get("attempts", 0)
    fields["progress"] = IngestionProgress(**item["progress"])
    begun = item.get("recognition")
    fields["recognition"] = (
        None
        if begun is None
        else Recognition(tuple(int(page) for page in begun["pages"]), int(begun["looks"]))
    )
    if fields["status"] == "failed":  # rows from before version 0.3 say "done"
        fields["progress"] = replace(fields["progress"], stage="failed")
    return Document(**fields)
