"""The use cases of a learner's documents: upload, read, relabel and remove."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.access.allowances import Allowances
from domain.access.classes import class_owner
from domain.access.receipts import Receipts
from domain.access.subjects import Subjects
from domain.base.errors import Conflict, NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.documents.contents import Contents, StoredChunk
from domain.documents.document import (
    CONTENT_TYPES,
    PAGES_USED,
    PICTURES,
    SHOWN_AS,
    Document,
    Labels,
    NewDocument,
    Status,
    clean_name,
    extension_of,
    refusal,
    renamed,
    upload_type,
)
from domain.documents.document_words import UPLOAD_SECONDS
from domain.documents.documents import Documents, LeaseLost
from domain.documents.ingestion import Ingestion
from domain.documents.keys import parse_original_key
from domain.documents.knowledge_bases import KnowledgeBaseUpkeep
from domain.documents.recognition import Recognising
from domain.documents.relabelling import Relabelling
from ports.directory import Subject
from ports.errors import Damaged, TimedOut
from ports.object_store import ObjectStore, PresignedPost
from ports.paging import Page
from ports.system import Clock

DOWNLOAD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class UploadOffer:
    """A document that waits for its upload, and the form with which a client uploads it."""

    document: Document
    upload: PresignedPost
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A chunk and its neighbours in the document; None at the start and the end."""

    chunk: StoredChunk
    previous: StoredChunk | None
    next: StoredChunk | None


class Library:
    def __init__(
        self,
        documents: Documents,
        contents: Contents,
        objects: ObjectStore,
        ingestion: Ingestion,
        recognising: Recognising,
        subjects: Subjects,
        receipts: Receipts,
        clock: Clock,
        knowledge_bases: KnowledgeBaseUpkeep,
        allowances: Allowances,
        relabelling: Relabelling,
        *,
        max_upload_bytes: int,
        inline_seconds: float,
        inline_bytes: int,
    ) -> None:
        self._documents = documents
        self._contents = contents
        self._objects = objects
        self._ingestion = ingestion
        self._recognising = recognising
        self._subjects = subjects
        self._receipts = receipts
        self._clock = clock
        self._knowledge_bases = knowledge_bases
        self._allowances = allowances
        self._relabelling = relabelling
        self._max_upload_bytes = max_upload_bytes
        self._inline_seconds = inline_seconds
        self._inline_bytes = inline_bytes

    def offer_upload(
        self, learner: Learner, new: NewDocument, size: int, file_id: str, *, owner: str | None = None
    ) -> UploadOffer:
        """Permission to upload ``size`` bytes as the document ``file_id`` of the learner, or of ``owner``.

        A repeated call with the same ``file_id`` offers the same document. Raises ``NotFound`` if the subject or
        session is not the learner's, ``OverLimit`` if no page is left of today's allowance, and the refusals for the
        name, the type and the size.
        """
        made = self._new(learner, new, size, file_id)
        if owner is not None:
            made = replace(made, user_id=owner)
        self._allowances.check(made.user_id, "pages")
        document = self._documents.add(made.awaiting(self._clock.now()))
        upload = self._objects.presign_upload(
            document.key,
            content_type=upload_type(new.content_type, document.extension),
            size=document.file_size,
            expires_in=UPLOAD_SECONDS,
        )
        return UploadOffer(document, upload, UPLOAD_SECONDS)

    def store(self, learner: Learner, new: NewDocument, body: bytes, file_id: str) -> Document:
        """Store a document whose bytes came with the request, and process it for the time that a request has.

        If it is found to be unreadable in that time, raises its refusal and keeps nothing. A repeated call with the
        same ``file_id`` continues where the first one stopped. Raises as ``offer_upload``, ``LeaseLost`` if another
        request with the same ``file_id`` is storing the bytes, and ``NotFound`` if the document was removed meanwhile.
        """
        made = self._new(learner, new, len(body), file_id)
        self._allowances.check(learner.user_id, "pages")
        document = self._documents.add(made.awaiting(self._clock.now()))
        try:
            if document.status in ("awaiting_upload", "processing"):
                is_there = self._objects.info(document.key) is not None
                document = (
                    self._processed(document, len(body)) if is_there else self._store_bytes(document, body)
                )
            if document.status == "failed":
                self._documents.discard(document)
        except LeaseLost:
            document = self._taken_by_another(document)
        return self._unless_failed(document, field="file")

    def _taken_by_another(self, document: Document) -> Document:
        """The stored document, which another worker has changed meanwhile.

        Raises ``LeaseLost`` if its bytes are not stored yet: the upload may then be repeated.
        """
        document = self._documents.get(document.user_id, document.file_id)
        if document.status in ("awaiting_upload", "processing") and self._objects.info(document.key) is None:
            raise LeaseLost(document.file_id)
        return self._announced(document) if document.status == "awaiting_upload" else document

    def _store_bytes(self, document: Document, body: bytes) -> Document:
        """Store the bytes of a document that has none yet. If it is small, process it at once."""
        is_small = len(body) <= self._inline_bytes
        if is_small:
            # The row is leased first, so that the event about the stored bytes finds the document taken.
            document = self._documents.save(document.leased(self._clock.now()))
        try:
            self._objects.put(document.key, body, CONTENT_TYPES[document.extension])
        except TimedOut:
            raise  # the bytes may be stored: the sweeper or a repeated request finds out
        except Exception:
            self._documents.discard(document)
            raise
        if not is_small:
            return self._announced(document)
        info = self._objects.info(document.key)
        document = self._documents.save(replace(document, source_etag=info.etag if info else None))
        return self._ingestion.ingest_leased(document, within=self._inline_seconds)

    def _processed(self, document: Document, size: int) -> Document:
        """Process a document whose bytes are stored for the time that a request has. A large one is left to a worker."""
        if size <= self._inline_bytes:
            return self._ingestion.ingest(document, within=self._inline_seconds)
        return self._announced(document) if document.status == "awaiting_upload" else document

    def _announced(self, document: Document) -> Document:
        """Mark the document as ready for a worker. So it is processed even if the event about its bytes is lost."""
        try:
            return self._documents.save(document.announced(self._clock.now()))
        except LeaseLost:
            return self._documents.get(document.user_id, document.file_id)

    def _unless_failed(self, document: Document, *, field: str | None = None) -> Document:
        """The same document. Raises its refusal if it failed, or ``NotFound`` if it was removed meanwhile."""
        if document.status == "failed" and document.error_code == PAGES_USED:
            raise self._allowances.used_up("pages")
        if document.status == "failed":
            raise refusal(document.error_code or "corrupt", field=field)
        if not document.is_visible:
            raise NotFound("file_not_found", "There is no such document.")
        return document

    def confirm(self, learner: Learner, file_key: str) -> Document:
        """Process a document that the client reports as uploaded. The store's own event may come before or after this.

        Raises ``NotFound``, ``Conflict`` if nothing is uploaded yet, and the refusal of an unreadable document.
        """
        named = parse_original_key(file_key)
        if named is None or named.user_id != learner.user_id:
            raise NotFound("file_not_found", "There is no such document.")
        document = self._documents.get(learner.user_id, named.file_id)
        if document.status in ("awaiting_upload", "processing"):
            info = self._objects.info(document.key)
            if info is None and document.status == "awaiting_upload":
                raise Conflict("not_uploaded", "Nothing has been uploaded under this key yet.")
            document = self._processed(document, 0 if info is None else info.size)
        return self._unless_failed(document)

    def _new(self, learner: Learner, new: NewDocument, size: int, file_id: str) -> Document:
        name = clean_name(new.file_name)
        extension = extension_of(name)
        if extension in PICTURES and not self._recognising.reads(extension):
            raise refusal("unsupported_type", field="file_name")
        if size == 0:
            raise refusal("empty_file", field="file_size")
        if size > self._max_upload_bytes:
            raise refusal("too_large", field="file_size")
        subject_id = new.subject_id
        if new.session_id is not None:
            session = self._subjects.session(learner, new.session_id)
            if subject_id not in (None, session.subject_id):
                raise NotFound("session_not_found", "There is no such class session.")
            subject_id = session.subject_id
        subject = self._subjects.get(learner, subject_id) if subject_id is not None else None
        now = to_text(self._clock.now())
        return Document(
            file_id=file_id,
            user_id=learner.user_id,
            filename=name,
            extension=extension,
            document_type=new.document_type,
            status="awaiting_upload",
            upload_timestamp=now,
            updated_at=now,
            file_size=size,
            subject_id=subject_id,
            subject_name=subject.name if subject else None,
            session_id=new.session_id,
            tags=new.tags,
        )

    def page(
        self,
        learner: Learner,
        *,
        subject_id: str | None = None,
        session_id: str | None = None,
        status: Status | None = None,
        limit: int,
        cursor: str | None,
    ) -> Page[Document]:
        """The learner's documents, newest first. Raises ``NotFound`` if the subject is not one of theirs."""
        if subject_id is not None:
            self._subjects.get(learner, subject_id)
        return self._documents.page(
            learner.user_id,
            subject_id=subject_id,
            session_id=session_id,
            status=status,
            limit=limit,
            cursor=cursor,
        )

    def in_subject(self, learner: Learner, subject: Subject, limit: int) -> list[Document]:
        """The latest ``limit`` documents of a subject, newest first: the learner's own and the class's."""
        documents = [
            document
            for owner in (learner.user_id, class_owner(subject.subject_id))
            for document in self._documents.page(
                owner,
                subject_id=subject.subject_id,
                session_id=None,
                status=None,
                limit=limit,
                cursor=None,
            ).items
        ]
        return sorted(documents, key=lambda one: one.upload_timestamp, reverse=True)[:limit]

    def get(self, learner: Learner, file_id: str) -> Document:
        """A document that the learner may read: their own, or material of one of their classes. Raises ``NotFound``."""
        document = self._documents.find_among((learner.user_id,), file_id)
        if document is None:
            classes = [class_owner(subject.subject_id) for subject in self._subjects.of(learner)]
            document = self._documents.find_among(classes, file_id)
        if document is None:
            raise NotFound("file_not_found", "There is no such document.")
        return document

    def download_url(self, learner: Learner, file_id: str, *, inline: bool = False) -> tuple[str, int]:
        """A URL that serves the original as an attachment, and the number of seconds for which the URL is valid.

        With ``inline``, a browser may show the document in a page if its type is in ``SHOWN_AS``. HTML is then served
        as plain text, so that nothing in it runs. Raises ``NotFound``, and ``Conflict`` if no original is stored:
        nothing was uploaded, or the document was refused.
        """
        document = self.get(learner, file_id)
        if document.is_refused:
            raise Conflict("document_failed", "The document could not be read and was not kept.")
        if document.status == "awaiting_upload" and self._objects.info(document.key) is None:
            raise Conflict("not_uploaded", "Nothing has been uploaded for this document yet.")
        url = self._objects.presign_download(
            document.key,
            file_name=document.filename,
            expires_in=DOWNLOAD_SECONDS,
            shown_as=SHOWN_AS.get(document.extension) if inline else None,
        )
        return url, DOWNLOAD_SECONDS

    def change(self, learner: Learner, file_id: str, labels: Labels, *, owner: str | None = None) -> Document:
        """Change the labels of a document of the learner, or of ``owner``. A repeated call changes nothing.

        A new session also sets its subject. A new subject clears the session, unless a session is given. Raises
        ``NotFound`` for a document, subject or session that is not theirs, the refusal of a bad name, and ``Conflict``
        while it is processed.
        """
        owner = owner or learner.user_id

        def changed() -> Document:
            document = self._documents.get(owner, file_id)
            wanted = self._relabelled(learner, document, labels)
            if wanted == document:
                return document
            if document.status == "processing":
                raise Conflict(
                    "document_busy", "The document is being processed. Try again soon.", retry_after=5
                )
            return self._documents.save(document.relabelled(wanted, self._clock.now()))

        try:
            return self._relabelling.relabel(retried(changed, on=LeaseLost))
        except LeaseLost:
            raise Conflict(
                "document_busy", "The document is changing right now. Try again.", retry_after=2
            ) from None

    def _relabelled(self, learner: Learner, document: Document, labels: Labels) -> Document:
        subject_id = labels.get("subject_id", document.subject_id)
        session_id = labels.get("session_id", document.session_id)
        if "session_id" in labels and session_id is not None:
            session = self._subjects.session(learner, session_id)
            if labels.get("subject_id", session.subject_id) not in (None, session.subject_id):
                raise NotFound("session_not_found", "There is no such class session.")
            subject_id = session.subject_id
        elif subject_id != document.subject_id:
            session_id = None
        subject_name = document.subject_name
        if subject_id != document.subject_id:
            subject_name = self._subjects.get(learner, subject_id).name if subject_id is not None else None
        name = labels.get("file_name")
        return replace(
            document,
            filename=document.filename if name is None else renamed(name, document),
            subject_id=subject_id,
            subject_name=subject_name,
            session_id=session_id,
            document_type=labels.get("document_type", document.document_type),
            tags=labels.get("tags", document.tags),
        )

    def chunk(self, document: Document, index: int) -> ChunkView:
        """A chunk of the document with its neighbours.

        Raises ``NotFound`` if there is no such chunk, ``Conflict`` until the document is searchable, and ``Damaged`` if
        its chunks are lost.
        """
        if not document.is_searchable:
            raise Conflict("document_not_ready", "The document is not processed completely yet.")
        content = self._contents.find(document)
        if content is None and self._documents.find_among((document.user_id,), document.file_id) is not None:
            raise Damaged("object_store", "the chunks of a document are missing")
        chunks = content.chunks if content is not None else ()
        if not 0 <= index < len(chunks):
            raise NotFound("chunk_not_found", "The document has no such chunk.")
        return ChunkView(
            chunk=chunks[index],
            previous=chunks[index - 1] if index > 0 else None,
            next=chunks[index + 1] if index + 1 < len(chunks) else None,
        )

    def delete(self, learner: Learner, file_id: str) -> None:
        """Remove a document of the learner, as ``remove`` does."""
        self.remove(learner.user_id, file_id)

    def remove(self, owner: str, file_id: str) -> None:
        """Remove the document and everything that was made from it. A repeated call does no harm.

        The row is marked first. From then on nobody sees the document, and its worker stops. If this call is
        interrupted, the sweeper finishes it. Raises ``NotFound``, and ``Conflict`` if other workers keep changing the
        document.
        """

        def removed() -> None:
            document = self._documents.find(owner, file_id)
            if document is None:
                raise NotFound("file_not_found", "There is no such document.")
            if document.status == "deleted":
                return
            if document.status != "deleting":
                document = self._documents.save(document.deleting(self._clock.now()))
            self._contents.remove(document)
            self._knowledge_bases.document_removed(owner)
            self._receipts.forget(owner, file_id)
            self._documents.save(document.deleted(self._clock.now()))

        try:
            retried(removed, on=LeaseLost)
        except LeaseLost:
            raise Conflict(
                "document_busy", "The document is changing right now. Try again.", retry_after=2
            ) from None
