"""Excel: each sheet under its name. A row becomes a row of a table, with the values as Excel shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from adapters.extractors.blocks import Block, TableBuilder, heading, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.drawings import boxes, chart, diagram
from adapters.extractors.package import Package, children_of, events_of, local, under
from adapters.extractors.titles import sensible_title
from ports.text_extractor import Extraction, UnreadableDocument

_MOST_COLUMNS = 16_384
_COLUMN = re.compile("[A-Z]{1,3}")
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENT_FORMATS = frozenset((9, 10))
_LITERAL_PARTS = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
"""The parts of a number format that Excel shows unchanged or not at all: quoted words, and colours and conditions in
brackets.
"""
_LONGEST_FORMAT = 255
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_DAY_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_LAST_DAY = 2_958_466
_MOST_MERGED = 10_000
_MOST_REPEATED = 1_000
_LONGEST_REPEATED = 300


def read_xlsx(content: bytes, budget: Budget) -> Extraction:
    book = _Workbook(Package(content), budget)
    return without_pages(book.blocks(), budget, book.title)


class _Workbook:
    def __init__(self, package: Package, budget: Budget) -> None:
        self._package = package
        self._budget = budget
        main = package.main_part("xl/workbook.xml")
        root = package.tree(main)
        if local(root) != "workbook":
            raise UnreadableDocument("type_mismatch")
        related = package.related(main)
        sheets = [
            (str(sheet.get("name") or ""), sheet.get("state") in ("hidden", "veryHidden"), part)
            for sheet in children_of(under(root, "sheets"), "sheet")
            for kind, part in [related.get(_relation(sheet), ("", ""))]
            if kind == "worksheet" and part in package
        ]
        self._sheets = [(name, part) for name, is_hidden, part in sheets if not is_hidden]
        properties = under(root, "workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._first_day = _FIRST_DAY_1904 if is_1904 else _FIRST_DAY
        parts = {kind: part for kind, part in related.values() if kind in ("sharedStrings", "styles")}
        self._strings = list(self._shared(parts.get("sharedStrings", "")))
        self._dates, self._percents = _formats(package.tree(parts.get("styles", "")))
        self.title = sensible_title(package.title())

    def blocks(self) -> Iterator[Block]:
        for name, part in self._sheets:
            blocks = [*self._rows(part), *self._drawn(part)]
            if blocks:
                yield heading(name, 1)
                yield from blocks

    def _drawn(self, sheet: str) -> Iterator[Block]:
        for kind, part in self._package.related(sheet).values():
            if kind == "drawing":
                yield from boxes(self._package.tree(part))
                for drawn, inner in self._package.related(part).values():
                    if drawn == "chart":
                        yield from chart(self._package.tree(inner), self._budget)
                    elif drawn == "diagramData":
                        yield from diagram(self._package.tree(inner))

    def _shared(self, part: str) -> Iterator[str]:
        if part not in self._package:
            return
        length = 0
        with self._package.body_stream(part) as stream:
            for element in _each(stream, "si"):
                text = _words(element)
                length += len(text)
                self._budget.check_characters(length)
                self._budget.check_time()
                yield text

    def _rows(self, part: str) -> list[Block]:
        filled: dict[int, dict[int, str]] = {}
        merged: list[str] = []
        number = length = 0
        with self._package.body_stream(part) as stream:
            for element in _each(stream, "row", "mergeCell"):
                self._budget.check_time()
                if local(element) == "mergeCell":
                    merged.append(str(element.get("ref") or ""))
                    continue
                attribute = str(element.get("r") or "")
                number = int(attribute) if attribute.isdecimal() and len(attribute) < 8 else number + 1
                if cells := self._row(element):
                    filled[number] = cells
                    length += sum(len(text) + 1 for text in cells.values())
                    self._budget.check_characters(length)
        _repeat_merged(filled, merged[:_MOST_MERGED])
        # Columns without any text are left out: the reader needs the table, not its address in the sheet.
        places = {
            column: place
            for place, column in enumerate(sorted({at for row in filled.values() for at in row}))
        }
        blocks: list[Block] = []
        for rows in _tables(filled, list(places)):
            table = TableBuilder(self._budget)
            first = min(places[min(row)] for row in rows) if len(rows) > 1 else 0
            for row in rows:
                texts = [""] * (places[max(row)] + 1)
                for column, text in row.items():
                    texts[places[column]] = text
                table.row(texts[first:])
            blocks += table.blocks()
        return blocks

    def _row(self, element: Any) -> dict[int, str]:
        """The texts of a row by column."""
        cells: dict[int, str] = {}
        column = -1
        for cell in children_of(element, "c"):
            found = _COLUMN.match(str(cell.get("r") or ""))
            # Without a reference, the cell stands to the right of the one before.
            column = _column(found[0]) if found else column + 1
            text = self._value(cell)
            if text and column < _MOST_COLUMNS:
                cells[column] = text
        return cells

    def _value(self, cell: Any) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            return _words(under(cell, "is"))
        element = under(cell, "v")
        value = "" if element is None else str(element.text or "").strip()
        if not value:
            return ""
        if kind == "s":
            index = int(value) if value.isdecimal() else -1
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n":
            return paragraph(value)
        style = str(cell.get("s") or "")
        return self._number(value, int(style) if style.isdecimal() else 0)

    def _number(self, value: str, style: int) -> str:
        try:
            number = float(value)
        except ValueError:
            return paragraph(value)
        if style in self._dates and 0 <= number < _LAST_DAY:
            return _moment(self._first_day, number)
        # Excel computes with 15 digits: 0.1 + 0.2 is 0.3.
        if style in self._percents:
            return f"{number * 100:.15g}%"
        return f"{number:.15g}" if abs(number) < 1e15 else value


def _moment(first_day: datetime, number: float) -> str:
    moment = first_day + timedelta(seconds=round(number * 86_400))
    if number < 1:
        return f"{moment:%H:%M:%S}".removesuffix(":00")
    return f"{moment:%Y-%m-%d}" if number == int(number) else f"{moment:%Y-%m-%d %H:%M}"


def _formats(styles: Any) -> tuple[set[int], set[int]]:
    """The numbers of the cell styles that show a date, and of those that show a percentage."""
    own = {
        str(each.get("numFmtId")): _LITERAL_PARTS.sub(
            "", str(each.get("formatCode") or "")[:_LONGEST_FORMAT]
        ).lower()
        for each in children_of(under(styles, "numFmts"), "numFmt")
    }
    dates: set[int] = set()
    percents: set[int] = set()
    for index, style in enumerate(children_of(under(styles, "cellXfs"), "xf")):
        identifier = str(style.get("numFmtId") or "0")
        code = own.get(identifier)
        number = int(identifier) if identifier.isdecimal() else 0
        if (
            number in _DATE_FORMATS
            if code is None
            else not code.startswith("general") and set(code) & set("ymdhs")
        ):
            dates.add(index)
        elif number in _PERCENT_FORMATS if code is None else "%" in code:
            percents.add(index)
    return dates, percents


def _tables(filled: dict[int, dict[int, str]], columns: list[int]) -> Iterator[list[dict[int, str]]]:
    """The rows of each table in a sheet. An empty row ends a table. Several tables may stand side by side."""
    together: list[dict[int, str]] = []
    before = 0
    for number, row in sorted(filled.items()):
        if together and number > before + 1:
            yield from _side_by_side(together)
            together = []
        together.append(row)
        before = number
    if together:
        yield from _side_by_side(together)


def _side_by_side(rows: list[dict[int, str]]) -> Iterator[list[dict[int, str]]]:
    """The tables that an empty column separates. Each must have a name in every row; otherwise the empty column belongs
    to one table.
    """
    used = sorted({column for row in rows for column in row})
    for left, right in pairwise(used):
        if right == left + 1:
            continue
        one, other = (
            [part for row in rows if (part := {at: text for at, text in row.items() if is_in(at)})]
            for is_in in (right.__gt__, right.__le__)
        )
        if _is_whole(one) and _is_whole(other):
            yield one
            yield from _side_by_side(other)
            return
    yield rows


def _is_whole(rows: list[dict[int, str]]) -> bool:
    """Whether the rows are a complete table: heads over at least two columns, and a name in each row."""
    heads, *others = rows
    first = min(heads)
    names = [row.get(first, "") for row in others]
    return (
        len(heads) > 1
        and not any(map(_is_number, heads.values()))
        and len(names) > 1
        and all(names)
        and not any(map(_is_number, names))
    )


def _is_number(text: str) -> bool:
    return not any(map(str.isalpha, text))


def _repeat_merged(filled: dict[int, dict[int, str]], merged: list[str]) -> None:
    """Write the text of a cell that spans several rows into each of these rows: a reader of one row does not see the
    rows above.
    """
    for reference in merged:
        if (found := _REFERENCE.fullmatch(reference)) is None or not found[4]:
            continue
        first, last, column = int(found[2]), int(found[4]), _column(found[1])
        text = filled.get(first, {}).get(column, "")
        if not text or len(text) > _LONGEST_REPEATED:
            continue
        for number in range(first + 1, min(last, first + _MOST_REPEATED) + 1):
            if number in filled:
                filled[number].setdefault(column, text)


def _each(stream: Any, *names: str) -> Iterator[Any]:
    """The elements with these names. Each one is removed from memory when the next is read."""
    for event, element in events_of(stream):
        if event == "end" and local(element) in names:
            yield element
            element.clear(keep_tail=False)
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _words(element: Any) -> str:
    """The text of a string, without the readings of its characters (``rPh``)."""
    if element is None:
        return ""
    return paragraph(
        "".join(
            str(word.text or "")
            for word in element.iter()
            if local(word) == "t" and local(word.getparent()) != "rPh"
        )
    )


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _relation(element: Any) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.endswith("relationships}id")), "")
