"""Levels of mastery: how new evidence changes what a learner masters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MasteryChange:
    """What new evidence made of the level of a concept: ``before`` and ``after`` are 0 to 1."""

    concept: str
    label: str
    subject_id: str
    before: float
    after: float
