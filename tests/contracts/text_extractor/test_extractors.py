"""Real documents of many kinds, generated here: good, unusual and hostile ones."""

from __future__ import annotations

import base64
import io
import os
import random
import struct
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.enum.text import WD_BREAK
from fpdf import FPDF
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.extractors import DocumentTextExtractor, refusing_what_cannot_be_read
from fakes.system import FrozenClock
from ports.text_extractor import ExtractionLimits, Heading, MediaType, PageText, UnreadableDocument
from tests.contracts.text_extractor.contract import LIMITS, outcome_of, read, refusal
from tests.support.documents import packed, relations

EXTRACTOR = DocumentTextExtractor(FrozenClock())
PYPDF = DocumentTextExtractor(FrozenClock(), pdfium=None)
"""The files that test pypdf's limits are easy for pdfium. So these tests use pypdf alone."""
FEW_CHARACTERS = replace(LIMITS, max_characters=10_000)


def text_of(content: bytes, media_type: MediaType) -> str:
    return "\f".join(page.text for page in read(EXTRACTOR, content, media_type))


class RunningClock(FrozenClock):
    """A clock that moves forward one second whenever it is read."""

    def monotonic(self) -> float:
        self.advance(1)
        return super().monotonic()


# --- PDF -----------------------------------------------------------------------------------------

HELLO = b"BT /F1 12 Tf 50 700 Td (Hello world) Tj ET\n"
LEFT_BY_SOFTWARE = [
    "Microsoft Word - lesson3.doc", "lesson3.docx", "Untitled", "untitled document", "Slide 1", "  ", "7",
    "PowerPoint Presentation", "Presentation1", "file:///C|/temp/x.htm", "book.indd",
]  # fmt: skip
FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf(objects: dict[int, str | bytes], trailer: str = "") -> bytes:
    """A PDF file with these objects, which are numbered. The first object is the catalogue."""
    written = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(written)
        written += (
            b"%d 0 obj\n" % number + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
        )
    start, size = len(written), max(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        written += b"%010d 00000 n \n" % offsets.get(number, 0)
    written += f"trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(written)


def stream(data: bytes, *, deflate: bool = True, entries: str = "") -> bytes:
    if deflate:
        data, entries = zlib.compress(data, 9), entries + "/Filter/FlateDecode"
    return f"<</Length {len(data)}{entries}>>stream\n".encode() + data + b"\nendstream"


def pages_of(*contents: bytes, **others: str | bytes) -> bytes:
    """A PDF with these content streams (including their dictionaries), and with objects 900, 901 … given as ``o900`` …"""
    numbers = [10 + 2 * index for index in range(len(contents))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R/Outlines 900 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(numbers)}>>",
        3: FONT,
    }
    for number, content in zip(numbers, contents, strict=True):
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F1 3 0 R>>/XObject<</X 950 0 R>>>>>>"
        )
        objects[number + 1] = content
    objects.update({int(name[1:]): body for name, body in others.items()})
    return pdf(objects)


def written_pdf(*pages: str, title: str = "", sections: bool = False) -> FPDF:
    made = FPDF()
    made.set_font("Helvetica", size=11)
    if title:
        made.set_title(title)
    for number, text in enumerate(pages, start=1):
        made.add_page()
        if sections:
            made.start_section(f"Chapter {number}", level=0)
        made.multi_cell(0, 6, text)
    return made


def bytes_of(made: FPDF) -> bytes:
    return bytes(made.output())


class TestPdf:
    def test_pages_and_title(self) -> None:
        content = bytes_of(written_pdf("Cells are small.", "Atoms are smaller.", title="Small things"))
        extraction = EXTRACTOR.extract(content, "pdf", LIMITS)
        assert extraction.page_count == 2
        assert extraction.title == "Small things"
        assert list(extraction.pages) == [PageText(1, "Cells are small."), PageText(2, "Atoms are smaller.")]

    @pytest.mark.parametrize("title", LEFT_BY_SOFTWARE)
    def test_titles_generated_by_software_are_ignored(self, title: str) -> None:
        assert EXTRACTOR.extract(bytes_of(written_pdf("a", title=title)), "pdf", LIMITS).title is None

    @pytest.mark.parametrize("title", ["Biology 101", "The Word and the World", "Title IX explained", "Été"])
    def test_titles_given_by_people_are_kept(self, title: str) -> None:
        assert EXTRACTOR.extract(bytes_of(written_pdf("a", title=title)), "pdf", LIMITS).title == title

    def test_pages_are_read_only_as_they_are_asked_for(self) -> None:
        extraction = EXTRACTOR.extract(pages_of(stream(HELLO), b"<<>>", b"<<>>"), "pdf", LIMITS)
        assert next(extraction.pages).text == "Hello world"

    def test_ligatures_and_white_space(self) -> None:
        content = pages_of(
            stream(b"BT /F1 12 Tf 50 700 Td (a\\001c   d) Tj 0 -20 Td (next ) Tj ET"),
            o3="<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 901 0 R>>",
            o901=stream(
                b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> "
                b"endcodespacerange 7 beginbfchar <01> <FB03> <61> <0061> <63> <0063> <64> <0064> "
                b"<6e> <006e> <65> <0065> <20> <00A0> endbfchar endcmap"
            ),
        )
        text = read(EXTRACTOR, content, "pdf")[0].text
        assert text.startswith("affic d\n")
        assert "\xa0" not in text

    def test_headings_of_the_outline_stand_where_their_titles_do(self) -> None:
        made = written_pdf("Preface")
        made.add_page()
        made.multi_cell(
            0, 6, "Before it, the end of the last chapter.\n2.1 The  cell\nAll life is made of it."
        )
        made.start_section("2 Biology", level=0)
        made.start_section("The Cell", level=1)
        pages = read(EXTRACTOR, bytes_of(made), "pdf")
        assert pages[0].headings == ()
        biology, cell = pages[1].headings
        assert biology == Heading(0, "2 Biology", 1)
        assert cell.text == "The Cell"
        assert cell.level == 2
        assert pages[1].text[cell.start :].startswith("2.1 The cell")

    def test_named_destinations_are_followed(self) -> None:
        content = pages_of(
            stream(HELLO),
            o1="<</Type/Catalog/Pages 2 0 R/Outlines 900 0 R/Names<</Dests 902 0 R>>>>",
            o900="<</First 901 0 R>>",
            o901="<</Title(Hello)/A<</S/GoTo/D(m)>>>>",
            o902="<</Kids[903 0 R 904 0 R]>>",
            o903="<</Limits[(a)(b)]/Names[(a) 905 0 R]>>",
            o904="<</Limits[(c)(z)]/Names[(c) 905 0 R(m)<</D[10 0 R/Fit]>>]>>",
            o905="[11 0 R/Fit]",
        )
        assert read(EXTRACTOR, content, "pdf")[0].headings == (Heading(0, "Hello", 1),)

    @pytest.mark.parametrize(
        "outline",
        [
            {
                "o900": "<</First 901 0 R>>",
                "o901": "<</Title(A)/Next 901 0 R/First 900 0 R/Dest[10 0 R/Fit]>>",
            },
            {"o900": "<</First 901 0 R>>", "o901": "<</Title 5/Dest(nowhere)>>"},
            {"o900": "<</First 7>>"},
            {"o900": "[1 2]"},
        ],
    )
    def test_a_broken_outline_costs_no_text(self, outline: dict[str, str]) -> None:
        assert read(EXTRACTOR, pages_of(stream(HELLO), **outline), "pdf")[0].text == "Hello world"

    def test_a_page_that_cannot_be_read_is_a_warning(self) -> None:
        bad = stream(b"BT /F1 12 Tf (never ends) Tj [(a) F] TJ (oh")
        content = pages_of(stream(HELLO), bad, stream(HELLO))
        pages = read(PYPDF, content, "pdf")
        assert [page.text for page in pages] == ["Hello world", "", "Hello world"]
        assert [page.warning for page in pages] == [None, "unreadable_pages", None]
        assert [page.warning for page in read(EXTRACTOR, content, "pdf")] == [None] * 3

    def test_if_no_page_can_be_read_it_is_corrupt(self) -> None:
        bad = stream(b"BT /F1 12 Tf (a) Tj (oh")
        assert refusal(PYPDF, pages_of(bad, bad), "pdf") == "corrupt"

    def test_drawings_do_not_change_the_text(self) -> None:
        drawing = b"0.5 w 10 20 m 30 40 l S\n1 0 0 RG 5 5 50 50 re f*\n12 m\n1 2 3 4 5 6 c h W n\n"
        moved = b"q 1 0 0 1 0 -300 cm\n" + HELLO.replace(b"Hello", b"Below") + b"Q\n"
        plain = read(EXTRACTOR, pages_of(stream(HELLO + moved)), "pdf")
        assert read(EXTRACTOR, pages_of(stream(drawing + HELLO + drawing + moved)), "pdf") == plain
        assert plain[0].text == "Hello world\nBelow world"

    def test_pictures_alone_are_no_text(self) -> None:
        assert refusal(EXTRACTOR, pages_of(stream(b"10 10 m 20 20 l S"), stream(b"")), "pdf") == "no_text"

    def test_forms_are_read(self) -> None:
        form = stream(
            HELLO, entries="/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 3 0 R>>>>"
        )
        assert read(EXTRACTOR, pages_of(stream(b"/X Do"), o950=form), "pdf")[0].text == "Hello world"

    def test_shared_contents_are_read_on_every_page(self) -> None:
        objects: dict[int, str | bytes] = {
            1: "<</Type/Catalog/Pages 2 0 R>>",
            2: "<</Type/Pages/Kids[4 0 R 5 0 R 4 0 R]/Count 3/Resources<</Font<</F1 3 0 R>>>>>>",
            3: FONT,
            4: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[6 0 R]>>",
            5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 6 0 R>>",
            6: stream(HELLO),
        }
        assert [page.text for page in read(EXTRACTOR, pdf(objects), "pdf")] == ["Hello world"] * 3

    @pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
    def test_passwords(self, algorithm: str) -> None:
        def encrypted(user_password: str) -> bytes:
            writer = pypdf.PdfWriter(clone_from=io.BytesIO(pages_of(stream(HELLO))))
            writer.encrypt(user_password, "owner", algorithm=algorithm)
            written = io.BytesIO()
            writer.write(written)
            return written.getvalue()

        assert text_of(encrypted(""), "pdf") == "Hello world"
        with pytest.raises(UnreadableDocument) as refused:
            EXTRACTOR.extract(encrypted("secret"), "pdf", LIMITS)
        assert refused.value.code == "encrypted"

    def test_a_security_handler_that_is_not_a_password(self) -> None:
        content = pdf({1: "<</Type/Catalog>>", 2: "<</Filter/Adobe.PubSec/V 4>>"}, "/Encrypt 2 0 R")
        assert refusal(EXTRACTOR, content, "pdf") == "encrypted"

    def test_other_bytes_may_precede_the_header(self) -> None:
        content = pages_of(stream(HELLO))
        assert text_of(b"MIME-Version: 1.0\r\n" + content, "pdf") == "Hello world"
        assert refusal(EXTRACTOR, b" " * 1024 + content, "pdf") == "type_mismatch"

    @pytest.mark.parametrize("content", [b"plain text", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
    def test_other_kinds_are_a_mismatch(self, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, "pdf") == "type_mismatch"

    def test_a_pdf_without_its_cross_reference_table_is_read(self) -> None:
        content = pages_of(stream(HELLO))
        start = content.rindex(b"startxref")
        assert text_of(content[:start] + b"startxref\n1\n%%EOF", "pdf") == "Hello world"

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.4\n",
            b"%PDF-1.4\n" + b"\x00" * 5000,
            pages_of(stream(HELLO))[:300],
            pdf({1: "<</Type/Catalog>>"}),
            pdf({1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[]/Count 0>>"}),
            pdf({1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[2 0 R]/Count 1>>"}),
            pdf(
                {
                    1: "<</Type/Catalog/Pages 2 0 R>>",
                    2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                    3: "<</Type/Pages/Kids[4 0 R]/Count 1>>",
                    4: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                }
            ),
        ],
        ids=["header", "zeros", "cut", "no pages", "empty tree", "self loop", "loop"],
    )
    def test_broken_files_are_corrupt(self, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, "pdf") == "corrupt"

    def test_a_false_page_count_is_ignored(self) -> None:
        content = pages_of(stream(HELLO)).replace(b"/Count 1>>", b"/Count 9>>")
        assert len(read(EXTRACTOR, content, "pdf")) == 1
        huge = pdf(
            {
                1: "<</Type/Catalog/Pages 2 0 R>>",
                2: "<</Type/Pages/Kids[4 0 R]/Count 1000000>>",
                3: FONT,
                4: "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
                5: stream(HELLO),
            }
        )
        assert len(read(EXTRACTOR, huge, "pdf")) == 1

    def test_too_many_pages(self) -> None:
        with pytest.raises(UnreadableDocument) as refused:
            EXTRACTOR.extract(pages_of(*[b"<<>>"] * 101), "pdf", LIMITS)
        assert refused.value.code == "too_many_pages"

    def test_a_page_tree_that_doubles_on_every_level(self) -> None:
        objects: dict[int, str | bytes] = {1: "<</Type/Catalog/Pages 2 0 R>>"}
        for number in range(2, 40):
            objects[number] = f"<</Type/Pages/Kids[{number + 1} 0 R {number + 1} 0 R]/Count 2>>"
        objects[40] = "<</Type/Page>>"
        assert refusal(EXTRACTOR, pdf(objects), "pdf") == "too_many_pages"

    def test_a_page_tree_without_a_bottom(self) -> None:
        objects: dict[int, str | bytes] = {1: "<</Type/Catalog/Pages 2 0 R>>"}
        for number in range(2, 300):
            objects[number] = f"<</Type/Pages/Kids[{number + 1} 0 R]/Count 1>>"
        objects[300] = "<</Type/Page>>"
        assert refusal(EXTRACTOR, pdf(objects), "pdf") == "corrupt"

    def test_deflate_bombs(self) -> None:
        bomb = stream(HELLO + b" " * 40_000_000)
        assert refusal(EXTRACTOR, pages_of(bomb), "pdf") == "decompression_bomb"
        pages = read(EXTRACTOR, pages_of(bomb, stream(HELLO)), "pdf")
        assert [page.warning is None for page in pages] == [False, True]
        assert refusal(EXTRACTOR, pages_of(stream(HELLO), *[bomb] * 5), "pdf") == "decompression_bomb"

    @pytest.mark.parametrize("extractor", [EXTRACTOR, PYPDF], ids=["pdfium", "pypdf"])
    def test_a_long_array_is_no_attack(self, extractor: DocumentTextExtractor) -> None:
        catalog = f"<</Type/Catalog/Pages 2 0 R/Long[{'0 ' * 120_000}]>>"
        assert read(extractor, pages_of(stream(HELLO), o1=catalog), "pdf")[0].text == "Hello world"

    def test_a_page_of_endless_text(self) -> None:
        content = pages_of(stream(b"BT /F1 12 Tf (" + b"word " * 500_000 + b") Tj ET"))
        assert refusal(PYPDF, content, "pdf") == "decompression_bomb"
        down = stream(b"BT /F1 2 Tf 1 790 Td " + (b"0 -3 Td (" + b"words " * 20 + b") Tj ") * 200 + b"ET")
        assert refusal(EXTRACTOR, pages_of(down), "pdf", FEW_CHARACTERS) == "decompression_bomb"

    def test_a_form_drawn_over_and_over_ends_with_the_seconds(self) -> None:
        form = stream(
            HELLO * 20, entries="/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 3 0 R>>>>"
        )
        content = pages_of(stream(b"/X Do " * 4000), o950=form)
        extractor = DocumentTextExtractor(RunningClock(), pdfium=None)
        assert refusal(extractor, content, "pdf", replace(LIMITS, max_seconds=100)) == "too_large"

    def test_seconds_run_out_between_pages(self) -> None:
        extractor = DocumentTextExtractor(RunningClock())
        extraction = extractor.extract(
            pages_of(*[stream(HELLO)] * 50), "pdf", replace(LIMITS, max_seconds=40)
        )
        assert next(extraction.pages).text == "Hello world"
        with pytest.raises(UnreadableDocument) as refused:
            list(extraction.pages)
        assert refused.value.code == "too_large"

    def test_the_callers_work_between_pages_does_not_count_against_the_seconds(self) -> None:
        clock = FrozenClock()
        extraction = DocumentTextExtractor(clock).extract(
            pages_of(*[stream(HELLO)] * 3), "pdf", replace(LIMITS, max_seconds=1)
        )
        for _ in extraction.pages:
            clock.advance(1000)

    def test_missing_objects_that_each_cost_a_search_through_the_file(self) -> None:
        fonts = "".join(f"/G{number} {1000 + number} 0 R" for number in range(500))
        content = pdf(
            {
                1: "<</Type/Catalog/Pages 2 0 R>>",
                2: "<</Type/Pages/Kids[4 0 R]/Count 1>>",
                4: f"<</Type/Page/Contents 5 0 R/Resources<</Font<<{fonts}>>>>>>",
                5: stream(HELLO),
            }
        )
        extractor = DocumentTextExtractor(RunningClock(), pdfium=None)
        assert refusal(extractor, content, "pdf", replace(LIMITS, max_seconds=100)) == "too_large"

    @pytest.mark.parametrize("nested", [b"[" * 20_000, b"<<" * 20_000, b"(" * 20_000])
    def test_deep_nesting(self, nested: bytes) -> None:
        assert refusal(EXTRACTOR, pages_of(stream(b"Tj " + nested)), "pdf") in ("corrupt", "no_text")
        outcome_of(EXTRACTOR, pages_of(nested), "pdf")
        outcome_of(EXTRACTOR, pdf({1: nested}), "pdf")

    @given(st.binary(max_size=300))
    @example(b"1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF")
    def test_any_bytes_after_the_magic_number(self, rest: bytes) -> None:
        assert outcome_of(EXTRACTOR, b"%PDF-1.7\n" + rest, "pdf") != "type_mismatch"

    def test_cut_off_anywhere(self) -> None:
        content = bytes_of(written_pdf("one", "two", sections=True))
        for end in range(9, len(content), 41):
            assert outcome_of(EXTRACTOR, content[:end], "pdf") != "type_mismatch"

    def test_bytes_changed_anywhere(self) -> None:
        content = bytearray(pages_of(stream(HELLO), stream(HELLO, deflate=False), o900="<</First 10 0 R>>"))
        rng = random.Random(1)
        for _ in range(100):
            changed = bytearray(content)
            for _ in range(rng.randrange(1, 6)):
                changed[rng.randrange(8, len(changed))] = rng.randrange(256)
            outcome_of(EXTRACTOR, bytes(changed), "pdf")


# --- Word ----------------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inside: str, properties: str = "") -> str:
    runs = "".join(each if each.startswith("<") else run(each) for each in inside)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def body(*blocks: str) -> str:
    inside = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    return f"<w:document {NAMESPACES}><w:body>{inside}</w:body></w:document>"


def word(*blocks: str, **parts: str) -> bytes:
    """A DOCX with these blocks, and with related parts such as ``styles``."""
    related = [(kind.rstrip("0123456789"), f"{kind}.xml") for kind in parts]
    return packed(
        {
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(*related),
            "word/document.xml": body(*blocks),
            **{
                f"word/{kind}.xml": f"<w:{kind.rstrip('0123456789')} {NAMESPACES}>{inside}"
                f"</w:{kind.rstrip('0123456789')}>"
                for kind, inside in parts.items()
            },
        }
    )


def words(*blocks: str, **parts: str) -> str:
    return text_of(word(*blocks, **parts), "docx")


def saved(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


class TestWord:
    def test_paragraphs_tables_headings_and_title(self) -> None:
        document = docx.Document()
        document.core_properties.title = "Cell biology"
        document.add_heading("Cells", level=0)
        document.add_paragraph("All life.")
        document.add_heading("Their parts", level=2)
        table = document.add_table(rows=2, cols=2)
        for row, texts in zip(table.rows, [("Part", "Task"), ("Nucleus", "Keeps DNA")], strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        document.add_paragraph("The end.")
        content = saved(document)
        assert EXTRACTOR.extract(content, "docx", LIMITS).title == "Cell biology"
        (page,) = read(EXTRACTOR, content, "docx")
        assert (
            page.text == "Cells\n\nAll life.\n\nTheir parts\n\nPart | Task\nNucleus | Keeps DNA\n\nThe end."
        )
        assert page.headings == (
            Heading(0, "Cells", 1),
            Heading(page.text.index("Their"), "Their parts", 2),
        )

    def test_a_template_of_python_docx_has_no_title(self) -> None:
        document = docx.Document()
        document.add_paragraph("a")
        assert EXTRACTOR.extract(saved(document), "docx", LIMITS).title is None

    def test_nested_and_merged_tables(self) -> None:
        document = docx.Document()
        outer = document.add_table(rows=2, cols=3)
        outer.cell(0, 0).merge(outer.cell(0, 1)).text = "wide"
        outer.cell(0, 2).text = "narrow"
        outer.cell(1, 0).text = "before"
        inner = outer.cell(1, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text = "x"
        inner.cell(0, 1).text = "y"
        outer.cell(1, 2).text = "after"
        text = text_of(saved(document), "docx")
        assert text == "wide |  | narrow\nbefore | x | y | after"

    def test_a_cell_keeps_its_column_and_its_paragraphs_are_one_value(self) -> None:
        def row(*cells: str, properties: str = "") -> str:
            return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

        before = '<w:gridBefore w:val="1"/>'
        table = row(paragraph("Metal"), paragraph("Density"), paragraph("Used | for"))
        table += row(paragraph("Lead"), paragraph("11.3"), paragraph("pipes") + paragraph("and roofs"))
        table += row(paragraph("7.3"), paragraph("cans"), properties=before)
        assert words(f"<w:tbl>{table}</w:tbl>") == (
            "Metal | Density | Used \\| for\nLead | 11.3 | pipes and roofs\n | 7.3 | cans"
        )

    def test_a_table_that_places_texts_side_by_side_keeps_their_paragraphs(self) -> None:
        column = "".join(paragraph(f"Paragraph {number} is a text of its own. " * 3) for number in range(3))
        text = words(f"<w:tbl><w:tr><w:tc>{column}</w:tc><w:tc>{column}</w:tc></w:tr></w:tbl>")
        assert len(text.split("\n\n")) == 5
        assert "|" not in text

    def test_headers_and_footers_once_and_without_page_numbers(self) -> None:
        text = words(
            "Body",
            header1=paragraph("Biology, year 9"),
            header2=paragraph("Biology, year 9"),
            footer1=paragraph("12"),
            footer2=paragraph("Mr Miller"),
        )
        assert text == "Biology, year 9\n\nBody\n\nMr Miller"

    def test_notes_stand_after_the_paragraph_that_refers_to_them(self) -> None:
        text = words(
            paragraph(
                "Water",
                '<w:r><w:footnoteReference w:id="2"/></w:r>',
                " boils",
                "<w:r><w:endnoteReference w:id='1'/></w:r>",
            ),
            "Next",
            footnotes='<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
            f'<w:footnote w:id="2">{paragraph(" H2O")}</w:footnote>',
            endnotes=f'<w:endnote w:id="1">{paragraph("At 100 degrees")}{paragraph("or less")}</w:endnote>',
        )
        assert text == "Water[1] boils[i]\n\n[1] H2O\n\n[i] At 100 degrees\n\nor less\n\nNext"

    def test_a_note_that_refers_to_itself(self) -> None:
        reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
        note = f'<w:footnote w:id="1">{paragraph("again", reference)}</w:footnote>'
        assert words(paragraph("x", reference), footnotes=note) == "x[1]\n\n[1] again"

    def test_text_boxes_once(self) -> None:
        box = f"<w:txbxContent>{paragraph('in the box')}</w:txbxContent>"
        both = (
            f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
        assert words(paragraph("before", both, " after")) == "before after\n\nin the box"
        only_old = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
        assert words(paragraph("a", only_old)) == "a\n\nin the box"
        picture_or_text = f"<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback>{run('f')}</mc:Fallback></mc:AlternateContent></w:r>"
        assert words(paragraph(picture_or_text)) == "f"

    def test_the_words_of_diagrams(self) -> None:
        drawing = "http://schemas.openxmlformats.org/drawingml/2006"
        shape = f'<w:r><w:drawing><dgm:relIds xmlns:dgm="{drawing}/diagram" r:dm="rId1" r:lo="rId2"/></w:drawing></w:r>'
        points = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in ("Egg", "", "Larva"))
        content = packed(
            {
                "word/document.xml": body(paragraph("Stages", shape)),
                "word/_rels/document.xml.rels": relations(("diagramData", "diagrams/data1.xml")),
                "word/diagrams/data1.xml": f'<dataModel xmlns:a="{drawing}/main">{points}</dataModel>',
            }
        )
        assert text_of(content, "docx") == "Stages\n\nEgg\nLarva"

    def test_tracked_changes_links_fields_and_content_controls(self) -> None:
        assert (
            words(
                paragraph(
                    "kept ",
                    f"<w:ins>{run('added ')}</w:ins>",
                    "<w:del><w:r><w:delText>gone </w:delText></w:r></w:del>",
                    f"<w:moveFrom>{run('moved ')}</w:moveFrom>",
                    f'<w:hyperlink r:id="rId9">{run("link ")}</w:hyperlink>',
                    f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('control ')}</w:sdtContent></w:sdt>",
                    "<w:r><w:instrText> PAGE </w:instrText></w:r>",
                    f'<w:fldSimple w:instr="DATE">{run("today")}</w:fldSimple>',
                    f"<w:smartTag>{run('!')}</w:smartTag>",
                    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
                    "<w:r><w:commentReference w:id='0'/></w:r>",
                ),
                f"<w:sdt><w:sdtContent>{paragraph('a block')}</w:sdtContent></w:sdt>",
                f"<w:ins>{paragraph('an added block')}</w:ins>",
                comments=f'<w:comment w:id="0">{paragraph("a remark")}</w:comment>',
            )
            == "kept added link control today!\n\na block\n\nan added block"
        )

    def test_a_cell_over_several_rows_stands_in_each(self) -> None:
        def cell(text: str, merge: str = "") -> str:
            return f"<w:tc><w:tcPr>{merge}</w:tcPr>{paragraph(text) if text else '<w:p/>'}</w:tc>"

        begins, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
        wide = '<w:gridSpan w:val="2"/>'
        rows = (
            cell("C", begins) + cell("lemons") + cell("scurvy", begins),
            cell("", goes_on) + cell("peppers") + cell("", goes_on),
            cell("both", wide + begins) + cell("x"),
            cell("", wide + goes_on) + cell("y"),
            cell("long " * 100, begins) + cell("z"),
            cell("", goes_on) + cell("end"),
        )
        text = words("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>")
        assert text.split("\n")[:4] == [
            "C | lemons | scurvy",
            "C | peppers | scurvy",
            "both |  | x",
            "both |  | y",
        ]
        assert text.split("\n")[-1] == " | end"

    def test_rows_and_cells_in_content_controls_and_deleted_rows(self) -> None:
        def row(*texts: str, properties: str = "") -> str:
            cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in texts)
            return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"

        wrapped = f"<w:sdt><w:sdtContent>{row('c', 'd')}</w:sdtContent></w:sdt>"
        table = f"<w:tbl>{row('a', '', 'b')}{row('x', properties='<w:del/>')}{wrapped}</w:tbl>"
        assert words(table) == "a |  | b\nc | d"

    def test_files_of_other_formats_that_are_shown_in_it(self) -> None:
        def chunked(name: str, content: str | bytes) -> bytes:
            return packed(
                {
                    "word/document.xml": body("before", '<w:altChunk r:id="rId1"/>', "after"),
                    "word/_rels/document.xml.rels": relations(("aFChunk", name)),
                    f"word/{name}": content,
                }
            )

        html = "<h1>Light</h1><p>Plants make <b>sugar</b>.<ul><li>a<li>b</ul><table><tr><td>x<td>y</table>"
        archive = (
            'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html;'
            ' charset="windows-1252"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Gr=FC=DFe=\r\n!</p>\r\n--b--\r\n'
        )
        for name, content, shown in (
            ("chunk.htm", html, "Light\n\nPlants make sugar.\n\n• a\n• b\n\nx | y"),
            ("chunk.mht", archive, "Grüße!"),
            ("chunk.rtf", r"{\rtf1 one\par two\par}", "one\n\ntwo"),
            ("chunk.txt", "one\n\ntwo <b>", "one\n\ntwo <b>"),
            ("chunk.docx", word("inner", "<w:sectPr/>"), "inner"),
        ):
            text = text_of(chunked(name, content), "docx")
            assert text == f"before\n\n{shown}\n\nafter", name
        assert read(EXTRACTOR, chunked("chunk.htm", html), "docx")[0].headings == (Heading(8, "Light", 1),)
        inner = chunked("chunk.docx", word("deepest"))
        for _ in range(6):
            inner = chunked("chunk.docx", inner)
        assert "deepest" not in text_of(inner, "docx")

    def test_a_file_that_is_not_there_is_not_shown(self) -> None:
        assert words("a", '<w:altChunk r:id="rId9"/>') == "a"

    def test_breaks_tabs_hyphens_and_symbols(self) -> None:
        text = words(
            paragraph(
                "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:softHyphen/>"
                '<w:t>d</w:t><w:sym w:font="Symbol" w:char="F070"/><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'
            )
        )
        assert text == "a\tb\nc-dπ"

    def test_formulas_on_one_line(self) -> None:
        def r(text: str) -> str:
            return f"<m:r><m:t>{text}</m:t></m:r>"

        fraction = f"<m:f><m:num>{r('a+b')}</m:num><m:den>{r('c')}</m:den></m:f>"
        power = f"<m:sSup><m:e>{r('x')}</m:e><m:sup>{r('2')}</m:sup></m:sSup>"
        root = f"<m:rad><m:deg/><m:e>{r('y+1')}</m:e></m:rad>"
        total = (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
            f"<m:sub>{r('i=1')}</m:sub><m:sup>{r('n')}</m:sup><m:e><m:d><m:e>{r('i')}</m:e></m:d></m:e></m:nary>"
        )
        water = f"<m:sSub><m:e>{r('H')}</m:e><m:sub>{r('2')}</m:sub></m:sSub>"
        text = words(
            paragraph(
                "f = ",
                *(f"<m:oMath>{each}{r(', ')}</m:oMath>" for each in (fraction, power, root, total, water)),
            )
        )
        assert text == "f = (a+b)/c, x^2, √(y+1), ∑_(i=1)^n (i), H_2,"

    def test_list_numbers(self) -> None:
        numbering = (
            '<w:abstractNum w:abstractNumId="0">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1%2)"/></w:lvl>'
            "</w:abstractNum>"
            '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
            '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
            '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )

        def item(text: str, number: int, level: int = 0) -> str:
            return paragraph(
                text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            )

        text = words(
            "Tasks:",
            item("read", 1),
            item("twice", 1, 1),
            item("aloud", 1, 1),
            item("write", 1),
            item("", 1),
            item("again", 1, 1),
            "Bring:",
            item("a pen", 2),
            "Later:",
            item("rest", 3),
            item("sleep", 3),
            item("plain", 0),
            item("unknown list", 9),
            numbering=numbering,
        )
        assert text == (
            "Tasks:\n\n1. read\n1a) twice\n1b) aloud\n2. write\n2a) again\n\nBring:\n\n• a pen\n\n"
            "Later:\n\n5. rest\n6. sleep\n\nplain\n\nunknown list"
        )

    def test_heading_levels_come_from_styles_and_outline_levels(self) -> None:
        styles = (
            '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="berschrift2"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="Deep"/><w:pPr><w:outlineLvl w:val="7"/></w:pPr></w:style>'
            '<w:style w:type="paragraph" w:styleId="Toc"><w:name w:val="TOC Heading"/><w:basedOn w:val="berschrift2"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
            '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>'
        )

        def styled(style: str) -> str:
            return paragraph(f"by {style}", properties=f'<w:pStyle w:val="{style}"/>')

        content = word(
            *map(styled, ("berschrift2", "Own", "Deep", "Toc", "Loop", "Heading1")),
            paragraph("direct", properties='<w:outlineLvl w:val="2"/>'),
            "plain",
            styles=styles,
        )
        (page,) = read(EXTRACTOR, content, "docx")
        assert [(heading.text, heading.level) for heading in page.headings] == [
            ("by berschrift2", 2),
            ("by Own", 2),
            ("by Deep", 6),
            ("by Heading1", 1),
            ("direct", 3),
        ]
        assert all(page.text.startswith(heading.text, heading.start) for heading in page.headings)

    def test_headings_in_table_cells_and_after_page_breaks_keep_their_places(self) -> None:
        heading = paragraph("Deep", properties='<w:outlineLvl w:val="0"/>')
        table = f"<w:tbl><w:tr><w:tc>{paragraph('left')}</w:tc><w:tc>{heading}</w:tc></w:tr></w:tbl>"
        broken = paragraph("<w:r><w:br w:type='page'/></w:r>", "Two", properties='<w:outlineLvl w:val="0"/>')
        pages = read(EXTRACTOR, word("x", table, broken, heading), "docx")
        assert [page.text for page in pages] == ["x\n\nleft | Deep", "Two\n\nDeep"]
        for page in pages:
            assert all(page.text.startswith(heading.text, heading.start) for heading in page.headings)
        assert [len(page.headings) for page in pages] == [1, 2]

    def test_pages(self) -> None:
        document = docx.Document()
        document.add_paragraph("one").add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("two")
        document.add_paragraph("three").paragraph_format.page_break_before = True
        document.add_section()
        document.add_paragraph("four")
        assert text_of(saved(document), "docx") == "one\ftwo\fthree\ffour"

    def test_a_break_that_word_laid_out_after_a_page_break_is_the_same(self) -> None:
        new_page = "<w:r><w:br w:type='page'/></w:r>"
        laid_out = "<w:r><w:lastRenderedPageBreak/></w:r>"
        assert words(paragraph("a", new_page), paragraph(laid_out, "b ", laid_out, "c")) == "a\fb\fc"
        pages = read(EXTRACTOR, word(paragraph("a", new_page, new_page), paragraph(laid_out, "b")), "docx")
        assert [page.text for page in pages] == ["a", "", "b"]

    def test_a_row_over_two_pages_ends_one_page(self) -> None:
        laid_out = "<w:r><w:lastRenderedPageBreak/></w:r>"
        cell = f"<w:tc>{paragraph('top ', laid_out, 'bottom')}</w:tc>"
        assert words(f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>") == "top\fbottom | top bottom"

    def test_a_page_that_a_picture_fills_is_a_page(self) -> None:
        laid_out = "<w:r><w:lastRenderedPageBreak/></w:r>"
        picture = paragraph(laid_out, "<w:r><w:drawing/></w:r>")
        pages = read(EXTRACTOR, word("one", picture, picture, paragraph(laid_out, "four")), "docx")
        assert [page.warning for page in pages] == [None, "pages_without_text", "pages_without_text", None]
        assert [page.text for page in pages] == ["one", "", "", "four"]
        assert words(paragraph("<w:r><w:drawing/></w:r>"), "a", paragraph("<w:r><w:pict/></w:r>")) == "a"

    def test_a_page_has_a_number_only_if_the_page_breaks_are_whole(self) -> None:
        laid_out, new_page = "<w:r><w:lastRenderedPageBreak/></w:r>", "<w:r><w:br w:type='page'/></w:r>"
        long = [paragraph("A sentence of a long text, one of many. " * 5)] * 20

        def has_pages(*blocks: str, counted: str = "") -> bool:
            main = body(*blocks)
            properties = f'<Properties xmlns="urn:x"><Pages>{counted}</Pages></Properties>'
            related = relations(("officeDocument", "word/document.xml"), ("extended-properties", "app.xml"))
            content = packed({"_rels/.rels": related, "word/document.xml": main, "app.xml": properties})
            return EXTRACTOR.extract(content, "docx", LIMITS).has_pages

        assert has_pages("short")
        assert has_pages("short", paragraph(new_page), "too")
        assert not has_pages(*long)
        assert has_pages(*long, paragraph(laid_out, "two"))
        assert has_pages(*long, paragraph(laid_out, "two"), counted="2")
        assert has_pages(
            *long, paragraph(laid_out, "two"), counted="1"
        )  # pages were added by another program
        assert not has_pages(*long, paragraph(laid_out, "two"), counted="3")
        assert not has_pages(*long * 3, paragraph(laid_out, "two"))

    def test_a_paragraph_goes_on_over_the_end_of_a_page(self) -> None:
        laid_out, new_page = "<w:r><w:lastRenderedPageBreak/></w:r>", "<w:r><w:br w:type='page'/></w:r>"
        cut = "The plague came to Europe by way of the ports of "
        for pieces, goes_on in [
            ((cut, laid_out, "Sicily."), True),
            ((cut, new_page, "Sicily."), True),
            (("Ended.", new_page, "Another."), False),
            (("A title", new_page, "Another."), False),
            ((laid_out, "Whole."), False),
        ]:
            pages = read(EXTRACTOR, word("first", paragraph(*pieces), "last"), "docx")
            assert [page.goes_on for page in pages] == [goes_on, False]

    def test_sections_without_a_new_page(self) -> None:
        ends = "<w:sectPr/>"
        last = '<w:sectPr><w:type w:val="continuous"/></w:sectPr>'
        assert words(paragraph("a", properties=ends), "b", last) == "a\n\nb"
        assert words(paragraph("a", properties=last), "b", ends) == "a\fb"

    def test_strict_namespaces_and_odd_packages_are_read(self) -> None:
        strict = body("strict").replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        assert text_of(packed({"word/document.xml": strict}), "docx") == "strict"
        dangling = packed(
            {
                "_rels/.rels": relations(("officeDocument", "/word/Document.xml")),
                "word/_rels/document.xml.rels": relations(("image", "../NULL"), ("styles", "missing.xml")),
                "word/document.xml": body("read"),
            }
        )
        assert text_of(dangling, "docx") == "read"
        assert text_of(packed({"word\\document.xml": body("backslash")}), "docx") == "backslash"

    def test_nothing_outside_the_package_is_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "secret.xml").write_text(f"<w:hdr {NAMESPACES}>{paragraph('secret')}</w:hdr>")
        outside = relations(
            ("header", f"file://{tmp_path}/secret.xml"), ("header", f"../../../..{tmp_path}/secret.xml")
        )
        content = packed({"word/document.xml": body("a"), "word/_rels/document.xml.rels": outside})
        assert text_of(content, "docx") == "a"

    @pytest.mark.parametrize(
        "declaration",
        [
            '<!DOCTYPE x [<!ENTITY a "aha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
            '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        ],
        ids=["laughs", "external", "dtd"],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize("part", ["word/document.xml", "word/header1.xml"])
    def test_document_types_are_corrupt(self, declaration: str, encoding: str, part: str) -> None:
        inside = body("text &c;") if "ENTITY" in declaration else body("text")
        xml = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{inside}'.encode(encoding)
        parts: dict[str, str | bytes] = {
            "word/document.xml": body("text"),
            "word/_rels/document.xml.rels": relations(("header", "header1.xml")),
            part: xml,
        }
        assert refusal(EXTRACTOR, packed(parts), "docx") == "corrupt"

    def test_bombs(self) -> None:
        blank = body(" " * 70_000_000)
        assert refusal(EXTRACTOR, packed({"word/document.xml": blank}), "docx") == "decompression_bomb"
        aside = packed({"word/document.xml": body("a"), "word/media/image1.bmp": b"\0" * 70_000_000})
        assert refusal(EXTRACTOR, aside, "docx") == "decompression_bomb"
        one_text = packed({"word/document.xml": body("a" * 10_500_000)})
        assert refusal(EXTRACTOR, one_text, "docx") == "decompression_bomb"

    def test_a_small_file_with_much_text(self) -> None:
        content = word(*["All work and no play makes Jack a dull boy."] * 1000)
        assert len(content) < 10_000
        assert refusal(EXTRACTOR, content, "docx", FEW_CHARACTERS) == "decompression_bomb"
        assert outcome_of(EXTRACTOR, content, "docx") == "completed"

    def test_a_crowd_of_entries(self) -> None:
        crowd: dict[str, str | bytes] = {f"x{number}": "" for number in range(10_001)}
        assert (
            refusal(EXTRACTOR, packed({"word/document.xml": body("a"), **crowd}), "docx")
            == "decompression_bomb"
        )

    def test_a_size_that_is_a_lie(self) -> None:
        content = bytearray(packed({"word/document.xml": body("a" * 5000)}))
        directory = content.rindex(b"PK\x01\x02")
        content[directory + 24 : directory + 28] = struct.pack("<I", 100)
        assert refusal(EXTRACTOR, bytes(content), "docx") == "corrupt"

    def test_too_many_pages(self) -> None:
        content = word(*[paragraph("a", "<w:r><w:br w:type='page'/></w:r>")] * 120)
        assert refusal(EXTRACTOR, content, "docx") == "too_many_pages"

    def test_seconds_run_out(self) -> None:
        extractor = DocumentTextExtractor(RunningClock())
        with pytest.raises(UnreadableDocument) as refused:
            extractor.extract(word(*["a"] * 100), "docx", replace(LIMITS, max_seconds=50))
        assert refused.value.code == "too_large"

    def test_passwords_and_older_formats(self) -> None:
        container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
        locked = container + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
        older = container + "WordDocument".encode("utf-16-le") + b"\0" * 100
        assert refusal(EXTRACTOR, locked, "docx") == "encrypted"
        assert refusal(EXTRACTOR, older, "docx") == "type_mismatch"
        zipped = bytearray(word("a"))
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = zipped.find(signature)
            while at >= 0:
                zipped[at + offset] |= 1
                at = zipped.find(signature, at + 1)
        assert refusal(EXTRACTOR, bytes(zipped), "docx") == "encrypted"

    @pytest.mark.parametrize(
        "content",
        [
            b"just text",
            b"%PDF-1.7",
            packed({"a.txt": "a"}),
            packed({}),
            packed({"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"}),
            packed(
                {
                    "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
                    "xl/workbook.xml": "<workbook/>",
                }
            ),
        ],
        ids=["text", "pdf", "zip", "empty zip", "epub", "xlsx"],
    )
    def test_other_kinds_are_a_mismatch(self, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, "docx") == "type_mismatch"

    @pytest.mark.parametrize(
        "content",
        [
            word("a")[:-30],
            b"PK\x03\x04" + b"\0" * 100,
            packed({"_rels/.rels": relations(("officeDocument", "word/document.xml"))}),
            packed({"word/document.xml": body("a")[:-20]}),
            packed({"word/document.xml": b""}),
            packed({"word/document.xml": b"\xff\xfe\xff" * 20}),
        ],
        ids=["cut", "local header", "no part", "cut xml", "empty xml", "no xml"],
    )
    def test_broken_files_are_corrupt(self, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, "docx") == "corrupt"

    def test_no_text(self) -> None:
        with pytest.raises(UnreadableDocument) as refused:
            EXTRACTOR.extract(saved(docx.Document()), "docx", LIMITS)
        assert refused.value.code == "no_text"

    def test_cut_off_anywhere(self) -> None:
        content = word("one", "two", styles="", footnotes="")
        for end in range(4, len(content) - 1, 7):
            assert refusal(EXTRACTOR, content[:end], "docx") == "corrupt"

    def test_bytes_changed_anywhere(self) -> None:
        content = word(paragraph("one", "two"), styles="", numbering="")
        rng = random.Random(1)
        for _ in range(300):
            changed = bytearray(content)
            changed[rng.randrange(len(changed))] = rng.randrange(256)
            outcome_of(EXTRACTOR, bytes(changed), "docx")

    @given(st.lists(st.sampled_from(["<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>a</w:t>", "<w:tbl>", "</w:tbl>",
        "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:sdt>", "</w:sdt>", "<mc:AlternateContent>", "</mc:AlternateContent>",
        "<w:sectPr/>", "<w:pPr><w:numPr/></w:pPr>", "<w:sym/>", "<w:sym w:char='zz'/>", "<w:footnoteReference/>", "<m:f/>",
        "<w:pPr><w:outlineLvl w:val='x'/></w:pPr>", "<w:br w:type='page'/>", "<!-- c -->", "<?pi?>"])))  # fmt: skip
    def test_any_order_of_elements(self, elements: list[str]) -> None:
        outcome_of(EXTRACTOR, word(*elements), "docx")


# --- text and Markdown ---------------------------------------------------------------------------

LESSONS = {
    "en": "The teacher’s notes say “energy is conserved” – always. A naïve café charges £5.",
    "de": "Über die Blätter nehmen Pflanzen Kohlendioxid auf; für größere Bäume gilt dasselbe.",
    "fr": "La photosynthèse : où va le gaz carbonique ? C'est très évident, dès la première leçon.",
    "es": "Los niños aprenden. ¿Cuántos años tiene la Tierra? La evolución del español comenzó.",
    "pl": "Zażółć gęślą jaźń, źdźbło trawy. Uczniowie muszą znać równanie, które wyjaśnia życie.",
    "cs": "Fotosyntéza je složitý proces, při kterém se mění energie. Žáci se učí o světle.",
    "tr": "Öğrenciler bu denklemi öğrenmelidir. Güneş ışığı çok önemlidir, şöyle ki ağaçlar yaşar.",
    "ru": "Фотосинтез, это процесс преобразования энергии света в энергию химических связей.",
    "el": "Η φωτοσύνθεση είναι η διαδικασία κατά την οποία τα φυτά μετατρέπουν την ηλιακή ενέργεια.",
    "he": "פוטוסינתזה היא תהליך שבו צמחים ממירים אנרגיית אור לאנרגיה כימית.",
    "ja": "光合成は、植物が光エネルギーを化学エネルギーに変換する過程である。生徒は覚えること。",
    "zh": "光合作用是植物利用光能把二氧化碳和水转化成有机物的过程。学生必须掌握这个方程式。",
    "tw": "光合作用是植物利用光能把二氧化碳和水轉化成有機物的過程。學生必須掌握這個方程式。",
    "ko": "광합성은 식물이 빛 에너지를 화학 에너지로 바꾸는 과정이다. 학생들은 알아야 한다.",
    "ro": "Fotosinteza este un proces prin care plantele își produc hrana. Elevii învață această ecuație și țin minte.",
    "hr": "Učenici uče kako životinje žive u šumi; đaci će čitati knjigu i pisati o tome što su vidjeli.",
    "vi": "Quang hợp là quá trình cây xanh biến đổi ánh sáng mặt trời thành năng lượng hóa học.",
    "ar": "التمثيل الضوئي عملية تقوم بها النباتات لتحويل ضوء الشمس إلى طاقة كيميائية.",
    "lt": "Fotosintezė yra procesas, kurio metu augalai šviesos energiją paverčia chemine energija.",
    "th": "การสังเคราะห์ด้วยแสงเป็นกระบวนการที่พืชเปลี่ยนพลังงานแสงเป็นพลังงานเคมี",
}
LEGACY = [
    ("en", "cp1252"), ("de", "latin-1"), ("de", "cp1252"), ("de", "cp850"), ("fr", "latin-1"), ("fr", "mac_roman"),
    ("es", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859_2"), ("cs", "cp1250"), ("tr", "cp1254"), ("ru", "cp1251"),
    ("ru", "koi8_r"), ("ru", "cp866"), ("el", "cp1253"), ("he", "cp1255"), ("ja", "cp932"), ("ja", "euc_jp"),
    ("ja", "iso2022_jp"), ("zh", "gb18030"), ("tw", "big5"), ("ko", "euc_kr"), ("th", "tis_620"),
    ("pl", "cp852"), ("cs", "cp852"), ("hr", "cp852"), ("hr", "cp1250"), ("tr", "cp857"), ("el", "cp737"),
    ("he", "cp862"), ("vi", "cp1258"), ("ar", "iso8859_6"), ("ar", "cp1256"), ("ro", "iso8859_16"),
    ("lt", "cp1257"), ("lt", "cp775"),
]  # fmt: skip
LONG_LINES = [
    b"# a" + b" " * 300_000 + b"x", b"# a" + b" #" * 300_000 + b" x", b"=" * 300_000 + b"x", b"a\n" * 50_000,
    b"---\na: b\n" * 20_000, b"~" * 300_000, b"abc " * 200_000 + b"\xe9",
]  # fmt: skip
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


def _with_tone(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else letter


class TestText:
    @pytest.mark.parametrize(("language", "encoding"), LEGACY)
    def test_legacy_encodings(self, language: str, encoding: str) -> None:
        code = "for i in range(10):\n\tprint(i)\n"
        for text in (LESSONS[language], f"{code}\n{LESSONS[language]}\n" * 3):
            # Windows-1258 writes a Vietnamese tone as a combining mark after its letter.
            written = "".join(map(_with_tone, text)) if encoding == "cp1258" else text
            assert text_of(written.encode(encoding), "txt") == text

    @pytest.mark.parametrize(
        "text",
        [
            "The temperature is 10 °C outside, and a ticket costs 50 € or £40.",
            "It’s “quoted” – and it’s said…",
            "The façade of the building is painted. " + "All the other words are plain English. " * 10,
        ],
    )
    def test_a_few_signs_and_letters_are_those_of_windows(self, text: str) -> None:
        assert text_of(text.encode("cp1252"), "txt") == text

    @pytest.mark.parametrize(
        "text",
        ["龙凤呈祥，𠮷野家的牛丼很好吃。", "བོད་ཡིག་ནི་བོད་མིའི་སྐད་ཡིག་ཡིན།", "ئۇيغۇر تىلى بىلەن", "㐀㐁㐂㐃㐄"],
    )
    def test_letters_of_four_bytes_in_gb18030(self, text: str) -> None:
        assert text_of(text.encode("gb18030"), "txt") == text

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("language", ["zh", "tw", "ja"])
    def test_utf16_without_a_mark_and_without_a_zero_byte(self, language: str, encoding: str) -> None:
        content = LESSONS[language].encode(encoding)
        assert b"\0" not in content
        assert text_of(content, "txt") == LESSONS[language]

    @pytest.mark.parametrize("encoding", UNICODE)
    @pytest.mark.parametrize("language", sorted(LESSONS))
    def test_unicode_encodings(self, language: str, encoding: str) -> None:
        text = f"1. {LESSONS[language]}\n2. {LESSONS[language]}\n"
        assert text_of(text.encode(encoding), "txt") == text

    def test_utf8_with_a_few_broken_bytes(self) -> None:
        whole = (LESSONS["fr"] * 3).encode()
        assert text_of(whole + b"\xe2\x80", "txt") == LESSONS["fr"] * 3 + "\ufffd"
        assert text_of(whole + b" caf\xe9 " + whole, "txt").count("\ufffd") == 1

    def test_padding_and_stray_control_characters(self) -> None:
        assert text_of(b"abc\x1a" + b"\0" * 500, "txt") == "abc"
        assert text_of(b"a\x00b" + b"c" * 50, "txt") == "ab" + "c" * 50
        assert text_of(b"\x1b[1mbold\x1b[0m", "txt") == "[1mbold[0m"

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028"])
    def test_newlines(self, newline: str) -> None:
        assert text_of(f"a{newline}b{newline}{newline}c{newline}".encode(), "txt") == "a\nb\n\nc\n"

    def test_surrogate_pairs_are_joined_and_lone_surrogates_are_replaced(self) -> None:
        assert text_of("x😀".encode("utf-16-le"), "txt") == "x😀"
        halves = "\ud83d\ude00 \ud83d.".encode("utf-16-le", "surrogatepass")
        assert text_of(b"\xff\xfe" + halves, "txt") == "😀 \ufffd."

    def test_many_combining_marks_take_no_time(self) -> None:
        text = text_of(("a" + "\u0316\u0300" * 400_000).encode(), "txt")
        assert text.startswith("à\u0316")
        assert len(text) < 40

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7 not really",
            word("a"),
            b"\x7fELF\x02\x01\x01" + b"\0" * 20,
            b"MZ\x90\0\x03\0\0\0\x04" + b"\0" * 100,
            b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            b"\0\0\0\x18ftypmp42" + b"\0" * 20,
            b"{\\rtf1\\ansi Hello}",
            b"\0" * 5000,
            bytes(range(256)) * 20,
            random.Random(1).randbytes(20_000),
            zlib.compress(os.urandom(5000)),
        ],
    )
    def test_binaries_are_a_mismatch(self, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, "txt") == "type_mismatch"
        assert refusal(EXTRACTOR, content, "md") == "type_mismatch"

    @pytest.mark.parametrize(
        "text",
        [
            "<html><body>Hi</body></html>",
            "MZ is a prefix",
            "PK or not",
            base64.b64encode(b"a" * 300).decode(),
        ],
    )
    def test_unusual_but_valid_text_is_kept(self, text: str) -> None:
        assert text_of(text.encode(), "txt") == text

    def test_plain_text_has_no_headings(self) -> None:
        assert read(EXTRACTOR, b"# a\n\nb\n===\n", "txt")[0].headings == ()


class TestMarkdown:
    def headings(self, text: str) -> list[tuple[str, str, int]]:
        """The line, the text and the level of each heading."""
        (page,) = read(EXTRACTOR, text.encode(), "md")
        assert page.text == text
        return [
            (text[heading.start :].split("\n")[0], heading.text, heading.level) for heading in page.headings
        ]

    def test_headings(self) -> None:
        text = "\n# One #\ntext\n  ### Three ## \n#\n#hash\n####### seven\n\nSetext\n======\n\nTwo\n---\nx\n"
        assert self.headings(text) == [
            ("# One #", "One", 1),
            ("  ### Three ## ", "Three", 3),
            ("Setext", "Setext", 1),
            ("Two", "Two", 2),
        ]

    def test_lines_that_only_look_like_headings_are_not_headings(self) -> None:
        text = (
            "```python\n# comment\n```\n~~~\n# no\n```\n~~~~\n\n    # code\n\na\nb\n---\n\n- item\n---\n\n---\n"
            "a | b\n--|--\n\n> quote\n===\n\n# C#\n"
        )
        assert self.headings(text) == [("# C#", "C#", 1)]

    def test_front_matter_is_skipped_and_names_the_document(self) -> None:
        text = "---\ntitle: 'The cell'\n# a comment\nauthor: me\n---\n\n# Not the title\n"
        assert self.headings(text) == [("# Not the title", "Not the title", 1)]
        assert EXTRACTOR.extract(text.encode(), "md", LIMITS).title == "The cell"

    def test_a_first_heading_names_the_document(self) -> None:
        assert EXTRACTOR.extract(b"# Cells\n\ntext", "md", LIMITS).title == "Cells"
        assert EXTRACTOR.extract(b"## Cells\n\n# text", "md", LIMITS).title is None
        assert EXTRACTOR.extract(b"---\n\n# Cells\n\n---\n", "md", LIMITS).title == "Cells"

    @given(
        st.lists(
            st.sampled_from(["# a", "## b #", "a", "", "---", "===", "```", "~~~", "- x", "    c", "\f", "#"])
        )
    )
    def test_headings_start_where_a_line_does(self, lines: list[str]) -> None:
        content = "\n".join([*lines, "end"]).encode()
        for page in read(EXTRACTOR, content, "md"):
            for heading in page.headings:
                assert heading.start == 0 or page.text[heading.start - 1] == "\n"
                assert heading.text in page.text[heading.start :].split("\n")[0]

    @pytest.mark.parametrize("content", LONG_LINES)
    def test_long_lines_take_no_time(self, content: bytes) -> None:
        assert outcome_of(EXTRACTOR, content, "md") == "completed"


class TestLimits:
    @pytest.mark.parametrize(
        "make", [lambda: pages_of(stream(HELLO)), lambda: word("Hello world"), lambda: b"Hello world"]
    )
    def test_content_exactly_at_a_limit_is_read(self, make: Callable[[], bytes]) -> None:
        content = make()
        kinds: Iterable[MediaType] = (
            ("pdf",) if content[:1] == b"%" else ("docx",) if content[:2] == b"PK" else ("txt", "md")
        )
        for kind in kinds:
            just = ExtractionLimits(max_bytes=len(content), max_pages=1, max_characters=11, max_seconds=0)
            assert [page.text for page in read(EXTRACTOR, content, kind, just)] == ["Hello world"]
            assert refusal(EXTRACTOR, content, kind, replace(just, max_characters=10)) == "decompression_bomb"

    def test_parsers_are_imported_on_first_use(self) -> None:
        code = (
            "import sys, adapters.extractors; "
            "sys.exit(len({'pypdf', 'docx', 'lxml', 'chardet'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_an_interrupt_is_not_caught(self) -> None:
        class Interrupting(FrozenClock):
            def monotonic(self) -> float:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            DocumentTextExtractor(Interrupting()).extract(b"a", "txt", LIMITS)


def test_an_error_of_a_parser_is_logged_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    """Otherwise a defect of ours would be mistaken for a damaged file."""
    with pytest.raises(UnreadableDocument, match="corrupt"), refusing_what_cannot_be_read():
        raise KeyError("what the file has")
    [record] = caplog.records
    assert (record.name, record.message) == ("lyceum.extractor", "parser_failed")
    assert record.exc_info is not None
