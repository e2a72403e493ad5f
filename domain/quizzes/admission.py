"""Which of an agent's questions a learner may be asked: none is trusted, each must stand by its own passage.

A question is admitted if its quote stands in a passage, the quote and its sentences hold the words of the
key, the statement that stem and key make contradicts them in nothing, no other option is held there as well or
says the same as the key, the stem can be understood by itself and does not give the key away, the options are of
one kind, and it asks for something new. The rules compare words, folded as in ``domain.text.lexical``, in any
script; with a grammar, also who does what to whom. What the words cannot tell, they refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.base.ids import derived_id
from domain.documents.passage import Passage, citation_of
from domain.quizzes.forms import (
    are_mixed,
    asks_no_term,
    asks_the_same,
    differ_in_class,
    has_article_cue,
    holds_another,
    is_of_a_reference,
    points_elsewhere,
)
from domain.quizzes.quiz import MAX_OPTIONS, MIN_OPTIONS, Question
from domain.quizzes.reading import Draft
from domain.quizzes.refusals import Refusal
from domain.quizzes.roles import is_elsewhere, is_of_another_thing
from domain.quizzes.statements import BLANK, statement
from domain.text.claims import Fault, conflicts
from domain.text.lexical import tokens
from domain.text.opposites import are_opposite, folded
from domain.text.quantities import quantities, same_quantity
from domain.text.quotes import find_quote
from domain.text.wording import are_alike, content_words, has_markup
from ports.grammar import Grammar, ParsedSentence
from ports.text.sentences import sentence_spans

MIN_STEM_CHARACTERS = 6
MAX_STEM_CHARACTERS = 600
MAX_OPTION_CHARACTERS = 300
MAX_EXPLANATION_CHARACTERS = 1500
MAX_CONCEPT_CHARACTERS = 80
_SUPPORTED = 0.6
"""The share of the key's words that must stand where the quote stands."""
_A_FEW = 3
"""The words that an option has at most, if it states nothing by itself."""
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
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


_CONTRADICTIONS: dict[Fault, Refusal] = {
    "quantity": "contradicts_quantity",
    "denial": "contradicts_denial",
    "opposite": "contradicts_opposite",
    "roles": "contradicts_roles",
}
"""Another term in the same place is no refusal: it may be another name of the same thing."""


@dataclass(frozen=True, slots=True)
class AdmittedQuestions:
    """``refused`` are drafts with the code of the first rule that they break."""

    admitted: tuple[Question, ...]
    refused: tuple[tuple[Draft, Refusal], ...]


def admit(
    drafts: Sequence[Draft],
    passages: Sequence[Passage],
    *,
    recent: Sequence[str],
    limit: int,
    first_number: int = 1,
    grammar: Grammar | None = None,
) -> AdmittedQuestions:
    """Up to ``limit`` of the drafts, in order, as questions numbered from ``first_number``.

    ``recent`` are the stems that the learner was asked lately, and those of the quiz so far. Without a
    ``grammar``, or in a language that it does not know, statements are compared by bare words.
    """
    admitted: list[Question] = []
    refused: list[tuple[Draft, Refusal]] = []
    asked = list(recent)
    for draft in drafts:
        if len(admitted) == limit:
            break
        draft = replace(draft, options=tuple(" ".join(option.split()) for option in draft.options))
        reason = _ill_formed(draft, grammar)
        place = None if reason else _quoted(draft, passages)
        if place is None:
            refused.append((draft, reason or "unsupported_quote"))
            continue
        passage, start, end = place
        context = _sentences_around(passage.text, start, end)
        reason = _unfit(draft, passage, start, end, grammar) or _untrue(draft, context, passages, grammar)
        if reason is None and any(_is_asked_before(draft, context, stem) for stem in asked):
            reason = "duplicate"
        if reason is not None:
            refused.append((draft, reason))
            continue
        asked.append(draft.question)
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


def _ill_formed(draft: Draft, grammar: Grammar | None) -> Refusal | None:
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
    if holds_another(draft.options):
        return "option_in_option"
    if are_mixed(draft.options) or differ_in_class(draft.question, draft.options, grammar):
        return "mixed_options"
    if has_article_cue(draft.question, draft.options):
        return "grammar_cue"
    if points_elsewhere(draft.question, _parsed(draft.question, grammar)):
        return "unreadable_stem"
    if asks_no_term(draft.question, draft.options[draft.correct], grammar):
        return "trivial"
    return None


def _quoted(draft: Draft, passages: Sequence[Passage]) -> tuple[Passage, int, int] | None:
    """The passage and place of the quote: in the passage that is named, or in another; None if in none."""
    named = passages[draft.passage - 1 : draft.passage] if draft.passage and draft.passage > 0 else []
    quote = draft.quote or draft.options[draft.correct]
    for passage in (*named, *passages):
        span = find_quote(quote, passage.text)
        if span is not None:
            return passage, *span
    return None


def _unfit(draft: Draft, passage: Passage, start: int, end: int, grammar: Grammar | None) -> Refusal | None:
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
    if is_of_a_reference(key, context):
        return "trivial"
    for other in others:
        if _same_claim(key, other) or _same_amount(key, other):
            return "two_right"
        if _is_said(other, key, stem, quote, context) and not (
            _differ_by_an_opposite(key, other) or _contradiction(stem, other, context, grammar)
        ):
            return "two_right"
    if BLANK.search(stem) and any(_completes(other, stem, quote) for other in others):
        return "two_right"
    return None


def _unfit_negative(key: str, others: Sequence[str], context: str, text: str) -> Refusal | None:
    """As ``_unfit`` where the stem asks for what is not so: the others are held, the key is not."""
    if _held(key, context, 1.0):
        return "unsupported_key"
    return None if all(_held(other, text, _SUPPORTED) for other in others) else "unsupported_options"


def _untrue(
    draft: Draft, context: str, passages: Sequence[Passage], grammar: Grammar | None
) -> Refusal | None:
    """How the statement that stem and key make contradicts the sentences of the quote."""
    stem, key = draft.question, draft.options[draft.correct]
    if _NEGATIVE.search(stem):
        return None
    found = _contradiction(stem, key, context, grammar)
    if found is not None:
        return found
    stem_parsed = _parsed(stem, grammar)
    knows = stem_parsed is not None and _parsed(context, grammar) is not None
    return "unknown_name" if knows and _names_a_stranger(stem_parsed or (), passages) else None


def _contradiction(stem: str, option: str, context: str, grammar: Grammar | None) -> Refusal | None:
    """What the statement that stem and option make says otherwise than the context, by the first rule that finds it."""
    if _denies_a_run(option, context):
        return "contradicts_denial"
    stem_parsed, option_parsed, source = (_parsed(text, grammar) for text in (stem, option, context))
    if stem_parsed is None or source is None:
        found = conflicts(statement(stem, option), context)
        if len(tokens(option)) > _A_FEW:
            found += conflicts(option, context)
        if set(tokens(stem)) & _NEGATION:
            found = [one for one in found if one.fault != "denial"]
    else:
        verbs = frozenset(
            form
            for one in source
            for word in one.words
            if word.part == "VERB"
            for form in (word.lemma, word.text)
        )
        said = statement(stem, option, stem_parsed, option_parsed, verbs)
        found = conflicts(said, context, _parsed(said, grammar) or (), source)
    for one in found:
        if one.fault in _CONTRADICTIONS:
            return _CONTRADICTIONS[one.fault]
    if is_of_another_thing(stem, option, context, stem_parsed, source):
        return "contradicts_roles"
    if stem_parsed and source and is_elsewhere(stem_parsed, option, source):
        return "contradicts_roles"
    return None


def _names_a_stranger(stem: Sequence[ParsedSentence], passages: Sequence[Passage]) -> bool:
    """Whether the stem names somebody or something that no passage speaks of."""
    known = {word for passage in passages for word in tokens(passage.text)}
    return any(
        word.part == "PROPN" and word.text[:1].isupper() and at and not set(tokens(word.text)) & known
        for sentence in stem
        for at, word in enumerate(sentence.words)
        if len(word.text) > 3 and tokens(word.text)
    )


def _denies_a_run(key: str, context: str) -> bool:
    """Whether the key denies words that stand in the context, one after the other, undenied; or the reverse."""
    wanted, held = tokens(key), tokens(context)
    for at, word in enumerate(wanted):
        run = wanted[at + 1 :]
        if word in ("not", "never") and len(run) >= 2 and len(content_words(" ".join(run))) >= 2:
            places = [
                place for place in range(len(held) - len(run) + 1) if held[place : place + len(run)] == run
            ]
            return bool(places) and not any(
                set(held[max(0, place - 4) : place]) & _NEGATION for place in places
            )
    return False


def _parsed(text: str, grammar: Grammar | None) -> Sequence[ParsedSentence] | None:
    return None if grammar is None else grammar.parse(text)


def _is_asked_before(draft: Draft, context: str, stem: str) -> bool:
    return are_alike(_stem_words(draft.question), _stem_words(stem)) or asks_the_same(
        draft.question, stem, draft.options[draft.correct], context
    )


def _same_amount(key: str, other: str) -> bool:
    """Whether both are one quantity, in other units or words, or as nearly as *about* allows."""
    one, two = quantities(key), quantities(other)
    if len(one) != 1 or len(two) != 1:
        return False
    rounded = any(
        re.search(r"\b(?:about|around|roughly|nearly|almost|approx\w*)\b", text) for text in (key, other)
    )
    return same_quantity(one[0], two[0], tolerance=0.06 if rounded else 0.005 if one[0].dimension else 0.0)


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
    held |= {folded(word) for word in held}
    wanted = frozenset(folded(word) if word not in held else word for word in wanted)
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


def _is_said(other: str, key: str, stem: str, quote: str, context: str) -> bool:
    """Whether the quote says the other's words, or its sentences have them all, and they are not the stem's or key's."""
    if _stands_in(other, stem) or _within(other, key):
        return False
    if _stands_in(other, quote):
        return True
    words = content_words(other)
    return (
        len(words) > 1
        and words <= set(tokens(context))
        and bool(words - content_words(stem) - content_words(key))
    )


def _differ_by_an_opposite(key: str, other: str) -> bool:
    """Whether one says the opposite of the other: stronger memories, weaker memories."""
    one, two = ({folded(word) for word in text.lower().split()} for text in (key, other))
    return any(are_opposite(a, b) for a in one - two for b in two - one)


def _within(other: str, key: str) -> bool:
    """Whether the other is only a part of the key, and so stands wherever the key does."""
    return _stands_in(other, key)


def _completes(option: str, stem: str, quote: str) -> bool:
    """Whether the stem with its blank filled by the option is what the quote says."""
    before, _, after = BLANK.sub("\0", stem).partition("\0")
    left, right = tokens(before)[-2:], tokens(after)[:2]
    filled, held = [*left, *tokens(option), *right], tokens(quote)
    return any(held[at : at + len(filled)] == filled for at in range(len(held) - len(filled) + 1))


def _stem_words(stem: str) -> frozenset[str]:
    return content_words(BLANK.sub(" ", stem))
