"""Reads an ``altChunk`` of a Word document: a file of another format that Word shows at that place."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.extractors.blocks import Block, paragraph
from adapters.extractors.budget import Budget
from adapters.extractors.encodings import decode
from adapters.extractors.rich_text import blocks_of_rtf, is_rtf
from adapters.extractors.web import WebPage, decoded, is_archive, page_in_archive


def blocks_of_chunk(name: str, content: bytes, budget: Budget) -> Iterator[Block]:
    """The blocks of an HTML page, a web archive, Rich Text or plain text. The bytes decide which it is; if they do not,
    the part's name does.
    """
    if is_rtf(content):
        yield from blocks_of_rtf(content, budget)
    elif is_archive(content):
        yield from WebPage(page_in_archive(content), budget).blocks()
    elif name.lower().endswith((".txt", ".text")):
        yield from (Block(paragraph(lines)) for lines in decode(content).split("\n\n"))
    else:
        yield from WebPage(decoded(content), budget).blocks()
