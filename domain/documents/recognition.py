"""The text recognition of a document's scanned pages: it starts the job and reads its result.

The job is derived from the document's row. So any worker can start it again or read its result.
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
"""The recognised text by page number; None for a page without text of sufficient confidence."""


class Recognising:
    def __init__(self, recogniser: Callable[[], TextRecogniser]) -> None:
        """``recogniser`` returns the adapter. It is called at first use."""
        self._recogniser = recogniser

    def reads(self, extension: str) -> bool:
        """Whether this deployment recognises text in scans of this type."""
        return extension in SCAN_TYPES and extension in self._recogniser().media_types

    def begin(self, document: Document, recognition: Recognition) -> None:
        """Start the recognition of the document's pages without text. A repeated call does no harm.

        Raises ``UnrecognisableScan`` if the job has failed.
        """
        self._recogniser().begin(_scan(document, recognition))

    def outcome(self, document: Document, recognition: Recognition) -> Recognised | None:
        """The recognised text; None if the job has not finished. A failed job has None for each page."""
        try:
            pages = self._recogniser().outcome(_scan(document, recognition))
        except UnrecognisableScan:
            return dict.fromkeys(recognition.pages)
        if pages is None:
            return None
        wanted: Recognised = dict.fromkeys(recognition.pages)
        return wanted | {page.number: text_of(page) for page in pages if page.number in wanted}


def _scan(document: Document, recognition: Recognition) -> Scan:
    """The recognition job for the document's present bytes."""
    named = "/".join((document.user_id, document.file_id, document.source_etag or ""))
    job_id = sha256(named.encode()).hexdigest()[:40]
    prefix = recognised_prefix(document.user_id, document.file_id)
    return Scan(
        job_id, document.key, cast(ScanType, document.extension), recognition.pages, f"{prefix}{job_id}/"
    )
