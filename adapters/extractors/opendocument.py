"""OpenDocument: texts, presentations and spreadsheets, as LibreOffice writes them.

Each slide of a presentation is a page, with the speaker's notes. Texts and spreadsheets have no pages.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from adapters.extractors.blocks import Block, TableBuilder, heading, page_of, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import is_blank
from adapters.extractors.numbering import format_number
from adapters.extractors.package import Package, children_of, events_of, local, under
from adapters.extractors.titles import sensible_title
from adapters.extractors.web import WebPage
from ports.text_extractor import Extraction, PageText, UnreadableDocument

_CONTENT = "content.xml"
_MOST_REPEATED = 1_000
"""The largest number of times that a repeated cell or row is written. Files store the empty rest of a sheet as one cell
or row, repeated a million times.
"""
_DEEPEST = 200
_UNSEEN = frozenset(
    "tracked-changes annotation annotation-end forms sequence-decls variable-decls user-field-decls bookmark "
    "change change-start change-end desc title event-listeners binary-data ruby-text".split()
)
_PICTURES = ("image", "object", "object-ole", "plugin")
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_RUNNING = ("date-time", "footer", "header", "page-number")
"""Classes of frames whose text stands on every slide."""


def read_text_document(content: bytes, budget: Budget) -> Extraction:
    document = _Document(content, budget, "text")
    return without_pages(document.text(), budget, document.title)


def read_spreadsheet(content: bytes, budget: Budget) -> Extraction:
    document = _Document(content, budget, "spreadsheet")
    return without_pages(document.sheets(), budget, document.title)


def read_presentation(content: bytes, budget: Budget) -> Extraction:
    document = _Document(content, budget, "presentation")
    pages = list(document.slides())
    budget.check_characters(sum(len(page.text) for page in pages))
    return Extraction(len(pages), iter(pages), document.title)


class _Label(NamedTuple):
    number_format: str | None = None
    """None if the items have no numbers."""
    before: str = ""
    after: str = ""
    start: int = 1

    def of(self, number: int) -> str:
        if self.number_format is None:
            return self.before
        return f"{self.before}{format_number(number, self.number_format)}{self.after} "


_BULLET = _Label(before="• ")


class _Document:
    def __init__(self, content: bytes, budget: Budget, kind: str) -> None:
        self._package = Package(content)
        self._budget = budget
        self._kind = kind
        if _CONTENT not in self._package:
            raise UnreadableDocument("type_mismatch")
        manifest = self._package.tree("META-INF/manifest.xml", may_have_doctype=True)
        if manifest is not None and any(local(each) == "encryption-data" for each in manifest.iter()):
            raise UnreadableDocument("encrypted")
        meta = under(under(self._package.tree("meta.xml"), "meta"), "title")
        self.title = sensible_title("" if meta is None else "".join(meta.itertext()))
        self._lists: dict[str, dict[int, _Label]] = {}
        self._read_list_styles(self._package.tree("styles.xml"))
        self._notes: list[Block] = []
        self._has_pictures = False

    def text(self) -> Iterator[Block]:
        for element in self._elements(2):
            yield from self._blocks((element,))

    def slides(self) -> Iterator[PageText]:
        for number, element in enumerate(self._elements(2, "page"), start=1):
            self._budget.check_pages(number)
            self._has_pictures = False
            page = page_of(number, self._slide(element), self._budget)
            if is_blank(page.text) and self._has_pictures:
                page = PageText(number, "", warning="pages_without_text")
            yield page

    def sheets(self) -> Iterator[Block]:
        """For each sheet that is not empty: its name as a heading, and its rows."""
        for element in self._elements(2, "table"):
            if rows := list(self._table(element)):
                yield heading(str(_named(element, "name") or ""), 1)
                yield from rows

    def _elements(self, depth: int, name: str | None = None) -> Iterator[Any]:
        """The children of the body. Each one is removed from memory when the next is read. Raises ``type_mismatch`` if
        the body has another kind.
        """
        with self._package.body_stream(_CONTENT) as stream:
            events = events_of(stream)
            root = next(events)[1]
            if local(root) != "document-content":
                raise UnreadableDocument("type_mismatch")
            at = 1
            for event, element in events:
                at += 1 if event == "start" else -1
                if event == "start" and at == depth + 1 and local(element.getparent()) == "body":
                    if local(element) != self._kind:
                        raise UnreadableDocument("type_mismatch")
                elif event == "end" and at == depth and local(element) == "list-style":
                    self._read_list_style(element)
                elif event == "end" and at == depth + 1 and local(element.getparent()) == self._kind:
                    self._budget.check_time()
                    if name is None or local(element) == name:
                        yield element
                    element.clear(keep_tail=False)
                    parent = element.getparent()
                    while element.getprevious() is not None:
                        del parent[0]

    # Lists.

    def _read_list_styles(self, root: Any) -> None:
        for group in ("styles", "automatic-styles"):
            for style in children_of(under(root, group), "list-style"):
                self._read_list_style(style)

    def _read_list_style(self, style: Any) -> None:
        levels: dict[int, _Label] = {}
        for level in style:
            before, kind, after = (
                str(_named(level, f"num-{part}") or "") for part in ("prefix", "format", "suffix")
            )
            if local(level) == "list-level-style-number":
                start = _whole(level, "start-value")
                levels[_whole(level, "level")] = _Label(
                    _FORMATS.get(kind), before.strip(), after.strip(), start
                )
            elif local(level) == "list-level-style-bullet":
                levels[_whole(level, "level")] = _BULLET
        self._lists[str(_named(style, "name") or "")] = levels

    def _list(self, element: Any, style: str, level: int) -> Iterator[Block]:
        if level > _DEEPEST:
            return
        style = str(_named(element, "style-name") or style)
        label = self._lists.get(style, {}).get(level, _BULLET)
        number = label.start - 1
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            if local(item) == "list-item":
                number = _whole(item, "start-value", number + 1)
            is_first = local(item) == "list-item"
            for child in item:
                if local(child) == "list":
                    yield from self._list(child, style, level + 1)
                    continue
                for block in self._blocks((child,), level):
                    if is_first and not block.level and block.text:
                        block = Block(f"{label.of(number)}{block.text}")
                        is_first = False
                    yield block._replace(is_item=not block.level)

    # Blocks.

    def _blocks(self, elements: Any, depth: int = 0) -> Iterator[Block]:
        if depth > _DEEPEST:
            return
        for element in elements:
            name = local(element)
            if name in ("p", "h"):
                yield from self._paragraph(element, name == "h", depth)
            elif name == "list":
                yield from self._list(element, "", 1)
            elif name == "table":
                yield from self._table(element, depth)
            elif name in _PICTURES:
                self._has_pictures = True
            elif name and name not in _UNSEEN:
                yield from self._blocks(element, depth + 1)

    def _paragraph(self, element: Any, is_heading: bool, depth: int) -> Iterator[Block]:
        words: list[str] = []
        asides: list[Block] = []
        self._inline(element, words, asides, depth)
        text = paragraph("".join(words))
        if text:
            yield heading(text, _whole(element, "outline-level")) if is_heading else Block(text)
        yield from asides

    def _inline(self, element: Any, words: list[str], asides: list[Block], depth: int) -> None:
        """Add the text of ``element`` to ``words``, and the text of its notes and boxes to ``asides``."""
        words.append(element.text or "")
        for child in element:
            name = local(child)
            if name == "s":
                words.append(" ")
            elif name == "tab":
                words.append("\t")
            elif name == "line-break":
                words.append("\n")
            elif name == "note":
                mark = paragraph("".join(_text_of(under(child, "note-citation"))))
                note = list(self._blocks((under(child, "note-body"),), depth + 1))
                words.append(f"[{mark}]" if mark else "")
                asides += [
                    Block(f"[{mark}] {block.text}" if at == 0 else block.text)
                    for at, block in enumerate(note)
                ]
            elif name == "frame" and under(child, "object") is not None:
                words.append(self._formula(under(child, "object")))
            elif name in ("frame", "text-box", "custom-shape", "g", "rect"):
                asides += self._blocks((child,), depth + 1)
            elif name and name not in _UNSEEN and depth < _DEEPEST:
                self._inline(child, words, asides, depth + 1)
            words.append(child.tail or "")

    def _formula(self, element: Any) -> str:
        """A formula on one line; "" for other objects. The formula is a MathML document of its own."""
        self._has_pictures = True
        part = posixpath.join(posixpath.normpath(_named(element, "href") or ""), _CONTENT)
        try:
            is_formula = local(self._package.tree(part, may_have_doctype=True)) == "math"
        except etree.XMLSyntaxError:
            is_formula = False
        if not is_formula:
            return ""
        page = WebPage(self._package.content(part).decode("utf-8", "replace"), self._budget)
        return " ".join(block.text for block in page.blocks())

    def _table(self, element: Any, depth: int = 0) -> Iterator[Block]:
        rows = TableBuilder(self._budget)
        for row in _rows_of(element):
            if _named(row, "visibility") == "filter":
                continue
            cells = [cell for cell in row if local(cell) in ("table-cell", "covered-table-cell")]
            texts = [list(self._blocks(cell, depth + 1)) for cell in cells]
            if not any(texts):
                continue
            for _ in range(min(_whole(row, "number-rows-repeated"), _MOST_REPEATED)):
                self._budget.check_time()
                rows.begin_row()
                for cell, inside in zip(cells, texts, strict=True):
                    if local(cell) == "covered-table-cell":
                        continue
                    repeated = min(_whole(cell, "number-columns-repeated"), _MOST_REPEATED)
                    if not inside:
                        rows.cell(columns=repeated)
                        continue
                    for _ in range(repeated):
                        down = _whole(cell, "number-rows-spanned")
                        place = rows.cell(columns=_whole(cell, "number-columns-spanned"), rows=down)
                        place += inside
        yield from rows.blocks()

    def _slide(self, page: Any) -> Iterator[Block]:
        frames = sorted(page, key=lambda frame: _named(frame, "class") != "title")
        for frame in frames:
            kind = _named(frame, "class")
            if local(frame) == "notes":
                for note in frame:
                    if _named(note, "class") == "notes":
                        yield from self._blocks((note,))
            elif kind == "title":
                yield heading(" ".join(block.text for block in self._blocks((frame,))), 1)
            elif kind not in _RUNNING:
                yield from self._blocks((frame,))


def _rows_of(element: Any, depth: int = 0) -> Iterator[Any]:
    for child in element:
        if local(child) == "table-row":
            yield child
        elif local(child) in ("table-header-rows", "table-rows", "table-row-group") and depth < _DEEPEST:
            yield from _rows_of(child, depth + 1)


def _text_of(element: Any) -> Iterator[str]:
    return iter(()) if element is None else element.itertext()


def _named(element: Any, name: str) -> str | None:
    """The value of the attribute ``name`` in any namespace."""
    if element is not None and isinstance(element.tag, str):
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(value)
    return None


def _whole(element: Any, name: str, default: int = 1) -> int:
    value = _named(element, name) or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 8 else default
