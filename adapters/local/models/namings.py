"""Names that a sentence gives to a thing that it also describes: *cells are joined by channels called plasmodesmata*."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.local.models.clauses import below
from adapters.local.models.statement_words import POINTING, UNFIT
from ports.grammar import Word
from ports.text.words import words as words_of

_LEAST_CHARACTERS, _MOST_CHARACTERS = 30, 170
_LEAST_MEANING = 3
"""The fewest content words that describe the thing."""
_LONGEST_NAME, _MOST_BEFORE = 4, 230
_NAMES = {"call": "", "term": "", "name": "", "know": "as", "refer": "as"}
"""Verbs that give a name, each with the preposition that precedes the name."""
_DEPENDS = frozenset("such another other same following latter former different certain".split())
_NO_THING = frozenset(
    "one person people someone something man woman child scientist group member thing".split()
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A name that a sentence gives. The words of the name are those from index ``start`` to ``end``, not including it."""

    start: int
    end: int
    question: str


_NAMED_AFTER = re.compile(
    r"(?P<these>This|These) (?P<thing>[\w' -]{3,45}?) (?P<are>is|are) (?:also |often |sometimes |commonly |usually )?"
    r"(?:called|known as|termed|referred to as) (?:an? |the )?(?P<name>[\w-]+(?: [\w-]+){0,3})\s*[.,;(]"
)


def name_after(text: str) -> str:
    """The name that the sentence gives to the thing that the sentence before it describes; "" if it gives none."""
    found = _NAMED_AFTER.match(text)
    return found["name"] if found is not None else ""


def named_after(before: str, text: str) -> tuple[str, str] | None:
    """The name that a sentence gives to the thing that the sentence before it describes, and the question for the name:
    *This form of herding is called nomadism.* None if it gives no name, or if the sentence before is not clear by
    itself.
    """
    found = _NAMED_AFTER.match(text)
    is_fit = (
        _LEAST_CHARACTERS <= len(before) <= _MOST_BEFORE and before.endswith(".") and not UNFIT.search(before)
    )
    told = frozenset(words_of(before))
    if found is None or not is_fit or told & (POINTING | _DEPENDS) or " or " in f" {found['name']} ":
        return None
    if found["these"].endswith("ese") is not (found["are"] == "are") or set(words_of(found["name"])) & told:
        return None
    asked = f"What {found['are']} {found['these'].lower()} {found['thing']} called?"
    return found["name"], f"{before} {asked}"


def naming(text: str, words: Sequence[Word]) -> Naming | None:
    """The first name that the sentence gives to a noun. None if there is none, or if the rest of the sentence is not
    clear by itself.
    """
    for at, verb in enumerate(words):
        if verb.lemma not in _NAMES or verb.relation != "acl" or words[verb.head].part != "NOUN":
            continue
        head = _name_of(words, at)
        if head is None or not verb.head < at < head:
            return None
        span = [one for one in below(words, head) if one > at]
        if span != list(range(span[0], span[-1] + 1)):
            return None
        start = span[0] + (words[span[0]].part == "DET")
        end = next((one for one in span if words[one].text in (",", "(", "—", ";")), span[-1] + 1)
        is_name = 1 <= end - start <= _LONGEST_NAME and head == end - 1
        question = _asked(text, words, at, end) if is_name else ""
        return Naming(start, end, question) if question else None
    return None


def _name_of(words: Sequence[Word], verb: int) -> int | None:
    """The index of the name's noun."""
    leads = _NAMES[words[verb].lemma]
    for at in range(verb + 1, min(len(words), verb + 9)):
        word = words[at]
        is_led = leads and word.relation == "pobj" and words[word.head].text == leads
        if is_led or (not leads and word.head == verb and word.relation in ("oprd", "attr", "dobj")):
            return at if word.part in ("NOUN", "PROPN") else None
    return None


def _asked(text: str, words: Sequence[Word], verb: int, end: int) -> str:
    """The sentence without the name, and the question for it. "" if the sentence says too little."""
    thing = words[verb].head
    start = verb - 1 if words[verb - 1].part == "ADV" else verb
    if words[start - 1].text == ",":
        return ""
    after = words[end].text if end < len(words) else "."
    rest = "" if after in (",", "—", ";", ".", "(") else f" {text[words[end].start :].rstrip('. ')}"
    said = f"{text[: words[start - 1].end]}{rest}"
    meaning = {
        word.lemma
        for at, word in enumerate(words)
        if at < start and word.part in ("NOUN", "PROPN", "VERB", "ADJ") and at != thing
    }
    noun = words[thing]
    if (
        len(meaning) < _LEAST_MEANING
        or not _LEAST_CHARACTERS <= len(said) <= _MOST_CHARACTERS
        or after in ("and", "or")
        or UNFIT.search(said)
        or said.count("(") != said.count(")")
        or noun.lemma in _NO_THING
        or noun.entity in ("PERSON", "ORG", "GPE")
        or any(word.text.lower() in POINTING | _DEPENDS for word in words[:start])
    ):
        return ""
    noun_text = noun.text.lower()
    is_many = noun_text != noun.lemma
    asked = f"What {'are these' if is_many else 'is this'} {noun_text} called?"
    return f"{said}. {asked}"
