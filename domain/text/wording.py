"""What the words of a sentence say, for rules that compare sentences."""

from __future__ import annotations

import re

from domain.text.lexical import STOP_TOKENS, tokens

_SAME_QUESTION = 0.8
"""The share of all their words that two questions have in common, from which they ask for the same thing."""
_MARKUP = re.compile(r"https?://|www\.|</?[a-z!]|\]\(|javascript:", re.IGNORECASE)


def content_words(text: str) -> frozenset[str]:
    """The words that say something, folded as in ``lexical``; all of them where none does."""
    found = tokens(text)
    return frozenset(token for token in found if token not in STOP_TOKENS) or frozenset(found)


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two questions, by their words, ask for the same thing."""
    return bool(one) and len(one & other) / len(one | other) >= _SAME_QUESTION


def has_markup(text: str) -> bool:
    """Whether a link or a tag stands in a text that is to be read as it is."""
    return _MARKUP.search(text) is not None
