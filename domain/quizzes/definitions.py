"""Finds the terms that a text defines, each with the defining sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.documents.passage import Citation, Passage, citation_of
from domain.text.lexical import tokens
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

MAX_SENTENCE_CHARACTERS = 300
_MIN_DEFINITION_WORDS = 4
_DEFINES = regex(
    r"\s*(?:\([^()]{1,40}\)\s*)?(?:,\s*)?(?:(?:is|are|was) (?:defined as|called|known as|the|a|an)\b|(?:is|are) [a-z]+ (?:that|which|who)\b"
    r"|refers? to\b|means?\b|denotes?\b|describes?\b|(?:is|are) the (?:name|term) (?:for|of)\b)",
)
_ARTICLE = regex(r"(?:the|an?)\s+", re.IGNORECASE)
_POINTS_BACK = regex(r"\b(?:this|these|those|such|above|below|former|latter)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Definition:
    """A sentence of a document that defines a term."""

    term: str
    sentence: str
    citation: Citation


def definitions(passages: Iterable[Passage], terms: Iterable[str]) -> Iterator[Definition]:
    """For each of the terms, the first sentence that defines it: it begins with the term and says what the term is.

    English only. A sentence that refers to text outside of it ("this", "above") is left out. Terms without a definition
    are left out.
    """
    wanted = {" ".join(tokens(term)): term for term in terms}
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            sentence = " ".join(passage.text[start:end].split())
            if not wanted:
                return
            found = _defined(sentence, wanted)
            if found is not None:
                yield Definition(wanted.pop(found), sentence, citation_of(passage, start, end))


def _defined(sentence: str, wanted: dict[str, str]) -> str | None:
    if len(sentence) > MAX_SENTENCE_CHARACTERS or _POINTS_BACK.search(sentence) or not sentence.endswith("."):
        return None
    article = _ARTICLE.match(sentence)
    begins = article.end() if article else 0
    for key, term in wanted.items():
        head = sentence[begins : begins + len(term)]
        if " ".join(tokens(head)) != key:
            continue
        rest = sentence[begins + len(term) :]
        if _DEFINES.match(rest) and len(rest.split()) >= _MIN_DEFINITION_WORDS:
            return key
    return None
