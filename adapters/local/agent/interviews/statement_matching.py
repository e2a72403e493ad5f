"""How much of a statement a stretch of an answer says, by its words, and whether it says the opposite.

The words of a stretch can be in any order, so an answer that turns a relation round ("mass is force times
acceleration") is not told from one that gets it right.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from adapters.local.agent.interviews.spoken_words import Word, words_of
from adapters.local.agent.text.words import is_faint, is_stopword, likeness

_IN_QUESTION = 0.1
"""What is left of the weight of a word that the question holds."""
_SHARED = 0.5
"""What is left of the weight of a word that several facts hold: it does not show which of them is meant."""
_FAINT = 0.35
"""What is left of the weight of a word that says little by itself."""
_NAME = 1.3
_NUMBER, _SMALL_NUMBER = 1.5, 0.5
_SYMBOL = 0.1
"""Weight of a letter that stands for a quantity: spoken answers name the quantity."""
_PARTICLE = 0.3
_PARTICLES = re.compile("[的是了在和与也都就被把为着]|[\u3041-\u309f]{2}")
"""In scripts without spaces, what only holds a sentence together."""
_RELATIONS = frozenset(("equal",))
"""Words that an answer puts in many other ways ("is", "amounts to")."""
_SMALL_NUMBERS = ("0", "1", "2")
"""Said in passing ("two bodies"): an answer may leave them out."""
_NEAR_NUMBER = 3
"""Words of content within which a number must have company of the statement's words."""
_WORD_FOR_WORD = 3
"""Words of content that a statement has at least, for its being repeated to show where a sentence ends."""


class Rarity:
    """How much a word tells: the less the more sentences of the material hold it."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        self._held = [frozenset(word.term for word in words_of(text, language)) for text in texts]

    def weight(self, word: Word) -> float:
        if word.kind == "number":
            return _SMALL_NUMBER if word.term in _SMALL_NUMBERS else _NUMBER
        if word.kind == "piece":
            return _PARTICLE if _PARTICLES.search(word.term) else 1.0
        if len(word.term) == 1:
            return _SYMBOL
        holding = sum(word.term in held for held in self._held)
        commonness = math.log2(1 + holding) / math.log2(2 + len(self._held))
        weight = (0.4 + 0.1 * min(len(word.term), 9)) * (1.25 - 0.9 * commonness)
        is_light = is_faint(word.term) or is_stopword(word.term) or word.term in _RELATIONS
        return weight * (_NAME if word.is_name else 1.0) * (_FAINT if is_light else 1.0)


@dataclass(frozen=True, slots=True)
class Term:
    word: Word
    weight: float
    is_asked: bool
    """Whether the question holds it."""


class Statement:
    """A sentence that an answer is held against."""

    def __init__(
        self,
        text: str,
        language: str,
        *,
        asked: Sequence[Word],
        rarity: Rarity,
        shared: frozenset[str] = frozenset(),
    ) -> None:
        """``asked`` are the question's words, ``shared`` terms that do not tell it from those beside it."""
        self.text = text
        self.terms = [
            Term(
                word,
                rarity.weight(word) * (_SHARED if word.term in shared else 1.0),
                any(are_alike(word, other) for other in asked),
            )
            for word in words_of(text, language)
        ]
        self.held = frozenset(term.word.term for term in self.terms)
        self.reach = len(self.terms) + max(4, len(self.terms) // 2)
        """How many words of an answer are compared with it at a time."""

    @cached_property
    def _new(self) -> float:
        return sum(term.weight for term in self.terms if not term.is_asked)

    @cached_property
    def _asked(self) -> float:
        return sum(term.weight for term in self.terms if term.is_asked)

    def share(self, said: Sequence[int]) -> float:
        """The share, 0 to 1, of its weight that the terms at the places ``said`` have.

        Words of the question count next to nothing, and nothing at all where no other word is said.
        """
        new = sum(self.terms[place].weight for place in said if not self.terms[place].is_asked)
        if not new:
            return 0.0
        asked = sum(self.terms[place].weight for place in said if self.terms[place].is_asked)
        return (new + _IN_QUESTION * asked) / (self._new + _IN_QUESTION * self._asked)

    def plain_share(self, said: Sequence[int]) -> float:
        """As ``share``, the question's words weighing as much as others."""
        total = self._new + self._asked
        return sum(self.terms[place].weight for place in said) / total if total else 0.0

    def has_its_numbers(self, said: Sequence[int]) -> bool:
        return all(place in said or not self._needs_number(term) for place, term in enumerate(self.terms))

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers that an answer must have to state it; the question has none of them."""
        return frozenset(term.word.term for term in self.terms if self._needs_number(term))

    @staticmethod
    def _needs_number(term: Term) -> bool:
        return term.word.kind == "number" and not term.is_asked and term.word.term not in _SMALL_NUMBERS


@dataclass(frozen=True, slots=True)
class Stretch:
    """What neighbouring words of an answer, from ``first`` to ``last``, say of a statement.

    ``said`` are the places of its terms, ``opposed`` those of which the opposite is said.
    """

    said: tuple[int, ...]
    opposed: tuple[int, ...]
    first: int
    last: int

    def overlaps(self, other: Stretch) -> bool:
        return self.first <= other.last and other.first <= self.last


class Answer:
    """What a learner said, in words that can be held against statements."""

    def __init__(self, text: str, language: str, known: Sequence[Statement]) -> None:
        """``known`` are statements that, said word for word, show where a sentence ends."""
        self.text = text
        self.words = _divided(words_of(text, language), known)
        self._places: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self._places.setdefault(word.term, []).append(at)
        self._ends = _ends_of_sentences(self.words)

    def stretches(self, statement: Statement) -> Iterator[Stretch]:
        """For each word that the statement holds too, what is said from there on, within the sentence."""
        found = [self._like(term.word) for term in statement.terms]
        for start in sorted({at for places in found for at in places}):
            yield self._stretch(statement, start, found)

    def _like(self, word: Word) -> list[int]:
        """Where it is said, or something that a recogniser may have heard in its place."""
        places = [
            self._places[term]
            for term in self._places
            if term == word.term or are_alike(word, self.words[self._places[term][0]])
        ]
        whole, _, decimals = word.term.partition(".")
        if word.kind == "number" and decimals:  # a transcript may have "9 8" for 9.8
            following = set(self._places.get(decimals, ()))
            places.append([at for at in self._places.get(whole, ()) if at + 1 in following])
        return sorted(at for some in places for at in some)

    def _stretch(self, statement: Statement, start: int, found: Sequence[Sequence[int]]) -> Stretch:
        stop = min(start + statement.reach, self._ends[start])
        near = [places[bisect_left(places, start) : bisect_right(places, stop - 1)] for places in found]
        used: dict[int, int] = {}
        opposed: list[int] = []
        # What agrees is taken first, so that a word said twice is held to deny only where it never agrees.
        for wants_agreement in (True, False):
            for place, term in enumerate(statement.terms):
                if place in used.values():
                    continue
                for at in near[place]:
                    word = self.words[at]
                    agrees = word.is_negated == term.word.is_negated
                    if at not in used and agrees is wants_agreement:
                        used[at] = place
                        if not agrees:
                            opposed.append(place)
                        break
        self._drop_lonely_numbers(statement, used)
        if not used:
            return Stretch((), (), start, start)
        for at, place in list(self._other_numbers(statement, range(start, stop), used)):
            used[at] = place
            opposed.append(place)
        return Stretch(tuple(sorted(set(used.values()))), tuple(opposed), min(used), max(used))

    def _drop_lonely_numbers(self, statement: Statement, used: dict[int, int]) -> None:
        """A number counts where words of the statement stand by it: "at 100 kilometres", not "give me 100"."""
        words = [at for at, place in used.items() if statement.terms[place].word.kind != "number"]
        for at, place in list(used.items()):
            is_lonely = all(abs(at - other) > _NEAR_NUMBER for other in words)
            if statement.terms[place].word.kind == "number" and is_lonely and len(statement.terms) > 1:
                del used[at]

    def _other_numbers(
        self, statement: Statement, window: range, used: dict[int, int]
    ) -> Iterator[tuple[int, int]]:
        """Where the answer has another number in the place of one of the statement's."""
        taken: set[int] = set()
        for place, term in enumerate(statement.terms):
            number = term.word.term
            if place in used.values() or term.word.kind != "number" or number in _SMALL_NUMBERS:
                continue
            for at in window:
                word = self.words[at]
                is_new = at not in used and at not in taken and word.term not in statement.held
                is_other = is_new and word.kind == "number" and word.term != number.replace(".", "")
                if is_other and _stands_there(statement, at, place, used):
                    taken.add(at)
                    yield at, place
                    break


def are_alike(one: Word, other: Word) -> bool:
    """The same word in some form, or one slip of a recogniser apart."""
    if one.term == other.term:
        return True
    return one.kind == other.kind == "word" and likeness(one.term, other.term) > 0


def _stands_there(statement: Statement, at: int, place: int, used: dict[int, int]) -> bool:
    """Whether a number stands where the statement's own would, by words that it stands by there."""
    return any(
        abs(other_at - at) <= _NEAR_NUMBER and abs(other - place) <= _NEAR_NUMBER
        for other_at, other in used.items()
        if statement.terms[other].word.kind != "number"
    )


def _divided(said: Sequence[Word], known: Sequence[Statement]) -> list[Word]:
    """The words, with a sentence's end wherever a statement has been said word for word: a transcript may have
    no punctuation, and half of one sentence with half of the next states nothing."""
    spoken = [word.term for word in said]
    ends = {at for at in range(1, len(said)) if said[at].sentence != said[at - 1].sentence}
    for statement in known:
        terms = [term.word.term for term in statement.terms]
        if len(terms) < _WORD_FOR_WORD:
            continue
        for at in range(len(spoken) - len(terms) + 1):
            if spoken[at : at + len(terms)] == terms:
                ends.update((at, at + len(terms)))
    sentence = 0
    divided: list[Word] = []
    for at, word in enumerate(said):
        sentence += at in ends
        divided.append(replace(word, sentence=sentence))
    return divided


def _ends_of_sentences(words: Sequence[Word]) -> list[int]:
    """For each word, the place after the last one of its sentence."""
    ends = [len(words)] * len(words)
    for at in range(len(words) - 2, -1, -1):
        ends[at] = ends[at + 1] if words[at].sentence == words[at + 1].sentence else at + 1
    return ends
