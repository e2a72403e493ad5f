"""Leaves a term or a name out of a clause, so that a learner can be asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.local.models.clauses import CONTENT_PARTS, below, is_listed, is_past
from adapters.local.models.main_clauses import Clause, capital, names_what_is_known
from adapters.local.models.statement_words import (
    EMPTY_CLAIM,
    FIGURES,
    GENERAL,
    LEANING,
    LEANING_SUBJECT,
    PLACES,
    VAGUE,
)
from adapters.local.models.statements import NounPhrase, Statements

GAP = "_____"
"""Stands in a question for the words that are left out."""
_FEWEST_BESIDE = 4
"""The fewest other content words that a statement with a gap must have, so that only one term fits. If the gap follows
the verb, one less is enough.
"""
_MOST_OFTEN = 0.2
"""A term in more than this share of the sentences is the topic of the whole text: no question leaves it out."""
_MAY = re.compile(r"\b(?:can|could|may|might|should)\b")
_AMOUNTS = ("CARDINAL", "QUANTITY", "DATE", "TIME", "ORDINAL", "MONEY", "PERCENT")
"""Kinds of ``Word.entity`` that are no names."""
_LEAST_NAMED = 2
"""A name that occurs fewer times is an aside."""
_CALLED_SO = re.compile(r"\b(?:called|termed|named|(?:known|referred to) as)$")


def with_gap(said: str, key: str) -> str:
    """The statement with ``GAP`` in place of the key. "" if it does not have the key exactly once."""
    gap, count = re.subn(rf"(?<![\w-]){re.escape(key)}(?![\w-])", GAP, said, flags=re.IGNORECASE)
    return f"{capital(gap)}." if count == 1 else ""


def gaps_in(clause: Clause, said: Statements, *, is_history: bool) -> Iterator[tuple[str, NounPhrase]]:
    """Pairs: the clause with a gap, and the term or name that the gap replaces. The material is about each of them.
    Those that a sentence of the material introduces come first.
    """
    words, text = clause.words, clause.slice(0, clause.end)
    subject, predicate = clause.told_subject, clause.slice(clause.subject_span[-1] + 1, clause.end)
    leans = LEANING_SUBJECT.search(subject) or LEANING.search(text) or "," in subject
    if leans or EMPTY_CLAIM.search(predicate) or names_what_is_known(clause) or _MAY.search(text):
        return
    if FIGURES.search(text):
        return
    is_past_fact = is_past(words, clause.root)
    is_dated = is_history or any(word.entity == "DATE" for word in words[: clause.end])
    found: list[tuple[bool, int, NounPhrase]] = []
    for at in range(clause.end):
        term = said.term_at(words, at)
        if term is None or term.is_general or term.name_of in _AMOUNTS or not _is_alone(clause, at, term):
            continue
        if re.search(r"\d", term.text) or words[at].entity in _AMOUNTS or _is_held(clause, at, term):
            continue
        own = set(term.text.split())
        is_anchored = is_dated or any(
            word.part == "PROPN" and word.text not in own for word in words[: clause.end]
        )
        is_told = _is_same(clause, at) or _is_setting(clause, at, term)
        is_known = said.is_introduced(term) or bool(term.name_of) or is_told
        is_name = term.name_of and is_past_fact and not clause.opening.startswith("According to")
        is_name = is_name and is_history and said.count_of(term) >= _LEAST_NAMED
        is_asked = is_told or is_name or (term.name_of not in PLACES and said.is_topic(term))
        is_loose = clause.subject_is_known_before and at > clause.subject and not is_known
        is_loose = is_loose or said.share_of(term) > _MOST_OFTEN
        is_loose = is_loose or (words[at].entity in PLACES and not is_name)
        if is_asked and not is_loose and (is_anchored or not is_past_fact):
            found.append((not is_known, at, term))
    for _, at, term in sorted(found, key=lambda one: one[:2]):
        gap = with_gap(text, term.text)
        left = {
            word.lemma
            for word in words[: clause.end]
            if word.part in CONTENT_PARTS and word.text in gap and word.lemma not in VAGUE | GENERAL
        }
        if gap and len(left) >= _FEWEST_BESIDE - (at > clause.root):
            yield gap, term


def _is_same(clause: Clause, at: int) -> bool:
    """Whether the clause ends with the word and says that the subject is this thing or has this name: *the unit of
    charge is the coulomb*, *the pandemic came to be known as the Black Death*.
    """
    words = clause.words
    if at != clause.end - 1:
        return False
    if _CALLED_SO.search(clause.slice(clause.root, min(below(words, at)[0], at))):
        return True
    is_one = words[clause.subject_span[0]].text.lower() == "the" and words[at - 1].text.lower() == "the"
    return is_one and words[clause.root].lemma == "be" and words[at].relation == "attr"


def _is_setting(clause: Clause, at: int, term: NounPhrase) -> bool:
    """Whether the clause begins with *in* and the thing, which says where the statement is true: *In dicots, …*. False
    for geographical places and for times.
    """
    is_thing = term.name_of not in PLACES and not any(word.part == "NUM" for word in clause.words[:at])
    return is_thing and clause.opening.casefold() == f"in {term.text}".casefold()


def _is_held(clause: Clause, at: int, term: NounPhrase) -> bool:
    """Whether other terms would fit as well, because the term only says of what the subject is, or who says something;
    or whether it is a part of a longer name.
    """
    words, start = clause.words, at + 1 - term.length
    is_within = at in clause.subject_span and at != clause.subject
    says = at == clause.subject and any(
        word.head == clause.root and word.relation == "ccomp" for word in words[: clause.end]
    )
    is_of_name = start > 1 and words[start - 1].text == "of" and words[start - 2].text[:1].isupper()
    return is_within or says or is_of_name


def _is_alone(clause: Clause, at: int, term: NounPhrase) -> bool:
    """Whether the term that ends at the index is not in a list, has no number or adverb before it, nothing after it says
    which one it is, and its noun is not named again.
    """
    words = clause.words
    start = at + 1 - term.length
    before = words[start - 1] if start else None
    is_described = (
        before is not None and before.head in range(start, at + 1) and before.part in ("ADV", "NUM")
    )
    is_again = any(
        word.lemma == words[at].lemma and place != at for place, word in enumerate(words[: clause.end])
    )
    is_one_of = any(word.head == at and word.text == "of" for word in words[at + 1 :])
    is_numbered = at + 1 < len(words) and words[at + 1].part == "NUM"
    return not (is_described or is_listed(words, at) or is_again or is_one_of or is_numbered)
