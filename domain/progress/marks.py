"""The appeal of a mark and the decisions on it. A mark belongs to a quiz's question or to an interview's fact.

A learner disputes a mark with an appeal. A teacher decides with an override. Both are stored with the mark, beside the
machine's verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from domain.base.errors import NotFound
from domain.progress.mark_words import DecisionKind

MAX_CORRECTIONS = 10
"""The number of latest corrections that are stored with a mark. The record of decisions has all of them."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision that changed a mark, as the learner sees it. A credit of None counts in no score."""

    decision_id: str
    kind: DecisionKind
    verdict: str
    reason: str
    decided_at: str
    credit_before: float | None
    credit_after: float | None


@dataclass(frozen=True, slots=True)
class Appeal:
    """A learner's dispute of a mark. ``decision_id`` is the id of the decision that closed it; "" while it is open."""

    sentence: str
    created_at: str
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The appeal and the corrections of a mark."""

    corrections: tuple[Correction, ...] = ()
    """The latest last."""
    appeal: Appeal | None = None
    revision: int = 0
    """How many times the mark was corrected."""
    waits_since: str = ""
    """Since when the mark waits on the teacher's desk; "" if it does not wait."""

    def corrected(self, correction: Correction) -> Review:
        """The review with one more correction, which closes the appeal and takes the mark off the desk."""
        appeal = self.appeal
        if appeal is not None and not appeal.decision_id:
            appeal = Appeal(appeal.sentence, appeal.created_at, correction.decision_id)
        kept = (*self.corrections, correction)[-MAX_CORRECTIONS:]
        return Review(kept, appeal, self.revision + 1)


UNREVIEWED = Review()


def stored_review(review: Review) -> dict[str, Any]:
    """The review as a dictionary for a row. ``review_from`` reads it."""
    item = asdict(review)
    item["corrections"] = list(item["corrections"])
    return {name: value for name, value in item.items() if value is not None}


def review_from(item: Mapping[str, Any] | None) -> Review:
    """The review from its stored form; ``UNREVIEWED`` for None."""
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
    """The correction from its stored form."""
    before, after = item.get("credit_before"), item.get("credit_after")
    return Correction(
        **dict(item)
        | {
            "credit_before": None if before is None else float(before),
            "credit_after": None if after is None else float(after),
        }
    )


def mark_not_found() -> NotFound:
    """The error for a question or fact that the result does not have."""
    return NotFound("mark_not_found", "The result has no such mark.")
