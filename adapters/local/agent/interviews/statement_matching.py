"""Measures by words how much of a statement a sentence of an answer says, and whether the sentence denies the
statement.

The order of the words does not count. So an answer that reverses a relation ("mass is force times acceleration")
looks the same as a right one here; the rules of judging find the difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from adapters.local.agent.interviews.spoken_words import SpokenWord, words_of
from adapters.local.agent.text.words import is_faint

_IN_QUESTION = 0.1
"""The factor for the weight of a word that is in the question."""
_SHARED = 0.5
"""The factor for the weight of a word that several facts contain: it does not show which of them is meant."""
_FAINT = 0.35
"""The weight of a word that says little by itself."""
_NUMBER, _SMALL_NUMBER = 1.5, 0.5
_SYMBOL = 0.1
"""The weight of a letter that stands for a quantity: spoken answers use the quantity's name."""
_PARTICLE = 0.3
_PARTICLES = re.compile("[的是了在和与也都就被把为着]|[\u3041-\u309f]{2}")
"""Pieces without content in scripts without spaces: they only connect the words of a sentence."""
_RELATIONS = frozenset(("equal",))
"""Words that answers often replace by others ("is", "amounts to")."""
_SMALL_NUMBERS = ("0", "1", "2")
"""Numbers that are often not important ("two bodies"). An answer may leave them out."""
_WORD_FOR_WORD = 3
"""If an answer repeats a whole statement of at least this many content words, a sentence of the answer ends there."""


@dataclass(frozen=True, slots=True)
class WeightedWord:
    word: SpokenWord
    weight: float
    is_asked: bool
    """Whether the question has the word too."""

    @property
    def is_needed_number(self) -> bool:
        return self.word.kind == "number" and not self.is_asked and self.word.term not in _SMALL_NUMBERS


@dataclass(frozen=True, slots=True)
class StatementMatch:
    """How much of a statement one sentence of an answer says. The sentence's words, with the units of
    its numbers, are at ``start:end``.
    """

    share: float
    """The share of the statement's weight that the sentence says, 0 to 1. Words that are in the question count next to
    nothing. If the sentence says only such words, the share is 0.
    """
    is_denied: bool
    """Whether only one of the two, statement or sentence, negates a word, or whether a number differs."""
    has_numbers: bool
    words: int
    """How many words of the statement the sentence has."""
    start: int
    end: int


class ReferenceStatement:
    """A statement that an answer is compared with."""

    def __init__(
        self, text: str, language: str, *, asked: Sequence[SpokenWord], shared: frozenset[str] = frozenset()
    ) -> None:
        """``asked`` are the question's words. ``shared`` are terms that other facts of the rubric have too."""
        self.text = text
        words = words_of(text, language)
        is_asked = [any(map(word.is_like, asked)) for word in words]
        if all(is_asked):  # the answer to a question for yes or no has no other words
            is_asked = [False] * len(words)
        self.terms = [
            WeightedWord(word, _weight(word) * (_SHARED if word.term in shared else 1.0), is_in_question)
            for word, is_in_question in zip(words, is_asked, strict=True)
        ]
        self._numbers = [term.word for term in self.terms if term.is_needed_number]

    def match_of(self, sentence: Sequence[SpokenWord], known: frozenset[str]) -> StatementMatch | None:
        """How much of the statement the sentence says; None if they have no word in common. ``known`` are the numbers
        of the material.
        """
        said: list[tuple[WeightedWord, SpokenWord]] = []
        others = [word for word in sentence if word.kind == "number" and word.term not in known]
        for term in self.terms:
            alike = [word for at, word in enumerate(sentence) if _says(sentence, at, term.word)]
            if not alike and others and term.is_needed_number:
                alike = [others[0]]
            if alike:
                agreeing = (word for word in alike if not _denies(word, term.word))
                said.append((term, next(agreeing, alike[0])))
        words = [word for _, word in said]
        if not words:
            return None
        return StatementMatch(
            self._share([term for term, _ in said]),
            any(_denies(word, term.word) for term, word in said),
            self.has_numbers_in(words),
            len(words),
            min(word.start for word in words),
            max(word.end if word.amount is None else word.amount.end for word in words),
        )

    def has_numbers_in(self, words: Sequence[SpokenWord]) -> bool:
        """Whether the words include every number that the statement needs, in any unit."""
        return all(any(_says(words, at, number) for at in range(len(words))) for number in self._numbers)

    def _share(self, said: Sequence[WeightedWord]) -> float:
        def weight(terms: Sequence[WeightedWord]) -> float:
            return sum(term.weight * (_IN_QUESTION if term.is_asked else 1.0) for term in terms)

        return weight(said) / weight(self.terms) if any(not term.is_asked for term in said) else 0.0


def sentences_of(answer: str, language: str, known: Sequence[ReferenceStatement]) -> list[list[SpokenWord]]:
    """The answer's words, sentence by sentence.

    A sentence also ends where one of the ``known`` statements was said word for word: a transcript may have no
    punctuation, and half of one sentence together with half of the next must not state anything.
    """
    words = words_of(answer, language)
    spoken = [word.term for word in words]
    ends: set[int] = set()
    for statement in known:
        terms = [term.word.term for term in statement.terms]
        for at in range(len(spoken) - len(terms) + 1) if len(terms) >= _WORD_FOR_WORD else ():
            if spoken[at : at + len(terms)] == terms:
                ends.update((at, at + len(terms)))
    later = [sum(end <= at for end in ends) for at in range(len(words))]
    divided = [replace(word, sentence=word.sentence + more) for word, more in zip(words, later, strict=True)]
    return [list(group) for _, group in groupby(divided, key=lambda word: word.sentence)]


def _weight(word: SpokenWord) -> float:
    if word.kind == "number":
        return _SMALL_NUMBER if word.term in _SMALL_NUMBERS else _NUMBER
    if word.kind == "piece":
        return _PARTICLE if _PARTICLES.search(word.term) else 1.0
    if len(word.term) == 1:
        return _SYMBOL
    return _FAINT if is_faint(word.term) or word.term in _RELATIONS else 1.0


def _says(sentence: Sequence[SpokenWord], at: int, wanted: SpokenWord) -> bool:
    """Whether the word at ``at`` is the wanted one, or a recogniser's misreading of it: "9 8" for 9.8."""
    heard = sentence[at]
    if heard.kind == wanted.kind == "number" and "." in wanted.term and at + 1 < len(sentence):
        return heard.is_like(wanted) or wanted.term == f"{heard.term}.{sentence[at + 1].term}"
    return heard.is_like(wanted)


def _denies(word: SpokenWord, other: SpokenWord) -> bool:
    is_other_number = word.kind == other.kind == "number" and not word.is_like(other)
    is_part = is_other_number and word.term == other.term.partition(".")[0]
    return word.is_negated != other.is_negated or (is_other_number and not is_part)
