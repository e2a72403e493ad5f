"""The text of a document, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from ports.errors import PortError

MediaType = Literal[
    "pdf",
    "docx",
    "txt",
    "md",
    "pptx",
    "xlsx",
    "csv",
    "html",
    "epub",
    "ipynb",
    "odt",
    "odp",
    "ods",
    "rtf",
    "png",
    "jpg",
    "tiff",
    "webp",
]
"""``txt`` is any text that is read unchanged, such as source code. Each page of a picture is a page without text."""

UnreadableCode = Literal[
    "empty_file",
    "too_large",
    "too_many_pages",
    "encrypted",
    "no_text",
    "corrupt",
    "decompression_bomb",
    "type_mismatch",
]

WarningCode = Literal["unreadable_pages", "pages_without_text", "unreadable_letters"]
"""Why the text of a page is missing or incomplete: the reader failed; the page has only pictures; or a font does not
say which letters its shapes are.
"""


class UnreadableDocument(PortError):
    """The document is not readable; ``code`` says why."""

    def __init__(self, code: UnreadableCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that starts at character ``start`` of its page's text; ``level`` is 1 (chapter) to 6."""

    start: int
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class PageText:
    """One page, or the whole document if its format has no pages.

    ``text`` is Unicode in NFC, without lone surrogates and without control characters other than newline and tab. If
    the page could not be read, ``warning`` says why, and ``text`` is empty or partial.
    """

    number: int
    text: str
    headings: tuple[Heading, ...] = ()
    warning: WarningCode | None = None
    goes_on: bool = False
    """Whether the last paragraph of this page continues on the next page. PDF does not say so."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """``pages`` reads page by page, in order, while the caller iterates; it may raise ``UnreadableDocument``."""

    page_count: int
    pages: Iterator[PageText]
    title: str | None = None
    """The title in the document's metadata, if any."""
    has_pages: bool = True
    """Whether ``pages`` are the document's own pages or slides. If not, page ends mean nothing, and citations have no
    page.
    """


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    """Limits for the work on one document."""

    max_bytes: int
    max_pages: int
    max_characters: int
    """The limit for the text of all pages together. If it is exceeded, the code is ``decompression_bomb``, as for a
    file that unpacks to far more than its size allows.
    """
    max_seconds: float
    """The limit for the work on the document. If it is exceeded, the code is ``too_large``."""


class TextExtractor(Protocol):
    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        """The text of ``content``.

        Raises ``UnreadableDocument``: at once if the reason is known before the first page is read, else from
        ``pages``. A single unreadable page is a warning, not an error. If no page has text, ``pages`` raises
        ``no_text`` at its end.
        """
        ...
