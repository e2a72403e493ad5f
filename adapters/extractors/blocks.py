"""The blocks of text that readers find in a document, and the pages made of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import clean, is_blank
from ports.text.sentences import sentence_ends
from ports.text.tables import row_text
from ports.text_extractor import Extraction, Heading, PageText, UnreadableDocument

LONGEST_HEADING = 300
"""In characters. A longer text is a paragraph that only looks like a heading."""
LONGEST_VALUE = 300
"""In characters. A longer cell with several blocks is a text of its own, and not a value in a table's row.
"""
MOST_COLUMNS = 63
"""The largest number of columns of a row, as in Word."""
_DEEPEST = 6
_LONGEST_MARK = 40
"""In characters. Only this many first characters of the next list item are read to see whether a sentence ends before
it.
"""
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


class Block(NamedTuple):
    """A paragraph, a heading, an item of a list, or the rows of a table. The text is clean, without white space around
    it.
    """

    text: str
    level: int = 0
    """The level of a heading, 1 to 6; 0 for other blocks."""
    is_item: bool = False
    """True for an item of a list. A blank line stands between two items only if they would look like one sentence."""
    is_table: bool = False


def paragraph(text: str) -> str:
    """The text with each run of white space within a line replaced by one space, as readers see it."""
    lines = clean(_SPACES.sub(" ", text.replace("\xad", ""))).split("\n")
    return _BLANK_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()


def heading(text: str, level: int) -> Block:
    """A heading, or a paragraph if the text is too long for one."""
    line = " ".join(text.split())
    is_one = 0 < len(line) <= LONGEST_HEADING
    return Block(line, max(1, min(level, _DEEPEST))) if is_one else Block(text)


class TableBuilder:
    """Collects the rows of a table. If a row only arranges texts side by side, its texts become blocks of their own."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._blocks: list[Block] = []
        self._lines: list[str] = []
        self._row: list[list[Block]] = []
        self._reaching: dict[int, tuple[int, int, list[Block]]] = {}
        """For each column with a cell that goes on in the rows below: how many more rows, how many columns wide, and
        the cell.
        """
        self._characters = 0

    def begin_row(self) -> None:
        self._end_row()
        self._reach_down()

    def cell(self, *, columns: int = 1, rows: int = 1) -> list[Block]:
        """Begin a cell that spans the given numbers of columns and rows. The caller adds the cell's blocks to the
        returned list.

        The text is written in the first of the columns, and again in each of the rows, because a reader of one row does
        not see the rows above.
        """
        self._reach_down()
        cell: list[Block] = []
        if rows > 1:
            self._reaching[len(self._row)] = (rows - 1, columns, cell)
        self._add(cell, columns)
        return cell

    def row(self, texts: Iterable[str]) -> None:
        """Add a row with one cell for each text."""
        self.begin_row()
        for text in texts:
            self.cell().append(Block(text))

    def blocks(self) -> list[Block]:
        """End the table and return its blocks."""
        self._end_row()
        self._end_lines()
        return self._blocks

    def _add(self, cell: list[Block], columns: int) -> None:
        self._row.append(cell)
        self._row += [_NOTHING] * max(0, min(columns - 1, MOST_COLUMNS - len(self._row)))

    def _reach_down(self) -> None:
        while (at := len(self._row)) in self._reaching:
            rows, columns, cell = self._reaching.pop(at)
            if rows > 1:
                self._reaching[at] = (rows - 1, columns, cell)
            self._add(cell if len(_text_of(cell)) <= LONGEST_VALUE else _NOTHING, columns)

    def _end_row(self) -> None:
        if self._row:
            self._reach_down()
        cells, self._row = self._row, []
        if any(_is_layout(cell) for cell in cells if cell):
            self._end_lines()
            self._blocks += [block for cell in cells for block in cell]
        elif line := row_text([_text_of(cell) for cell in cells]):
            self._lines.append(line)
            self._characters += len(line)
            self._budget.check_characters(self._characters)
            self._budget.check_time()

    def _end_lines(self) -> None:
        if self._lines:
            self._blocks.append(Block("\n".join(self._lines), is_table=True))
            self._lines = []


_NOTHING: list[Block] = []


def _text_of(cell: list[Block]) -> str:
    return " ".join(block.text for block in cell) if cell else ""


def _is_layout(cell: list[Block]) -> bool:
    return any(block.level or block.is_table for block in cell) or (
        len(cell) > 1 and sum(len(block.text) for block in cell) > LONGEST_VALUE
    )


def page_of(number: int, blocks: Iterable[Block], budget: Budget) -> PageText:
    """The blocks as one page. Raises ``decompression_bomb`` as soon as the page exceeds the limit of characters."""
    parts: list[str] = []
    headings: list[Heading] = []
    length = 0
    item = ""
    for block in blocks:
        budget.check_time()
        if is_blank(block.text):
            continue
        is_next = bool(item) and block.is_item and not _would_run_on(item, block.text)
        parts.append(("\n" if is_next else "\n\n") if parts else "")
        length += len(parts[-1])
        if block.level:
            headings.append(Heading(length, block.text, block.level))
        parts.append(block.text)
        length += len(block.text)
        budget.check_characters(length)
        item = block.text if block.is_item else ""
    return PageText(number, "".join(parts), tuple(headings))


def _would_run_on(item: str, following: str) -> bool:
    """Whether the two items would look like one sentence on two lines: nothing marks where the second one begins."""
    line = item.rpartition("\n")[2]
    begins = next(filter(str.isalnum, following), "")
    return begins.isupper() and not sentence_ends(
        f"{line}\n{following[:_LONGEST_MARK]}", len(line), len(line) + 1
    )


def without_pages(blocks: Iterable[Block], budget: Budget, title: str | None) -> Extraction:
    """The blocks as a document of a format without pages. Raises ``no_text`` if all blocks are blank."""
    page = page_of(1, blocks, budget)
    if is_blank(page.text):
        raise UnreadableDocument("no_text")
    return Extraction(1, iter((page,)), title, has_pages=False)
