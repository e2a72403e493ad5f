"""Decides which of an agent's questions a learner may be asked. No question is trusted: its own passage must support
it.

A question is admitted if all of these hold: its quote stands in a passage; the quote and the sentences around it
contain the words of the key; nothing there contradicts the statement that stem and key make; no other option stands
there too or says the same as the key; the stem is understandable alone and does not reveal the key; the options are
of one kind; and it asks for something new. The rules compare words, folded as in ``domain.text.lexical``, in any
script. With a grammar, they also compare who does what to whom. If the rules cannot decide, the question is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.base.ids import derived_id
from domain.documents.passage import Passage, citation_of
from domain.quizzes import kinds
from domain.quizzes.contradictions import contradiction, names_a_stranger, parse
from domain.quizzes.forms import (
    are_mixed,
    asks_for_one_of_several,
    asks_no_term,
    asks_of_a_reference,
    asks_the_same,
    differ_in_class,
    has_article_cue,
    holds_another,
    is_of_a_reference,
    points_elsewhere,
)
from domain.quizzes.options import (
    as_compared,
    differ_by_an_opposite,
    is_completed_by,
    is_given_away,
    is_held,
    is_said,
    is_same_amount,
    is_same_claim,
)
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import (
    LETTERED,
    MAX_CONCEPT_CHARACTERS,
    MAX_EXPLANATION_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_STEM_CHARACTERS,
    MIN_OPTIONS,
    NO_OPTION,
)
from domain.quizzes.reading import Draft
from domain.quizzes.refusals import Refusal
from domain.quizzes.spelling import slips_of
from domain.quizzes.statements import BLANK
from domain.quizzes.turned import parts_with
from domain.text.quotes import find_quote
from domain.text.wording import are_alike, content_words, has_markup
from ports.grammar import Grammar
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

MIN_STEM_CHARACTERS = 6
_SUPPORTED = 0.6
"""The share of the key's words that must be in the sentences of the quote."""
_CATCH_ALL = regex(
    r"\b(?:all|none|any|both|neither)\b.{0,12}\b(?:above|these|those|options|answers|following)\b"
    r"|\b(?:both|either) [a-f] (?:and|or) [a-f]\b|\btodas? las anteriores\b|\bninguna de las anteriores\b"
    r"|以上(?:都|皆|全)",
    re.IGNORECASE,
)
_NEGATIVE = regex(r"\b(?:NOT|EXCEPT)\b|\bis not\b|\bare not\b|\bno es\b|\bEXCEPTO\b|不(?:是|属于|包括)")


@dataclass(frozen=True, slots=True)
class AdmittedQuestions:
    """The admitted questions, and each refused draft with the code of the first rule that it breaks."""

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
    """Admit up to ``limit`` of the drafts, in order, as questions numbered from ``first_number``.

    ``recent`` holds the stems that the learner was asked lately, and those of the quiz so far. Without a ``grammar``,
    or in a language that it does not know, statements are compared by words alone.
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
        if draft.kind == "multiple_choice":
            reason = _unfit(draft, passage, start, end, grammar) or _untrue(draft, context, passages, grammar)
        else:
            reason = kinds.unfit(draft, passage.text[start:end], context, passages, grammar)
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
                kind=draft.kind,
                right=draft.right,
                accepted=(accepted := kinds.accepted_of(draft, passages)),
                near=slips_of(accepted[0], passage.text) if draft.kind == "cloze" else (),
                tolerance=kinds.tolerance_of(draft, context),
            )
        )
    return AdmittedQuestions(tuple(admitted), tuple(refused))


def spread_keys(questions: Sequence[Question], seed: str) -> tuple[Question, ...]:
    """The questions numbered from "1", with their options reordered so that the keys are spread evenly over the
    letters.

    The place of a key depends on ``seed`` and not on where the agent put it. True always comes before false.
    """
    spread = []
    for place, question in enumerate(questions):
        if question.kind != "multiple_choice":
            shown = _shuffled(question, f"{seed}-{place}")
            spread.append(_in_order_of(question, replace(shown, question_id=str(place + 1))))
            continue
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
        shown = replace(question, question_id=str(place + 1), options=options, correct=target)
        spread.append(_in_order_of(question, shown))
    return tuple(spread)


def _in_order_of(question: Question, shown: Question) -> Question:
    """The shown question. Its ``item_order`` is adapted to the order in which its options are shown."""
    if not question.item_order:
        return shown
    order = (question.item_order[question.options.index(option)] for option in shown.options)
    return replace(shown, item_order=tuple(order))


def _shuffled(question: Question, seed: str) -> Question:
    """The question with its options in an order that depends on ``seed``. An ordering never starts in the right order."""
    if question.kind not in LETTERED:
        return question
    order = sorted(range(len(question.options)), key=lambda at: derived_id(seed, question.options[at]))
    if question.kind == "ordering" and tuple(order) == question.right:
        order = [*order[1:], order[0]]
    right = tuple(order.index(at) for at in question.right)
    return replace(
        question,
        options=tuple(question.options[at] for at in order),
        right=right if question.kind == "ordering" else tuple(sorted(right)),
    )


def _ill_formed(draft: Draft, grammar: Grammar | None) -> Refusal | None:
    """The rule that the draft breaks, without regard to the passages; None if the draft is well formed."""
    if draft.kind != "multiple_choice":
        return _ill_written(draft) or kinds.ill_formed(draft, grammar)
    if not MIN_OPTIONS <= len(draft.options) <= MAX_OPTIONS or not 0 <= draft.correct < len(draft.options):
        return "options"
    if not MIN_STEM_CHARACTERS <= len(draft.question.strip()) <= MAX_STEM_CHARACTERS:
        return "stem"
    folded = [as_compared(option) for option in draft.options]
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
    if are_mixed(draft.question, draft.options) or differ_in_class(draft.question, draft.options, grammar):
        return "mixed_options"
    if has_article_cue(draft.question, draft.options):
        return "grammar_cue"
    if points_elsewhere(draft.question, parse(draft.question, grammar)):
        return "unreadable_stem"
    if asks_of_a_reference(draft.question) or asks_no_term(
        draft.question, draft.options[draft.correct], grammar
    ):
        return "trivial"
    return None


def _ill_written(draft: Draft) -> Refusal | None:
    if not MIN_STEM_CHARACTERS <= len(draft.question.strip()) <= MAX_STEM_CHARACTERS:
        return "stem"
    shown = (draft.question, draft.explanation, *draft.options, *draft.accepted)
    if any(map(has_markup, shown)):
        return "markup"
    if any(len(option) > MAX_OPTION_CHARACTERS for option in draft.options):
        return "options"
    return "catch_all" if any(_CATCH_ALL.search(option) for option in draft.options) else None


def _quoted(draft: Draft, passages: Sequence[Passage]) -> tuple[Passage, int, int] | None:
    """The passage with the quote, and the quote's start and end in it. The named passage comes first. None if no
    passage contains the quote outside its headings.
    """
    named = passages[draft.passage - 1 : draft.passage] if draft.passage and draft.passage > 0 else []
    key = draft.options[draft.correct] if draft.correct != NO_OPTION else "".join(draft.accepted[:1])
    quote = draft.quote or key
    for passage in (*named, *passages):
        span = _below_headings(quote, passage)
        if span is not None:
            return passage, *span
    return None


def _below_headings(quote: str, passage: Passage) -> tuple[int, int] | None:
    """The first place of the quote that is not within a heading, which names a topic and states nothing."""
    headings, begin = passage.heading_lines(), 0
    while (span := find_quote(quote, passage.text[begin:])) is not None:
        start, end = begin + span[0], begin + span[1]
        heading = next((last for first, last in headings if first <= start and end <= last), None)
        if heading is None:
            return start, end
        begin = heading
    return None


def _unfit(draft: Draft, passage: Passage, start: int, end: int, grammar: Grammar | None) -> Refusal | None:
    """The rule that is broken because the passage does not support the key, or also supports another option; else None."""
    quote, context = passage.text[start:end], _sentences_around(passage.text, start, end)
    key = draft.options[draft.correct]
    others = [option for place, option in enumerate(draft.options) if place != draft.correct]
    stem, stem_parsed = draft.question, parse(draft.question, grammar)
    if is_given_away(key, stem) and not any(is_given_away(other, stem) for other in others):
        return "key_in_stem"
    if _NEGATIVE.search(stem):
        return _unfit_negative(key, others, context, passage.text)
    if not is_held(key, context, _SUPPORTED):
        return "unsupported_key"
    if is_of_a_reference(key, context):
        return "trivial"
    for other in others:
        if is_same_claim(key, other) or is_same_amount(key, other):
            return "two_right"
        if is_said(other, key, stem, quote, parts_with(quote, context)) and not (
            asks_for_one_of_several(stem, stem_parsed)
            or differ_by_an_opposite(key, other)
            or contradiction(stem, other, context, grammar)
        ):
            return "two_right"
    if BLANK.search(stem) and any(is_completed_by(other, stem, quote) for other in others):
        return "two_right"
    return None


def _unfit_negative(key: str, others: Sequence[str], context: str, text: str) -> Refusal | None:
    """The same as ``_unfit`` for a stem that asks what is not so: the passage must support all options but the key."""
    if is_held(key, context, 1.0):
        return "unsupported_key"
    return None if all(is_held(other, text, _SUPPORTED) for other in others) else "unsupported_options"


def _untrue(
    draft: Draft, context: str, passages: Sequence[Passage], grammar: Grammar | None
) -> Refusal | None:
    """The rule by which the sentences of the quote contradict what stem and key say together; None if they do not."""
    stem, key = draft.question, draft.options[draft.correct]
    if _NEGATIVE.search(stem):
        return None
    found = contradiction(stem, key, context, grammar)
    if found is not None:
        return found
    stem_parsed = parse(stem, grammar)
    knows = stem_parsed is not None and parse(context, grammar) is not None
    return "unknown_name" if knows and names_a_stranger(stem_parsed or (), passages) else None


def _is_asked_before(draft: Draft, context: str, stem: str) -> bool:
    key = draft.options[draft.correct] if draft.kind == "multiple_choice" else "".join(draft.accepted[:1])
    return are_alike(_stem_words(draft.question), _stem_words(stem)) or asks_the_same(
        draft.question, stem, key, context
    )


def _sentences_around(text: str, start: int, end: int) -> str:
    """The whole sentences that contain ``text[start:end]``."""
    spans = [(first, last) for first, last in sentence_spans(text) if first < end and start < last]
    if not spans:
        return text[start:end]
    return text[min(start, spans[0][0]) : max(end, spans[-1][1])]


def _stem_words(stem: str) -> frozenset[str]:
    return content_words(BLANK.sub(" ", stem))
