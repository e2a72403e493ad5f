"""Routes of regrades: a teacher corrects the key of an item for all learners who were asked it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody, Refusals
from chalicelib.routes.decisions import Reason
from chalicelib.routes.quizzes import AnswerText
from chalicelib.schemas import Identifier, MasteryChangeBody
from domain.base.errors import InvalidRequest

if TYPE_CHECKING:
    from domain.progress.levels import MasteryChange
    from domain.teaching.previewing import LearnerChange
    from domain.teaching.regrading import Regraded, RegradeProgress

MAX_LEARNERS = 1000
"""The maximal number of learners in one response."""
_SUBJECT = "/api/teacher/subjects/{subject_id}"
_REFUSALS: Refusals = {
    "item_not_found": (404, "There is no such item, or it is of another subject."),
    "item_version_not_found": (404, "The item has no such version."),
    "invalid_key": (400, "The key does not fit the kind of the question."),
    "kind_not_regraded": (409, "Short answers are judged one by one: decide about each, or retire the item."),
    "key_unchanged": (409, "The item has this key already."),
}
State = Annotated[
    Literal["preview", "running", "done"],
    Meta(description="`preview` of a dry run; `running` until every attempt is marked again, then `done`."),
]
RegradeId = Annotated[str, Meta(description="The regrade's id.")]
ItemId = Annotated[str, Meta(description="The id of the item in the class's bank.")]
AttemptScore = Annotated[
    float | None, Meta(description="The score of the attempt, 0 to 100; null if nothing in it counts.")
]
Attempts = Annotated[int, Meta(description="How many attempts were asked the question.")]
AttemptsDone = Annotated[int, Meta(description="How many of them are marked by the corrected key.")]
Learners = Annotated[int, Meta(description="How many learners were asked the question.")]
LearnersDone = Annotated[int, Meta(description="How many of them are done.")]


class RegradeRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``key``, the corrected key in the form of an item's ``correct_answer``; or ``retire``: the question then
    counts for nobody. With ``dry_run``, nothing is changed.
    """

    item_id: Annotated[Identifier, Meta(description="The item of the class's bank.")]
    reason: Reason
    key: Annotated[
        AnswerText | Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=10)] | None,
        Meta(
            description="The corrected key: a letter, a list of letters or a text, as the item's kind says."
        ),
    ] = None
    retire: Annotated[bool, Meta(description="Whether the question is to count for nobody.")] = False
    dry_run: Annotated[bool, Meta(description="Whether only to say what would change.")] = False
    explanation: Annotated[
        Annotated[str, Meta(max_length=2000)] | None,
        Meta(description="Why the corrected key is right; absent to keep what there is."),
    ] = None
    item_version: Annotated[
        Annotated[int, Meta(ge=1, le=10**6)] | None,
        Meta(description="The version whose options the key names; absent for the approved one."),
    ] = None


class LevelChangeBody(MasteryChangeBody, frozen=True):
    crosses_threshold: Annotated[
        bool, Meta(description="Whether the level becomes weak or strong, or no longer is.")
    ]


class AttemptChangeBody(msgspec.Struct):
    result_id: str
    score_before: AttemptScore
    score_after: AttemptScore


class LearnerChangeBody(msgspec.Struct):
    """The scores belong to the learner's latest attempt. ``attempts`` has all attempts, the latest last."""

    user_id: str
    name: str
    score_before: AttemptScore
    score_after: AttemptScore
    attempts: Annotated[list[AttemptChangeBody], Meta(description="Each attempt whose mark changes.")]
    mastery_changes: list[LevelChangeBody]
    crosses_threshold: Annotated[
        bool, Meta(description="Whether a level becomes weak or strong, or no longer is.")
    ]


class OtherVersionBody(msgspec.Struct):
    item_version: Annotated[int, Meta(description="The version of the item.")]
    attempts: Annotated[int, Meta(description="How many attempts have it.")]


class RegradeBody(msgspec.Struct):
    """``learners`` are those for whom something changes, sorted by name; at most the first 1,000. If the key was
    corrected before, they are those for whom something is still to change, also in a dry run. ``other_versions`` of
    the item have another text, so their attempts stay as they are.
    """

    regrade_id: Annotated[str | None, Meta(description="The regrade's id; null for a dry run.")]
    item_id: ItemId
    state: State
    learners: Annotated[
        list[LearnerChangeBody], Meta(description="Those for whom something changes, and what.")
    ]
    learners_changed: Annotated[int, Meta(description="For how many learners something changes.")]
    learners_total: Learners
    attempts_total: Attempts
    attempts_done: AttemptsDone
    other_versions: Annotated[
        list[OtherVersionBody], Meta(description="Attempts at versions that ask something else.")
    ]


class RegradeProgressBody(msgspec.Struct):
    regrade_id: RegradeId
    item_id: ItemId
    state: State
    reason: Annotated[str, Meta(description="Why the key was corrected.")]
    begun_at: Annotated[str, Meta(description="When it was begun.")]
    learners_total: Learners
    learners_done: LearnersDone
    attempts_total: Attempts
    attempts_done: AttemptsDone


def register(api: Api) -> None:
    @api.route(
        "POST",
        _SUBJECT + "/regrades",
        body=RegradeRequest,
        example=RegradeRequest(item_id="item", key="B", reason="The key was wrong.", dry_run=True),
        answers=RegradeBody,
        reaches=("embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses=_REFUSALS,
    )
    def regrade(call: Call[RegradeRequest, NoBody], subject_id: str) -> RegradeBody:
        """Correct the key of an item, or retire it, for all learners who were asked it. Or say what that would change."""
        from domain.teaching.regrading import RegradeOrder

        body = call.body
        if (body.key is None) != body.retire:
            raise InvalidRequest("invalid_request", "Give either a key, or retire: true.", field="key")
        order = RegradeOrder(
            item_id=body.item_id,
            reason=" ".join(body.reason.split()),
            key=body.key,
            explanation=None if body.explanation is None else " ".join(body.explanation.split()),
            item_version=body.item_version,
        )
        regrading = call.services.regrading
        do = regrading.preview if body.dry_run else regrading.begin
        return _regrade_body(body.item_id, do(call.learner, subject_id, order))

    @api.route(
        "GET",
        _SUBJECT + "/regrades/{regrade_id}",
        answers=RegradeProgressBody,
        refuses={"regrade_not_found": (404, "There is no such regrade, or it is of another subject.")},
    )
    def get_regrade(call: Call[NoBody, NoBody], subject_id: str, regrade_id: str) -> RegradeProgressBody:
        """The progress of a regrade."""
        found = call.services.regrading.progress(call.learner, subject_id, regrade_id)
        return RegradeProgressBody(
            regrade_id=regrade_id,
            item_id=found.regrade.item_id,
            state=_state(found),
            reason=found.regrade.reason,
            begun_at=found.regrade.begun_at,
            learners_total=found.learners,
            learners_done=found.learners_done,
            attempts_total=found.attempts,
            attempts_done=found.attempts_done,
        )


def _state(progress: RegradeProgress | None) -> Literal["preview", "running", "done"]:
    if progress is None:
        return "preview"
    return "done" if progress.is_done else "running"


def _regrade_body(item_id: str, regraded: Regraded) -> RegradeBody:
    preview, progress = regraded.preview, regraded.progress
    return RegradeBody(
        regrade_id=None if progress is None else progress.regrade.regrade_id,
        item_id=item_id,
        state=_state(progress),
        learners=[_learner_body(one) for one in preview.learners[:MAX_LEARNERS]],
        learners_changed=len(preview.learners),
        learners_total=preview.total_learners,
        attempts_total=preview.total_attempts,
        attempts_done=preview.attempts_done if progress is None else progress.attempts_done,
        other_versions=[
            OtherVersionBody(version, attempts)
            for version, attempts in sorted(preview.other_versions.items())
        ],
    )


def _learner_body(one: LearnerChange) -> LearnerChangeBody:
    latest = one.attempts[-1] if one.attempts else None
    return LearnerChangeBody(
        user_id=one.user_id,
        name=one.name,
        score_before=None if latest is None else latest.score_before,
        score_after=None if latest is None else latest.score_after,
        attempts=[
            AttemptChangeBody(attempt.result_id, attempt.score_before, attempt.score_after)
            for attempt in one.attempts
        ],
        mastery_changes=list(map(_level_body, one.mastery_changes)),
        crosses_threshold=one.crosses,
    )


def _level_body(change: MasteryChange) -> LevelChangeBody:
    from domain.teaching.previewing import crosses

    return LevelChangeBody(
        concept=change.concept,
        label=change.label,
        subject_id=change.subject_id,
        before=change.before,
        after=change.after,
        crosses_threshold=crosses(change),
    )
