"""Swaps opening and closing brackets in right-to-left lines of PDF files that store the drawn shapes.

In Arabic and Hebrew, an opening bracket has the shape of a closing bracket of a left-to-right script. Many PDF files
store the character of that shape. The space before such a bracket then follows it.
"""

from __future__ import annotations

import re

_RIGHT_TO_LEFT = re.compile("[\u05d0-\u05f2\u0620-\u064a\u066e-\u06d3\ufb1d-\ufdfb\ufe70-\ufefc]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u04ff]")
_BRACKET = re.compile(r"[()\[\]{}«»]")
_TURNED = str.maketrans("()[]{}«»", ")(][}{»«")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "«": "»"}
_BEFORE_SPACE = re.compile(r"(?<=\S)([(\[{«])([^\S\n])(?=\S)")


def with_turned_brackets(text: str) -> str:
    """The text of a page, with opening and closing brackets swapped in right-to-left lines that need it.

    A line needs it if its brackets match only after the swap. If no line's brackets match as they are, and some line
    (or all lines together) needs the swap, all right-to-left lines with brackets are swapped: a pair may begin on
    one line and end on another.
    """
    if not _RIGHT_TO_LEFT.search(text):
        return text
    lines = text.split("\n")
    places = [at for at, line in enumerate(lines) if _BRACKET.search(line) and _runs_to_the_left(line)]
    turned = {at for at in places if _is_turned(lines[at])}
    is_any_whole = any(_is_whole(lines[at]) for at in places)
    if not is_any_whole and (turned or _is_turned("\n".join(lines[at] for at in places))):
        turned = set(places)
    for at in turned:
        lines[at] = _BEFORE_SPACE.sub(r"\2\1", lines[at].translate(_TURNED))
    return "\n".join(lines)


def _runs_to_the_left(line: str) -> bool:
    return len(_RIGHT_TO_LEFT.findall(line)) > len(_LEFT_TO_RIGHT.findall(line))


def _is_turned(line: str) -> bool:
    """Whether the brackets match only after opening and closing ones are swapped."""
    return not _is_whole(line) and _is_whole(line.translate(_TURNED))


def _is_whole(line: str) -> bool:
    """Whether each bracket that opens is closed by one of its kind, and none closes that did not open."""
    awaited: list[str] = []
    for bracket in _BRACKET.findall(line):
        if bracket in _CLOSED_BY:
            awaited.append(_CLOSED_BY[bracket])
        elif not awaited or awaited.pop() != bracket:
            return False
    return not awaited
