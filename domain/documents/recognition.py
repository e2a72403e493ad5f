"""The text recognition of documents' scanned pages: which job it is, and what it has found.

All of it follows from the document's row, so that any worker can begin the job again, or read its outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import cast

from domain.documents.document import Document, Recognition
from domain.documents.keys import recognised_prefix
from domain.documents.scanned_text import text_of
from ports.text_recogniser import SCAN_TYPES, Scan, ScanType, TextRecogniser, UnrecognisableScan

Recognised = dict[int, str | None]
"""The text of pages by their numbers; None for one that shows none that can be believed."""


class Recognising:
    def __init__(self, recogniser: Callable[[], TextRecogniser]) -> None:
        """``recogniser`` is called when there may be something to recognise."""
        self._recogniser = recogniser

    def reads(self, extension: str) -> bool:
        """Whether scans of this type are recognised here."""
        return extension in SCAN_TYPES and extension in self._recogniser().media_types

    def begin(self, document: Document, recognition: Recognition) -> None:
        """Begin to recognise the document's pages without text; repeating it is harmless.

        Raises ``UnrecognisableScan`` if the job has failed.
        """
        self._recogniser().begin(_scan(document, recognition))

    def outcome(self, document: Document, recognition: Recognition) -> Recognised | None:
        """The recognised text, or None if the job is not finished. A job that failed gives no text."""
        try:
            pages = self._recogniser().outcome(_scan(document, recognition))
        except UnrecognisableScan:
            return dict.fromkeys(recognition.pages)
        if pages is None:
            return None
        wanted: Recognised = dict.fromkeys(recognition.pages)
        return wanted | {page.number: text_of(page) for page in pages if page.number in wanted}


def _scan(document: Document, recognition: Recognition) -> Scan:
    """The job of the document's present bytes."""
    named = "/".join((document.user_id, document.file_id, document.source_etag or ""))
    job_id = sha256(named.encode()).hexdigest()[:40]
    prefix = recognised_prefix(document.user_id, document.file_id)
    return Scan(
        job_id, document.key, cast(ScanType, document.extension), recognition.pages, f"{prefix}{job_id}/"
    )
