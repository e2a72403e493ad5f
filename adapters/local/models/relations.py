"""Relations that clauses state: one thing acts on another.

A question asks for one of the two things, or for the reason that the clause gives. The wrong options come from other
clauses of the material, in the same form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.local.models.clauses import below, is_past, is_plural
from adapters.local.models.main_clauses import Clause
from adapters.local.models.statement_words import GENERAL, VAGUE
from ports.text.words import words as words_of

_MOST_WORDS = 9
_SAYS_LITTLE = frozenset(
    "be have include become take make do give get go come keep let see seem show say tell call know need want try help"
    " think believe consider expect find look like play follow mean learn discuss explain suggest argue note put set begin"
    " start continue understand receive bring hold ask answer name add mention remain meet face feel write read work run".split()
)
"""Verbs whose object says little about the thing that acts: no question asks about their subject or object."""
_GOES_WITH = {
    "result": "in",
    "lead": "to",
    "consist": "of",
    "depend": "on",
    "rely": "on",
    "stem": "from",
    "arise": "from",
    "contribute": "to",
    "respond": "to",
    "divide": "into",
    "compose": "of",
    "form": "from",
    "react": "with",
}
"""Verbs whose object follows a preposition."""
_GOES_ON = frozenset("to from of into for than through as toward towards onto and or that which who".split())
"""Words after an object that may belong to it. A question cannot leave out such an object."""
_NAMED = ("PERSON", "ORG", "GPE", "LOC", "FAC", "DATE", "WORK_OF_ART")
"""Kinds of names, about which no relation is asked."""
_UNFIT = re.compile(
    r"\band (?:the|an?)\b|\b(?:which|that|who|not|own|all|any|both|each|every|some|many|most|several|various)\b|[^\w\s'’-]|\d"
)

_ALONE = re.compile(
    r"(?:is|are|was|were) (?:\w+ )?the (?:first|second|third|fourth|fifth|last|final|main|primary|only|most|least|\w{2,}est)\b"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase without its article."""

    text: str
    is_plural: bool
    clause_words: frozenset[str]
    """The words of the clause that contains the phrase."""
    words: frozenset[str]
    """The phrase's own words."""
    head: int
    """The index of the phrase's noun in the clause."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A part of a clause, and the question whose answer it is."""

    answer: Phrase | None
    """The object of the clause; with ``is_of_one``, its subject. None if no question can ask for it."""
    question: str
    """"" if the clause cannot leave the answer out."""
    is_of_one: bool = False
    """Whether the relation can be true of only one thing: the first, the largest."""


def relation(clause: Clause) -> Relation | None:
    """The relation that the clause states. None if its verb does not connect two things, or is too general for a
    question.
    """
    words, root = clause.words, clause.root
    hangs = {word.relation for word in words[: clause.end] if word.head == root}
    said = clause.slice(clause.subject_span[-1] + 1, clause.end)
    if words[root].lemma == "be" and _ALONE.match(said):
        subject = subject_of(clause)
        if subject is not None and is_plural(words, root) is (not subject.is_plural):
            subject = None
        return Relation(subject, f"which of the following {said}?", True)
    if words[root].lemma in _SAYS_LITTLE or hangs & {
        "xcomp",
        "ccomp",
        "dative",
        "prt",
        "expl",
        "acomp",
        "attr",
    }:
        return None
    span = _object_of(clause)
    if span is None:
        return None
    after = [word.text for word in words[span[-1] + 1 : span[-1] + 3]]
    if clause.end > span[-1] + 1 and {"and", "or"} & set(after):
        return None
    known = _phrase(clause, span, next(at for at in span if words[at].head not in span))
    is_cut = span[-1] + 1 < clause.end and words[span[-1] + 1].text.lower() in _GOES_ON
    return Relation(known, "" if is_cut else f"what {clause.turned(set(span))}?")


def subject_of(clause: Clause) -> Phrase | None:
    return _phrase(clause, list(clause.subject_span), clause.subject)


def _object_of(clause: Clause) -> list[int] | None:
    """The indices of the words of the verb's object, or of the object of its preposition (see ``_GOES_WITH``). None if
    there is none, or if its words do not stand together.
    """
    words, root = clause.words, clause.root
    for at in range(root + 1, clause.end):
        is_object = words[at].relation == "dobj" and words[at].head == root
        leads = words[words[at].head]
        is_led = words[at].relation == "pobj" and leads.head == root
        if is_led and leads.relation != "agent":
            is_led = _GOES_WITH.get(words[root].lemma) == leads.text.lower()
        if is_object or is_led:
            span = below(words, at)
            return span if span == list(range(span[0], span[-1] + 1)) and span[-1] < clause.end else None
    return None


def _phrase(clause: Clause, span: list[int], head: int) -> Phrase | None:
    words = clause.words
    if words[span[0]].part == "DET":
        if words[span[0]].text.lower() not in ("a", "an", "the"):
            return None
        span = span[1:]
    if span and words[span[-1]].part in ("CCONJ", "ADP", "DET"):
        return None
    text = clause.slice(span[0], span[-1] + 1) if span else ""
    noun = words[head]
    is_fit = noun.part in ("NOUN", "PROPN") and 1 <= len(span) <= _MOST_WORDS and not _UNFIT.search(text)
    is_fit = (
        is_fit
        and noun.entity not in _NAMED
        and noun.lemma not in VAGUE
        and not (len(span) == 1 and noun.lemma in GENERAL)
    )
    if not is_fit or any(words[at].part in ("PRON", "SCONJ", "AUX") for at in span):
        return None
    is_many = noun.text.lower() != noun.lemma.lower() if noun.part == "NOUN" else noun.text.endswith("s")
    clause_words = frozenset(words_of(clause.slice(0, clause.end).lower()))
    return Phrase(text, is_many, clause_words, frozenset(words_of(text.lower())), head)


def reason(clause: Clause) -> tuple[str, str] | None:
    """The question *why* about the clause's statement, and the reason that the clause gives after *because*. None if it
    gives none.
    """
    words, root = clause.words, clause.root
    for at in range(root + 1, clause.end - 2):
        verb = words[at].head
        if words[at].text.lower() != "because" or words[verb].head != root or verb < at:
            continue
        told = clause.slice(at + 1, clause.end)
        return f"why {clause.turned(set(range(at, clause.end)))}?", told
    return None


def said_of(clause: Clause, pronoun: str) -> str:
    """The clause's statement with the pronoun as its subject, or with its own subject if ``pronoun`` is "". Returns ""
    if the verb does not fit the pronoun.
    """
    said = clause.slice(clause.subject_span[-1] + 1, clause.end)
    if not pronoun:
        return f"{clause.told_subject} {said}" if not clause.opening else ""
    is_many = is_plural(clause.words, clause.root)
    is_fit = is_many is (pronoun == "they") or is_past(clause.words, clause.root) or is_many is None
    return f"{pronoun} {said}" if is_fit and pronoun in ("it", "they") else ""
