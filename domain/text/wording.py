"""Compares the words of sentences."""

from __future__ import annotations

import re
from collections.abc import Set

from domain.text.lexical import STOP_TOKENS, tokens
from ports.text.regexes import regex

_SAME_QUESTION = 0.8
"""Two questions ask for the same thing if they share at least this share of all their words."""
_MARKUP = regex(r"https?://|www\.|</?[a-z!]|\]\(|javascript:", re.IGNORECASE)


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, folded as in ``lexical``. If there are none, all words."""
    found = tokens(text)
    return frozenset(token for token in found if token not in STOP_TOKENS) or frozenset(found)


def are_alike(one: Set[str], other: Set[str]) -> bool:
    """Whether two questions ask for the same thing, by their words."""
    return bool(one) and len(one & other) / len(one | other) >= _SAME_QUESTION


def has_markup(text: str) -> bool:
    """Whether a text contains a link or a tag, so that it must not be shown unchanged."""
    return _MARKUP.search(text) is not None
