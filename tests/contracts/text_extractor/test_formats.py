"""Slides, sheets, books, web pages, notebooks, OpenDocument and Rich Text: good, unusual and hostile files."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.extractors import DocumentTextExtractor
from fakes.system import FrozenClock
from ports.text_extractor import Heading, MediaType, PageText
from tests.contracts.text_extractor.contract import LIMITS, outcome_of, read, refusal
from tests.contracts.text_extractor.test_extractors import RunningClock
from tests.support.documents import (
    epub,
    notebook,
    opendocument,
    packed,
    pptx,
    relations,
    rtf,
    shape,
    sheet,
    slide,
    xhtml,
    xlsx,
)

EXTRACTOR = DocumentTextExtractor(FrozenClock())
FEW_CHARACTERS = replace(LIMITS, max_characters=10_000)
PLANETS = "Planet | Moons\nMars | 2\nSaturn | 146"
PICTURE = "<p:pic><p:nvPicPr><p:nvPr/></p:nvPicPr></p:pic>"


def cell(value: str, kind: str = "", style: int = 0, at: str = "") -> str:
    return f'<c{f" r={chr(34)}{at}{chr(34)}" * bool(at)} t="{kind or "n"}" s="{style}"><v>{value}</v></c>'


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def open_table(*rows: tuple[str, ...], name: str = "Planets") -> str:
    inside = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
        + "</table:table-row>"
        for texts in rows
    )
    return f'<table:table table:name="{name}">{inside}</table:table>'


GOOD: dict[MediaType, bytes] = {
    "pptx": pptx(slide(shape("Cells", placeholder="title"), shape("All life is made of cells."))),
    "xlsx": xlsx({"Planets": sheet(row(inline("Saturn"), cell("146")))}),
    "csv": b"Planet,Moons\nSaturn,146\n",
    "html": b"<h1>Cells</h1><p>All life is made of cells.",
    "epub": epub({"a.xhtml": xhtml("<h1>Cells</h1><p>All life is made of cells.</p>")}),
    "ipynb": notebook({"cell_type": "markdown", "source": "# Cells\n\nAll life is made of cells."}),
    "odt": opendocument("<text:p>All life is made of cells.</text:p>"),
    "odp": opendocument(
        "<draw:page><draw:frame><text:p>Cells</text:p></draw:frame></draw:page>", kind="presentation"
    ),
    "ods": opendocument(open_table(("Saturn", "146")), kind="spreadsheet"),
    "rtf": rtf(r"\pard All life is made of cells.\par"),
}
ZIPPED: list[MediaType] = ["pptx", "xlsx", "epub", "odt", "odp", "ods"]


def only_page(content: bytes, media_type: MediaType) -> PageText:
    (page,) = read(EXTRACTOR, content, media_type)
    return page


def text_of(content: bytes, media_type: MediaType) -> str:
    return only_page(content, media_type).text


class TestEveryFormat:
    @pytest.mark.parametrize("kind", GOOD)
    def test_a_small_document_is_read(self, kind: MediaType) -> None:
        assert any(word in text_of(GOOD[kind], kind) for word in ("cells", "Cells", "146"))

    @pytest.mark.parametrize("kind", GOOD)
    def test_slides_are_pages_and_the_other_formats_have_none(self, kind: MediaType) -> None:
        assert EXTRACTOR.extract(GOOD[kind], kind, LIMITS).has_pages == (kind in ("pptx", "odp"))

    @pytest.mark.parametrize("kind", GOOD)
    def test_other_formats_are_a_mismatch(self, kind: MediaType) -> None:
        for other, content in GOOD.items():
            is_text = other in ("csv", "html", "ipynb") and kind in ("csv", "html")
            if other != kind and not is_text:
                assert refusal(EXTRACTOR, content, kind) == "type_mismatch", other
        assert refusal(EXTRACTOR, b"%PDF-1.7", kind) == "type_mismatch"
        assert refusal(EXTRACTOR, packed({"a.txt": "a"}), kind) == "type_mismatch"

    @pytest.mark.parametrize("kind", GOOD)
    def test_cut_off_anywhere(self, kind: MediaType) -> None:
        content = GOOD[kind]
        for end in range(1, len(content), max(1, len(content) // 40)):
            assert outcome_of(EXTRACTOR, content[:end], kind) in (
                "completed",
                "corrupt",
                "type_mismatch",
                "no_text",
            )

    @pytest.mark.parametrize("kind", GOOD)
    def test_bytes_changed_anywhere(self, kind: MediaType) -> None:
        rng = random.Random(1)
        for _ in range(60):
            changed = bytearray(GOOD[kind])
            changed[rng.randrange(len(changed))] = rng.randrange(256)
            outcome_of(EXTRACTOR, bytes(changed), kind)

    @pytest.mark.parametrize("kind", GOOD)
    def test_the_seconds_run_out(self, kind: MediaType) -> None:
        assert refusal(
            DocumentTextExtractor(RunningClock()), GOOD[kind], kind, replace(LIMITS, max_seconds=0)
        ) == ("too_large")

    @pytest.mark.parametrize("kind", ["epub", "odt"])
    def test_packages_that_unpack_to_far_more(self, kind: MediaType) -> None:
        written = io.BytesIO(GOOD[kind])
        with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr("media/picture.bmp", b"\0" * 70_000_000)
        assert refusal(EXTRACTOR, written.getvalue(), kind) == "decompression_bomb"

    @pytest.mark.parametrize("kind", ZIPPED)
    def test_a_password(self, kind: MediaType) -> None:
        container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
        assert refusal(EXTRACTOR, container, kind) == "encrypted"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'


class TestEntities:
    """No entity that a document declares is resolved, in whichever part it is declared."""

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("xlsx", xlsx({"A": ENTITIES + sheet(row(inline("&b;&f;")))})),
            ("odt", opendocument("<text:p>a</text:p>", parts={"styles.xml": f"{ENTITIES}<a>&f;</a>"})),
            (
                "epub",
                epub({"a.xhtml": xhtml("a")}, parts={"META-INF/encryption.xml": f"{ENTITIES}<a>&f;</a>"}),
            ),
        ],
    )
    def test_they_are_corrupt(self, kind: MediaType, content: bytes) -> None:
        assert refusal(EXTRACTOR, content, kind) == "corrupt"

    def test_a_slide_with_some_is_not_read(self) -> None:
        content = pptx(ENTITIES + slide(shape("&b;&f;")), slide(shape("two")))
        pages = read(EXTRACTOR, content, "pptx")
        assert [page.text for page in pages] == ["", "two"]
        assert [page.warning for page in pages] == ["unreadable_pages", None]
        assert refusal(EXTRACTOR, pptx(ENTITIES + slide(shape("&f;"))), "pptx") == "corrupt"

    @pytest.mark.parametrize("kind", ["html", "epub"])
    def test_entities_declared_by_a_web_page_are_not_resolved(self, kind: MediaType) -> None:
        page = f"{ENTITIES}<html><body><p>one &f; &b; two &eacute;</p></body></html>"
        content = page.encode() if kind == "html" else epub({"a.xhtml": page})
        text = text_of(content, kind)
        assert "ha" not in text
        assert "root" not in text
        assert text.endswith("one &f; &b; two é")


class TestSlides:
    def test_a_slide_is_a_page_with_its_title_first_and_its_notes_last(self) -> None:
        content = pptx(
            slide(shape("body text"), shape("Cells", placeholder="title"), shape("12", placeholder="sldNum")),
            slide(shape("Atoms", placeholder="ctrTitle"), shape("One", "Two")),
            notes={1: "Say that Hooke saw them."},
        )
        assert read(EXTRACTOR, content, "pptx") == [
            PageText(1, "Cells\n\nbody text\n\nSay that Hooke saw them.", (Heading(0, "Cells", 1),)),
            PageText(2, "Atoms\n\nOne\nTwo", (Heading(0, "Atoms", 1),)),
        ]

    def test_the_title_of_the_properties(self) -> None:
        core = "<coreProperties xmlns:dc='x'><dc:title>Small things</dc:title></coreProperties>"
        kinds = (("officeDocument", "ppt/presentation.xml"), ("core-properties", "docProps/core.xml"))
        content = pptx(slide(shape("a")), parts={"_rels/.rels": relations(*kinds), "docProps/core.xml": core})
        assert EXTRACTOR.extract(content, "pptx", LIMITS).title == "Small things"

    def test_tables_groups_and_merged_cells(self) -> None:
        def table_row(*cells: str) -> str:
            return f"<a:tr>{''.join(cells)}</a:tr>"

        def table_cell(text: str, merge: str = "") -> str:
            return f"<a:tc {merge}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"

        rows = (
            table_row(table_cell("Vitamin"), table_cell("Source"), table_cell("Lack")),
            table_row(
                table_cell("C", 'rowSpan="2"'), table_cell("lemons"), table_cell("scurvy", 'rowSpan="2"')
            ),
            table_row(table_cell("", 'vMerge="1"'), table_cell("peppers"), table_cell("", 'vMerge="1"')),
            table_row(table_cell("wide", 'gridSpan="2"'), table_cell("", 'hMerge="1"'), table_cell("end")),
        )
        frame = f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{''.join(rows)}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
        content = pptx(slide(f"<p:grpSp>{shape('in a group')}</p:grpSp>", frame))
        assert text_of(content, "pptx") == (
            "in a group\n\nVitamin | Source | Lack\nC | lemons | scurvy\nC | peppers | scurvy\nwide |  | end"
        )

    def test_diagrams_and_charts(self) -> None:
        def drawn(name: str, relation: str) -> str:
            return f"<p:graphicFrame><a:graphic><a:graphicData><a:{name} {relation}/></a:graphicData></a:graphic></p:graphicFrame>"

        def cached(name: str, *values: str) -> str:
            points = "".join(f'<pt idx="{place}"><v>{value}</v></pt>' for place, value in enumerate(values))
            return f"<{name}><cache>{points}</cache></{name}>"

        moons = (
            f"<ser>{cached('tx', 'Moons')}{cached('cat', 'Mars', 'Saturn')}{cached('val', '2', '146')}</ser>"
        )
        mass = f"<ser>{cached('tx', 'Mass')}{cached('val', '0.10700000000000001', '95')}</ser>"
        content = pptx(
            slide(drawn("relIds", 'r:dm="rId1"'), drawn("chart", 'r:id="rId2"')),
            parts={
                "ppt/slides/_rels/slide1.xml.rels": relations(
                    ("diagramData", "../d.xml"), ("chart", "../c.xml")
                ),
                "ppt/d.xml": "<d><p><t>Egg</t></p><p><t>Larva</t></p></d>",
                "ppt/c.xml": f"<c><title><rich><p><t>Planets</t></p></rich></title>{moons}{mass}</c>",
            },
        )
        assert text_of(content, "pptx") == (
            "Egg\nLarva\n\nPlanets\n\n | Moons | Mass\nMars | 2 | 0.107\nSaturn | 146 | 95"
        )

    def test_numbered_paragraphs_and_line_breaks(self) -> None:
        def numbered(text: str, kind: str = "arabicPeriod") -> str:
            return f'<a:pPr><a:buAutoNum type="{kind}"/></a:pPr><a:r><a:t>{text}</a:t></a:r>'

        content = pptx(
            slide(
                shape(
                    numbered("one"), numbered("two"), "<a:r><a:t>x</a:t></a:r><a:br/><a:r><a:t>y</a:t></a:r>"
                ),
                shape(numbered("a", "alphaLcParenR"), numbered("b", "alphaLcParenR")),
            )
        )
        assert text_of(content, "pptx") == "1. one\n2. two\nx\ny\na) a\nb) b"

    def test_long_paragraphs_of_a_slide_do_not_run_together(self) -> None:
        said = "Turgor: the pressure of the cell against its own wall"
        content = pptx(slide(shape(said, "Plasmolysis: the shrinking of the cell", "Cytosol", "the rest")))
        (page,) = read(EXTRACTOR, content, "pptx")
        assert page.text == f"{said}\n\nPlasmolysis: the shrinking of the cell\nCytosol\nthe rest"

    def test_a_slide_of_a_picture_alone_is_a_warning(self) -> None:
        pages = read(EXTRACTOR, pptx(slide(PICTURE), slide(shape("a"), PICTURE), slide()), "pptx")
        assert [page.warning for page in pages] == ["pages_without_text", None, None]
        assert refusal(EXTRACTOR, pptx(slide(PICTURE)), "pptx") == "no_text"

    def test_too_many_slides(self) -> None:
        assert refusal(EXTRACTOR, pptx(*[slide(shape("a"))] * 101), "pptx") == "too_many_pages"

    def test_groups_in_groups_without_a_bottom(self) -> None:
        deep = "<p:grpSp>" * 5_000 + "</p:grpSp>" * 5_000
        assert outcome_of(EXTRACTOR, pptx(slide(shape("a"), deep)), "pptx") == "corrupt"
        groups = "<p:grpSp>" * 200 + shape("deep") + "</p:grpSp>" * 200
        assert text_of(pptx(slide(shape("a"), groups)), "pptx") == "a"


class TestWorkbooks:
    def test_sheets_rows_and_values_as_excel_shows_them(self) -> None:
        styles = (
            '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="&quot;day&quot; 0"/>'
            '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="9"/>'
            '<xf numFmtId="165"/><xf numFmtId="20"/></cellXfs>'
        )
        first = sheet(
            row(cell("0", "s"), cell("1", "s"), inline("Sum")),
            row(cell("45352", style=1), cell("45352.75", style=2), cell("0.30000000000000004")),
            row(cell("0.25", style=3), cell("7", style=4), cell("0.5", style=5)),
            row(cell("1", "b"), cell("a word", "str"), cell("#DIV/0!", "e")),
        )
        strings = "<si><t>Date</t></si><si><r><t>Mo</t></r><r><t>ment</t></r><rPh><t>reading</t></rPh></si>"
        content = xlsx(
            {"Marks": first, "Empty": sheet(), "Notes": sheet(row(inline("x")))},
            strings=strings,
            styles=styles,
        )
        page = only_page(content, "xlsx")
        assert page.text == (
            "Marks\n\nDate | Moment | Sum\n2024-03-01 | 2024-03-01 18:00 | 0.3\n25% | 7 | 12:00\n"
            "TRUE | a word | #DIV/0!\n\nNotes\n\nx"
        )
        assert page.headings == (Heading(0, "Marks", 1), Heading(page.text.index("Notes"), "Notes", 1))

    def test_addresses_gaps_and_merged_cells(self) -> None:
        rows = (
            '<row r="4"><c r="C4" t="str"><v>Monday</v></c><c r="E4" t="str"><v>Maths</v></c></row>'
            '<row r="5"><c r="E5" t="str"><v>Latin</v></c></row><row r="9"><c r="D9" t="str"><v>end</v></c></row>'
        )
        content = xlsx({"A": sheet(rows, after='<mergeCells><mergeCell ref="C4:C5"/></mergeCells>')})
        assert text_of(content, "xlsx") == "A\n\nMonday |  | Maths\nMonday |  | Latin\n\n | end"

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            (
                ["Tree,Age,,Bird,Song", "Oak,900,,Wren,loud", "Yew,2000,,Owl,low"],
                "Tree | Age\nOak | 900\nYew | 2000\n\nBird | Song\nWren | loud\nOwl | low",
            ),
            (
                ["Tree,,Age,Height", "Oak,,900,25", "Yew,,2000,20"],
                "Tree | Age | Height\nOak | 900 | 25\nYew | 2000 | 20",
            ),
            (
                ["Tree,Age", "Oak,900", "", "Bird,Song", "Wren,loud"],
                "Tree | Age\nOak | 900\n\nBird | Song\nWren | loud",
            ),
        ],
        ids=["side by side", "a space within", "one under another"],
    )
    def test_a_sheet_may_hold_several_tables(self, rows: list[str], told: str) -> None:
        written = (
            f'<row r="{number}">'
            + "".join(
                f'<c r="{chr(65 + at)}{number}" t="str"><v>{text}</v></c>'
                for at, text in enumerate(cells.split(","))
                if text
            )
            + "</row>"
            for number, cells in enumerate(rows, 1)
        )
        assert text_of(xlsx({"A": sheet(*written)}), "xlsx") == f"A\n\n{told}"

    def test_hidden_sheets_are_not_read(self) -> None:
        sheets = {"Seen": sheet(row(inline("a"))), "Key": sheet(row(inline("secret")))}
        assert text_of(xlsx(sheets, hidden=("Key",)), "xlsx") == "Seen\n\na"

    def test_boxes_of_a_sheet(self) -> None:
        drawing = "<d><txBody><p><t>Ada wrote</t></p><p><t>the first program.</t></p></txBody></d>"
        with zipfile.ZipFile(io.BytesIO(xlsx({"A": sheet(row(inline("x")))}))) as package:
            parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("drawing", "../drawings/d.xml"))
        parts["xl/drawings/d.xml"] = drawing
        assert text_of(packed(parts), "xlsx") == "A\n\nx\n\nAda wrote\nthe first program."

    def test_strange_numbers_and_addresses(self) -> None:
        cells = (
            cell("1e400"), cell("nan", style=1), cell("-5", style=1), cell("9" * 40), cell("x", at="ZZZ1"), cell("y", at="?"),
            cell("7", "s"), cell("-1", "s"), cell("", "s"), cell("1" * 8000, style=1),
        )  # fmt: skip
        styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        assert outcome_of(EXTRACTOR, xlsx({"A": sheet(row(*cells))}, styles=styles), "xlsx") == "completed"

    def test_a_small_file_with_much_text(self) -> None:
        strings = f"<si><t>{'word ' * 200}</t></si>"
        content = xlsx({"A": sheet(*[row(cell("0", "s"))] * 100)}, strings=strings)
        assert len(content) < 5_000
        assert refusal(EXTRACTOR, content, "xlsx", FEW_CHARACTERS) == "decompression_bomb"
        wide = sheet(*['<row><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'] * 100)
        assert text_of(xlsx({"A": wide}), "xlsx").endswith("1 | 1")

    def test_a_sheet_that_is_cut_is_corrupt(self) -> None:
        assert refusal(EXTRACTOR, xlsx({"A": sheet(row(inline("a")))[:-30]}), "xlsx") == "corrupt"


class TestValues:
    @pytest.mark.parametrize(
        "content",
        [
            b"Planet,Moons\r\nMars,2\r\nSaturn,146\r\n",
            b"Planet;Moons\nMars;2\nSaturn;146",
            b"Planet\tMoons\nMars\t2\nSaturn\t146\n",
            b"sep=;\nPlanet;Moons\nMars;2\nSaturn;146\n",
            b'"Planet","Moons"\n"Mars",2\n\n"Saturn","146"\n',
            "Planet,Moons\nMars,2\nSaturn,146\n".encode("utf-16"),
        ],
    )
    def test_a_row_is_a_row_of_a_table(self, content: bytes) -> None:
        assert text_of(content, "csv") == PLANETS

    def test_quotes_newlines_and_bars_in_values(self) -> None:
        assert text_of(b'a,"b, c"\n"d\ne","f ""g"" | h"\n', "csv") == 'a | b, c\nd e | f "g" \\| h'

    def test_decimal_commas_do_not_separate(self) -> None:
        assert (
            text_of("Ort;Größe\nUlm;1,5\nBern;2,25\n".encode("cp1252"), "csv")
            == "Ort | Größe\nUlm | 1,5\nBern | 2,25"
        )

    def test_a_quote_that_never_ends_costs_no_rows(self) -> None:
        assert text_of(b'a,b\n"c,d\ne,f\n', "csv") == 'a | b\n"c | d\ne | f'

    def test_a_value_of_any_length(self) -> None:
        assert len(text_of(b"a,b\n" + b"x" * 300_000 + b",1\n", "csv")) > 300_000

    def test_white_space_alone_is_no_text(self) -> None:
        assert refusal(EXTRACTOR, b" ,\n,\n", "csv") == "no_text"


class TestWebPages:
    def test_blocks_headings_lists_and_title(self) -> None:
        page = only_page(
            b"<title>Cells &amp; life</title><style>p{}</style><body><h1>Cells</h1><p>All  life\nis <b>ma</b>de&nbsp;of"
            b" ce<i>lls</i>.<br>A line.<h2 id=x>Parts</h2><ul><li>one<li><p>two<ul><li>deep</ul></ul>"
            b"<ol start=3><li>c<li value=7>g</ol><script>'<p>no'</script><p hidden>no<p style='display: NONE'>no"
            b"<div>tail<noscript>no</noscript></div>",
            "html",
        )
        assert page.text == (
            "Cells\n\nAll life is made of cells.\nA line.\n\nParts\n\n• one\n• two\n• deep\n3. c\n7. g\n\ntail"
        )
        assert [(heading.text, heading.level) for heading in page.headings] == [("Cells", 1), ("Parts", 2)]
        assert (
            EXTRACTOR.extract(b"<title>Cells &amp; life</title><p>a", "html", LIMITS).title == "Cells & life"
        )

    @pytest.mark.parametrize(
        "around",
        [
            "<header><a>Biology blog</a><nav><ul><li><a>Start</a><li>Log in</ul></nav></header>{}<footer>© 2024 Ana</footer>",
            "<a class=skip-link>Go on</a><div id=top role=navigation>Menu</div>{}<div role=contentinfo>Last change: May</div>",
            "<div class='nav-bar'><a>Start</a> | <a>News</a></div>{}<div id=footer>(c) 2024</div>",
            "<ul><li><a>Start</a><li><a>Courses</a><li><a>Staff</a></ul>{}",
            "<table><tr><td><a>Start</a><td><a>Courses</a></table>{}",
            "{}<div class='js-cookieConsent cookie-banner'>This page stores cookies.<button>Accept</button></div>",
            "{}<div id=consent-box><div class=consent-message>We store cookies.</div><div id=consent-bar><button>OK</button></div></div>",
            "{}<div class='post-related related-posts'><h2>Next</h2><a>Seeds</a></div><p id=social-links><a>Follow us</a>",
            "{}<div role=dialog aria-modal=true><h2>Your choice</h2><p>We value your privacy.</div>",
            "{}<aside><h2>More to read</h2><ul><li><a>Why leaves fall in autumn</a><li><a>Seeds</a></ul></aside>",
            "<div class=breadcrumb>You are in: <a>Plants</a></div>{}<ul class=pagination><li>1<li><a>2</a></ul>",
        ],
    )
    def test_menus_and_notices_are_no_content(self, around: str) -> None:
        content = (
            "<main><h1>Leaves<a class=headerlink>#</a></h1><p>A leaf takes in light.</p><h2>Read on</h2>"
            "<ul><li><a>The stem</a><li><a>The root</a><li><a>The seed</a></ul></main>"
        )
        expected = "Leaves\n\nA leaf takes in light.\n\nRead on\n\n• The stem\n• The root\n• The seed"
        assert text_of(around.format(content).encode(), "html") == expected

    def test_links_after_the_last_prose_are_no_content(self) -> None:
        page = b"<p>A leaf takes in the light of the sun.<p><a>Top</a><p><a>Imprint</a><p><a>Map</a>"
        assert text_of(page, "html") == "A leaf takes in the light of the sun."

    @pytest.mark.parametrize(
        ("page", "text"),
        [
            ("<nav><ul><li><a>Lecture 1</a><li><a>Lecture 2</a></ul></nav>", "• Lecture 1\n• Lecture 2"),
            ("<p><a>Lecture 1</a><p><a>Lecture 2</a>", "Lecture 1\n\nLecture 2"),
            ("<div class=menu><p>Soup and bread.</p></div><p>We eat.", "Soup and bread.\n\nWe eat."),
            (
                "<aside><p>Brighter than Venus.</p></aside><p>It came back.",
                "Brighter than Venus.\n\nIt came back.",
            ),
            ("<header><h1>Cells</h1><a>Start</a></header><p>All life.", "Cells\n\nAll life."),
            ("<article><footer>By Ana, © 2024</footer></article><p>a", "By Ana, © 2024\n\na"),
            ("<h2><button>What is a cell?</button></h2><p>A part.", "What is a cell?\n\nA part."),
            ("<div><button>What is a cell?</button></div><p>A part.", "What is a cell?\n\nA part."),
            (
                "<button>Menu</button><p><button>The parts of a cell</button><p>All life is made of cells, some of many.",
                "The parts of a cell\n\nAll life is made of cells, some of many.",
            ),
            (
                "<p>How high is the tower?<div role=dialog><p>It is 42 metres high.<button>Close</button></div>",
                "How high is the tower?\n\nIt is 42 metres high.Close",
            ),
            (
                "<div><p>These are the planets that turn around our own sun.<ul><li><a>Venus</a><li><a>Earth</a><li>"
                "<a>Mars</a></ul></div><div><ul><li><a>Start</a><li><a>Map</a><li><a>Imprint</a></ul></div>",
                "These are the planets that turn around our own sun.\n\n• Venus\n• Earth\n• Mars",
            ),
            (
                "<p>A leaf takes in the light of the sun.<div><a>Schleiden, Contributions to phytogenesis, 1838</a></div>"
                "<div><a>Schwann, On the accordance of animals and plants</a></div><div><a>Hooke, Micrographia, London"
                " 1665</a></div>",
                "A leaf takes in the light of the sun.\n\nSchleiden, Contributions to phytogenesis, 1838\n\nSchwann, On the"
                " accordance of animals and plants\n\nHooke, Micrographia, London 1665",
            ),
            ("<section id=cookies><h2>Cookies</h2><p>Bake them.</section>", "Cookies\n\nBake them."),
            (
                "<div class=cookie-box><h2>Cookies</h2><p>Bake them.</div><p>Eat.",
                "Cookies\n\nBake them.\n\nEat.",
            ),
            (
                "<article class=cookie-info><p>See <a>the law</a>.</article><p>Read on.",
                "See the law.\n\nRead on.",
            ),
            (
                "<div id=social-studies><h2>Social studies</h2><a>Why people found states</a></div><p>Read.",
                "Social studies\n\nWhy people found states\n\nRead.",
            ),
            (
                "<aside><a name=top><p>Brighter than Venus.</p></a></aside><p>It came back.",
                "Brighter than Venus.\n\nIt came back.",
            ),
            (
                "<main><p>These are the planets that turn around our own sun.<ul><li><a>Venus</a><li><a>Earth</a><li>"
                "<a>Mars</a></ul></main>",
                "These are the planets that turn around our own sun.\n\n• Venus\n• Earth\n• Mars",
            ),
            (
                "<footer>" + "Copyright protects a work. " * 200 + "</footer><p>It ends.",
                ("Copyright protects a work. " * 200).strip() + "\n\nIt ends.",
            ),
            (
                "<p>A leaf takes in the light of the sun.<p><a>Source</a>",
                "A leaf takes in the light of the sun.\n\nSource",
            ),
        ],
    )
    def test_links_and_parts_that_are_content_stay(self, page: str, text: str) -> None:
        assert text_of(page.encode(), "html") == text

    def test_tables(self) -> None:
        text = text_of(
            b"<table><caption>Vitamins</caption><thead><tr><th>Vitamin<th>Source<th>Lack<tbody><tr><td rowspan=2>C<td>"
            b"<p>lemons</p><p>limes</p><td rowspan=2>scurvy<tr><td>peppers<tr><td colspan=2>wide<td>end</table>after",
            "html",
        )
        assert text == (
            "Vitamins\n\nVitamin | Source | Lack\nC | lemons limes | scurvy\nC | peppers | scurvy\nwide |  | end\n\nafter"
        )

    def test_tables_that_only_place_texts(self) -> None:
        page = only_page(
            b"<table><tr><td><h1>Left</h1><p>one</p></td><td><table><tr><td>a<td>b<tr><td>c<td>d</table></td></tr></table>",
            "html",
        )
        assert page.text == "Left\n\none\n\na | b\nc | d"
        assert page.headings == (Heading(0, "Left", 1),)

    def test_code_keeps_its_lines(self) -> None:
        assert (
            text_of(b"<pre>\ndef f():\n    return 1\n</pre><p>a\nb", "html")
            == "def f():\n    return 1\n\na b"
        )

    def test_an_archive_of_a_browser(self) -> None:
        content = (
            b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
            b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+Q2VsbHM8L3A+\r\n--b\r\n"
            b"Content-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
        )
        assert text_of(content, "html") == "Cells"
        assert refusal(EXTRACTOR, content.replace(b"text/html", b"text/css"), "html") == "no_text"

    def test_formulas_on_one_line(self) -> None:
        text = text_of(
            b"<p>f = <math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac><mo>&#x2062;</mo>"
            b"<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup><annotation>TeX</annotation></math>,"
            b" <img class=tex alt='E=mc^2'>",
            "html",
        )
        assert text == "f = (a+b)/cx^2, E=mc^2"
        prefixed = "<m:math><m:mtext>the area of</m:mtext><m:msup><m:mi>r</m:mi><m:mn>2</m:mn></m:msup><m:annotation>x</m:annotation></m:math>"
        assert text_of(f"<p>{prefixed}</p>".encode(), "html") == "the area ofr^2"

    @pytest.mark.parametrize(
        "content",
        [
            "<meta charset=utf-8><p>Grüße — žluť".encode(),
            "<p>Grüße — žluť".encode("utf-16"),
            '<meta http-equiv=x content="text/html; charset=windows-1250"><p>Grüße — žluť'.encode("cp1250"),
            "<meta charset=windows-1250><p>Grüße — žluť".encode(),  # the declared encoding is wrong
        ],
    )
    def test_encodings(self, content: bytes) -> None:
        assert text_of(content, "html") == "Grüße — žluť"

    def test_latin_1_means_windows(self) -> None:
        assert text_of("<meta charset=iso-8859-1><p>“é”".encode("cp1252"), "html") == "“é”"

    @pytest.mark.parametrize(
        "content",
        [
            b"<div>" * 100_000 + b"end",
            b"<table><tr><td>" * 3_000 + b"end",
            b"<b>" * 50_000 + b"<p>end",
            b"<ul><li>" * 20_000 + b"end",
            b"<div class=sidebar>a" * 20_000 + b"end",
            b"<a name=a>" * 50_000 + b"<p>end",
            b"<math>" + b"<mrow>" * 50_000 + b"end",
        ],
    )
    def test_deep_nesting(self, content: bytes) -> None:
        assert text_of(content, "html").endswith("end")

    @pytest.mark.parametrize("name", ["gdpr_", "cookie", "consent-", "menu-"])
    def test_a_long_class_is_read_in_little_time(self, name: str) -> None:
        """A pattern that tries each pair of places in the class would run for hours."""
        assert text_of(f"<div class='{name * 40_000}'>end</div>".encode(), "html") == "end"

    def test_cells_that_reach_over_everything(self) -> None:
        wide = b"<table>" + b"<tr><td colspan=1000000>a<td>b" * 500 + b"</table>"
        assert len(text_of(wide, "html")) < 500 * 200
        tall = (
            b"<table><tr><td rowspan=1000000>" + b"word " * 50 + b"<td>a" + b"<tr><td>b" * 200 + b"</table>"
        )
        assert refusal(EXTRACTOR, tall, "html", FEW_CHARACTERS) == "decompression_bomb"

    @given(st.lists(st.sampled_from(["<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<th rowspan=2>", "<li>",
        "<ul>", "</ul>", "<ol>", "<h1>", "</h1>", "<pre>", "</pre>", "<math>", "</math>", "<mfrac>", "<mrow>", "</mrow>", "<br>",
        "<div hidden>", "</div>", "<template>", "<title>", "</title>", "text ", "a<", "&", "<!--", "-->", "<![CDATA[", "<ruby>",
        "<rt>", "<caption>", "<nav>", "</nav>", "<a>", "</a>", "<header>", "<footer>", "<div class=menu>", "<button>", "<img class=math alt=x>"])))  # fmt: skip
    def test_any_order_of_tags(self, tags: list[str]) -> None:
        assert outcome_of(EXTRACTOR, "".join([*tags, "x"]).encode(), "html") in ("completed", "no_text")


class TestBooks:
    def test_files_in_order_with_their_headings(self) -> None:
        page = only_page(
            epub({"2.xhtml": xhtml("<h1>One</h1><p>a</p>"), "1.xhtml": xhtml("<h2>Two</h2><p>b</p>")}), "epub"
        )
        assert page.text == "One\n\na\n\nTwo\n\nb"
        assert [(heading.text, heading.level) for heading in page.headings] == [("One", 1), ("Two", 2)]
        assert EXTRACTOR.extract(GOOD["epub"], "epub", LIMITS).title == "A book of cells"

    def test_the_contents_name_chapters_without_headings(self) -> None:
        chapters = {"a.xhtml": xhtml("<p>CELLS</p><p>All life.</p>"), "b.xhtml": xhtml("<p>Of atoms.</p>")}
        page = only_page(epub(chapters, contents={"a.xhtml": "Cells", "b.xhtml": "Atoms"}), "epub")
        assert page.text == "Cells\n\nAll life.\n\nAtoms\n\nOf atoms."
        assert [heading.text for heading in page.headings] == ["Cells", "Atoms"]

    def test_encrypted_text_is_refused_and_encrypted_fonts_are_not(self) -> None:
        def locked(file: str) -> bytes:
            encryption = f'<encryption><CipherReference URI="OEBPS/{file}"/></encryption>'
            return epub({"a.xhtml": xhtml("text")}, parts={"META-INF/encryption.xml": encryption})

        assert refusal(EXTRACTOR, locked("text/a.xhtml"), "epub") == "encrypted"
        assert text_of(locked("fonts/a.otf"), "epub") == "text"

    def test_nothing_outside_the_package_is_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "outside.xhtml").write_text(xhtml("secret"))
        assert text_of(epub({"a.xhtml": xhtml("text"), f"..{tmp_path}/outside.xhtml": ""}), "epub") == "text"

    def test_broken_contents_cost_no_text(self) -> None:
        assert (
            text_of(epub({"a.xhtml": xhtml("text")}, parts={"OEBPS/toc.ncx": "<ncx><nav"}), "epub") == "text"
        )

    def test_a_chapter_that_is_not_there(self) -> None:
        with zipfile.ZipFile(io.BytesIO(epub({"a.xhtml": xhtml("one"), "b.xhtml": xhtml("two")}))) as package:
            parts = {name: package.read(name) for name in package.namelist() if not name.endswith("b.xhtml")}
        assert text_of(packed(dict(parts)), "epub") == "one"


class TestNotebooks:
    def test_texts_code_and_outputs(self) -> None:
        page = only_page(
            notebook(
                {"cell_type": "markdown", "source": ["# Motion\n", "\n", "Speed is distance by time.\n"]},
                {
                    "cell_type": "code",
                    "source": "print(6 / 2)  # not a heading",
                    "outputs": [
                        {"output_type": "stream", "name": "stdout", "text": ["3.0\n"]},
                        {
                            "output_type": "execute_result",
                            "data": {"text/plain": "42", "text/html": "<b>42</b>"},
                        },
                        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}},
                        {
                            "output_type": "error",
                            "ename": "ValueError",
                            "evalue": "no",
                            "traceback": ["\x1b[31mlong"],
                        },
                    ],
                },
                {"cell_type": "markdown", "source": "## Force\n\nMass times acceleration."},
            ),
            "ipynb",
        )
        assert page.text == (
            "# Motion\n\nSpeed is distance by time.\n\nprint(6 / 2)  # not a heading\n\n3.0\n\n42\n\nValueError: no\n\n"
            "## Force\n\nMass times acceleration."
        )
        assert page.headings == (Heading(0, "Motion", 1), Heading(page.text.index("## Force"), "Force", 2))
        assert EXTRACTOR.extract(GOOD["ipynb"], "ipynb", LIMITS).title == "Cells"

    def test_notebooks_of_the_older_form(self) -> None:
        cells = [
            {"cell_type": "heading", "level": 2, "source": "Force"},
            {"cell_type": "code", "input": "x = 1"},
        ]
        content = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
        assert only_page(content, "ipynb") == PageText(1, "## Force\n\nx = 1", (Heading(0, "Force", 2),))

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"[" * 100_000, "decompression_bomb"),
            (b'{"cells": ' + b"[" * 100_000, "decompression_bomb"),
            (b'{"cells": [', "corrupt"),
            (b"{}", "type_mismatch"),
            (b"[1]", "type_mismatch"),
            (b'{"cells": []}', "no_text"),
            (b'{"cells": {"a": 1}, "metadata": 7}', "no_text"),
            (b'{"cells": [7, null, {"source": 5, "outputs": "x"}]}', "no_text"),
        ],
    )
    def test_a_file_that_is_no_notebook_is_refused(self, content: bytes, code: str) -> None:
        assert refusal(EXTRACTOR, content, "ipynb") == code


class TestOpenDocument:
    def test_headings_paragraphs_tables_notes_and_title(self) -> None:
        content = opendocument(
            '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h text:outline-level="2">Cells</text:h>'
            '<text:p>All<text:s text:c="3"/>life<text:note><text:note-citation>1</text:note-citation><text:note-body>'
            "<text:p>Hooke</text:p></text:note-body></text:note> is <text:span>made</text:span><text:tab/>of<text:line-break/>"
            "cells<office:annotation><text:p>no</text:p></office:annotation>.</text:p>"
            + open_table(("Planet", "Moons"), ("Mars", "2"), ("Saturn", "146"))
            + "<text:section><text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame></text:p>"
            "</text:section>"
        )
        page = only_page(content, "odt")
        assert page.text == f"Cells\n\nAll life[1] is made of\ncells.\n\n[1] Hooke\n\n{PLANETS}\n\nboxed"
        assert page.headings == (Heading(0, "Cells", 2),)
        assert EXTRACTOR.extract(content, "odt", LIMITS).title == "Cell biology"

    def test_lists(self) -> None:
        numbers = (
            '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-suffix="." '
            'style:num-format="1" text:start-value="3"/><text:list-level-style-number text:level="2" style:num-suffix=")" '
            'style:num-format="a"/></text:list-style>'
        )
        items = (
            '<text:list text:style-name="L1"><text:list-item><text:p>c</text:p><text:p>more</text:p><text:list><text:list-item>'
            "<text:p>inner</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>d</text:p>"
            "</text:list-item></text:list><text:list><text:list-item><text:p>plain</text:p></text:list-item></text:list>"
        )
        assert text_of(opendocument(items, automatic=numbers), "odt") == "3. c\nmore\na) inner\n4. d\n• plain"

    def test_slides(self) -> None:
        def frame(kind: str, text: str) -> str:
            return f'<draw:frame presentation:class="{kind}"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>'

        notes = f"<presentation:notes>{frame('notes', 'Say it.')}</presentation:notes>"
        content = opendocument(
            f"<draw:page>{frame('outline', 'body')}{frame('title', 'Cells')}{frame('footer', 'no')}{notes}</draw:page>"
            "<draw:page><draw:frame><draw:image/></draw:frame></draw:page>",
            kind="presentation",
        )
        assert read(EXTRACTOR, content, "odp") == [
            PageText(1, "Cells\n\nbody\n\nSay it.", (Heading(0, "Cells", 1),)),
            PageText(2, "", warning="pages_without_text"),
        ]

    def test_sheets_and_cells_that_are_repeated(self) -> None:
        def repeated(count: int, inside: str = "") -> str:
            return f'<table:table-cell table:number-columns-repeated="{count}">{inside}</table:table-cell>'

        rows = (
            f"<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>{repeated(2)}"
            f"<table:table-cell><text:p>b</text:p></table:table-cell>{repeated(16_000)}</table:table-row>"
            f'<table:table-row table:number-rows-repeated="2">{repeated(2, "<text:p>c</text:p>")}</table:table-row>'
            f'<table:table-row table:number-rows-repeated="1048000">{repeated(16_384)}</table:table-row>'
        )
        content = opendocument(f'<table:table table:name="S">{rows}</table:table>', kind="spreadsheet")
        assert only_page(content, "ods") == PageText(
            1, "S\n\na |  |  | b\nc | c\nc | c", (Heading(0, "S", 1),)
        )

    def test_a_small_file_with_much_text(self) -> None:
        rows = (
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000">'
            "<text:p>word</text:p></table:table-cell></table:table-row>"
        )
        content = opendocument(f"<table:table>{rows}</table:table>", kind="spreadsheet")
        assert refusal(EXTRACTOR, content, "ods", FEW_CHARACTERS) == "decompression_bomb"

    def test_formulas_are_documents_of_their_own(self) -> None:
        formula = (
            '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><mi>b</mi></mfrac>'
            '<annotation encoding="StarMath 5.0">a over b</annotation></math>'
        )
        content = opendocument(
            '<text:p>x = <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>.</text:p>',
            parts={"Object 1/content.xml": formula},
        )
        assert text_of(content, "odt") == "x = a/b."

    def test_a_password(self) -> None:
        manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
        content = opendocument("", parts={"META-INF/manifest.xml": manifest})
        assert refusal(EXTRACTOR, content, "odt") == "encrypted"

    def test_deep_nesting(self) -> None:
        deep = "<text:section>" * 150 + "<text:p>deep</text:p>" + "</text:section>" * 150
        assert text_of(opendocument(deep), "odt") == "deep"
        far = "<text:span>" * 300 + "far" + "</text:span>" * 300
        assert refusal(EXTRACTOR, opendocument(f"<text:p>{far}</text:p>"), "odt") == "decompression_bomb"


class TestRichText:
    def test_headings_notes_and_characters(self) -> None:
        page = only_page(
            rtf(
                r"{\header Year 9\par}{\headerf Year 9\par}{\footer Mr Miller\par}{\footerl 7\par}\pard\s1 Cells\par \pard All {\b life} is\line made{\footnote \pard Hooke\par} of c{\i ells}.\par"
                r"\pard\s2 Parts\par\pard\outlinelevel2 Deep\par\pard Gr\'fc\'dfe \u8364?5 \ldblquote a\rdblquote\emdash\~b {\f1\'b9}"
                r" {\f3\'8c\'f5} \u-10179?\u-8704?{\v hidden}{\*\unknown no}{\field{\*\fldinst HYPERLINK}{\fldrslt link}}\par"
            ),
            "rtf",
        )
        assert page.text == (
            "Year 9\n\nCells\n\nAll life is\nmade[1] of cells.\n\n[1] Hooke\n\nParts\n\nDeep\n\nGrüße €5 “a”— b ą 光 😀link\n\nMr Miller"
        )
        assert [(heading.text, heading.level) for heading in page.headings] == [
            ("Cells", 1),
            ("Parts", 2),
            ("Deep", 3),
        ]

    def test_tables_and_lists(self) -> None:
        text = text_of(
            rtf(
                r"{\listtext\pard\plain\f2\'b7\tab}\pard one\par{\listtext 2.\tab}two\par\pard"
                r"\trowd\intbl Planet\cell Moons\cell\row\trowd\pard\intbl Mars\cell 2\cell\row"
                r"\pard\intbl Saturn\cell 146\par\cell\row\pard after\par"
            ),
            "rtf",
        )
        assert text == f"• one\n2. two\n\n{PLANETS}\n\nafter"

    def test_the_title_and_boxes(self) -> None:
        content = rtf(
            r"\pard{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard boxed\par}}} text{\pict 0102ff}\par",
            before=r"{\info{\title Cell biology}{\author no}}",
        )
        assert EXTRACTOR.extract(content, "rtf", LIMITS).title == "Cell biology"
        assert text_of(content, "rtf") == "boxed\n\ntext"

    def test_a_star_within_a_group_leaves_nothing_out(self) -> None:
        assert text_of(rtf(r"\pard{\b0\*\cs7 kept}{\*\cs7 gone}\par"), "rtf") == "kept"

    def test_bytes_of_pictures_are_left_out(self) -> None:
        raw = rtf(r"\pard a{\pict\bin5 ").rstrip(b"}") + b"}}{{\\" + rb"}b\par}"
        assert text_of(raw, "rtf") == "ab"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"{\\rtf1" + b"{" * 100_000, "decompression_bomb"),
            (b"{\\rtf1 }", "no_text"),
            (b"plain text", "type_mismatch"),
            (b"{\\rtf1\\bin999999999999999 a", "no_text"),
        ],
    )
    def test_files_that_are_not_read_are_refused_with_a_code(self, content: bytes, code: str) -> None:
        assert refusal(EXTRACTOR, content, "rtf") == code

    def test_a_cut_text_is_read_as_far_as_it_goes(self) -> None:
        assert text_of(rb"{\rtf1 one\par two {\b thr", "rtf") == "one\n\ntwo thr"

    @given(st.lists(st.sampled_from(["{", "}", "\\par ", "\\cell ", "\\row ", "\\intbl ", "\\pard ", "{\\footnote ", "\\u99999 ",
        "\\uc-3 ", "\\'", "\\'zz", "\\", "\\*", "{\\*\\x ", "\\f7 ", "\\ansicpg99999 ", "\\outlinelevel-1 ", "{\\stylesheet ",
        "{\\listtext ", "text", "\\bin-5 ", "\\s99999999 ", "é", "{\\info{\\title "])))  # fmt: skip
    def test_any_order_of_words(self, words: list[str]) -> None:
        assert outcome_of(EXTRACTOR, ("{\\rtf1 " + "".join(words)).encode(), "rtf") in (
            "completed",
            "no_text",
        )
