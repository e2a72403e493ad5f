"""Marks that a person looks at: of a question of a quiz, or of a fact of an interview.

A learner disputes a mark with an appeal. A teacher decides with an override. Both are kept with the mark, beside what the
machine found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from domain.base.errors import NotFound

MAX_REASON_CHARACTERS = 1000
MAX_CORRECTIONS = 10
"""How many of the latest corrections are kept with a mark. The record of decisions has all."""

DecisionKind = Literal["override", "regrade"]
"""How a mark came to be corrected: a teacher decided over this one, or over the key of the item for everybody."""
DeskReason = Literal["appeal", "needs_review", "unsure"]
"""Why a mark waits for a teacher: a learner disputes it, or the machine could not tell."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision that changed a mark, as the learner is told of it. A credit of None counted in no score."""

    decision_id: str
    kind: DecisionKind
    verdict: str
    reason: str
    decided_at: str
    credit_before: float | None
    credit_after: float | None


@dataclass(frozen=True, slots=True)
class Appeal:
    """A learner's dispute of a mark. ``decision_id`` names the decision that closed it; "" while it is open."""

    sentence: str
    created_at: str
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What people said of a mark."""

    corrections: tuple[Correction, ...] = ()
    """The latest last."""
    appeal: Appeal | None = None
    revision: int = 0
    """How many times the mark was corrected."""
    waits_since: str = ""
    """Since when the mark waits on the teacher's desk; "" if it does not."""

    def corrected(self, correction: Correction) -> Review:
        """With one more correction, which closes the appeal and takes the mark from the desk."""
        appeal = self.appeal
        if appeal is not None and not appeal.decision_id:
            appeal = Appeal(appeal.sentence, appeal.created_at, correction.decision_id)
        kept = (*self.corrections, correction)[-MAX_CORRECTIONS:]
        return Review(kept, appeal, self.revision + 1)


UNREVIEWED = Review()


def stored_review(review: Review) -> dict[str, Any]:
    """The review as an object for the store."""
    item = asdict(review)
    item["corrections"] = list(item["corrections"])
    return {name: value for name, value in item.items() if value is not None}


def review_from(item: Mapping[str, Any] | None) -> Review:
    """The review that ``stored_review`` was given. A mark without one was never looked at."""
    if item is None:
        return UNREVIEWED
    appeal = item.get("appeal")
    return Review(
        corrections=tuple(map(correction_from, item["corrections"])),
        appeal=None if appeal is None else Appeal(**appeal),
        revision=int(item["revision"]),
        waits_since=item["waits_since"],
    )


def correction_from(item: Mapping[str, Any]) -> Correction:
    before, after = item.get("credit_before"), item.get("credit_after")
    return Correction(
        **dict(item)
        | {
            "credit_before": None if before is None else float(before),
            "credit_after": None if after is None else float(after),
        }
    )


def mark_not_found() -> NotFound:
    return NotFound("mark_not_found", "The result has no such mark.")
