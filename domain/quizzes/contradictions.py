"""What the statement that a question makes says otherwise than the sentences that it quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.documents.passage import Passage
from domain.quizzes.options import NEGATION
from domain.quizzes.refusals import Refusal
from domain.quizzes.roles import is_elsewhere, is_in_another_part, is_of_another_thing
from domain.quizzes.statements import statement
from domain.text.claims import Fault, conflicts
from domain.text.lexical import tokens
from domain.text.wording import content_words
from ports.grammar import Grammar, ParsedSentence
from ports.text.sentences import sentence_spans

_A_FEW = 3
"""The words that an option has at most, if it states nothing by itself."""
_CONTRADICTIONS: dict[Fault, Refusal] = {
    "quantity": "contradicts_quantity",
    "denial": "contradicts_denial",
    "opposite": "contradicts_opposite",
    "roles": "contradicts_roles",
}
"""Another term in the same place is no refusal: it may be another name of the same thing."""


def contradiction(stem: str, option: str, context: str, grammar: Grammar | None) -> Refusal | None:
    """What the statement that stem and option make says otherwise than the context, by the first rule that finds it."""
    if _denies_a_run(option, context):
        return "contradicts_denial"
    stem_parsed, option_parsed, source = (parse(text, grammar) for text in (stem, option, context))
    if stem_parsed is None or source is None:
        found = conflicts(statement(stem, option), context)
        if len(tokens(option)) > _A_FEW:
            found += conflicts(option, context)
        if set(tokens(stem)) & NEGATION:
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
        said = f"{said[:1].upper()}{said[1:]}."
        found = conflicts(said, context, parse(said, grammar) or (), source)
    for one in found:
        if one.fault in _CONTRADICTIONS:
            return _CONTRADICTIONS[one.fault]
    if _turns_a_comparison(option if _sides(option) else f"{stem} {option}", context):
        return "contradicts_roles"
    if is_of_another_thing(stem, option, context, stem_parsed, source):
        return "contradicts_roles"
    if is_in_another_part(stem, option, context, source):
        return "contradicts_roles"
    if stem_parsed and source and is_elsewhere(stem_parsed, option, source):
        return "contradicts_roles"
    return None


def _turns_a_comparison(said: str, context: str) -> bool:
    """Whether the words compare what the context compares, the other way round: B is larger than A.

    The sides are told apart by the words that only one of them has, so that both may be of one kind: the left
    ventricle, the right ventricle.
    """
    told = _sides(said)
    if told is None:
        return False
    for start, end in sentence_spans(context):
        known = _sides(context[start:end])
        if known is None:
            continue
        (left, right), (first, second) = told, known
        turned = right - left <= first - second and second - first <= left - right
        if turned and right - left and second - first and len((left | right) ^ (first | second)) <= 1:
            return True
    return False


def _sides(sentence: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The content words on each side of the sentence's one *than*; None if it has none, or several."""
    sides = re.split(r"\bthan\b", sentence, flags=re.IGNORECASE)
    if len(sides) != 2 or not all(side.strip() for side in sides):
        return None
    return content_words(sides[0]), content_words(sides[1])


def names_a_stranger(stem: Sequence[ParsedSentence], passages: Sequence[Passage]) -> bool:
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
                set(held[max(0, place - 4) : place]) & NEGATION for place in places
            )
    return False


def parse(text: str, grammar: Grammar | None) -> Sequence[ParsedSentence] | None:
    """The sentences of the text; None without a grammar, or in a language that it does not know."""
    return None if grammar is None else grammar.parse(text)
