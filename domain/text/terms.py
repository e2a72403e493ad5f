"""The terms of a text: the words that carry meaning. Also aligns the terms of two texts.

Words that only connect a sentence are left out. Small words that can reverse a statement, such as *before* or *only*,
are terms too. They are marked as telling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from domain.text.lexical import STOP_TOKENS
from domain.text.opposites import folded
from ports.grammar import ParsedSentence
from ports.text.denials import denies, without_empty_denials
from ports.text.regexes import regex

WORD = regex(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth last".split())
_TELLING = ORDINALS | frozenset(
    "from to into onto out away toward towards before after above below under over without against for up down"
    " only more less fewer most least all none no not never first last both neither each many few single one".split()
)
"""Small words that can reverse a statement."""
EMPTY = (
    STOP_TOKENS
    | frozenset(
        "the a an is are was were be been being has have had do does did can could may might will would shall should"
        " it its he she they them their this that these those which who whom what there here and or but so then as of"
        " in on at by with than when if because while very really just also too actually basically well um uh er okay"
        " such some any one's get gets got make makes made called means mean known say says thing things kind sort"
        " us we our you your i my me us own other another same part parts".split()
    )
) - _TELLING
_ENDINGS = tuple(
    "ization ations ation ingly ings ing edly ment ness ies ied ers ion ors or er ed es al ic ly s e y".split()
)
_SAME_BEGINNING = 0.7
LEAST_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a text."""

    lemma: str
    text: str
    is_telling: bool
    is_thing: bool
    """Whether the parse shows that the word is a thing, a name or a quality."""
    is_name: bool
    stem: str
    form: str
    """The text, folded: equal for *strong* and *stronger*."""


def small(words: Sequence[str]) -> list[str]:
    """The words that are not terms by themselves, such as "the", "not" and "first", in order."""
    return [word for word in words if word in EMPTY or word in _TELLING]


def all_words(text: str) -> list[str]:
    """The words of the text in lower case, without articles."""
    return [word for word in WORD.findall(text.lower()) if word not in ("a", "an", "the")]


def terms_of(text: str, parsed: Sequence[ParsedSentence] | None) -> list[Term]:
    """The content words of the text, in order, with what their sentences say about their parts of speech."""
    known = {word.text.lower(): word for one in parsed or () for word in one.words}
    return [
        Term(
            folded(known[word].lemma if word in known else word),
            word,
            word in _TELLING,
            word in known and known[word].part in _THINGS,
            word in known and known[word].part == "PROPN",
            stem(word),
            folded(word),
        )
        for word in WORD.findall(plain(text))
        if word not in EMPTY and not word[0].isdigit() and len(word) > 1
    ]


_THINGS = ("NOUN", "PROPN", "ADJ")
"""The parts of speech for which another word changes the meaning. Another verb may mean the same: *sends*, *passes on*.
"""


def _is_same(one: Term, other: Term) -> bool:
    if one.text == other.text or one.lemma == other.lemma or one.stem == other.stem:
        return True
    if one.is_telling or other.is_telling:
        return False
    pairs = zip(one.text, other.text, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return shared >= max(LEAST_BEGINNING, _SAME_BEGINNING * min(len(one.text), len(other.text)))


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """The word without its ending; the whole word if fewer than three letters would be left."""
    if not word.endswith(_ENDINGS):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def is_in(term: Term, terms: Sequence[Term]) -> bool:
    """Whether one of the terms means the same word as ``term``."""
    return any(_is_same(term, other) for other in terms)


def aligned(said: Sequence[Term], wanted: Sequence[Term]) -> list[tuple[int, int]]:
    """The longest common sequence of words, as pairs of positions. Words with more meaning count more."""
    worth = [[0.0] * (len(wanted) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        for j in range(len(wanted) - 1, -1, -1):
            worth[i][j] = max(worth[i + 1][j], worth[i][j + 1])
            if _is_same(said[i], wanted[j]):
                worth[i][j] = max(worth[i][j], worth[i + 1][j + 1] + (0.4 if wanted[j].is_telling else 1.0))
    pairs, i, j = [], 0, 0
    while i < len(said) and j < len(wanted):
        gain = 0.4 if wanted[j].is_telling else 1.0
        if _is_same(said[i], wanted[j]) and worth[i][j] == worth[i + 1][j + 1] + gain:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif worth[i + 1][j] >= worth[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def aligned_from_the_end(said: Sequence[Term], wanted: Sequence[Term]) -> list[tuple[int, int]]:
    """The same as ``aligned``, but a word that occurs several times is aligned with its last place, not its first."""
    last, end = len(said) - 1, len(wanted) - 1
    return [(last - i, end - j) for i, j in reversed(aligned(said[::-1], wanted[::-1]))]


def gaps_between(
    pairs: Sequence[tuple[int, int]], said: Sequence[Term], wanted: Sequence[Term]
) -> Iterator[tuple[list[Term], list[Term]]]:
    """The words between two neighbouring aligned pairs: those of the sentence and those of the fact. Places where one
    of them has no words are left out.
    """
    bounds = [(-1, -1), *pairs, (len(said), len(wanted))]
    for (i, j), (k, m) in pairwise(bounds):
        if i + 1 < k and j + 1 < m:
            yield list(said[i + 1 : k]), list(wanted[j + 1 : m])


def count_of(term: Term, terms: Sequence[Term]) -> int:
    """How many of the terms mean the same word as ``term``."""
    return sum(_is_same(term, other) for other in terms)


def in_common(one: Sequence[Term], other: Sequence[Term]) -> int:
    """How many terms of ``one`` are also in ``other``."""
    return sum(is_in(term, other) for term in one)


def is_denial(text: str) -> bool:
    """Whether the text denies something, also by a verb: it *fails to* do it, it *stops* doing it."""
    return denies(_NO_OTHER.sub(" ", _NOT_DOING.sub("not ", plain(text))))


def say_little(one: str, other: str) -> bool:
    """Whether one of the texts has a near denial (*hardly*), and the other also has one or says that something is
    little.
    """
    return any(
        _NEARLY_NOT.search(text) and (_NEARLY_NOT.search(beside) or _LITTLE.search(beside))
        for text, beside in ((one, other), (other, one))
    )


_NEARLY_NOT = regex(
    r"\b(?:hardly|scarcely|barely|(?:\w+n['’]t|not) (?:\w+ )?(?:much|many|often|far|very)|(?:almost|nearly|virtually|practically) (?:no|never|none|nothing|nobody|without)"
    r"|next to (?:no|nothing))\b",
    re.IGNORECASE,
)
_LITTLE = regex(
    r"\b(?:little|few|fewer|less|least|lower?|small|smaller|tiny|weak|slight|slightly|rare|rarely|seldom|minimal|negligible|poor"
    r"|poorly)\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text in lower case, with each denial as a separate word."""
    small = text.lower().replace("’", "'").replace("n't", " not")
    for pattern, plain in (
        (_POSSESSIVE, " "),
        (_NO_LONGER, "not"),
        (_ANY_MORE, " "),
        (_NOBODY_ELSE, "only"),
        (_ALL_OTHERS, "not"),
    ):
        small = pattern.sub(plain, small)
    return without_empty_denials(small)


_NO_LONGER = regex(r"\bno longer\b(?! than)")
_POSSESSIVE = regex(r"(?<=[^\W\d_])'s\b|(?<=s)'(?!\w)")
_ANY_MORE = regex(r"\b(?:any (?:more|longer)|anymore)\b(?! than)")
_NOBODY_ELSE = regex(r"\b(?:nobody|no one|none|no \w+) (?:but|except|other than)\b")
_ALL_OTHERS = regex(
    r"\b(?:everybody|everyone|everything|all|anyone|anybody|any \w+|every \w+)(?: (?:of )?(?:the )?\w+)?,? (?:but|except)\b"
)
_NOT_DOING = regex(
    r"\b(?:stop(?:s|ped)?|cease[sd]?) (?=\w+ing\b)|\b(?:fail(?:s|ed)?|refuse[sd]?) to\b"
    r"|\b(?:keep|kept|prevent|stop|hinder)(?:s|ing|ed|ped|ping)? (?:\w+ ){0,4}from (?=\w+ing\b)|\bprevent(?:s|ed|ing)?\b"
    r"|\b(?:protect|guard|shield)(?:s|ed|ing)? (?:\w+ ){0,4}from\b"
)
_NO_OTHER = regex(r"\b(?:no|nothing|none|nobody|not)\s+(?:\w+\s+)?(?:other|else|but)\b")
"""Denials of all other things, or of another thing in the same place."""


def without_small(terms: Sequence[Term]) -> list[Term]:
    return [term for term in terms if not term.is_telling]
