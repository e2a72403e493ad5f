"""Finds the concepts of a text: the terms that it repeats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ports.text.regexes import regex

MAX_CONCEPTS = 10
_MAX_WORDS = 3
_MIN_COUNT = 2
_HEADING_WEIGHT = 3
_COUNTED = 100_000
"""Terms are counted in at most this number of characters, about 40 pages. A concept that a book repeats occurs in them."""
_PIECE = 2_500

_WORD_OR_BREAK = regex(r"[^\W\d_][\w'-]*|[.,;:!?()\[\]{}\"“”\n\t|/=<>]")
_ASCII_WORD_OR_BREAK = regex(r"[a-z][a-z0-9_'-]*|[.,;:!?()\[\]{}\"\n\t|/=<>]")
"""The same pattern for a text in ASCII, which takes half of the time."""
_BROKEN = ""
"""Stands for a word that no term may contain."""
_Term = tuple[str, ...]
_FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also always am an and another any are as at back be because
    been before being between both but by can could did do does doing done down during each either else
    even ever every few first for from further get gets give given go had has have having he her here
    hers him his how however i if in into is it its itself just last less let like made make makes many
    may me might more most much must my near need new no nor not now of off often on once one only or
    other our out over own per put rather same see seen several shall she should since so some still
    such take than that the their them then there these they thing things this those though three
    through thus to too two under until up upon us use used uses using very via was way we well were
    what when where whether which while who whom whose why will with within without would yes yet you
    your page chapter figure fig table section example note notes
    """.split()
)


def extract_concepts(text: str, headings: Sequence[str] = ()) -> tuple[str, ...]:
    """The concepts of the text, highest weight first: up to ten terms of one to three words, in lower case.

    A term is a sequence of content words that occurs more than once. Its weight is its count times its number of words,
    as in RAKE (Rose et al. 2010, "Automatic keyword extraction from individual documents"), and more if a heading
    contains it. A term that is part of a chosen longer one is left out. For a long text, pieces from all of it are
    counted.
    """
    counts = _term_counts(_sample(text))
    for heading in headings:
        for term, count in _term_counts(heading).items():
            counts[term] = counts.get(term, 0) + _HEADING_WEIGHT * count
    weights = {
        " ".join(term): count * len(term)
        for term, count in counts.items()
        if count >= _MIN_COUNT and (len(term) > 1 or len(term[0]) > 3)
    }
    chosen: list[str] = []
    for key in sorted(weights, key=lambda term: (-weights[term], term)):
        overlaps = any(f" {key} " in f" {other} " or f" {other} " in f" {key} " for other in chosen)
        if not overlaps:
            chosen.append(key)
        if len(chosen) == MAX_CONCEPTS:
            break
    return tuple(chosen)


def _sample(text: str) -> str:
    """The text. If it is longer than ``_COUNTED`` characters, that many of them, in evenly spaced pieces."""
    if len(text) <= _COUNTED:
        return text
    pieces = _COUNTED // _PIECE
    starts = (number * (len(text) - _PIECE) // (pieces - 1) for number in range(pieces))
    taken = (text[start : start + _PIECE] for start in starts)
    return "\n".join(
        piece[piece.find(" ") + 1 : piece.rfind(" ")] for piece in taken
    )  # without the words that are cut in two


def _term_counts(text: str) -> dict[_Term, int]:
    """The number of occurrences of each run of one to three content words without punctuation or function words in it."""
    small = text.lower()
    if "’" in small:
        small = small.replace("’", "'")
    words = (_ASCII_WORD_OR_BREAK if small.isascii() else _WORD_OR_BREAK).findall(small)
    # Words repeat, so each different word is looked up only once.
    shown = {word: _shown(word) for word in set(words)}
    stream = list(map(shown.__getitem__, words))
    counts: dict[_Term, int] = {}
    for length in range(1, _MAX_WORDS + 1):
        found = Counter(zip(*(stream[first:] for first in range(length)), strict=False))
        counts |= {term: count for term, count in found.items() if _BROKEN not in term}
    return counts


def _shown(word: str) -> str:
    """The word as it stands in a term: without "'s". ``_BROKEN`` if no term may contain the word."""
    if len(word) < 2 or word in _FUNCTION_WORDS or not word[0].isalpha():
        return _BROKEN
    return word.removesuffix("'s")
