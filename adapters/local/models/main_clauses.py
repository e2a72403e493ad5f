"""The main clause of a sentence that is clear by itself, and the same clause as a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.local.models.clauses import (
    SUBJECTS,
    below,
    end_of_clause,
    is_past,
    is_plural,
    is_whole,
    shortened,
)
from adapters.local.models.statement_words import (
    COMPARED,
    GENERAL,
    OPENS_A_PLACE,
    POINTING,
    POSSESSIVE,
    UNFIT,
    VAGUE,
)
from ports.grammar import Word

_LEAST_CHARACTERS, _MOST_CHARACTERS = 35, 320
_OF_THE_TEXT = ("chapter", "section", "module", "figure", "table")
_NOT_ALL = re.compile(r"\b(?:often|usually|sometimes|may|might|could|would|perhaps|probably)\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause, as indexes of its words."""

    number: int
    """The number of the text that the clause is from."""
    quote: str
    text: str
    words: tuple[Word, ...]
    root: int
    subject: int
    subject_span: tuple[int, ...]
    end: int
    """The index after the clause's last word."""

    def slice(self, start: int, end: int) -> str:
        """The text of the words from ``start`` up to ``end``, without commas and spaces at both ends."""
        if start >= end:
            return ""
        return self.text[self.words[start].start : self.words[end - 1].end].strip(" ,")

    @property
    def opening(self) -> str:
        return self.slice(0, self.subject_span[0])

    @property
    def is_hedged(self) -> bool:
        """Whether the clause says that something may be so, or is so in some cases."""
        return bool(_NOT_ALL.search(self.slice(0, self.end)))

    @property
    def told_subject(self) -> str:
        """The subject in the form that it has inside a sentence. Additions after a comma are left out."""
        words, span = self.words, self.subject_span
        is_list = any(words[at].relation == "conj" for at in span)
        commas = [at for at in span if words[at].text == "," and not is_list and at > self.subject]
        subject, first = self.slice(span[0], min([*commas, span[-1] + 1])), words[span[0]]
        is_name = first.part == "PROPN" or (
            first.entity not in ("", "CARDINAL", "DATE") and first.part != "DET"
        )
        is_upper = first.text.isupper() and len(first.text) > 1
        return subject if is_name or is_upper else subject[0].lower() + subject[1:]

    @property
    def subject_is_known_before(self) -> bool:
        """Whether the subject may refer to an earlier sentence, or to any thing of its kind: *the lake*, *a church*."""
        words, span = self.words, self.subject_span
        return words[span[0]].text.lower() in ("the", "a", "an") and not any(
            words[at].part == "PROPN" or words[at].entity or words[at].text == "of" for at in span
        )

    def turned(self, left_out: set[int]) -> str:
        """The clause in the word order of a question (helper, subject, the rest), without its opening and without the
        words ``left_out``.
        """
        words, root, span = self.words, self.root, self.subject_span
        helpers = [
            at
            for at in range(span[-1] + 1, root)
            if words[at].head == root and words[at].relation[:3] == "aux"
        ]
        if helpers:
            helper, middle, start = words[helpers[0]].text.lower(), "", helpers[0] + 1
        elif words[root].lemma == "be":
            helper, middle, start = words[root].text.lower(), "", root + 1
        else:
            helper = "did" if is_past(words, root) else "do" if is_plural(words, root) else "does"
            middle, start = f"{self.slice(span[-1] + 1, root)} {words[root].lemma}".strip(), root + 1
        rest: list[str] = []
        run = start
        for at in range(start, self.end + 1):
            if at == self.end or at in left_out:
                rest.append(self.slice(run, at))
                run = at + 1
        return " ".join(part for part in (helper, self.told_subject, middle, *rest) if part)


def main_clause(number: int, quote: str, text: str, words: tuple[Word, ...]) -> Clause | None:
    """The main clause of the sentence ``text``. None if it is negated, or refers to another sentence."""
    if not _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS or UNFIT.search(text):
        return None
    root = next((at for at, word in enumerate(words) if word.head == at), 0)
    hangs = [word.relation for word in words if word.head == root]
    subjects = [at for at, word in enumerate(words) if word.head == root and word.relation in SUBJECTS]
    if len(subjects) != 1 or words[root].part not in ("VERB", "AUX") or {"neg", "expl"} & set(hangs):
        return None
    if words[root].text.endswith("ing") and not {"aux", "auxpass"} & set(hangs):
        return None  # a heading or a caption
    span = tuple(below(words, subjects[0]))
    if span[-1] >= root or span != tuple(range(span[0], span[-1] + 1)):
        return None
    end = shortened(words, root, end_of_clause(words, root))
    clause = Clause(number, quote, text, words, root, subjects[0], span, end)
    if clause.opening and len(clause.opening.split()) < 2:
        return None
    if clause.opening and not OPENS_A_PLACE.match(clause.opening):
        return None
    if not is_whole(words, root, end):
        return None
    if COMPARED.match(clause.told_subject) or any(
        _points(word, at > span[-1]) for at, word in enumerate(words[:end])
    ):
        return None
    return clause


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def names_what_is_known(clause: Clause) -> bool:
    """Whether the clause names something that only another sentence introduces: *the city*, *the process*."""
    is_story = is_past(clause.words, clause.root)
    for at, word in enumerate(clause.words[: clause.end]):
        beside = [other.text.lower() for other in clause.words if other.head == at and other is not word]
        is_vague = word.lemma in VAGUE or (is_story and word.lemma in GENERAL)
        if word.part == "NOUN" and is_vague and beside == ["the"] and word.relation != "compound":
            return True
    return False


def _points(word: Word, is_after_subject: bool) -> bool:
    """Whether the word refers to another sentence. A possessive after the subject does not: it refers to the subject."""
    text = word.text.lower()
    if text in POSSESSIVE and word.relation == "poss":
        return not is_after_subject
    return (
        text in POINTING
        or word.lemma in _OF_THE_TEXT
        or text in ("such", "itself")
        or (word.part == "PRON" and text == "one")
    )
