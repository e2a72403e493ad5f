"""Find the concepts that a text speaks of: the terms that it repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

MAX_CONCEPTS = 10
_MAX_WORDS = 3
_MIN_COUNT = 2
_HEADING_WEIGHT = 3

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”\n\t|/=<>]+")
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
    """The concepts of the text, the weightiest first: up to ten terms of one to three words, in small letters.

    A term is a run of content words that occurs more than once. Its weight is its count times its words, as in RAKE
    (Rose et al. 2010, "Automatic keyword extraction from individual documents"), and more if a heading holds it. A term
    inside a longer one that is about as frequent is left out.
    """
    counts: Counter[str] = Counter(_terms(text))
    for heading in headings:
        for term in _terms(heading):
            counts[term] += _HEADING_WEIGHT
    weights = {
        key: count * key.count(" ") + count
        for key, count in counts.items()
        if count >= _MIN_COUNT and len(key) > 3
    }
    chosen: list[str] = []
    for key in sorted(weights, key=lambda term: (-weights[term], term)):
        overlaps = any(f" {key} " in f" {other} " or f" {other} " in f" {key} " for other in chosen)
        if not overlaps:
            chosen.append(key)
        if len(chosen) == MAX_CONCEPTS:
            break
    return tuple(chosen)


def _terms(text: str) -> list[str]:
    """Every sequence of one to three words within a run, in small letters."""
    found: list[str] = []
    for run in _runs(text):
        found += run
        for length in range(2, min(_MAX_WORDS, len(run)) + 1):
            found += map(" ".join, zip(*(run[first:] for first in range(length)), strict=False))
    return found


def _runs(text: str) -> list[list[str]]:
    """Runs of content words, in small letters. Punctuation or a function word ends a run."""
    runs: list[list[str]] = []
    for clause in _BREAK.split(text.lower().replace("’", "'")):
        run: list[str] = []
        for word in _WORD.findall(clause):
            if word in _FUNCTION_WORDS or len(word) < 2:
                if run:
                    runs.append(run)
                run = []
            else:
                run.append(word.removesuffix("'s"))
        if run:
            runs.append(run)
    return runs
