"""HTML: the text that a reader of the page sees, in the order of the file, without the site's menus and notices.

libxml2 reports each tag when it is read and builds no tree. So memory does not grow with the nesting or the size.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email import message_from_bytes

from lxml import etree  # type: ignore[import-untyped]

from adapters.extractors.blocks import Block, TableBuilder, heading, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import clean, is_blank
from adapters.extractors.encodings import decode, has_mark
from adapters.extractors.numbering import format_number
from adapters.extractors.text import not_a_binary
from adapters.extractors.titles import sensible_title
from adapters.extractors.web_parts import (
    ARTICLES,
    Links,
    LinksOfArticle,
    Part,
    content_of,
    is_part_of_content,
    is_prose,
    is_said_by_button,
    is_unseen,
    part_of,
    without_links_at_the_edges,
)
from ports.text_extractor import Extraction, UnreadableDocument

_STEP = 64 * 1024
_UNSEEN = frozenset(
    "script style template noscript object iframe svg canvas audio video select datalist annotation annotation-xml rp".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "header hgroup hr html li main nav ol p pre section summary ul h1 h2 h3 h4 h5 h6 caption".split()
)
_HOMES = frozenset(
    "article aside blockquote body details dialog div fieldset footer form header main nav section td th".split()
)
"""The elements that hold paragraphs and lists."""
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HEADING = re.compile("h[1-6]")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FORMULA_PICTURE = re.compile(r"math|latex|\btex\b", re.IGNORECASE)
_MOST_PARTS = 16
"""How many parts of a page may stand inside each other. A part that is nested deeper is read as content."""
_LINKED_TABLE = 0.8
"""If at least this share of a table's letters and digits is in links, it is a menu."""
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_CHARSET_WITHIN = 4096
_ARCHIVE = re.compile(rb"\s*(?:From|MIME-Version|Content-Type|Subject|Date):[^\n]*\n", re.IGNORECASE)
_BROWSER_ENCODINGS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""Encodings that browsers replace by another one with more characters. The names are those of ``codecs``."""
_NUMBERS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_FORMULA_PREFIX = re.compile(r"^(?:m|mml|math):")
"""The prefix that programs put before the names of formula elements."""
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))
"""Invisible signs of MathML, such as the one for "times"."""
_BETWEEN = {
    "mfrac": ("/",), "msup": ("^",), "msub": ("_",), "msubsup": ("_", "^"), "munder": ("_",), "mover": ("^",),
    "munderover": ("_", "^"), "mroot": ("√",),
}  # fmt: skip
"""The sign before the second and the third part of a formula element when it is written on one line."""


def read_html(content: bytes, budget: Budget) -> Extraction:
    not_a_binary(content)
    page = WebPage(page_in_archive(content) if is_archive(content) else decoded(content), budget)
    blocks = page.blocks()
    return without_pages(blocks, budget, page.title)


def is_archive(content: bytes) -> bool:
    """Whether ``content`` is a web page saved together with its pictures (MHTML), as browsers and Word do."""
    return _ARCHIVE.match(content) is not None


def page_in_archive(content: bytes) -> str:
    """The first HTML page in an archive. Raises ``no_text`` if there is none."""
    for part in message_from_bytes(content).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            return decoded(page if isinstance(page, bytes) else b"", part.get_content_charset())
    raise UnreadableDocument("no_text")


def decoded(content: bytes, declared: str | None = None) -> str:
    """The text of an HTML file. It is decoded with the encoding that the file names, or else with ``declared``, unless
    the bytes show another one with certainty.
    """
    named = _CHARSET.search(content, 0, _CHARSET_WITHIN)
    label = named[1].decode("ascii") if named else declared
    if label and not has_mark(content):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            try:
                name = codecs.lookup(label).name
                return content.decode(_BROWSER_ENCODINGS.get(name, name))
            except (LookupError, UnicodeDecodeError):
                pass
    return decode(content)


@dataclass(slots=True)
class _List:
    number_format: str | None
    """None if the list's items have bullets."""
    number: int


@dataclass(frozen=True, slots=True)
class _OpenPart:
    part: Part
    depth: int
    """How many elements are open around the part."""
    around: list[Block]
    """The list that receives the text around this part of the page."""
    ink: int
    linked: int
    """The number of letters and digits (``ink``) that the page had before the part, and how many of them were in links
    (``linked``).
    """
    controls: int
    """The number of links, buttons and fields that the page had before the part."""


class WebPage:
    """One page. ``title`` is final once all ``blocks`` are read."""

    def __init__(self, text: str, budget: Budget, *, is_whole: bool = False) -> None:
        """``is_whole`` means that menus and notices are read too."""
        self._text = text
        self._budget = budget
        self._is_whole = is_whole
        self._depth = 0
        self._parts_of_content = self._articles = 0
        self._homes: list[int] = [0]
        """The number of each open element that holds paragraphs and lists."""
        self._last_home, self._home_of_prose = 0, -1
        self._parts: list[_OpenPart] = []
        self._anchors: list[bool] = []
        """For each open element ``a`` or ``button``, whether it is a link or a button, and not the target of a link."""
        self._open_links = 0
        self._buttons = 0
        """The buttons in the open block."""
        self._controls = 0
        """The links, buttons and fields so far."""
        self._ink = self._linked = 0
        """The letters and digits so far, and those of them in links or buttons."""
        self._block_began = (0, 0)
        """``_ink`` and ``_linked`` where the open block begins."""
        self.title: str | None = None
        self._out: list[Block] = []
        self._target: list[Block] = self._out
        self._words: list[str] = []
        self._unseen: list[str] = []
        self._in_title = False
        self._titles: list[str] = []
        self._level = 0
        self._pre = 0
        self._tables: list[tuple[TableBuilder, list[Block], int, int]] = []
        """The open tables, each with the list that receives the text around it, and with ``_ink`` and ``_linked`` where
        it begins.
        """
        self._lists: list[_List] = []
        self._label = ""
        self._formula: list[tuple[str, int, int | None]] = []
        """The open elements of a formula: the name, how many parts it has so far, and where its group begins."""

    def blocks(self) -> list[Block]:
        """The content of the page; everything if it has no content but menus and headings."""
        self._read()
        if self._is_whole:
            return self._out
        content = without_links_at_the_edges(self._out)
        if any(not block.level for block in content):
            return content
        return WebPage(self._text, self._budget, is_whole=True).blocks()

    def _read(self) -> None:
        parser = etree.HTMLParser(target=self, encoding="utf-8", remove_comments=True, remove_pis=True)
        data = self._text.encode("utf-8", "replace")
        for at in range(0, len(data), _STEP):
            self._budget.check_time()
            parser.feed(data[at : at + _STEP])
        if data:
            parser.close()
        while self._tables:
            self._end_table()
        self._flush()
        while self._parts:
            self._end_part()
        self.title = sensible_title("".join(self._titles))

    # The methods that libxml2 calls.

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _FORMULA_PREFIX.sub("", tag)
        if self._unseen:
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        if tag == "title":
            self._in_title = True
        elif tag in _UNSEEN or (tag not in _VOID and _is_hidden(attributes)):
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        if tag not in _VOID:
            self._open(tag, attributes)
        if tag in ("a", "button"):
            is_link = "href" in attributes or not attributes.keys() & {"id", "name"}
            self._anchors.append(is_link)
            self._open_links += is_link
            self._buttons += tag == "button"
            self._controls += is_link
        elif tag == "input":
            self._controls += 1
        if tag == "math" or self._formula:
            self._start_formula(tag)
        elif tag == "br":
            self._words.append("\n")
        elif tag == "img":
            if _FORMULA_PICTURE.search(attributes.get("class") or ""):
                self._words.append(f" {attributes.get('alt') or ''} ")
        elif tag == "rt":
            self._words.append("(")
        elif tag == "table":
            self._flush()
            self._tables.append((TableBuilder(self._budget), self._target, self._ink, self._linked))
        elif self._tables and tag == "tr":
            self._flush()
            self._tables[-1][0].begin_row()
        elif self._tables and tag in ("td", "th"):
            self._flush()
            columns, rows = (_whole(attributes.get(name), 1) for name in ("colspan", "rowspan"))
            self._target = self._tables[-1][0].cell(columns=columns, rows=rows)
        elif tag in _BLOCKS:
            self._start_block(tag, attributes)

    def end(self, tag: str) -> None:
        tag = _FORMULA_PREFIX.sub("", tag)
        if self._unseen:
            # libxml2 reports an end for every element that it has begun, in the right order.
            if tag not in _VOID and self._unseen.pop() != tag:
                self._unseen.clear()
            return
        if tag in ("a", "button") and self._anchors:
            self._open_links -= self._anchors.pop()
        if tag == "title":
            self._in_title = False
        elif self._formula:
            self._end_formula()
        elif tag == "rt":
            self._words.append(")")
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in ("td", "th", "tr") and self._tables:
            self._flush()
        elif tag in _BLOCKS:
            self._flush()
            if tag == "pre":
                self._pre -= 1
            elif tag in ("ul", "ol") and self._lists:
                self._lists.pop()
                self._label = ""
            elif _HEADING.fullmatch(tag):
                self._level = 0
        if tag not in _VOID:
            self._close(tag)

    def data(self, text: str) -> None:
        if self._unseen:
            return
        if self._in_title:
            self._titles.append(text)
        elif self._formula:
            between = " " if self._formula[-1][0] == "mtext" else ""
            self._words.append(between.join(text.translate(_INVISIBLE).split()))
        else:
            self._words.append(text if self._pre else text.replace("\n", " ").replace("\r", " "))
            if not self._is_whole:
                ink = sum(map(str.isalnum, text))
                self._ink += ink
                self._linked += ink if self._open_links else 0

    def close(self) -> None:
        pass

    # Parts of the page.

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._is_whole and len(self._parts) < _MOST_PARTS:
            part = part_of(tag, attributes, in_content=self._parts_of_content > 0)
            if part is not Part.CONTENT:
                self._flush()
                self._parts.append(
                    _OpenPart(part, self._depth, self._target, self._ink, self._linked, self._controls)
                )
                self._target = []
        self._depth += 1
        self._parts_of_content += is_part_of_content(tag)
        self._articles += tag in ARTICLES
        if tag in _HOMES:
            self._last_home += 1
            self._homes.append(self._last_home)

    def _close(self, tag: str) -> None:
        self._depth -= 1
        self._parts_of_content -= is_part_of_content(tag)
        self._articles -= tag in ARTICLES
        if tag in _HOMES and len(self._homes) > 1:
            self._homes.pop()
        if self._parts and self._parts[-1].depth >= self._depth:
            self._end_part()

    def _end_part(self) -> None:
        self._flush()
        ended = self._parts.pop()
        ink, linked = self._ink - ended.ink, self._linked - ended.linked
        has_controls = self._controls > ended.controls
        content = content_of(ended.part, self._target, ink=ink, linked=linked, has_controls=has_controls)
        if len(content) < len(self._target):
            # What is left out does not count in the part around it.
            self._ink, self._linked = ended.ink, ended.linked
            self._block_began = (self._ink, self._linked)
        self._target = ended.around
        self._target += content

    # Blocks.

    def _start_block(self, tag: str, attributes: dict[str, str]) -> None:
        self._flush()
        if _HEADING.fullmatch(tag):
            self._level = int(tag[1])
        elif tag == "pre":
            self._pre += 1
        elif tag == "ul":
            self._lists.append(_List(None, 0))
        elif tag == "ol":
            kind = _NUMBERS.get(attributes.get("type") or "", "decimal")
            self._lists.append(_List(kind, _whole(attributes.get("start"), 1)))
        elif tag == "li":
            self._label = self._next_label(attributes)

    def _next_label(self, attributes: dict[str, str]) -> str:
        if not self._lists or self._lists[-1].number_format is None:
            return "•"
        own = self._lists[-1]
        number = _whole(attributes.get("value"), own.number)
        own.number = number + 1
        return f"{format_number(number, own.number_format or 'decimal')}."

    def _flush(self) -> None:
        """End the block that is being read."""
        if not self._words:
            return
        written = "".join(self._words)
        self._words.clear()
        (ink, linked), self._block_began = self._block_began, (self._ink, self._linked)
        is_linked = 0 < self._ink - ink == self._linked - linked
        buttons, self._buttons = self._buttons, 0
        text = clean(written.replace("\xad", "")).strip("\n").rstrip() if self._pre else paragraph(written)
        if is_blank(text):
            return
        if self._level:
            self._target.append(heading(text, self._level))
            return
        if self._label:
            text, self._label = f"{self._label} {text}", ""
        is_item, home, kind = bool(self._lists), self._homes[-1], Block
        if is_linked and not (buttons == 1 and is_said_by_button(text)):
            is_beside_prose = is_item and home == self._home_of_prose
            kind = LinksOfArticle if self._articles or is_beside_prose else Links
        elif is_prose(text):
            self._home_of_prose = home
        self._target.append(kind(text, is_item=is_item))

    def _end_table(self) -> None:
        self._flush()
        ended, self._target, ink, linked = self._tables.pop()
        blocks = ended.blocks()
        if 0 < _LINKED_TABLE * (self._ink - ink) <= self._linked - linked:
            kind = LinksOfArticle if self._articles else Links
            blocks = [block if block.level else kind(*block) for block in blocks]
        self._target += blocks

    # MathML formulas, on one line.

    def _start_formula(self, tag: str) -> None:
        is_group = tag == "msqrt"
        if self._formula:
            parent, parts, begins = self._formula[-1]
            between = _BETWEEN.get(parent, ())
            if 0 < parts <= len(between):
                self._words.append(between[parts - 1])
            self._formula[-1] = (parent, parts + 1, begins)
            is_group = is_group or (tag == "mrow" and parent in _BETWEEN)
        if tag == "msqrt":
            self._words.append("√")
        if is_group:
            self._words.append("(")
        self._formula.append((tag, 0, len(self._words) if is_group else None))

    def _end_formula(self) -> None:
        _, _, begins = self._formula.pop()
        if begins is None:
            return
        within = "".join(self._words[begins:])
        if len(within) < 2 or within.isalnum():
            self._words[begins - 1] = ""
        else:
            self._words.append(")")


def _is_hidden(attributes: dict[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(attributes.get("style") or "") is not None
        or is_unseen(attributes)
    )


def _whole(value: str | None, default: int) -> int:
    text = (value or "").strip()
    return int(text[:6]) if text.isascii() and text.isdecimal() else default
