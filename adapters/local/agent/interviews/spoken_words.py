"""Takes the words from a spoken or typed statement, so that it can be compared with a fact.

Fillers are left out, and numbers in words become numbers. Each word has its place in the text, its sentence, and
whether a negation applies to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from adapters.local.agent.text.words import is_stopword, likeness, stem
from ports.text.denials import LIMITING, OF_LANGUAGE, denials, without_empty_denials
from ports.text.quantities import Quantity, quantities, same_quantity
from ports.text.sentences import sentence_ends
from ports.text.words import is_unspaced, piece_length, placed_words

_FILLERS = re.compile(
    r"\b(?:u+m+|u+h+|e+rm*|a+h+|h+m+|(?!(?<=\d )mm\b)m+m+|eu+h|ä+h+m*|e+hm*|like|you know|i mean|you see|sort of|kind of|i guess|"
    r"basically|actually|literally|really|okay|ok|well)\b|[嗯呃]|えっと|えーと|あのー",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"[.!?…]\s+[a-z]")

_NEGATORS_BEHIND: dict[str, str] = {"fr": "pas jamais", "hi": "नहीं न"}
"""Words that negate the content word before them, by language."""
_NEGATED_PAIRS = re.compile("[不没沒無无非未]|ない|ません|なかった|않|없|못|아니|ไม่|มิ")
_REACH = 4
"""A negation applies to the next content word, if that is at most this many tokens away."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A content word, a number or, in scripts without spaces, a piece of a word.

    Words are compared by ``term``. The word is at ``start:end`` of the text, in sentence number ``sentence`` (from 0).
    """

    term: str
    kind: Literal["word", "number", "piece"]
    start: int
    end: int
    sentence: int
    is_negated: bool = False
    amount: Quantity | None = None
    """The quantity to which a number belongs."""

    def is_like(self, other: SpokenWord) -> bool:
        """Whether both are forms of the same word, are the same quantity, or are words that a recogniser confuses."""
        if self.term == other.term:
            return True
        if self.amount is not None and other.amount is not None:
            return bool(self.amount.dimension) and same_quantity(self.amount, other.amount)
        return self.kind == other.kind == "word" and likeness(self.term, other.term) > 0


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    sentence: int
    amount: Quantity | None = None


def words_of(text: str, language: str) -> list[SpokenWord]:
    """The content words in order. ``language`` (ISO 639-1, or "") decides which words negate."""
    bare = _FILLERS.sub(lambda found: " " * len(found.group()), text)
    if language == "en":
        bare = without_empty_denials(bare)
    ahead = OF_LANGUAGE.get(language, frozenset())
    english = (
        {place for start, end in denials(bare) for place in range(start, end)} if language == "en" else ()
    )
    behind = frozenset(_NEGATORS_BEHIND.get(language, "").split())
    found: list[SpokenWord] = []
    reach = 0
    sentence = -1
    heard = list(_tokens(bare))
    for place, token in enumerate(heard):
        if token.sentence != sentence:
            sentence, reach = token.sentence, 0
        reach -= 1
        if is_unspaced(token.text):
            found.extend(_pieces(token, bare))
        elif token.text in ahead or token.start in english or token.text == "unless":
            following = heard[place + 1].text if place + 1 < len(heard) else ""
            denies = following not in LIMITING and (place == 0 or heard[place - 1].text != "or")
            reach = _REACH if denies and not _is_interjection(token, bare) else 0
        elif token.text in behind and found and found[-1].sentence == sentence:
            found[-1] = replace(found[-1], is_negated=True)
        elif token.amount is not None or not is_stopword(token.text):
            found.append(_word(token, is_negated=reach > 0))
            reach = 0
    return found


def _word(token: _Token, *, is_negated: bool) -> SpokenWord:
    if token.amount is not None:
        number = f"{token.amount.number:.12g}"
        return SpokenWord(
            number,
            "number",
            token.start,
            token.end,
            token.sentence,
            is_negated=is_negated,
            amount=token.amount,
        )
    return SpokenWord(stem(token.text), "word", token.start, token.end, token.sentence, is_negated=is_negated)


def _is_interjection(token: _Token, text: str) -> bool:
    """Whether the token is an interjection: the "no" of "No, it was …", which denies what somebody else said."""
    return token.text in ("no", "non", "nao", "nein", "нет", "لا") and text[token.end : token.end + 1] in (
        ",",
        ".",
        "!",
    )


def _pieces(token: _Token, text: str) -> Iterator[SpokenWord]:
    negations = [
        (token.start + n.start(), token.start + n.end()) for n in _NEGATED_PAIRS.finditer(token.text)
    ]
    length = piece_length(token.text)
    last = max(token.start + 1, token.end - length + 1)
    for start in range(token.start, last):
        end = min(start + length, token.end)
        near = any(start <= stop + 1 and end >= begin - 1 for begin, stop in negations)
        yield SpokenWord(text[start:end].casefold(), "piece", start, end, token.sentence, is_negated=near)


def _tokens(text: str) -> Iterator[_Token]:
    # The ends of sentences must not depend on whether a recogniser, or the learner, writes capitals.
    small = text.lower() if len(text.lower()) == len(text) else text
    ends = sentence_ends(_BEGINNING.sub(lambda found: found[0].upper(), small), 0, len(text))
    numbers = {one.start: one for one in quantities(text)}
    taken = sentence = 0
    for token, start, end in placed_words(text):
        if start < taken:
            continue
        while sentence < len(ends) and ends[sentence] <= start:
            sentence += 1
        number = numbers.get(start)
        taken = end if number is None else max(end, number.number_end)
        yield _Token(token, start, taken, sentence, number)
