"""Finds contradictions between the statement that a question makes and the sentences that the question quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.documents.passage import Passage
from domain.quizzes.options import are_denied_after, is_negative
from domain.quizzes.refusals import Refusal
from domain.quizzes.roles import is_elsewhere, is_in_another_part, is_of_another_thing
from domain.quizzes.statements import statement
from domain.quizzes.turned import affirms_what_is_denied, swaps_sides, turns_a_change, turns_a_comparison
from domain.text.claims import Fault, conflicts
from domain.text.lexical import tokens
from domain.text.opposites import folded
from domain.text.wording import content_words
from ports.grammar import Grammar, ParsedSentence
from ports.text.denials import without_empty_denials
from ports.text.regexes import regex

_A_FEW = 3
"""An option with at most this number of words states nothing by itself."""
_CONTRADICTIONS: dict[Fault, Refusal] = {
    "quantity": "contradicts_quantity",
    "denial": "contradicts_denial",
    "opposite": "contradicts_opposite",
    "roles": "contradicts_roles",
}
"""The refusal for each fault. Another term in the same place is not refused, because it may be another name for the
same thing.
"""


def contradiction(stem: str, option: str, context: str, grammar: Grammar | None) -> Refusal | None:
    """The first rule by which the context contradicts what stem and option say together; None if none does."""
    if _denies_the_deed(stem, option, context):
        return "contradicts_denial"
    if _denies_a_run(option, context) or affirms_what_is_denied(stem, option, context):
        return "contradicts_denial"
    stem_parsed, option_parsed, source = (parse(text, grammar) for text in (stem, option, context))
    if stem_parsed is None or source is None:
        found = conflicts(statement(stem, option), context)
        if len(tokens(option)) > _A_FEW:
            found += conflicts(option, context)
        if is_negative(stem):
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
    cannot_be = _answered_as_asked(stem, option, context)
    found = [one for one in found if one.fault not in cannot_be]
    for one in found:
        if one.fault in _CONTRADICTIONS:
            return _CONTRADICTIONS[one.fault]
    if (
        turns_a_comparison(stem, option, context)
        or turns_a_change(option, context)
        or swaps_sides(stem, option, context)
    ):
        return "contradicts_roles"
    if is_of_another_thing(stem, option, context, stem_parsed, source):
        return "contradicts_roles"
    if is_in_another_part(stem, option, context, source):
        return "contradicts_roles"
    if stem_parsed and source and is_elsewhere(stem_parsed, option, source):
        return "contradicts_roles"
    return None


def names_a_stranger(stem: Sequence[ParsedSentence], passages: Sequence[Passage]) -> bool:
    """Whether the stem contains a name that is in none of the passages."""
    known = {word for passage in passages for word in tokens(passage.text)}
    return any(
        word.part == "PROPN" and word.text[:1].isupper() and at and not set(tokens(word.text)) & known
        for sentence in stem
        for at, word in enumerate(sentence.words)
        if len(word.text) > 3 and tokens(word.text)
    )


_ASKS_WHAT = regex(r"^what (?:do|does|did) (.+?)\?*$", re.IGNORECASE)
_ASKS_A_NAME = regex(
    r"^what (?:is|are) (?:the name of )?(?:an? |the )?(.+?)(?: called| named)?\?*$", re.IGNORECASE
)


def _answered_as_asked(stem: str, option: str, context: str) -> frozenset[Fault]:
    """The faults that the question cannot have, because the context has the words of stem and option together.

    For *what does X eat?*, the context has *X eats* and then the option. For *what is X called?*, it has the option and
    then *is X*. If the context has only the verb before the option, only *denial* is impossible.
    """
    stem = stem.strip()
    wanted, held = _folded(option), _folded(context)
    places = [at for at in range(len(held)) if wanted and held[at : at + len(wanted)] == wanted]
    asked = _ASKS_WHAT.match(stem)
    if asked is not None:
        told = _folded(asked[1])
        if any(at > 1 and _runs_in(held[at - 2 : at], told) for at in places):
            return frozenset(("roles", "denial"))
        return frozenset(("denial",) if any(at and held[at - 1] == told[-1] for at in places) else ())
    named = _ASKS_A_NAME.match(stem)
    if named is not None:
        told = _folded(named[1])
        for at in places:
            after = held[at + len(wanted) :]
            after = after[2:] if after[1:2] and after[1] in ("a", "an", "the") else after[1:]
            if at + len(wanted) < len(held) and held[at + len(wanted)] in _IS and after[: len(told)] == told:
                return frozenset(("roles", "denial"))
    return frozenset()


def _denies_the_deed(stem: str, option: str, context: str) -> bool:
    """Whether the stem asks *what does X cause?*, and the context has *cause* before the option only with a denial: *X
    do not cause Y*.
    """
    asked = _ASKS_WHAT.match(stem.strip())
    wanted, held = tokens(option), tokens(without_empty_denials(context))
    if asked is None or not wanted or is_negative(stem):
        return False
    verb = [*map(folded, tokens(asked[1]))][-1:]
    places = [at for at in range(2, len(held)) if held[at : at + len(wanted)] == wanted]
    places = [at for at in places if [folded(held[at - 1])] == verb]
    return bool(places) and all(are_denied_after(held[max(0, at - 3) : at - 1]) for at in places)


_IS = frozenset(folded(word) for word in ("is", "are", "was", "were"))


def _folded(text: str) -> list[str]:
    return [folded(word) for word in tokens(text)]


def _runs_in(run: Sequence[str], words: Sequence[str]) -> bool:
    return any(list(words[at : at + len(run)]) == list(run) for at in range(len(words) - len(run) + 1))


def _denies_a_run(key: str, context: str) -> bool:
    """Whether the key denies words that the context never denies: *not* or *never*, followed by words that the context
    has in the same order.
    """
    wanted, held = tokens(without_empty_denials(key)), tokens(without_empty_denials(context))
    for at, word in enumerate(wanted):
        run = wanted[at + 1 :]
        if word in ("not", "never") and len(run) >= 2 and len(content_words(" ".join(run))) >= 2:
            places = [
                place for place in range(len(held) - len(run) + 1) if held[place : place + len(run)] == run
            ]
            return bool(places) and not any(
                are_denied_after(held[max(0, place - 4) : place]) for place in places
            )
    return False


def parse(text: str, grammar: Grammar | None) -> Sequence[ParsedSentence] | None:
    """The parsed sentences of the text; None without a grammar, or in a language that it does not know."""
    return None if grammar is None else grammar.parse(text)
