"""Judges which facts of a rubric an answer states. The same answer always gets the same verdicts.

A fact is stated if one sentence of the answer has most of the weight of the fact's words. Words of the question weigh
next to nothing, so repeating the question states nothing. A number must be the fact's own number. If only one of the
two has a negation or an opposite, that contradicts the fact. In English, an answer in other words is judged by its
meaning (``likeness``), and may be unsure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
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
from adapters.local.agent.interviews.phrases import REMARKS, UNKNOWN, document_language
from adapters.local.agent.interviews.spoken_words import words_of
from adapters.local.agent.interviews.statement_matching import ReferenceStatement, WeightedWord, sentences_of
from adapters.local.agent.text.words import is_faint, readable
from ports.agent import Judge
from ports.grammar import Grammar
from ports.text.sentences import sentence_spans

Verdict = Literal["stated", "partly", "missing", "contradicted", "unsure"]

STATED, PARTLY = 0.6, 0.3
"""The least share of a fact's weight, 0 to 1, with which it is stated, or partly stated."""
MAX_QUOTE_CHARACTERS = 300

_ASKED_FOR_FIRST: tuple[Verdict, ...] = ("contradicted", "missing", "unsure", "partly")
_MAX_REMARKS = 3
_MAX_SHOWN = 140
"""The most characters of a quote in a remark."""
_QUESTIONS = 256
"""The result of ``_known`` is kept for this number of questions, because many learners answer the same ones."""
_ASKS_IN_ENGLISH = re.compile(r"\b(?:what|which|whose|why|how|when|where|does|did)\b", re.IGNORECASE)
_ARTICLE = re.compile(
    r"\b(?:the|an?|each|every|its|their|this|these) \Z|\A(?:the|an?|each|every) ", re.IGNORECASE
)

_BETWEEN = ("VERB", "AUX", "PUNCT", "SCONJ", "ADP")
"""The parts of speech of words between two noun phrases."""
_WITHIN = ("amod", "compound")
"""The relations of such words inside a noun phrase: *boiling water*."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    verdict: Verdict
    quote: str = ""


@lru_cache(maxsize=_QUESTIONS)
def _known(
    question: str, facts: tuple[str, ...], passage: str
) -> tuple[str, list[ReferenceStatement], frozenset[str]]:
    """The language, the facts and the numbers of the material. They are the same for every answer to the question."""
    language = document_language([passage, *facts, question])
    if language == UNKNOWN and _ASKS_IN_ENGLISH.search(question):
        language = "en"  # a short text may have none of the common English words
    asked = words_of(question, language)
    holding = Counter(term for fact in facts for term in {word.term for word in words_of(fact, language)})
    shared = frozenset(term for term, count in holding.items() if count > 1)
    statements = [ReferenceStatement(fact, language, asked=asked, shared=shared) for fact in facts]
    material = words_of(f"{passage} {question} {' '.join(facts)}", language)
    return language, statements, frozenset(word.term for word in material if word.kind == "number")


def judge_answer(task: Judge, likeness: Likeness, grammar: Grammar) -> str:
    """The reply to the task as JSON: a verdict for each fact with the learner's words for it, remarks, and a follow-up
    question.
    """
    judge = _Judge(task)
    language = judge.language
    judged = [judge.judge(fact) for fact in judge.facts]
    if language == "en":
        judged = _by_meaning_too(judge, judged, task, likeness)
    reply = {
        "facts": [
            {"number": number, "verdict": one.verdict, "quote": one.quote, "by": "likeness"}
            for number, one in enumerate(judged, start=1)
        ],
        **_remarks(judge, judged, language, grammar),
    }
    return json.dumps(reply, ensure_ascii=False)


def _by_meaning_too(
    judge: _Judge, judged: list[_Judgement], task: Judge, likeness: Likeness
) -> list[_Judgement]:
    """The verdicts by words. Facts that the words do not decide get a verdict by meaning."""
    # The facts of a rubric are about the same subject, so an answer that states one of them is somewhat similar to all.
    more = AMONG_OTHERS if len(judged) > 1 else 0.0
    said = words_of(task.answer, "en")
    return [
        _by_meaning(
            one,
            likeness.strength(task.facts, place, task.question, task.answer) - more,
            task.answer,
            may_mean_it=MAY_MEAN_IT_AMONG_OTHERS if len(judged) > 1 else MAY_MEAN_IT,
            has_numbers=judge.facts[place].has_numbers_in(said),
        )
        for place, one in enumerate(judged)
    ]


def _by_meaning(
    by_words: _Judgement, strength: float, answer: str, *, may_mean_it: float, has_numbers: bool
) -> _Judgement:
    """The better of the verdict by words and the verdict by meaning. A contradiction stays a contradiction. If the
    answer lacks the fact's numbers, the fact is at most partly stated.
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


def _remarks(judge: _Judge, judged: list[_Judgement], language: str, grammar: Grammar) -> dict[str, object]:
    """The remarks to the learner. They quote what was stated. About a missing fact they only say that something is
    missing. The follow-up of an answer that states all is asked only if the rules of judging contradict it.
    """
    phrases = REMARKS[language]
    said, denied = (
        [_shown(one.quote, judge.answer) for one in judged if one.verdict == verdict]
        for verdict in ("stated", "contradicted")
    )
    improvements = [phrases.check.format(quote=quote) for quote in denied]
    if any(one.verdict in ("missing", "unsure", "partly") for one in judged):
        is_nothing = all(one.verdict in ("missing", "unsure") for one in judged)
        improvements.append(phrases.nothing if is_nothing else phrases.more)
    # A contradicted fact is asked for first. The question quotes no part of the answer, because that could be most of
    # the fact.
    left_out = sorted(
        (place for place, one in enumerate(judged) if one.verdict != "stated"),
        key=lambda place: _ASKED_FOR_FIRST.index(judged[place].verdict),
    )
    first = left_out[0] if left_out else 0
    verdict = judged[first].verdict if left_out else "contradicted"
    return {
        "strengths": _few(phrases.said.format(quote=quote) for quote in said),
        "improvements": _few(improvements),
        "follow_up": judge.follow_up(first, verdict, grammar),
    }


def _few(remarks: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(remarks))[:_MAX_REMARKS]


def _shown(quote: str, answer: str) -> str:
    """The learner's words on one line: the whole sentences around the quote if they are short, otherwise the beginning
    of the quote.
    """
    begins = answer.find(quote)
    held = [span for span in sentence_spans(answer) if span[0] < begins + len(quote) and begins < span[1]]
    whole = readable(answer[held[0][0] : held[-1][1]]).rstrip(".") if held and begins >= 0 else ""
    text = whole if 0 < len(whole) <= _MAX_SHOWN else readable(quote)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN].rsplit(" ", 1)[0] + " …"


class _Judge:
    """Compares one answer with the facts of the rubric."""

    def __init__(self, task: Judge) -> None:
        self.language, self.facts, self._numbers = _known(task.question, task.facts, task.passage.text)
        self.answer = task.answer
        self._sentences = sentences_of(task.answer, self.language, self.facts)
        self._question = task.question

    def judge(self, fact: ReferenceStatement) -> _Judgement:
        """The verdict of the sentence that has most of the fact. If that sentence denies the fact, it is at most partly
        stated. A single word states nothing.
        """
        matches = [one for said in self._sentences if (one := fact.match_of(said, self._numbers))]
        best = max(matches, key=lambda one: (one.share, not one.is_denied, one.start - one.end), default=None)
        if best is None or best.share < (PARTLY if best.words > 1 else STATED):
            return _Judgement("missing")
        is_full = best.share >= STATED
        is_said = any(one.share >= STATED and not one.is_denied for one in matches)
        if best.is_denied:
            verdict: Verdict = "partly" if is_said else "contradicted" if is_full else "missing"
        else:
            verdict = "stated" if is_full and best.has_numbers else "partly"
        quote = self.answer[best.start : best.end][:MAX_QUOTE_CHARACTERS].strip()
        return _Judgement(verdict, quote if verdict != "missing" else "")

    def follow_up(self, place: int, verdict: Verdict, grammar: Grammar) -> str:
        """A question about the fact. It names the longest run of the fact's words that the first question has too, and
        that has no verb, comma or preposition but *of* in it.
        """
        fact = self.facts[place]
        phrases = REMARKS[self.language]
        parsed = grammar.parse(fact.text, with_names=False) or ()
        words = [word for one in parsed for word in one.words if word.text != "of"]
        ends = {word.start for word in words if word.part in _BETWEEN and word.relation not in _WITHIN}
        runs: list[list[WeightedWord]] = [[]]
        for term in fact.terms:
            if runs[-1] and any(runs[-1][-1].word.end <= end < term.word.start for end in ends):
                runs.append([])
            if term.is_asked and not is_faint(term.word.term) and term.word.start not in ends:
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
        if start == 0 and not subject[1:2].isupper():
            at = self._question.casefold().find(subject.casefold())
            # Inside a sentence, the subject is written as in the question or, if it is not there, with a lower-case
            # article.
            subject = (
                self._question[at : at + len(subject)]
                if at >= 0
                else _ARTICLE.sub(lambda article: article[0].lower(), subject)
            )
        if verdict == "contradicted":
            return phrases.reconsider.format(subject=subject)
        return phrases.more_of.format(subject=subject)
