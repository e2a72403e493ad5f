"""Appeals and decisions about a mark, as results and interviews show them. Several routes share these schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from domain.progress.mark_words import DecisionKind

if TYPE_CHECKING:
    from domain.progress.marks import Appeal, Correction, Review

AppealStatus = Annotated[
    Literal["open", "decided"], Meta(description="`open` until a teacher decides, then `decided`.")
]
DecisionId = Annotated[str, Meta(description="The decision's id.")]
DecidedBy = Annotated[str | None, Meta(description="The decision that closed it; null while it is open.")]
Kind = Annotated[
    DecisionKind,
    Meta(
        description="`override` if a teacher decided about this mark, `regrade` if about the key of the item for everybody."
    ),
]
VerdictText = Annotated[str, Meta(description="What the person decided, in a word.")]
ReasonText = Annotated[str, Meta(description="Why the person decided so.")]
DecidedAt = Annotated[str, Meta(description="When it was decided.")]
CreditBefore = Annotated[
    float | None, Meta(description="What the mark counted before, 0 to 1; null if it counted in no score.")
]
CreditAfter = Annotated[
    float | None, Meta(description="What the mark counts since, 0 to 1; null if it counts in no score.")
]
SentenceText = Annotated[str, Meta(description="What the learner says against the mark.")]
MAX_SHOWN = 20


class CorrectionBody(msgspec.Struct):
    """One decision about a mark: what changed and why. ``kind`` is "override" if a teacher decided about this mark only,
    and "regrade" if the key of the item was corrected for everybody. A mark whose credit is null counts in no score.
    """

    decision_id: DecisionId
    kind: Kind
    verdict: VerdictText
    reason: ReasonText
    decided_at: DecidedAt
    credit_before: CreditBefore
    credit_after: CreditAfter


class MarkCorrectionBody(CorrectionBody):
    question_id: str


class AppealOfMark(msgspec.Struct):
    """``decision_id`` names the correction that closed the appeal; null while the appeal is open."""

    sentence: SentenceText
    status: AppealStatus
    created_at: str
    decision_id: DecidedBy


AppealShown = Annotated[
    AppealOfMark | None, Meta(description="The learner's dispute of the mark; null if there is none.")
]
CorrectionList = Annotated[
    list[CorrectionBody], Meta(description="What people decided about the mark, the latest first.")
]
MarkCorrectionList = Annotated[
    list[MarkCorrectionBody], Meta(description="What was changed since it was submitted, the latest first.")
]
FactIdText = Annotated[
    str, Meta(description="Names the fact: the number of its question and its own, from 1, as in `2.1`.")
]


def correction_body(one: Correction) -> CorrectionBody:
    return CorrectionBody(
        one.decision_id,
        one.kind,
        one.verdict,
        one.reason,
        one.decided_at,
        one.credit_before,
        one.credit_after,
    )


def correction_bodies(review: Review) -> list[CorrectionBody]:
    """The corrections of a mark, the latest first."""
    return [correction_body(one) for one in reversed(review.corrections)]


def appeal_body(appeal: Appeal | None) -> AppealOfMark | None:
    if appeal is None:
        return None
    is_decided = bool(appeal.decision_id)
    return AppealOfMark(
        appeal.sentence, "decided" if is_decided else "open", appeal.created_at, appeal.decision_id or None
    )
