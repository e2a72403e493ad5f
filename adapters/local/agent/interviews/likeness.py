"""How surely an English answer in other words means what a fact says, computed with an embedder.

Two figures are combined. *Coverage* is the share of the fact's words that the answer has, or for which it has a word
with a similar meaning; a word that is already in the question counts a quarter. *Likeness* is the cosine between the
fact and those words of the answer, in their order, that are similar to a word of the fact or the question. Words that
are similar to none change neither figure. So fillers, names, politeness and irrelevant remarks have no effect.

The weights and limits agree best with the grades that people gave to 1,134 answers to 39 questions (Mohler, Bunescu and
Mihalcea 2011, assignments 1-6), where each question was judged with weights fitted to the others: Pearson .56 with the
mean of two graders, who agree with each other by .61. ``benchmarks/judging.py`` prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.local.agent.text.meaning import Vectors
from adapters.local.agent.text.words import stem
from ports.embedder import cosine
from ports.text.quantities import in_units_of

MEANS_IT = 0.48
"""The least strength, 0 to 1, with which a fact counts as stated."""
MEANS_A_PART = 0.22
"""The least strength with which a fact counts as partly stated."""
MAY_MEAN_IT = 0.05
"""The least strength with which a fact counts as unsure. Below it, the fact is missing."""

PARTLY_BY_WORDS = 0.2
"""How much lower the limit for "stated" is if the words already state the fact partly."""
MAY_MEAN_IT_AMONG_OTHERS = 0.18
"""The limit for "unsure" if the rubric has other facts. It is higher, because the answer may be about one of those."""
AMONG_OTHERS = 0.35
"""Subtracted from the strength of the likeness between an answer and a fact if the rubric has more than one fact."""

_COVERAGE, _LIKENESS = 0.48, 0.52
_GIVEN = 0.25
"""The weight of a word that is also in the question or in another fact."""
_NUMBER = 2.0
"""The weight of a number of the fact: an answer with another number, or none, does not state the fact."""
_FAR, _NEAR = 0.45, 0.80
"""Cosines of two words. Up to the first, the words are unrelated; from the second on, they mean the same."""
_RELATED = 0.55
"""The least cosine of two related words."""
_FEW_WORDS = 5
"""A short answer has at most this many words. It need not repeat the question: *26* answers *How many bones …*."""
_LEAST_NEW = 0.35
"""A short answer is read together with the question if it covers at least this share of the fact's words that are not
in the question.
"""


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
_EMPTY = frozenset(
    "a an the of to in is are was were be been being and or not no that this these those it its for with as by on at"
    " from have has had do does did what which who whom whose when where why how can could will would shall should may"
    " might must there they them their he she his her you your we our i my me if than then so because while into about"
    " more most only also such very just even too well like okay ok yeah um uh uhm er ah oh please get gets got make"
    " makes made use used using one thing things something way lot kind sort basically actually literally mean think"
    " know say says said answer give points point marks mark".split()
)


class Likeness:
    """Computes the likeness of answers and facts. Safe to share between threads."""

    def __init__(self, vectors: Vectors) -> None:
        self._of_word = vectors.of

    def strength(self, facts: Sequence[str], place: int, question: str, answer: str) -> float:
        """How surely the answer states the fact with index ``place`` of the rubric, 0 to 1. Raises the embedder's
        ``UpstreamError``.
        """
        answer = _without_foreign_numbers(in_units_of(facts[place], answer), " ".join((*facts, question)))
        rubric = [{stem(word) for word in _content(fact)} for fact in facts]
        own = rubric[place]
        others = set().union(*(held for at, held in enumerate(rubric) if at != place))
        # Words that only another fact has are no part of this one. Words that both have do not distinguish them.
        said = [word for word in _content(answer) if stem(word) not in others - own]
        return self._strength(_content(facts[place]), _content(question), said, common=others & own)

    def _strength(
        self, wanted: Sequence[str], asked: Sequence[str], said: Sequence[str], *, common: set[str]
    ) -> float:
        known_stems = {stem(word) for word in asked} | common
        if not wanted or not said:
            return 0.0
        repeats = all(stem(word) in known_stems for word in said)
        if repeats and not all(stem(word) in known_stems for word in wanted):
            return 0.0  # it says nothing but what the question says, and the fact says more
        weights = dict.fromkeys(known_stems, _GIVEN)
        is_short = len(said) <= _FEW_WORDS
        if is_short and self._coverage(wanted, said, dict.fromkeys(known_stems, 0.0)) >= _LEAST_NEW:
            said = [*asked, *said]
        coverage = self._coverage(wanted, said, weights)
        near = self._near(said, [*wanted, *asked])
        likeness = cosine(self._of_word(" ".join(wanted)), self._of_word(" ".join(near))) if near else 0.0
        return _COVERAGE * coverage + _LIKENESS * max(likeness, 0.0)

    def _coverage(self, wanted: Sequence[str], said: Sequence[str], weights: dict[str, float]) -> float:
        """The share of the weight of the ``wanted`` words that the answer covers, 0 to 1. ``weights`` maps a stem to
        its weight if that is not the usual one.
        """
        stems = {stem(word) for word in said}
        total = covered = 0.0
        for key, word in {stem(word): word for word in wanted}.items():
            weight = weights.get(key, _NUMBER if word[0].isdigit() else 1.0)
            total += weight
            if key in stems:
                covered += weight
            elif not word[0].isdigit():
                covered += weight * self._nearness(word, said)
        return covered / total if total else 0.0

    def _nearness(self, word: str, said: Iterable[str]) -> float:
        """How surely at least one word of the answer means the same as ``word``, 0 to 1."""
        vector = self._of_word(word)
        nearest = max((cosine(vector, self._of_word(one)) for one in set(said)), default=0.0)
        return min(max((nearest - _FAR) / (_NEAR - _FAR), 0.0), 1.0)

    def _near(self, said: Sequence[str], matter: Sequence[str]) -> list[str]:
        """The words of the answer that are related to a word of ``matter``."""
        stems = {stem(word) for word in matter}
        vectors = [self._of_word(word) for word in dict.fromkeys(matter)]
        keep = {
            word
            for word in set(said)
            if stem(word) in stems
            or any(cosine(self._of_word(word), vector) >= _RELATED for vector in vectors)
        }
        return [word for word in said if word in keep]


def _content(text: str) -> list[str]:
    """The content words of the text, in lower case."""
    return [word for word in _WORD.findall(text.lower().replace("’", "'")) if word not in _EMPTY]


_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")


def _without_foreign_numbers(answer: str, known: str) -> str:
    """The answer without the numbers that are not in the ``known`` text. They would make it similar to any fact with
    numbers.
    """
    kept = set(_FIGURES.findall(known))
    return _FIGURES.sub(lambda found: found[0] if found[0] in kept else "", answer)
