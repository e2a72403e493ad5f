"""Chooses the sentences that give an overview of passages, or that name their terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

from adapters.local.agent.text.self_contained import is_prose, is_self_contained
from adapters.local.agent.tutor import relevance
from adapters.local.agent.tutor.candidates import AnswerCandidate

MAX_SENTENCES = 4
"""The most sentences of an overview. More documents get one each, up to ``MAX_ITEMS``."""
MAX_ITEMS = 8
_OPENS = 0.4
"""Added to the score of a sentence that begins a passage or a paragraph: it often says what the paragraph is about."""
_ASIDE = re.compile(
    r"\b(?:(?<!but )(?<!and )also|another|for instance|examples?|the answer|indeed|further(?=,)|therefore|chapters?)\b"
    r"|\b(?:in|of|by|from|see|with) ?[.,;)]",
    re.IGNORECASE,
)
"""Words that introduce an addition or an example, and gaps where a reference to a figure stood."""


def overview(
    found: Sequence[AnswerCandidate], wanted: Callable[[AnswerCandidate], bool] | None
) -> list[AnswerCandidate]:
    """The sentences that share the most words with all others, in reading order: one from each part of the passages,
    and from as many documents as possible. If some sentences are ``wanted``, only those are used.

    Exercises, rows of tables, examples and sentences that cannot be understood alone are left out if there are
    others.
    """
    for is_fit in (lambda one: not relevance.gives_orders(one), lambda one: not one.sentence.worded):
        found = list(filter(is_fit, found)) or found
    terms = [] if wanted is None else list(filter(wanted, found))
    found = list(filter(_stands_alone, terms or found)) or terms or found
    spread = Counter(key for one in found for key in set(one.keys))

    def central(one: AnswerCandidate) -> float:
        held = set(one.keys)
        return sum(spread[key] - 1 for key in held) / (len(held) + 5) + _OPENS * _opens(one)

    if terms:
        chosen = sorted(found, key=central, reverse=True)[:MAX_ITEMS]
    else:
        picked: list[AnswerCandidate] = []
        for part in _parts(found):
            best = max(part, key=central)
            picked += [] if any(map(best.repeats, picked)) else [best]
        most = max(MAX_SENTENCES, min(MAX_ITEMS, len({one.passage.source for one in picked})))
        chosen = _by_document(sorted(picked, key=central, reverse=True))[:most]
    return sorted(chosen, key=lambda one: (one.order, one.position))


def _stands_alone(one: AnswerCandidate) -> bool:
    language = "" if one.parsed is None else "en"
    return (
        not one.sentence.cut
        and is_self_contained(one.text, language)
        and is_prose(one.text)
        and not _ASIDE.search(one.text)
    )


def _opens(one: AnswerCandidate) -> bool:
    before = one.passage.text[: one.sentence.start]
    return not before.strip() or before[len(before.rstrip()) :].count("\n") > 1


def _parts(found: Sequence[AnswerCandidate]) -> list[list[AnswerCandidate]]:
    """The candidates of each passage. If there are few passages, the longest are divided."""
    parts = [list(of_one) for _, of_one in groupby(found, key=lambda one: one.order)]
    while parts and len(parts) < MAX_SENTENCES:
        at, longest = max(enumerate(parts), key=lambda part: len(part[1]))
        half = len(longest) // 2
        if not half:
            break
        parts[at : at + 1] = [longest[:half], longest[half:]]
    return parts


def _by_document(ranked: Sequence[AnswerCandidate]) -> list[AnswerCandidate]:
    """The best candidate of each document, then the second best of each, and so on."""
    shown: Counter[str] = Counter()
    turns: list[tuple[int, AnswerCandidate]] = []
    for one in ranked:
        turns.append((shown[one.passage.source], one))
        shown[one.passage.source] += 1
    return [one for _, one in sorted(turns, key=lambda turn: turn[0])]
