"""A learner's document and its states.

::

    awaiting_upload ──▶ processing ──▶ completed
                          │   ▲  └───▶ failed
                          └───┘ a lease ended, or an upstream failed and is called again later

    any of them ──▶ deleting ──▶ deleted (ids only, until its time-to-live ends)

``version`` rises with each stored change and is the fence: a worker stops when it finds another version than the one it
read, because another worker took the lease or the document was deleted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from domain.base.errors import LyceumError, TooLarge, Unreadable, UnsupportedType
from domain.base.moments import after, from_text, to_epoch, to_text
from domain.documents.document_words import UPLOAD_SECONDS, DocumentType
from domain.documents.keys import original_key
from ports.text.regexes import regex

if TYPE_CHECKING:
    from ports.text_extractor import MediaType as Extension
    from ports.text_extractor import WarningCode as ExtractionWarning

    WarningCode = ExtractionWarning | Literal["unreadable_scan"]

Status = Literal["awaiting_upload", "processing", "completed", "failed", "deleting", "deleted"]

LEASE_SECONDS = 20.0
"""How long a worker's lease lasts without renewal. After that, another worker may take the document."""
TOMBSTONE_SECONDS = 86_400
_GRACE_SECONDS = 60
"""Extra time after ``UPLOAD_SECONDS`` for an upload that started while its permission was valid."""
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 600.0
_LOOK_FOR_RECOGNITION_SECONDS = 120.0
"""After this time the sweeper looks for the result of a text recognition, because the event may be lost."""
MAX_LOOKS = 500
"""How many times the sweeper looks for the result of a text recognition, over about 16 hours, before the document
fails.
"""
MAX_TRIES = 8
MAX_NAME_CHARACTERS = 255
PREVIEW_CHARACTERS = 200

RECOGNISING = "recognising"
"""The progress stage of a document that waits for its text recognition. No worker holds the document then."""
PAGES_USED = "daily_pages_used"
"""The ``error_code`` of a document that has more pages than were left of the day's allowance."""

_NAMED: dict[Extension, str] = {
    "pdf": "pdf",
    "docx": "docx docm dotx dotm",
    "pptx": "pptx pptm ppsx ppsm potx potm",
    "xlsx": "xlsx xlsm xltx xltm",
    "odt": "odt ott",
    "odp": "odp otp",
    "ods": "ods ots",
    "rtf": "rtf",
    "html": "html htm xhtml mht mhtml",
    "epub": "epub",
    "ipynb": "ipynb",
    "csv": "csv tsv",
    "md": "md markdown mdown mkd qmd rmd",
    "png": "png",
    "jpg": "jpg jpeg jpe jfif",
    "tiff": "tiff tif",
    "webp": "webp",
    "txt": (
        "txt text log tex bib rst adoc org srt vtt json xml yaml yml toml ini cfg css scss "
        "py pyw r jl m f90 c h cc cpp cxx hpp hh cs java kt kts scala groovy swift dart go rs zig js mjs cjs jsx ts tsx "
        "vue php rb pl lua sh bash zsh ps1 bat sql hs ml fs ex exs erl clj lisp scm rkt pas vb bas ada adb asm s v vhd "
        "sv ino proto graphql tf cmake gradle mk"
    ),
}
"""The file name endings of each type. Source code is read as plain text."""
_EXTENSIONS: dict[str, Extension] = {name: kind for kind, names in _NAMED.items() for name in names.split()}
CONTENT_TYPES: dict[Extension, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "html": "text/html",
    "epub": "application/epub+zip",
    "ipynb": "application/x-ipynb+json",
    "csv": "text/csv",
    "md": "text/markdown",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "tiff": "image/tiff",
    "webp": "image/webp",
}
_AS_TEXT = "text/plain; charset=utf-8"
SHOWN_AS: dict[Extension, str] = {
    "pdf": "application/pdf",
    "txt": _AS_TEXT,
    "md": _AS_TEXT,
    "csv": _AS_TEXT,
    "html": _AS_TEXT,
    "ipynb": _AS_TEXT,
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
"""The content types with which a browser may show a document inline. None of them lets the browser run code.

A document of any other type is only offered for download.
"""
PICTURES: frozenset[Extension] = frozenset({"png", "jpg", "tiff", "webp"})
"""The types that contain text only after text recognition."""
UNREADABLE_SCAN = "unreadable_scan"
"""The ``error_code`` of a document that consists only of pages whose text was not recognised."""
_DIGITS = regex("[0-9]+")
_MEDIA_TYPE = regex(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?: *; *[\x20-\x7e]*)?", re.ASCII)
_BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_REASONS: dict[str, str] = {
    "empty_file": "The file is empty.",
    "too_large": "The file is too large.",
    "too_many_pages": "The document has too many pages.",
    "encrypted": "The document is protected with a password. Remove it and upload again.",
    "no_text": (
        "No text was found in the document. Scans are read where text recognition is set up (LYCEUM_OCR, or LYCEUM_TEXTRACT on"
        " AWS)."
    ),
    UNREADABLE_SCAN: (
        "No text could be recognised in the document. Handwriting, photographs and blurred scans are not read."
    ),
    "corrupt": "The document is damaged and cannot be read.",
    "decompression_bomb": "The document unpacks to far more than its size allows.",
    "type_mismatch": "The contents of the file do not match the ending of its name.",
    "unsupported_type": (
        "This type of file is not supported. Supported types: PDF, Word (docx), PowerPoint (pptx), Excel (xlsx), OpenDocument (odt,"
        " odp, ods), RTF, HTML, EPUB, Jupyter notebooks, CSV, Markdown, plain text and source code; and, where text"
        " recognition is set up (LYCEUM_OCR, or LYCEUM_TEXTRACT on AWS), pictures: PNG, JPEG, TIFF."
    ),
    "bad_name": "The file name is empty, too long, or has characters that a name may not have.",
    PAGES_USED: "Today's allowance of pages is used up. Remove the document and upload it again tomorrow.",
    "lost": "The stored data of the document was lost. Upload it again.",
    "processing_failed": "The document could not be processed, though we tried several times.",
}
ERROR_CODES = tuple(_REASONS)
"""All values of ``error_code``, which a failed document has."""
_WARNINGS: dict[str, str] = {
    "unreadable_pages": "These pages are damaged and could not be read.",
    "pages_without_text": (
        "These pages hold pictures and no text. Scans are read where text recognition is set up (LYCEUM_OCR, or LYCEUM_TEXTRACT"
        " on AWS)."
    ),
    "unreadable_scan": "No text could be recognised on these pages, so the text does not contain them.",
    "unreadable_letters": "The fonts of the file do not say which letters these pages show, so the text does not contain them.",
}
_STATUS_OF_CODE: dict[str, type[LyceumError]] = {
    "too_large": TooLarge,
    "unsupported_type": UnsupportedType,
    "type_mismatch": UnsupportedType,
}


def reason(code: str) -> str:
    """The message for people about an ``error_code``. Raises ``KeyError`` for an unknown code."""
    return _REASONS[code]


def refusal(code: str, *, field: str | None = None) -> LyceumError:
    """The error to raise if a document is refused during the request that brings it."""
    return _STATUS_OF_CODE.get(code, Unreadable)(code, reason(code), field=field)


def clean_name(file_name: str) -> str:
    """The name as it is stored and shown, in Unicode's NFC. Raises the ``bad_name`` refusal."""
    name = unicodedata.normalize("NFC", file_name).strip()
    forbidden = any(
        character in "/\\" or character in _BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs")
        for character in name
    )
    if forbidden or not name.strip(".") or len(name) > MAX_NAME_CHARACTERS:
        raise refusal("bad_name", field="file_name")
    return name


def extension_of(file_name: str) -> Extension:
    """The document type that the file name's ending stands for. Raises the ``unsupported_type`` refusal for another
    ending.
    """
    extension = _EXTENSIONS.get(file_name.rpartition(".")[2].lower() if "." in file_name else "")
    if extension is None:
        raise refusal("unsupported_type", field="file_name")
    return extension


def upload_type(declared: str, extension: Extension) -> str:
    """The content type that an upload is signed for: the client's if it is well formed, else the usual one of the
    extension.

    The client's type is used because a browser sends the same one with the upload. It decides nothing else: the name
    and the bytes decide what the document is. ``declared`` may be empty.
    """
    return declared if _MEDIA_TYPE.fullmatch(declared) else CONTENT_TYPES[extension]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a learner declares about a document before its upload."""

    file_name: str
    content_type: str
    subject_id: str | None = None
    session_id: str | None = None
    document_type: DocumentType = "notes"
    tags: tuple[str, ...] = ()


class Labels(TypedDict, total=False):
    """The fields of a document that may be changed. A missing field stays as it is."""

    file_name: str
    subject_id: str | None
    session_id: str | None
    document_type: DocumentType
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageWarning:
    """The pages of which something could not be read, in a document that is readable otherwise, and the reason."""

    code: WarningCode
    pages: tuple[int, ...]
    """Counted from 1, ascending."""

    @property
    def message(self) -> str:
        """The message for people about the warning."""
        return _WARNINGS[self.code]

    def stored(self) -> dict[str, Any]:
        """The warning as a JSON-like dictionary for a row or an object. ``warning_from`` reads it."""
        return {"code": self.code, "pages": list(self.pages)}


def warning_from(stored: Any) -> PageWarning:
    """The warning from its stored form. Before version 0.3 that was a sentence: "Page 3 could not be read."."""
    if isinstance(stored, str):
        return PageWarning("unreadable_pages", tuple(int(number) for number in _DIGITS.findall(stored)))
    return PageWarning(stored["code"], tuple(int(page) for page in stored["pages"]))


@dataclass(frozen=True, slots=True)
class IngestionProgress:
    """How far the processing is: ``done`` of ``total`` pages or chunks in this stage."""

    stage: str
    """``waiting``, ``extracting`` (``done`` and ``total`` count pages), ``recognising`` (pages), ``embedding``
    (chunks), ``done`` or ``failed``.
    """
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Recognition:
    """The text recognition of a document's present bytes, kept from its start until the document is completed."""

    pages: tuple[int, ...]
    """The pages without text, counted from 1, ascending. They were already taken from the allowance of pages."""
    looks: int = 0
    """How many times a worker looked for the result and found none."""


@dataclass(frozen=True, slots=True)
class Document:
    file_id: str
    user_id: str
    filename: str
    extension: Extension
    document_type: DocumentType
    status: Status
    upload_timestamp: str
    updated_at: str
    file_size: int
    """Bytes. Before the upload, the size that the client declared; after it, the size of the stored object."""
    subject_id: str | None = None
    subject_name: str | None = None
    session_id: str | None = None
    tags: tuple[str, ...] = ()
    progress: IngestionProgress = field(default=IngestionProgress("waiting"))
    page_count: int | None = None
    chunks_created: int | None = None
    content_preview: str | None = None
    extracted_concepts: tuple[str, ...] = ()
    warnings: tuple[PageWarning, ...] = ()
    error_code: str | None = None
    source_etag: str | None = None
    lease_until: str | None = None
    tries: int = 0
    """How many workers took the document since its bytes were stored. A worker that released it does not count."""
    words_indexed: bool = False
    """Whether the words of all chunks are indexed while some embeddings are still missing."""
    recognition: Recognition | None = None
    """None if no page needs text recognition, or if that is not known yet."""
    stale_subjects: tuple[str, ...] = ()
    """The subjects under which vectors with outdated labels may be stored; "" stands for no subject."""
    interruptions: int = 0
    """How many times an upstream failed during the processing, since the last success."""
    sweep_at: str | None = None
    """When the sweeper must look at the document again; None if it need not."""
    ttl: int | None = None
    version: int = 1

    @property
    def key(self) -> str:
        """The key of the original in the object store."""
        return original_key(self.user_id, self.file_id, self.extension)

    @property
    def is_visible(self) -> bool:
        """Whether the owner can still see the document: it was not deleted."""
        return self.status not in ("deleting", "deleted")

    @property
    def awaits_recognition(self) -> bool:
        """Whether the processing waits for the end of the document's text recognition."""
        return self.status == "processing" and self.progress.stage == RECOGNISING

    @property
    def is_searchable(self) -> bool:
        """Whether passages of the document may be found and cited."""
        return self.status == "completed" or (self.status == "processing" and self.words_indexed)

    @property
    def step(self) -> tuple[object, ...]:
        """A value that changes when the owner must be notified: status, stage, searchability, or another tenth of the
        progress.
        """
        progress = self.progress
        tenths = 10 * progress.done // progress.total if progress.total else 0
        return self.status, self.is_searchable, progress.stage, tenths

    @property
    def indexed_subjects(self) -> tuple[str | None, ...]:
        """All subjects under which the document may have vectors, its present one first."""
        return tuple(
            subject or None for subject in dict.fromkeys((self.subject_id or "", *self.stale_subjects))
        )

    @property
    def is_refused(self) -> bool:
        """Whether the document failed because it is not readable. Nothing of it is stored then."""
        return self.status == "failed" and self.error_code != "processing_failed"

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker has the right to process the document now."""
        return self.lease_until is not None and self.lease_until > to_text(now)

    def is_due(self, now: datetime) -> bool:
        """Whether the time for the sweeper to look at the document has come."""
        return self.sweep_at is not None and self.sweep_at <= to_text(now)

    def awaiting(self, now: datetime) -> Document:
        """The document while it waits for its upload. The sweeper looks for the upload when the permission has ended."""
        return replace(self, sweep_at=to_text(after(now, UPLOAD_SECONDS + _GRACE_SECONDS)))

    def awaiting_again(self, now: datetime) -> Document:
        """The document waiting for its upload again, after a worker took it and found no bytes: the upload failed or is
        late.
        """
        return replace(
            self,
            status="awaiting_upload",
            lease_until=None,
            tries=0,
            sweep_at=self._uploads_end,
            updated_at=to_text(now),
        )

    def announced(self, now: datetime) -> Document:
        """The document with its bytes stored, ready for the next worker."""
        return replace(self, status="processing", sweep_at=to_text(now), updated_at=to_text(now))

    def leased(self, now: datetime) -> Document:
        """The document with a lease of a new worker, who renews it during the work."""
        return replace(self, status="processing", tries=self.tries + 1).renewed(now)

    def renewed(self, now: datetime, progress: IngestionProgress | None = None) -> Document:
        """The document with its lease extended from now on. ``progress`` replaces the progress if it is not None."""
        until = to_text(after(now, LEASE_SECONDS))
        return replace(
            self,
            lease_until=until,
            sweep_at=until,
            updated_at=to_text(now),
            progress=progress or self.progress,
        )

    def released(self, now: datetime, *, retry_in: float) -> Document:
        """The document without a lease, due again in ``retry_in`` seconds. The ended try is not counted."""
        return replace(
            self,
            lease_until=None,
            sweep_at=to_text(after(now, retry_in)),
            updated_at=to_text(now),
            tries=self.tries - 1,
        )

    def recognising(self, now: datetime, recognition: Recognition) -> Document:
        """The document at the start of the text recognition of its pages without text."""
        progress = IngestionProgress(RECOGNISING, 0, len(recognition.pages))
        return replace(self, recognition=recognition).renewed(now, progress)

    def given_to_recognition(self, now: datetime) -> Document:
        """The document without a lease, waiting for the event of its text recognition. The try that ends with this is not counted."""
        begun = self.recognition
        looked = None if begun is None else replace(begun, looks=begun.looks + 1)
        return replace(self.released(now, retry_in=_LOOK_FOR_RECOGNITION_SECONDS), recognition=looked)

    def interrupted(self, now: datetime) -> Document:
        """The document without a lease after an upstream failed. The pause before the next try doubles, up to 600
        seconds.
        """
        pause = min(_FIRST_RETRY_SECONDS * 2.0 ** min(self.interruptions, 16), _LONGEST_RETRY_SECONDS)
        return replace(self.released(now, retry_in=pause), interruptions=self.interruptions + 1)

    def postponed(self, now: datetime) -> Document:
        """The document due 600 seconds from now, so that the sweeper first looks at the others."""
        return replace(self, sweep_at=to_text(after(now, _LONGEST_RETRY_SECONDS)))

    def failing(self, now: datetime, code: str) -> Document:
        """The document with its ``error_code``. Next, the contents made from it are removed, and then it becomes
        ``failed``.
        """
        return replace(
            self,
            error_code=code,
            recognition=None,
            words_indexed=False,
            content_preview=None,
            chunks_created=None,
            updated_at=to_text(now),
        )

    def failed(self, now: datetime) -> Document:
        """The document after its processing failed. Its ``error_code`` is set separately."""
        return replace(
            self,
            status="failed",
            lease_until=None,
            sweep_at=max(self._uploads_end, to_text(after(now, _GRACE_SECONDS))),
            progress=replace(self.progress, stage="failed"),
            updated_at=to_text(now),
        )

    def searchable(self, now: datetime) -> Document:
        """The document with all words indexed. The worker still has the embeddings to make."""
        return replace(self.renewed(now), words_indexed=True)

    def relabelled(self, changed: Document, now: datetime) -> Document:
        """The document ``changed``, which is this one with other labels. If it has vectors, it becomes due, so that
        they get the new labels.
        """
        if self.status != "completed":
            return replace(changed, updated_at=to_text(now))
        stale = tuple(dict.fromkeys((*self.stale_subjects, self.subject_id or "")))
        return replace(changed, stale_subjects=stale, sweep_at=to_text(now), updated_at=to_text(now))

    def labelling(self, now: datetime) -> Document:
        """The document with a lease of the worker that writes new labels on its vectors."""
        until = to_text(after(now, LEASE_SECONDS))
        return replace(self, lease_until=until, sweep_at=until)

    def labelled(self, now: datetime) -> Document:
        """The document with present labels on all vectors. The sweeper looks once more whether its bytes were replaced."""
        return replace(
            self, stale_subjects=(), lease_until=None, sweep_at=max(to_text(now), self._uploads_end)
        )

    def completed(self, now: datetime) -> Document:
        """The document after its processing ended well."""
        total = self.chunks_created or 0
        return replace(
            self,
            status="completed",
            lease_until=None,
            sweep_at=to_text(now) if self.stale_subjects else self._uploads_end_after(now),
            words_indexed=False,
            recognition=None,
            interruptions=0,
            progress=IngestionProgress("done", total, total),
            updated_at=to_text(now),
        )

    def settled(self) -> Document:
        """The document in its final state: no earlier worker or upload can change it now."""
        return replace(self, lease_until=None, sweep_at=None)

    def deleting(self, now: datetime) -> Document:
        """The document in the status ``deleting``: it is hidden, and the learner's data is not in it. Its objects and
        vectors are removed next.

        The lease and the upload time stay, because a late worker or upload may still write until then.
        """
        return Document(
            file_id=self.file_id,
            user_id=self.user_id,
            filename="",
            extension=self.extension,
            document_type="other",
            status="deleting",
            upload_timestamp=self.upload_timestamp,
            updated_at=to_text(now),
            file_size=0,
            subject_id=self.subject_id,
            stale_subjects=self.stale_subjects,
            lease_until=self.lease_until,
            sweep_at=to_text(now),
            version=self.version,
        )

    def deleted(self, now: datetime) -> Document:
        """The tombstone. If an earlier worker or upload can still write, the sweeper removes the contents once more
        later.
        """
        quiet = max(self.lease_until or "", self._uploads_end)
        swept = quiet <= to_text(now)
        return replace(
            self,
            status="deleted",
            sweep_at=None if swept else quiet,
            updated_at=to_text(now),
            ttl=to_epoch(now) + TOMBSTONE_SECONDS,
        )

    @property
    def _uploads_end(self) -> str:
        return to_text(after(from_text(self.upload_timestamp), UPLOAD_SECONDS + _GRACE_SECONDS))

    def _uploads_end_after(self, now: datetime) -> str | None:
        """When to check whether the bytes were replaced without an event; None if no upload is possible any more."""
        return self._uploads_end if self._uploads_end > to_text(now) else None


def renamed(file_name: str, document: Document) -> str:
    """The new name as it is stored. If the new name has no known ending, the ending of the old name is added.

    Raises the ``bad_name`` refusal, and ``type_mismatch`` if the ending stands for another type.
    """
    name = clean_name(file_name)
    try:
        extension = extension_of(name)
    except LyceumError:
        return clean_name(f"{name}.{document.filename.rpartition('.')[2]}")
    if extension != document.extension:
        raise refusal("type_mismatch", field="file_name")
    return name
