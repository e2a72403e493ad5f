"""Finds how a sentence differs from a fact that it contradicts, for the feedback to a learner.

It compares the words of both, not their grammar, and quotes the words that differ as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Literal

from domain.text.departures import is_among
from domain.text.opposites import are_opposite, folded
from domain.text.terms import EMPTY, WORD, is_denial, stem
from ports.text.quantities import Quantity, quantities

Words = Sequence[re.Match[str]]
"""Words of one text, in order."""
Place = tuple[Words, Words]
"""A place where two texts differ: the words of the sentence there, and those of the fact."""
_LONGEST = 6
"""The most words that count as one difference. A longer run of other words says the whole fact differently."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``mine`` are words of the sentence, ``theirs`` the words that the fact has in their place.

    ``quantity``: another number or unit. ``place``: other words. ``exchange``: two words of the sentence have exchanged
    their places; ``theirs`` is the second one. ``denied``: the sentence denies what the fact affirms. ``affirmed``: the
    reverse. For the last two, ``mine`` and ``theirs`` are "".
    """

    kind: Literal["quantity", "place", "exchange", "denied", "affirmed"]
    mine: str = ""
    theirs: str = ""


def difference(sentence: str, fact: str) -> Difference | None:
    """The clearest difference between the two; None if there is no clear one.

    It is the first of these that is found: another quantity; two words or runs of words that have exchanged places; a
    pair of opposites; a denial on one side only; other words that carry meaning, if they are in one place only.
    """
    one_quantity = _other_quantity(sentence, fact)
    if one_quantity is not None:
        return one_quantity
    mine, theirs = _words(sentence), _words(fact)
    more_denials = is_denial(sentence) - is_denial(fact)
    places = _places(mine, theirs)
    exchanged = _exchanged(mine, theirs, places)
    if exchanged is not None:
        return exchanged
    pairs = [place for place in places if all(place) and max(map(len, place)) <= _LONGEST]
    for one, other in pairs:
        if any(are_opposite(_form(a), _form(b)) for a, b in product(one, other)):
            return Difference("place", _written(one), _written(other))
    if more_denials:
        return Difference("denied" if more_denials > 0 else "affirmed")
    telling = [
        place
        for place in pairs
        if all(any(word[0].lower() not in EMPTY for word in words) for words in place)
    ]
    if len(telling) == 1:
        return Difference("place", *map(_written, telling[0]))
    return None


def _other_quantity(sentence: str, fact: str) -> Difference | None:
    said, given = quantities(sentence), quantities(fact)
    lost = [one for one in given if not is_among(one, said)]
    new = [one for one in said if not is_among(one, given)]
    if len(lost) == len(new) == 1:
        return Difference("quantity", _text(new[0], sentence), _text(lost[0], fact))
    numbers = [(one.value, one.dimension) for one in said], [(one.value, one.dimension) for one in given]
    if len(said) == len(given) == 2 and numbers[0] == numbers[1][::-1] != numbers[1]:
        return Difference("exchange", _text(said[0], sentence), _text(said[1], sentence))
    return None


def _text(one: Quantity, text: str) -> str:
    return text[one.start : one.end].strip()


def _words(text: str) -> list[re.Match[str]]:
    return [word for word in WORD.finditer(text) if word[0].lower() not in ("a", "an", "the")]


def _written(words: Words) -> str:
    """The words as they are written, with the signs and spaces between them."""
    return words[0].string[words[0].start() : words[-1].end()]


def _form(word: re.Match[str]) -> str:
    return folded(word[0].lower())


def _key(word: re.Match[str]) -> str:
    return stem(word[0].lower())


def _places(mine: Words, theirs: Words) -> list[Place]:
    """The places where the two differ, in order."""
    matcher = SequenceMatcher(None, [*map(_key, mine)], [*map(_key, theirs)], autojunk=False)
    return [(mine[i:j], theirs[k:m]) for what, i, j, k, m in matcher.get_opcodes() if what != "equal"]


def _exchanged(mine: Words, theirs: Words, places: Sequence[Place]) -> Difference | None:
    """Two runs of words, each of which is where the fact has the other; None if there are none."""
    keys, true_keys = [*map(_key, mine)], [*map(_key, theirs)]
    if len(keys) == len(true_keys):
        apart = [at for at, (one, other) in enumerate(zip(keys, true_keys, strict=True)) if one != other]
        if (
            len(apart) == 2
            and keys[apart[0]] == true_keys[apart[1]]
            and keys[apart[1]] == true_keys[apart[0]]
        ):
            return Difference("exchange", mine[apart[0]][0], mine[apart[1]][0])
    for at, (one, other) in enumerate(places):
        for there, elsewhere in places[at + 1 :]:
            moved = [*map(_key, one)] == [*map(_key, elsewhere)]
            if one and there and moved and [*map(_key, there)] == [*map(_key, other)]:
                return Difference("exchange", _written(one), _written(there))
    return None
