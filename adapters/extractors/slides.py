"""PowerPoint: each slide is a page, with its text and then the speaker's notes."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from adapters.extractors.blocks import Block, TableBuilder, heading, page_of
from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import is_blank
from adapters.extractors.drawings import chart, diagram, words_of
from adapters.extractors.numbering import format_number
from adapters.extractors.package import Package, children_of, local, under
from adapters.extractors.titles import sensible_title
from ports.text_extractor import Extraction, PageText, UnreadableDocument

_TITLES = ("title", "ctrTitle")
_RUNNING = ("dt", "ftr", "sldNum", "hdr")
"""Placeholders whose text stands on every slide: date, footer, number."""
_NUMBERS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabic": "decimal",
}
_PICTURES = ("pic", "oleObj", "videoFile")
_ON = ("1", "true")
_DEEPEST_GROUP = 50


def read_pptx(content: bytes, budget: Budget) -> Extraction:
    deck = _Deck(Package(content), budget)
    budget.check_pages(len(deck.slides))
    return Extraction(len(deck.slides), deck.pages(), deck.title)


class _Deck:
    def __init__(self, package: Package, budget: Budget) -> None:
        self._package = package
        self._budget = budget
        main = package.main_part("ppt/presentation.xml")
        root = package.tree(main)
        if local(root) != "presentation":
            raise UnreadableDocument("type_mismatch")
        related = package.related(main)
        self.slides = [
            part
            for entry in children_of(under(root, "sldIdLst"), "sldId")
            for kind, part in [related.get(_relation(entry), ("", ""))]
            if kind == "slide" and part in package
        ]
        if not self.slides:
            raise UnreadableDocument("no_text")
        self.title = sensible_title(package.title())

    def pages(self) -> Iterator[PageText]:
        unread = 0
        for number, part in enumerate(self.slides, start=1):
            slide = _Slide(self._package, part, self._budget)
            try:
                page = page_of(number, slide.blocks(), self._budget)
            except (
                etree.XMLSyntaxError,
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                UnreadableDocument,
            ) as error:
                if isinstance(error, UnreadableDocument) and error.code != "corrupt":
                    raise
                unread += 1
                if unread == len(self.slides):
                    raise UnreadableDocument("corrupt") from error
                page = PageText(number, "", warning="unreadable_pages")
            if is_blank(page.text) and slide.has_pictures:
                page = PageText(number, "", warning="pages_without_text")
            yield page


class _Slide:
    def __init__(self, package: Package, part: str, budget: Budget) -> None:
        self._package = package
        self._part = part
        self._budget = budget
        self._related = package.related(part)
        self.has_pictures = False
        """Final once all ``blocks`` are read."""

    def blocks(self) -> Iterator[Block]:
        yield from self._shapes(_shape_tree(self._package.tree(self._part)), 0)
        for kind, part in self._related.values():
            if kind == "notesSlide":
                for shape in children_of(_shape_tree(self._package.tree(part)), "sp"):
                    if _placeholder(shape) == "body":
                        yield from self._text(under(shape, "txBody"), is_title=False)

    def _shapes(self, parent: Any, depth: int) -> Iterator[Block]:
        """The text of the shapes: titles first, then the others in the order in which the author added them."""
        self._budget.check_time()
        shapes = list(parent if parent is not None and depth < _DEEPEST_GROUP else ())
        for shape in sorted(shapes, key=lambda shape: _placeholder(shape) not in _TITLES):
            name = local(shape)
            if name in ("sp", "cxnSp") and _placeholder(shape) not in _RUNNING:
                yield from self._text(under(shape, "txBody"), is_title=_placeholder(shape) in _TITLES)
            elif name in ("grpSp", "AlternateContent"):
                inner = under(shape, "Choice") if name == "AlternateContent" else shape
                yield from self._shapes(inner, depth + 1)
            elif name == "graphicFrame":
                yield from self._graphic(shape)
            elif name in _PICTURES:
                self.has_pictures = True

    def _graphic(self, frame: Any) -> Iterator[Block]:
        for element in frame.iter():
            name = local(element)
            if name == "tbl":
                yield from self._table(element)
            elif name == "relIds":
                yield from diagram(self._drawn(_relation(element, "dm")))
            elif name == "chart":
                yield from chart(self._drawn(_relation(element)), self._budget)
            elif name in _PICTURES:
                self.has_pictures = True

    def _table(self, element: Any) -> Iterator[Block]:
        rows = TableBuilder(self._budget)
        for row in children_of(element, "tr"):
            rows.begin_row()
            for cell in children_of(row, "tc"):
                # A cell to the left or above spans this position too.
                if cell.get("hMerge") in _ON or cell.get("vMerge") in _ON:
                    continue
                inside = rows.cell(columns=_whole(cell, "gridSpan"), rows=_whole(cell, "rowSpan"))
                inside += self._text(under(cell, "txBody"), is_title=False)
        yield from rows.blocks()

    def _drawn(self, relation: str) -> Any:
        return self._package.tree(self._related.get(relation, ("", ""))[1])

    def _text(self, body: Any, *, is_title: bool) -> Iterator[Block]:
        numbers: dict[int, int] = {}
        texts = []
        for element in children_of(body, "p"):
            text = words_of(element)
            if text:
                properties = under(element, "pPr")
                texts.append(Block(f"{_label(properties, numbers)}{text}", is_item=True))
        if is_title:
            yield heading(" ".join(block.text for block in texts), 1)
        else:
            # A text box with only one paragraph is not a list.
            yield from texts if len(texts) > 1 else (block._replace(is_item=False) for block in texts)


def _label(properties: Any, numbers: dict[int, int]) -> str:
    """The paragraph's own number or bullet. Most paragraphs have none and take it from the slide's layout."""
    level = _whole(properties, "lvl", 0)
    for deeper in [other for other in numbers if other > level]:
        del numbers[deeper]
    numbered = under(properties, "buAutoNum")
    if numbered is None:
        numbers.pop(level, None)
        return "• " if under(properties, "buChar") is not None else ""
    numbers[level] = numbers.get(level, _whole(numbered, "startAt") - 1) + 1
    kind = str(numbered.get("type") or "")
    written = format_number(
        numbers[level],
        next((number_format for name, number_format in _NUMBERS.items() if kind.startswith(name)), "decimal"),
    )
    if kind.endswith("ParenBoth"):
        return f"({written}) "
    return f"{written}) " if kind.endswith("ParenR") else f"{written}. "


def _shape_tree(root: Any) -> Any:
    return under(under(root, "cSld"), "spTree")


def _placeholder(shape: Any) -> str | None:
    """The part of the layout that the shape fills. "" if the layout does not name it, None if the shape fills none."""
    for child in shape:
        if (local(child) or "").startswith("nv"):
            found = under(under(child, "nvPr"), "ph")
            if found is not None:
                # A placeholder without a type is the body, or an object.
                return str(found.get("type") or "")
    return None


def _relation(element: Any, name: str = "id") -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if key.endswith(f"relationships}}{name}")), ""
    )


def _whole(element: Any, name: str, default: int = 1) -> int:
    value = "" if element is None else str(element.get(name) or "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else default
