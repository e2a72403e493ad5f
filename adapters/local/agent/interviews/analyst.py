"""Which facts of a rubric an answer states, by its words alone: the same answer is always judged alike.

A fact is stated where a stretch of one sentence of the answer, about as long as the fact, holds most of the
weight of its words. Words that the question already holds weigh next to nothing, so repeating it states
nothing; a number must be the fact's own; a negation or an opposite on one side only contradicts. In English, an
answer in other words is judged by its meaning (``likeness``), and may be unsure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from adapters.local.agent.interviews.likeness import (
    AMONG_OTHERS,
    MAY_MEAN_IT,
    MAY_MEAN_IT_AMONG_OTHERS,
    MEANS_A_PART,
    MEANS_IT,
    PARTLY_BY_WORDS,
    Likeness,
)
from adapters.local.agent.interviews.phrases import REMARKS, document_language
from adapters.local.agent.interviews.spoken_words import words_of
from adapters.local.agent.interviews.statement_matching import Answer, Rarity, Statement, Stretch, Term
from adapters.local.agent.text.sentences import sentences
from adapters.local.agent.text.words import is_faint, is_stopword, readable
from ports.agent import Judge
from ports.text.words import placed_words

Verdict = Literal["stated", "partly", "missing", "contradicted", "unsure"]

STATED, PARTLY = 0.6, 0.3
"""Share of a fact's weight from which it is stated, or partly."""
CONTRADICTED = 0.6
"""Share that must be spoken of, the opposite counted in, before an answer says the opposite of a fact."""
MAX_QUOTE_CHARACTERS = 300

_SAID_AS_A_WHOLE = 0.8
"""Share of a sentence of the material from which words of an answer are taken to be that sentence's."""
_ASKED_FOR_FIRST: tuple[Verdict, ...] = ("contradicted", "missing", "unsure", "partly")
_MAX_REMARKS = 3
_MAX_SHOWN = 140
"""Characters of a quote within a remark."""
_ARTICLE = re.compile(
    r"\b(?:the|an?|each|every|its|their|this|these) \Z|\A(?:the|an?|each|every) ", re.IGNORECASE
)
_MAX_LED_IN = 12
"""Characters of small words that a quote takes in before its first word of content."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    verdict: Verdict
    quote: str = ""


def judge_answer(task: Judge, likeness: Likeness) -> str:
    """Each fact's verdict with the learner's words for it, remarks and a question to go on with, as JSON."""
    language = document_language([task.passage.text, *task.facts, task.question])
    judge = _Judge(task, language)
    judged = [judge.judge(fact) for fact in judge.facts]
    if language == "en":
        judged = _by_meaning_too(judge, judged, task, likeness)
    reply = {
        "facts": [
            {"number": number, "verdict": one.verdict, "quote": one.quote, "by": "likeness"}
            for number, one in enumerate(judged, start=1)
        ],
        **_remarks(judge, judged, language),
    }
    return json.dumps(reply, ensure_ascii=False)


def _by_meaning_too(
    judge: _Judge, judged: list[_Judgement], task: Judge, likeness: Likeness
) -> list[_Judgement]:
    """The verdicts by words, and by meaning for the facts that the words do not settle."""
    # Facts of one rubric are about one thing, so an answer that says one of them is a little like them all.
    more = AMONG_OTHERS if len(judged) > 1 else 0.0
    numbers = {word.term for word in words_of(task.answer, "en") if word.kind == "number"}
    return [
        _by_meaning(
            one,
            likeness.strength(task.facts, place, task.question, task.answer) - more,
            task.answer,
            may_mean_it=MAY_MEAN_IT_AMONG_OTHERS if len(judged) > 1 else MAY_MEAN_IT,
            has_numbers=judge.facts[place].numbers <= numbers,
        )
        for place, one in enumerate(judged)
    ]


def _by_meaning(
    by_words: _Judgement, strength: float, answer: str, *, may_mean_it: float, has_numbers: bool
) -> _Judgement:
    """The better of what the words and what the meaning of the answer say; a contradiction stands.

    A fact without its numbers is stated in part at most.
    """
    if by_words.verdict in ("stated", "contradicted"):
        return by_words
    quote = by_words.quote or answer.strip()[:MAX_QUOTE_CHARACTERS].strip()
    least = MEANS_IT - (PARTLY_BY_WORDS if by_words.verdict == "partly" else 0.0)
    if strength >= least and has_numbers:
        return _Judgement("stated", quote)
    if strength >= MEANS_A_PART or by_words.verdict == "partly":
        return _Judgement("partly", quote)
    return _Judgement("unsure", quote) if strength >= may_mean_it else _Judgement("missing")


def _remarks(judge: _Judge, judged: list[_Judgement], language: str) -> dict[str, object]:
    """What to say to the learner: of what was said in the learner's words, of what is missing nothing but that."""
    phrases = REMARKS[language]
    said, denied = (
        [_shown(one.quote) for one in judged if one.verdict == verdict]
        for verdict in ("stated", "contradicted")
    )
    improvements = [phrases.check.format(quote=quote) for quote in denied]
    if any(one.verdict in ("missing", "unsure", "partly") for one in judged):
        is_nothing = all(one.verdict in ("missing", "unsure") for one in judged)
        improvements.append(phrases.nothing if is_nothing else phrases.more)
    # What was denied is asked for first, and no answer quoted in the question: that could be most of the fact.
    left_out = sorted(
        (place for place, one in enumerate(judged) if one.verdict != "stated"),
        key=lambda place: _ASKED_FOR_FIRST.index(judged[place].verdict),
    )
    follow_up = judge.follow_up(left_out[0], judged[left_out[0]].verdict) if left_out else ""
    return {
        "strengths": _few(phrases.said.format(quote=quote) for quote in said),
        "improvements": _few(improvements),
        "follow_up": follow_up,
    }


def _within(subject: str) -> str:
    return subject[0].lower() + subject[1:] if _ARTICLE.match(subject) else subject


def _few(remarks: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(remarks))[:_MAX_REMARKS]


def _shown(quote: str) -> str:
    """The learner's words on one line, a long quote's beginning."""
    text = readable(quote)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN].rsplit(" ", 1)[0] + " …"


class _Judge:
    """Holds one answer against the facts and the sentences of the material."""

    def __init__(self, task: Judge, language: str) -> None:
        held = [
            sentence.text
            for sentence in sentences(task.passage.text, task.passage.headings)
            if not sentence.cut
        ]
        asked = words_of(task.question, language)
        rarity = Rarity(held or task.facts, language)
        holding = Counter(
            term for fact in task.facts for term in {word.term for word in words_of(fact, language)}
        )
        shared = frozenset(term for term, count in holding.items() if count > 1)
        self.facts = [
            Statement(fact, language, asked=asked, rarity=rarity, shared=shared) for fact in task.facts
        ]
        self._material = [Statement(text, language, asked=asked, rarity=rarity) for text in held]
        apart = [one for one in self._material if not any(one.held <= fact.held for fact in self.facts)]
        self._answer = Answer(task.answer, language, [*self.facts, *apart])
        self._question = task.question
        self._language = language
        self._wholes: dict[Statement, list[tuple[Stretch, float]]] = {}

    def judge(self, fact: Statement) -> _Judgement:
        ranked = sorted(self._answer.stretches(fact), key=lambda s: _worth(fact, s), reverse=True)
        stated = next((s for s in ranked if not s.opposed), None)
        share = fact.share(stated.said) if stated else 0.0
        opposed = next((s for s in ranked if s.opposed and self._denies(fact, s)), None)
        if opposed is not None:
            is_said_elsewhere = stated is not None and share >= STATED and not stated.overlaps(opposed)
            return _Judgement("partly" if is_said_elsewhere else "contradicted", self._quote(opposed))
        if stated is None or share < PARTLY:
            return _Judgement("missing")
        is_stated = share >= STATED and fact.has_its_numbers(stated.said)
        return _Judgement("stated" if is_stated else "partly", self._quote(stated))

    def follow_up(self, place: int, verdict: Verdict) -> str:
        """Asks for a fact by what the question already says of it."""
        fact = self.facts[place]
        phrases = REMARKS[self._language]
        runs: list[list[Term]] = [[]]
        for term in fact.terms:
            if term.is_asked and not is_faint(term.word.term):
                runs[-1].append(term)
            elif runs[-1]:
                runs.append([])
        longest = max(runs, key=len)
        if not longest:
            return phrases.else_of_question.format(question=readable(self._question))
        start = longest[0].word.start
        article = _ARTICLE.search(fact.text[:start])
        start = article.start() if article else start
        subject = readable(fact.text[start : longest[-1].word.end])
        if start == 0 and not subject[:2].isupper():
            at = self._question.casefold().find(subject.casefold())
            # Within a sentence it is written as in the question, or else with the small letter of its article.
            subject = self._question[at : at + len(subject)] if at >= 0 else _within(subject)
        if verdict == "contradicted":
            return phrases.reconsider.format(subject=subject)
        asks_number = any(term.word.kind == "number" and not term.is_asked for term in fact.terms)
        return (phrases.number if asks_number else phrases.more_of).format(subject=subject)

    def _denies(self, fact: Statement, stretch: Stretch) -> bool:
        """Whether it speaks of the fact, and says nothing that the material says elsewhere as well."""
        if fact.share(stretch.said) < CONTRADICTED or len(stretch.said) == len(stretch.opposed):
            return False
        spoken = fact.plain_share(stretch.said)
        return not any(
            share >= spoken and whole.overlaps(stretch)
            for other in (*self.facts, *self._material)
            if other is not fact
            for whole, share in self._told_whole(other)
        )

    def _told_whole(self, statement: Statement) -> list[tuple[Stretch, float]]:
        """Where the answer says nearly all of the statement, and how much of it."""
        if statement not in self._wholes:
            shares = (
                (s, statement.plain_share(s.said)) for s in self._answer.stretches(statement) if not s.opposed
            )
            self._wholes[statement] = [(s, share) for s, share in shares if share >= _SAID_AS_A_WHOLE]
        return self._wholes[statement]

    def _quote(self, stretch: Stretch) -> str:
        """The learner's words, from the first that counts to the last, with the small words that lead to it."""
        text = self._answer.text
        start, end = self._answer.words[stretch.first].start, self._answer.words[stretch.last].end
        near = max(0, start - _MAX_LED_IN)
        for token, begins, ends in reversed(list(placed_words(text[near:start]))):
            is_whole = not text[max(0, near + begins - 1) : near + begins].isalnum()
            if not is_whole or not is_stopword(token) or text[near + ends : start].strip(" '’"):
                break
            start = near + begins
        return text[start:end][:MAX_QUOTE_CHARACTERS].strip()


def _worth(fact: Statement, stretch: Stretch) -> tuple[float, float, int, int]:
    """The greater the better: what it says, its being short, its coming early."""
    return (
        fact.share(stretch.said),
        fact.plain_share(stretch.said),
        stretch.first - stretch.last,
        -stretch.first,
    )
