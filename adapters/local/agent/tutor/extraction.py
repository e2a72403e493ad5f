"""Which sentences of the passages answer a question, by what their words show."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from adapters.local.agent.quizzes.question_kinds import Kind, fits, goes_on, kind_of, leans_back, points_back
from adapters.local.agent.text.sentences import Sentence, lines, sentences
from adapters.local.agent.text.words import is_faint, likeness, question_terms, terms, tokens
from ports.agent import NumberedPassage, Utterance
from ports.text.words import is_unspaced

NEAR = 0.6
"""Share of what would be enough from which a sentence is shown as the nearest thing, though no answer."""
MAX_SENTENCES = 4

_FAR_BEHIND = 0.4
"""Share of the best passage's relevance below which another is not drawn on."""
_SURE = 0.45
"""Relevance from which a passage is what the question is about, though none of its sentences answers it."""
_HELP_OF_NEIGHBOURS = 0.5
_HELP_OF_PASSAGE = 0.25
_LONG: frozenset[Kind] = frozenset({"list", "reason", "manner"})
_SHORT: frozenset[Kind] = frozenset({"count", "time", "person", "place", "definition"})
_NAMED = re.compile(r"(?<=[^\W_] )[^\W\d_a-z][\w’'-]+|\d[\d,.]*")
_MARK = re.compile(r'\[\s*\d{1,3}(?:\s*"[^\]]*")?\s*\]')


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence of passage ``number``."""

    number: int
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Findings:
    answer: tuple[Extract, ...] = ()
    nearest: Extract | None = None
    """Where there is no answer: what comes nearest, if anything does."""


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    kind: Kind
    weights: dict[str, float]
    """Weight of each term before its rarity is known."""
    pairs: tuple[tuple[str, str], ...]
    """Terms that stand next to each other."""
    said: frozenset[str]
    """Terms of the last answer; empty unless this question follows on from it."""


@dataclass
class _Candidate:
    passage: NumberedPassage
    sentence: Sentence
    order: int
    """Of its passage in the prompt, from 0."""
    position: int
    """Of the sentence in its passage, from 0."""
    terms: tuple[str, ...]
    around: frozenset[str]
    """Terms of its heading and of the sentences beside it."""
    support: float = 0.0
    """The share of the question's weight that it carries, 0 to 1."""
    score: float = 0.0

    @cached_property
    def key(self) -> str:
        return "".join(tokens(self.sentence.text))

    @property
    def extract(self) -> Extract:
        return Extract(self.passage.number, self.sentence)


def find_answer(
    question: str,
    passages: Sequence[NumberedPassage],
    history: Sequence[Utterance],
    *,
    is_overview: bool = False,
) -> Findings:
    """The one to four sentences that answer, best passage first, in reading order within a passage.

    For an overview they are those that say most of what the passages say.
    """
    asked = _understand(question, history)
    if is_overview:
        asked = replace(asked, kind="overview")
    passages = _foremost(passages)
    candidates = _without_repeats(_candidates(passages))
    if not passages or not (asked.weights or asked.kind == "overview"):
        return Findings()
    if not candidates:
        return Findings(nearest=_nearest_lines(asked, passages[0]))
    if asked.kind == "overview":
        return Findings(answer=tuple(c.extract for c in _overview(candidates)))
    _score(asked, candidates)
    ranked = sorted(candidates, key=lambda c: (-c.score, c.order, c.position))
    best = ranked[0]
    enough = _enough(asked)
    if best.support < enough:
        if best.support >= NEAR * enough and not best.sentence.cut:
            return Findings(nearest=best.extract)
        return Findings(nearest=_nearest_lines(asked, passages[0]))
    chosen = _chosen(asked, ranked, candidates)
    return Findings(answer=tuple(c.extract for c in _in_reading_order(chosen)))


def _foremost(passages: Sequence[NumberedPassage]) -> list[NumberedPassage]:
    """The most relevant passages, best first: what is far behind them is about something else."""
    by_relevance = sorted(passages, key=lambda passage: -passage.relevance)
    return [p for p in by_relevance if p.relevance >= _FAR_BEHIND * by_relevance[0].relevance]


def _nearest_lines(asked: _Question, passage: NumberedPassage) -> Extract | None:
    """Of a passage that is surely meant but holds no sentence that answers, the lines nearest to the question."""
    if passage.relevance < _SURE:
        return None

    def shared(piece: Sentence) -> float:
        return sum(asked.weights.get(term, 0.0) for term in set(terms(piece.text)))

    best = max(lines(passage.text), key=shared, default=None)
    return Extract(passage.number, best) if best is not None and shared(best) > 0 else None


def _understand(question: str, history: Sequence[Utterance]) -> _Question:
    own = question_terms(question)
    named = {term for match in _NAMED.findall(question) for term in terms(match)}
    weights = {term: 0.35 if is_faint(term) else 1.25 if term in named else 1.0 for term in own}
    solid = [term for term in weights if not is_faint(term)]
    said: frozenset[str] = frozenset()
    if history and _follows_on(question, solid):
        before = next((one.text for one in reversed(history) if one.speaker == "user"), "")
        answer = next((one.text for one in reversed(history) if one.speaker == "assistant"), "")
        answer = _MARK.sub("", answer)
        said = frozenset(terms(answer))
        for term in question_terms(before):
            if term in _ORDINALS and not _ORDINALS.isdisjoint(own):
                continue
            weights.setdefault(term, 0.25 if is_faint(term) else 0.6)
        if not solid:
            for term in terms(answer)[:40]:
                weights.setdefault(term, 0.1)
    kind = kind_of(question)
    if kind == "overview" and any(term not in _OVERVIEW_TERMS for term in solid):
        kind = "other"
    return _Question(question, kind, weights, tuple(pairwise(own)), said)


_OVERVIEW_TERMS = frozenset(
    terms("summary summarise summarize overview main key takeaway takeaways notes all short briefly")
    + terms("resumen resume resumir résumé résumer riassunto riassumi zusammenfassung zusammenfassen")
    + terms("总结 概括 摘要 要約 要約して 요약 요약해 สรุป ملخص सारांश")
)


def _solid(asked: _Question) -> int:
    return sum(not is_faint(term) for term in asked.weights)


def _is_short(asked: _Question) -> bool:
    return _solid(asked) <= 2


_ORDINALS = frozenset(
    terms("first second third fourth fifth sixth last next primera segunda tercera erste zweite")
)


def _enough(asked: _Question) -> float:
    """Share of the question's weight that the best sentence, helped by what stands around it, must carry.

    Most of a short question: half of "capital of France" is another matter. A long one is full of words
    that its answer need not repeat.
    """
    return 0.66 if _is_short(asked) else max(0.3, 0.76 - 0.08 * _solid(asked))


def _follows_on(question: str, solid: Sequence[str]) -> bool:
    few = 4 if is_unspaced(question) else 2
    return not solid or goes_on(question) or (len(solid) <= few and points_back(question))


def _candidates(passages: Sequence[NumberedPassage]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for order, passage in enumerate(passages):
        whole = sentences(passage.text)
        held = [tuple(terms(sentence.text)) for sentence in whole]
        for position, sentence in enumerate(whole):
            beside = (held[i] for i in (position - 2, position - 1, position + 1) if 0 <= i < len(held))
            around = frozenset(terms(sentence.heading)).union(*beside)
            found.append(_Candidate(passage, sentence, order, position, held[position], around))
    return found


def _without_repeats(candidates: list[_Candidate]) -> list[_Candidate]:
    """Passages overlap: of a sentence met twice the fuller stays, else the more relevant passage's."""
    by_worth = sorted(candidates, key=lambda c: (-len(c.key), -c.passage.relevance, c.order, c.position))
    kept: list[_Candidate] = []
    for candidate in by_worth:
        if candidate.key and not any(candidate.key in other.key for other in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda c: (c.order, c.position))


def _score(asked: _Question, candidates: Sequence[_Candidate]) -> None:
    own = [frozenset(c.terms) for c in candidates]
    texts = {c.order: c.passage.text for c in candidates}
    passages = {order: frozenset(terms(text)) for order, text in texts.items()}
    vocabulary = frozenset().union(*own, *(c.around for c in candidates), *passages.values())
    alike = {
        wanted: {term: value for term in vocabulary if (value := likeness(wanted, term))}
        for wanted in asked.weights
    }
    weights = _weigh(asked, own, alike)
    total = sum(weights.values())
    asks_solidly = any(not is_faint(term) for term in weights)
    for candidate, in_it in zip(candidates, own, strict=True):
        carried = 0.0
        solid = False
        # Of a short question the surroundings may say little, unless the sentence points to them.
        help_given = 0.3 if _is_short(asked) and not leans_back(candidate.sentence.text) else 1.0
        for wanted, weight in weights.items():
            same = alike[wanted]
            held = _best(same, in_it)
            solid = solid or (held > 0 and not is_faint(wanted))
            near = help_given * _HELP_OF_NEIGHBOURS * _best(same, candidate.around)
            wide = help_given * _HELP_OF_PASSAGE * _best(same, passages[candidate.order])
            carried += weight * max(held, near, wide)
        candidate.support = carried / total * (1.0 if solid or not asks_solidly else 0.5)
        candidate.score = candidate.support + _bonus(asked, candidate, alike)


def _best(same: dict[str, float], held: Collection[str]) -> float:
    return max((value for term, value in same.items() if term in held), default=0.0)


def _weigh(
    asked: _Question, own: Sequence[frozenset[str]], alike: dict[str, dict[str, float]]
) -> dict[str, float]:
    """Rarer among the sentences weighs more; what is nowhere weighs most, for it is what was asked about."""
    frequency = {wanted: sum(not held.isdisjoint(same) for held in own) for wanted, same in alike.items()}
    return {
        wanted: weight * math.log(1 + (len(own) + 4) / (frequency[wanted] + 1))
        for wanted, weight in asked.weights.items()
    }


def _bonus(asked: _Question, candidate: _Candidate, alike: dict[str, dict[str, float]]) -> float:
    """What speaks for a sentence beside the words it shares with the question."""
    bonus = 0.1 * candidate.passage.relevance + 0.1 * _phrases(asked, candidate.terms, alike)
    bonus += 0.12 * fits(asked.kind, asked.text, candidate.sentence.text)
    bonus -= 0.15 * (len(candidate.terms) < 3)
    bonus -= 0.1 * candidate.sentence.cut
    return bonus - 0.25 * (bool(asked.said) and _share_said(asked, candidate) >= 0.8)


def _share_said(asked: _Question, candidate: _Candidate) -> float:
    return sum(term in asked.said for term in candidate.terms) / max(1, len(candidate.terms))


def _phrases(asked: _Question, held: Sequence[str], alike: dict[str, dict[str, float]]) -> float:
    """Share of the question's neighbouring terms that stand close together, in order, in the sentence."""
    found = 0
    for first, second in asked.pairs:
        places = [i for i, term in enumerate(held) if term in alike[first]]
        found += any(term in alike[second] for i in places for term in held[i + 1 : i + 4])
    return found / max(1, len(asked.pairs))


def _chosen(
    asked: _Question, ranked: Sequence[_Candidate], candidates: Sequence[_Candidate]
) -> list[_Candidate]:
    best = ranked[0]
    chosen = [best]
    most = MAX_SENTENCES if asked.kind in _LONG else 2 if asked.kind in _SHORT else 3
    floor = (0.7 if asked.kind in _LONG else 0.78) * best.score
    for candidate in ranked[1:]:
        if len(chosen) < most and candidate.score >= floor and candidate.support >= 0.75 * _enough(asked):
            chosen.extend([candidate] if not any(_repeats(candidate, other) for other in chosen) else [])
    if leans_back(best.sentence.text) and len(chosen) < MAX_SENTENCES:
        before = (c for c in candidates if c.order == best.order and c.position == best.position - 1)
        chosen.extend(c for c in before if c not in chosen)
    return chosen


def _repeats(a: _Candidate, b: _Candidate) -> bool:
    x, y = set(a.terms), set(b.terms)
    return bool(x and y) and len(x & y) >= max(0.8 * min(len(x), len(y)), 0.6 * max(len(x), len(y)))


def _in_reading_order(chosen: Sequence[_Candidate]) -> Iterator[_Candidate]:
    best_first = list(dict.fromkeys(c.order for c in sorted(chosen, key=lambda c: -c.score)))
    yield from sorted(chosen, key=lambda c: (best_first.index(c.order), c.position))


def _overview(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Of each of the foremost passages the sentence most like all the others."""
    spread = Counter(term for c in candidates for term in set(c.terms))

    def central(candidate: _Candidate) -> float:
        held = set(candidate.terms)
        opening = 0.2 if candidate.position == 0 else 0.0
        return sum(spread[t] - 1 for t in held) / (len(held) + 5) + opening - candidate.sentence.cut

    picked = [
        max((c for c in candidates if c.order == order), key=central)
        for order in dict.fromkeys(c.order for c in candidates)
    ]
    if len(picked) == 1:
        picked = sorted(candidates, key=central, reverse=True)[:3]
    return sorted(picked[:MAX_SENTENCES], key=lambda c: (c.order, c.position))
