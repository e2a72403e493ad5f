"""Chooses the sentences of the passages that answer a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.local.agent.text.meaning import Vectors, keys
from adapters.local.agent.text.sentences import Sentence, leans_back
from adapters.local.agent.text.words import readable, tokens
from adapters.local.agent.tutor import relevance
from adapters.local.agent.tutor.asking import Asked, keys_of, understand
from adapters.local.agent.tutor.candidates import AnswerCandidate, candidates
from adapters.local.agent.tutor.comparing import compared
from adapters.local.agent.tutor.overview import MAX_ITEMS, MAX_SENTENCES, overview
from ports.agent import Chat, Utterance
from ports.embedder import cosine
from ports.grammar import Grammar

_NEAR = 0.45
"""If nothing answers, a sentence with at least this likeness to the question is shown as the nearest one."""
_BEHIND = 0.2
"""By how much the surest answer in other words may be less similar to the question than the nearest sentence."""
_NEAR_BY_WORDS = 0.6
"""In a language without a parser: the nearest sentence must have this share of the score that an answer needs."""
_CLOSE, _CLOSE_IN_OTHER_WORDS = 0.35, 1.0
"""Other answers are shown if their score is at most this much below the best one."""
_SURE = 0.4
"""An answer is sure if its score is at least this much above the score that an answer needs."""
_COLUMN, _OTHER_COLUMN = 0.5, 0.33
"""Likenesses of the question to the head of a column (see ``asks_for_column``). If the question names a row, the row is
an answer from the first figure on, and is not an answer below the second.
"""
_INTRODUCED = 0.6
"""The share of the question's weight that the line above a list must have."""
_LONG = 5
"""A question with more keys than this may get an unsure answer that lacks the kind of thing that it asks for, such as a
name or a number.
"""
_GIVEN = 2
"""The most sentences that are shown if an answer must be computed. Their figures may help to compute it."""
_NUMBERS = "zero one two three four five six seven eight".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth".split()
_PLAN = re.compile(r"\bplan\b", re.I)
_TERMS = re.compile(r"\b(?:terms?|definitions?|concepts?|vocabulary)\b", re.I)
_RULES = frozenset("equal times time multiply divide product square half sum rate ratio formula".split())


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, or a row of a table, in passage ``number``."""

    number: int
    sentence: Sentence
    heading: str = ""
    """The heading above it; without one, the document's name."""


@dataclass(frozen=True, slots=True)
class Findings:
    answer: tuple[Extract, ...] = ()
    nearest: tuple[Extract, ...] = ()
    """If there is no answer: the nearest sentences, if there are any."""
    is_sure: bool = True
    """Whether the answer has the words of the question, and is not only similar to it."""
    is_rule: bool = False
    """Whether ``nearest`` is the rule with which the answer can be computed."""
    is_plan: bool = False
    """Whether the answer is shown as numbered steps, each under its heading."""


class AnswerExtraction:
    """Finds the sentences that answer a question. Safe to share between threads."""

    def __init__(self, vectors: Vectors, grammar: Grammar) -> None:
        self._vectors = vectors
        self._grammar = grammar

    def find(self, task: Chat) -> Findings:
        """The sentences that answer: the best passage first, and in reading order within a passage.

        For an overview, the sentences that ``overview`` chooses. Raises ``UpstreamError`` of the embedder
        or the grammar.
        """
        question = task.question.strip()
        found = candidates(task.passages, self._grammar)
        found = [one for one in found if not relevance.is_exercise(one)] or found
        if task.is_overview:
            is_plan = _PLAN.search(question) is not None
            wanted = relevance.names_a_term if _TERMS.search(question) else None
            return Findings(tuple(map(_extract, overview(found, wanted))), is_plan=is_plan)
        asked = understand(question, task.history, self._grammar)
        if not found or not asked.weights:
            return Findings()
        if asked.parsed is not None and task.compared:
            told, is_sure = compared(task.compared, found, self._vectors, self._grammar)
            return Findings(_extracts(told), is_sure=is_sure)
        first, *others = task.parts or (question,)
        answers = [self._answered(first, found, task.history)]
        answers += [self._answered(part, found, [Utterance("user", first)]) for part in others]
        sentences = tuple(dict.fromkeys(extract for one in answers for extract in one.answer))
        is_sure = all(one.is_sure for one in answers if one.answer)
        return Findings(sentences, is_sure=is_sure) if sentences else answers[0]

    def _answered(
        self, question: str, found: list[AnswerCandidate], history: Sequence[Utterance]
    ) -> Findings:
        asked = understand(question, history, self._grammar)
        if asked.parsed is None:
            return _by_words(asked, found)
        if asked.kind == "list" and (items := _items(asked, found, self._grammar)):
            return Findings(_extracts(items))
        rule = _rule(asked, found, self._vectors)
        if rule is not None:
            return Findings(nearest=_extracts([rule, *_before(rule, found)]), is_rule=True)
        column = {
            id(one): clarity
            for one in found
            if one.sentence.worded
            and (clarity := relevance.asks_for_column(asked, one, self._vectors)) is not None
        }
        told = [
            one
            for one in found
            if not one.sentence.worded
            or (
                relevance.names_value(asked, one)
                and not relevance.is_of_another(asked, one, found)
                and column.get(id(one), 1.0) >= _OTHER_COLUMN
            )
        ]
        enough = relevance.exact_enough(asked)
        seen = list(relevance.evidence(asked, told, self._vectors))
        for one, shown in seen:
            one.score = shown.exact() + _manner(asked, one)
            if column.get(id(one), 0.0) >= _COLUMN:
                one.score = max(one.score, enough + _SURE)
        is_long = len(asked.weights) > _LONG
        exact = [
            (one, shown)
            for one, shown in seen
            if shown.exact() >= enough or column.get(id(one), 0.0) >= _COLUMN
        ]
        if asked.kind == "definition" and not any(relevance.defines(asked.thing, one) for one, _ in exact):
            under = _under_its_name(asked, found, self._grammar)
            if under is not None:
                return Findings(_extracts([under]))
        if asked.reckoned:
            stated = [
                pair for pair in exact if asked.reckoned in tokens(pair[0].text) and not pair[1].lacks_kind
            ]
            if not stated:
                given = sorted((one for one, _ in exact or seen), key=lambda one: -one.score)
                return Findings(nearest=_extracts(given[:_GIVEN]))
            exact = stated
        ranked = [one for one, shown in exact if is_long or not shown.lacks_kind]
        is_sure = any(
            one.sentence.worded
            or (one.score >= enough + _SURE and not shown.lacks_kind and relevance.holds_asked(asked, one))
            for one, shown in exact
        )
        nearest = max(seen, key=lambda one: one[1].likeness, default=None)
        if not ranked and nearest is not None:
            subject = frozenset(token for one in found for token in tokens(one.passage.source))
            least = relevance.IN_OTHER_WORDS_BY_NAME if asked.names - subject else relevance.IN_OTHER_WORDS
            able = [(one, shown) for one, shown in seen if relevance.may_be_in_other_words(asked, one, shown)]
            if any(
                shown.in_other_words() >= least and shown.likeness >= nearest[1].likeness - _BEHIND
                for _, shown in able
            ):
                for one, shown in able:
                    one.score = relevance.answers_in_other_words(asked, one, shown, self._vectors)
                    ranked.append(one)
        if not ranked:
            is_near = nearest is not None and nearest[1].likeness >= _NEAR and not nearest[0].sentence.cut
            return Findings(nearest=_extracts([nearest[0]]) if nearest is not None and is_near else ())
        chosen = _chosen(asked, ranked, found, is_sure=is_sure)
        if relevance.denies(asked, chosen[0]):
            return Findings(nearest=_extracts(chosen[:1]))
        return Findings(_extracts(chosen), is_sure=is_sure)


def _under_its_name(
    asked: Asked, found: Sequence[AnswerCandidate], grammar: Grammar
) -> AnswerCandidate | None:
    """The first words under a heading that is the name of the thing, if they are no whole sentence: slides define
    things in this way.
    """
    headings = dict.fromkeys(one.sentence.heading for one in found if one.sentence.heading)
    named = {heading for heading in headings if asked.thing and asked.thing == {*keys_of(heading, grammar)}}
    first = next((one for one in found if one.sentence.heading in named), None)
    return first if first is not None and relevance.says_no_verb(first) else None


def _manner(asked: Asked, one: AnswerCandidate) -> float:
    """The part of a sentence's score that does not come from similarity to the question: whether it defines the thing,
    gives orders, is cut, or repeats the last answer.
    """
    score = 0.0
    if asked.thing and asked.kind in ("definition", "list", "person"):
        score += relevance.defines(asked.thing, one)
    said = sum(term in asked.said for term in one.keys) / max(1, len(one.keys))
    return score - relevance.gives_orders(one) - 0.3 * one.sentence.cut - (bool(asked.said) and said >= 0.8)


def _chosen(
    asked: Asked, ranked: Sequence[AnswerCandidate], found: Sequence[AnswerCandidate], *, is_sure: bool
) -> list[AnswerCandidate]:
    """The best sentence, others that are nearly as good, and the sentence that the best one depends on."""
    close = _CLOSE if is_sure else _CLOSE_IN_OTHER_WORDS
    ranked = sorted(_without_other_rows(asked, ranked), key=lambda one: (-one.score, one.order, one.position))
    best = ranked[0]
    places = asked.places & {*best.keys, *best.over}
    most = 3 if asked.kind in ("other", "reason", "list") else 2
    chosen = [best]
    for one in ranked[1:]:
        if (
            len(chosen) < most
            and one.score >= best.score - close
            and places <= {*one.keys, *one.over}
            and not any(map(one.repeats, chosen))
        ):
            chosen.append(one)
    if len(chosen) < MAX_SENTENCES:
        chosen.extend(
            one for one in (*_before(best, found), *_after(asked, best, found)) if one not in chosen
        )
    return chosen


def _before(one: AnswerCandidate, found: Sequence[AnswerCandidate]) -> list[AnswerCandidate]:
    """The sentence before, if this one begins with a word that only that sentence explains."""
    if not leans_back(one.sentence.text):
        return []
    return [c for c in found if c.order == one.order and c.position == one.position - 1]


def _after(asked: Asked, one: AnswerCandidate, found: Sequence[AnswerCandidate]) -> list[AnswerCandidate]:
    """The next sentence, if it refers to this one and completes the answer: it says what the thing is, which this one
    only names, or it has the items of the list that is asked for.
    """
    following = [
        c
        for c in found
        if c.order == one.order and c.position == one.position + 1 and leans_back(c.sentence.text)
    ]
    if asked.kind == "definition":
        return following if not relevance.is_about(asked.thing, one) else []
    return [c for c in following if asked.kind == "list" and relevance.lists(c) and not relevance.lists(one)]


def _without_other_rows(asked: Asked, found: Sequence[AnswerCandidate]) -> list[AnswerCandidate]:
    """The candidates. If the question names rows of tables, the other rows are left out."""
    named = any(relevance.names_row(asked, one) for one in found)
    return [one for one in found if not (named and one.sentence.worded) or relevance.names_row(asked, one)]


def _items(asked: Asked, found: Sequence[AnswerCandidate], grammar: Grammar) -> list[AnswerCandidate]:
    """The items of the list whose introduction the question repeats, or the rows of the table whose heads it repeats.
    If there is neither, the sentences of ``_numbered``.
    """
    lists: dict[tuple[int, str], list[AnswerCandidate]] = {}
    for one in found:
        if (one.sentence.listed or one.sentence.worded) and one.sentence.heading:
            lists.setdefault((one.order, one.sentence.heading), []).append(one)
    weights = relevance.weighed(asked.weights, found)
    rated = [
        (relevance.coverage(weights, frozenset(keys(heading, grammar.parse(readable(heading))))), items)
        for (_, heading), items in lists.items()
        if len(items) > 1
    ]
    share, items = max(rated, key=lambda one: one[0], default=(0.0, []))
    return _without_other_rows(asked, items)[:MAX_ITEMS] if share >= _INTRODUCED else _numbered(asked, found)


def _numbered(asked: Asked, found: Sequence[AnswerCandidate]) -> list[AnswerCandidate]:
    """For "the three laws": the sentences that introduce the first, the second and the third law.

    Empty if the question gives no number, or if a sentence is missing.
    """
    things = [key for key in asked.weights if key not in _NUMBERS]
    count = max((_NUMBERS.index(key) for key in asked.weights if key in _NUMBERS), default=0)
    told = [
        next((one for one in found for thing in things if relevance.is_about((ordinal, thing), one)), None)
        for ordinal in _ORDINALS[:count]
    ]
    return [one for one in told if one is not None] if count and None not in told else []


def _has_figures(asked: Asked, found: Sequence[AnswerCandidate]) -> bool:
    """Whether one sentence has all measurements of the question."""
    return any(all(key in one.keys for key in asked.figures) for one in found)


def _rule(asked: Asked, found: Sequence[AnswerCandidate], vectors: Vectors) -> AnswerCandidate | None:
    """The sentence with a rule for computing the answer. None unless the question gives measurements that no sentence
    contains.
    """
    if not asked.figures or _has_figures(asked, found):
        return None
    words = {key: weight for key, weight in asked.weights.items() if len(key) > 2 and not key[0].isdigit()}
    weights = relevance.weighed(words, found, only_held=True)
    question = vectors.of(asked.text)
    rules = [
        (
            relevance.coverage(weights, {*one.keys, *(key for c in _before(one, found) for key in c.keys)})
            + cosine(question, vectors.of(one.text))
            + 0.2 * len(_RULES.intersection(one.keys)),
            one,
        )
        for one in found
        if not _RULES.isdisjoint(one.keys)
        and not any(map(str.isdigit, one.text))
        and relevance.coverage(weights, {*one.keys, *one.around}) > 0
    ]
    return max(rules, key=lambda rated: rated[0], default=(0.0, None))[1]


def _by_words(asked: Asked, found: list[AnswerCandidate]) -> Findings:
    relevance.by_words(asked, found)
    ranked = sorted(found, key=lambda one: (-one.score, one.order, one.position))
    enough = relevance.enough(asked)
    if ranked[0].score < enough:
        is_near = ranked[0].score >= _NEAR_BY_WORDS * enough and not ranked[0].sentence.cut
        return Findings(nearest=_extracts(ranked[:1]) if is_near else ())
    likely = [one for one in ranked if one.score >= max(0.75 * enough, ranked[0].score - 0.2)]
    return Findings(_extracts(_chosen(asked, likely, found, is_sure=True)))


def _extract(one: AnswerCandidate) -> Extract:
    path = next((path for start, path in reversed(one.passage.under) if start <= one.sentence.start), "")
    return Extract(one.passage.number, one.sentence, one.sentence.heading or path or one.passage.source)


def _extracts(chosen: Sequence[AnswerCandidate]) -> tuple[Extract, ...]:
    """The sentences, best passage first, and in reading order within a passage."""
    best_first = list(dict.fromkeys(c.order for c in sorted(chosen, key=lambda c: -c.score)))
    return tuple(map(_extract, sorted(chosen, key=lambda c: (best_first.index(c.order), c.position))))
