"""Estimates which passages of a search answer the question, and how likely each one does.

The search adds the likeness of the vectors and the weight of the common words (``domain.text.lexical``). That finds
everything that may matter. Here each common word is weighed again: by how rare it is among the candidates, or by
whether it stands in one table row with the others. A passage is relevant if likeness *and* words say so together, or if
the likeness alone is high. One common word alone proves nothing. Likeness alone counts for English questions only,
unless the embedder knows many languages: an embedder finds any two texts alike whose language it does not know.
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
from ports.text.tables import BegunRow, table_rows

SPARSE_WEIGHT = 2.0
"""The factor of the question's sparse vector in the search. With 0.5 to 4, every answer of ``benchmarks.chunking`` was
among 60 candidates of 600 chunks. With 1 to 2, the first five results of the search held the most answers.
"""
CANDIDATES = 60
"""The number of matches that a search requests from the vector store."""
ANSWERS = 0.05
"""If the best passage has a lower relevance, the documents do not answer the question."""
MAY_ANSWER = 0.005
"""As ``ANSWERS``, where the agent decides whether the passages answer. An English passage that shares no word with the
question reaches it at a likeness of 0.21. For 37 of 39 paraphrased questions, the passage with the answer was among the
five that this allows; with ``ANSWERS``, for 19.
"""
SUPPORTS = 0.02
"""A passage with a lower relevance is not shown beside better ones."""
_EVEN_ODDS = 0.45
"""Half of the passages contained an answer when the geometric mean of two numbers had this value: the likeness, and the
weighed share of the question's words that the passage has.
"""
_STEEPNESS = 3
_EVEN_LIKENESS = 0.9
_LIKENESS_STEEPNESS = 3.6
"""Likeness alone reaches ``ANSWERS`` at 0.40. All of 30 factual questions reached that, and none of 45 questions to
other documents. The curve rises slowly from there, so that common words decide the order: the recall of the first
five is .955 for 220 questions to two corpora. It is .946 without likeness alone, and .931 with a curve that gives
even odds at 0.65.
"""
_UNKNOWN_LIKENESS = 0.2
"""The likeness that is assumed for a passage without an embedding. With it, a search by words alone refuses as many of
220 questions to another corpus as a search by words and vectors (.968), and finds .85 of the answers (.957 with
vectors).
"""
_ROWS = 0.8
"""The weight of the words that a question shares with one row of a table. A row has few words, each once, and in a
report these words stand in many chunks. Weighed by rarity alone, the text around the tables came first. The figures
come from questions about ten quarterly reports to which the weight was not fitted: .28 of the numbers in the answers
are in the first five passages (.20 without the weight). Other questions find as much as before.
"""
_REPEATED_DOCUMENT = 0.97
"""The factor that lowers a document's remaining passages for each of its passages that was chosen."""


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """One match of a search. ``title``, ``heading``, ``text``, ``column_heads`` and ``begun_row`` are as they were
    indexed.

    ``score`` is the search's score, with the query's sparse vector multiplied by ``SPARSE_WEIGHT``.
    """

    id: str
    document_id: str
    title: str | None
    heading: str | None
    text: str
    score: float
    has_vector: bool = True
    """Whether the passage has an embedding. A new document's words are indexed before its embeddings."""
    lift: float = 1.0
    """A factor of the relevance. It is above 1 if the question names the document or the chapter."""
    column_heads: tuple[str, ...] | None = None
    begun_row: BegunRow | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its relevance to a question."""

    candidate: SearchMatch
    relevance: float
    """The estimated probability that the passage answers the question: 0 to 1."""


def rank(
    question: str,
    candidates: Sequence[SearchMatch],
    *,
    limit: int,
    scale: Scale = Scale(),
    may_not_answer: bool = False,
) -> list[Ranked]:
    """Up to ``limit`` passages, best first; empty if the documents do not answer the question.

    With ``may_not_answer``, the needed relevance for English questions is only ``MAY_ANSWER``.

    A text that two documents contain is returned once. Of two passages with nearly equal relevance, the one from a
    document that was not chosen yet comes first. The order of ``candidates`` does not matter.
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
    """A candidate with its weights, before the rows of its tables are read."""

    candidate: SearchMatch
    likeness: float
    in_common: float
    at_most_in_a_row: float
    """The most that one of its rows can share with the question: a row has no words that the candidate lacks."""
    alone: float
    """The relevance from likeness alone."""

    def relevance(self, in_a_row: float) -> float:
        in_common = max(self.in_common, _ROWS * in_a_row)
        relevance = max(_odds(sqrt(self.likeness * in_common), _EVEN_ODDS, _STEEPNESS), self.alone)
        return min(relevance * self.candidate.lift, 1.0)


def _relevances(question: str, candidates: Sequence[SearchMatch], scale: Scale, limit: int) -> list[float]:
    """The relevance of each candidate, in order.

    The rows of a candidate's tables are read only if they could bring it among the first ``limit``.
    """
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
    """A bound for the candidates that ``rank`` chooses: no candidate with a lower relevance is among the first
    ``limit``. 0 if there are fewer than ``limit`` different texts.

    ``rank`` lowers a relevance for each earlier passage of the same document. The bound is the relevance of the
    ``limit``-th different text, lowered ``limit`` times, so enough other texts stay above it.
    """
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
        indexed = index_text(
            candidate.title, candidate.heading, candidate.text, candidate.column_heads, candidate.begun_row
        )
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
    """Finds the row of a table that shares the most words with a question."""

    def __init__(self, weights: Mapping[str, float], sought: Sought) -> None:
        self._weights = weights
        self._sought = sought
        self._found: dict[str, Collection[str] | None] = {}

    def in_common(self, candidate: SearchMatch, at_most: float) -> float:
        """The largest weight of the question's terms that one row of the candidate's tables contains: 0 to 1.

        A row counts with its column heads, the document's title and the heading above it. The search stops at a row
        that reaches ``at_most``.
        """
        around = self._in(" ".join(filter(None, (candidate.title, candidate.heading)))) or ()
        greatest = 0.0
        for row in table_rows(candidate.text, candidate.column_heads, candidate.begun_row):
            if row.is_head:
                continue
            # The same text as ``row.worded()``. It is taken apart here because the same heads stand above many rows.
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
        """The question's terms in a text that is looked up repeatedly; None if the text has no words."""
        if text not in self._found:
            self._found[text] = self._sought.counts(text)
        return self._found[text]


def _in_translation(scale: Scale, kinship: Kinship) -> float:
    """The factor of a passage's likeness, by how its language is related to the question's."""
    factors: dict[Kinship, float] = {
        "one language": 1.0,
        "one script": scale.across_languages,
        "two scripts": scale.across_scripts,
    }
    return factors[kinship]


def _odds(evidence: float, even: float, steepness: float) -> float:
    """The probability, 0 to 1, that a passage with this much evidence contains an answer. It is 0.5 at ``even``."""
    shown = pow(evidence, steepness)
    return shown / (shown + pow(even, steepness))


def _rarity(weights: Mapping[str, float], shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The inverse document frequency of BM25 of each term, computed among the candidates.

    A term that no candidate contains counts most: common words alone do not answer a question.
    """
    having = Counter(term for share in shares for term in share)
    total = len(shares)
    return {term: log(1 + (total - having[term] + 0.5) / (having[term] + 0.5)) for term in weights}
