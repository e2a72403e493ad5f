"""Definitions in sentences: the term, and what it is.

A definition says of which kind a thing is, and what distinguishes it from others of its kind. It is found by the
structure of a sentence whose verb is *is*, *means*, *refers to*, *is defined as*, or *is called*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.local.models.clauses import SUBJECTS, below, end_of_clause, is_whole, shortened
from adapters.local.models.statement_words import COMPARED, GENERAL, POINTING, VAGUE
from ports.grammar import Word

_LEAST_WORDS, _MANY_WORDS, _LEAST_MEANING, _LEAST_TELLING = 5, 7, 3, 2
_MOST_CHARACTERS, _LONGEST_TERM = 200, 5
_INWARD = frozenset("it they them its their he she his her him".split())
"""Words that refer to something named earlier in the definition."""
_ANYBODY = frozenset("we us our you your".split())
NO_KIND = frozenset(
    "example reason case part majority minority number component way area factor issue problem result goal key"
    " step topic term word name phrase question answer thing challenge advantage disadvantage benefit concern source cause choice time means".split()
)
"""Head nouns that do not say of which kind a thing is."""
_SAYS_TERM = ("term", "word", "phrase", "expression", "name")
"""Words before a term that say that it is one: *the term gender role*."""
_OF_A_KIND = frozenset("form type kind sort class category set group series".split())
_JUDGES = frozenset(
    "important major main key significant common popular critical essential primary good great big large well only first"
    " second third last another other new recent best perfect ideal obvious interesting useful classic special effective diverse serious powerful".split()
)
_BARE_KIND = ("NOUN", "ADJ", "VERB", "ADV")
_NAMES_IT = ("call", "term", "know", "name", "refer")
_ADDS = ("relcl", "acl", "prep")


@dataclass(frozen=True, slots=True)
class Definition:
    start: int
    end: int
    """The term's words, without its article, are those from index ``start`` up to ``end``, not including ``end``."""
    article: str
    what: str
    is_plural: bool
    kind: str
    """The noun that says of which kind the thing is, in its basic form."""


def definition_in(text: str, words: Sequence[Word]) -> Definition | None:
    """The definition in the sentence's main clause. None if it defines nothing, or cannot be understood without another
    sentence.
    """
    root = next((at for at, word in enumerate(words) if word.head == at), 0)
    subjects = [
        at for at, word in enumerate(words) if word.head == root and word.relation in (*SUBJECTS, "csubj")
    ]
    hangs = {word.relation for word in words if word.head == root}
    if len(subjects) != 1 or subjects[0] > root or hangs & {"neg", "aux", "expl"}:
        return None
    if words[root].lemma in _NAMES_IT and words[subjects[0]].relation == "nsubjpass":
        return _named(text, words, root, subjects[0])
    term = _term(words, subjects[0], below(words, subjects[0]))
    start = _start_of_kind(words, root)
    if term is None or not 0 < start < len(words):
        return None
    end = shortened(words, root, end_of_clause(words, root))
    added = [
        below(words, at)[0]
        for at in range(start, end)
        if (words[at].head, words[at].relation) == (root, "advcl")
    ]
    end = min([end, *(at for at in added if words[at - 1].text == ",")])
    while end > start and words[end - 1].part == "PUNCT":
        end -= 1
    what = text[words[start].start : words[end - 1].end]
    is_cut = text[words[end - 1].end :].startswith("– ")  # the sign of an ion
    if is_cut or not is_whole(words, root, end) or not is_clear(words[start:end], what):
        return None
    begins, ends, article = term
    verb = words[root] if words[root].lemma != "define" else words[root - 1]
    kind = kind_in(words, next((at for at in range(start, end) if not start <= words[at].head < end), start))
    return Definition(begins, ends, article, what, verb.text.lower() in ("are", "mean", "refer"), kind)


def _start_of_kind(words: Sequence[Word], root: int) -> int:
    """The index of the first word that says what the term is. 0 if the verb does not define, or no kind is named."""
    verb, following = words[root], words[root + 1].text.lower() if root + 1 < len(words) else ""
    if verb.text.lower() in ("refers", "refer") and following == "to":
        return root + 2
    is_clause = any(word.head == root and word.relation == "ccomp" for word in words)
    if verb.text.lower() in ("means", "mean") and not is_clause:
        return root + 1 if following == "the" or following.endswith("ing") else 0
    if verb.lemma == "define" and following == "as" and words[root - 1].text.lower() in ("is", "are"):
        return root + 2
    if verb.text.lower() not in ("is", "are"):
        return 0
    kinds = [
        at for at in range(root + 1, len(words)) if words[at].head == root and words[at].relation == "attr"
    ]
    if len(kinds) != 1 or words[kinds[0]].part not in ("NOUN", "VERB"):
        return 0
    start = next((at for at in range(root + 1, kinds[0] + 1) if words[at].part != "ADV"), 0)
    return start if below(words, kinds[0])[0] <= start and distinguishes(words, start, kinds[0]) else 0


def distinguishes(words: Sequence[Word], start: int, kind: int) -> bool:
    """Whether the phrase, which begins at ``start`` and has the head ``kind``, names a kind and distinguishes the thing
    from others of this kind.
    """
    opens, before = words[start], words[start:kind]
    if opens.part == "DET" and opens.text.lower() not in ("a", "an", "the"):
        return False
    if opens.part not in ("DET", *_BARE_KIND) or words[kind].lemma in NO_KIND:
        return False
    if opens.part != "DET" and any(word.part == "CCONJ" for word in before):
        return False  # a list of adjectives: smooth and smaller relative to its size
    if any(word.text.lower() in ("most", "same") or word.text.lower().endswith("est") for word in before):
        return False
    if any(word.lemma in _JUDGES and after.text != "-" for word, after in pairwise([*before, words[kind]])):
        return False
    return any(
        words[at].relation in _ADDS
        for at in below(words, kind)
        if at > kind
        and not (words[at].text == "of" and words[kind].lemma in _OF_A_KIND)
        and words[below(words, at)[0] - 1].text != ","
    )


def _named(text: str, words: Sequence[Word], root: int, subject: int) -> Definition | None:
    """The definition in a sentence that gives a name: *The evaporation of water from leaves is called transpiration.*"""
    helper = next(
        (word.text.lower() for word in words if (word.head, word.relation) == (root, "auxpass")), ""
    )
    if words[subject].relation != "nsubjpass" or helper not in ("is", "are"):
        return None
    is_many = helper == "are"
    leads = [root, *(at for at, word in enumerate(words) if word.head == root and word.text == "as")]
    places = [at for at in range(root + 1, len(words)) if words[at].relation in ("oprd", "pobj", "attr")]
    places = [at for at in places if words[at].head in leads]
    span = below(words, subject)
    if not places or span != list(range(span[0], span[-1] + 1)):
        return None
    named = [at for at in below(words, places[0]) if at > root and words[at].text.lower() != "as"]
    term = _term(words, places[0], named)
    what = text[words[span[0]].start : words[span[-1]].end]
    what = what if words[0].part == "PROPN" else what[:1].lower() + what[1:]
    is_another = words[0].text.lower() in ("another", "one")
    if term is None or is_another or span[0] != 0 or not is_clear(words[: span[-1] + 1], what):
        return None
    return Definition(term[0], term[1], term[2], what, is_many, kind_in(words, subject))


def kind_in(words: Sequence[Word], head: int) -> str:
    """The noun of the phrase that says of which kind a thing is, in its basic form: of *a type of hearing*, *hearing*."""
    if words[head].lemma in _OF_A_KIND:
        of = next((at for at, word in enumerate(words) if word.head == head and word.text == "of"), head)
        head = next((at for at, word in enumerate(words) if word.head == of and at > of), head)
    return words[head].lemma


def _term(words: Sequence[Word], head: int, span: Sequence[int]) -> tuple[int, int, str] | None:
    """The indexes of the term's words, and its article. None if the words are not a complete term."""
    if words[head].part not in ("NOUN", "PROPN", "VERB"):
        return None
    start, article = span[0], ""
    if words[start].part == "DET":
        article, start = words[start].text.lower(), start + 1
    if head > start and words[start].lemma in _SAYS_TERM:
        article, start = "", start + 1
    run = words[start : head + 1]
    if (
        article not in ("", "the", "a", "an")
        or not 1 <= len(run) <= _LONGEST_TERM
        or COMPARED.match(run[0].text)
    ):
        return None
    after = [words[at] for at in span if at > head]
    if (
        after
        and after[0].text == "of"
        and article in ("", "the")
        and len(run) + len(after) <= _LONGEST_TERM - 1
    ):
        return start, span[-1] + 1, article
    if after and (after[0].text not in (",", "(", "or") or any(word.relation == "conj" for word in after)):
        return None
    if any(word.part not in ("NOUN", "PROPN", "ADJ", "VERB", "ADV") and word.text != "-" for word in run):
        return None
    if any(word.part == "VERB" or word.text.endswith("ing") for word in run[1:-1]):
        return None
    if len(run) == 1 and (run[0].lemma in VAGUE | GENERAL | NO_KIND or len(run[0].text) < 3):
        return None
    judges = any(
        word.lemma.lower() in _JUDGES and after.text != "-" for word, after in pairwise([*run, words[0]])
    )
    if judges or any(word.text.lower() in POINTING for word in run):
        return None
    if any(word.part in ("ADJ", "ADV") and word.text.endswith("est") for word in run):
        return None
    return start, head + 1, article


def is_clear(what: Sequence[Word], text: str) -> bool:
    """Whether the words are numerous enough and complete, and refer to nothing outside of them."""
    what = what[:-1] if what and what[-1].part == "PUNCT" else what
    meaning = {word.lemma for word in what if word.part in ("NOUN", "PROPN", "VERB", "ADJ")}
    if (
        len(meaning - VAGUE - GENERAL) < _LEAST_TELLING
        or len(what) < _LEAST_WORDS
        or (len(what) < _MANY_WORDS and len(meaning) < _LEAST_MEANING)
    ):
        return False
    if len(text) > _MOST_CHARACTERS or re.search(r"[:;?!<>=|\"“”]|\d\.\d", text):
        return False
    if (re.search(r",? or [\w' -]+$", text) and "," in text) or re.search(r"\bwe\b", text):
        return False
    if any(word.text in ("because", "since") for word in what) or (
        text[:1].isupper() and what[0].part != "PROPN"
    ):
        return False
    if (
        text[-1] in "—–-"
        or text.count("(") != text.count(")")
        or what[-1].part in ("ADP", "DET", "SCONJ", "CCONJ", "AUX")
    ):
        return False
    named = False
    for at, word in enumerate(what):
        small = word.text.lower()
        following = what[at + 1] if at + 1 < len(what) else word
        is_led = small in ("that", "those") and (
            word.part == "SCONJ" or following.part in ("VERB", "AUX", "PRON", "ADP")
        )
        is_led = (
            is_led
            or (small == "that" and named and word.part == "PRON")
            or (small == "there" and word.part == "PRON")
        )
        if small == "such" and following.text != "as":
            return False
        if small in POINTING and not (is_led or small in _ANYBODY or (named and small in _INWARD)):
            return False
        named = named or word.part in ("NOUN", "PROPN")
    return True
