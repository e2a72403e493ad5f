"""The history of a learner in a subject: the scores behind each level, small enough to read a whole class at once.

It is stored with the standing, and contains nothing that the ledger does not contain. The effects of a correction are
computed from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.progress.evidence import Evidence, counted_once
from domain.progress.levels import MasteryChange
from domain.progress.mastery import level_of

MAX_PIECES = 2000
"""A learner with more evidence in a subject has no stored history, so that a row stays small."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it counts towards a level: its score, 0 to 1, and its weight."""

    evidence_id: str
    concept: str
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class History:
    """The scores behind each level of a learner in a subject."""

    user_id: str
    subject_id: str
    pieces: tuple[Piece, ...] = ()
    """In the order in which they count."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The name of each concept, by its key."""

    def changes(self, scores: Mapping[str, float | None]) -> list[MasteryChange]:
        """How the levels change if the evidence with these ids gets these scores, sorted by concept. None removes the
        evidence.
        """
        touched = {one.concept for one in self.pieces if one.evidence_id in scores}
        return [
            MasteryChange(
                concept=concept,
                label=self.labels[concept],
                subject_id=self.subject_id,
                before=level_of((one.score, one.weight) for one in self.pieces if one.concept == concept),
                after=level_of(self._with(concept, scores)),
            )
            for concept in sorted(touched)
        ]

    def _with(self, concept: str, scores: Mapping[str, float | None]) -> Iterable[tuple[float, float]]:
        for one in self.pieces:
            score = scores.get(one.evidence_id, one.score)
            if one.concept == concept and score is not None:
                yield score, one.weight


def history_of(user_id: str, subject_id: str, evidence: Iterable[Evidence]) -> History:
    """The history computed from all of the learner's evidence in the subject."""
    counted = counted_once(evidence)
    labels: dict[str, str] = {}
    for one in counted:
        labels.setdefault(one.concept, one.label)
    pieces = tuple(Piece(one.evidence_id, one.concept, one.score, one.weight) for one in counted)
    return History(user_id, subject_id, pieces, labels)
