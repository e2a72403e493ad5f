"""The text of a document, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from ports.errors import PortError

MediaType = Literal["pdf", "docx", "txt", "md"]

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


class UnreadableDocument(PortError):
    """The document is refused; ``code`` says why."""

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
    """One page, or the whole of a document that has none.

    ``text`` is Unicode in NFC without lone surrogates or control characters other than newline and
    tab. ``warning`` is set, and ``text`` empty or partial, where the page could not be read.
    """

    number: int
    text: str
    headings: tuple[Heading, ...] = ()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """``pages`` reads lazily, in order, and may itself raise ``UnreadableDocument``."""

    page_count: int
    pages: Iterator[PageText]
    title: str | None = None
    """The document's own title, where it has one."""


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    max_bytes: int
    max_pages: int
    max_characters: int
    """Of text, over all pages: more is a ``decompression_bomb``."""
    max_seconds: float
    """Of work on the document; over it, ``too_large``."""


class TextExtractor(Protocol):
    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        """The text of ``content``.

        Raises ``UnreadableDocument``, at once where it can be known at once. A page that alone cannot
        be read is a warning. ``no_text`` is raised at the end of ``pages`` if none had any.
        """
        ...
