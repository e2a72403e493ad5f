"""Reads the text of documents of every type that the port ``TextExtractor`` names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import is_blank
from adapters.extractors.process_limits import Limits
from ports.system import Clock
from ports.text_extractor import (
    Extraction,
    ExtractionLimits,
    MediaType,
    PageText,
    UnreadableDocument,
)

log = logging.getLogger("lyceum.extractor")

_CHARACTERS_A_BYTE = 100
"""The most characters that one byte of a file can stand for. Usual compressed text has about 4; only text that repeats
itself has more.
"""
_SMALL_CHARACTERS = 1_000_000
"""The number of characters that every file may have, however small it is. Such a text is no decompression bomb."""


class DocumentTextExtractor:
    """Implements ``TextExtractor`` with pdfium, pypdf, lxml and chardet.

    A PDF is read page by page, while ``pages`` is iterated. Files of other formats cannot be read in parts: ``extract``
    reads them whole, and so it also raises their errors.
    """

    def __init__(self, clock: Clock, *, pdfium: Limits | None = Limits()) -> None:
        """``pdfium`` has the limits of the process in which pdfium reads a PDF. If it is None, only pypdf reads."""
        self._clock = clock
        self._pdfium = pdfium

    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        if not content:
            raise UnreadableDocument("empty_file")
        if len(content) > limits.max_bytes:
            raise UnreadableDocument("too_large")
        most = min(limits.max_characters, max(_SMALL_CHARACTERS, _CHARACTERS_A_BYTE * len(content)))
        budget = Budget(replace(limits, max_characters=most), self._clock)
        with refusing_what_cannot_be_read(), budget.working():
            extraction = _open(content, media_type, budget, self._pdfium)
        return Extraction(
            page_count=extraction.page_count,
            pages=_within_limits(extraction.pages, budget),
            title=extraction.title,
            has_pages=extraction.has_pages,
        )


def _open(content: bytes, media_type: MediaType, budget: Budget, pdfium: Limits | None) -> Extraction:
    # Imported on first use, so that a function loads only the parsers that it needs.
    if media_type == "pdf":
        from adapters.extractors.pdf import read_pdf

        return read_pdf(content, budget, pdfium)
    if media_type in ("txt", "md"):
        from adapters.extractors.text import read_text

        return read_text(content, budget, markdown=media_type == "md")
    match media_type:
        case "docx":
            from adapters.extractors.docx import read_docx as read
        case "pptx":
            from adapters.extractors.slides import read_pptx as read
        case "xlsx":
            from adapters.extractors.workbook import read_xlsx as read
        case "csv":
            from adapters.extractors.sheets import read_csv as read
        case "html":
            from adapters.extractors.web import read_html as read
        case "epub":
            from adapters.extractors.book import read_epub as read
        case "ipynb":
            from adapters.extractors.notebook import read_notebook as read
        case "odt":
            from adapters.extractors.opendocument import read_text_document as read
        case "odp":
            from adapters.extractors.opendocument import read_presentation as read
        case "ods":
            from adapters.extractors.opendocument import read_spreadsheet as read
        case "rtf":
            from adapters.extractors.rich_text import read_rtf as read
        case "png" | "jpg" | "tiff" | "webp":
            from adapters.extractors.pictures import read_picture as read
    return read(content, budget)


def _within_limits(pages: Iterator[PageText], budget: Budget) -> Iterator[PageText]:
    characters = 0
    blank = True
    while True:
        with refusing_what_cannot_be_read(), budget.working():
            page = next(pages, None)
        if page is None:
            break
        characters += len(page.text)
        budget.check_characters(characters)
        blank = blank and is_blank(page.text)
        yield page
    if blank:
        raise UnreadableDocument("no_text")


@contextmanager
def refusing_what_cannot_be_read() -> Iterator[None]:
    """Raise ``UnreadableDocument("corrupt")`` instead of any unexpected error in the block.

    A damaged file can cause almost any error in a parser or in our own code: KeyError, zlib.error, RecursionError. The
    log gets the error and its place, so that a defect of ours is not mistaken for a damaged file.
    """
    try:
        yield
    except UnreadableDocument:
        raise
    except Exception as error:
        log.warning("parser_failed", exc_info=error)
        raise UnreadableDocument("corrupt") from error
