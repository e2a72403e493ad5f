"""Word: all text that a reader sees, in reading order.

We use only the XML layer of python-docx, and stream the body. Its ``Document`` keeps the whole tree in memory, ignores
notes and text boxes, and refuses packages that Word opens: those with a relationship to a missing part, those with the
ISO-strict namespaces, and templates.

While a document is read, control characters in its text mark its structure (see ``docx_pages``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from docx.oxml.ns import nsmap

from adapters.extractors.blocks import LONGEST_HEADING, LONGEST_VALUE, MOST_COLUMNS
from adapters.extractors.budget import Budget
from adapters.extractors.chunks import blocks_of_chunk
from adapters.extractors.cleaning import clean, is_blank
from adapters.extractors.docx_pages import (
    BREAKS,
    CONTINUOUS,
    HEADING_END,
    MARKS,
    NEW_PAGE,
    PAGE_BREAK,
    PAGE_START,
    PICTURE,
    UNCLEANED,
    is_laid_out,
    marked_within,
    page_of,
    paginate,
)
from adapters.extractors.numbering import ListLevel, NumberedList, Numbering, format_number
from adapters.extractors.package import Package, events_of
from adapters.extractors.symbols import SYMBOL_FONT
from adapters.extractors.titles import sensible_title
from ports.text.tables import row_text
from ports.text_extractor import Extraction, UnreadableDocument

_PREFIXES = {uri: prefix for prefix, uri in nsmap.items()} | {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
}
_PROPERTIES = ("w:pPr", "w:rPr", "w:sdtPr", "w:tblPr", "w:sectPr", "m:rPr", "m:ctrlPr")
_DELETED = ("w:del", "w:moveFrom", "w:delText", "w:delInstrText")
_FIELD_CODES = ("w:instrText", "w:fldData", "w:ffData")
_UNSEEN = frozenset((*_PROPERTIES, *_DELETED, *_FIELD_CODES))
_VERBATIM = {
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:cr": "\n",
    "w:noBreakHyphen": "-",
    "w:lastRenderedPageBreak": PAGE_START,
}
_PICTURES = frozenset(("w:drawing", "w:pict", "w:object"))
_FORMULAS = frozenset(("m:f", "m:sSup", "m:sSub", "m:sSubSup", "m:rad", "m:nary", "m:d", "w:ruby"))
_HEADING_STYLE = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_DEEPEST_HEADING = 6
_MAX_STYLE_DEPTH = 20
_NO_SECTIONS = str.maketrans({CONTINUOUS: None, NEW_PAGE: None})
_DEEPEST_CHUNK = 3
"""How deeply Word documents inside Word documents are read."""
_SPACES = re.compile(r"[^\S\n\t\f\v]+")
_KEPT = str.maketrans("\f\v", "\x12\x13")
"""Replaces page breaks for a moment, because ``row_text`` treats them as white space."""
_KEPT_BACK = str.maketrans("\x12\x13", "\f\v")


def read_docx(content: bytes, budget: Budget) -> Extraction:
    document = _Document(Package(content), budget)
    marked = paginate(document.text())
    pages = [page_of(number, page) for number, page in enumerate(marked, start=1)]
    budget.check_pages(len(pages))
    budget.check_characters(sum(len(page.text) for page in pages))
    if all(is_blank(page.text) for page in pages):
        raise UnreadableDocument("no_text")
    return Extraction(
        len(pages),
        iter(pages),
        document.title,
        has_pages=is_laid_out(marked, pages, document.laid_out_pages),
    )


class _Block(NamedTuple):
    """The text of a paragraph or a table, or of a note or box that belongs to it.

    No blank line stands between two list items.
    """

    text: str
    is_item: bool = False


class _Style(NamedTuple):
    level: int | None = None
    list_id: str | None = None
    list_level: int | None = None


class _Document:
    def __init__(self, package: Package, budget: Budget, *, depth: int = 0) -> None:
        self._package = package
        self._budget = budget
        self._depth = depth
        self._main = package.main_part()
        self._related = package.related(self._main)
        self._styles: dict[str, _Style] = {}
        self._numbering = Numbering({})
        self._notes: dict[tuple[str, str], Any] = {}
        self._noted = {"footnote": 0, "endnote": 0}
        self.title: str | None = None
        self.laid_out_pages: int | None = None
        """The least number of pages according to Word; None if Word did not lay the document out."""

    def text(self) -> str:
        """The whole text, with marks. Raises ``decompression_bomb`` as soon as the text exceeds the limit of
        characters.
        """
        with self._package.body_stream(self._main) as stream:
            # ``_body_children`` checks the root element, so a workbook is refused before other parts are read.
            body = _body_children(stream)
            self._prepare()
            headers, footers = self._margins("header"), self._margins("footer")
            written: list[_Block] = []
            length = 0
            for child in body:
                self._budget.check_time()
                for block in self._blocks((child,)):
                    length += len(block.text)
                    self._budget.check_characters(length)
                    written.append(block)
        return _join([*headers, *written, *footers])

    def _prepare(self) -> None:
        trees = {kind: self._tree(kind) for kind in ("styles", "numbering", "footnotes", "endnotes")}
        self._styles = _read_styles(trees["styles"])
        self._numbering = Numbering(_read_lists(trees["numbering"]))
        for kind in ("footnote", "endnote"):
            for note in _children(trees[f"{kind}s"], f"w:{kind}"):
                if _attribute(note, "type") in (None, "normal"):
                    self._notes[kind, _attribute(note, "id") or ""] = note
        core = next(
            (part for kind, part in self._package.related("").values() if kind == "core-properties"), ""
        )
        properties = self._package.tree(core)
        titles = (
            [] if properties is None else [child.text for child in properties if _name(child) == "dc:title"]
        )
        self.title = sensible_title(titles[0]) if titles else None

    def _counted_pages(self) -> int:
        """The number of pages that Word stored; 0 if it stored none. Other programs keep an old number although they
        add pages.
        """
        part = next(
            (part for kind, part in self._package.related("").values() if kind == "extended-properties"), ""
        )
        properties = self._package.tree(part)
        counts = (
            [] if properties is None else [one.text for one in properties if _name(one).endswith(":Pages")]
        )
        return int(counts[0]) if counts and (counts[0] or "").isdecimal() else 0

    def _tree(self, kind: str) -> Any:
        return next(
            (self._package.tree(part) for found, part in self._related.values() if found == kind), None
        )

    def _margins(self, kind: str) -> list[_Block]:
        """The headers or footers, each different text once. Those without letters, such as a page number, are left out."""
        texts: dict[str, None] = {}
        for found, part in self._related.values():
            if found == kind and (root := self._package.tree(part)) is not None:
                text = MARKS.sub("", _join(self._blocks(root)))
                if any(map(str.isalpha, text)):
                    texts[text] = None
        return [_Block(text) for text in texts]

    def _blocks(self, elements: Iterable[Any]) -> Iterator[_Block]:
        for element in elements:
            name = _name(element)
            if name == "w:p":
                yield from self._paragraph(element)
            elif name == "w:tbl":
                yield from self._table(element)
            elif name == "w:sectPr":
                yield _Block(_section_end(element))
            elif name == "mc:AlternateContent":
                yield from self._chosen(element)
            elif name == "w:altChunk":
                yield from self._chunk(element)
            elif name not in _UNSEEN:
                yield from self._blocks(element)

    def _chunk(self, element: Any) -> Iterator[_Block]:
        """The text of an inserted file: a Word document, or a file of another format."""
        kind, part = self._related.get(_attribute(element, "id") or "", ("", ""))
        if kind.lower() != "afchunk" or part not in self._package:
            return
        content = self._package.content(part)
        if content.startswith(b"PK"):
            if self._depth < _DEEPEST_CHUNK:
                inner = _Document(Package(content), self._budget, depth=self._depth + 1)
                yield _Block(inner.text().translate(_NO_SECTIONS))
            return
        for block in blocks_of_chunk(part, content, self._budget):
            yield _Block(_as_heading(block.text, block.level) if block.level else block.text, block.is_item)

    def _chosen(self, element: Any) -> list[_Block]:
        """The first alternative that has text. The alternatives all show the same content."""
        found: list[_Block] = []
        for rendering in element:
            blocks = list(self._blocks(rendering))
            if any(MARKS.sub("", block.text) for block in blocks):
                return blocks
            found = found or blocks
        return found

    def _paragraph(self, element: Any) -> Iterator[_Block]:
        self._budget.check_time()
        properties = _child(element, "w:pPr")
        style = self._style(properties)
        asides: list[_Block] = []
        words: list[str] = []
        self._inline(element, words, asides)
        text = _SPACES.sub(" ", _clean_between_breaks("".join(words))).strip(" \t\n")
        text = marked_within(text)
        if _is_on(_child(properties, "w:pageBreakBefore")):
            text = PAGE_START + text
        words_begin = len(text) - len(text.lstrip(f"\f\v \t\n{PICTURE}"))
        label = self._label(properties, style) if words_begin < len(text) else ""
        if label:
            text = f"{text[:words_begin]}{label} {text[words_begin:]}"
        if style.level:
            text = _as_heading(text, style.level)
        if text:
            yield _Block(text, is_item=bool(label) and not style.level)
        yield from asides
        if (section := _child(properties, "w:sectPr")) is not None:
            yield _Block(_section_end(section))

    def _inline(self, element: Any, words: list[str], asides: list[_Block]) -> None:
        """Add the text of ``element`` to ``words``, and the text of its notes, boxes and diagrams to ``asides``."""
        for child in element:
            name = _name(child)
            if name in ("w:t", "m:t"):
                words.append(child.text or "")
            elif name in _VERBATIM:
                words.append(_VERBATIM[name])
                if name == "w:lastRenderedPageBreak" and self.laid_out_pages is None:
                    self.laid_out_pages = self._counted_pages()
            elif name in _PICTURES:
                words.append(PICTURE)
                self._inline(child, words, asides)
            elif name == "w:br":
                words.append(PAGE_BREAK if _attribute(child, "type") == "page" else "\n")
            elif name in ("w:footnoteReference", "w:endnoteReference"):
                self._note(child, name[2:-9], words, asides)
            elif name == "w:txbxContent":
                asides.extend(self._blocks(child))
            elif name == "mc:AlternateContent":
                self._inline_chosen(child, words, asides)
            elif name == "dgm:relIds":
                asides.extend(self._diagram(child))
            elif name == "w:sym":
                words.append(_symbol(child))
            elif name == "w:r":
                if not _is_on(_child(_child(child, "w:rPr"), "w:vanish")):
                    self._inline(child, words, asides)
            elif name in _FORMULAS:
                words.append(self._formula(child, name, asides))
            elif name not in _UNSEEN:
                self._inline(child, words, asides)

    def _inline_chosen(self, element: Any, words: list[str], asides: list[_Block]) -> None:
        chosen: tuple[list[str], list[_Block]] = [], []
        for rendering in element:
            own: tuple[list[str], list[_Block]] = [], []
            self._inline(rendering, *own)
            if not any(chosen):
                chosen = own
            if own[1] or any(word != PICTURE for word in own[0]):
                chosen = own
                break
        words.extend(chosen[0])
        asides.extend(chosen[1])

    def _formula(self, element: Any, name: str, asides: list[_Block]) -> str:
        """A formula on one line, such as ``(a+b)/c`` or ``x^2``. For a ruby text, the base with its reading."""

        def part(tag: str) -> str:
            words: list[str] = []
            for child in _children(element, tag):
                self._inline(child, words, asides)
            return "".join(words).strip()

        def grouped(tag: str) -> str:
            text = part(tag)
            return text if len(text) < 2 or text.isalnum() else f"({text})"

        def script(sign: str, tag: str) -> str:
            text = grouped(tag)
            return sign + text if text else ""

        if name == "m:f":
            return f"{grouped('m:num')}/{grouped('m:den')}"
        if name == "m:rad":
            return f"{part('m:deg')}√{grouped('m:e')}"
        if name == "m:nary":
            properties = _child(element, "m:naryPr")
            sign = _attribute(_child(properties, "m:chr"), "val") or "∫"
            return f"{sign}{script('_', 'm:sub')}{script('^', 'm:sup')} {part('m:e')}"
        if name == "m:d":
            properties = _child(element, "m:dPr")
            opening, closing = (
                _attribute(_child(properties, tag), "val") for tag in ("m:begChr", "m:endChr")
            )
            return f"{'(' if opening is None else opening}{part('m:e')}{')' if closing is None else closing}"
        if name == "w:ruby":
            return f"{part('w:rubyBase')}({part('w:rt')})"
        return part("m:e") + script("_", "m:sub") + script("^", "m:sup")

    def _note(self, reference: Any, kind: str, words: list[str], asides: list[_Block]) -> None:
        # A note is removed when it is read: a note that refers to itself would otherwise be read forever.
        note = self._notes.pop((kind, _attribute(reference, "id") or ""), None)
        if note is None:
            return
        self._noted[kind] += 1
        mark = format_number(self._noted[kind], "decimal" if kind == "footnote" else "lowerRoman")
        words.append(f"[{mark}]")
        asides.append(_Block(f"[{mark}] {MARKS.sub('', _join(self._blocks(note))).strip()}"))

    def _diagram(self, references: Any) -> Iterator[_Block]:
        part = self._related.get(_attribute(references, "dm") or "", ("", ""))[1]
        root = self._package.tree(part)
        if root is not None:
            for point in root.iter():
                if _name(point) == "a:p":
                    text = clean("".join(word.text or "" for word in point.iter() if _name(word) == "a:t"))
                    if not is_blank(text):
                        yield _Block(text, is_item=True)

    def _table(self, element: Any) -> Iterator[_Block]:
        reaching: dict[int, str] = {}
        rows: list[str] = []
        length = 0
        for row in _nested(element, "w:tr"):
            if not _deleted(row) and (text := self._row(row, reaching)):
                rows.append(text)
                length += len(text)
                self._budget.check_characters(length)
        text = "\n".join(rows)
        if text:
            yield _Block(text)

    def _row(self, row: Any, reaching: dict[int, str]) -> str:
        """One row as text. ``reaching`` has, by column, the text of a cell above that may span this row too; the row
        updates it.
        """
        cells: list[str] = [""] * _spanned(_child(_child(row, "w:trPr"), "w:gridBefore"), at_least=0)
        for cell in _nested(row, "w:tc"):
            text = _join(self._blocks(cell)).strip(" \n")
            merge = _child(_child(cell, "w:tcPr"), "w:vMerge")
            if merge is not None and _attribute(merge, "val") != "restart":
                # Repeat the text of the cell above, because a reader of one row does not see the rows above.
                text = text or reaching.get(len(cells), "")
            elif len(text) <= LONGEST_VALUE and not MARKS.search(text):
                reaching[len(cells)] = text
            else:
                reaching.pop(len(cells), None)
            within = text.split(" | ") if _child(cell, "w:tbl") is not None and "\n" not in text else [text]
            span = _spanned(_child(_child(cell, "w:tcPr"), "w:gridSpan"), at_least=1)
            # A cell that spans several columns is written in the first of them.
            cells += [*within, *[""] * (span - len(within))]
        # If a row continues on the next page, Word marks the page break in every cell.
        breaks = [len(BREAKS.findall(cell)) for cell in cells]
        keeps = breaks.index(max(breaks)) if cells else 0
        cells = [cell if at == keeps else BREAKS.sub("", cell) for at, cell in enumerate(cells)]
        if any(map(_is_layout, cells)):
            return "\n".join(cell for cell in cells if cell)
        return row_text([cell.translate(_KEPT) for cell in cells]).translate(_KEPT_BACK)

    def _style(self, properties: Any) -> _Style:
        identifier = _attribute(_child(properties, "w:pStyle"), "val") or ""
        style = self._styles.get(identifier) or _named_style(identifier)
        own = _outline_level(properties)
        return style if own is None else style._replace(level=own or None)

    def _label(self, properties: Any, style: _Style) -> str:
        own_id, own_level = _list_of(properties)
        list_id = style.list_id if own_id is None else own_id
        level = style.list_level if own_level is None else own_level
        return self._numbering.label(list_id, level or 0) if list_id else ""


def _body_children(stream: Any) -> Iterator[Any]:
    """The children of ``w:body``. Each one is removed from memory when the next is read. Raises ``type_mismatch`` if
    the root element is not a Word document.
    """
    events = events_of(stream)
    _, root = next(events)
    if _name(root) != "w:document":
        raise UnreadableDocument("type_mismatch")
    return _finished_children(events)


def _finished_children(events: Any) -> Iterator[Any]:
    depth = 1
    for event, element in events:
        if event == "start":
            depth += 1
            continue
        depth -= 1
        parent = element.getparent()
        if depth == 2 and _name(parent) == "w:body":
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del parent[0]


def _read_styles(root: Any) -> dict[str, _Style]:
    elements = {_attribute(style, "styleId") or "": style for style in _children(root, "w:style")}

    @cache
    def read(identifier: str, depth: int) -> _Style:
        element = elements.get(identifier)
        if element is None or depth > _MAX_STYLE_DEPTH:
            return _named_style(identifier)
        base_id = _attribute(_child(element, "w:basedOn"), "val")
        base = read(base_id, depth + 1) if base_id else _Style()
        named = _named_style(_attribute(_child(element, "w:name"), "val") or "")
        properties = _child(element, "w:pPr")
        own_level = _outline_level(properties)
        list_id, list_level = _list_of(properties)
        return _Style(
            level=own_level if own_level is not None else named.level or base.level,
            list_id=base.list_id if list_id is None else list_id,
            list_level=base.list_level if list_level is None else list_level,
        )

    return {identifier: read(identifier, 0) for identifier in elements}


def _named_style(name: str) -> _Style:
    """The style with a built-in name. Files always have the English names; Word shows them translated."""
    if found := _HEADING_STYLE.fullmatch(name):
        return _Style(level=min(int(found[1]), _DEEPEST_HEADING))
    return _Style(level=1) if name.lower() == "title" else _Style()


def _outline_level(properties: Any) -> int | None:
    """The heading level, 1 to 6; 0 if the paragraph is declared as body text; None if nothing is declared."""
    value = _integer(_child(properties, "w:outlineLvl"))
    if value is None:
        return None
    return min(value + 1, _DEEPEST_HEADING) if 0 <= value < 9 else 0


def _list_of(properties: Any) -> tuple[str | None, int | None]:
    """The list's id and the level, each None if the paragraph does not declare it. The id is "" if the paragraph
    declares that it is in no list.
    """
    reference = _child(properties, "w:numPr")
    list_id = _attribute(_child(reference, "w:numId"), "val")
    return "" if list_id == "0" else list_id, _integer(_child(reference, "w:ilvl"))


def _read_lists(root: Any) -> dict[str, NumberedList]:
    abstract = {
        _attribute(element, "abstractNumId") or "": dict(map(_read_level, _children(element, "w:lvl")))
        for element in _children(root, "w:abstractNum")
    }
    lists = {}
    for element in _children(root, "w:num"):
        identifier = _attribute(_child(element, "w:abstractNumId"), "val") or ""
        numbered = NumberedList(identifier, dict(abstract.get(identifier, {})))
        for override in _children(element, "w:lvlOverride"):
            level = int(_attribute(override, "ilvl") or 0)
            numbered.levels.update(map(_read_level, _children(override, "w:lvl")))
            start = _integer(_child(override, "w:startOverride"))
            if start is not None:
                numbered.restarts[level] = start
        lists[_attribute(element, "numId") or ""] = numbered
    return lists


def _read_level(element: Any) -> tuple[int, ListLevel]:
    start = _integer(_child(element, "w:start"))
    return int(_attribute(element, "ilvl") or 0), ListLevel(
        number_format=_attribute(_child(element, "w:numFmt"), "val") or "decimal",
        text=_attribute(_child(element, "w:lvlText"), "val") or "",
        start=1 if start is None else start,
    )


def _section_end(section: Any) -> str:
    begins = _attribute(_child(section, "w:type"), "val")
    return CONTINUOUS if begins in ("continuous", "nextColumn") else NEW_PAGE


def _spanned(element: Any, *, at_least: int) -> int:
    """How many columns a cell, or a gap in a row, spans: at least ``at_least`` and at most ``MOST_COLUMNS``."""
    return min(max(_integer(element) or at_least, at_least), MOST_COLUMNS)


def _is_layout(cell: str) -> bool:
    """Whether the cell is a text of its own: then the table only arranges texts side by side."""
    return "\n" in cell and (len(cell) > LONGEST_VALUE or " | " in cell or HEADING_END in cell)


def _deleted(row: Any) -> bool:
    return _child(_child(row, "w:trPr"), "w:del") is not None


def _symbol(element: Any) -> str:
    code = int(_attribute(element, "char") or "0", 16)
    if 0xF000 <= code <= 0xF0FF:
        font = (_attribute(element, "font") or "").lower()
        return SYMBOL_FONT.get(code - 0xF000, "") if font == "symbol" else "•" if code == 0xF0B7 else ""
    return chr(code) if 0x20 <= code < 0xD800 else ""


def _clean_between_breaks(text: str) -> str:
    return "".join(part if UNCLEANED.fullmatch(part) else clean(part) for part in UNCLEANED.split(text))


def _as_heading(text: str, level: int) -> str:
    title = text.strip(f"\f\v \t\n{PICTURE}")
    if not title or len(title) > LONGEST_HEADING:
        return text
    before, after = text[: text.index(title)], text[text.index(title) + len(title) :]
    return f"{before}{chr(level)}{MARKS.sub('', title)}{HEADING_END}{after}"


def _join(blocks: Iterable[_Block]) -> str:
    parts: list[str] = []
    after_item = False
    for block in blocks:
        parts.append(("\n" if block.is_item and after_item else "\n\n") if parts else "")
        parts.append(block.text)
        after_item = block.is_item
    return "".join(parts)


def _name(element: Any) -> str:
    return _qualified(element.tag) if element is not None and isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _qualified(tag: str) -> str:
    uri, _, local = tag.rpartition("}")
    return f"{_PREFIXES.get(uri[1:], '')}:{local}"


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in (() if element is None else element) if _name(child) == name)


def _child(element: Any, name: str) -> Any:
    for child in () if element is None else element:  # called for every paragraph: without a generator
        if _name(child) == name:
            return child
    return None


def _nested(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, including those inside content controls and tracked changes."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml"):
            yield from _nested(child, name)


def _attribute(element: Any, name: str) -> str | None:
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(value)
    return None


def _integer(element: Any) -> int | None:
    value = _attribute(element, "val")
    return int(value) if value and value.lstrip("-").isdigit() else None


def _is_on(element: Any) -> bool:
    return element is not None and _attribute(element, "val") not in ("0", "false", "off", "none")
