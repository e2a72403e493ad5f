"""Texts as weighted terms, for finding the words of a question in any script.

The weights of a document's terms and of a question's multiply and add up to BM25 (Robertson and Zaragoza
2009, "The Probabilistic Relevance Framework") but for the rarity of terms, which nobody knows when a text
is written down: ``domain.documents.ranking`` weighs it among the candidates.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal
from zlib import crc32

from ports.text import stop_words
from ports.text.words import is_unspaced, pieces, words

Kinship = Literal["one language", "one script", "two scripts"]

MAX_TERMS = 1000
"""Of one text: as many as a vector store takes. Of a text with more, the lightest are left out."""
K1 = 1.2
B = 0.75
REFERENCE_CHARACTERS = 1000
"""A chunk's full length, which counts as the average one. Characters, so that a script written in pairs
of characters is not longer for it."""
STOP_WEIGHT = 0.05
"""Of a stop word beside other words."""
PREFIX_LETTERS = 6
"""Of a word at least as long, by which its other forms are found too."""

_STOP_PHRASES = """
什么 什麼 为什么 為什麼 怎么 怎麼 怎样 如何 哪里 哪裡 哪个 哪些 多少 是谁 的是 何時 何处 是否 のは には
です ですか ます ました した して いる ある この その どの どこ なぜ 何が 何を とは という こと อะไร ทำไม
อย่างไร เมื่อไร เมื่อไหร่ ที่ไหน เท่าไร เท่าไหร่ ของ เป็น และ 무엇 무엇인가 어떻게 언제 어디 누가 얼마
합니까 입니까 습니까 인가요 나요
"""


def tokens(text: str) -> list[str]:
    """The words of ``text`` in order, as ``ports.text.words`` folds them, without plural endings. A word of a
    script without spaces is given in pieces of two or three characters."""
    return [token for word in words(text) for token in _tokens_of(word)]


def _tokens_of(word: str) -> Sequence[str]:
    return (_singular(word),) if word.isascii() or not is_unspaced(word) else pieces(word)


@lru_cache(maxsize=1 << 16)
def _singular(word: str) -> str:
    """The S-stemmer (Harman 1991, "How effective is suffixing?"), and "-es" after a hiss: plurals alone."""
    if len(word) < 4 or word[-1] != "s":
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith(("sses", "shes", "xes", "tches")):
        return word[:-2]
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]


STOP_TOKENS = frozenset(tokens(stop_words.ENGLISH + stop_words.OTHERS + _STOP_PHRASES))
"""Words that say nothing of what a text is about, in a dozen languages; none that says much in another ("war")."""

_ENGLISH = frozenset(tokens(stop_words.ENGLISH))
_OTHERS = STOP_TOKENS - _ENGLISH
_SEEN_LETTERS = 100
"""How many letters of a text tell its script."""
_LATIN = re.compile("[a-z\u00c0-\u024f]")


def reads_as_english(text: str) -> bool:
    """Whether the text is in Latin letters, and has at least as many common words of English as of others.

    Without a common word, it does unless it has letters that English words do not have.
    """
    letters = [character for character in text.lower() if character.isalpha()]
    if not letters or not all(map(_LATIN.match, letters)):
        return False
    excess = _english_excess(text)
    return excess > 0 or (excess == 0 and all(letter.isascii() for letter in letters))


def kinship(one: str, other: str) -> Kinship:
    """Whether two texts are in one language, as far as their scripts and their common words of English tell.

    Two other languages of one script are not told apart.
    """
    scripts = _main_script(one), _main_script(other)
    if scripts[0] != scripts[1]:
        return "one language" if None in scripts else "two scripts"
    if scripts[0] == "LATIN" and _english_excess(one) * _english_excess(other) < 0:
        return "one script"
    return "one language"


def _main_script(text: str) -> str | None:
    """The script of most of the first letters, by the first word of their Unicode names; None without letters."""
    letters = islice(filter(str.isalpha, text), _SEEN_LETTERS)
    counts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
    if counts["HIRAGANA"] or counts["KATAKANA"]:  # Japanese, whose other letters are those of Chinese
        return "HIRAGANA"
    return max(counts, key=lambda script: counts[script]) if counts else None


def _english_excess(text: str) -> int:
    """How many more common words of English the text has than of other languages."""
    found = tokens(text)
    return sum(word in _ENGLISH for word in found) - sum(word in _OTHERS for word in found)


def saturation(count: int, characters: int) -> float:
    """BM25's weight of a term that occurs ``count`` times in a text of that many characters: 0 to 1."""
    return count / (count + K1 * (1 - B + B * characters / REFERENCE_CHARACTERS))


@lru_cache(maxsize=1 << 16)
def term_id(token: str) -> int:
    """The same on every machine, 0 to 2**32-1. Two of 50,000 words share one with probability 0.25."""
    return crc32(token.encode(errors="replace"))


@lru_cache(maxsize=1 << 16)
def terms(token: str) -> tuple[str, ...]:
    """What a token is found by: itself and, of a longer word, its first letters, which it has in common
    with its other forms (prefix stemming: Can et al. 2008, "Information retrieval on Turkish texts")."""
    if len(token) < PREFIX_LETTERS or not token.isalpha():
        return (token,)
    return token, token[:PREFIX_LETTERS] + "*"


def term_counts(text: str) -> dict[str, int]:
    """How often each term occurs in ``text``."""
    counts: dict[str, int] = {}
    for token, count in Counter(tokens(text)).items():
        for term in terms(token):
            counts[term] = counts.get(term, 0) + count
    return counts


class Sought:
    """Finds the terms of one question in many texts: it looks at each word once."""

    def __init__(self, sought: Collection[str]) -> None:
        self._sought = sought
        self._of_words: dict[str, tuple[str, ...]] = {}

    def counts(self, text: str) -> dict[str, int] | None:
        """The sought terms in ``text``, as ``term_counts`` counts them; None if it has no word at all."""
        found = Counter(words(text))
        counts: dict[str, int] = {}
        known = self._of_words
        for word, count in found.items():
            of_word = known.get(word)
            if of_word is None:
                of_word = known[word] = self._terms_of(word)
            for term in of_word:
                counts[term] = counts.get(term, 0) + count
        return counts if found else None

    def _terms_of(self, word: str) -> tuple[str, ...]:
        every = (term for token in _tokens_of(word) for term in terms(token))
        return tuple(term for term in every if term in self._sought)


def question_weights(text: str) -> dict[str, float]:
    """The weight of each distinct term of a question; together 1, unless it has none."""
    distinct = dict.fromkeys(tokens(text))
    weights = {token: STOP_WEIGHT if token in STOP_TOKENS else 1.0 for token in distinct}
    total = sum(weights.values())
    shared: dict[str, float] = {}
    for token, weight in weights.items():
        parts = terms(token)
        for term in parts:
            shared[term] = shared.get(term, 0.0) + weight / total / len(parts)
    return shared


def sparse_document(text: str) -> tuple[list[int], list[float]]:
    """Term ids, ascending, and their weights, 0 to 1, of a text that is to be found."""
    counts = Counter(term_counts(text)).most_common(MAX_TERMS)
    return _sparse((term, saturation(count, len(text))) for term, count in counts)


def sparse_query(text: str) -> tuple[list[int], list[float]]:
    """Term ids and weights of a question. Its product with a document is 0 to 1: 0 if they share no
    word, near 1 if the document holds every word of it many times."""
    return _sparse(Counter(question_weights(text)).most_common(MAX_TERMS))


def _sparse(weights: Iterable[tuple[str, float]]) -> tuple[list[int], list[float]]:
    by_id: dict[int, float] = {}
    for term, weight in weights:
        number = term_id(term)
        by_id[number] = by_id.get(number, 0.0) + weight
    indices = sorted(by_id)
    return indices, [by_id[number] for number in indices]
