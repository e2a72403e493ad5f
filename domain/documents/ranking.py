"""Which of the passages that a search found answer the question, and how likely it is.

The search adds the likeness of the vectors to the weight of the common words (``domain.text.lexical``), which
is enough to find everything that may matter. Here each word is weighed again, by how rare it is among the
candidates, or by whether it stands with the others in one row of a table. A passage is relevant if likeness *and* words say so together, or if likeness alone is high: one
common word alone proves nothing. Likeness alone counts for English questions only, unless the embedder knows many
languages: one that does not finds any two texts of a language alike that it does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log, pow, sqrt

from domain.documents.chunking import index_text
from domain.text.lexical import (
    Kinship,
    Sought,
    kinship,
    question_weights,
    reads_as_english,
    saturation,
)
from ports.embedder import Scale
from ports.text.tables import table_rows

SPARSE_WEIGHT = 2.0
"""The factor of the question's sparse vector in the search. With 0.5 to 4, every answer of
``benchmarks.chunking`` was among 60 candidates of 600 chunks; with 1 to 2, the first five results of the
search held the most answers."""
CANDIDATES = 60
"""How many matches the store is asked for."""
ANSWERS = 0.05
"""If the best passage is less relevant than this, the documents do not answer the question."""
MAY_ANSWER = 0.005
"""The same where the agent says whether they do. An English passage in other words than the question reaches it at a
likeness of 0.21; of 39 questions in other words, 37 had the passage that answers among five such ones, and with
``ANSWERS`` 19."""
SUPPORTS = 0.02
"""A passage that is less relevant than this is not shown beside better ones."""
_EVEN_ODDS = 0.45
"""The geometric mean of likeness and common words at which half of the passages held an answer."""
_STEEPNESS = 3
_EVEN_LIKENESS = 0.9
_LIKENESS_STEEPNESS = 3.6
"""Likeness alone reaches ``ANSWERS`` at 0.40, which 30 of 30 factual questions and none of 45 foreign ones had. It
rises slowly from there, so that words in common decide the order: of 220 questions to two corpora, recall of the
first five is .955 (without it .946), and one that rises to even odds at 0.65 has .931."""
_UNKNOWN_LIKENESS = 0.2
"""Taken for the likeness of a passage without a vector. With it, words alone refuse as many of 220 questions to another
corpus as words and vectors do (.968), and find .85 of the answers (.957 with vectors)."""
_ROWS = 0.8
"""The weight of the words in common with one row of a table. A row has few words, each once, and in a report they stand in
many chunks: by their rarity alone, the prose around the tables came first. Of the numbers in answers to questions about ten
quarterly reports that this was not fitted to, .28 stand in the first five passages (without it .20); other questions find as
much as before."""
_REPEATED_DOCUMENT = 0.97
"""The factor by which each chosen passage of a document lowers that document's next passages."""


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """A match of the search. ``title``, ``heading``, ``text`` and ``column_heads`` are those that were indexed.

    ``score`` is the search's, for a query whose sparse vector was scaled by ``SPARSE_WEIGHT``.
    """

    id: str
    document_id: str
    title: str | None
    heading: str | None
    text: str
    score: float
    has_vector: bool = True
    """Whether likeness is known: the vectors of a document that was just uploaded come after its words."""
    lift: float = 1.0
    """The factor of its relevance: more than 1 if the question names its document or chapter."""
    column_heads: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    candidate: SearchMatch
    relevance: float
    """The share of such passages that hold an answer: 0 to 1."""


def rank(
    question: str,
    candidates: Sequence[SearchMatch],
    *,
    limit: int,
    scale: Scale = Scale(),
    may_not_answer: bool = False,
) -> list[Ranked]:
    """Up to ``limit`` passages, best first; none if the documents do not answer the question.

    With ``may_not_answer``, passages for an English question need not be likely to answer it.

    A passage that is in two documents is returned once. Of two passages that are about equally good, the one
    from a document that was not chosen yet comes first. The order of ``candidates`` does not matter.
    """
    relevances = _relevances(question, candidates, scale, limit)
    doubted = may_not_answer and reads_as_english(question)
    if max(relevances, default=0.0) < (MAY_ANSWER if doubted else ANSWERS):
        return []
    left = sorted(
        (Ranked(candidate, relevance) for candidate, relevance in zip(candidates, relevances, strict=True)),
        key=lambda ranked: (-ranked.relevance, ranked.candidate.id),
    )
    left = [ranked for ranked in left if ranked.relevance >= (MAY_ANSWER if doubted else SUPPORTS)]
    chosen: list[Ranked] = []
    shown: Counter[str] = Counter()
    texts: set[str] = set()
    while left and len(chosen) < limit:
        best = max(
            left,
            key=lambda ranked: ranked.relevance * _REPEATED_DOCUMENT ** shown[ranked.candidate.document_id],
        )
        left.remove(best)
        text = " ".join(best.candidate.text.split())
        if text not in texts:
            chosen.append(best)
            texts.add(text)
            shown[best.candidate.document_id] += 1
    return chosen


@dataclass(slots=True)
class _Weighed:
    """A candidate with what is known of it before the rows of its tables are read."""

    candidate: SearchMatch
    likeness: float
    in_common: float
    at_most_in_a_row: float
    """What a row of a table has in common with the question at most: it has no other words than the candidate."""
    alone: float
    """Its relevance by likeness alone."""

    def relevance(self, in_a_row: float) -> float:
        in_common = max(self.in_common, _ROWS * in_a_row)
        relevance = max(_odds(sqrt(self.likeness * in_common), _EVEN_ODDS, _STEEPNESS), self.alone)
        return min(relevance * self.candidate.lift, 1.0)


def _relevances(question: str, candidates: Sequence[SearchMatch], scale: Scale, limit: int) -> list[float]:
    """The relevance of each candidate. One that cannot be among the first ``limit``, whatever the rows of its tables
    say, gets the relevance that it has without them."""
    weights = question_weights(question)
    sought = Sought(weights)
    weighed = _weighed(question, candidates, scale, weights, sought)
    without_rows = [one.relevance(0.0) for one in weighed]
    needed = _needed(candidates, without_rows, limit)
    rows = _Rows(weights, sought)
    return [
        relevance
        if one.at_most_in_a_row == 0.0 or one.relevance(one.at_most_in_a_row) < needed
        else one.relevance(rows.in_common(one.candidate, one.at_most_in_a_row))
        for one, relevance in zip(weighed, without_rows, strict=True)
    ]


def _needed(candidates: Sequence[SearchMatch], relevances: Sequence[float], limit: int) -> float:
    """A candidate below this relevance is not chosen: as many others as are wanted are above it, even each after all
    others of its document."""
    texts: set[str] = set()
    for relevance, candidate in sorted(
        zip(relevances, candidates, strict=True), key=lambda pair: pair[0], reverse=True
    ):
        texts.add(" ".join(candidate.text.split()))
        if len(texts) >= limit:
            return relevance * _REPEATED_DOCUMENT**limit
    return 0.0


def _weighed(
    question: str,
    candidates: Sequence[SearchMatch],
    scale: Scale,
    weights: Mapping[str, float],
    sought: Sought,
) -> list[_Weighed]:
    shares: list[dict[str, float]] = []
    for candidate in candidates:
        indexed = index_text(candidate.title, candidate.heading, candidate.text, candidate.column_heads)
        counts = sought.counts(indexed) or {}
        shares.append({term: saturation(counts[term], len(indexed)) for term in weights if term in counts})
    rarity = _rarity(weights, shares)
    most = sum(weight * rarity[term] for term, weight in weights.items())
    alone = (scale.is_multilingual or reads_as_english(question)) and bool(weights)
    weighed = []
    for candidate, share in zip(candidates, shares, strict=True):
        in_search = sum(weights[term] * value for term, value in share.items())
        likeness = _UNKNOWN_LIKENESS
        if candidate.has_vector:
            likeness = scale.likeness(candidate.score - SPARSE_WEIGHT * in_search)
        in_common = (
            sum(weights[term] * rarity[term] * value for term, value in share.items()) / most if most else 0.0
        )
        by_likeness = 0.0
        if alone:
            translated = likeness
            if scale.is_multilingual and candidate.has_vector:
                translated *= _in_translation(scale, kinship(question, candidate.text))
            by_likeness = _odds(translated, _EVEN_LIKENESS, _LIKENESS_STEEPNESS)
        at_most = sum(weights[term] for term in share)
        weighed.append(_Weighed(candidate, likeness, in_common, at_most, by_likeness))
    return weighed


class _Rows:
    """Finds the row of a table that has most in common with a question."""

    def __init__(self, weights: Mapping[str, float], sought: Sought) -> None:
        self._weights = weights
        self._sought = sought
        self._found: dict[str, Collection[str] | None] = {}

    def in_common(self, candidate: SearchMatch, at_most: float) -> float:
        """The greatest share of the question's terms that one row of a table has, under its heads and with the document's
        title and the heading above it: 0 to 1. The search ends at a row that has ``at_most``."""
        around = self._in(" ".join(filter(None, (candidate.title, candidate.heading)))) or ()
        greatest = 0.0
        for row in table_rows(candidate.text, candidate.column_heads):
            if row.is_head:
                continue
            # As ``row.worded()`` says it. The same heads stand over many rows.
            heads = zip(row.heads if row.is_sure else (), row.cells, strict=False)
            said = [self._in(head) for head, cell in heads if cell and head]
            said.append(self._sought.counts("; ".join(filter(None, row.cells))))
            if all(one is None for one in said):
                continue
            found = set(around).union(*(one for one in said if one is not None))
            greatest = max(greatest, sum(weight for term, weight in self._weights.items() if term in found))
            if greatest >= at_most:
                break
        return greatest

    def _in(self, text: str) -> Collection[str] | None:
        """The sought terms in a text that comes often; None if it has no word at all."""
        if text not in self._found:
            self._found[text] = self._sought.counts(text)
        return self._found[text]


def _in_translation(scale: Scale, kinship: Kinship) -> float:
    """The factor of the likeness of a passage, by how its language and the question's are related."""
    factors: dict[Kinship, float] = {
        "one language": 1.0,
        "one script": scale.across_languages,
        "two scripts": scale.across_scripts,
    }
    return factors[kinship]


def _odds(evidence: float, even: float, steepness: float) -> float:
    """The share of passages with such evidence that hold an answer: a half at ``even``."""
    shown = pow(evidence, steepness)
    return shown / (shown + pow(even, steepness))


def _rarity(weights: Mapping[str, float], shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """BM25's inverse document frequency among the candidates.

    A term that no candidate has counts most: the common words of a question alone do not answer it.
    """
    having = Counter(term for share in shares for term in share)
    total = len(shares)
    return {term: log(1 + (total - having[term] + 0.5) / (having[term] + 0.5)) for term in weights}
