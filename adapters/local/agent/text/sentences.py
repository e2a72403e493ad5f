"""The sentences of a passage that can be quoted alone, without headings, lines of contents, page headers and incomplete
ends.

``ports.text.sentences`` says where a sentence ends. This module also looks at the lines: it leaves out lines that are
no prose, and ends a sentence before and after them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ports.text.sentences import ends_with_mark, is_marked_end, sentence_ends
from ports.text.tables import BegunRow, table_rows

MAX_CHARACTERS = 480
"""Longer sentences are split into pieces: a citation quotes at most 600 characters."""
_CUT_PASSAGE = 700
"""A passage shorter than this ends where its document ends, because chunks are cut at 1,000 characters."""

_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-*+•▪◦‣●○■–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+(?=\S)")
_MARKUP_HEADING = re.compile(r"\s*(?:#{1,6}\s|=+\s.*\s=+\s*$)")
_NUMBERED = re.compile(
    r"\s*(?:chapter|section|unit|part|lesson|lecture|appendix|figure|table)?\s*\d+(?:\.\d+)*[.:)]?\s", re.I
)
_CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}|…{2,}|·{3,}|\s{3,}\d{1,4}\s*$")
_PAGE_LINE = re.compile(
    r"\s*(?:[-–—|]?\s*)(?:page|p\.|pg\.?|slide)?\s*\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?\s*[-–—|]?\s*$", re.I
)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULE = re.compile(r"[\s\W_]*$")
_TABLE_ROW = re.compile(r"\s*\||.*\|.*\|")
_STRAY_OPENING = re.compile("\\s*(?:[\"'”’»)\\]]+\\s+)*")
_FIRST_WORD = re.compile(r"[\s\"'“‘«(\[]*([^\W_]+)")
_QUESTION = re.compile("[?？؟][\\s\"'”’»)\\]）」』】〉》]*$")
_LONE_LETTER = re.compile(r"(?<!\S)[(\[“\"']*[a-z]\s?\.$")
_FORMULA_ENDS = re.compile(r"=\s[^.;=]{1,24}\.$")
"""A full stop after a letter that stands for a quantity. It is not the end of an abbreviation."""
_THAI = re.compile("[\u0e01-\u0e4e]")
_MAYBE_CONTINUES = re.compile(
    r"(?:[,;:(–—\-]|\b(?:and|or|of|the|a|an|in|to|for|with|by|from|is|are|that|as|at|on|de|la|el|der|die|und|et|le))\s*$",
    re.I,
)
_CLAUSE_END = re.compile(r"[;:,،，、；：]\s*|\s[–—]\s|\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. ``text`` is exactly the text at ``start:end`` of its passage."""

    text: str
    start: int
    end: int
    heading: str = ""
    """The heading or question above the sentence; "" if there is none."""
    cut: bool = False
    """Whether this is only a piece of a longer text, so that it need not start or end as a sentence does."""
    listed: bool = False
    """Whether the sentence is an item of the list that ``heading`` introduces."""
    worded: str = ""
    """For a row of a table: its cells with the heads of their columns."""
    label: str = ""
    """For a row of a table: its first cell."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that together are one paragraph, or one item of a list."""

    start: int
    end: int
    listed: bool


def sentences(passage: str, headings: Collection[tuple[int, int]] = ()) -> list[Sentence]:
    """The sentences in reading order. A question is not among them: it is the heading of the sentences after it.

    ``headings`` are the ``start:end`` of lines that are known to be headings. Others are recognised by their form.
    """
    found: list[Sentence] = []
    heading = ""
    known = {start for start, _ in headings}
    blocks = list(_blocks(passage, known))
    lowercase = _writes_lowercase(passage)
    introduces = False
    cut = len(passage) >= _CUT_PASSAGE
    for block, following in zip(blocks, [*blocks[1:], None], strict=False):
        block_text = passage[block.start : block.end]
        looks_so = not block.listed and _is_heading(block_text, alone=len(blocks) == 1)
        if block.start in known or looks_so:
            heading = block_text.strip(" #=\t:")
            introduces = block_text.rstrip().endswith(":")
            continue
        is_first = block is blocks[0]
        starts_within = (
            _opens_lower(block_text) and (not lowercase or (cut and is_first)) and not block.listed
        )
        goes_on = (
            cut
            if following is None
            else not following.listed and _opens_lower(passage[following.start : following.end])
        )
        spans = list(_spans(passage, block))
        listed = block.listed or (introduces and len(spans) == 1)
        introduces = introduces and listed
        for start, end in spans:
            text = passage[start:end]
            if _QUESTION.search(text):
                heading = text
            elif (starts_within and (start, end) == spans[0]) or not any(map(str.isalnum, text)):
                continue
            elif not goes_on or (start, end) != spans[-1] or ends_with_mark(text) or _THAI.search(text):
                found.extend(replace(one, listed=listed) for one in _in_pieces(text, start, heading))
                if text.endswith(":"):
                    heading, introduces = text.rstrip(":"), True
    return found or ([] if table_rows(passage, None) else _unpunctuated(passage))


def _blocks(passage: str, headings: Collection[int]) -> Iterator[_Block]:
    in_tables = {row.start for row in table_rows(passage, None)}
    is_code = False
    lines = [(m.start(), m.end()) for m in _LINE.finditer(passage)]
    longest = max((len(passage[a:b].strip()) for a, b in lines), default=0)
    run_start, run_end, listed = -1, -1, False
    for a, b in lines:
        line = passage[a:b]
        bullet = _BULLET.match(line)
        fences = _FENCE.match(line) is not None
        is_code = is_code != fences
        junk = bool(
            is_code
            or fences
            or a in in_tables
            or _RULE.match(line)
            or _PAGE_LINE.match(line)
            or _CONTENTS_LINE.search(line)
            or _TABLE_ROW.match(line)
        )
        joins = (
            run_start >= 0
            and not junk
            and run_start not in headings
            and a not in headings
            and not bullet
            and not _MARKUP_HEADING.match(line)
            and _one_paragraph(passage[run_end:a])
            and not is_marked_end(passage, run_start + len(passage[run_start:run_end].rstrip()))
            and _runs_on(passage[run_start:run_end], line, longest)
        )
        if joins:
            run_end = b
            continue
        if run_start >= 0:
            yield _Block(run_start, run_end, listed)
        if a in headings:
            run_start, run_end, listed = a, b, False
            continue
        run_start, run_end, listed = (
            (-1, -1, False) if junk else (a + (bullet.end() if bullet else 0), b, bool(bullet))
        )
    if run_start >= 0:
        yield _Block(run_start, run_end, listed)


def _one_paragraph(between: str) -> bool:
    return between.replace("\r\n", "\n").count("\n") + sum(map(between.count, "\x0c\u2029")) <= 1


def _runs_on(before: str, line: str, longest: int) -> bool:
    """Whether the line continues the sentence or paragraph of the lines before."""
    last_line = before.rstrip().rpartition("\n")[2].strip()
    if _MARKUP_HEADING.match(last_line):
        return False
    if _opens_lower(line) or _MAYBE_CONTINUES.search(last_line):
        return True
    return len(last_line) >= max(15, 0.75 * longest)


def _is_heading(block: str, *, alone: bool) -> bool:
    text = block.strip()
    if _MARKUP_HEADING.match(block):
        return True
    if alone or ends_with_mark(text) or len(text) > 100:
        return False
    words = [w for w in text.split() if any(map(str.isalpha, w))]
    if text.endswith(":") or not words or text.isupper():
        return True
    if "=" in text:
        return False
    if not any(map(str.isupper, text)) and not any(map(str.islower, text)):
        return len(text) <= 24
    long_words = [w for w in words if len(w) > 3]
    titled = sum(not w[0].islower() for w in long_words) >= 0.6 * len(long_words)
    if ":" in text:
        return titled and len(words) <= 10 and text[0].isupper()
    return (
        len(words) <= 4 or (len(words) <= 14 and titled) or (len(words) <= 10 and bool(_NUMBERED.match(text)))
    )


def _spans(passage: str, block: _Block) -> Iterator[tuple[int, int]]:
    """The positions of the block's sentences. A sentence that cannot stand alone is joined with the next one."""
    start = block.start
    for end in (*sentence_ends(passage, block.start, block.end), block.end):
        text = passage[start:end]
        if end < block.end and _needs_the_next(text, passage[end : block.end]):
            continue
        opening = _STRAY_OPENING.match(text)
        begin = start + (opening.end() if opening else 0)
        stop = start + len(text.rstrip())
        if stop > begin:
            yield begin, stop
        start = end


def _needs_the_next(text: str, rest: str) -> bool:
    """Whether the sentence ends inside brackets, or at the dot of an abbreviation ("Roe v. Wade")."""
    is_within_brackets = text.count("(") > text.count(")") and ")" in rest[:120]
    is_abbreviated = _LONE_LETTER.search(text) is not None and _FORMULA_ENDS.search(text) is None
    return is_within_brackets or is_abbreviated


def _opens_lower(text: str) -> bool:
    """Whether the first word is completely in lower case, unlike "mRNA" and "pH"."""
    word = _FIRST_WORD.match(text)
    return word is not None and word.group(1).islower()


def _writes_lowercase(passage: str) -> bool:
    """Whether the sentences of the passage usually start in lower case, as in notes."""
    if not any(map(str.isupper, passage)):
        return True
    return len(re.findall(r"[a-z]{3}\. [a-z]", passage)) > len(re.findall(r"[.!?]\s+[A-Z]", passage))


def _in_pieces(text: str, start: int, heading: str) -> Iterator[Sentence]:
    if len(text) <= MAX_CHARACTERS:
        yield Sentence(text, start, start + len(text), heading)
        return
    position = 0
    while position < len(text):
        stop = len(text) if len(text) - position <= MAX_CHARACTERS else _break_near(text, position)
        piece = text[position:stop].strip()
        if piece:
            begin = start + text.index(piece, position)
            yield Sentence(piece, begin, begin + len(piece), heading, cut=True)
        position = stop


def _break_near(text: str, position: int) -> int:
    """The index after the last clause that leaves a piece of readable length; if there is none, after the last word."""
    limit = position + MAX_CHARACTERS * 3 // 4
    breaks = list(_CLAUSE_END.finditer(text, position + MAX_CHARACTERS // 3, limit))
    clauses = [m.end() for m in breaks if not m.group().isspace()]
    return clauses[-1] if clauses else breaks[-1].end() if breaks else limit


def _unpunctuated(passage: str) -> list[Sentence]:
    """The words of a text without any sentence, such as a transcript or a table, in pieces that are marked as cut."""
    text = passage.strip()
    if len(text) < 200 or _CONTENTS_LINE.search(text):
        return []
    if any(is_marked_end(text, end) for end in sentence_ends(text, 0, len(text))):
        return []
    start = passage.index(text)
    return list(_in_pieces(text, start, ""))


def rows(
    passage: str, column_heads: Sequence[str] | None, begun_row: BegunRow | None = None
) -> list[Sentence]:
    """The rows of the passage's tables. Rows of column heads, and rows longer than ``MAX_CHARACTERS``, are left out.
    The ``heading`` of a row holds its column heads, if they are sure.

    ``column_heads`` are the heads of a table that began in an earlier passage and continues at the start of this
    one. It is empty if there is no such table, and None if that is not known. ``begun_row`` is the row of which only the
    end is in the passage.
    """
    return [
        Sentence(
            passage[row.start : row.end].strip(),
            row.start,
            row.end,
            heading=" ".join(row.heads if row.is_sure else ()),
            worded=row.worded(),
            label=row.cells[0],
        )
        for row in table_rows(passage, column_heads, begun_row)
        if not row.is_head and row.end - row.start <= MAX_CHARACTERS
    ]


_LEANS_BACK = re.compile(
    r"(?:it|its|they|them|their|this|these|those|that|he|she|his|her|however|therefore|thus|hence|so|for this reason|such|"
    r"but|and|because of this|the former|the latter)\b",
    re.I,
)


def leans_back(sentence: str) -> bool:
    """Whether the sentence begins with a word that only the sentence before it explains, such as *it* or *therefore*."""
    return bool(_LEANS_BACK.match(sentence.lstrip("\"'“‘(")))
