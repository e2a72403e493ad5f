"""Finds the statements of a passage about a concept, each of which can be understood alone.

A sentence that depends on its neighbours is used only if it begins with a pronoun that can only mean the concept. The
concept then replaces the pronoun.
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
    opening_subject,
)
from adapters.local.agent.text.self_contained import is_prose, is_self_contained
from adapters.local.agent.text.sentences import Sentence, sentences
from adapters.local.agent.text.words import is_faint, readable, terms, tokens
from ports.agent import NumberedPassage
from ports.text.words import is_unspaced

_SPACED, _UNSPACED = range(20, 301), range(8, 151)
"""The allowed lengths of a sentence in characters, in scripts with spaces and without."""
_NEW_TERMS = 2
"""The least number of terms in a fact that are not in its question. An answer is judged by these terms."""
_TOO_ALIKE = 0.6
_MOST_LOOKED_AT = 10
_FAR_ON = 6
"""The number of sentences after the first one that are searched for further facts about the same concept."""
_SUBJECTS = {"it": False, "they": True, "he": False, "she": False}
_POSSESSIVES = {"its": False, "their": True, "his": False, "her": False}
"""Pronouns, and whether each stands for several things."""
_OF_PERSONS = frozenset(("he", "she", "his", "her"))
_LEADS_IN = re.compile(
    r"(?P<lead>(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within) [^,;]{1,50}?,? )"
    r"(?P<pronoun>it|they|he|she)\b"
)
_OPENS = re.compile(r"(?P<lead>)(?P<pronoun>[^\W\d_]+)\b")
_BRINGS_IN_NOTHING_ELSE = re.compile(r"(?:[^;]{0,60}?) (?:is|are|was|were|means|has|have|had)\b")
"""Text after the concept with a verb such as *is* or *has*. It introduces nothing else that a later pronoun could mean.
"""


@dataclass(frozen=True, slots=True)
class RubricFact:
    """A fact. ``quote`` has the exact words of the passage that state ``text``."""

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
    """The sentences of the passage, in order."""
    for sentence in sentences(passage.text, passage.headings):
        yield Held(sentence, readable(sentence.text))


def plain(text: str) -> str:
    return " ".join(tokens(text))


class RubricFacts:
    """Finds the facts for claims, in one language."""

    def __init__(self, wording: ConceptWording, language: str) -> None:
        self._wording = wording
        self._language = language

    def is_fit(self, one: Held) -> bool:
        """Whether the sentence is complete prose, and neither too short nor too long to be spoken."""
        lengths = _UNSPACED if is_unspaced(one.text) else _SPACED
        return not one.sentence.cut and len(one.text) in lengths and is_prose(one.text) and is_ended(one.text)

    def stands(self, text: str) -> bool:
        return is_self_contained(text, self._language)

    def reason(self, one: Held, claim: Claim) -> RubricFact:
        """The reason alone, if it can be understood alone; otherwise the whole sentence."""
        said = claim.reason[0].upper() + claim.reason[1:]
        quote = _exact(claim.reason, one.sentence.text)
        if quote and self.stands(said) and len(terms(said)) >= _NEW_TERMS:
            return RubricFact(said.rstrip(".") + ".", quote)
        return RubricFact(one.text, one.sentence.text)

    def of_claim(self, claim: Claim, first: Held, following: Sequence[Held]) -> Iterator[RubricFact]:
        """The facts about the claim's concept: those of ``first``, the sentence with the claim, and those of the
        sentences after it.
        """
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
        """The facts that say something new: neither the question nor an earlier fact contains it."""
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
        """Whether the sentence defines or explains another concept, and so answers another question."""
        return self._language == "en" and any(
            found.kind in ("defines", "says") and found.concept.casefold() != claim.concept.casefold()
            for found in claims_of(other.text)
        )

    def _leaves_no_doubt(self, text: str, claim: Claim) -> bool:
        """Whether a pronoun after ``text`` can only mean the concept."""
        if may_be_person(claim):
            return True
        at = text.casefold().find(claim.concept.casefold())
        return at >= 0 and bool(_BRINGS_IN_NOTHING_ELSE.match(text[at + len(claim.concept) :]))

    def _clauses(self, one: Held, claim: Claim, *, stated: str) -> list[RubricFact]:
        """One fact for each clause, if every clause makes sense alone; otherwise only the fact ``stated``."""
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
        """``text`` with the concept in place of its opening pronoun. None if the pronoun may mean something else."""
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
    """The part of ``within`` whose text on one line is ``text``. None if a line end has changed the text."""
    words = text.rstrip(".").split()
    found = re.search(r"\s+".join(map(re.escape, words)), within) if words else None
    return found.group() if found else None
