"""Which of an agent's questions a learner may be asked: none is trusted, each must stand by its own passage.

A question is admitted if its quote stands in a passage, the quote and its sentences hold the words of the
key, no other option is held there as well or says the same as the key, the stem does not give the key away,
and it asks for something new. The rules compare words, folded as in ``domain.text.lexical``, in any script;
what they cannot tell, they refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.agents.grounding import find_quote
from domain.base.ids import derived_id
from domain.documents.passage import Passage, citation_of
from domain.quizzes.quiz import MAX_OPTIONS, MIN_OPTIONS, Question
from domain.quizzes.reading import Draft
from domain.text.lexical import tokens
from domain.text.sentences import sentence_spans
from domain.text.wording import are_alike, content_words, has_markup

MIN_STEM_CHARACTERS = 6
MAX_STEM_CHARACTERS = 600
MAX_OPTION_CHARACTERS = 300
MAX_EXPLANATION_CHARACTERS = 1500
MAX_CONCEPT_CHARACTERS = 80
_SUPPORTED = 0.6
"""The share of the key's words that must stand where the quote stands."""
_CATCH_ALL = re.compile(
    r"\b(?:all|none|any|both|neither)\b.{0,12}\b(?:above|these|those|options|answers|following)\b"
    r"|\b(?:both|either) [a-f] (?:and|or) [a-f]\b|\btodas? las anteriores\b|\bninguna de las anteriores\b"
    r"|以上(?:都|皆|全)",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(?:NOT|EXCEPT)\b|\bis not\b|\bare not\b|\bno es\b|\bEXCEPTO\b|不(?:是|属于|包括)")
_NEGATION = frozenset(
    tokens("not no never without non cannot neither nor unlike opposite no sin nunca 不 没")
)
_BLANK = re.compile(r"_{2,}|\.{4,}|…{2,}|＿+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class AdmittedQuestions:
    """``refused`` are drafts with the code of the first rule that they break."""

    admitted: tuple[Question, ...]
    refused: tuple[tuple[Draft, str], ...]


def admit(
    drafts: Sequence[Draft],
    passages: Sequence[Passage],
    *,
    recent: Sequence[str],
    limit: int,
    first_number: int = 1,
) -> AdmittedQuestions:
    """Up to ``limit`` of the drafts, in order, as questions numbered from ``first_number``.

    ``recent`` are the stems that the learner was asked lately, and those of the quiz so far.
    """
    admitted: list[Question] = []
    refused: list[tuple[Draft, str]] = []
    asked = [_stem_words(stem) for stem in recent]
    for draft in drafts:
        if len(admitted) == limit:
            break
        draft = replace(draft, options=tuple(" ".join(option.split()) for option in draft.options))
        found = _ill_formed(draft) or _quoted(draft, passages)
        if isinstance(found, str):
            refused.append((draft, found))
            continue
        passage, start, end = found
        words = _stem_words(draft.question)
        reason = _unfit(draft, passage, start, end)
        if reason is None and any(are_alike(words, other) for other in asked):
            reason = "duplicate"
        if reason is not None:
            refused.append((draft, reason))
            continue
        asked.append(words)
        admitted.append(
            Question(
                question_id=str(first_number + len(admitted)),
                question=" ".join(draft.question.split()),
                options=draft.options,
                correct=draft.correct,
                explanation=draft.explanation[:MAX_EXPLANATION_CHARACTERS],
                citation=citation_of(passage, start, end),
                concept=" ".join(draft.concept.split())[:MAX_CONCEPT_CHARACTERS],
            )
        )
    return AdmittedQuestions(tuple(admitted), tuple(refused))


def spread_keys(questions: Sequence[Question], seed: str) -> tuple[Question, ...]:
    """The questions numbered from "1", their options reordered so that the keys lie evenly over the letters.

    Where a key lies follows from ``seed`` and cannot be told from where the agent put it.
    """
    spread = []
    for place, question in enumerate(questions):
        count = len(question.options)
        block, within = divmod(place, count)
        order = [at for _, at in sorted((derived_id(seed, str(block), str(at)), at) for at in range(count))]
        target = order[within]
        key = question.options[question.correct]
        others = sorted(
            (derived_id(seed, str(place), option), option) for option in question.options if option != key
        )
        wrong = [option for _, option in others]
        options = (*wrong[:target], key, *wrong[target:])
        spread.append(replace(question, question_id=str(place + 1), options=options, correct=target))
    return tuple(spread)


def _ill_formed(draft: Draft) -> str | None:
    """Why the draft is no multiple-choice question, whatever the material says."""
    if not MIN_OPTIONS <= len(draft.options) <= MAX_OPTIONS or not 0 <= draft.correct < len(draft.options):
        return "options"
    if not MIN_STEM_CHARACTERS <= len(draft.question.strip()) <= MAX_STEM_CHARACTERS:
        return "stem"
    folded = [_fold(option) for option in draft.options]
    if not all(folded) or max(map(len, draft.options)) > MAX_OPTION_CHARACTERS:
        return "options"
    if len(set(folded)) < len(folded):
        return "same_options"
    if any(has_markup(text) for text in (draft.question, draft.explanation, *draft.options)):
        return "markup"
    if any(_CATCH_ALL.search(option) for option in draft.options):
        return "catch_all"
    return None


def _quoted(draft: Draft, passages: Sequence[Passage]) -> tuple[Passage, int, int] | str:
    """The passage and place of the quote: in the passage that is named, or in another."""
    named = passages[draft.passage - 1 : draft.passage] if draft.passage and draft.passage > 0 else []
    quote = draft.quote or draft.options[draft.correct]
    for passage in (*named, *passages):
        span = find_quote(quote, passage.text)
        if span is not None:
            return passage, *span
    return "unsupported_quote"


def _unfit(draft: Draft, passage: Passage, start: int, end: int) -> str | None:
    """Why the passage does not make the key, and it alone, right."""
    quote, context = passage.text[start:end], _sentences_around(passage.text, start, end)
    key = draft.options[draft.correct]
    others = [option for place, option in enumerate(draft.options) if place != draft.correct]
    stem = draft.question
    if _given_away(key, stem) and not all(_given_away(other, stem) for other in others):
        return "key_in_stem"
    if _NEGATIVE.search(stem):
        return _unfit_negative(key, others, context, passage.text)
    if not _held(key, context, _SUPPORTED):
        return "unsupported_key"
    for other in others:
        if _same_claim(key, other):
            return "two_right"
        if _stands_in(other, quote) and not _stands_in(other, stem) and not _within(other, key):
            return "two_right"
    if _BLANK.search(stem) and any(_completes(other, stem, quote) for other in others):
        return "two_right"
    return None


def _unfit_negative(key: str, others: Sequence[str], context: str, text: str) -> str | None:
    """As ``_unfit`` where the stem asks for what is not so: the others are held, the key is not."""
    if _held(key, context, 1.0):
        return "unsupported_key"
    return None if all(_held(other, text, _SUPPORTED) for other in others) else "unsupported_options"


def _sentences_around(text: str, start: int, end: int) -> str:
    """The whole sentences in which ``text[start:end]`` stands."""
    spans = [(first, last) for first, last in sentence_spans(text) if first < end and start < last]
    if not spans:
        return text[start:end]
    return text[min(start, spans[0][0]) : max(end, spans[-1][1])]


def _fold(text: str) -> str:
    """The text but for case, punctuation around it, articles and white space; a sign before a number stays."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = re.sub(r"^(?:the|an?|el|la|los|las|le|les|der|die|das) ", "", plain)
    bare = _EDGES.sub("", plain)
    if not bare or plain[0] in "-+−±" or plain[-1] in "%°":
        return plain
    return bare


def _held(option: str, context: str, share: float) -> bool:
    """Whether the context has that share of the option's words, and every one of its numbers."""
    if _stands_in(option, context):
        return True
    wanted, held = content_words(option), set(tokens(context))
    if not wanted or any(any(map(str.isdigit, word)) and word not in held for word in wanted):
        return False
    if (wanted | set(tokens(option))) & _NEGATION - held:
        return False
    return len(wanted & held) / len(wanted) >= share


def _stands_in(option: str, text: str) -> bool:
    """Whether the option's words stand in the text one after the other."""
    wanted, held = tokens(option), tokens(text)
    if not wanted:
        return _fold(option) in " ".join(text.casefold().split())
    return any(held[at : at + len(wanted)] == wanted for at in range(len(held) - len(wanted) + 1))


def _given_away(option: str, stem: str) -> bool:
    return _stands_in(option, stem) or (
        len(content_words(option)) > 1 and content_words(option) <= content_words(stem)
    )


def _same_claim(key: str, other: str) -> bool:
    """Whether the other says what the key says in other words: the same words, or all of it and more."""
    one, two = set(tokens(key)), set(tokens(other))
    if (one ^ two) & _NEGATION or _fold(key) == _fold(other):
        return _fold(key) == _fold(other)
    if _stands_in(key, other):
        return True
    if tokens(key) != tokens(other) and sorted(tokens(key)) == sorted(tokens(other)):
        return not _order_matters(key)
    one_content, two_content = content_words(key), content_words(other)
    return len(one_content) > 1 and one_content <= two_content


def _order_matters(text: str) -> bool:
    """Whether the words could mean something else in another order, as in "from A to B"."""
    return bool(
        re.search(r"\b(?:to|before|after|than|by|over|into|per|minus|divided)\b", text, re.IGNORECASE)
    )


def _within(other: str, key: str) -> bool:
    """Whether the other is only a part of the key, and so stands wherever the key does."""
    return _stands_in(other, key)


def _completes(option: str, stem: str, quote: str) -> bool:
    """Whether the stem with its blank filled by the option is what the quote says."""
    before, _, after = _BLANK.sub("\0", stem).partition("\0")
    left, right = tokens(before)[-2:], tokens(after)[:2]
    filled, held = [*left, *tokens(option), *right], tokens(quote)
    return any(held[at : at + len(filled)] == filled for at in range(len(held) - len(filled) + 1))


def _stem_words(stem: str) -> frozenset[str]:
    return content_words(_BLANK.sub(" ", stem))
