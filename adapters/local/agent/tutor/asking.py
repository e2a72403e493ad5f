"""Reads a question: its content words, and the kind of thing that answers it (a person, a number, a reason)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from adapters.local.agent.text.meaning import DAYS, ORDINALS, key_of, keys
from adapters.local.agent.text.words import is_faint, question_terms, readable, terms
from ports.agent import Utterance
from ports.grammar import Grammar, ParsedSentence, Word
from ports.text.words import is_unspaced

Kind = Literal[
    "person",
    "time",
    "age",
    "place",
    "count",
    "share",
    "measure",
    "price",
    "reason",
    "definition",
    "list",
    "other",
]
"""The kind of answer. ``measure`` is how long or how far, ``count`` is how many, ``share`` is what percentage."""

_OF_BEFORE = 0.6
"""The weight of a word of the previous question, if this question continues it."""
_OF_ANSWER = 0.1
_FAINT = 0.35
"""The weight of a word that only serves to ask, such as *specific*."""
_RUN_TOGETHER = re.compile(r"\b(what|who|where|when|why|how)s\b", re.I)
"""Question words with "is" but without an apostrophe, such as *whats*."""
_KNOW_ABOUT = re.compile(r"\b(?:know|learn) about\b", re.I)
_QUESTION_WORD = re.compile(r"\b(who|whom|whose|when|where|why|how|what|which)\b\s*(\w*)", re.I)
_COUNTS = frozenset(("many", "number"))
_SHARES = frozenset("percentage percent proportion fraction share".split())
_AGES = re.compile(
    r"\b(?:[Hh]ow old|(?:[Ww]hat|[Ww]hich) age|age (?:at|when)|(?<![Ii]n the )age of)\b|['’]s age\b"
)
"""How old somebody or something is. Not matched: the name of an age, which has a capital letter (*the Bronze Age*), and
a time (*in the age of steam*).
"""
_AGE_OF = re.compile(r"\b[Ww]hat (is|was|are|were) the ages? of\b")
_TIME_SPANS = r"\bhow many (?:year|month|week|day|hour|minute|second)s\b"
_DATE = (
    r"(?:the )?(?:year |\d{1,2} )?(?:\d{3,4}\b|(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)"
)
_RECKONING = re.compile(
    r"\bhow (?:many|much) (?:\w+ )?(more|less|fewer)\b|\bhow many (times) (?:\w+er|as)\b"
    rf"|{_TIME_SPANS}.*\b(between|passed|elapsed|later|(?:after|before)(?= {_DATE}))\b"
    r"|\b(by) how (?:much|many)\b|\b(sum) of\b|\b(per) (?:capita|person|head|square)\b|\b\d+ ?(?:%|percent) (of) \d",
    re.I,
)
"""A question whose answer is usually computed from two figures. The group is a word that a sentence has if it states
the answer.
"""
_MEASURES = frozenset("much long often far fast tall big large deep high hot wide heavy small amount".split())
_TIMES = frozenset("year date century month day decade time".split())
_PLACES = frozenset("country city place state region continent town".split())
_SPENDS = re.compile(
    r"\b(?:costs?|pay|paid|spend|spent|sells? for|sold for)\b|\bhow much\b.*\b(?:money|earns?|earned)\b"
    r"|\bwhat (?:do|does|did)\b.*\bearn\b",
    re.I,
)
_DEFINE = re.compile(r"^\W*(?:please )?define\s+(?:the (?:term|word)\s+)?", re.I)
_DEFINITION = re.compile(
    r"^\W*(?:what(?:['’]s| is| are| was| were)|who(?:['’]s| is| are| was| were)|explain|describe|(?:what is )?the meaning of|"
    r"what do(?:es)?)\s+(?:meant by\s+)?(?P<the>the\s+)?(?P<thing>[^?]+?)(?:\s+mean)?\W*$",
    re.I,
)
_LIST = re.compile(
    r"\b(?:list|enumerate|name (?:the|all|two|three|four|five|some|\d))\b"
    r"|^\W*(?:what|which) (?:are|were) (?:the|some)\b|\b(?:what|which) (?:[\w’']+ ){0,3}?(?:two|three|four|five|six|seven|eight)\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|she|his|her|him|one|ones|former|latter|same|there|else|eso|"
    r"esto|ella|cela|ça|das|dies)\b|它|他|她|那|这|これ|それ|그것|มัน|ذلك|यह|वह",
    re.I,
)
_GOES_ON = re.compile(
    r"\W*(?:(?:and|but|so|also|what about|how about|how so|how come|tell me more|more|go on|y|et|und|e|и)\b|why\W*$|"
    r"why (?:is|was|does|did|are|do) (?:that|this|it|so|they)\b|explain (?:that|this|it|more)\b|那|それ)",
    re.I,
)
_ORDINALS = frozenset(
    terms("first second third fourth fifth sixth last next primera segunda tercera erste zweite")
)
_PARTS_OF_TEXTS = frozenset("table figure page chapter section exercise question".split())
"""Words before a number that names a place in a text: "Figure 3"."""
_YEAR_OR_PLACE = re.compile(r"1\d{3}|20\d\d|\d+(?:st|nd|rd|th)")
"""Numbers that are no measurements."""
_MARK = re.compile(r'\[\s*\d{1,3}(?:\s*"[^\]]*")?\s*\]')


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    """The text of the question. If it continues the previous question, the previous question precedes it."""
    kind: Kind
    parsed: Sequence[ParsedSentence] | None
    """The parse of ``text``; None in a language without a parser."""
    weights: dict[str, float]
    """The weight of each key, before its rarity is taken into account."""
    thing: frozenset[str] = frozenset()
    """The keys of the thing that is to be defined or described."""
    names: frozenset[str] = frozenset()
    """The keys that are names."""
    figures: frozenset[str] = frozenset()
    """The numbers that measure something: 10 kg."""
    noun: str = ""
    """The key of the noun after "which", "what" or "how many": "artery" for *which arteries …*. "" if there is none, or
    if it only serves to ask, such as "kind".
    """
    reckoned: str = ""
    """If the answer is usually computed: the word that a sentence contains if it states the answer ("more", "between").
    """
    is_superlative: bool = False
    """Whether the question asks for the largest, the oldest, the most …"""
    places: frozenset[str] = frozenset()
    """The numbers, ordinals and days in the question. They can name a row or column of a table."""
    presumes: bool = False
    """Whether the question assumes that its statement is true: *why does it …* does, *does it …* does not."""
    said: frozenset[str] = frozenset()
    """The terms of the last answer, if this question continues the previous one; otherwise empty."""

    @property
    def solid(self) -> int:
        return sum(not is_faint(key) for key in self.weights)


def understand(question: str, history: Sequence[Utterance], grammar: Grammar) -> Asked:
    question = _AGE_OF.sub(
        r"how old \1 ",
        _DEFINE.sub("What is ", _KNOW_ABOUT.sub("about", _RUN_TOGETHER.sub(r"\1 is", question))),
    )
    before, answer = _last(history)
    follows = bool(before) and _follows_on(question, is_part=not answer)
    own_parse = grammar.parse(readable(question))
    own = question_terms(question) if own_parse is None else keys(question, own_parse)
    weights = {key: _FAINT if is_faint(key) else 1.0 for key in own}
    said: frozenset[str] = frozenset()
    if follows:
        said = frozenset(terms(answer))
        for key in keys(before, None if own_parse is None else grammar.parse(readable(before))):
            if key not in _ORDINALS or _ORDINALS.isdisjoint(own):
                weights.setdefault(key, _OF_BEFORE)
        if all(map(is_faint, own)):
            for key in terms(answer)[:40]:
                weights.setdefault(key, _OF_ANSWER)
    text = readable(f"{before} {question}" if follows else question)
    if own_parse is None:
        return Asked(text, "other", None, weights, said=said)
    words = [word for sentence in own_parse for word in sentence.words]
    wants_yes_or_no = _wants_yes_or_no(words)
    defined = _DEFINITION.match(question)
    return Asked(
        text,
        "other" if wants_yes_or_no else _kind(question, words),
        grammar.parse(text),
        weights,
        thing=frozenset(keys_of(defined["thing"], grammar)) if defined else frozenset(),
        names=frozenset(key_of(word) for word in words if word.part == "PROPN") - {""},
        figures=frozenset(_figures(own_parse)),
        noun=_noun(own_parse),
        reckoned=next(
            (word.lower() for found in _RECKONING.finditer(question) for word in found.groups() if word), ""
        ),
        is_superlative=is_superlative(own_parse),
        places=frozenset(_places(own_parse)) - {""},
        presumes=not wants_yes_or_no,
        said=said,
    )


def _last(history: Sequence[Utterance]) -> tuple[str, str]:
    """The learner's last question and the last answer to it."""
    before = next((one.text for one in reversed(history) if one.speaker == "user"), "")
    answer = next((one.text for one in reversed(history) if one.speaker == "assistant"), "")
    return before, _MARK.sub("", answer)


def _follows_on(question: str, *, is_part: bool) -> bool:
    """Whether the question needs the previous question to be understood ("and the other?", "why is that?"). With
    ``is_part``, whether a part of a question needs the part before it.
    """
    solid = sum(not is_faint(term) for term in question_terms(question))
    few = 4 if is_unspaced(question) else 2
    return (
        solid <= is_part
        or bool(_GOES_ON.match(question))
        or (solid <= few and bool(_POINTS_BACK.search(question)))
    )


def _kind(question: str, words: Sequence[Word]) -> Kind:
    if _LIST.search(question):
        return "list"
    asks = _QUESTION_WORD.search(question)
    word, after = (asks[1].lower(), asks[2].lower()) if asks else ("", "")
    defined = _DEFINITION.match(question)
    if word in ("who", "whom", "whose"):
        return "person" if defined is None or defined["the"] else "definition"
    if word == "when" or (word in ("what", "which") and after in _TIMES):
        return "time"
    if word == "where" or (word in ("what", "which") and after in _PLACES):
        return "place"
    if word == "why":
        return "reason"
    if _AGES.search(question):
        return "age"
    if re.search(_TIME_SPANS, question, re.I):
        return "measure"
    if after in _COUNTS:
        return "count"
    if after in _SHARES:
        return "share"
    said = " ".join(
        one.text for one in words if (one.part, one.relation) != ("VERB", "amod")
    )  # "paid workers"
    if (word == "what" or after == "much") and _SPENDS.search(said):
        return "price"
    if after in _MEASURES:
        return "measure"
    return "definition" if defined else "other"


def _wants_yes_or_no(words: Sequence[Word]) -> bool:
    """Whether the question begins with an auxiliary verb (*can it …*) and does not ask the tutor to do something."""
    subject = next((word.text.lower() for word in words if word.relation in ("nsubj", "nsubjpass")), "")
    return bool(words) and words[0].part == "AUX" and subject != "you"


def _noun(parsed: Sequence[ParsedSentence]) -> str:
    nouns = (
        key_of(sentence.words[word.head])
        for sentence in parsed
        for before, word in pairwise((None, *sentence.words))
        if word is not None
        and (
            (word.text.lower() in ("which", "what") and word.relation == "det")
            or (word.text.lower() == "many" and before is not None and before.text.lower() == "how")
        )
    )
    return next((noun for noun in nouns if not is_faint(noun)), "")


def is_superlative(parsed: Sequence[ParsedSentence]) -> bool:
    """Whether a word says that something is so more than all others: "largest", "most extensive", "the most". The *most*
    of "most plants" means nearly all.
    """
    for sentence in parsed:
        for at, word in enumerate(sentence.words):
            text = word.text.lower()
            if word.part not in ("ADJ", "ADV"):
                continue
            if text.endswith("est") and word.lemma.lower() != text:
                return True
            describes = word.head != at and sentence.words[word.head].part in ("ADJ", "ADV")
            if text == "most" and (describes or (at and sentence.words[at - 1].text.lower() == "the")):
                return True
    return False


def names_part_of_text(sentence: ParsedSentence, place: int) -> bool:
    """Whether the number at the place names a part of the text: "Figure 3", "Table 11-2"."""
    before = [word for word in sentence.words[:place] if any(map(str.isalpha, word.text))]
    return bool(before) and before[-1].lemma.lower() in _PARTS_OF_TEXTS


def _figures(parsed: Sequence[ParsedSentence]) -> Iterator[str]:
    for sentence in parsed:
        for word in sentence.words:
            measures = sentence.words[word.head].part in ("NOUN", "PROPN", "X") or word.text[-1].isalpha()
            if word.text[0].isdigit() and measures and not _YEAR_OR_PLACE.fullmatch(word.text):
                yield key_of(word)


def _places(parsed: Sequence[ParsedSentence]) -> Iterator[str]:
    for sentence in parsed:
        for place, word in enumerate(sentence.words):
            if (
                (word.text[0].isdigit() and not names_part_of_text(sentence, place))
                or word.lemma.lower() in DAYS
                or key_of(word) in ORDINALS
            ):
                yield key_of(word)


def keys_of(text: str, grammar: Grammar) -> list[str]:
    return keys(text, grammar.parse(readable(text)))
