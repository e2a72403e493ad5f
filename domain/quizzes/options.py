"""Compares an option with a text and with other options: by words, numbers, and claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from domain.quizzes.statements import BLANK
from domain.text.lexical import tokens
from domain.text.opposites import are_opposite, folded
from domain.text.wording import content_words
from ports.text.denials import OF_LANGUAGE, denials, without_empty_denials
from ports.text.quantities import Quantity, quantities, same_quantity
from ports.text.regexes import regex

NEGATION = frozenset(tokens(" ".join([*OF_LANGUAGE["en"], "non unlike opposite no sin nunca 不 没"])))
_OPPOSED = 3
"""Two options can be opposites only if at most this number of words is in one of them and not in the other."""
_OPENS = regex(r"^(?:it|they|he|she) (?=\w+ \w)", re.IGNORECASE)
"""The pronoun at the beginning of an option that is a clause: *they* in *they save less*."""
_EDGES = regex(r"^[\W_]+|[\W_]+$")


def is_same_amount(key: str, other: str) -> bool:
    """Whether both are the same quantity, possibly in other units or words. With *about*, they may differ a little."""
    if _is_of_the_decade(key, other) or _is_of_the_decade(other, key):
        return True
    one, two = quantities(key), quantities(other)
    if len(one) != 1 or len(two) != 1:
        return False
    if one[0].dimension in ("", "ratio") and _beside(key, one[0]) ^ _beside(other, two[0]):
        return False
    rounded = any(
        re.search(r"\b(?:about|around|roughly|nearly|almost|approx\w*)\b", text) for text in (key, other)
    )
    return same_quantity(one[0], two[0], tolerance=0.06 if rounded else 0.005 if one[0].dimension else 0.0)


def _is_of_the_decade(year: str, decade: str) -> bool:
    """Whether ``decade`` is the decade of ``year``, as in 1885 and the 1880s."""
    one, two = re.search(r"\b(\d{3})\d\b", year), re.search(r"\b(\d{3})0s\b", decade)
    return one is not None and two is not None and one[1] == two[1]


_LOOSELY = frozenset("about around roughly nearly almost approximately year percent cent".split())


def _beside(text: str, amount: Quantity) -> frozenset[str]:
    """The content words of the text other than its amount."""
    rest = text[: amount.start] + " " + text[max(amount.end, amount.number_end) :]
    return frozenset(word for word in tokens(rest) if len(word) > 3) - _LOOSELY


def as_compared(text: str) -> str:
    """The text without differences of case, outer punctuation, articles and white space. A sign before a number stays."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = re.sub(r"^(?:the|an?|el|la|los|las|le|les|der|die|das) ", "", plain)
    bare = _EDGES.sub("", plain)
    if not bare or plain[0] in "-+−±" or plain[-1] in "%°":
        return plain
    return bare


def is_held(option: str, context: str, share: float) -> bool:
    """Whether the context contains at least this share of the option's words, 0 to 1, and all its numbers and
    negations.
    """
    if stands_in(option, context):
        return True
    wanted, held = content_words(option), set(tokens(context))
    held |= {folded(word) for word in held}
    wanted = frozenset(folded(word) if word not in held else word for word in wanted)
    if not wanted or any(any(map(str.isdigit, word)) and word not in held for word in wanted):
        return False
    if (wanted | set(tokens(option))) & NEGATION - held:
        return False
    return len(wanted & held) / len(wanted) >= share


def are_denied_after(words: Sequence[str]) -> bool:
    """Whether a negation among the words denies what follows them."""
    text = without_empty_denials(" ".join(words))
    return bool(denials(text)) or not NEGATION.isdisjoint(text.split())


def is_negative(text: str) -> bool:
    """Whether the text has a negation."""
    return are_denied_after(tokens(without_empty_denials(text)))


def stands_in(option: str, text: str) -> bool:
    """Whether the option's words are in the text, one directly after the other."""
    wanted, held = tokens(option), tokens(text)
    if not wanted:
        return as_compared(option) in " ".join(text.casefold().split())
    return any(held[at : at + len(wanted)] == wanted for at in range(len(held) - len(wanted) + 1))


def is_given_away(option: str, stem: str) -> bool:
    """Whether the stem contains the option, or all of its words if they are several."""
    return stands_in(option, stem) or (
        len(content_words(option)) > 1 and content_words(option) <= content_words(stem)
    )


def is_same_claim(key: str, other: str) -> bool:
    """Whether ``other`` makes the same claim as the key: with the same words, or with all of them and more."""
    one, two = set(tokens(key)), set(tokens(other))
    if (one ^ two) & NEGATION or as_compared(key) == as_compared(other):
        return as_compared(key) == as_compared(other)
    if stands_in(key, other):
        return True
    if tokens(key) != tokens(other) and sorted(tokens(key)) == sorted(tokens(other)):
        return not _order_matters(key)
    one_content, two_content = content_words(key), content_words(other)
    return len(one_content) > 1 and one_content <= two_content


def _order_matters(text: str) -> bool:
    """Whether the words could mean something else in another order, as in "from A to B"."""
    return bool(
        re.search(r"\b(?:to|before|after|than|by|over|into|per|minus|divided)\b", text, re.IGNORECASE)
    )


def is_said(other: str, key: str, stem: str, quote: str, context: str) -> bool:
    """Whether the quote states ``other``. Also True if the context has all words of ``other``, and at least one of them
    is in neither the stem nor the key.
    """
    if stands_in(other, stem) or _within(other, key):
        return False
    if stands_in(other, quote) or (_OPENS.match(other) and stands_in(_OPENS.sub("", other), quote)):
        return True
    words, held = _roots(other), {*_roots(context), *map(folded, tokens(context))}
    return len(words) > 1 and words <= held and bool(words - _roots(stem) - _roots(key))


def _roots(text: str) -> frozenset[str]:
    """The content words without the endings of verbs, so that *released* and *releases* give the same word."""
    return frozenset(_ENDING.sub("", folded(word)) for word in content_words(text))


_ENDING = regex(r"(?<=\w{4})(?:es|ed|ing|e|s)$")


def differ_by_an_opposite(key: str, other: str) -> bool:
    """Whether the two say opposite things in nearly the same words: stronger memories, weaker memories."""
    one, two = ({folded(word) for word in text.lower().split()} for text in (key, other))
    return len(one ^ two) <= _OPPOSED and any(are_opposite(a, b) for a in one - two for b in two - one)


def _within(other: str, key: str) -> bool:
    """Whether ``other`` is only a part of the key, so that it occurs wherever the key does."""
    return stands_in(other, key)


def is_completed_by(option: str, stem: str, quote: str) -> bool:
    """Whether the quote contains the stem with its blank filled by the option."""
    before, _, after = BLANK.sub("\0", stem).partition("\0")
    left, right = tokens(before)[-2:], tokens(after)[:2]
    filled, held = [*left, *tokens(option), *right], tokens(quote)
    return any(held[at : at + len(filled)] == filled for at in range(len(held) - len(filled) + 1))
