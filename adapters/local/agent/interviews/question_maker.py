"""Open questions for a spoken interview, made without a model.

A question asks about a concept that the material defines, explains with a reason, or describes in several sentences.
Those sentences are the facts of a full answer. If the material has few of them, there are few questions or none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adapters.local.agent.interviews.concept_wording import ConceptWording
from adapters.local.agent.interviews.phrases import (
    ABOUT,
    DEED,
    DEFINE,
    DEFINE_MANY,
    MORE,
    SAYS,
    WHY,
    document_language,
)
from adapters.local.agent.interviews.rubric_facts import Held, RubricFact, RubricFacts, held_by, plain
from adapters.local.agent.interviews.statements import Claim, Kind, claims_of, is_concept, repeated_opening
from adapters.local.agent.text.words import is_faint, readable, terms
from ports.agent import AskQuestion, Difficulty, NumberedPassage

_MOST_FACTS: dict[Difficulty, int] = {"beginner": 2, "intermediate": 4, "advanced": 5}
_KINDS: dict[Difficulty, tuple[str, ...]] = {
    "beginner": ("defines", "says", "about", "reason", "section"),
    "intermediate": ("says", "defines", "reason", "about", "section"),
    "advanced": ("reason", "says", "defines", "about", "section"),
}
"""The kinds of questions for each difficulty, the preferred kind first."""
_MAX_QUESTION_CHARACTERS = 380
_MANY_NUMBERS = 3
"""A sentence with at least this many numbers is an example, not a fact."""
_ORDINALS = frozenset("first second third fourth fifth sixth seventh last".split())
_REPEATED_WITHIN = 4


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: Kind | Literal["section"]
    question: str
    concept: str
    passage: int
    place: int
    """The index of its first sentence in the passage."""
    facts: tuple[RubricFact, ...]


def ask_question(task: AskQuestion) -> str:
    """The questions to choose from as JSON, at most ``task.wanted``, each with the facts of a full answer."""
    language = document_language([passage.text for passage in task.passages])
    matter = _Matter(task.passages, language)
    most_facts = _MOST_FACTS[task.difficulty]
    drafts = [draft for passage in task.passages for draft in matter.drafts(passage, most_facts=most_facts)]
    sought = {term for term in terms(task.topic) if not is_faint(term)}
    ranked = sorted(_by_concepts(drafts), key=lambda draft: _rank(draft, sought, task.difficulty))
    avoided = {matter.asked_for(question) for question in task.avoid}
    chosen: list[_Draft] = []
    for draft in _in_turns(ranked, sought):
        if len(chosen) == task.wanted:
            break
        is_new = matter.asked_for(draft.question) not in avoided
        if is_new and not any(_ask_alike(draft, other) for other in chosen):
            chosen.append(draft)
    return json.dumps({"questions": [_shown(draft) for draft in chosen]}, ensure_ascii=False)


def _shown(draft: _Draft) -> dict[str, object]:
    return {
        "question": draft.question,
        "concept": draft.concept,
        "passage": draft.passage,
        "facts": [{"fact": fact.text, "quote": fact.quote} for fact in draft.facts],
    }


def _by_concepts(drafts: Sequence[_Draft]) -> list[_Draft]:
    """The drafts. If a question for a reason contains the concept of another draft, it gets that concept: "friction"
    rather than "puck".
    """
    concepts = sorted((draft.concept for draft in drafts if draft.kind != "reason"), key=len, reverse=True)

    def with_known_concept(draft: _Draft) -> _Draft:
        said = plain(f"{draft.question} {' '.join(fact.text for fact in draft.facts)}")
        held = (concept for concept in concepts if f" {plain(concept)} " in f" {said} ")
        return replace(draft, concept=next(held, draft.concept))

    return [with_known_concept(draft) if draft.kind == "reason" else draft for draft in drafts]


def _rank(draft: _Draft, sought: set[str], difficulty: Difficulty) -> tuple[int, int, int, int]:
    """The rank of a draft; lower is better. First come drafts on the topic, then drafts of a preferred kind, then those
    with many facts (unless the difficulty is "beginner"), then the order in the passage.
    """
    concerned = set(terms(f"{draft.concept} {' '.join(fact.text for fact in draft.facts)}"))
    to_say = 0 if difficulty == "beginner" else -len(draft.facts)
    kind = _KINDS[difficulty].index(draft.kind)
    kind = kind // 2 if difficulty == "intermediate" else kind
    return (-len(sought & concerned), kind, to_say, draft.place)


def _in_turns(ranked: Sequence[_Draft], sought: set[str]) -> Iterator[_Draft]:
    """Yield the drafts on the topic first, and then the others. In both groups, the passages take turns."""
    queues: dict[int, list[_Draft]] = {}
    for draft in ranked:
        if sought & set(terms(draft.concept)):
            yield draft
        else:
            queues.setdefault(draft.passage, []).append(draft)
    while any(queues.values()):
        for queue in queues.values():
            if queue:
                yield queue.pop(0)


def _ask_alike(one: _Draft, other: _Draft) -> bool:
    if plain(one.question) == plain(other.question):
        return True
    repeats = any(a.quote in b.quote or b.quote in a.quote for a in one.facts for b in other.facts)
    is_same_concept = set(terms(one.concept)) == set(terms(other.concept))
    return repeats or (is_same_concept and "reason" not in (one.kind, other.kind))


class _Matter:
    """The sentences of the passages, and the questions that they support."""

    def __init__(self, passages: Sequence[NumberedPassage], language: str) -> None:
        self._language = language
        self._held = {passage.number: list(held_by(passage)) for passage in passages}
        texts = [one.text for held in self._held.values() for one in held]
        self._wording = ConceptWording(texts, language)
        self._facts = RubricFacts(self._wording, language)
        self._said = [f" {plain(text)} " for text in texts]
        forms = (ABOUT[language], DEED, DEFINE, DEFINE_MANY, SAYS, MORE)
        asking = " ".join(re.sub(r"\{\w+\}", " ", form) for form in forms)
        self._of_asking = frozenset(terms(asking))

    def asked_for(self, question: str) -> frozenset[str]:
        """The terms that a question is about, without words that only serve to ask."""
        return frozenset(term for term in terms(question) if not is_faint(term)) - self._of_asking

    def drafts(self, passage: NumberedPassage, *, most_facts: int) -> Iterator[_Draft]:
        """Yield one draft for each concept, and all drafts that ask for a reason.

        If several drafts are about one concept, the one that defines it is used, otherwise the first one.
        """
        of_concepts: dict[frozenset[str], _Draft] = {}
        for draft in self._all_drafts(passage, most_facts):
            if draft.kind == "reason":
                yield draft
                continue
            key = frozenset(terms(draft.concept))
            held = of_concepts.get(key)
            if held is None or (held.kind == "about" and draft.kind in ("defines", "says")):
                of_concepts[key] = draft
        yield from of_concepts.values()

    def _all_drafts(self, passage: NumberedPassage, most_facts: int) -> Iterator[_Draft]:
        held = self._held[passage.number]
        for place, one in enumerate(held):
            if not self._facts.is_fit(one) or not self._facts.stands(one.text):
                continue
            following = held[place + 1 :]
            for claim in self._claims(one, following):
                if claim.kind == "reason":
                    draft = self._of_reason(passage, place, claim)
                else:
                    draft = self._of_claim(passage, place, claim, most_facts)
                if draft is not None:
                    yield draft
        yield from self._of_sections(passage, most_facts)

    def _claims(self, one: Held, following: Sequence[Held]) -> Iterator[Claim]:
        if self._language == "en":
            yield from claims_of(one.text, one.heading)
            return
        elsewhere = " ".join([one.heading, *(other.text for other in following[:_REPEATED_WITHIN])])
        claim = repeated_opening(one.text, elsewhere)
        if claim is not None:
            yield claim

    def _of_reason(self, passage: NumberedPassage, place: int, claim: Claim) -> _Draft | None:
        effect = self._wording.within(claim.effect)
        fact = self._facts.reason(self._held[passage.number][place], claim)
        return self._draft(passage, place, claim, [fact], WHY.format(s=effect))

    def _of_claim(self, passage: NumberedPassage, place: int, claim: Claim, most_facts: int) -> _Draft | None:
        held = self._held[passage.number]
        is_name = self._wording.within(claim.concept)[0].isupper()
        if claim.kind == "defines" and claim.is_past and is_name:
            claim = replace(claim, kind="about")  # no word says whether it is a thing or a person
        found = list(self._facts.of_claim(claim, held[place], held[place + 1 :]))
        facts = self._facts.worth_telling(found, self._asked(claim, passage, more=False))[:most_facts]
        if claim.kind == "about" and not self._is_a_matter(claim, held[place], facts):
            return None
        return self._draft(passage, place, claim, facts, self._asked(claim, passage, more=len(facts) > 1))

    def _of_sections(self, passage: NumberedPassage, most_facts: int) -> Iterator[_Draft]:
        """Yield drafts for headings that name a concept. Their facts are sentences below the heading that name it too."""
        held = self._held[passage.number]
        for heading in dict.fromkeys(one.heading for one in held):
            named = re.sub(r"^[\d.]+ ", "", readable(heading))
            sought = {term for term in terms(named) if not is_faint(term)}
            if not _is_title(named) or not sought:
                continue
            under = [(place, one) for place, one in enumerate(held) if one.heading == heading]
            facts = [
                RubricFact(one.text, one.sentence.text)
                for _, one in under
                if self._facts.is_fit(one)
                and self._facts.stands(one.text)
                and 2 * len(sought & set(terms(one.text))) >= len(sought)
            ]
            question = ABOUT[self._language].format(c=f"“{named}”")
            draft = self._draft(passage, under[0][0], Claim("about", named), facts[:most_facts], question)
            if draft is not None and len(draft.facts) > 1:
                yield replace(draft, kind="section")

    def _draft(
        self, passage: NumberedPassage, place: int, claim: Claim, facts: Sequence[RubricFact], question: str
    ) -> _Draft | None:
        facts = self._facts.worth_telling(facts, question)
        if not facts or len(question) > _MAX_QUESTION_CHARACTERS:
            return None
        concept = self._wording.within(claim.concept)
        return _Draft(claim.kind, question, concept, passage.number, place, tuple(facts))

    def _is_a_matter(self, claim: Claim, one: Held, facts: Sequence[RubricFact]) -> bool:
        """Whether the material describes the concept, and does not only mention it as an example."""
        concept = f" {plain(claim.concept)} "
        if concept in f" {plain(one.heading)} " or self._language != "en":
            return True
        if any(len(re.findall(r"\d+", fact.text)) >= _MANY_NUMBERS for fact in facts):
            return False
        is_name = self._wording.within(claim.concept)[0].isupper()
        if is_name and " " not in claim.concept:
            return len(facts) > 1
        returns = sum(concept in said for said in self._said) > 1
        if len(facts) > 1:
            return is_name or returns
        # With only one fact, the question must ask for an action. Otherwise nobody could know which of many possible
        # facts is meant.
        is_any = claim.opening.casefold() in ("a ", "an ", "each ", "every ")
        return bool(claim.deed) and (is_name or (returns and not is_any))

    def _asked(self, claim: Claim, passage: NumberedPassage, *, more: bool) -> str:
        """The question about a claim. With ``more``, it also asks for further facts."""
        named = self._wording.named(claim)
        form = ABOUT[self._language]
        if claim.kind == "says":
            form = SAYS
        elif claim.kind == "defines":
            form = DEFINE_MANY if claim.is_plural else DEFINE
        elif claim.deed and (claim.deed == "did" or not more):
            form = DEED
        question = form.format(c=named, more=MORE if more else "", deed=claim.deed)
        source = _spoken_name(passage.source)
        if self._language == "en" and source and _needs_context(named):
            return f"In “{source}”: {question[0].lower()}{question[1:]}"
        return question


def _spoken_name(source: str) -> str:
    """The name by which a learner would call the document; "" if its file name is not made of a few words."""
    words = re.split(r"[\s_-]+", source.rsplit(".", 1)[0].strip())
    name = " ".join(words)
    return name if len(words) <= 3 and all(word.isalpha() for word in words) and len(name) > 4 else ""


def _is_title(heading: str) -> bool:
    """Whether the heading is one to four words that name a concept, without digits or signs."""
    return is_concept(heading) and all(letter.isalpha() or letter in " -'’" for letter in heading)


def _needs_context(named: str) -> bool:
    """Whether the name is clear only inside its document: "the stone", "the first law"."""
    words = named.split()
    is_short = len(words) == 2 or (len(words) == 3 and words[1] in _ORDINALS)
    return words[0] == "the" and is_short and named.islower()
