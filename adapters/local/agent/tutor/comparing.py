"""Chooses the two sentences that show how two things differ, or one sentence that shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from adapters.local.agent.text.meaning import Vectors, key_of, keys
from adapters.local.agent.text.words import readable, tokens
from adapters.local.agent.tutor import relevance
from adapters.local.agent.tutor.candidates import AnswerCandidate
from ports.embedder import cosine
from ports.grammar import Grammar, ParsedSentence

_HELD = 0.4
"""A sentence is about a thing if it has at least this share of the thing's own words."""
_LOOKED_AT = 8
"""How many sentences about each thing are combined to pairs."""
_CONTRASTS = frozenset(
    "while whereas but than however unlike instead conversely contrast hand difference differ different rather only opposed".split()
)
_PARTS_OF_A_NAME = frozenset(("compound", "amod", "nummod", "poss"))
"""The grammatical relations of words that are part of a thing's name."""
_TELLING = frozenset(("relcl", "acl", "appos"))
"""The grammatical relations of words that say something about a thing."""
_HELD_OR_ASKED = 2.5
"""The score of a sentence for the share of the thing's words that it contains, and for the share of the words that are
asked about both things.
"""
_TOLD = 0.3
"""The score of a sentence for being about the thing, and for defining it."""
_OVER = 0.8
"""The weight of a word that is only in the heading above the sentence, or in the document's name."""
_PARALLEL = 1.2
"""The weight of the likeness of the two sentences: sentences that say the same aspect of each thing are similar."""
_JOINED = 1.4
"""Subtracted from the score of a pair for each of its sentences that says the same about both things."""
_CONTRASTED, _BOTH = 0.2, 0.5
"""Added to the score of a pair for each of its sentences with a word of contrast; and the score of a single sentence
that contrasts both things.
"""


@dataclass(frozen=True, slots=True)
class _Side:
    text: str
    own: Sequence[str]
    """The keys of this thing that are in the passages and do not belong to the other thing. If there are none, all keys
    of this thing that are in the passages.
    """
    not_own: frozenset[str]
    """Keys that a sentence about this thing must not have: those of the other thing, if this one has no key of its own.
    """
    asked: Sequence[str]
    """The keys of what the question asks about both things."""


def compared(
    sides: Sequence[str], found: Sequence[AnswerCandidate], vectors: Vectors, grammar: Grammar
) -> tuple[list[AnswerCandidate], bool]:
    """The chosen sentences, and whether they surely answer. No sentences if the passages lack one of the things."""
    first, second = _sides(sides, found, grammar)
    if not first.own or not second.own or first.own == second.own:
        return [], False
    rated = [_rated(side, found, vectors) for side in (first, second)]
    pairs = [
        (a + b + _together(one, other, first, second, vectors), one, other)
        for a, one in rated[0]
        for b, other in rated[1]
        if one is not other or _tells_apart(one, first.own, second.own)
    ]
    if not pairs:
        return [], False
    _, one, other = max(pairs, key=lambda pair: pair[0])
    is_sure = one is other or (_describes(first, one) and _describes(second, other))
    one.score, other.score = 0.0, -float(one is not other)
    return [one] if one is other else [one, other], is_sure


def _sides(sides: Sequence[str], found: Sequence[AnswerCandidate], grammar: Grammar) -> list[_Side]:
    """The two things of a comparison. In "the causes of fever and cough", the second one is "the causes cough": words
    before the first preposition belong to both.
    """
    parsed = [grammar.parse(readable(side)) for side in sides]
    one, other = (keys(side, parse) for side, parse in zip(sides, parsed, strict=True))
    asked = _head(parsed[0] or ()) if not _head(parsed[1] or ()) else []
    same = {*one} & {*other} | {*asked}
    texts = sides[0], f"{' '.join(asked)} {sides[1]}".strip()
    told = {key for key in {*one, *other} for c in found if relevance.holds({*c.keys, *c.over}, key)}
    made = []
    for text, held, others in zip(texts, (one, other), (other, one), strict=True):
        alone = {*held} - same
        not_own = frozenset() if alone else frozenset(told.intersection(others).difference(held))
        own = told.intersection(alone or held)
        made.append(_Side(text, sorted(own), not_own, sorted((told & same) - own)))
    return made


def _head(parsed: Sequence[ParsedSentence]) -> list[str]:
    """The keys of the words before the first preposition."""
    words = [word for sentence in parsed for word in sentence.words]
    place = next((at for at, word in enumerate(words) if word.part == "ADP"), 0)
    return [key for word in words[:place] if (key := key_of(word))]


def _rated(
    side: _Side, found: Sequence[AnswerCandidate], vectors: Vectors
) -> list[tuple[float, AnswerCandidate]]:
    sought = vectors.of(side.text)
    rated = []
    for one in found:
        own = _held(side.own, one)
        if own < _HELD or not side.not_own.isdisjoint(one.keys):
            continue
        read = vectors.of(one.text)
        score = _HELD_OR_ASKED * (own + _held(side.asked, one)) + cosine(sought, read)
        score += _TOLD * (relevance.defines(side.own, one) + relevance.is_about(side.own, one))
        score -= relevance.gives_orders(one) + 0.3 * one.sentence.cut
        rated.append((score, one))
    return sorted(rated, key=lambda one: -one[0])[:_LOOKED_AT]


def _held(held: Sequence[str], one: AnswerCandidate) -> float:
    weights = dict.fromkeys(held, 1.0)
    said = relevance.coverage(weights, one.keys)
    return said + _OVER * (relevance.coverage(weights, {*one.keys, *one.over}) - said)


def _together(
    one: AnswerCandidate, other: AnswerCandidate, first: _Side, second: _Side, vectors: Vectors
) -> float:
    if one is other:
        return _BOTH
    joined = _joins(one, first.own, second.own) + _joins(other, first.own, second.own)
    alike = cosine(vectors.of(one.text), vectors.of(other.text))
    return _PARALLEL * alike - _JOINED * joined + _CONTRASTED * (_contrasts(one) + _contrasts(other))


def _contrasts(one: AnswerCandidate) -> bool:
    return not _CONTRASTS.isdisjoint(tokens(one.text))


def _tells_apart(one: AnswerCandidate, first: Collection[str], second: Collection[str]) -> bool:
    """Whether the sentence contrasts the two things, or says something about each, as in *glass, which …, and sand,
    which …*.
    """
    if _contrasts(one):
        return not _joins(one, first, second)
    return all(any(_tells_more(sentence, side) for sentence in one.parsed or ()) for side in (first, second))


def _tells_more(sentence: ParsedSentence, thing: Collection[str]) -> bool:
    """Whether a clause, an apposition or brackets after the thing's name say something about it."""
    for place, word in enumerate(sentence.words):
        if not relevance.holds(thing, key_of(word)):
            continue
        while sentence.words[place].relation in _PARTS_OF_A_NAME and sentence.words[place].head != place:
            place = sentence.words[place].head
        if sentence.words[place + 1 : place + 2] and sentence.words[place + 1].text == "(":
            return True
        if any(other.head == place and other.relation in _TELLING for other in sentence.words):
            return True
    return False


def _joins(one: AnswerCandidate, first: Collection[str], second: Collection[str]) -> bool:
    """Whether the sentence says the same about both things, as in *glass and sand are …*."""
    for sentence in one.parsed or ():
        for place, word in enumerate(sentence.words):
            chain = {key_of(word)} if word.part in ("NOUN", "PROPN") else set()
            while sentence.words[place].relation == "conj":
                place = sentence.words[place].head
                chain.add(key_of(sentence.words[place]))
            if all(any(relevance.holds(chain, key) for key in side) for side in (first, second)):
                return True
    return False


def _describes(side: _Side, one: AnswerCandidate) -> bool:
    return relevance.is_about(side.own, one) or relevance.defines(side.own, one) > 0
