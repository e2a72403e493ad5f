"""Turns what an agent wrote into an answer in which every citation quotes a document.

An agent marks a statement with ``[n "words copied from passage n"]`` (see ``ports.agent.Agent``). Only what can be
checked stays. A mark whose words are in passage n becomes ``[k]`` and a citation. A mark without words cites the
sentence of passage n that the statement before it clearly repeats. Every other mark is removed. The text is read and
passed on in pieces, so that the streamed answer equals the stored one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.documents.passage import Citation, Passage, citation_of
from domain.text.lexical import tokens
from domain.text.links import inert
from domain.text.quotes import MAX_QUOTE_CHARACTERS, find_quote
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

_MIN_SHARED_TOKENS = 0.6
"""A statement without a quote cites a sentence only if the sentence contains at least this share of its distinct
tokens.
"""
_LONGEST_MARK = MAX_QUOTE_CHARACTERS + 40
_STATEMENT_WINDOW = 1000

_NUMBERS = regex(r"\[\s*(?:passages?\s*)?(\d{1,3}(?:\s*,\s*\d{1,3})*)", re.IGNORECASE)
_BEFORE_NUMBERS = regex(r"\[\s*(?:p|pa|pas|pass|passa|passag|passages?\s*)?", re.IGNORECASE)
_ENDS_BARE = regex(r"\s*\]")
_OPENS_QUOTE = regex(r"\s*[:,]?\s*[\"“”«„'‘]")
_MAY_GO_ON = regex(r"[\s:,\d]*")
_CLOSES_QUOTE = regex(r"[\"“”»'’]\s*\]")

_CLOSES_UP = " \n\t.,;:!?)…。，"
"""Characters before which the space is dropped if a mark was removed there."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A citation mark as the agent wrote it: the passage numbers, the quoted words or None, and the length in
    characters.
    """

    numbers: tuple[int, ...]
    quote: str | None
    length: int


class _Incomplete(Exception):
    """The text ends inside what may become a mark."""


def _read_mark(text: str) -> _Mark | None:
    """The mark at the start of ``text``; None if there is no mark.

    Raises ``_Incomplete`` if more text is needed to decide.
    """
    head = _NUMBERS.match(text)
    if head is None:
        if _BEFORE_NUMBERS.fullmatch(text):
            raise _Incomplete
        return None
    numbers = tuple(int(number) for number in re.findall(r"\d+", head.group(1)))
    if 0 in numbers:  # an index in a line of code, not a passage
        if 0 not in numbers[:-1] and head.end() == len(text):  # unless it is the first digit of a number
            raise _Incomplete
        return None
    bare = _ENDS_BARE.match(text, head.end())
    if bare is not None:
        return _Mark(numbers, None, bare.end())
    opening = _OPENS_QUOTE.match(text, head.end())
    if opening is None:
        if _MAY_GO_ON.fullmatch(text, head.end()):
            raise _Incomplete
        return None
    closing = _CLOSES_QUOTE.search(text, opening.end(), _LONGEST_MARK)
    if closing is not None:
        return _Mark(numbers, text[opening.end() : closing.start()], closing.end())
    if len(text) < _LONGEST_MARK:
        raise _Incomplete
    return None


class Grounding:
    """Turns an agent's reply, piece by piece, into the answer and its citations."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._held = ""
        self._spaces = ""
        self._said = ""
        self._has_dropped = False
        self._citations: list[Citation] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of the answer so far. ``[k]`` in the answer means the k-th of them, from 1."""
        return tuple(self._citations)

    def pieces(self, reply: Iterable[str]) -> Iterator[str]:
        """The answer in non-empty pieces. It contains no link."""
        return inert(self._checked(reply))

    def _checked(self, reply: Iterable[str]) -> Iterator[str]:
        for piece in reply:
            self._held += piece
            yield self._released()

    def _released(self) -> str:
        """The part of the held text that is final. An incomplete mark is held back, and dropped if the reply ends
        there.
        """
        out: list[str] = []
        while True:
            plain, bracket, _ = self._held.partition("[")
            if plain:
                out.append(self._say(plain))
                self._held = self._held[len(plain) :]
            if not bracket:
                break
            try:
                mark = _read_mark(self._held)
            except _Incomplete:
                break
            if mark is None:
                out.append(self._say("["))
                self._held = self._held[1:]
            else:
                out.append(self._cite(mark))
                self._held = self._held[mark.length :]
        return "".join(out)

    def _say(self, text: str) -> str:
        """``text`` without trailing spaces. They are held until it is known whether a removed mark follows them."""
        if self._has_dropped and text[0] in _CLOSES_UP:
            self._spaces = ""
        self._has_dropped = False
        text = self._spaces + text
        stripped = text.rstrip()
        self._spaces = text[len(stripped) :]
        if not self._said:
            stripped = stripped.lstrip()
        self._said += stripped
        return stripped

    def _cite(self, mark: _Mark) -> str:
        """``[k]`` for each valid citation of the mark; "" if there is none."""
        if mark.quote is not None:
            found = self._quoted(mark.numbers[0], mark.quote)
            citations = [found] if found else []
        else:
            statement = self._last_statement()
            repeated = (self._repeated(number, statement) for number in mark.numbers)
            citations = [citation for citation in repeated if citation is not None]
        shown = "".join(f"[{number}]" for number in dict.fromkeys(map(self._number, citations)))
        self._has_dropped = not shown
        return self._say(shown) if shown else ""

    def _number(self, citation: Citation) -> int:
        if citation not in self._citations:
            self._citations.append(citation)
        return self._citations.index(citation) + 1

    def _quoted(self, number: int, quote: str) -> Citation | None:
        """The citation of the quote. If the agent gave a wrong passage number, the other passages are searched too.
        None if no passage contains the quote.
        """
        for passage in (*self._passages[number - 1 : number], *self._passages):
            span = find_quote(quote, passage.text)
            if span is not None:
                return citation_of(passage, *span)
        return None

    def _repeated(self, number: int, statement: str) -> Citation | None:
        """The citation of the sentence in the passage that the statement clearly repeats; None if there is none."""
        wanted = set(tokens(statement))
        if not wanted or number > len(self._passages):
            return None
        passage = self._passages[number - 1]
        headings = passage.heading_lines()
        best: tuple[float, int, int] | None = None
        for start, end in sentence_spans(passage.text):
            if any(begins <= start and end <= ends for begins, ends in headings):
                continue
            share = len(wanted & set(tokens(passage.text[start:end]))) / len(wanted)
            if end - start <= MAX_QUOTE_CHARACTERS and (best is None or share > best[0]):
                best = (share, start, end)
        if best is None or best[0] < _MIN_SHARED_TOKENS:
            return None
        return citation_of(passage, best[1], best[2])

    def _last_statement(self) -> str:
        recent = re.sub(r"\[\d+\]", "", self._said[-_STATEMENT_WINDOW:])
        spans = sentence_spans(recent)
        return recent[spans[-1][0] : spans[-1][1]] if spans else ""
