"""What is read from a PDF's pages besides plain text, and the warnings about pages without text."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from adapters.extractors import DocumentTextExtractor
from adapters.extractors.brackets import with_turned_brackets
from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import clean
from adapters.extractors.flow import FlowPage, flowing
from adapters.extractors.legibility import may_be_read_better, readable_part, without_glyph_names
from adapters.extractors.outlines import OutlineEntry, place
from adapters.extractors.pdfium_pages import PdfiumDocument, ReaderEnded
from adapters.extractors.process_limits import Limits
from adapters.extractors.symbols import with_symbols
from adapters.system import SystemClock
from fakes.system import FrozenClock
from ports.text_extractor import Heading, PageText, UnreadableDocument
from tests.contracts.text_extractor.contract import LIMITS, read, refusal
from tests.contracts.text_extractor.test_extractors import EXTRACTOR, FONT, HELLO, pages_of, pdf, stream

MANTLE = (
    "The mantle lies between the crust and the core of the Earth. It is made of solid rock that flows, "
    "over long times, and it is the largest part of the planet by volume."
)
PLANTS = (
    "Plants take up water through their roots. A net of fine hairs makes the surface of a root many times larger. "
    "Leaves change light into sugar, which feeds every other part. In autumn some trees throw their leaves away."
)
ELEMENTS = (
    "氢 氦 锂 铍 硼 碳 氮 氧 氟 氖 钠 镁 铝 硅 磷 硫 氯 氩 钾 钙 钪 钛 钒 铬 锰 铁 钴 镍 铜 锌 镓 锗 砷 硒 溴 氪 铷 锶 钇 锆 铌 钼 锝 钌 "
    "铑 钯 银 镉 铟 锡 锑 碲 碘 氙 铯 钡 镧 铈 镨 钕 钷 钐 铕 钆 铽 镝 钬 铒 铥 镱 镥 铪 钽 钨 铼 锇 铱 铂 金 汞 铊 铅 铋 钋 砹 氡"
)
SURNAMES = (
    "赵钱孙李，周吴郑王。冯陈褚卫，蒋沈韩杨。朱秦尤许，何吕施张。孔曹严华，金魏陶姜。戚谢邹喻，柏水窦章。云苏潘葛，奚范彭郎。"
    "鲁韦昌马，苗凤花方。俞任袁柳，酆鲍史唐。费廉岑薛，雷贺倪汤。滕殷罗毕，郝邬安常。"
)
COUNTIES = "歙县 黟县 祁门县 绩溪县 休宁县 泾县 旌德县 郎溪县 宁国市 枞阳县 怀宁县 潜山市 宿松县 " * 4
NOISE = "".join(chr(0xE000 + ord(char)) for char in MANTLE)
PICTURE = stream(
    b"\x80", deflate=False, entries="/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
)
SHOWN = b"q 500 0 0 700 50 50 cm /X Do Q\n"


def lines(*texts: str, top: int = 760) -> bytes:
    """A content stream that writes one line for each text."""
    return b"".join(
        b"BT /F1 12 Tf 50 %d Td (%s) Tj ET\n" % (top - 14 * number, text.encode("latin-1"))
        for number, text in enumerate(texts)
    )


def in_chinese_clauses(text: str) -> str:
    """The text with Chinese characters in place of its letters, and a mark after each 7, 10 or 12 of them."""
    letters = "".join(chr(0x4E00 + ord(char) * 37 % 900) for char in text)
    return re.sub("(.{7})(.{12})(.{10})", r"\1，\2，\3。", letters)


def texts_of(content: bytes) -> list[str]:
    return [page.text for page in read(EXTRACTOR, content, "pdf")]


class TestReaderProcess:
    """No text is lost if pdfium's process ends early: pypdf reads the remaining pages."""

    @pytest.mark.parametrize("memory", [0, 2 * 1024 * 1024])
    def test_too_little_memory(self, memory: int) -> None:
        extractor = DocumentTextExtractor(FrozenClock(), pdfium=Limits(memory=memory))
        pages = read(extractor, pages_of(*[stream(HELLO + lines("One", "Two"))] * 2), "pdf")
        assert [page.text for page in pages] == ["Hello world\nOne\nTwo"] * 2

    def test_no_time(self) -> None:
        extractor = DocumentTextExtractor(FrozenClock(), pdfium=Limits(page_wall_seconds=1e-6))
        assert read(extractor, pages_of(stream(HELLO)), "pdf") == [PageText(1, "Hello world")]

    def test_a_crash_at_a_page_costs_no_other_page(self) -> None:
        small = Limits(memory=60 * 1024 * 1024)
        content = pages_of(stream(HELLO), stream(HELLO + b" " * 40_000_000), stream(HELLO))
        document = PdfiumDocument(content, Budget(LIMITS, SystemClock()), small)
        assert document.next_page().text == "Hello world"
        with pytest.raises(ReaderEnded):
            document.next_page()
        pages = read(DocumentTextExtractor(FrozenClock(), pdfium=small), content, "pdf")
        assert [page.text for page in pages] == ["Hello world", "", "Hello world"]
        assert [page.warning for page in pages] == [None, "unreadable_pages", None]


class TestWarnings:
    def test_pages_of_pictures_alone(self) -> None:
        content = pages_of(stream(lines(MANTLE)), stream(SHOWN), stream(b""), stream(SHOWN), o950=PICTURE)
        pages = read(EXTRACTOR, content, "pdf")
        assert [page.warning for page in pages] == [None, "pages_without_text", None, "pages_without_text"]

    @pytest.mark.parametrize(
        "stamp", ["Scanned with SnapScan", "Escaneado con CamScanner", "Acme Docs 4.1", "ABC-00017"]
    )
    def test_a_scanners_stamp_is_no_text(self, stamp: str) -> None:
        stamped = stream(SHOWN + lines(stamp, top=30))
        assert refusal(EXTRACTOR, pages_of(*[stamped] * 3, o950=PICTURE), "pdf") == "no_text"
        pages = read(EXTRACTOR, pages_of(stream(lines(MANTLE)), *[stamped] * 3, o950=PICTURE), "pdf")
        assert [page.text for page in pages[1:]] == [""] * 3
        assert {page.warning for page in pages[1:]} == {"pages_without_text"}

    @pytest.mark.parametrize("stamp", [b"", lines("Scanned by CamScanner")])
    def test_scans_alone_are_given_before_they_are_refused(self, stamp: bytes) -> None:
        content = pages_of(*[stream(SHOWN + stamp)] * 3, o950=PICTURE)
        pages = EXTRACTOR.extract(content, "pdf", LIMITS).pages
        assert [next(pages) for _ in range(3)] == [
            PageText(number, "", warning="pages_without_text") for number in (1, 2, 3)
        ]
        with pytest.raises(UnreadableDocument, match="no_text"):
            next(pages)

    def test_a_number_that_rises_with_the_pages_of_a_scan_is_no_text(self) -> None:
        stamped = [stream(SHOWN + lines(f"ACME-00001{number}", top=30)) for number in range(3)]
        assert refusal(EXTRACTOR, pages_of(*stamped, o950=PICTURE), "pdf") == "no_text"

    def test_letters_drawn_as_outlines_are_a_picture(self) -> None:
        letter = b"50 700 m 51 705 55 709 60 709 c 65 709 69 705 70 700 c 69 694 65 690 60 690 c 55 690 51 694 50 700 c f "
        rules = b"".join(b"50 %d m 500 %d l S " % (height, height) for height in range(100, 700, 5))
        content = pages_of(stream(lines(MANTLE)), stream(letter * 20), stream(rules), stream(letter))
        pages = read(EXTRACTOR, content, "pdf")
        assert [page.warning for page in pages] == [None, "pages_without_text", None, None]

    def test_a_picture_with_words_of_its_own_is_read(self) -> None:
        pages = read(EXTRACTOR, pages_of(stream(SHOWN + lines("Figure 1: a cell")), o950=PICTURE), "pdf")
        assert pages == [PageText(1, "Figure 1: a cell")]

    @pytest.mark.parametrize(
        "told",
        [
            "If this message is not eventually replaced with the proper contents of the document, wait.",
            "Falls diese Meldung nicht durch den Inhalt des Dokuments ersetzt wird, warten Sie.",
            "This PDF file is protected. You'll need a different reader to open it.",
            "Si ce message n'est pas remplac\u00e9 par le contenu du document, attendez.",
            "Bitte \u00f6ffnen Sie dieses Dokument mit Adobe Reader 8 oder neuer.",
            "Para ver este formulario, abra el archivo con Adobe Acrobat Reader.",
            "To view this form, save the file and open it in a PDF viewer of your computer.",
        ],
    )
    def test_a_viewers_placeholder_is_no_text(self, told: str) -> None:
        assert refusal(EXTRACTOR, pages_of(stream(lines("Please wait...", told))), "pdf") == "no_text"

    @pytest.mark.parametrize(
        "told",
        [
            "Worksheet 4. Open the document in Microsoft Word and replace the names in the table.",
            "Adobe Reader and Acrobat are programs of one firm. Compare their prices in a table.",
            f"The form of part 3 requires Adobe Reader. {MANTLE * 10}",
        ],
    )
    def test_a_worksheet_that_names_a_viewer_is_read(self, told: str) -> None:
        assert texts_of(pages_of(stream(lines(told)))) == [told]

    @pytest.mark.parametrize(
        "garble",
        [
            lambda text: "".join(f"/G{ord(char):02X}" if char != " " else " " for char in text),
            lambda text: "".join(f"/g{ord(char)}" for char in text),
            lambda text: "".join(f"(cid:{ord(char)})" for char in text),
            lambda text: "".join(chr(0xE000 + ord(char)) for char in text),
            lambda text: "\ufffd" * len(text),
            lambda text: "".join(chr(ord(char) - 29) if char != " " else char for char in text),
            lambda text: "".join(chr(ord(char) + 3) if char != " " else char for char in text),
            lambda text: "".join(chr(ord(char) * 37 % 8000 + 700) if char != " " else char for char in text),
            lambda text: "".join(chr(ord(char) + 3) for char in text),
            lambda text: "".join(chr(ord(char) - 1) if char != " " else char for char in text),
            lambda text: "".join(chr(ord(char) - 29) for char in text if ord(char) > 61),
            lambda text: "".join(chr(ord(char) * 37 % 1900 + 1330) if char != " " else char for char in text),
            lambda text: "".join("□" if char.isalnum() else char for char in text),
            lambda text: "".join("?" if char.isalnum() else char for char in text),
            lambda text: "".join(chr(ord(char) + 0x180) if char != " " else char for char in text),
            lambda text: "".join(chr(0x4E00 + ord(char) * 37 % 900) for char in text),
            in_chinese_clauses,
            lambda text: "\n".join(re.findall(".{1,30}", in_chinese_clauses(text))),
        ],
        ids=[
            "hexadecimal names",
            "names",
            "cids",
            "private",
            "replaced",
            "shifted",
            "Caesar",
            "any",
            "spaces too",
            "down",
            "without spaces",
            "scripts",
            "boxes",
            "question marks",
            "phonetic",
            "Chinese",
            "Chinese with marks",
            "Chinese with marks in lines",
        ],
    )
    def test_garbled_letters_are_removed_with_a_warning(self, garble: object) -> None:
        garbled = garble(MANTLE)  # type: ignore[operator]
        assert readable_part(garbled) == ("", True)
        assert may_be_read_better(garbled)

    @pytest.mark.parametrize(
        "text",
        [
            MANTLE,
            "see a/b testing and /usr/bin/env, http://example.com/a1/b2/c3.html or 1/2 and n/a",
            "Die Größe ΔG = −RT ln K und α, β, γ; Москва — столица России, Ελλάδα, Łódź, İstanbul",
            "光合成は植物の葉緑体で行われる。광합성은 식물의 엽록체에서 일어난다. 光合作用在植物的叶绿体中进行。",
            "Ward 12 249 REP 2,013 64\nWard 13 69 DEM 1,872 59\nWard 14 71 REP 1,234 61\nWard 15 72 DEM",
            "x1 y2 z3 = f(g(h)) && !a || b; int i = 0; while (i < n) { a[i] = b[i] + c[i]; i++; }",
            "   4.2557771e+00   4.2671438e+00   4.1737149e+00   4.5756985e+00   3.7660397e+00" * 8,
            "from dotenv.main import IO, Iterator, Mapping, NamedTuple\nself.pos = len(self.line)\n" * 8,
            "self.assertFalse(enum._is_dunder(s))\nself.assertEqual(repr(e), '<100 event>')\ne.delta = 0\n"
            * 6,
            ELEMENTS,
            ELEMENTS.replace(" ", "\n"),
            SURNAMES,
            SURNAMES.replace("，", "").replace("。", ""),
            COUNTIES,
            COUNTIES.replace(" ", "、"),
            COUNTIES.replace(" ", "\n"),
            " ".join(map(chr, range(0x250, 0x2A0))),
            "# ~ ~ = = ~ = = = = = = . ~\n. . . . . . . . . . . . . . . .\n- - - - - - - - - - - -" * 3,
            "",
        ],
    )
    def test_readable_letters_are_kept_without_a_warning(self, text: str) -> None:
        assert readable_part(text) == (text, False)

    @pytest.mark.parametrize("alphabet", ["qwertyuiopasdfghjklzxcvbnm", "zyxwvutsrqponmlkjihgfedcba"])
    def test_letters_that_stand_for_other_letters_are_removed_with_a_warning(self, alphabet: str) -> None:
        plain = "abcdefghijklmnopqrstuvwxyz"
        table = str.maketrans(plain + plain.upper(), alphabet + alphabet.upper())
        assert readable_part(PLANTS) == (PLANTS, False)
        assert readable_part(PLANTS.translate(table)) == ("", True)

    @pytest.mark.parametrize(
        "text",
        [
            "Mae planhigion yn cymryd dŵr drwy eu gwreiddiau. Mae blew mân yn gwneud arwyneb y gwreiddyn lawer gwaith yn"
            " fwy. Lledodd y wasg argraffu dros Ewrop o fewn hanner can mlynedd, a daeth llyfrau yn rhad.",
            "Rostliny přijímají vodu kořeny. Síť jemných vlásků mnohokrát zvětšuje povrch kořene. Knihtisk rozšířil vzdělání;"
            " čtvrtek, prst, vlk, zmrzl, smrt, krk, hrst, plný, vrch, trh, srdce, slza, brzy, mlčky, hltavě.",
            "LHR CDG FRA AMS MAD BCN FCO MUC ZRH VIE CPH OSL ARN HEL DUB LIS ATH IST WAW PRG BUD JFK LAX SFO ORD DFW DEN"
            " ATL MIA SEA YYZ YVR MEX GRU EZE SCL BOG LIM NRT HND ICN PEK PVG HKG SIN BKK KUL CGK MNL DEL BOM DXB DOH",
            "crn, vrh, krv, prst, grm, trg, brz, smrt, vrt, tvrd, krst, mrk, prvi, srce, drvo, mrkva, grlo, zrno, crkva,"
            " vrba, brdo, trn, krpa, hrt, prsten, hrpa, mrlja, strm, svrha, tvrtka, trbuh, vrsta, crv, drvce, hrvat,"
            " krzno, mrva, prhko, strka, trs, vrtlar, zvrk",
            "brca tp kras nras hras egfr erbb braf pten pik akt mtor cdkn mlh msh pms apc ctnnb smad tgfbr notch jak stat"
            " flt npm dnmt idh tet runx gata foxp sox nanog klf myc mycn bcl mcl bax bak casp fas trail vegf pdgf kdr",
            "rhythm\nsyzygy\nlynx\nnymph\ncrypt\nmyth\ngypsy\npygmy\nsylph\ntryst\nglyph\nhymn\nwryly\nshyly\ndryly\nslyly\n"
            "spryly\npsych\nsynch\nlymph\nflyby\nmyrrh\nwych\nwynd\nxylyl\ncwms\ncrwth\nzephyr\nphlox\nsphinx\nonyx",
            "push rbp\nmov rbp, rsp\nsub rsp, 32\nmov edi, 4\ncall printf\ncmp eax, ebx\njne loop\nxor ecx, ecx\nret\n"
            * 9,
        ],
    )
    def test_words_with_rare_pairs_of_letters_are_kept(self, text: str) -> None:
        assert readable_part(text) == (text, False)

    @pytest.mark.parametrize(
        "text",
        [
            "\n".join(
                f"{verb} /v1/{name}" for verb in ("GET", "PUT", "POST") for name in ("users", "tags", "files")
            ),
            "g 9.81 m/s2\na 3.2 m/s2\nb 4.1 m/s2\nc 0.3 m/s2\n" * 3,
            "x1/x2 + y1/y2 = z1/z2; a1/b1 = a2/b2 = a3/b3\n" * 6,
            "1. e4/e5 2. Nf3/Nc6 3. Bb5/a6 4. Ba4/Nf6 5. O-O/Be7 " * 3,
            "/s1 /s2 /v3 options of the command\n" * 4,
            "/dev/sda1\n/dev/sda2\n/dev/sdb1\n/dev/sdb2\n" * 3,
        ],
    )
    def test_slashes_do_not_make_names_of_glyphs(self, text: str) -> None:
        assert readable_part(text) == (text, False)

    def test_the_names_of_glyphs_are_no_words(self) -> None:
        text = "Scales in /home/music\n\x01 \x01 C"
        other = "Scales in /home/music\n/noteheads.s0/accidentals.sharp /clefs.G C"
        assert without_glyph_names(other, text) == "Scales in /home/music\n  C"

    def test_signs_of_formulas_are_read_where_words_symbol_font_has_them(self) -> None:
        signs = {"a": "F03D", "b": "F0B1", "c": "F0D6", "d": "F0B3"}
        codes = "".join(f"<{ord(letter):02X}><{code}>" for letter, code in signs.items())
        symbols = stream(
            b"1 begincodespacerange<00><FF>endcodespacerange 4 beginbfchar" + codes.encode() + b"endbfchar",
            deflate=False,
        )
        shown = stream(lines("The roots")[:-3] + b"/F2 12 Tf ( a 2 b c 3 d 0) Tj ET")
        font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 960 0 R>>"
        content = pages_of(shown, o960=symbols, o961=font).replace(b"/F1 3 0 R", b"/F1 3 0 R/F2 961 0 R")
        assert texts_of(content) == ["The roots = 2 ± √ 3 ≥ 0"]

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("\uf0d8 Task 1\n\uf0a7 Task 2", "• Task 1\n• Task 2"),
            ("(\uf022x)(P(x) \uf0ae \uf0d8Q(x) \uf0da \uf024y R(x, y))", "(∀x)(P(x) → ¬Q(x) ∨ ∃y R(x, y))"),
            ("with \uf067 = 0.9", "with γ = 0.9"),
            ("\uf054\uf068\uf065", "\uf054\uf068\uf065"),
            ("G1\uf0e0calls G2 \uf04a", "G1→calls G2 ☺"),
            ("\ue606 \uf8ff", "\ue606 \uf8ff"),
            ("Male \uf06f Female \uf06f", "Male □ Female □"),
            ("\uf0a7Roots\n \uf0d8Stems\n\uf06fLeaves", "•Roots\n •Stems\n•Leaves"),
            ("Roots \uf0a7 Stems", "Roots ▪ Stems"),
            ("\uf0d8P(x)\n\uf06dm \uf0b3 \uf032\uf035\uf030", "¬P(x)\nμm ≥ 250"),
            ("\uf0a7 \uf0ce \uf053, \uf0a8 \uf0ce \uf053", "• ∈ Σ, ♦ ∈ Σ"),
        ],
    )
    def test_signs_of_the_fonts_symbol_and_wingdings(self, written: str, read: str) -> None:
        assert with_symbols(written) == read == clean(written)

    def test_chinese_lines_are_kept_beside_unreadable_formulas(self) -> None:
        formulas = "\ue001\ue002\ue003x\ue004\ue005"
        page = "\n".join((formulas, "消去全称量词，得", formulas, "归结之，得到空子句", formulas))
        assert readable_part(page) == ("消去全称量词，得\n归结之，得到空子句", True)

    def test_a_page_of_which_half_is_unreadable(self) -> None:
        assert readable_part(f"{MANTLE}\n{NOISE}") == (MANTLE, True)

    def test_words_of_which_letters_are_unknown_are_kept_with_a_warning(self) -> None:
        page = (
            "Donan\x04m sistemde bulunan elektronik devreleri tan\x04mlamakta kullan\x04lan terimdir. Bunlara Yaz\x04l\x04m"
            " denir. S\x04n\x04f kitab\x04 ve kaynaklar\x04n listesi"
        )
        assert readable_part(page) == (page, True)
        formulas = (
            "The sum is \ue001 a + b \ue002 c, and the mean is \ue003 x, where n is the number of all values. "
            * 3
        )
        assert readable_part(formulas) == (formulas, False)

    def test_a_line_that_can_be_read_is_kept_beside_those_that_cannot(self) -> None:
        assert readable_part(f"Chapter 4: The mantle\n{NOISE}\n\x01\x02a\x03") == (
            "Chapter 4: The mantle",
            True,
        )

    @given(st.text())
    def test_any_text_is_judged(self, text: str) -> None:
        kept, _ = readable_part(text)
        assert set(kept) <= {*text, "\n"}


class TestWordsFromRightToLeft:
    """A word of Arabic: its letters stand from right to left, however the file orders and names them."""

    WORD = "\u0627\u0644\u062e\u0644\u064a\u0629"

    def read(self, draw: Callable[[str, int], str], *, from_the_left: bool) -> str:
        """The text that is read from a page on which ``draw`` draws each letter. It gets the letter's code and its left
        edge.
        """
        codes = {letter: chr(ord("A") + at) for at, letter in enumerate(dict.fromkeys(self.WORD))}
        placed = [(letter, 300 - 8 * at) for at, letter in enumerate(self.WORD)]
        drawn = [draw(f"({codes[letter]})|{ord(letter):04X}", x) for letter, x in placed]
        named = "".join(f"<{ord(code):02X}><{ord(letter):04X}>" for letter, code in codes.items())
        cmap = f"1 begincodespacerange<00><FF>endcodespacerange {len(codes)} beginbfchar{named}endbfchar"
        font = "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 960 0 R>>"
        shown = stream(f"BT /F2 12 Tf {' '.join(drawn[::-1] if from_the_left else drawn)} ET".encode())
        content = pages_of(shown, o960=stream(cmap.encode(), deflate=False), o961=font)
        return "".join(texts_of(content.replace(b"/F1 3 0 R", b"/F1 3 0 R/F2 961 0 R")))

    @pytest.mark.parametrize("from_the_left", [False, True])
    def test_letters_that_are_placed_one_by_one(self, from_the_left: bool) -> None:
        def draw(letter: str, x: int) -> str:
            return f"1 0 0 1 {x} 700 Tm {letter.partition('|')[0]} Tj"

        assert self.read(draw, from_the_left=from_the_left) == self.WORD

    @pytest.mark.parametrize("from_the_left", [False, True])
    def test_letters_whose_text_is_given_one_by_one_as_by_browsers(self, from_the_left: bool) -> None:
        def draw(letter: str, x: int) -> str:
            code, _, actual = letter.partition("|")
            return f"/Span<</ActualText <FEFF{actual}>>>BDC 1 0 0 1 {x} 700 Tm {code} Tj EMC"

        assert self.read(draw, from_the_left=from_the_left) == self.WORD

    @pytest.mark.parametrize("from_the_left", [False, True])
    def test_letters_that_are_drawn_as_one_sign(self, from_the_left: bool) -> None:
        """Word draws lam and alef as one sign, which the file names by both letters."""
        drawn = [("A", "0627"), ("B", "06440625"), ("C", "0631"), ("D", "0634")]
        placed = [f"1 0 0 1 {300 - 8 * at} 700 Tm ({code}) Tj" for at, (code, _) in enumerate(drawn)]
        named = "".join(f"<{ord(code):02X}><{letters}>" for code, letters in drawn)
        cmap = f"1 begincodespacerange<00><FF>endcodespacerange {len(drawn)} beginbfchar{named}endbfchar"
        font = "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 960 0 R>>"
        shown = stream(f"BT /F1 12 Tf {' '.join(placed[::-1] if from_the_left else placed)} ET".encode())
        content = pages_of(shown, o3=font, o960=stream(cmap.encode(), deflate=False))
        assert texts_of(content) == ["\u0627\u0644\u0625\u0631\u0634"]


class TestBrackets:
    @pytest.mark.parametrize(
        ("drawn", "read"),
        [
            ("\u05d0\u05d1) \u05d2\u05d3( \u05d4", "\u05d0\u05d1 (\u05d2\u05d3) \u05d4"),
            ("\u0627\u0628] \u062a\u062b[\n\u0646", "\u0627\u0628 [\u062a\u062b]\n\u0646"),
            ("\u05d0\u05d1) \u05d2\n\u05d3( \u05d4", "\u05d0\u05d1 (\u05d2\n\u05d3) \u05d4"),
            ("\u05d0\u05d1 (\u05d2\u05d3) \u05d4", "\u05d0\u05d1 (\u05d2\u05d3) \u05d4"),
            ("1) \u05d0\u05d1\n2) \u05d2\u05d3", "1) \u05d0\u05d1\n2) \u05d2\u05d3"),
            ("see b) or a( of it\n\u05d0", "see b) or a( of it\n\u05d0"),
        ],
    )
    def test_brackets_of_right_to_left_lines_open_before_they_close(self, drawn: str, read: str) -> None:
        assert with_turned_brackets(drawn) == read


VERTICAL_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UCS2-V/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
    "/FontDescriptor<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
    "/Ascent 800/Descent -200/CapHeight 800/StemV 80>>>>]>>"
)


class TestVerticalWriting:
    def page(self, *columns: tuple[str, int, int]) -> str:
        drawn = "".join(
            f"BT /F1 14 Tf 1 0 0 1 {left} {top} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for text, left, top in columns
        )
        (page,) = read(EXTRACTOR, pages_of(stream(drawn.encode()), o3=VERTICAL_FONT), "pdf")
        return page.text

    def drawn(self, *placed: tuple[str, int, int]) -> str:
        """The text of a page that draws each text from left to right, with letters that are as wide as they are high.
        The font is one that pdfium contains, because pdfium reads no single letters of other fonts.
        """
        codes = {
            letter: at for at, letter in enumerate(sorted({*"".join(text for text, _, _ in placed)}), 0x41)
        }
        shown = "".join(
            f"BT /F1 14 Tf 166.67 Tz 1 0 0 1 {left} {top} Tm"
            f" <{''.join(f'{codes[letter]:02X}' for letter in text)}> Tj ET\n"
            for text, left, top in placed
        )
        named = "".join(f"<{code:02X}><{ord(letter):04X}>" for letter, code in codes.items())
        cmap = f"1 begincodespacerange<00><FF>endcodespacerange {len(codes)} beginbfchar{named}endbfchar"
        font = "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 960 0 R>>"
        content = pages_of(stream(shown.encode()), o3=font, o960=stream(cmap.encode(), deflate=False))
        (page,) = read(EXTRACTOR, content, "pdf")
        return page.text

    def test_columns_are_read_from_right_to_left(self) -> None:
        columns = ("吾輩は猫である。", "名前はまだ無い。", "どこで生れたか。")
        right_first = [(text, 500 - 24 * at, 700) for at, text in enumerate(columns)]
        assert self.page(*right_first) == "\n".join(columns)

    @pytest.mark.parametrize("step", [14, 16])
    def test_letters_that_are_placed_one_by_one_make_a_column(self, step: int) -> None:
        columns = ("吾輩は猫である。", "名前はまだ無い。")
        placed = [
            (letter, 500 - 24 * column, 700 - step * at)
            for column, letters in enumerate(columns)
            for at, letter in enumerate(letters)
        ]
        assert self.drawn(*placed) == "\n".join(columns)

    @pytest.mark.parametrize("step", [17, 21, 28])
    def test_a_list_of_single_letters_keeps_its_lines(self, step: int) -> None:
        listed = ["漢字", *"水火木金土日", "以上"]
        placed = [(text, 60, 700 - step * at) for at, text in enumerate(listed)]
        assert self.drawn(*placed).split() == listed

    def test_a_table_below_a_column_keeps_its_rows(self) -> None:
        column = [(letter, 500, 700 - 14 * at) for at, letter in enumerate("吾輩は猫である。")]
        cells = [
            (text, 60 + 150 * across, 400 - 20 * down)
            for down, row in enumerate(
                [("曜日", "天気"), ("月曜", "晴れ"), ("火曜", "曇り"), ("水曜", "雨天")]
            )
            for across, text in enumerate(row)
        ]
        alone = self.drawn(*cells)
        assert self.drawn(*column, *cells).split("\n", 1) == ["吾輩は猫である。", alone]


class TestLettersBeyondTheFirstPlane:
    """A letter of a formula, such as U+1D465, counts twice in pdfium's text. The text after it must be read correctly."""

    def test_a_table_below_a_formula(self) -> None:
        cmap = "1 begincodespacerange<00><FF>endcodespacerange 1 beginbfchar<7A><D835DC65>endbfchar 1 beginbfrange<20><79><0020>endbfrange"
        font = "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 960 0 R>>"
        rows = [("Metal", "Density", "Used for"), ("Tin", "7.3", "cans"), ("Lead", "11.3", "old pipes")]
        cells = "".join(
            f"BT /F1 11 Tf {left} {700 - 20 * at} Td ({cell}) Tj ET\n"
            for at, row in enumerate(rows)
            for left, cell in zip((50, 200, 350), row, strict=True)
        )
        shown = f"BT /F1 11 Tf 50 760 Td (The mass zzz is given.) Tj ET\n{cells}"
        (text,) = texts_of(
            pages_of(stream(shown.encode()), o3=font, o960=stream(cmap.encode(), deflate=False))
        )
        assert text == (
            "The mass \U0001d465\U0001d465\U0001d465 is given.\nMetal | Density | Used for\n"
            "Tin | 7.3 | cans\nLead | 11.3 | old pipes"
        )


class TestTurnedPages:
    @pytest.mark.parametrize("angle", [0, 90, 180, 270])
    @pytest.mark.parametrize("rotation", [0, 90, 180, 270])
    def test_lines_come_in_order_however_the_page_and_its_text_are_turned(
        self, angle: int, rotation: int
    ) -> None:
        made = FPDF(unit="pt")
        made.add_page()
        made.set_font("Helvetica", size=12)
        with made.rotation(angle, x=300, y=400):
            for number in range(1, 6):
                made.text(150, 300 + 16 * number, f"Line {number} of a page that is turned")
        written = PdfWriter(clone_from=BytesIO(made.output()))
        written.pages[0].rotate(rotation)
        content = BytesIO()
        written.write(content)
        [page] = read(EXTRACTOR, content.getvalue(), "pdf")
        assert page.text.split("\n") == [f"Line {number} of a page that is turned" for number in range(1, 6)]


class TestFlow:
    def test_running_lines_and_page_numbers_do_not_interrupt_sentences(self) -> None:
        bodies = [
            ("The war lasted from 431 to 404", "and ended with the"),
            ("surrender of Athens. Its historian had", "been exiled after the loss of"),
            ("Amphipolis. His account breaks off.", "Nobody knows why."),
        ]
        content = pages_of(
            *(
                stream(lines("Ancient History II", *body) + lines(f"Page {number}", top=30))
                for number, body in enumerate(bodies, start=1)
            )
        )
        assert texts_of(content) == [
            "Ancient History II\n\nThe war lasted from 431 to 404\nand ended with the",
            "surrender of Athens. Its historian had\nbeen exiled after the loss of",
            "Amphipolis. His account breaks off.\nNobody knows why.",
        ]

    @pytest.mark.parametrize("head", ["Ancient History", "Ancient History {}"])
    def test_the_head_of_two_pages_does_not_interrupt_a_sentence(self, head: str) -> None:
        pages = (
            ("It lasted from 431 to 404", "and ended with the"),
            ("surrender of Athens.", "Nobody knows why."),
        )
        content = pages_of(
            *(stream(lines(head.format(number), *body)) for number, body in enumerate(pages, start=1))
        )
        assert texts_of(content) == [
            f"{head.format(1)}\n\nIt lasted from 431 to 404\nand ended with the",
            "surrender of Athens.\nNobody knows why.",
        ]

    def test_the_title_of_two_pages_stays_on_both_where_no_sentence_goes_on(self) -> None:
        content = pages_of(
            *(stream(lines("Cells", f"{part} are parts of cells.")) for part in ("Walls", "Cores"))
        )
        assert texts_of(content) == [f"Cells\n{part} are parts of cells." for part in ("Walls", "Cores")]

    def test_heads_of_left_and_right_pages(self) -> None:
        pages = [
            f"{number} The Cell\nWords {number**2}."
            if number % 2
            else f"A Biology {number}\nWords {number**2}."
            for number in range(20, 40)
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert all("Cell" not in text and "Biology" not in text for text in texts[4:])
        assert all(text.splitlines()[-1].startswith("Words") for text in texts)

    def test_heads_of_a_few_left_and_right_pages(self) -> None:
        pages = [
            "Deltas and harbours 1\nThe harbour of the town",
            "2 Chapter 3: Deltas and harbours\nlay at the mouth of a river",
            "Deltas and harbours 3\nwhich filled it with mud",
        ]
        pages.append(pages[1].replace("2 ", "4 ").replace("lay", "and"))
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[2] == "which filled it with mud"
        assert texts[3].startswith("and at the mouth of a river")

    def test_the_title_of_a_slide_that_is_shown_step_by_step_stays(self) -> None:
        foot, facts = "A. Author\nHistory\n{} / 4", ["It began in 1618.", "It ended in 1648.", "Many died."]
        slides = [["Causes", *facts], ["Battles", *facts[::-1]], ["Peace", "Osnabrück"], ["End"]]
        pages = [
            "\n".join([*slide[: 1 + shown], foot.format(number)])
            for number, slide in enumerate(slides, start=1)
            for shown in range(1, max(2, len(slide)))
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[1:3] == ["\n".join(["Causes", *facts[:2]]), "\n".join(["Causes", *facts])]
        assert [text.splitlines()[0] for text in texts[3:]] == ["Battles"] * 3 + ["Peace", "End"]
        assert not any(" / 4" in text for text in texts)

    def test_a_long_slide_whose_steps_move_one_line_keeps_its_title(self) -> None:
        code = [f"call number {word}" for word in "abcdefghi"]
        pages = ["\n".join(["Recursion", *code[:at], "now here", *code[at:]]) for at in range(3, 8)]
        pages += ["Something else", "And more"]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts == pages

    def test_pages_of_numbers_are_no_steps_of_a_slide(self) -> None:
        pages = [
            "\n".join(["Squares and cubes", *(f"{at} {at**2} {at**3}" for at in range(page, page + 40))])
            for page in range(100, 340, 40)
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert sum("Squares" in text for text in texts) == 1
        assert texts[5].splitlines() == pages[5].splitlines()[1:]

    def test_a_head_of_one_word_stays_once(self) -> None:
        pages = [f"Labyrinths\nThe {word} way" for word in ("first", "second", "third", "last")]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts == ["Labyrinths\n\nThe first way", "The second way", "The third way", "The last way"]

    def test_a_title_over_several_slides_stays_with_the_first_of_them(self) -> None:
        pages = [
            "Overview\nCells",
            *(f"The life of cells\nThe {word} way" for word in ("first", "second", "third")),
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[1] == "The life of cells\n\nThe first way"

    def test_a_running_line_stays_once_where_no_sentence_goes_on(self) -> None:
        pages = [
            "A first page, which goes",
            *(f"Part Two\non, and on, as page {word} goes" for word in "abcd"),
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[4] == "on, and on, as page d goes\n\nPart Two"
        assert all("Part" not in text for text in texts[:4])
        pages[1] = pages[1].replace("goes", "ends.")
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[2] == "Part Two\n\non, and on, as page b goes"
        assert all("Part" not in text for text in (*texts[:2], *texts[3:]))

    def test_lines_that_differ_between_pages_stay(self) -> None:
        pages = [f"Question {number}\nA\nB\nTrue or false: {number} is odd." for number in range(1, 9)]
        assert [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))] == pages
        pages = [f"Take {number} stones away\nand {number**2} are left." for number in range(1, 9)]
        assert [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))] == pages
        pages = ["\n".join(f"Sentence {line} of page {number}." for line in range(4)) for number in range(6)]
        assert [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))] == pages

    def test_a_paragraph_that_several_pages_begin_with_stays(self) -> None:
        pages = [f"A\nfew\nlines\nof the\nsame\nPage {word}" for word in ("one", "two", "three", "four")]
        assert [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))] == pages

    def test_a_page_of_nothing_but_running_lines_keeps_them(self) -> None:
        pages = ["The same words"] * 4
        assert [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))] == pages

    @pytest.mark.parametrize(
        ("told", "whole"),
        [
            ("made by photosyn-\nthesis in leaves", "made by photosynthesis in leaves"),
            ("a self-made man, the self-\nmade one", "a self-made man, the self-made one"),
            (
                "a well of water, well known: the well-\nknown one",
                "a well of water, well known: the well-known one",
            ),
            ("the Anglo-\nSaxon kings", "the Anglo-Saxon kings"),
            ("from 12 -\nto 13", "from 12 -\nto 13"),
            ("understand it: under-\nstand it, under a stand", "understand it: understand it, under a stand"),
        ],
    )
    def test_a_word_cut_by_a_lines_end(self, told: str, whole: str) -> None:
        assert next(flowing(iter([FlowPage(0, told)]))).text == whole

    def test_a_word_cut_by_a_pages_end_stands_where_it_begins(self) -> None:
        pages = ["343 metres per sec-", "ond. In water it is faster."]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts == ["343 metres per second.", "In water it is faster."]

    @given(st.lists(st.text(alphabet="ab1-. \nC")))
    def test_any_pages_are_given_in_order(self, pages: list[str]) -> None:
        told = list(flowing(FlowPage(at, text) for at, text in enumerate(pages)))
        assert [page.index for page in told] == list(range(len(pages)))

    def test_a_title_on_several_slides_stays_on_each(self) -> None:
        bodies = [
            "What a cell is",
            "Parts: nucleus",
            "Parts: wall",
            "Parts: vacuole",
            "Why cells divide",
            "Summary",
        ]
        titles = ["Start", "The cell", "The cell", "The cell", "Division", "End"]
        pages = [
            f"{title}\n{body}\n{body} again\nCell biology {at + 1}"
            for at, (title, body) in enumerate(zip(titles, bodies, strict=True))
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert [text.split("\n")[0] for text in texts[1:]] == titles[1:]
        assert sum("Cell biology" in text for text in texts) == 1

    def test_the_head_of_a_chapter_of_short_pages_is_taken_out_where_sentences_go_on(self) -> None:
        heads = ["One", "The cell", "The cell", "The cell", "Plants", "Plants"]
        pages = [
            f"{head}\nand this is line {at} of a text\nthat goes {'on ' * at}to"
            for at, head in enumerate(heads)
        ]
        texts = [page.text for page in flowing(FlowPage(at, text) for at, text in enumerate(pages))]
        assert texts[2].startswith("and this is line 2")


class TestValues:
    def test_form_fields_and_free_text_annotations(self) -> None:
        content = pdf(
            {
                1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 7 0 R]>>>>",
                2: "<</Type/Pages/Kids[4 0 R]/Count 1>>",
                3: FONT,
                4: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Annots[6 0 R 7 0 R 8 0 R 9 0 R]"
                "/Resources<</Font<</F1 3 0 R>>>>>>",
                5: stream(HELLO),
                6: "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(In the leaves)/Rect[0 0 9 9]>>",
                7: "<</Type/Annot/Subtype/Widget/FT/Btn/T(b)/V/Yes/Rect[0 0 9 9]>>",
                8: "<</Type/Annot/Subtype/FreeText/Contents(A note in the margin)/Rect[0 0 9 9]>>",
                9: "<</Type/Annot/Subtype/FreeText/Contents(Hello)/Rect[0 0 9 9]>>",
            }
        )
        assert texts_of(content) == ["Hello world\nIn the leaves\nA note in the margin"]


@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_a_file_whose_end_is_missing_is_read_as_far_as_it_goes(kept: float) -> None:
    content = pages_of(stream(HELLO), *[stream(lines(MANTLE))] * 8)
    whole = content[: content.rindex(b"xref\n0")]
    pages = read(EXTRACTOR, whole[: int(len(whole) * kept)], "pdf")
    assert pages[0].text == "Hello world"


def test_an_entry_of_the_outline_without_a_title_is_no_heading() -> None:
    entries = [OutlineEntry(" ", 1), OutlineEntry(" The\nmantle ", 2)]
    assert place(entries, "Of the mantle") == (Heading(0, "The mantle", 2),)
