"""Makes false statements: changes a word or a thing of a clause, so that it no longer says what the material says.

A word is replaced by its opposite, or a thing by another that the material lists beside it. With two such places, the
four combinations are the options. None of them looks different from the others; only the material shows which is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.local.models.clauses import below
from adapters.local.models.main_clauses import Clause
from adapters.local.models.statement_words import (
    TURNED_ADJECTIVES,
    TURNED_FORMS,
    TURNED_NOUNS,
    TURNED_VERBS,
    UNCHANGING,
)
from ports.grammar import Word

_VOWELS = "aeiou"
_DOUBLED = frozenset("repel emit".split())
_IRREGULAR = frozenset("lose win rise fall grow shrink leave lend".split())
_CLAUSES = ("advcl", "ccomp", "xcomp", "relcl", "acl", "csubj", "pcomp")


@dataclass(frozen=True, slots=True)
class Turn:
    """A place of a clause that can be changed: its words from index ``start`` up to ``end``, and the text that makes
    the clause false.
    """

    start: int
    end: int
    text: str


def turns_of(clause: Clause) -> Iterator[Turn]:
    """The words of the clause that have an opposite, each with that opposite."""
    for at, word in enumerate(clause.words[: clause.end]):
        turned = _turned(clause, at, word)
        if turned and fits(clause, at, turned):
            yield Turn(at, at + 1, turned)


def fits(clause: Clause, start: int, text: str) -> bool:
    """Whether the text can replace the word at the index: an *a* or *an* before it must still be right."""
    before = clause.words[start - 1].text.lower() if start else ""
    is_like = (text[:1] in _VOWELS) is (clause.words[start].text[:1].lower() in _VOWELS)
    return before not in ("a", "an") or is_like


def turned_clause(clause: Clause, turns: tuple[Turn, ...]) -> str:
    """The clause with these places changed. The places do not overlap."""
    said, words = clause.slice(0, clause.end), clause.words
    offset = clause.text.index(said)
    for turn in sorted(turns, key=lambda one: -one.start):
        before, after = words[turn.start].start - offset, words[turn.end - 1].end - offset
        said = said[:before] + turn.text + said[after:]
    return said[:1].upper() + said[1:]


def is_under_a_condition(clause: Clause, turn: Turn) -> bool:
    """Whether the place is in a part of the clause that says when or why. Such a part may still fit if another place is
    changed too.
    """
    words, at = clause.words, turn.start
    if at < clause.subject_span[0]:
        return True
    while at != clause.root:
        if words[at].relation in ("advcl", "acl", "relcl", "pcomp"):
            return True
        at = words[at].head
    return False


def _turned(clause: Clause, at: int, word: Word) -> str:
    words, text = clause.words, word.text.lower()
    beside = [words[place].text for place in (at - 1, at + 1) if 0 <= place < len(words)]
    is_listed = word.relation == "conj" or any(
        other.head == at and other.relation == "conj" for other in words
    )
    is_of_term = word.relation == "amod" and any(
        other.relation == "compound" and other.head == word.head for other in words[at:]
    )
    if is_of_term or "-" in beside or is_listed or (at and word.text[:1].isupper()):
        return ""
    after = words[at + 1] if at + 1 < len(words) else word
    if (
        after.text == "than"
        and at + 2 < len(words)
        and any(words[place].part == "NUM" for place in range(at + 2, min(at + 4, len(words))))
    ):
        return ""
    is_beside_comparative = after.part in ("ADJ", "ADV") and text in ("more", "fewer", "less")
    if word.part == "ADV" and after.part == "ADP" and text.endswith("er"):
        return ""  # deeper into the forest
    if word.part in ("ADJ", "ADV", "ADP", "SCONJ") and text in TURNED_FORMS:
        is_less = text == "more" and (is_beside_comparative or not _is_many(words[word.head]))
        return "less" if is_less else TURNED_FORMS[text]
    if is_beside_comparative:
        return ""
    if word.part == "ADJ" and text in TURNED_ADJECTIVES and word.relation in ("amod", "acomp"):
        if word.relation == "amod" and _is_of_a_phrase(words, at):
            return ""
        return TURNED_ADJECTIVES[text]
    if word.part == "NOUN" and text in TURNED_NOUNS and word.relation != "compound":
        return TURNED_NOUNS[text]
    lemma = TURNED_VERBS.get(word.lemma, "") if word.part == "VERB" else ""
    hangs = {other.relation for other in words if other.head == at}
    is_free = word.relation not in ("amod", "compound") and not hangs & {"prt", "advmod", "acomp", "neg"}
    has_clause = bool(hangs & set(_CLAUSES)) or any(
        words[place].text == "to" and words[place].part == "PART" for place in below(words, at) if place > at
    )
    return _in_form_of(lemma, word) if lemma and is_free and not has_clause else ""


def _is_of_a_phrase(words: Sequence[Word], at: int) -> bool:
    """Whether the adjective is part of a phrase: another adjective stands beside it (*early modern*), or its noun has
    *any* or *no* (*in any large numbers*).
    """
    noun = words[at].head
    is_beside = any(words[place].part == "ADJ" for place in (at - 1, at + 1) if 0 <= place < len(words))
    return is_beside or any(word.head == noun and word.text.lower() in ("any", "no") for word in words)


def _is_many(noun: Word) -> bool:
    return noun.part in ("NOUN", "PROPN") and (
        noun.text.lower() != noun.lemma.lower() or noun.lemma in UNCHANGING
    )


def _in_form_of(lemma: str, word: Word) -> str:
    """The verb ``lemma`` in the grammatical form of ``word``; "" if the form is irregular."""
    text, base = word.text.lower(), word.lemma
    if text == base:
        return lemma
    ends_in_y = lemma.endswith("y") and lemma[-2] not in _VOWELS
    if text in (f"{base}s", f"{base}es", f"{base[:-1]}ies"):
        if ends_in_y:
            return f"{lemma[:-1]}ies"
        return {"have": "has"}.get(lemma, lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s"))
    if text in (f"{base}ed", f"{base}d", f"{base}{base[-1]}ed", f"{base[:-1]}ied") and lemma not in (
        *_IRREGULAR,
        "have",
    ):
        if ends_in_y:
            return f"{lemma[:-1]}ied"
        root = lemma[:-1] if lemma.endswith("e") else lemma + lemma[-1] if lemma in _DOUBLED else lemma
        return f"{root}ed"
    return ""
