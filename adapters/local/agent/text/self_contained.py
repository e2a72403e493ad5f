"""Says whether an English sentence can be understood without the sentences around it, and whether a text is prose."""

from __future__ import annotations

import re
import unicodedata

from adapters.local.agent.text.sentences import leans_back

_LEANS_AFTER_LEAD_IN = re.compile(
    r"(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;]{1,50}?,? "
    r"(?:it|they|he|she|them|him)\b"
)
_LEANS = re.compile(
    r"(?:another|both|one of|here|there|then|also|besides|moreover|furthermore|instead|otherwise|similarly|likewise|"
    r"nevertheless|still|yet|in this|in that|at this|by this|for example|for instance|as a result|in contrast|"
    r"on the other hand|only then|each of|some of|most of|none of|neither|all of|its|their|the two|the other|others?|"
    r"write|remember|note|ex|consider|suppose|assume|imagine|recall|find|try)(?!\w)",
    re.IGNORECASE,
)
_REFERS_ELSEWHERE = re.compile(
    r"\b(?:this|these|such an?|aforementioned|the former|the latter|see|above|below|following|here|next|previous|we|us|our|"
    r"you|your|i|my|let)\b|^.{0,20}\bthe same\b|\bones?(?=[.,;)])|\b(?:is|are|does|do|did|was|were) not\.$",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"https?:|www\.|[@{}<>|\\_~±√∑∫∂⁄©]|\[\w+\]|\.{3,}|==|\b(?:fig|figure|table|eq|exercise)\b\.? ?\d|"
    r"\b(?:copyright|trademark|isbn|all rights reserved)\b",
    re.IGNORECASE,
)


def is_self_contained(sentence: str, language: str) -> bool:
    """Whether the sentence can be understood alone, as far as its words show. A command cannot.

    In other languages than English, only checks whether brackets and quotation marks come in pairs.
    """
    text = sentence.lstrip("\"'“‘(«")
    leans = (_LEANS.match(text), _REFERS_ELSEWHERE.search(text), _LEANS_AFTER_LEAD_IN.match(text))
    if language == "en" and (leans_back(text) or any(leans)):
        return False
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def is_of_word(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character).startswith("M")


def is_prose(sentence: str) -> bool:
    """Whether the text is a whole sentence of words, and not a link, code, a row of figures, or a reference to a
    figure.
    """
    letters = sum(map(is_of_word, sentence))
    opens = sentence.lstrip("\"'“‘(«")[:1]
    return (
        not _UNFIT.search(sentence)
        and not opens.islower()
        and letters >= 0.6 * len(sentence)
        and sentence.count("=") <= 1
    )
