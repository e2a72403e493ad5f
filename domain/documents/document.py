"""A learner's document and the states it passes through.

::

    awaiting_upload ──▶ processing ──▶ completed
                          │   ▲  └───▶ failed
                          └───┘ a lease that ran out, or an upstream that will be tried again

    any of them ──▶ deleting ──▶ deleted (ids only, until its time-to-live ends)

``version`` rises with each stored change and is the fence: a worker whose lease was taken over, or
whose document was deleted under it, finds another version and stops.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from domain.base.errors import LyceumError, TooLarge, Unreadable, UnsupportedType
from domain.base.moments import after, from_text, to_epoch, to_text
from domain.documents.keys import original_key

Status = Literal["awaiting_upload", "processing", "completed", "failed", "deleting", "deleted"]
DocumentType = Literal["notes", "assignment", "textbook", "other"]
Extension = Literal["pdf", "docx", "txt", "md"]

LEASE_SECONDS = 20.0
"""How long a worker may go without a sign of life before another may take the document over."""
UPLOAD_SECONDS = 900
"""How long a presigned upload is good for: the longest that THREATS allows."""
TOMBSTONE_SECONDS = 86_400
_GRACE_SECONDS = 60
"""For an upload that began within its time to end."""
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 600.0
MAX_TRIES = 8
MAX_NAME_CHARACTERS = 255
PREVIEW_CHARACTERS = 200

PAGES_USED = "daily_pages_used"
"""The ``error_code`` of a document that the day's allowance did not reach for."""

_EXTENSIONS: dict[str, Extension] = {
    "pdf": "pdf",
    "docx": "docx",
    "txt": "txt",
    "text": "txt",
    "md": "md",
    "markdown": "md",
}
CONTENT_TYPES: dict[Extension, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
    "md": "text/markdown",
}
_UNTOLD = {"", "application/octet-stream", "binary/octet-stream"}
_TEXT = {"text/plain", "text/markdown", "text/x-markdown"}
_BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_REASONS: dict[str, str] = {
    "empty_file": "The file is empty.",
    "too_large": "The file is larger than we take.",
    "too_many_pages": "The document has more pages than we take.",
    "encrypted": "The document is protected with a password. Remove it and upload again.",
    "no_text": "No text was found in the document. A scan must go through text recognition first.",
    "corrupt": "The document is damaged and cannot be read.",
    "decompression_bomb": "The document unpacks to far more than its size allows.",
    "type_mismatch": "What is in the file is not what its name or type says.",
    "unsupported_type": "Only PDF, DOCX, TXT and Markdown documents are read.",
    "bad_name": "The file name is empty, too long, or has characters that a name may not have.",
    PAGES_USED: "Today's allowance of pages is used up. Remove the document and upload it again tomorrow.",
    "processing_failed": "The document could not be processed, though we tried several times.",
}
_STATUS_OF_CODE: dict[str, type[LyceumError]] = {
    "too_large": TooLarge,
    "unsupported_type": UnsupportedType,
    "type_mismatch": UnsupportedType,
}


def reason(code: str) -> str:
    """What to tell a person about an ``error_code``."""
    return _REASONS[code]


def refusal(code: str, *, field: str | None = None) -> LyceumError:
    """The error for a document that can be refused at once, of the class that fits its code."""
    return _STATUS_OF_CODE.get(code, Unreadable)(code, reason(code), field=field)


def clean_name(file_name: str) -> str:
    """The name as it is kept and shown, in NFC. Raises the ``bad_name`` refusal."""
    name = unicodedata.normalize("NFC", file_name).strip()
    forbidden = any(
        character in "/\\" or character in _BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs")
        for character in name
    )
    if forbidden or not name.strip(".") or len(name) > MAX_NAME_CHARACTERS:
        raise refusal("bad_name", field="file_name")
    return name


def extension_of(file_name: str) -> Extension:
    """Raises the ``unsupported_type`` refusal."""
    extension = _EXTENSIONS.get(file_name.rpartition(".")[2].lower() if "." in file_name else "")
    if extension is None:
        raise refusal("unsupported_type", field="file_name")
    return extension


def check_content_type(content_type: str, extension: Extension) -> None:
    """A client may leave the type untold; one that contradicts the name is a ``type_mismatch``."""
    told = content_type.partition(";")[0].strip().lower()
    fits = told in _UNTOLD or told == CONTENT_TYPES[extension]
    if not fits and not (extension in ("txt", "md") and told in _TEXT):
        raise refusal("type_mismatch", field="content_type")


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a learner says of a document that they bring."""

    file_name: str
    content_type: str
    subject_id: str | None = None
    session_id: str | None = None
    document_type: DocumentType = "notes"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestionProgress:
    stage: str
    """``waiting``, ``extracting`` (pages), ``embedding`` (chunks), ``done``."""
    done: int = 0
    total: int = 0


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
    """Bytes: as declared until the upload came, as found from then on."""
    subject_id: str | None = None
    subject_name: str | None = None
    session_id: str | None = None
    tags: tuple[str, ...] = ()
    progress: IngestionProgress = field(default=IngestionProgress("waiting"))
    page_count: int | None = None
    chunks_created: int | None = None
    content_preview: str | None = None
    extracted_concepts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error_code: str | None = None
    source_etag: str | None = None
    lease_until: str | None = None
    tries: int = 0
    """How often a worker took it and did not come back."""
    interruptions: int = 0
    """How often an upstream failed while it was worked on, since it last went well."""
    sweep_at: str | None = None
    """When the sweeper should look at it; None in a state that lasts."""
    ttl: int | None = None
    version: int = 1

    @property
    def key(self) -> str:
        return original_key(self.user_id, self.file_id, self.extension)

    @property
    def is_visible(self) -> bool:
        return self.status not in ("deleting", "deleted")

    @property
    def is_refused(self) -> bool:
        """It cannot be read, and nothing of it is kept."""
        return self.status == "failed" and self.error_code != "processing_failed"

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > to_text(now)

    def is_due(self, now: datetime) -> bool:
        """The sweeper should look at it."""
        return self.sweep_at is not None and self.sweep_at <= to_text(now)

    def awaiting(self, now: datetime) -> Document:
        """Its upload may come until the permission ends; then the sweeper looks whether it did."""
        return replace(self, sweep_at=to_text(after(now, UPLOAD_SECONDS + _GRACE_SECONDS)))

    def untaken(self, now: datetime) -> Document:
        """Taken by a worker before its bytes were there. Whoever was to bring them died, or is late."""
        return replace(
            self,
            status="awaiting_upload",
            lease_until=None,
            tries=0,
            sweep_at=self._uploads_end,
            updated_at=to_text(now),
        )

    def announced(self, now: datetime) -> Document:
        """Its bytes are there; whoever comes first takes it."""
        return replace(self, status="processing", sweep_at=to_text(now), updated_at=to_text(now))

    def leased(self, now: datetime) -> Document:
        """Taken by a worker, who from now on renews the lease with each step."""
        return replace(self, status="processing", tries=self.tries + 1).renewed(now)

    def renewed(self, now: datetime, progress: IngestionProgress | None = None) -> Document:
        until = to_text(after(now, LEASE_SECONDS))
        return replace(
            self,
            lease_until=until,
            sweep_at=until,
            updated_at=to_text(now),
            progress=progress or self.progress,
        )

    def released(self, now: datetime, *, retry_in: float) -> Document:
        """Given back in good order, to be taken up again in ``retry_in`` seconds."""
        return replace(
            self,
            lease_until=None,
            sweep_at=to_text(after(now, retry_in)),
            updated_at=to_text(now),
            tries=self.tries - 1,
        )

    def interrupted(self, now: datetime) -> Document:
        """Given back because an upstream failed: to be tried again, ever less often, until it is well."""
        pause = min(_FIRST_RETRY_SECONDS * 2.0 ** min(self.interruptions, 16), _LONGEST_RETRY_SECONDS)
        return replace(self.released(now, retry_in=pause), interruptions=self.interruptions + 1)

    def postponed(self, now: datetime) -> Document:
        """To be looked at later: what stands in its way now should not keep the sweeper from the others."""
        return replace(self, sweep_at=to_text(after(now, _LONGEST_RETRY_SECONDS)))

    def condemned(self, now: datetime, code: str) -> Document:
        """Known to fail; what was derived from it is yet to be removed."""
        return replace(
            self, error_code=code, content_preview=None, chunks_created=None, updated_at=to_text(now)
        )

    def failed(self, now: datetime) -> Document:
        return replace(
            self,
            status="failed",
            lease_until=None,
            sweep_at=max(self._uploads_end, to_text(after(now, _GRACE_SECONDS))),
            progress=IngestionProgress("done"),
            updated_at=to_text(now),
        )

    def completed(self, now: datetime) -> Document:
        total = self.chunks_created or 0
        return replace(
            self,
            status="completed",
            lease_until=None,
            sweep_at=self._uploads_end_after(now),
            interruptions=0,
            progress=IngestionProgress("done", total, total),
            updated_at=to_text(now),
        )

    def settled(self) -> Document:
        """Nothing of before can change it any more."""
        return replace(self, lease_until=None, sweep_at=None)

    def deleting(self, now: datetime) -> Document:
        """Nothing of it is shown any more; what it said about the learner is dropped at once.

        The lease and the upload's end stay, so that a late worker or a late upload can be outlived.
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
            lease_until=self.lease_until,
            sweep_at=to_text(now),
            version=self.version,
        )

    def deleted(self, now: datetime) -> Document:
        """Gone. Swept once more when neither a worker nor an upload of before can still write."""
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
        """Other bytes may come under the same permission until then, and word of them be lost."""
        return self._uploads_end if self._uploads_end > to_text(now) else None
