"""The text of a recognised page: puts its lines in reading order and refuses pages of low confidence."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ports.text.regexes import regex
from ports.text_recogniser import Box, RecognisedLine, RecognisedPage

_BELIEVED_LINE = 0.5
"""A line with a lower confidence (0 to 1) is left out."""
_BELIEVED_PAGE = 0.8
"""The lowest mean confidence of a page's letters (0 to 1) at which its text is stored. Measured with benchmarks/ocr:
printed pages have .93 or more; strokes and photographs have .75 or less, if any letters are found on them.
"""
_FEWEST_LETTERS = 8
"""A page with fewer letters does not count as a page of text; it may be a sign in a photograph."""
_GUTTER = 0.012
"""The least space between two columns, as a share of the page's width."""
_CROSSING = 0.25
"""The largest share of a page's lines that may cross the space between its columns, as headings and captions do."""
_FEWEST_IN_COLUMN = 4
_LEAST_OF_LINE = 15
"""The least median length of the lines in a column of prose, in characters. Table cells are shorter."""
_SAME_ROW = 0.5
"""The least vertical overlap of two boxes in the same row, as a share of the lower box's height."""
_PARAGRAPH = 1.45
"""A distance of two rows that is larger than this multiple of the median distance starts a paragraph."""
_WORD = regex(r"[^\W\d_]+")
_CUT = regex(r"([^\W\d_]+)[-\u2010\u00ad]$")


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    box: Box


def text_of(page: RecognisedPage) -> str | None:
    """The text of the page in reading order; None if it has too few letters or too low a confidence."""
    lines = [line for line in map(_tidied, page.lines) if line.text]
    letters = [sum(map(str.isalnum, line.text)) for line in lines]
    sure = sum(line.confidence * count for line, count in zip(lines, letters, strict=True))
    if sum(letters) < _FEWEST_LETTERS or sure < _BELIEVED_PAGE * sum(letters):
        return None
    columns = [
        _rows(column) for column in _columns([one for one in lines if one.confidence >= _BELIEVED_LINE])
    ]
    words = {
        word for column in columns for row in column for word in _WORD.findall(_CUT.sub("", row.text.lower()))
    }
    return "\n\n".join(filter(None, (_joined(column, words) for column in columns)))


def _tidied(line: RecognisedLine) -> RecognisedLine:
    return replace(line, text=" ".join(line.text.split()))


def _columns(lines: Sequence[RecognisedLine]) -> list[list[RecognisedLine]]:
    """The lines in groups in reading order. Each group is read from top to bottom."""
    gutter = _gutter(lines)
    if gutter is None:
        return [list(lines)]
    crossing = sorted(
        (line for line in lines if line.box.left < gutter < line.box.right),
        key=lambda line: _middle(line.box),
    )
    groups: list[list[RecognisedLine]] = []
    above = -1.0
    for below in [*(_middle(line.box) for line in crossing), 2.0]:
        between = [line for line in lines if above < _middle(line.box) < below and line not in crossing]
        for side in (
            [line for line in between if line.box.right <= gutter],
            [line for line in between if line.box.left >= gutter],
        ):
            if side:
                groups += _columns(side)
        heads = [line for line in crossing if _middle(line.box) == below]
        if heads:
            groups.append(heads)
        above = below
    return groups


def _gutter(lines: Sequence[RecognisedLine]) -> float | None:
    """The horizontal position of the space between two columns of prose; None if there is none."""
    if len(lines) < 2 * _FEWEST_IN_COLUMN:
        return None
    first, last = min(line.box.left for line in lines), max(line.box.right for line in lines)
    best: tuple[int, float] | None = None
    for at in sorted({line.box.left for line in lines}):
        place = at - _GUTTER / 2
        if not first + 0.2 * (last - first) < place < last - 0.2 * (last - first):
            continue
        left = [line for line in lines if line.box.right <= place - _GUTTER / 2]
        right = [line for line in lines if line.box.left >= place + _GUTTER / 4]
        crossing = len(lines) - len(left) - len(right)
        if crossing > _CROSSING * len(lines) or not (_is_prose(left) and _is_prose(right)):
            continue
        if best is None or crossing < best[0]:
            best = crossing, place
    return None if best is None else best[1]


def _is_prose(lines: Sequence[RecognisedLine]) -> bool:
    return len(lines) >= _FEWEST_IN_COLUMN and median(len(line.text) for line in lines) >= _LEAST_OF_LINE


def _rows(lines: Sequence[RecognisedLine]) -> list[_Row]:
    """The lines from top to bottom. Lines that stand side by side are one row."""
    rows: list[list[RecognisedLine]] = []
    for line in sorted(lines, key=lambda line: _middle(line.box)):
        if rows and all(_are_beside(line.box, other.box) for other in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_row(row) for row in rows]


def _are_beside(one: Box, other: Box) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return overlap >= _SAME_ROW * lower and (one.left >= other.right or other.left >= one.right)


def _row(lines: Sequence[RecognisedLine]) -> _Row:
    ordered = sorted(lines, key=lambda line: line.box.left)
    boxes = [line.box for line in ordered]
    box = Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    return _Row(" ".join(line.text for line in ordered), box)


def _joined(rows: Sequence[_Row], words: Set[str]) -> str:
    """The rows as paragraphs. Words that a line end divides are joined; ``words`` are the whole words of the page."""
    steps = [_middle(below.box) - _middle(above.box) for above, below in pairwise(rows)]
    usual = median(steps) if steps else 0.0
    text = ""
    for number, row in enumerate(rows):
        cut, rest = _CUT.search(text), _WORD.match(row.text)
        if number == 0:
            text = row.text
        elif steps[number - 1] > _PARAGRAPH * usual:
            text += "\n\n" + row.text
        elif cut and rest and rest[0][0].islower():
            text = text[: cut.start()] + _whole(cut[1], rest[0], words) + row.text[rest.end() :]
        else:
            text += "\n" + row.text
    return text


def _whole(left: str, right: str, words: Set[str]) -> str:
    """The word that a line end divides into ``left-`` and ``right``. The hyphen stays if both parts are words of the
    page.
    """
    are_words = left.lower() in words and right in words and min(len(left), len(right)) > 2
    return f"{left}-{right}" if are_words and (left + right).lower() not in words else left + right


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2
