"""Builds a document's text and its chunks from its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.documents.chunking import chunk
from domain.documents.contents import Content, StoredChunk
from domain.documents.document import PREVIEW_CHARACTERS, PageWarning
from domain.documents.layout import Layouts, PlacedHeading
from domain.text.concepts import extract_concepts
from ports.text.regexes import regex
from ports.text_extractor import Extraction, PageText, UnreadableDocument

if TYPE_CHECKING:
    from domain.documents.document import WarningCode

_PAGE_BREAK = "\n\n"
_OPEN_END = regex(
    r"\b(?:a|an|the|of|in|on|at|to|for|with|by|from|and|or|that|which|as|than|is|are|was|were|its|their|between|into|nor|whose|"
    r"und|oder|sowie|eine[mnrs]?|et|ou|une|les|des|du|los|las|una|del|gli|della|delle|dei|nella?)$"
)
"""A page end after which the sentence continues, even if the next page starts with a capital letter, as a name does."""
_LONGEST_OPEN_END = 8
_GOES_ON = regex(r"[\w,;\-\u2010-\u2015)\]”’]$")
"""A page end after which the sentence continues if the next page starts with a small letter."""


def read_pages(extraction: Extraction, on_page: Callable[[int], None]) -> tuple[list[PageText], bool]:
    """The pages of the document, and whether the extractor found no text on them. ``on_page`` is called after each
    page.

    Raises ``UnreadableDocument``. A document without text is no error if it has scanned pages: they may be
    recognised.
    """
    pages: list[PageText] = []
    try:
        for page in extraction.pages:
            pages.append(page)
            on_page(page.number)
    except UnreadableDocument as refused:
        if refused.code != "no_text" or not scanned_pages(pages):
            raise
        return pages, True
    return pages, False


def scanned_pages(pages: list[PageText]) -> tuple[int, ...]:
    """The numbers of the pages that text recognition can read: they contain pictures and no text, or letters that the
    file does not name and no others.
    """
    return tuple(
        page.number
        for page in pages
        if page.warning == "pages_without_text" or (page.warning == "unreadable_letters" and not page.text)
    )


def assembled(
    extraction: Extraction, pages: list[PageText], recognised: Mapping[int, str | None], source_etag: str
) -> tuple[str, Content]:
    """The document's text, and the content to store. ``recognised`` holds recognised text by page; None where none was
    found.
    """
    parts: list[str] = []
    page_starts: list[int] = []
    headings: list[PlacedHeading] = []
    unread: dict[WarningCode, list[int]] = {}
    scanned: list[tuple[int, int]] = []
    length = 0
    goes_on = False
    for page, warning in _with_recognised(pages, recognised):
        if page_starts:
            parts.append(" " if goes_on else _break_between(parts[-1], page.text))
            length += len(parts[-1])
        page_starts.append(length)
        headings += [
            PlacedHeading(length + heading.start, heading.level, heading.text) for heading in page.headings
        ]
        if warning is not None:
            unread.setdefault(warning, []).append(page.number)
        if page.text and page.number in recognised:
            scanned.append((length, length + len(page.text)))
        parts.append(page.text)
        length += len(page.text)
        goes_on = page.goes_on
    text = "".join(parts)
    layouts = Layouts(text, page_starts, headings, scanned)
    chunks = tuple(
        StoredChunk(
            index=piece.index,
            page=piece.page if extraction.has_pages else None,
            start=piece.start,
            end=piece.end,
            text=text[piece.start : piece.end],
            heading=piece.heading,
            layout=layouts.of(piece.start, piece.end),
        )
        for piece in chunk(text, page_starts, [(one.start, one.text) for one in headings])
    )
    content = Content(
        source_etag=source_etag,
        title=extraction.title,
        page_count=len(page_starts),
        preview=text.strip()[:PREVIEW_CHARACTERS],
        concepts=extract_concepts(text, [heading.text for heading in headings]),
        warnings=tuple(PageWarning(code, tuple(numbers)) for code, numbers in unread.items()),
        chunks=chunks,
    )
    return text, content


def _with_recognised(
    pages: list[PageText], recognised: Mapping[int, str | None]
) -> Iterator[tuple[PageText, WarningCode | None]]:
    for page in pages:
        if page.number not in recognised:
            yield page, page.warning
            continue
        text = recognised[page.number]
        yield replace(page, text=text or "", warning=None), "unreadable_scan" if text is None else None


def _break_between(page: str, following: str) -> str:
    """The separator of two pages: a space or a line break if a sentence continues, else a paragraph break."""
    if _OPEN_END.search(page[-_LONGEST_OPEN_END:]):
        return " "
    goes_on = following[:1].islower() and _GOES_ON.search(page[-2:]) is not None
    return "\n" if goes_on else _PAGE_BREAK
