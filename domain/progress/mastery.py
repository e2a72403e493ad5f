"""Mastery: what the evidence says of a concept, as a pure fold, and what follows from it.

The level is the seed design's exponential moving average (``_calculate_new_mastery``): it begins at 0.3, and
each piece of evidence moves it towards its score at a rate that falls with their number,

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
"""The level of a concept of which nothing has been shown."""
WEAK = 0.4
"""A mean level up to this asks for beginner's questions (the seed's threshold)."""
STRONG = 0.7
"""A mean level above this asks for advanced questions (the seed's threshold)."""
_USUAL_SHARE = 0.6
"""The share of right answers to expect of somebody of whom nothing is known …"""
_USUAL_WEIGHT = 5
"""… and how many answers that expectation counts for."""


@dataclass(frozen=True, slots=True)
class MasteryStep:
    """One piece of evidence, and its concept's level before and after it, 0 to 1."""

    evidence: Evidence
    before: float
    after: float


def mastery_steps(evidence: Iterable[Evidence]) -> dict[str, list[MasteryStep]]:
    """By concept key, what each piece of evidence did to the level, the earliest first; each id counts once."""
    found: dict[str, list[MasteryStep]] = {}
    for one in counted_once(evidence):
        earlier = found.setdefault(one.concept, [])
        before = earlier[-1].after if earlier else START
        after = before + _rate(len(earlier) + 1) * (one.score - before)
        earlier.append(MasteryStep(one, before, min(1.0, max(0.0, after))))
    return found


def fold(evidence: Iterable[Evidence]) -> dict[str, ConceptStanding]:
    """How the learner stands in each concept, by its key, in the order of the keys.

    Levels are within 0 to 1, a higher score never makes a lower level, and neither the order in which the
    evidence arrives nor its arriving twice makes any difference.
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
    """What difficulty suits these levels, by the seed's thresholds; "intermediate" where nothing is known."""
    known = list(levels)
    if not known:
        return "intermediate"
    mean = fsum(known) / len(known)
    return "advanced" if mean > STRONG else "intermediate" if mean > WEAK else "beginner"


def usual_share(standings: Iterable[ConceptStanding]) -> float:
    """The share of right answers, 0 to 1, to expect of the learner in a concept not asked about before.

    It is the mean score over all concepts, each weighing as much as its evidence. The mean score of one
    is told from its level, which is made of what is left of ``START`` and, for the rest, of the scores.
    """
    scores, weight = [_USUAL_SHARE * _USUAL_WEIGHT], _USUAL_WEIGHT
    for one in standings:
        if one.evidence_count:
            left = _left_of_start(one.evidence_count)
            scores.append(one.evidence_count * (one.mastery_level - left * START) / (1 - left))
            weight += one.evidence_count
    return min(1.0, max(0.0, fsum(scores) / weight))


def predicted(standing: ConceptStanding, usual: float) -> float:
    """The chance, 0 to 1, that the learner's next answer on the concept is right.

    It is the level as it would stand had it begun at the learner's ``usual_share`` rather than at 0.3 for
    everybody. The level itself predicts worse than a plain share of right answers, for its beginning fades
    slowly and says nothing of the learner; ``benchmarks/mastery.py`` has the figures.
    """
    left = _left_of_start(standing.evidence_count)
    return min(1.0, max(0.0, standing.mastery_level + left * (usual - START)))


def next_concepts(standings: Iterable[ConceptStanding], known: Sequence[str], limit: int) -> list[str]:
    """Labels of up to ``limit`` concepts to ask about next: those most likely to be answered wrong first.

    Of equals, the one with less evidence. ``known`` are labels that the documents speak of, whether or not
    the learner has shown anything of them; each concept comes once, however it is written.
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
    """How far the ``number``-th piece of evidence, from 1, moves the level towards its score."""
    return 0.1 / (1 + 0.01 * number)


def _left_of_start(count: int) -> float:
    """How much of a level is still its beginning after ``count`` pieces of evidence: 1 for none."""
    left = 1.0
    for number in range(1, count + 1):
        left *= 1 - _rate(number)
    return left
