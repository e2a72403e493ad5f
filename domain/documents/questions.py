"""Reads from a learner's question what to search for: its parts, and the page, file or chapter that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.text.lexical import STOP_TOKENS, tokens
from ports.text.regexes import regex

MAX_PARTS = 4
"""The largest number of searches for one question. Further parts of the question are joined to the last one."""

_ASKED = regex(r"[^?？؟]*[?？؟]+")
_AND_ASKS = regex(
    r"[,;]?\s+and\s+(?=(?:(?:in|at|by|on|for|from|to)\s+)?"
    r"(?:what|who|whom|whose|when|where|why|how|which)\b)",
    re.IGNORECASE,
)
_ASKS = regex(r"\b(?:what|who|whom|whose|when|where|why|how|which)\b", re.IGNORECASE)
_SIDE = r"(?P<{}>\S(?:.*?\S)?)"
_ONE, _OTHER = _SIDE.format("one"), _SIDE.format("other")
_COMPARISONS = tuple(
    regex(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"\b(?:differences?|similarit(?:y|ies)|relation(?:ship)?|distinction|contrast|comparison)\b"
        rf"[^?]*?\bbetween\s+{_ONE}\s+and\s+{_OTHER}$",
        rf"\b(?:compare|contrast|distinguish(?:es|ed)?)\s+(?:between\s+)?{_ONE}\s+(?:and|with|to|against|from)\s+{_OTHER}$",
        rf"\bhow\s+(?:do|does|did|is|are|was|were|can)\s+{_ONE}\s+"
        rf"(?:differ(?:ent)?|distinct|compare|similar|distinguished)\s+(?:from|to|with)\s+{_OTHER}$",
        rf"\bhow\s+(?:do|does|did|are|were|can)\s+{_ONE}\s+and\s+{_OTHER}\s+"
        rf"(?:differ(?:ent)?|compare|relate|be\s+(?:compared|distinguished))\b.*$",
        rf"^(?:what\s+(?:is|are)\s+)?{_ONE}\s+(?:vs?\.?|versus|(?:as\s+)?compared\s+(?:with|to))\s+{_OTHER}$",
    )
)
_LEADING = regex(r"^(?:the|a|an|both)\s+", re.IGNORECASE)
_PAGE = regex(r"\b(?:on|at|from|of|in|does|is|summari[sz]e|explain)\s+(?:page|slide|p\.)\s*(\d{1,5})\b", re.I)
_CHAPTER = regex(r"\b(chapter|section|lesson|unit|part|lecture)\s+(\d{1,3}(?:\.\d{1,3})*)\b", re.I)
_FILE_ENDING = regex(r"\.[A-Za-z0-9]{1,5}$")
_FEWEST_WORDS = 2
"""The fewest words of a document's name that are recognised in a question. A file may be called "memory", and a
question may be about memory.
"""


def parts_of(question: str) -> list[str]:
    """The parts of the question that are searched one by one: joined questions or compared things. 1 to ``MAX_PARTS``."""
    found = [part for piece in _asked(question) for part in compared_in(piece) or _joined(piece)]
    if len(found) <= MAX_PARTS:
        return found
    return [*found[: MAX_PARTS - 1], " ".join(found[MAX_PARTS - 1 :])]


def joined_in(question: str) -> list[str]:
    """The separate questions that are combined in this question; empty if it is only one question."""
    found = [part for piece in _asked(question) for part in _joined(piece)][:MAX_PARTS]
    return found if len(found) > 1 else []


def _asked(question: str) -> list[str]:
    asked = [piece.strip() for piece in _ASKED.findall(question)]
    rest = _ASKED.sub("", question).strip()
    pieces = [piece for piece in (*asked, rest) if _has_content(piece)]
    return pieces if len(pieces) > 1 and all(map(_ASKS.search, pieces)) else [question]


def compared_in(question: str) -> list[str]:
    """The two things that the question compares; empty if it compares nothing."""
    plain = " ".join(question.split()).rstrip(" ?!.？؟")
    for comparison in _COMPARISONS:
        match = comparison.search(plain)
        if match is not None:
            sides = [_LEADING.sub("", match[side]) for side in ("one", "other")]
            return sides if all(map(_has_content, sides)) else []
    return []


def _joined(question: str) -> list[str]:
    """The questions that are combined with "and", as in "what is … and who …"; only the question itself if there is
    one.
    """
    pieces = _AND_ASKS.split(question)
    if len(pieces) > 1 and _ASKS.search(pieces[0]) and all(map(_has_content, pieces)):
        return [piece.strip() for piece in pieces]
    return [question]


def _has_content(text: str) -> bool:
    return any(token not in STOP_TOKENS for token in tokens(text))


def page_of(question: str) -> int | None:
    """The number of the page or slide that the question names; None if it names none."""
    match = _PAGE.search(question)
    return None if match is None else int(match[1])


def names_file(question: str, filename: str) -> bool:
    """Whether the question contains the file's name with its ending. Letter case does not count."""
    return "." in filename and filename.casefold() in question.casefold()


def name_words(filename: str) -> list[str]:
    """The words of a document's title or file name, without the ending of a file."""
    return tokens(_FILE_ENDING.sub("", filename))


def names_place(question: str, *, names: Sequence[str | None], heading: str | None) -> bool:
    """Whether the question contains one of the document's names, or the chapter number that the heading has."""
    asked = f" {' '.join(tokens(question))} "
    for name in names:
        words = name_words(name or "")
        if len(words) >= _FEWEST_WORDS and f" {' '.join(words)} " in asked:
            return True
    chapter = _CHAPTER.search(question)
    if chapter is None or heading is None:
        return False
    found = _CHAPTER.search(heading)
    return found is not None and [one.casefold() for one in found.groups()] == [
        one.casefold() for one in chapter.groups()
    ]
