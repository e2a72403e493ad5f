"""Small files with a huge number of tiny elements. Reading or refusing each takes only a few seconds of CPU time."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import docx
import pytest

from adapters.extractors import DocumentTextExtractor
from adapters.system import SystemClock
from ports.text_extractor import ExtractionLimits, MediaType, UnreadableDocument
from tests.support.documents import epub, opendocument, packed, pptx, rtf, sheet, slide, xhtml, xlsx

pytestmark = pytest.mark.slow

LIMITS = ExtractionLimits(max_bytes=1024 * 1024, max_pages=2000, max_characters=20_000_000, max_seconds=120)
UNIT_SECONDS = 0.17
"""The CPU seconds that the work in ``slowness`` took on the reference machine, on which all figures were measured."""


def slowness() -> float:
    """How many times as long as on the reference machine work takes on this machine now; at least 1."""
    began = time.process_time()
    zlib.compress(bytes(range(256)) * 20_000)
    sum(number * number for number in range(2_000_000))
    return max(1.0, (time.process_time() - began) / UNIT_SECONDS)


def pdf_of_one_page_shown(times: int) -> bytes:
    line = "(The second law says that force is mass times acceleration.) Tj"
    drawn = "BT /F1 12 Tf " + " ".join(f"1 0 0 1 50 {700 - row * 14} Tm {line}" for row in range(40)) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {times}/Kids[{' '.join(['3 0 R'] * times)}]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        written
        + (
            f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
        ).encode()
    )


def word_with(body: str) -> bytes:
    empty, file = docx.Document(), io.BytesIO()
    empty.save(file)
    with zipfile.ZipFile(file) as package:
        parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    document = parts["word/document.xml"]
    assert isinstance(document, bytes)
    return packed(parts | {"word/document.xml": document.replace(b"<w:body>", b"<w:body>" + body.encode())})


def book_that_names_one_chapter(times: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(epub({"a.xhtml": xhtml(f"<p>{'word ' * 2000}</p>")}))) as package:
        parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    contents = parts["OEBPS/content.opf"]
    assert isinstance(contents, bytes)
    entry = b'<itemref idref="i0"/>'
    return packed(parts | {"OEBPS/content.opf": contents.replace(entry, entry * times)})


def spreadsheet(rows: str) -> bytes:
    return opendocument(f'<table:table table:name="S">{rows}</table:table>', kind="spreadsheet")


def open_row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


REPEATED = '<table:table-cell table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell>'
FILES: dict[str, tuple[MediaType, float, Callable[[], bytes]]] = {
    "2,000 pages that are one": ("pdf", 2, lambda: pdf_of_one_page_shown(2000)),
    "300,000 empty paragraphs": ("docx", 9, lambda: word_with("<w:p/>" * 300_000)),
    "300,000 paragraphs of a word": (
        "docx",
        15,
        lambda: word_with("<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 300_000),
    ),
    "tables in tables": (
        "docx",
        1,
        lambda: word_with("<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60),
    ),
    "a million empty cells": ("xlsx", 9, lambda: xlsx({"S": sheet(*[f"<row>{'<c/>' * 1000}</row>"] * 1000)})),
    "merged cells over all": (
        "xlsx",
        1,
        lambda: xlsx(
            {
                "S": sheet(
                    '<row r="1"><c r="A1"><v>1</v></c></row>',
                    after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 5000 + "</mergeCells>",
                )
            }
        ),
    ),
    "repeated columns": ("ods", 3, lambda: spreadsheet(open_row(REPEATED) * 2000)),
    "repeated empty rows": ("ods", 1, lambda: spreadsheet(open_row("<table:table-cell/>", 1_000_000) * 2000)),
    "200,000 open cells": ("ods", 2, lambda: spreadsheet(open_row("<table:table-cell/>" * 1000) * 200)),
    "nested tables": ("html", 1, lambda: b"<table><tr><td>" * 3000 + b"x" + b"</td></tr></table>" * 3000),
    "cells over all columns": (
        "html",
        12,
        lambda: b"<table>" + b"<tr><td colspan=1000 rowspan=65534>x" * 3_000,
    ),
    "100,000 cells of HTML": ("html", 7, lambda: b"<table>" + (b"<tr>" + b"<td>" * 1000) * 100),
    "a chapter 10,000 times": ("epub", 1, lambda: book_that_names_one_chapter(10_000)),
    "a row of commas": ("csv", 4, lambda: b"," * 300_000 + b"a"),
    "rows of a comma": ("csv", 5, lambda: b",\n" * 200_000 + b"a,b"),
    "empty slides": ("pptx", 1, lambda: pptx(*[slide()] * 2000)),
    "groups in groups": ("rtf", 1, lambda: rtf("{" * 200_000 + "a" + "}" * 200_000)),
}
"""Each file with its type, the CPU seconds that it may take on the reference machine (it takes at most half of them there),
and what makes it. The time of a reader that does its work again for each element rises far beyond them.
"""


@pytest.mark.parametrize("name", FILES)
def test_a_small_file_takes_seconds_at_most(name: str) -> None:
    media_type, seconds, make = FILES[name]
    content, allowed = make(), slowness()
    began = time.process_time()
    characters = characters_of(content, media_type)
    assert time.process_time() - began < seconds * allowed
    assert characters <= max(1_000_000, 100 * len(content))


def characters_of(content: bytes, media_type: MediaType) -> int:
    """The number of characters in the extracted text; None if the document is refused."""
    try:
        pages = DocumentTextExtractor(SystemClock()).extract(content, media_type, LIMITS).pages
        return sum(len(page.text) for page in pages)
    except UnreadableDocument:
        return 0
