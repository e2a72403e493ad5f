"""Finds the ends of sentences, in any script that marks them or leaves a gap. The core, the adapters and the fakes use
it.

The chunks of stored documents end at these places. So a change here moves the chunks of every document that is read
again.
"""

from __future__ import annotations

from ports.text.regexes import regex

_CLOSERS = "\"'”’»)\\]}」』】〉》〕）"
_SPACED = ".!?…"
"""Marks that end a sentence only before white space: "3.14" and "example.com" continue."""
_ALONE = "。！？｡؟۔।॥။።፧፨։។៕๚๛"
"""Marks that always end a sentence, because their scripts put no space after them or use them for nothing else."""
_BREAK = "\n\f\u2029"
_BOUNDARY = regex(
    f"[{_SPACED}{_ALONE}{_BREAK}](?:(?<=[{_BREAK}])\\s*|[{_SPACED}{_ALONE}]*[{_CLOSERS}]*(?:\\[\\d{{1,4}}\\])*)"
)
_ENDED = regex(f"[{_SPACED}{_ALONE}][\\s{_CLOSERS}]*$")
_IS_ALONE = regex(f"[{_ALONE}]")
_SPACE = regex(r"\s*")
_THAI_LAO_GAP = regex(r"(?<=[\u0e01-\u0e4e\u0e81-\u0ecd]{10})[^\S\n]+(?=[\u0e01-\u0e4e\u0e81-\u0ecd])")
"""Thai and Lao have a space between sentences and, more rarely, around names and figures. After ten letters,
a space is taken as the end of a sentence."""
_HAS_THAI_LAO = regex(r"[\u0e01-\u0e4e\u0e81-\u0ecd]")
_LIST_ITEM = regex(r"(?:[-*+•▪◦‣●○■–—#=>|]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_MARKER = regex(r"(?:[\n!?…]|\w{4}\.)\s?\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,3})$")
"""The number or letter of a list item: "3.", "a.", "iv."."""
_LAST_WORD = regex(r"[^\s(\[{\"'“‘«/]*$")
_DOTTED = regex(r"[^\W\d]{1,2}(?:\.[^\W\d]{1,2})+")
_LONGEST_ABBREVIATION = 12
_CELLS = " | "
"""Separates the cells of a table row. A row ends its sentence."""
_LONGEST_ROW = 400
_SHORT_LINE = 40
"""A line with fewer characters ends its sentence if the next line starts with a capital letter."""
_SHORTEST_LAST_WORD = 4
"""If a small letter follows the dot, a word with fewer letters before the dot is taken for an abbreviation."""
_LONGEST_MARK = 16

_ALWAYS_FOLLOWED = """
approx bros brig ca capt cf cmdr col cpl dept dr esp gen gov hon lt maj misc mr mrs ms mt mts prof rep resp
rev sen sgt st supt v viz vs bzw ggf sog vgl sr sra dra ud uds mme mlle núm pág
"""
_NUMBER_FOLLOWED = """
app art ch chap col eq eqn eqs ex fig figs fn no nos nr op p para pl pp pt ref refs sec sect tab vers vol
vols jan feb mar apr jun jul aug sep sept oct nov dec
"""
_END_OR_NOT = "al assn ave co corp ed eds etc inc jr ltd univ usw"
_GO_ON = frozenset(_ALWAYS_FOLLOWED.split())
_NUMBERED = frozenset(_NUMBER_FOLLOWED.split())
_MAY_END = frozenset(_END_OR_NOT.split())
_ABBREVIATED_ENDS = frozenset(
    word[-_SHORTEST_LAST_WORD:]
    for small in _GO_ON | _NUMBERED | _MAY_END
    for word in (small, small.capitalize(), small.upper())
)
"""The last letters of all abbreviations. After any other letters the dot ends the sentence, which decides most cases
quickly.
"""


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The ``start:end`` of each sentence, in order, without surrounding white space.

    The spans do not overlap. Together they contain every character that is not white space. A heading, a list item and
    a paragraph end a sentence, with or without a mark. In doubtful cases (after "U.S." or an initial) two sentences
    stay one. The time is linear in the length of the text.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in (*sentence_ends(text, 0, len(text)), len(text)):
        piece = text[start:end]
        sentence = piece.strip()
        if sentence:
            first = start + len(piece) - len(piece.lstrip())
            spans.append((first, first + len(sentence)))
        start = end
    return spans


def sentence_ends(text: str, earliest: int, latest: int) -> list[int]:
    """The positions from ``earliest`` to ``latest`` (both included) where a sentence ends, ascending.

    White space may precede such a position. Little text outside of this range is read.
    """
    ends: list[int] = []
    for match in _BOUNDARY.finditer(text, earliest, latest + _LONGEST_MARK):
        at, end = match.span()
        if at > latest:
            break
        if text[at] in _BREAK:
            if _line_ends(text, at, end):
                ends.append(at)
        elif end <= latest and _sentence_ends(text, at, end):
            ends.append(end)
    if not text.isascii() and _HAS_THAI_LAO.search(text, earliest, latest):
        ends = sorted([*ends, *(gap.start() for gap in _THAI_LAO_GAP.finditer(text, earliest, latest + 2))])
    return ends


def ends_with_mark(text: str) -> bool:
    """Whether ``text`` ends with a mark that may end a sentence, and perhaps closing quotes or brackets."""
    return _ENDED.search(text) is not None


def is_marked_end(text: str, place: int) -> bool:
    """Whether a sentence ends at ``place`` with a mark, and not only with its line."""
    first = max(0, place - _LONGEST_MARK)
    return ends_with_mark(text[first:place]) and place in sentence_ends(text, first, place)


def _line_ends(text: str, at: int, end: int) -> bool:
    """Whether the line break at ``at:end`` ends a sentence, and does not only wrap a line."""
    if end == len(text) or text[at] != "\n" or text.find("\n", at + 1, end) >= 0:
        return True
    above = text[text.rfind("\n", max(0, at - _LONGEST_ROW), at) + 1 : at]
    if _is_row(above) or _is_row(text[end : end + _LONGEST_ROW].partition("\n")[0]):
        return True
    if text[end].isupper() and (at < _SHORT_LINE or text.rfind("\n", at - _SHORT_LINE, at) >= 0):
        return True
    return _LIST_ITEM.match(text, end) is not None


def _is_row(line: str) -> bool:
    return _CELLS in line and "{" not in line


def _sentence_ends(text: str, at: int, end: int) -> bool:
    """Whether the mark at ``at``, with its closing quotes up to ``end``, ends a sentence."""
    mark = text[at]
    if end == len(text) or mark in _ALONE:
        return True
    if not text[end].isspace():
        return _IS_ALONE.search(text, at, end) is not None
    if mark == "." and end - at == 1:
        letters = text[max(0, at - _SHORTEST_LAST_WORD) : at]
        if len(letters) == _SHORTEST_LAST_WORD and letters.isalpha() and letters not in _ABBREVIATED_ENDS:
            return True
    after = _SPACE.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    if after == len(text):
        return True
    goes_on_small = text[after].islower()
    if mark != "." or end - at > 1:
        return not goes_on_small
    before = text[max(0, at - _LONGEST_ABBREVIATION) : at]
    if len(before) < _LONGEST_ABBREVIATION:
        before = "\n" + before
    if _MARKER.search(before):
        return False
    found = _LAST_WORD.search(before)
    word = found.group() if found else ""
    if goes_on_small and 0 < len(word) < _SHORTEST_LAST_WORD:
        return False
    return not _is_abbreviation(word, text[after])


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the dot belongs to ``word`` as an abbreviation. ``following`` is the first character after the dot."""
    if len(word) == 1:
        return word.isupper() or (following.isdigit() and word in _NUMBERED)
    small = word.lower()
    if small in _GO_ON or _DOTTED.fullmatch(word):
        return True
    if small in _NUMBERED:
        return following.isdigit() or following.islower()
    return small in _MAY_END and not following.isupper()
