"""What a class knew on one day: its share of right answers for each concept, without names.

The shares are computed from the recent answers (``Counts``) of all learners, so that a learner with many answers weighs
only a little more than others. A concept with answers of fewer than ``MIN_GROUP`` learners is left out. Each share is
moved towards the class's usual share, as if ``_PRIOR`` more answers had been right as often as usual, and rounded to
``_STEP``. So nobody can compute from the snapshots of two days what one learner answered between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum

from domain.progress.chance import USUAL_SHARE, InClass
from domain.progress.small_groups import MIN_GROUP
from domain.progress.standing import ConceptStanding, Standing

MAX_CONCEPTS = 500
"""The concepts with the most learners are kept, so that a snapshot stays a small row."""
_PRIOR = 20.0
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class ClassSnapshot:
    """A snapshot. It never changes. ``subject_id`` and ``taken_on`` identify it."""

    subject_id: str
    taken_on: str
    """RFC 3339 date, UTC. The snapshot counts the answers up to the moment on that day when it was taken."""
    usual: float = USUAL_SHARE
    """The share of right answers to all questions, 0 to 1."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """The share of right answers, 0 to 1, by the key of the concept."""

    def of(self, concept: str) -> InClass | None:
        """The class's share for the concept; None if too few learners answered on it."""
        share = self.shares.get(concept)
        return None if share is None else InClass(self.subject_id, self.taken_on, share, self.usual)


def snapshot_of(subject_id: str, taken_on: str, standings: Iterable[Standing]) -> ClassSnapshot:
    """The snapshot computed from the standings of a class's learners. Their order does not matter."""
    by_concept: dict[str, list[ConceptStanding]] = {}
    for standing in standings:
        for one in standing.concepts:
            if one.evidence_count > 0:
                by_concept.setdefault(one.concept, []).append(one)
    every = [one for found in by_concept.values() for one in found]
    usual = _share(every, USUAL_SHARE)
    known = {concept: found for concept, found in by_concept.items() if len(found) >= MIN_GROUP}
    kept = sorted(known, key=lambda concept: (-len(known[concept]), concept))[:MAX_CONCEPTS]
    if not kept:
        return ClassSnapshot(subject_id, taken_on)
    return ClassSnapshot(
        subject_id,
        taken_on,
        usual=_rounded(usual),
        shares={concept: _rounded(_share(known[concept], usual)) for concept in sorted(kept)},
    )


def _share(found: Iterable[ConceptStanding], usual: float) -> float:
    counts = [one.recent for one in found]
    right, total = fsum(one.right for one in counts), fsum(one.total for one in counts)
    return (right + _PRIOR * usual) / (total + _PRIOR)


def _rounded(share: float) -> float:
    return round(round(share / _STEP) * _STEP, 2)
