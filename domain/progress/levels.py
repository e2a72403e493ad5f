"""How new evidence changes the level of a concept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MasteryChange:
    """A concept's level before and after new evidence, 0 to 1."""

    concept: str
    label: str
    subject_id: str
    before: float
    after: float
