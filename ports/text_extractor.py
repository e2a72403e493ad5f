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
"""``txt`` is any text that is read as it is, such as source code. Each page of a picture is a page without text."""

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
"""Why a page has no text, or not all of it: its reader fails; it holds pictures alone; or its letters are
drawn by a font that does not tell which letters they are."""


class UnreadableDocument(PortError):
    """The document cannot be read; ``code`` says why."""

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

    ``text`` is Unicode in NFC without lone surrogates or control characters other than newline and
    tab. If the page could not be read, ``warning`` says why, and ``text`` is empty or partial.
    """

    number: int
    text: str
    headings: tuple[Heading, ...] = ()
    warning: WarningCode | None = None
    goes_on: bool = False
    """Whether the next page goes on with the paragraph that this one ends with. PDF does not tell."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """``pages`` reads page by page, in order, while it is iterated; it may raise ``UnreadableDocument``."""

    page_count: int
    pages: Iterator[PageText]
    title: str | None = None
    """The title that the document gives itself, if any."""
    has_pages: bool = True
    """Whether ``pages`` are the document's own: PDF has pages, and so have slides. If not, where they end means nothing,
    and no citation names a page."""


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    max_bytes: int
    max_pages: int
    max_characters: int
    """Of the text of all pages together. More is ``decompression_bomb``; so is far more than a file of its size holds."""
    max_seconds: float
    """Of work on the document. More is ``too_large``."""


class TextExtractor(Protocol):
    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        """The text of ``content``.

        Raises ``UnreadableDocument``: at once if the reason is known before the first page is read, else
        from ``pages``. One page that cannot be read is a warning, not an error. If no page has text,
        ``pages`` raises ``no_text`` at its end.
        """
        ...
