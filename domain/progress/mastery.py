"""Mastery: the level of a concept, folded from its evidence, and the choice of what to ask next.

The level is the exponential moving average of the seed design (``_calculate_new_mastery``). It starts at 0.3. Each
piece of evidence moves it towards the score of that piece, and the rate falls with the number of pieces:

    rate(n) = 0.1 / (1 + 0.01 n),    level += weight * rate(n) * (score - level),    n = 1, 2, …

The weight is 1, except for answers after hints. A level says little about the next answer: one right answer alone gives
0.369. So the next questions are chosen by the chance of success (``chance.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from domain.progress.chance import NOTHING, Chance, Counts, InClass, Overall, chance_of_success, overall_of
from domain.progress.concept_catalogue import concept_key, concept_stem
from domain.progress.evidence import Evidence, counted_once
from domain.progress.levels import MasteryChange
from domain.progress.standing import ConceptStanding, Standing
from ports.agent_words import Difficulty

if TYPE_CHECKING:
    from domain.progress.class_snapshot import ClassSnapshot

START = 0.3
"""The level of a concept without evidence."""
WEAK = 0.4
"""Questions are for beginners up to this mean level (the threshold of the seed design)."""
STRONG = 0.7
"""Questions are advanced above this mean level (the threshold of the seed design)."""
UNLIKELY = 0.5
"""Questions are for beginners up to this mean chance of success. A concept with a lower chance needs work."""
LIKELY = 0.8
"""Questions are advanced above this mean chance of success. A concept with a higher chance is known well."""


@dataclass(frozen=True, slots=True)
class MasteryStep:
    """One piece of evidence, with its concept's level before and after it, 0 to 1."""

    evidence: Evidence
    before: float
    after: float


def mastery_steps(evidence: Iterable[Evidence]) -> dict[str, list[MasteryStep]]:
    """The steps of each concept's level by the concept's key, earliest first. Each evidence id counts once."""
    found: dict[str, list[MasteryStep]] = {}
    for one in counted_once(evidence):
        earlier = found.setdefault(one.concept, [])
        before = earlier[-1].after if earlier else START
        after = moved(before, one.score, one.weight, len(earlier) + 1)
        earlier.append(MasteryStep(one, before, after))
    return found


def fold(evidence: Iterable[Evidence]) -> dict[str, ConceptStanding]:
    """The standing of each concept by its key, in the order of the keys.

    Levels are 0 to 1, and a higher score never gives a lower level. The order of the input and repetitions in it do not
    matter.
    """
    found = mastery_steps(evidence)
    return {
        key: ConceptStanding(
            concept=key,
            label=found[key][0].evidence.label,
            mastery_level=found[key][-1].after,
            evidence_count=len(found[key]),
            last_interaction=found[key][-1].evidence.occurred_at,
            recent=_recent(found[key]),
            in_class=_in_class(found[key]),
        )
        for key in sorted(found)
    }


def _recent(steps: Iterable[MasteryStep]) -> Counts:
    recent = NOTHING
    for step in steps:
        recent = recent.after(step.evidence.score, step.evidence.weight)
    return recent


def _in_class(steps: Sequence[MasteryStep]) -> InClass | None:
    """The class's share in the latest evidence that has one; None if none has."""
    return next((step.evidence.in_class for step in reversed(steps) if step.evidence.in_class), None)


def changes_between(
    subject_id: str, before: Iterable[Evidence], after: Iterable[Evidence], concepts: Iterable[str]
) -> list[MasteryChange]:
    """How the levels of the concepts differ between two states of a ledger, in the order of their keys."""
    old, new = fold(before), fold(after)
    return [
        MasteryChange(
            concept=key,
            label=new[key].label if key in new else old[key].label,
            subject_id=subject_id,
            before=old[key].mastery_level if key in old else START,
            after=new[key].mastery_level if key in new else START,
        )
        for key in sorted(set(concepts) & {*old, *new})
    ]


def level_of(scores: Iterable[tuple[float, float]]) -> float:
    """The level after these pairs of score and weight, in order; ``START`` if there are none."""
    level = START
    for number, (score, weight) in enumerate(scores, start=1):
        level = moved(level, score, weight, number)
    return level


def moved(level: float, score: float, weight: float, number: int) -> float:
    """The level after one more piece of evidence, the ``number``-th of the concept (from 1)."""
    return min(1.0, max(0.0, level + weight * _rate(number) * (score - level)))


def fold_overall(evidence: Iterable[Evidence]) -> Overall:
    """The counts over all evidence. Order and repetitions do not matter."""
    return overall_of((one.score, one.weight) for one in counted_once(evidence))


def difficulty_preference(levels: Iterable[float]) -> Difficulty:
    """The difficulty that suits these levels, by the thresholds of the seed design; "intermediate" if there are none."""
    known = list(levels)
    if not known:
        return "intermediate"
    mean = fsum(known) / len(known)
    return "advanced" if mean > STRONG else "intermediate" if mean > WEAK else "beginner"


def chance_of(concept: ConceptStanding, overall: Overall) -> Chance:
    """The chance of success in a concept with evidence."""
    return chance_of_success(concept.recent, overall, concept.in_class)


def chances(standing: Standing) -> dict[str, Chance]:
    """The chance of success in each concept with evidence, by its key."""
    return {one.concept: chance_of(one, standing.overall) for one in standing.concepts}


def suitable_difficulty(standing: Standing) -> Difficulty:
    """The difficulty of questions that suits the learner, by the mean chance of success over the known concepts.

    It is "intermediate" if there is no evidence.
    """
    known = [chance.value for chance in chances(standing).values()]
    if not known:
        return "intermediate"
    mean = fsum(known) / len(known)
    return "advanced" if mean > LIKELY else "intermediate" if mean > UNLIKELY else "beginner"


def next_concepts(
    standing: Standing, known: Sequence[str], limit: int, snapshot: ClassSnapshot | None = None
) -> dict[str, Chance]:
    """Up to ``limit`` concepts to ask about next, by label, each with its chance of success, lowest chance first.

    Of equal chances, the concept with less evidence comes first. ``known`` holds labels from the documents, with or
    without evidence. ``snapshot`` gives the class's share for those without. Each concept occurs once, even if it is
    spelled in several ways.
    """
    found = chances(standing)
    candidates = {
        concept_stem(one.concept): (found[one.concept], one.evidence_count, one.label)
        for one in standing.concepts
    }
    for label in known:
        in_class = None if snapshot is None else snapshot.of(concept_key(label))
        new = chance_of_success(NOTHING, standing.overall, in_class)
        candidates.setdefault(concept_stem(label), (new, 0, label))
    ordered = sorted(candidates.values(), key=lambda candidate: (candidate[0].value, candidate[1]))
    return {label: chance for chance, _, label in ordered[:limit]}


def mean_score(level: float, count: int) -> float:
    """The mean score, 0 to 1, that ``count`` pieces of evidence must have had to give this level.

    A level consists of a remaining part of ``START`` and of the scores; later scores have a little more weight.
    """
    left = 1.0
    for number in range(1, count + 1):
        left *= 1 - _rate(number)
    return min(1.0, max(0.0, (level - left * START) / (1 - left)))


def _rate(number: int) -> float:
    """The share of the distance to its score by which the ``number``-th piece of evidence (from 1) moves the level."""
    return 0.1 / (1 + 0.01 * number)
