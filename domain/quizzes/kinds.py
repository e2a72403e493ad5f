"""The rules of admission for the kinds of questions other than multiple choice.

As for multiple choice, the quote must stand in a passage, and the sentences of the quote must support the key and not
contradict it. A false statement must be contradicted there, by a rule of ``domain.text.claims``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.documents.passage import Passage
from domain.quizzes.contradictions import contradiction, names_a_stranger, parse
from domain.quizzes.credits import amounts
from domain.quizzes.forms import are_mixed, asks_no_term, holds_another, is_of_a_reference, points_elsewhere
from domain.quizzes.options import (
    as_compared,
    is_given_away,
    is_held,
    is_said,
    is_same_amount,
    is_same_claim,
    stands_in,
)
from domain.quizzes.quiz_words import LETTERED, MAX_OPTIONS
from domain.quizzes.reading import Draft
from domain.quizzes.refusals import Refusal
from domain.quizzes.spelling import is_spelled_as
from domain.quizzes.statements import BLANK
from domain.text.lexical import tokens
from domain.text.wording import content_words
from ports.grammar import Grammar
from ports.text.quantities import same_quantity
from ports.text.regexes import regex

_MIN_ORDERED, _MIN_SEVERAL = 3, 4
_MAX_FACTS = 3
_MAX_TERM_WORDS, _MAX_TERM_CHARACTERS, _MAX_FACT_CHARACTERS = 5, 60, 300
_SUPPORTED, _STATED = 0.6, 0.8
"""The shares of words that must be in the sentences of the quote: of an answer, and of a whole statement."""
_OPENS_WITH_A_PRONOUN = regex(r"^\W*(?:it|this|that|they|he|she|these|those|such|its|their|his|her)\b", re.I)
_THESE = regex(r"\bthese\b", re.IGNORECASE)
"""In a question that lists options, *these* means the options."""
_IN_ORDER = regex(
    r"\b(?:first|second|third|then|next|finally|lastly|subsequently|eventually|followed by|followed in turn)\b|→",
    re.I,
)
_OUT_OF_ORDER = regex(r"\b(?:after|before|until|once|preceded by|prior to|earlier|previously)\b", re.I)
_NEARLY = regex(
    r"\b(?:about|around|roughly|nearly|almost|approx\w*|some|over|more than)\s+\S*$|[~≈]\s*$", re.I
)
_NEAR, _MEASURED = 0.05, 0.01


def ill_formed(draft: Draft, grammar: Grammar | None) -> Refusal | None:
    """The rule that the draft breaks without regard to the passages; None if it is well formed."""
    shown = _THESE.sub("the", draft.question) if draft.kind in LETTERED else draft.question
    if points_elsewhere(shown, parse(shown, grammar)):
        return "unreadable_stem"
    match draft.kind:
        case "true_false":
            if len(draft.options) != 2 or draft.correct not in (0, 1):
                return "options"
            return "unreadable_stem" if _OPENS_WITH_A_PRONOUN.match(draft.question) else None
        case "multiple_answer" | "ordering":
            return _ill_formed_list(draft)
        case "cloze":
            return _ill_formed_cloze(draft, grammar)
        case "numeric":
            return None if len(draft.accepted) == 1 and len(amounts(draft.accepted[0])) == 1 else "answers"
        case _:
            is_fit = 1 <= len(draft.accepted) <= _MAX_FACTS
            fit = is_fit and all(0 < len(fact) <= _MAX_FACT_CHARACTERS for fact in draft.accepted)
            return None if fit else "answers"


def _ill_formed_list(draft: Draft) -> Refusal | None:
    count, right = len(draft.options), set(draft.right)
    least = _MIN_ORDERED if draft.kind == "ordering" else _MIN_SEVERAL
    if not least <= count <= MAX_OPTIONS or not right <= set(range(count)) or len(right) < len(draft.right):
        return "options"
    if draft.kind == "ordering" and len(right) != count:
        return "answers"
    if draft.kind == "multiple_answer" and not 2 <= len(right) < count:
        return "answers"
    compared = {as_compared(option) for option in draft.options}
    if "" in compared:
        return "options"
    if len(compared) < count:
        return "same_options"
    if holds_another(draft.options):
        return "option_in_option"
    return "mixed_options" if are_mixed(draft.question, draft.options) else None


def _ill_formed_cloze(draft: Draft, grammar: Grammar | None) -> Refusal | None:
    if len(BLANK.findall(draft.question)) != 1 or not draft.accepted:
        return "answers"
    if not all(0 < len(term.split()) <= _MAX_TERM_WORDS for term in draft.accepted):
        return "answers"
    if max(map(len, draft.accepted)) > _MAX_TERM_CHARACTERS or not tokens(draft.accepted[0]):
        return "answers"
    return "trivial" if asks_no_term(draft.question, draft.accepted[0], grammar) else None


def unfit(
    draft: Draft, quote: str, context: str, passages: Sequence[Passage], grammar: Grammar | None
) -> Refusal | None:
    """The rule that is broken because ``context``, the sentences of the quote, does not support the key; else None."""
    match draft.kind:
        case "true_false":
            found = _unfit_statement(draft, context, grammar)
        case "multiple_answer":
            found = _unfit_options(draft, quote, context, grammar)
        case "ordering":
            found = _unfit_order(draft, context)
        case "cloze":
            found = _unfit_term(draft, context, grammar)
        case "numeric":
            found = _unfit_number(draft, context, grammar)
        case _:
            found = _unfit_facts(draft, context, grammar)
    if found is not None:
        return found
    stem = parse(draft.question, grammar)
    return "unknown_name" if stem and names_a_stranger(stem, passages) else None


def _unfit_statement(draft: Draft, context: str, grammar: Grammar | None) -> Refusal | None:
    found = contradiction("", draft.question, context, grammar)
    if draft.correct == 1:
        is_about = is_held(_without_numbers(draft.question), context, _SUPPORTED)
        return None if found is not None and is_about else "unsupported_key"
    return found if found or is_held(draft.question, context, _STATED) else "unsupported_key"


def _without_numbers(text: str) -> str:
    return " ".join(word for word in text.split() if not any(map(str.isdigit, word)))


def _unfit_options(draft: Draft, quote: str, context: str, grammar: Grammar | None) -> Refusal | None:
    stem = draft.question
    right = [draft.options[place] for place in draft.right]
    wrong = [option for place, option in enumerate(draft.options) if place not in draft.right]
    if any(is_given_away(option, stem) for option in right):
        return "key_in_stem"
    for option in right:
        if not is_held(option, context, _SUPPORTED):
            return "unsupported_key"
        found = contradiction(stem, option, context, grammar)
        if found is not None:
            return found
    for option in wrong:
        if any(is_same_claim(key, option) or is_same_amount(key, option) for key in right):
            return "two_right"
        is_right_too = is_said(option, "", stem, quote, context)
        if is_right_too and not contradiction(stem, option, context, grammar):
            return "two_right"
    return "trivial" if all(is_of_a_reference(option, context) for option in right) else None


def _unfit_order(draft: Draft, context: str) -> Refusal | None:
    if not all(is_held(option, context, _SUPPORTED) for option in draft.options):
        return "unsupported_key"
    if not _IN_ORDER.search(context) or _OUT_OF_ORDER.search(context):
        return "order"
    places = [_place_of(draft.options[place], context) for place in draft.right]
    return None if places == sorted(set(places)) else "order"


def _place_of(option: str, context: str) -> float:
    """The position of the option in the context, in words: where all of it is, or the mean position of its words."""
    held, wanted = tokens(context), content_words(option)
    places = [at for at, token in enumerate(held) if token in wanted]
    run = tokens(option)
    whole = [at for at in range(len(held)) if held[at : at + len(run)] == run]
    if whole:
        return float(whole[0])
    return sum(places) / len(places) if places else -1.0


def _unfit_term(draft: Draft, context: str, grammar: Grammar | None) -> Refusal | None:
    term = draft.accepted[0]
    if is_given_away(term, draft.question):
        return "key_in_stem"
    if not stands_in(term, context):
        return "unsupported_key"
    if is_of_a_reference(term, context):
        return "trivial"
    said = BLANK.sub(lambda _: term, draft.question, count=1)
    found = contradiction("", said, context, grammar)
    return found if found or is_held(said, context, _STATED) else "unsupported_key"


def _unfit_number(draft: Draft, context: str, grammar: Grammar | None) -> Refusal | None:
    (wanted,) = amounts(draft.accepted[0])
    if any(same_quantity(wanted, one) for one in amounts(draft.question)):
        return "key_in_stem"
    if not any(same_quantity(wanted, one) for one in amounts(context)):
        return "unsupported_key"
    if is_of_a_reference(draft.accepted[0], context):
        return "trivial"
    return contradiction(draft.question, draft.accepted[0], context, grammar)


def _unfit_facts(draft: Draft, context: str, grammar: Grammar | None) -> Refusal | None:
    for fact in draft.accepted:
        if is_given_away(fact, draft.question):
            return "key_in_stem"
        found = contradiction("", fact, context, grammar)
        if found is not None:
            return found
        if not is_held(fact, context, _SUPPORTED):
            return "unsupported_key"
    return None


def accepted_of(draft: Draft, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The answers that the question accepts. A variant of a cloze's term must be in the material, or be the term's
    initials or another spelling of it.
    """
    if draft.kind != "cloze":
        return draft.accepted
    term, *variants = draft.accepted
    kept = [
        one
        for one in variants
        if is_spelled_as(one, term)
        or _initials(term) == one.casefold()
        or _is_named_with(one, term, passages)
    ]
    return tuple(dict.fromkeys((term, *kept)))


def _initials(term: str) -> str:
    return "".join(word[0] for word in term.casefold().replace("-", " ").split())


def _is_named_with(variant: str, term: str, passages: Sequence[Passage]) -> bool:
    """Whether a passage gives both as names of the same thing: "term (variant)", or "variant, also called term"."""
    one, two = re.escape(term), re.escape(variant)
    joined = r"\s*(?:\(|,?\s*(?:or|also (?:called|known as)|known as|called|abbreviated)\s+)(?:the |an? )?"
    pattern = re.compile(rf"\b{one}{joined}{two}\b|\b{two}{joined}{one}\b", re.IGNORECASE)
    return any(pattern.search(passage.text) for passage in passages)


def tolerance_of(draft: Draft, context: str) -> float:
    """The allowed deviation of a numeric answer, as a share: 0.05 if the text says *about*, 0 for a count, else 0.01."""
    if draft.kind != "numeric":
        return 0.0
    (wanted,) = amounts(draft.accepted[0])
    for one in amounts(context):
        if same_quantity(one, wanted) and _NEARLY.search(context[: one.start]):
            return _NEAR
    return _MEASURED if wanted.dimension or wanted.value != int(wanted.value) else 0.0
