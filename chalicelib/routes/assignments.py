"""Routes of assignments: what a teacher assigns to a class, and what a learner has to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody, Refusals
from chalicelib.routes.bank import Concept, ConceptName, FiguresBody, figures_body
from chalicelib.schemas import Identifier, PageQuery
from domain.base.errors import InvalidRequest
from domain.base.moments import to_text
from domain.quizzes.assignment_words import MAX_ATTEMPTS, AssignmentState, ShowKeys
from domain.quizzes.quiz_words import MAX_QUESTIONS
from ports.agent_words import Difficulty

if TYPE_CHECKING:
    from domain.bank.assigning import LearnersAssignment
    from domain.quizzes.assigned import AssignedQuiz

_NOT_FILLED: Refusals = {
    "invalid_times": (400, "A time is malformed or has no offset, or it closes before it opens."),
    "too_many_questions": (400, "The blueprint asks for more questions than a quiz may have."),
    "item_not_found": (404, "The class's bank has no such item."),
    "item_not_approved": (409, "An item is not approved, or retired."),
    "blueprint_not_filled": (409, "The bank has too few approved items for the blueprint."),
    "assigned_quiz_changed": (409, "Somebody changed the assigned quiz since the version that was named."),
}
_QUIZ = "/api/teacher/subjects/{subject_id}/assignments/{assignment_id}/quiz"
Moment = Annotated[str, Meta(min_length=1, max_length=40)]
"""A date and time as RFC 3339 writes it, with an offset or ``Z``."""
State = Annotated[AssignmentState, Meta(description="Whether attempts can be begun and submitted now.")]


class BlueprintLineBody(msgspec.Struct, forbid_unknown_fields=True):
    concept: Concept
    num_questions: Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)]
    difficulty: Difficulty | None = None


class AssignItems(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``item_ids``, the same items for every learner, or a ``blueprint``, from which each learner's items are
    drawn.

    ``version`` is the version of the assigned quiz that the teacher saw; 0 if there was none. If the stored version is
    newer, the request is refused.
    """

    item_ids: Annotated[list[Identifier], Meta(max_length=MAX_QUESTIONS)] = []
    blueprint: Annotated[list[BlueprintLineBody], Meta(max_length=MAX_QUESTIONS)] = []
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    attempts: Annotated[int, Meta(ge=1, le=MAX_ATTEMPTS)] = 1
    show_keys: ShowKeys = "after_submission"
    version: Annotated[int, Meta(ge=0, le=10**6)] | None = None


class PoolBody(msgspec.Struct):
    concept: ConceptName
    num_questions: int
    difficulty: Difficulty | None
    items: Annotated[int, Meta(description="How many items the line draws from.")]


class AssignedQuizBody(msgspec.Struct):
    assignment_id: str
    subject_id: str
    version: int
    state: State
    item_ids: list[str]
    blueprint: list[PoolBody]
    num_questions: Annotated[
        int, Meta(description="How many questions a new attempt has. Retired items are not among them.")
    ]
    opens_at: str | None
    closes_at: str | None
    attempts: int
    show_keys: ShowKeys
    created_at: str
    updated_at: str


class LearnersAttemptsBody(msgspec.Struct):
    """``submitted`` is the number of submitted attempts. ``best_score`` is a percentage."""

    user_id: str
    name: str
    submitted: int
    last_submitted_at: str | None
    best_score: float | None


class AssignedItemFigures(FiguresBody, kw_only=True):
    item_id: str


class AssignedQuizReport(AssignedQuizBody, kw_only=True):
    """``answered`` is how many of ``total_learners`` have submitted an attempt. ``items`` has figures from this
    assignment only.
    """

    total_learners: int
    answered: int
    learners: Annotated[list[LearnersAttemptsBody], Meta(description="All who are enrolled, by name.")]
    items: Annotated[
        list[AssignedItemFigures], Meta(description="The figures of each item in this assignment.")
    ]


class AssignmentBody(msgspec.Struct):
    """An assignment of the learner. If its quiz is made from the materials of its class session, and not from the bank,
    the fields of assigned quizzes are null.

    ``attempts_left`` is how many attempts the learner can still begin. ``quiz_ids`` are the learner's attempts, the
    first one first; ``open_quiz_id`` is the attempt that is not submitted yet. ``best_score`` is a percentage.
    """

    assignment_id: str
    subject_id: str
    session_id: str | None
    title: str
    state: State
    opens_at: str | None
    closes_at: str | None
    num_questions: Annotated[
        int | None, Meta(description="How many questions the attempt has that the learner gets now.")
    ]
    attempts: int | None
    attempts_left: int | None
    show_keys: ShowKeys | None
    quiz_ids: list[str]
    open_quiz_id: str | None
    best_score: float | None
    best_result_id: str | None


class AssignmentList(msgspec.Struct):
    items: list[AssignmentBody]
    next_cursor: str | None


class AssignmentQuery(PageQuery, frozen=True):
    subject_id: Identifier | None = None


def register(api: Api) -> None:
    @api.route("GET", "/api/assignments", query=AssignmentQuery, answers=AssignmentList)
    def list_assignments(call: Call[NoBody, AssignmentQuery]) -> AssignmentList:
        """The learner's assignments, by subject and id: what is open, how many attempts are left, and the best result."""
        query = call.query
        page = call.services.assigning.assignments(
            call.learner, query.subject_id, limit=query.limit, cursor=query.cursor
        )
        return AssignmentList([_assignment_body(one) for one in page.items], page.cursor)

    @api.route(
        "POST",
        _QUIZ,
        body=AssignItems,
        example=AssignItems(item_ids=["0c6f5c1e"]),
        answers=AssignedQuizBody,
        creates=True,
        refuses=_NOT_FILLED,
    )
    def assign_quiz(call: Call[AssignItems, NoBody], subject_id: str, assignment_id: str) -> AssignedQuizBody:
        """Set what an assignment asks: approved items, or a blueprint from which each learner's items are drawn."""
        from domain.bank.orders import BlueprintLine, WantedQuiz

        body = call.body
        wanted = WantedQuiz(
            item_ids=tuple(body.item_ids),
            blueprint=tuple(
                BlueprintLine(" ".join(line.concept.split()), line.num_questions, line.difficulty)
                for line in body.blueprint
            ),
            opens_at=_moment(body.opens_at, "opens_at"),
            closes_at=_moment(body.closes_at, "closes_at"),
            attempts=body.attempts,
            show_keys=body.show_keys,
        )
        assigned = call.services.assigning.assign(
            call.learner, subject_id, assignment_id, wanted, body.version
        )
        return _assigned_body(assigned, assigned.num_questions, call.services.clock.now())

    @api.route(
        "GET",
        _QUIZ,
        answers=AssignedQuizReport,
        refuses={"assigned_quiz_not_found": (404, "No quiz of the bank is assigned in the assignment.")},
    )
    def get_assigned_quiz(
        call: Call[NoBody, NoBody], subject_id: str, assignment_id: str
    ) -> AssignedQuizReport:
        """What an assignment asks, who has answered it, and the figures of its items so far."""
        report = call.services.bank_reports.assigned(call.learner, subject_id, assignment_id)
        return AssignedQuizReport(
            **msgspec.structs.asdict(
                _assigned_body(report.assigned, report.num_questions, call.services.clock.now())
            ),
            total_learners=len(report.learners),
            answered=sum(one.submitted > 0 for one in report.learners),
            learners=[
                LearnersAttemptsBody(
                    one.user_id, one.name, one.submitted, one.last_submitted_at, one.best_score
                )
                for one in report.learners
            ],
            items=[
                AssignedItemFigures(**msgspec.structs.asdict(figures_body(one)), item_id=one.item_id)
                for one in report.items
            ],
        )


def _moment(given: str | None, field: str) -> str | None:
    """The moment in UTC. Raises ``InvalidRequest`` if the text is no moment or has no offset."""
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
        if moment.tzinfo is not None:
            return to_text(moment)
    except (ValueError, OverflowError):
        pass
    raise InvalidRequest(
        "invalid_times", "A time is written as in 2026-09-14T08:00:00Z, with its offset.", field=field
    )


def _assigned_body(assigned: AssignedQuiz, num_questions: int, now: datetime) -> AssignedQuizBody:
    return AssignedQuizBody(
        assignment_id=assigned.assignment_id,
        subject_id=assigned.subject_id,
        version=assigned.version,
        state=assigned.state(to_text(now)),
        item_ids=list(assigned.item_ids),
        blueprint=[
            PoolBody(pool.concept, pool.num_questions, pool.difficulty, len(pool.item_ids))
            for pool in assigned.pools
        ],
        num_questions=num_questions,
        opens_at=assigned.opens_at,
        closes_at=assigned.closes_at,
        attempts=assigned.attempts,
        show_keys=assigned.show_keys,
        created_at=assigned.created_at,
        updated_at=assigned.updated_at,
    )


def _assignment_body(one: LearnersAssignment) -> AssignmentBody:
    assignment, assigned = one.assignment, one.assigned
    return AssignmentBody(
        assignment_id=assignment.assignment_id,
        subject_id=assignment.subject_id,
        session_id=assignment.session_id,
        title=assignment.title,
        state=one.state,
        opens_at=None if assigned is None else assigned.opens_at,
        closes_at=None if assigned is None else assigned.closes_at,
        num_questions=one.num_questions,
        attempts=None if assigned is None else assigned.attempts,
        attempts_left=one.attempts_left,
        show_keys=None if assigned is None else assigned.show_keys,
        quiz_ids=list(one.quiz_ids),
        open_quiz_id=one.open_quiz_id,
        best_score=None if one.best is None else one.best.score.score,
        best_result_id=None if one.best is None else one.best.result_id,
    )
