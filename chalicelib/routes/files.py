"""Routes of documents: upload, list, read, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.http import Answer, Api, Call, NoBody, Refusals
from chalicelib.schemas import Deleted, Identifier, PageQuery
from domain.base.errors import InvalidRequest, LyceumError, NotFound
from domain.documents.document_words import DocumentType

if TYPE_CHECKING:
    from domain.documents.contents import StoredChunk
    from domain.documents.document import Document, Labels, NewDocument

VisibleStatus = Literal["awaiting_upload", "processing", "completed", "failed"]
FileName = Annotated[str, Meta(max_length=5000)]
ContentType = Annotated[str, Meta(max_length=255)]
Tag = Annotated[str, Meta(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Meta(max_length=20)]

UPLOAD_REFUSALS: Refusals = {
    "session_not_found": (404, "The class session does not exist, or is not of the subject."),
    "too_large": (413, "The file is larger than is accepted."),
    "unsupported_type": (415, "This type of file is not supported."),
    "empty_file": (422, "The file is empty."),
    "bad_name": (422, "The file name is empty, too long, or has characters that a name may not have."),
    "daily_pages_used": (429, "Today's pages are used up."),
}
DOCUMENT_BUSY: Refusals = {
    "document_busy": (409, "The document is being processed. Try again soon."),
}
REFUSES_LABELS: Refusals = {
    "file_not_found": (404, "The document does not exist, or belongs to another person."),
    "session_not_found": (404, "The class session does not exist, or is not of the subject."),
    **DOCUMENT_BUSY,
    "type_mismatch": (415, "The name ends as one of another type."),
    "bad_name": (422, "The file name is empty, too long, or has characters that a name may not have."),
}
UNREADABLE: Refusals = {
    "file_not_found": (404, "The document does not exist, or belongs to another person."),
    "not_uploaded": (409, "Nothing was uploaded yet."),
    "type_mismatch": (415, "The contents of the file do not match the ending of its name."),
    "too_many_pages": (422, "The document has more pages than are accepted."),
    "encrypted": (422, "The document is protected with a password."),
    "no_text": (422, "No text was found in the document."),
    "corrupt": (422, "The document is damaged."),
    "decompression_bomb": (422, "The document unpacks to far more than its size allows."),
    "empty_file": (422, "The file is empty."),
    "too_large": (413, "The file is larger than is accepted."),
    "unreadable_scan": (422, "No text could be recognised in the document."),
    "lost": (422, "The stored data of the document was lost. Upload it again."),
    "processing_failed": (422, "The document could not be processed."),
    "daily_pages_used": (429, "Today's pages are used up."),
}


class UploadForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the client says about a document. The document itself is the form's part ``file``."""

    subject_id: Identifier | None = None
    session_id: Identifier | None = None
    document_type: DocumentType = "notes"
    tags: Tags = []


class UploadRequest(UploadForm, forbid_unknown_fields=True, kw_only=True):
    file_name: FileName
    content_type: ContentType
    file_size: Annotated[int, Meta(ge=0, le=2**53)]


class PresignedUpload(msgspec.Struct):
    url: str
    fields: dict[str, str]


class UploadAnswer(msgspec.Struct):
    file_id: str
    file_key: str
    upload: PresignedUpload
    expires_in: int


class ConfirmUpload(msgspec.Struct, forbid_unknown_fields=True):
    file_key: Annotated[str, Meta(min_length=1, max_length=1024)]
    file_name: FileName | None = None
    """Ignored: the document keeps the name that the client gave when it asked for the upload."""


class WarningBody(msgspec.Struct):
    """A part of a document that could not be read."""

    code: Literal["unreadable_pages", "pages_without_text", "unreadable_letters", "unreadable_scan"]
    pages: list[int]
    message: str


class TakenIn(msgspec.Struct):
    file_id: str
    file_key: str
    filename: str
    status: VisibleStatus
    chunks_created: int | None
    vectors_stored: int | None
    warnings: list[WarningBody]


class ProgressBody(msgspec.Struct):
    stage: str
    done: int
    total: int


class FileBody(msgspec.Struct):
    file_id: str
    filename: str
    file_key: str
    subject_id: str | None
    session_id: str | None
    document_type: str
    tags: list[str]
    status: VisibleStatus
    searchable: bool
    progress: ProgressBody
    file_size: int
    page_count: int | None
    chunks_created: int | None
    content_preview: str | None
    extracted_concepts: list[str]
    warnings: list[WarningBody]
    error_code: str | None
    error_message: str | None
    upload_timestamp: str
    updated_at: str


class FileList(msgspec.Struct):
    items: list[FileBody]
    next_cursor: str | None


class FileQuery(PageQuery, frozen=True):
    subject_id: Identifier | None = None
    session_id: Identifier | None = None
    status: VisibleStatus | None = None


class LabelsChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A label that is absent stays as it is. Null removes the document from its subject or session."""

    file_name: FileName | UnsetType = UNSET
    filename: FileName | UnsetType = UNSET
    """Another name for ``file_name``, the one that a document's record uses."""
    session_id: Identifier | UnsetType | None = UNSET
    document_type: DocumentType | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class FileChange(LabelsChange, forbid_unknown_fields=True, kw_only=True):
    subject_id: Identifier | UnsetType | None = UNSET


class DownloadQuery(msgspec.Struct, frozen=True):
    """With ``inline``, a browser displays a PDF or text in the page. Files of other types are always saved."""

    inline: Literal["true", "false"] = "false"


class DownloadAnswer(msgspec.Struct):
    url: str
    expires_in: int


class ChunkBody(msgspec.Struct):
    """The first and last page are null if the document does not tell its pages. If the chunk begins inside a table,
    ``column_heads`` are the heads of that table's columns. ``recognised`` is true if text recognition read some of the
    chunk from a picture.
    """

    chunk_id: str
    index: int
    page: int | None
    page_end: int | None
    start: int
    end: int
    text: str
    heading: str | None
    heading_path: list[str]
    column_heads: list[str]
    recognised: bool


class ChunkAnswer(ChunkBody):
    file_id: str
    filename: str
    previous: ChunkBody | None
    next: ChunkBody | None


def register(api: Api) -> None:
    @api.route(
        "POST",
        "/api/files/upload-url",
        body=UploadRequest,
        example=UploadRequest(file_name="newtons-laws.txt", content_type="text/plain", file_size=5),
        answers=UploadAnswer,
        reaches=("key_value_store", "object_store"),
        creates=True,
        refuses=UPLOAD_REFUSALS,
    )
    def offer_upload(call: Call[UploadRequest, NoBody]) -> UploadAnswer:
        """Get permission to upload a document directly to the object store."""
        wanted = call.body
        new = _new_document(wanted.file_name, wanted.content_type, wanted)
        offer = call.services.library.offer_upload(call.learner, new, wanted.file_size, call.new_id())
        upload = PresignedUpload(offer.upload.url, offer.upload.fields)
        return UploadAnswer(offer.document.file_id, offer.document.key, upload, offer.expires_in)

    @api.route(
        "POST",
        "/api/files",
        body=ConfirmUpload,
        example=ConfirmUpload(file_key="raw-files/user_ada/0c6f5c1e_original.txt"),
        form=UploadForm,
        answers=TakenIn,
        reaches=("embedder", "key_value_store", "object_store", "text_recogniser", "vector_store"),
        statuses=(202,),
        creates=True,
        refuses={**UPLOAD_REFUSALS, **UNREADABLE},
    )
    def take_in_file(call: Call[ConfirmUpload | UploadForm, NoBody]) -> Answer:
        """Upload a small document in the request.

        A JSON body like that of `POST /api/files/confirm` is accepted too.
        """
        if isinstance(call.body, ConfirmUpload):
            return _taken_in(call.services.library.confirm(call.learner, call.body.file_key))
        if call.form is None:
            raise InvalidRequest("malformed_form", "The body is not multipart/form-data.")
        new = _new_document(call.form.file_name, call.form.content_type, call.body)
        try:
            document = call.services.library.store(call.learner, new, call.form.data, call.new_id())
        except LyceumError as refused:
            if refused.field in ("file_name", "file_size"):
                refused.field = "file"  # the form's part `file` has both
            raise
        return _taken_in(document)

    @api.route(
        "POST",
        "/api/files/confirm",
        body=ConfirmUpload,
        example=ConfirmUpload(file_key="raw-files/user_ada/0c6f5c1e_original.txt"),
        answers=TakenIn,
        reaches=("embedder", "key_value_store", "object_store", "text_recogniser", "vector_store"),
        statuses=(202,),
        creates=True,
        refuses=UNREADABLE,
    )
    def confirm_upload(call: Call[ConfirmUpload, NoBody]) -> Answer:
        """Confirm that a presigned upload is complete."""
        return _taken_in(call.services.library.confirm(call.learner, call.body.file_key))

    @api.route("GET", "/api/files", query=FileQuery, answers=FileList)
    def list_files(call: Call[NoBody, FileQuery]) -> FileList:
        """The learner's documents, newest first."""
        query = call.query
        page = call.services.library.page(
            call.learner,
            subject_id=query.subject_id,
            session_id=query.session_id,
            status=query.status,
            limit=query.limit,
            cursor=query.cursor,
        )
        return FileList([file_body(document) for document in page.items], page.cursor)

    @api.route("GET", "/api/files/{file_id}", answers=FileBody)
    def get_file(call: Call[NoBody, NoBody], file_id: str) -> FileBody:
        """One document and the progress of its processing."""
        return file_body(call.services.library.get(call.learner, file_id))

    @api.route(
        "GET",
        "/api/files/{file_id}/download-url",
        query=DownloadQuery,
        answers=DownloadAnswer,
        reaches=("key_value_store", "object_store"),
        refuses={
            "not_uploaded": (409, "Nothing was uploaded yet."),
            "document_failed": (409, "The document could not be read, and nothing of it is kept."),
        },
    )
    def download_file(call: Call[NoBody, DownloadQuery], file_id: str) -> DownloadAnswer:
        """A link to the original file, valid for some minutes. With `inline=true`, a browser displays the file."""
        inline = call.query.inline == "true"
        return DownloadAnswer(*call.services.library.download_url(call.learner, file_id, inline=inline))

    @api.route(
        "GET",
        "/api/files/{file_id}/chunks/{index}",
        answers=ChunkAnswer,
        reaches=("key_value_store", "object_store"),
        refuses={
            "chunk_not_found": (404, "The document has no such chunk."),
            "document_not_ready": (409, "The document is not processed yet."),
        },
    )
    def get_chunk(call: Call[NoBody, NoBody], file_id: str, index: str) -> ChunkAnswer:
        """A chunk and its neighbours: the text around a citation."""
        document = call.services.library.get(call.learner, file_id)
        if not (index.isascii() and index.isdecimal() and len(index) < 10):
            raise NotFound("chunk_not_found", "The document has no such chunk.")
        view = call.services.library.chunk(document, int(index))
        return ChunkAnswer(
            file_id=file_id,
            filename=document.filename,
            previous=_chunk_body(view.previous) if view.previous else None,
            next=_chunk_body(view.next) if view.next else None,
            **msgspec.structs.asdict(_chunk_body(view.chunk)),
        )

    @api.route(
        "PATCH",
        "/api/files/{file_id}",
        body=FileChange,
        example=FileChange(file_name="newtons-laws-2.txt", tags=["exam"]),
        answers=FileBody,
        reaches=("key_value_store", "object_store", "vector_store"),
        refuses=REFUSES_LABELS,
    )
    def change_file(call: Call[FileChange, NoBody], file_id: str) -> FileBody:
        """Change a document's name, subject, class session, type or tags. Searches follow within moments."""
        return file_body(call.services.library.change(call.learner, file_id, labels_of(call.body)))

    @api.route(
        "DELETE",
        "/api/files/{file_id}",
        answers=Deleted,
        reaches=("key_value_store", "object_store", "vector_store"),
        refuses=DOCUMENT_BUSY,
    )
    def delete_file(call: Call[NoBody, NoBody], file_id: str) -> Deleted:
        """Delete a document and everything that was made from it."""
        call.services.library.delete(call.learner, file_id)
        return Deleted(deleted=True)


def labels_of(change: LabelsChange) -> Labels:
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    if "filename" in given:
        given.setdefault("file_name", given.pop("filename"))
        given.pop("filename", None)
    if "tags" in given:
        given["tags"] = tuple(given["tags"])
    return cast("Labels", given)


def _new_document(file_name: str, content_type: str, form: UploadForm) -> NewDocument:
    from domain.documents.document import NewDocument

    return NewDocument(
        file_name, content_type, form.subject_id, form.session_id, form.document_type, tuple(form.tags)
    )


def file_body(document: Document) -> FileBody:
    from domain.documents.document import reason

    code = document.error_code
    return FileBody(
        file_id=document.file_id,
        filename=document.filename,
        file_key=document.key,
        subject_id=document.subject_id,
        session_id=document.session_id,
        document_type=document.document_type,
        tags=list(document.tags),
        status=_visible(document.status),
        searchable=document.is_searchable,
        progress=ProgressBody(document.progress.stage, document.progress.done, document.progress.total),
        file_size=document.file_size,
        page_count=document.page_count,
        chunks_created=document.chunks_created,
        content_preview=document.content_preview,
        extracted_concepts=list(document.extracted_concepts),
        warnings=_warnings(document),
        error_code=code,
        error_message=reason(code) if code else None,
        upload_timestamp=document.upload_timestamp,
        updated_at=document.updated_at,
    )


def _warnings(document: Document) -> list[WarningBody]:
    return [WarningBody(warning.code, list(warning.pages), warning.message) for warning in document.warnings]


def _taken_in(document: Document) -> Answer:
    is_done = document.status == "completed"
    count = document.chunks_created if is_done else None
    answer = TakenIn(
        document.file_id,
        document.key,
        document.filename,
        _visible(document.status),
        count,
        count,
        _warnings(document),
    )
    return Answer(200 if is_done else 202, answer)


def _visible(status: str) -> VisibleStatus:
    """The status as clients know it. A document that a learner can see has one of these statuses."""
    return cast(VisibleStatus, status)


def _chunk_body(chunk: StoredChunk) -> ChunkBody:
    return ChunkBody(
        chunk_id=f"chunk_{chunk.index}",
        index=chunk.index,
        page=chunk.page,
        page_end=chunk.page_end,
        start=chunk.start,
        end=chunk.end,
        text=chunk.text,
        heading=chunk.heading,
        heading_path=list(chunk.layout.heading_path(chunk.start)),
        column_heads=list(chunk.layout.column_heads or ()),
        recognised=chunk.recognised,
    )
