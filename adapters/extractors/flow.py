"""The text of pages in reading order. Running heads and feet are left out, and words that a line's end cut are joined."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from operator import attrgetter

from ports.text_extractor import WarningCode

_AHEAD = 8
"""How many pages are read ahead before a page is returned. Books have different running heads on left and right pages.
"""
_EDGE_LINES = 3
_FEWEST_PAGES = 3
"""The least number of pages with a running line. In a document of two pages, of which one begins within a sentence, it is two.
"""
_SHARED = 0.7
"""Two pages are steps of one slide if the page with more lines has at least this share of the other page's inner lines."""
_LONGEST_RUNNING = 160
_LONGEST_HALF = 40
_FEWEST_LETTERS = 3
"""A running line with fewer letters says nothing, so the document keeps no copy of it."""
_LONGEST_SHORT_LINE = 30
"""In characters. A page of prose ends with a longer line; a slide may end with a shorter one."""
_LONGEST_SLIDE = 1_000
"""In characters, white space included. If most near pages have more, they are pages of a book and not slides."""
_ON_MOST_SLIDES = 0.5
"""On slides, a line runs only if at least this share of the other near pages has it too. The same title may stand on
several slides, one after the other.
"""
_BEGIN_WITHIN = 0.2
"""If at least this share of near pages begins within a sentence, they are pages of a book, even if they are short."""
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+")
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_HYPHENS = re.compile("[-\u2010\u00ad]")
_AT_LINE_END = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u2010\u00ad]\n([^\W\d_]++)")
_AT_PAGE_END = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_FIRST_OF_PAGE = re.compile(r"([^\W\d_]+)[.,;:!?)\]”’\"']*[^\S\n]*\n?")
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
_OF_PAGES = frozenset(
    "page pages pg p pp of seite seiten s von página páginas pagina pagine pág de di du da sur folha "
    "strona str z страница стр из sida sidan side af av pagina's van blz bladzijde oldal sayfa sivu strana "
    "slide folie diapositiva diapo".split()
)
"""Words that stand beside a page number. Beside other words, a number counts something else: "Question 3"."""


@dataclass(frozen=True, slots=True)
class FlowPage:
    index: int
    text: str
    warning: WarningCode | None = None
    has_pictures: bool = False


def flowing(pages: Iterator[FlowPage]) -> Iterator[FlowPage]:
    """The pages with their text in reading order. Reading runs 8 pages ahead of what is returned."""
    vocabulary = _Vocabulary()
    return _with_whole_words(_without_running_lines(vocabulary.of(pages)), vocabulary)


class _Vocabulary:
    """The words of all pages read so far. They show whether a hyphen at a line's end belongs to the word."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._compounds: set[str] = set()
        self._unread: list[str] = []
        """Pages whose words are not collected yet. They are collected when a line's end cuts a word."""
        self._is_cut = False

    def of(self, pages: Iterator[FlowPage]) -> Iterator[FlowPage]:
        """The same pages, unchanged. Remembers the text of each."""
        for page in pages:
            self._unread.append(page.text)
            yield page

    def _read(self) -> None:
        for page in self._unread:
            text = page.lower()
            if self._is_cut or _HYPHENS.search(text):
                text, self._is_cut = self._without_halves(text, self._is_cut)
                for word in text.split():
                    if "-" in word:
                        self._compounds.update(_HYPHENATED.findall(word))
            self._words.update(_WORD.findall(text))
        self._unread.clear()

    @staticmethod
    def _without_halves(text: str, is_cut: bool) -> tuple[str, bool]:
        """The text without the halves of cut words (they are no words), and whether its last word is cut.

        At the end of a page, running lines may stand between the two halves.
        """
        lines = [line for line in _AT_LINE_END.sub(" ", text).split("\n") if line]
        if is_cut:
            lines[:_EDGE_LINES] = [_WORD.sub("", line, count=1) for line in lines[:_EDGE_LINES]]
        ends = [_AT_PAGE_END.sub("", line) for line in lines[-_EDGE_LINES:]]
        is_cut = ends != lines[-_EDGE_LINES:]
        return "\n".join([*lines[:-_EDGE_LINES], *ends]), is_cut

    def joined(self, left: str, right: str) -> str:
        """The word that a line's end cut into ``left-`` and ``right``, with or without the hyphen."""
        self._read()
        first, second = left.lower(), right.lower()
        if not right[0].islower() or f"{first}-{second}" in self._compounds:
            return f"{left}-{right}"
        if first + second in self._words:
            return left + right
        both_are_words = first in self._words and second in self._words
        return f"{left}-{right}" if both_are_words and min(len(left), len(right)) > 2 else left + right


@dataclass(frozen=True, slots=True)
class _EdgeLine:
    key: str
    """The line with each number replaced by "#". A running line has the same key on every page."""
    numbers: tuple[int, ...]


class _Edges:
    """The first and the last lines of a page. In both lists, the line nearest to the page's edge comes first."""

    def __init__(self, page: FlowPage) -> None:
        lines = [line for line in page.text.split("\n") if line.strip()]
        self.index = page.index
        self._page = page.text
        self._has_pictures = page.has_pictures
        self._continues: bool | None = None
        self.size = len(page.text)
        self._firsts = lines[: _EDGE_LINES + 1]
        self._lasts = lines[: -_EDGE_LINES - 2 : -1]

    @cached_property
    def first(self) -> list[_EdgeLine]:
        return self._outer(self._firsts)

    @cached_property
    def last(self) -> list[_EdgeLine]:
        return self._outer(self._lasts)

    def continues(self, before: _Edges) -> bool:
        """Whether this page and the one before it are steps of one slide: one of them shows more of its lines."""
        if self._continues is None:
            self._continues = self._is_step_after(before)
        return self._continues

    def _is_step_after(self, before: _Edges) -> bool:
        is_equal = self._lines == before._lines
        if is_equal and self._has_pictures and before._has_pictures:
            return False  # those may be scans with a stamp on each
        # Pages of numbers have equal keys. A number counts as the page's number only near the edge.
        shown = [[line for line in page._text.split("\n") if line] for page in (self, before)]
        least, most = sorted(shown, key=len)
        inner = least[_EDGE_LINES:-_EDGE_LINES]
        if inner:
            return (Counter(inner) & Counter(most)).total() >= _SHARED * len(inner)
        if is_equal:
            return True
        fewer, more = sorted((self._lines, before._lines), key=len)
        rest = iter(more)
        return 1 < len(fewer) < len(more) and all(line in rest for line in fewer)

    @cached_property
    def _lines(self) -> list[str]:
        return [line for line in self._keys.split("\n") if line]

    @cached_property
    def first_keys(self) -> list[str]:
        """The keys of the first two lines of the page. Unlike the lines in ``first``, they may stand twice on the page."""
        return list(map(_key, self._firsts[:2]))

    @cached_property
    def last_keys(self) -> list[str]:
        return list(map(_key, self._lasts[:2]))

    @cached_property
    def keys_of_firsts(self) -> list[str]:
        """The keys of the lines that may be running heads, and the key of the line below them."""
        return list(map(_key, self._firsts))

    def begins_within_a_sentence(self, keys: Counter[str]) -> bool:
        """Whether the page's first line of its own begins with a small letter. ``keys`` counts the near pages with each
        key.
        """
        own = (line for line, key in zip(self._firsts, self.keys_of_firsts, strict=True) if keys[key] == 1)
        return next(own, "").lstrip()[:1].islower()

    def _outer(self, lines: list[str]) -> list[_EdgeLine]:
        found = []
        for line in lines:
            if len(line) > _LONGEST_RUNNING:
                break
            edge = _edge_line(line)
            if self._is_repeated(edge.key):
                break  # a line that stands twice on one page is part of its text
            found.append(edge)
        return found

    def _is_repeated(self, key: str) -> bool:
        begin = key.partition("#")[0]
        if begin and self._text.count(begin) == 1:
            return False  # no other line begins like this one
        return self._keys.count(f"\n{key}\n") > 1

    @cached_property
    def _text(self) -> str:
        return self._page.casefold()

    @cached_property
    def _keys(self) -> str:
        """The page's text in the form of the lines' keys: each number is "#". Each line stands between two newlines of
        its own, so that ``str.count`` also counts an equal line directly below.
        """
        return "\n" + _NUMBER.sub("#", self._text).replace("\n", "\n\n") + "\n"


def _edge_line(line: str) -> _EdgeLine:
    key = _key(line)
    if "#" not in key or _ROMAN.fullmatch(_folded(line)):
        return _EdgeLine(key, ())
    numbers = _NUMBER.findall(_folded(line))
    return _EdgeLine(key, tuple(int(number) for number in numbers[:4] if len(number) < 9))


def _key(line: str) -> str:
    text = _folded(line)
    return "#" if _ROMAN.fullmatch(text) else _NUMBER.sub("#", text)


def _folded(line: str) -> str:
    return " ".join(line.casefold().split())


def _without_running_lines(pages: Iterator[FlowPage]) -> Iterator[FlowPage]:
    waiting: deque[FlowPage] = deque()
    near: deque[_Edges] = deque(maxlen=2 * _AHEAD + 1)
    known: set[str] = set()
    owed: list[str] = []
    before = ""
    ended = False
    while True:
        while not ended and len(waiting) <= _AHEAD:
            page = next(pages, None)
            if page is None:
                ended = True
            else:
                waiting.append(page)
                near.append(_Edges(page))
        if not waiting:
            return
        page = waiting.popleft()
        text, running = _flow_of(page, near)
        if not text and running and page.has_pictures and page.warning is None:
            # The page is a scan, on which a program has printed the same words on every page.
            page = replace(page, warning="pages_without_text")
        elif not text:
            text = page.text
        else:
            for line in running:
                key = _edge_line(line).key
                is_said = sum(map(len, _WORD.findall(key))) >= _FEWEST_LETTERS
                if key not in known and is_said and not _is_number_of_page(key):
                    owed.append(line.strip())
                known.add(key)
        # Each running line stays in the document once, at a place where no sentence is interrupted.
        if owed and text and (not before or _ends_a_sentence(before) or _begins_anew(text, before)):
            text = "\n".join(owed) + "\n\n" + text
            owed.clear()
        elif owed and not waiting:
            text = text + "\n\n" + "\n".join(owed)
        before = text or before
        yield replace(page, text=text)


def _flow_of(page: FlowPage, near: deque[_Edges]) -> tuple[str, list[str]]:
    """The page's text without its running lines, and those lines."""
    own = next(edges for edges in near if edges.index == page.index)
    others = [edges for edges in near if edges.index != page.index]
    heads = feet = 0
    # Most pages have no running lines. Comparing their outermost lines shows that much faster than comparing all lines.
    if any(own.first_keys[:1] == [key] for edges in others for key in edges.first_keys):
        heads = _running_lines(own, near, attrgetter("first"))
    if any(own.last_keys[:1] == [key] for edges in others for key in edges.last_keys):
        feet = _running_lines(own, near, attrgetter("last"))
    if not heads and not feet:
        return page.text, []
    lines = page.text.split("\n")
    taken = [_take(lines, 0) for _ in range(heads)]
    taken += [_take(lines, -1) for _ in range(feet)][::-1]
    return "\n".join(lines).strip(), taken


def _running_lines(own: _Edges, near: deque[_Edges], of: Callable[[_Edges], list[_EdgeLine]]) -> int:
    """How many of the lines that ``of`` gives for a page, counted from the page's edge, are running lines."""
    lines = of(own)
    within = _begin_within_sentences(near)
    share = _ON_MOST_SLIDES if _are_slides(near, within) else 0.0
    least = 2 if within and len(near) == 2 else _FEWEST_PAGES
    slides = [
        *accumulate((page.continues(before) for before, page in pairwise(near)), _next_slide, initial=0)
    ]
    if slides[-1] == len(near) - 1:
        return _running(
            own.index, lines, [(edges.index, of(edges)) for edges in near if edges is not own], share, least
        )
    # All steps of a slide share its text, which is no running line. So the page is compared with one step of each other
    # slide, and with no step of its own.
    slide = slides[near.index(own)]
    apart = {number: edges for number, edges in zip(slides, near, strict=True) if number != slide}
    by_page = _running(own.index, lines, [(edges.index, of(edges)) for edges in apart.values()], share, least)
    by_slide = _running(slide, lines, [(number, of(edges)) for number, edges in apart.items()], share, least)
    return max(by_page, by_slide)


def _begin_within_sentences(near: deque[_Edges]) -> int:
    """How many of the pages begin within a sentence."""
    keys = Counter(key for edges in near for key in dict.fromkeys(edges.keys_of_firsts))
    return sum(edges.begins_within_a_sentence(keys) for edges in near)


def _are_slides(near: deque[_Edges], within: int) -> bool:
    """Whether the pages, of which ``within`` begin within a sentence, are slides: they have little text each, and hardly
    one begins so.
    """
    if sorted(edges.size for edges in near)[len(near) // 2] > _LONGEST_SLIDE:
        return False
    return within < _BEGIN_WITHIN * len(near)


def _next_slide(slide: int, continues: bool) -> int:
    return slide if continues else slide + 1


def _take(lines: list[str], at: int) -> str:
    """Remove the first line (``at`` 0) or the last one (``at`` -1) that is not blank, and return it. Returns "" if
    there is none.
    """
    while lines and not lines[at].strip():
        lines.pop(at)
    return lines.pop(at) if lines else ""


def _running(
    index: int, own: list[_EdgeLine], others: list[tuple[int, list[_EdgeLine]]], share: float, least: int
) -> int:
    """How many of the lines, counted from the page's edge, are running lines. Each stands on at least ``least`` pages; a
    line without the page's number also on at least ``share`` of the other pages.
    """
    fewest = max(least, 1 + share * len(others))
    for depth, edge in enumerate(own):
        same = [
            (other, line)
            for other, lines in others
            for line in lines[max(0, depth - 1) : depth + 2]
            if line.key == edge.key
        ]
        if not _is_running(index, edge, same, fewest, least) and not _is_numbered_throughout(
            index, edge, same, depth, others
        ):
            return depth
    return len(own) if len(own) <= _EDGE_LINES else 0  # pages that begin with the same paragraph


def _is_running(
    index: int, edge: _EdgeLine, same: list[tuple[int, _EdgeLine]], fewest: float, least: int
) -> bool:
    if not any(character.isalnum() or character == "#" for character in edge.key):
        return bool(same)
    in_step = sum(_counts_pages(index, edge, other, line) for other, line in same)
    unchanged = sum(line.numbers == edge.numbers for _, line in same)
    words = _WORD.findall(edge.key)
    if not words or _is_number_of_page(edge.key):
        return in_step >= 1 or (edge.key == "#" and not edge.numbers and bool(same))
    if unchanged + 1 >= fewest:
        return True
    return in_step > 0 and in_step + unchanged + 1 >= least and _may_end_in_a_page(edge.key, words)


def _is_numbered_throughout(
    index: int,
    edge: _EdgeLine,
    same: list[tuple[int, _EdgeLine]],
    depth: int,
    others: list[tuple[int, list[_EdgeLine]]],
) -> bool:
    """Whether the line contains its page's number, and lines at the same place on nearly all near pages do too."""
    if not any(_counts_pages(index, edge, other, line) for other, line in same):
        return False
    numbered = sum(
        any(
            theirs - ours == other - index
            for line in lines[depth : depth + 1]
            for ours in edge.numbers
            for theirs in line.numbers
        )
        for other, lines in others
    )
    return numbered + 1 >= max(_FEWEST_PAGES, len(others)) and _may_end_in_a_page(
        edge.key, _WORD.findall(edge.key)
    )


def _may_end_in_a_page(key: str, words: list[str]) -> bool:
    """Whether a number in the line may be the page's number: it is the first word, or the last one after some words, or
    it stands beside a word like "page".
    """
    is_named = any(word in _OF_PAGES for word in words[-2:]) and len(words) > 2
    return key.startswith("#") or is_named or (key.endswith("#") and len(words) > 1)


def _is_number_of_page(key: str) -> bool:
    words = _WORD.findall(key)
    return "#" in key and bool(words) and all(word in _OF_PAGES for word in words)


def _counts_pages(index: int, edge: _EdgeLine, other: int, line: _EdgeLine) -> bool:
    """Whether a number increases from one line to the other by the number of pages between them."""
    return len(edge.numbers) == len(line.numbers) and any(
        theirs - ours == other - index for ours, theirs in zip(edge.numbers, line.numbers, strict=True)
    )


def _ends_a_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text[-20:].rstrip()) is not None


def _begins_anew(text: str, before: str) -> bool:
    """Whether ``text`` does not continue a sentence of the page ``before``. The pages of slides never do."""
    first = next(filter(str.isalnum, text), "")
    return not first.islower() and len(before) - before.rfind("\n") <= _LONGEST_SHORT_LINE


def _with_whole_words(pages: Iterator[FlowPage], vocabulary: _Vocabulary) -> Iterator[FlowPage]:
    page = next(pages, None)
    while page is not None:
        following = next(pages, None)
        text = page.text
        if _HYPHENS.search(text):
            text = _AT_LINE_END.sub(lambda match: vocabulary.joined(*match.groups()), text)
        cut = _AT_PAGE_END.search(text, max(0, len(text) - _LONGEST_HALF))
        rest = _FIRST_OF_PAGE.match(following.text) if following and cut else None
        if cut and rest and following and rest[1][0].islower():
            # The whole word is put on the page where it begins, together with the punctuation after it.
            text = text[: cut.start()] + vocabulary.joined(cut[1], rest[1]) + rest[0][len(rest[1]) :].rstrip()
            following = replace(following, text=following.text[rest.end() :])
        yield replace(page, text=text)
        page = following
