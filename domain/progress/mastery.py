"""Mastery: the level of a concept, as a pure fold over its evidence, and what follows from it.

The level is the seed design's exponential moving average (``_calculate_new_mastery``). It begins at 0.3. Each
piece of evidence moves it towards the score of that piece, and the rate falls with the number of pieces:

    rate(n) = 0.1 / (1 + 0.01 n),    level += rate(n) * (score - level),    n = 1, 2, …
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from domain.progress.concept_catalogue import concept_stem
from domain.progress.evidence import Evidence, counted_once
from domain.progress.standing import ConceptStanding
from ports.agent import Difficulty

START = 0.3
"""The level of a concept without evidence."""
WEAK = 0.4
"""Up to this mean level, questions are for beginners (the seed's threshold)."""
STRONG = 0.7
"""Above this mean level, questions are advanced (the seed's threshold)."""
_USUAL_SHARE = 0.6
"""The share of right answers that is expected of a learner without evidence …"""
_USUAL_WEIGHT = 5
"""… and the number of answers that this expectation counts as."""


@dataclass(frozen=True, slots=True)
class MasteryStep:
    """One piece of evidence, with its concept's level before and after it, 0 to 1."""

    evidence: Evidence
    before: float
    after: float


def mastery_steps(evidence: Iterable[Evidence]) -> dict[str, list[MasteryStep]]:
    """The steps of each concept's level by its key, the earliest first. Each evidence id counts once."""
    found: dict[str, list[MasteryStep]] = {}
    for one in counted_once(evidence):
        earlier = found.setdefault(one.concept, [])
        before = earlier[-1].after if earlier else START
        after = before + _rate(len(earlier) + 1) * (one.score - before)
        earlier.append(MasteryStep(one, before, min(1.0, max(0.0, after))))
    return found


def fold(evidence: Iterable[Evidence]) -> dict[str, ConceptStanding]:
    """The standing of each concept by its key, in the order of the keys.

    Levels are within 0 to 1, and a higher score never makes a lower level. The order of the input and
    repetitions in it make no difference.
    """
    found = mastery_steps(evidence)
    return {
        key: ConceptStanding(
            concept=key,
            label=found[key][0].evidence.label,
            mastery_level=found[key][-1].after,
            evidence_count=len(found[key]),
            last_interaction=found[key][-1].evidence.occurred_at,
        )
        for key in sorted(found)
    }


def difficulty_preference(levels: Iterable[float]) -> Difficulty:
    """The difficulty that suits these levels, by the seed's thresholds; "intermediate" if there are none."""
    known = list(levels)
    if not known:
        return "intermediate"
    mean = fsum(known) / len(known)
    return "advanced" if mean > STRONG else "intermediate" if mean > WEAK else "beginner"


def usual_share(standings: Iterable[ConceptStanding]) -> float:
    """The share of right answers, 0 to 1, that is expected of the learner in a new concept.

    It is the mean score of all evidence and of the usual share, which counts as a few answers. A concept's
    mean score follows from its level, which consists of a remaining part of ``START`` and of the scores.
    """
    scores, weight = [_USUAL_SHARE * _USUAL_WEIGHT], _USUAL_WEIGHT
    for one in standings:
        if one.evidence_count:
            left = _left_of_start(one.evidence_count)
            scores.append(one.evidence_count * (one.mastery_level - left * START) / (1 - left))
            weight += one.evidence_count
    return min(1.0, max(0.0, fsum(scores) / weight))


def predicted(standing: ConceptStanding, usual: float) -> float:
    """The probability, 0 to 1, that the learner's next answer on the concept is right.

    It is the level that the concept would have if it had begun at the learner's ``usual_share`` instead of
    0.3. The level itself predicts worse than a plain share of right answers, because its start fades slowly
    and says nothing about the learner; ``benchmarks/mastery.py`` has the figures.
    """
    left = _left_of_start(standing.evidence_count)
    return min(1.0, max(0.0, standing.mastery_level + left * (usual - START)))


def next_concepts(standings: Iterable[ConceptStanding], known: Sequence[str], limit: int) -> list[str]:
    """The labels of up to ``limit`` concepts to ask about next, those most likely answered wrong first.

    Of equals, the one with less evidence comes first. ``known`` are labels from the documents, with or
    without evidence. Each concept is returned once, also if it is spelled in several ways.
    """
    shown = list(standings)
    usual = usual_share(shown)
    candidates = {
        concept_stem(one.concept): (predicted(one, usual), one.evidence_count, one.label) for one in shown
    }
    for label in known:
        candidates.setdefault(concept_stem(label), (usual, 0, label))
    ordered = sorted(candidates.values(), key=lambda candidate: candidate[:2])
    return [label for _, _, label in ordered[:limit]]


def _rate(number: int) -> float:
    """How far the ``number``-th piece of evidence (from 1) moves the level towards its score."""
    return 0.1 / (1 + 0.01 * number)


def _left_of_start(count: int) -> float:
    """The part of a level that is still its start after ``count`` pieces of evidence; 1 for none."""
    left = 1.0
    for number in range(1, count + 1):
        left *= 1 - _rate(number)
    return left
