"""Compares texts by their content words and by the likeness of their vectors."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from adapters.local.agent.text.words import terms
from ports.embedder import Embedder
from ports.grammar import ParsedSentence, Word
from ports.text.words import words

Vector = tuple[float, ...]

_CACHED = 8_192
_CARRYING = frozenset(("NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM", "X", "SYM", "INTJ"))
_EMPTY = frozenset(
    "be have do can could will would shall should may might must get what which who whom whose when where why how that"
    " this here there then so also very more most much many such other same not no yes just even only still however"
    " therefore thus mean call name say tell happen one some any each every all kind type sort please".split()
)
"""Lemmas that carry no meaning of their own in a question or a sentence."""
_ORDINALS = dict(
    zip(
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split(),
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(),
        strict=True,
    )
)
ORDINALS = frozenset(_ORDINALS.values())
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_NUMBERED = dict(zip(_ORDINALS.values(), "1 2 3 4 5 6 7 8 9 10".split(), strict=True))
_FULL_HOUR = re.compile(r"0?(\d{1,2})[:.h]00")
_NOON = 12


class Vectors:
    """The vectors of texts. Recent ones are kept in memory. Safe to share between threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._of = lru_cache(maxsize=_CACHED)(self._embedded)

    def of(self, text: str) -> Vector:
        """The vector of the text, of length 1. Raises the embedder's ``UpstreamError``."""
        return self._of(text)

    def _embedded(self, text: str) -> Vector:
        (vector,) = self._embedder.embed([text])
        return tuple(vector)


def together(one: Vector, other: Vector) -> Vector:
    """The mean direction of the two vectors, as a vector of length 1. It is nearly the vector of the two texts joined."""
    summed = [a + b for a, b in zip(one, other, strict=True)]
    length = math.sqrt(sum(value * value for value in summed)) or 1.0
    return tuple(value / length for value in summed)


def keys(text: str, parsed: Sequence[ParsedSentence] | None) -> list[str]:
    """The content words in order, for comparing texts: lemmas if the text was parsed and has any, otherwise terms. A
    parser may take a single rare noun for a preposition.
    """
    return [key for sentence in parsed or () for word in sentence.words if (key := key_of(word))] or terms(
        text
    )


def label_keys(label: str) -> list[str]:
    """Other names that a question may use for a row whose first cell is ``label``: "third" for 3, and 2 for 14:00."""
    held = words(_FULL_HOUR.sub(r"\1", label))
    ordinals = {number: ordinal for ordinal, number in _NUMBERED.items()}
    named = [_NUMBERED.get(_ORDINALS.get(word, word)) or ordinals.get(word) for word in held]
    hours = [int(hour) for hour in _FULL_HOUR.findall(label)]
    return [*filter(None, named), *(str(hour - _NOON) for hour in hours if _NOON < hour < 2 * _NOON)]


def key_of(word: Word) -> str:
    """The folded lemma of a content word; "" for other words. A full hour becomes its number."""
    full_hour = _FULL_HOUR.match(word.text)
    if full_hour:
        return full_hour[1]
    lemma = "".join(words(_ORDINALS.get(word.text.lower(), word.lemma)))
    return lemma if word.part in _CARRYING and lemma not in _EMPTY else ""
