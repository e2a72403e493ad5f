"""What a passage says of a concept, as statements that can each be understood alone.

A sentence that leans on its neighbours is taken only where it begins with a pronoun that can stand for nothing
but the concept, which is then put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.local.agent.interviews.concept_wording import CAPITALISED, ConceptWording, may_be_person
from adapters.local.agent.interviews.statements import (
    Claim,
    claims_of,
    clauses_of,
    is_ended,
    is_prose,
    is_self_contained,
    opening_subject,
)
from adapters.local.agent.text.sentences import Sentence, sentences
from adapters.local.agent.text.words import is_faint, readable, terms, tokens
from ports.agent import NumberedPassage
from ports.text.words import is_unspaced

_SPACED, _UNSPACED = range(20, 301), range(8, 151)
"""How long a sentence may be, in characters."""
_NEW_TERMS = 2
"""What a fact must hold, at least, that its question does not: an answer is judged by that."""
_TOO_ALIKE = 0.6
_MOST_LOOKED_AT = 10
_FAR_ON = 6
"""Sentences after the first in which the same concept is still looked for."""
_SUBJECTS = {"it": False, "they": True, "he": False, "she": False}
_POSSESSIVES = {"its": False, "their": True, "his": False, "her": False}
"""Pronouns, and whether they stand for several things."""
_OF_PERSONS = frozenset(("he", "she", "his", "her"))
_LEADS_IN = re.compile(
    r"(?P<lead>(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within) [^,;]{1,50}?,? )"
    r"(?P<pronoun>it|they|he|she)\b"
)
_OPENS = re.compile(r"(?P<lead>)(?P<pronoun>[^\W\d_]+)\b")
_BRINGS_IN_NOTHING_ELSE = re.compile(r"(?:[^;]{0,60}?) (?:is|are|was|were|means|has|have|had)\b")
"""After the concept: verbs with which there is nothing else that a pronoun could stand for instead."""


@dataclass(frozen=True, slots=True)
class RubricFact:
    """``quote`` is the exact words of the passage that state ``text``."""

    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class Held:
    """A sentence of a passage, and its text on one line."""

    sentence: Sentence
    text: str

    @property
    def heading(self) -> str:
        return self.sentence.heading


def held_by(passage: NumberedPassage) -> Iterator[Held]:
    """The sentences in order."""
    for sentence in sentences(passage.text, passage.headings):
        yield Held(sentence, readable(sentence.text))


def plain(text: str) -> str:
    return " ".join(tokens(text))


class RubricFacts:
    """Finds the facts of claims, in one language."""

    def __init__(self, wording: ConceptWording, language: str) -> None:
        self._wording = wording
        self._language = language

    def is_fit(self, one: Held) -> bool:
        """Whether it is a whole sentence of prose, neither too short nor too long to be said."""
        lengths = _UNSPACED if is_unspaced(one.text) else _SPACED
        return not one.sentence.cut and len(one.text) in lengths and is_prose(one.text) and is_ended(one.text)

    def stands(self, text: str) -> bool:
        return is_self_contained(text, self._language)

    def reason(self, one: Held, claim: Claim) -> RubricFact:
        """The reason alone, where it can be understood alone, else the whole sentence."""
        said = claim.reason[0].upper() + claim.reason[1:]
        quote = _exact(claim.reason, one.sentence.text)
        if quote and self.stands(said) and len(terms(said)) >= _NEW_TERMS:
            return RubricFact(said.rstrip(".") + ".", quote)
        return RubricFact(one.text, one.sentence.text)

    def of_claim(self, claim: Claim, first: Held, following: Sequence[Held]) -> Iterator[RubricFact]:
        """What ``first``, which makes the claim, and the sentences after it say of its concept."""
        yield from self._clauses(first, claim, stated=first.text)
        can_lean = self._leaves_no_doubt(first.text, claim)
        for other in following[:_FAR_ON]:
            if not self.is_fit(other):
                can_lean = False
                continue
            stated = self._in_place_of_pronoun(other.text, claim) if can_lean else None
            if stated is None and self._is_about(
                other, claim, is_same_section=other.heading == first.heading
            ):
                stated = other.text
            if stated is not None and self.stands(stated) and not self._is_of_another(other, claim):
                yield from self._clauses(other, claim, stated=stated)
                can_lean = self._leaves_no_doubt(stated, claim)
            else:
                is_person_still = may_be_person(claim) and _names_nobody_new(other.text, first.text)
                can_lean = can_lean and is_person_still

    def worth_telling(self, facts: Sequence[RubricFact], question: str) -> list[RubricFact]:
        """Those that say something which neither the question nor a fact before them says."""
        asked = set(terms(question))
        kept: list[RubricFact] = []
        for fact in facts[:_MOST_LOOKED_AT]:
            new = set(terms(fact.text)) - asked
            least = _NEW_TERMS if kept or len(facts) == 1 else 1
            if sum(not is_faint(term) for term in new) < least or len(fact.text) > _SPACED.stop:
                continue
            if all(_shared(new, set(terms(other.text)) - asked) < _TOO_ALIKE for other in kept):
                kept.append(fact)
        return kept

    def _is_about(self, other: Held, claim: Claim, *, is_same_section: bool) -> bool:
        if opening_subject(other.text, claim.concept, self._language):
            return True
        if not is_same_section:
            return False
        if is_unspaced(claim.concept):
            return claim.concept in other.text
        is_specific = len(claim.concept.split()) > 1 or self._language != "en"
        return is_specific and f" {plain(claim.concept)} " in f" {plain(other.text)} "

    def _is_of_another(self, other: Held, claim: Claim) -> bool:
        """Whether the sentence is an answer to a question of its own."""
        return self._language == "en" and any(
            found.kind in ("defines", "says") and found.concept.casefold() != claim.concept.casefold()
            for found in claims_of(other.text)
        )

    def _leaves_no_doubt(self, text: str, claim: Claim) -> bool:
        """Whether a pronoun that follows can mean nothing but the concept."""
        if may_be_person(claim):
            return True
        at = text.casefold().find(claim.concept.casefold())
        return at >= 0 and bool(_BRINGS_IN_NOTHING_ELSE.match(text[at + len(claim.concept) :]))

    def _clauses(self, one: Held, claim: Claim, *, stated: str) -> list[RubricFact]:
        """The fact ``stated``; or one fact for each of its clauses, where every clause makes sense alone."""
        made: list[RubricFact] = []
        for clause, written in zip(clauses_of(stated), clauses_of(one.text), strict=False):
            text = clause[0].upper() + clause[1:]
            if made:
                text = self._in_place_of_pronoun(text, claim) or text
            quote = _exact(written, one.sentence.text)
            if quote is None or not self.stands(text) or (made and not self._says_something(text)):
                return [RubricFact(stated, one.sentence.text)]
            made.append(RubricFact(text if is_ended(text) else f"{text}.", quote))
        return made if len(made) > 1 else [RubricFact(stated, one.sentence.text)]

    def _says_something(self, text: str) -> bool:
        claims = claims_of(text if is_ended(text) else f"{text}.")
        return next(claims, None) is not None

    def _in_place_of_pronoun(self, text: str, claim: Claim) -> str | None:
        """``text`` with the concept for the pronoun that it opens with; None where that may be another thing."""
        found = _LEADS_IN.match(text) or _OPENS.match(text)
        if self._language != "en" or found is None:
            return None
        pronoun = found["pronoun"].casefold()
        stands_for_several = (_SUBJECTS | _POSSESSIVES).get(pronoun)
        if stands_for_several is not claim.is_plural or (pronoun in _OF_PERSONS) != may_be_person(claim):
            return None
        subject = self._wording.named(claim)
        if pronoun in _POSSESSIVES:
            subject += "’" if claim.is_plural else "’s"
        subject = subject if found["lead"] else subject[0].upper() + subject[1:]
        return f"{found['lead']}{subject}{text[found.end() :]}"


def _names_nobody_new(text: str, before: str) -> bool:
    return set(CAPITALISED.findall(text)) <= set(CAPITALISED.findall(before))


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _exact(text: str, within: str) -> str | None:
    """The stretch of ``within`` that ``text`` is on one line; None where a line end has changed it."""
    words = text.rstrip(".").split()
    found = re.search(r"\s+".join(map(re.escape, words)), within) if words else None
    return found.group() if found else None
