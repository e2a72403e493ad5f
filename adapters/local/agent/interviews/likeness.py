"""How surely an English answer means what a fact says, by an embedder: for answers in other words.

Two figures are combined. *Coverage* is the share of the fact's words that the answer has, or has a word of like
meaning for; a word that the question already has counts a quarter. *Likeness* is the cosine between the fact and
those words of the answer that are near to a word of the fact or the question, in their order. Words that are near to
none change neither, so fillers, names, politeness and what is beside the point have no effect.

The weights and limits are those that best agree with the grades that people gave to 1,134 answers to 39 questions
(Mohler, Bunescu and Mihalcea 2011, assignments 1-6), each question judged by a fit to the others: Pearson .56 with
the mean of two graders, who agree with each other by .61. ``benchmarks/judging.py`` prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.local.agent.text.meaning import Vectors, cosine
from adapters.local.agent.text.words import stem
from ports.text.quantities import in_units_of

MEANS_IT = 0.48
"""Strength from which a fact counts as stated, …"""
MEANS_A_PART = 0.22
"""… as stated in part, …"""
MAY_MEAN_IT = 0.05
"""… or as unsure; below, it is missing."""

PARTLY_BY_WORDS = 0.2
"""How much less surely it must mean a fact of which the words say a part."""
MAY_MEAN_IT_AMONG_OTHERS = 0.18
"""The same for a fact among others of its rubric, of which an answer may be instead."""
AMONG_OTHERS = 0.35
"""How much surer it must be if the rubric has more than one fact."""

_COVERAGE, _LIKENESS = 0.48, 0.52
_GIVEN = 0.25
"""Weight of a word that the question or another fact has."""
_NUMBER = 2.0
"""Weight of a number of the fact: an answer with another number, or none, does not say it."""
_FAR, _NEAR = 0.45, 0.80
"""Cosines of two words: below the first they are unrelated, from the second they mean the same."""
_RELATED = 0.55
"""Cosine of two words from which one has to do with the other."""
_FEW_WORDS = 5
"""The most words of an answer that leaves out what the question said: *26* to *How many bones …*."""
_LEAST_NEW = 0.35
"""The least coverage of what the question does not say, from which a short answer is read together with the question.
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
    """Safe to share between threads."""

    def __init__(self, vectors: Vectors) -> None:
        self._of_word = vectors.of

    def strength(self, facts: Sequence[str], place: int, question: str, answer: str) -> float:
        """0 to 1: how surely the answer says the fact at ``place`` of the rubric. Raises the embedder's
        ``UpstreamError``."""
        answer = in_units_of(facts[place], answer)
        rubric = [{stem(word) for word in _content(fact)} for fact in facts]
        own = rubric[place]
        others = set().union(*(held for at, held in enumerate(rubric) if at != place))
        # What another fact alone says is no part of this one, and what both say does not tell them apart.
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
        """The share of the weight of the ``wanted`` words that is said; ``weights`` are by stem, of words that do not weigh 1."""
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
        """0 to 1: whether a word of the answer means the same."""
        vector = self._of_word(word)
        nearest = max((cosine(vector, self._of_word(one)) for one in set(said)), default=0.0)
        return min(max((nearest - _FAR) / (_NEAR - _FAR), 0.0), 1.0)

    def _near(self, said: Sequence[str], matter: Sequence[str]) -> list[str]:
        """The words of the answer that are related to the fact."""
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
    """The words that carry meaning, in lower case."""
    return [word for word in _WORD.findall(text.lower().replace("’", "'")) if word not in _EMPTY]
