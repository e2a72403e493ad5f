"""Items as a sheet: CSV that spreadsheets read and write, one item in each line.

Several letters or several right answers are separate lines of their cell. A cell that a spreadsheet would run as a
formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import cast

from domain.bank.item import BankItem
from domain.bank.orders import WrittenItem, written_as
from domain.bank.statuses import USUAL_DIFFICULTY
from domain.quizzes.quiz_words import KINDS, LETTERS, MAX_OPTIONS
from domain.text.cells import from_cell, to_cell
from ports.agent_words import Difficulty, QuestionKind

_OPTIONS = tuple(f"option_{letter.lower()}" for letter in LETTERS[:MAX_OPTIONS])
COLUMNS = (
    "item_id",
    "status",
    "kind",
    "question",
    *_OPTIONS,
    "correct_answer",
    "explanation",
    "concept",
    "difficulty",
)
_NEEDED = ("question", "correct_answer")
_BOM = "\ufeff"
_SEPARATORS = ",;\t"
_DIFFICULTIES: tuple[Difficulty, ...] = ("beginner", "intermediate", "advanced")


class NoSheet(ValueError):
    """The text is not a sheet of items: it has no line with the column names."""


def to_sheet(items: Iterable[BankItem]) -> str:
    """The sheet of the items, in their newest versions. ``from_sheet`` reads it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for item in items:
        written = written_as(item.latest.content)
        key = written.correct_answer
        options = [*written.options, *[""] * (MAX_OPTIONS - len(written.options))]
        row = [
            item.item_id,
            item.status,
            written.kind,
            written.question,
            *options,
            key if isinstance(key, str) else "\n".join(key),
            written.explanation,
            written.concept,
            item.latest.difficulty,
        ]
        writer.writerow(map(to_cell, row))
    return _BOM + file.getvalue()


def from_sheet(text: str) -> Iterator[tuple[str, WrittenItem, Difficulty]]:
    """The name of each line, its item, and its difficulty. Empty lines are left out.

    The columns may have any order, and may be separated by commas, semicolons or tabs. If the kind of a line is
    unknown, the item's kind is "", which ``read_item`` refuses. Raises ``NoSheet``.
    """
    text = text.removeprefix(_BOM)
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        names = [name.strip().lower() for name in next(rows, [])]
        if not set(_NEEDED) <= set(names):
            raise NoSheet
        for row in rows:
            cells = dict(zip(names, map(from_cell, row), strict=False))
            if any(cells.values()):
                yield f"line {rows.line_num}", _written(cells), _difficulty(cells)
    except csv.Error:
        raise NoSheet from None


def _written(cells: dict[str, str]) -> WrittenItem:
    kind = cells.get("kind", "").strip() or "multiple_choice"
    key = [one.strip() for one in cells.get("correct_answer", "").split("\n")]
    key = [one for one in key if one]
    return WrittenItem(
        kind=cast(QuestionKind, kind if kind in KINDS else ""),
        question=cells.get("question", ""),
        options=tuple(cells[name] for name in _OPTIONS if cells.get(name)),
        correct_answer=key[0] if len(key) == 1 else tuple(key),
        explanation=cells.get("explanation", ""),
        concept=cells.get("concept", ""),
    )


def _difficulty(cells: dict[str, str]) -> Difficulty:
    told = cells.get("difficulty", "").strip()
    return next((one for one in _DIFFICULTIES if one == told), USUAL_DIFFICULTY)
