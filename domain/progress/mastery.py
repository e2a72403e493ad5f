"""Mastery: the level of a concept, as a pure fold over its evidence, and what follows from it.

The level is the seed design's exponential moving average (``_calculate_new_mastery``). It begins at 0.3. Each
piece of evidence moves it towards the score of that piece, and the rate falls with the number of pieces:

    rate(n) = 0.1 / (1 + 0.01 n),    level += weight * rate(n) * (score - level),    n = 1, 2, …

The weight is 1, but for answers that the learner was helped with. A level says little about the next answer: a right
answer, the only one, gives 0.369. What is asked next goes by the chance of success (``chance.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from domain.progress.chance import NOTHING, Chance, Counts, InClass, Overall, chance_of_success, overall_of
from domain.progress.class_snapshot import ClassSnapshot
from domain.progress.concept_catalogue import concept_key, concept_stem
from domain.progress.evidence import Evidence, counted_once
from domain.progress.levels import MasteryChange
from domain.progress.standing import ConceptStanding, Standing
from ports.agent import Difficulty

START = 0.3
"""The level of a concept without evidence."""
WEAK = 0.4
"""Up to this mean level, questions are for beginners (the seed's threshold)."""
STRONG = 0.7
"""Above this mean level, questions are advanced (the seed's threshold)."""
UNLIKELY = 0.5
"""Up to this mean chance of success, questions are for beginners; a concept below it is one to work on."""
LIKELY = 0.8
"""Above this mean chance of success, questions are advanced; a concept above it is known well."""


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
        after = moved(before, one.score, one.weight, len(earlier) + 1)
        earlier.append(MasteryStep(one, before, after))
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
    """What the latest evidence that names a snapshot says of the class."""
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
    """The level that scores with their weights give, in order; ``START`` if there are none."""
    level = START
    for number, (score, weight) in enumerate(scores, start=1):
        level = moved(level, score, weight, number)
    return level


def moved(level: float, score: float, weight: float, number: int) -> float:
    """The level after the ``number``-th piece of evidence, from 1."""
    return min(1.0, max(0.0, level + weight * _rate(number) * (score - level)))


def fold_overall(evidence: Iterable[Evidence]) -> Overall:
    """What all of the evidence says together. Order and repetitions make no difference."""
    return overall_of((one.score, one.weight) for one in counted_once(evidence))


def difficulty_preference(levels: Iterable[float]) -> Difficulty:
    """The difficulty that suits these levels, by the seed's thresholds; "intermediate" if there are none."""
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
    """The difficulty of questions that suits the learner, by the mean chance of success in the known concepts.

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
    """Up to ``limit`` concepts to ask about next, by label, with the chance of success in each: the lowest first.

    Of equals, the one with less evidence comes first. ``known`` are labels from the documents, with or
    without evidence. ``snapshot`` says what the class knows of those without. Each concept is returned once, also if it is
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
    """The mean score, 0 to 1, that so many pieces of evidence must have had for the level to be what it is.

    A level consists of a remaining part of ``START`` and of the scores; the later ones weigh a little more.
    """
    left = 1.0
    for number in range(1, count + 1):
        left *= 1 - _rate(number)
    return min(1.0, max(0.0, (level - left * START) / (1 - left)))


def _rate(number: int) -> float:
    """How far the ``number``-th piece of evidence (from 1) moves the level towards its score."""
    return 0.1 / (1 + 0.01 * number)
