"""Turns texts into weighted terms, to find the words of a question in texts of any script.

The product of a document's weights and a question's weights is BM25 (Robertson and Zaragoza 2009, "The Probabilistic
Relevance Framework") without the rarity of terms, which is not known when a text is stored.
``domain.documents.ranking`` computes the rarity among the candidates of a search.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal
from zlib import crc32

from ports.text import stop_words
from ports.text.regexes import regex
from ports.text.words import is_unspaced, pieces, words

Kinship = Literal["one language", "one script", "two scripts"]

MAX_TERMS = 1000
"""The largest number of terms of one text that a vector store accepts. The terms with the lowest weights are left out.
"""
K1 = 1.2
B = 0.75
REFERENCE_CHARACTERS = 1000
"""The length of a full chunk, in characters. It counts as the average length. Characters are counted instead of words,
so that a text in a script that is split into pairs of characters does not count as longer.
"""
STOP_WEIGHT = 0.05
"""The weight of a stop word beside other words."""
PREFIX_LETTERS = 6
"""The number of first letters by which a longer word is also found, so that its other forms match."""

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
    """The word without its plural ending, by the S-stemmer (Harman 1991, "How effective is suffixing?"). It also
    removes "-es" after a hissing sound.
    """
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
"""Words of a dozen languages that say nothing about the topic of a text. A word that has a meaning in another of the
languages is not listed ("war")."""

_ENGLISH = frozenset(tokens(stop_words.ENGLISH))
_OTHERS = STOP_TOKENS - _ENGLISH
_SEEN_LETTERS = 100
"""The number of letters of a text that decide its script."""
_LATIN = regex("[a-z\u00c0-\u024f]")


def reads_as_english(text: str) -> bool:
    """Whether the text is in Latin letters and has at least as many common words of English as of other languages.

    A text without any common word reads as English unless it has letters that English words do not have.
    """
    letters = [character for character in text.lower() if character.isalpha()]
    if not letters or not all(map(_LATIN.match, letters)):
        return False
    excess = _english_excess(text)
    return excess > 0 or (excess == 0 and all(letter.isascii() for letter in letters))


def kinship(one: str, other: str) -> Kinship:
    """How the languages of two texts are related, judged by their scripts and their common English words.

    Two languages other than English in one script count as the same language.
    """
    scripts = _main_script(one), _main_script(other)
    if scripts[0] != scripts[1]:
        return "one language" if None in scripts else "two scripts"
    if scripts[0] == "LATIN" and _english_excess(one) * _english_excess(other) < 0:
        return "one script"
    return "one language"


def _main_script(text: str) -> str | None:
    """The script of most of the first letters, as the first word of their Unicode names; None without letters."""
    letters = islice(filter(str.isalpha, text), _SEEN_LETTERS)
    counts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
    if (
        counts["HIRAGANA"] or counts["KATAKANA"]
    ):  # A text with kana is Japanese: its other letters are also those of Chinese.
        return "HIRAGANA"
    return max(counts, key=lambda script: counts[script]) if counts else None


def _english_excess(text: str) -> int:
    """The number of common English words in the text minus the number of common words of other languages."""
    found = tokens(text)
    return sum(word in _ENGLISH for word in found) - sum(word in _OTHERS for word in found)


def saturation(count: int, characters: int) -> float:
    """BM25's weight of a term that occurs ``count`` times in a text of that many characters: 0 to 1."""
    return count / (count + K1 * (1 - B + B * characters / REFERENCE_CHARACTERS))


def term_id(token: str) -> int:
    """The number of the term, 0 to 2**32-1, the same on every machine.

    The probability that any two of 50,000 words share a number is 0.25.
    """
    return crc32(token.encode(errors="replace"))


@lru_cache(maxsize=1 << 16)
def terms(token: str) -> tuple[str, ...]:
    """The terms by which a token is found: the token itself and, for a longer word, its first letters.

    Other forms of the word share these letters (prefix stemming: Can et al. 2008, "Information retrieval on Turkish
    texts").
    """
    if len(token) < PREFIX_LETTERS or not token.isalpha():
        return (token,)
    return token, token[:PREFIX_LETTERS] + "*"


def term_counts(text: str) -> dict[str, int]:
    """How often each term occurs in ``text``."""
    counts: dict[str, int] = {}
    for word, count in Counter(words(text)).items():
        for term in _terms_of_word(word):
            counts[term] = counts.get(term, 0) + count
    return counts


@lru_cache(maxsize=1 << 16)
def _terms_of_word(word: str) -> tuple[str, ...]:
    """The terms of a word in order, each as often as the word has it."""
    return tuple(term for token in _tokens_of(word) for term in terms(token))


@lru_cache(maxsize=1 << 16)
def _ids_of_word(word: str) -> tuple[int, ...]:
    return tuple(map(term_id, _terms_of_word(word)))


class Sought:
    """Finds the terms of one question in many texts. It looks at each different word once."""

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
        return tuple(term for term in _terms_of_word(word) if term in self._sought)


def question_weights(text: str) -> dict[str, float]:
    """The weight of each distinct term of a question. The weights sum to 1, or to 0 for a question without terms."""
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
    """The term ids of a stored text, ascending, and their weights, 0 to 1."""
    counts: dict[int, int] = {}
    for word, count in Counter(words(text)).items():
        for number in _ids_of_word(word):
            counts[number] = counts[number] + count if number in counts else count
    if len(counts) > MAX_TERMS:
        counts = dict(Counter(counts).most_common(MAX_TERMS))
    weights = {count: saturation(count, len(text)) for count in set(counts.values())}
    indices = sorted(counts)
    return indices, list(map(weights.__getitem__, map(counts.__getitem__, indices)))


def sparse_query(text: str) -> tuple[list[int], list[float]]:
    """The term ids and weights of a question.

    The product with a document's weights is 0 to 1: 0 if they share no word, near 1 if the document holds every word of
    the question many times.
    """
    by_id: dict[int, float] = {}
    for term, weight in Counter(question_weights(text)).most_common(MAX_TERMS):
        number = term_id(term)
        by_id[number] = by_id.get(number, 0.0) + weight
    indices = sorted(by_id)
    return indices, [by_id[number] for number in indices]
