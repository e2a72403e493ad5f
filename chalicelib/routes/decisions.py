"""Routes of decisions about marks: learners appeal, teachers decide, and the record lists all decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody, Refusals
from chalicelib.routes.marks import (
    AppealStatus,
    CorrectionBody,
    DecidedBy,
    SentenceText,
    correction_body,
)
from chalicelib.routes.quizzes import shown
from chalicelib.schemas import NOT_BLANK, CitationBody, Cursor, Identifier, Limit, PageQuery, citation_body
from domain.base.errors import InvalidRequest
from domain.progress.mark_words import MAX_REASON_CHARACTERS, DeskReason
from ports.agent_words import QuestionKind

if TYPE_CHECKING:
    from domain.progress.desk import PlaceKind
    from domain.teaching.deciding import DeskMark, Recorded
    from domain.teaching.overriding import MarkName

MAX_SENTENCE_CHARACTERS = 500
QuestionName = Annotated[str, Meta(min_length=1, max_length=128)]
FactName = Annotated[
    str,
    Meta(
        min_length=1, max_length=1000, pattern=NOT_BLANK, description="The `fact_id` of a fact, or its words."
    ),
]
Sentence = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_SENTENCE_CHARACTERS,
        pattern=NOT_BLANK,
        description="What you say against the mark.",
    ),
]
Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_REASON_CHARACTERS,
        pattern=NOT_BLANK,
        description="The reason. The learner sees it, and the record keeps it.",
    ),
]
VerdictName = Annotated[
    Literal["right", "wrong", "partly", "stated", "contradicted", "missing"],
    Meta(
        description="Of a question: `right`, `wrong` or `partly`. Of a fact: `stated`, `partly`, `contradicted` or `missing`."
    ),
]
AppealId = Annotated[str, Meta(description="The appeal's id: the same for the same mark.")]
QuestionPlace = Annotated[str | None, Meta(description="The question's id within its quiz; null for a fact.")]
FactPlace = Annotated[str | None, Meta(description="The fact's id, as in `2.1`; null for a question.")]
Score = Annotated[
    float | None, Meta(description="The score of the whole, 0 to 100; null if nothing in it counts.")
]
_SUBJECT = "/api/teacher/subjects/{subject_id}"
_NO_MARK: Refusals = {
    "result_not_found": (404, "There is no such result, or it is another person's or of another subject."),
    "mark_not_found": (404, "The result has no such question or fact."),
    "ambiguous_fact": (400, "Several facts have these words: name one by its id."),
    "question_retired": (409, "The question was taken out of the score for everybody."),
    "interview_goes_on": (409, "The interview has not ended."),
}


class AppealRequest(msgspec.Struct, forbid_unknown_fields=True):
    """``question_id`` names a question of a quiz. ``fact`` names a fact of an interview, by its ``fact_id`` or by its
    text.
    """

    sentence: Sentence
    question_id: QuestionName | None = None
    fact: FactName | None = None


class AppealBody(msgspec.Struct):
    appeal_id: AppealId
    result_id: str
    question_id: QuestionPlace
    fact_id: FactPlace
    sentence: SentenceText
    status: AppealStatus
    created_at: str
    decision_id: DecidedBy


class OverrideRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A question is ``right``, ``wrong`` or ``partly`` right; ``credit`` says how much (0.5 if it is absent). A fact is
    ``stated``, ``partly`` stated, ``contradicted`` or ``missing``. ``result_id`` is the id of a quiz's result, or the
    ``session_id`` of an interview.
    """

    result_id: Identifier
    verdict: VerdictName
    reason: Reason
    question_id: QuestionName | None = None
    fact: FactName | None = None
    credit: (
        Annotated[float, Meta(gt=0, lt=1, description="How much of a question that is partly right counts.")]
        | None
    ) = None


class OverrideAnswer(CorrectionBody):
    """The scores are percentages of the whole quiz or interview. They are null if nothing in it counts."""

    result_id: str
    question_id: QuestionPlace
    fact_id: FactPlace
    user_id: str
    score_before: Score
    score_after: Score


class DeskQuery(msgspec.Struct, frozen=True):
    status: AppealStatus = "open"
    limit: Limit = 20
    cursor: Cursor | None = None


class MachineBody(msgspec.Struct):
    """The machine's verdict, and its reason. ``credit`` is null if the machine could not decide."""

    verdict: Annotated[str, Meta(description="What the machine found, in a word.")]
    credit: Annotated[float | None, Meta(description="0 to 1; null if it could not tell.")]
    reasons: Annotated[list[str], Meta(description="Why it found that, in sentences.")]


class DeskBody(msgspec.Struct):
    """``why`` is "appeal" if the learner disputes the mark, and "needs_review" or "unsure" if the machine could not
    decide.

    For a fact of an interview, ``user_answer`` is the whole answer, ``correct_answer`` is the fact, and ``kind`` is
    null.
    """

    appeal_id: AppealId
    status: AppealStatus
    why: Annotated[DeskReason, Meta(description="Why it waits: an appeal, or the machine could not tell.")]
    user_id: str
    name: str
    result_id: str
    question_id: QuestionPlace
    fact_id: FactPlace
    sentence: Annotated[str | None, Meta(description="What the learner says, of an appeal; else null.")]
    waits_since: Annotated[str, Meta(description="Since when it waits.")]
    question: str
    kind: Annotated[QuestionKind | None, Meta(description="The question's kind; null for a fact.")]
    options: list[str]
    user_answer: str | list[str] | None
    correct_answer: Annotated[str | list[str], Meta(description="The key; for a fact, the fact.")]
    passage: Annotated[str, Meta(description="What the material says; empty if no document says it.")]
    citation: CitationBody | None
    machine: Annotated[MachineBody, Meta(description="What the machine found, and why.")]
    decision: Annotated[CorrectionBody | None, Meta(description="What was decided; null while it waits.")]


class Desk(msgspec.Struct):
    items: list[DeskBody]
    next_cursor: str | None


class DecisionBody(CorrectionBody):
    """``verdict`` and ``credit_after`` are the teacher's, ``machine_verdict`` and ``machine_credit`` the machine's.
    ``credit_before`` is the credit that counted before this decision.
    """

    user_id: str
    name: str
    teacher_id: Annotated[str, Meta(description="The user id of the teacher who decided.")]
    result_id: str
    question_id: QuestionPlace
    fact_id: FactPlace
    machine_verdict: Annotated[str, Meta(description="What the machine found, in a word.")]
    machine_credit: Annotated[
        float | None, Meta(description="What the machine gave, 0 to 1; null if it could not tell.")
    ]
    regrade_id: Annotated[
        str | None, Meta(description="The regrade that it is part of; null for an override.")
    ]


class DecisionList(msgspec.Struct):
    """``erased`` is the number of decisions about learners whose data was erased. Only this number is kept."""

    items: list[DecisionBody]
    erased: Annotated[int, Meta(description="How many decisions there were about learners who were erased.")]
    next_cursor: str | None


def register(api: Api) -> None:
    @api.route(
        "POST",
        "/api/results/{result_id}/appeals",
        body=AppealRequest,
        example=AppealRequest(sentence="My answer says the same in other words.", question_id="1"),
        answers=AppealBody,
        creates=True,
        refuses={
            **_NO_MARK,
            "already_appealed": (409, "The mark was disputed before, with another sentence."),
            "no_teacher": (409, "The mark belongs to no class of the learner's."),
        },
    )
    def appeal(call: Call[AppealRequest, NoBody], result_id: str) -> AppealBody:
        """Dispute the mark of a question or of an interview's fact."""
        body = call.body
        name = _mark(result_id, body.question_id, body.fact)
        made = call.services.appealing.appeal(call.learner, name, " ".join(body.sentence.split()))
        is_decided = bool(made.appeal.decision_id)
        return AppealBody(
            appeal_id=made.appeal_id,
            result_id=result_id,
            **_place(made.mark.kind, made.mark.place),
            sentence=made.appeal.sentence,
            status="decided" if is_decided else "open",
            created_at=made.appeal.created_at,
            decision_id=made.appeal.decision_id or None,
        )

    @api.route(
        "POST",
        _SUBJECT + "/overrides",
        body=OverrideRequest,
        example=OverrideRequest(
            result_id="quiz-r", verdict="right", reason="The answer says the same.", question_id="1"
        ),
        answers=OverrideAnswer,
        reaches=("embedder", "key_value_store", "vector_store"),
        creates=True,
        refuses={
            **_NO_MARK,
            "wrong_verdict": (400, "The verdict does not fit a question, or a fact."),
            "invalid_credit": (400, "Give a credit only for a question that is partly right."),
        },
    )
    def override(call: Call[OverrideRequest, NoBody], subject_id: str) -> OverrideAnswer:
        """Decide over a mark. The score, the evidence and everything computed from them then follow the decision."""
        from domain.teaching.overriding import Ruling

        body = call.body
        done = call.services.overriding.override(
            call.learner,
            subject_id,
            _mark(body.result_id, body.question_id, body.fact),
            Ruling(body.verdict, " ".join(body.reason.split()), body.credit),
        )
        return OverrideAnswer(
            **msgspec.structs.asdict(correction_body(done.decision)),
            result_id=body.result_id,
            **_place(done.mark.kind, done.mark.place),
            user_id=done.user_id,
            score_before=done.score_before,
            score_after=done.score_after,
        )

    @api.route("GET", _SUBJECT + "/appeals", query=DeskQuery, answers=Desk)
    def list_appeals(call: Call[NoBody, DeskQuery], subject_id: str) -> Desk:
        """The marks that wait for the teacher: appeals, and answers that the machine could not judge."""
        query = call.query
        page = call.services.deciding.desk(
            call.learner, subject_id, query.status, limit=query.limit, cursor=query.cursor
        )
        return Desk([_desk_body(one) for one in page.items], page.cursor)

    @api.route("GET", _SUBJECT + "/decisions", query=PageQuery, answers=DecisionList)
    def list_decisions(call: Call[NoBody, PageQuery], subject_id: str) -> DecisionList:
        """The record of decisions about marks, the latest first."""
        found = call.services.deciding.record(
            call.learner, subject_id, limit=call.query.limit, cursor=call.query.cursor
        )
        return DecisionList(
            [_decision_body(one) for one in found.page.items], found.erased, found.page.cursor
        )


def _mark(result_id: str, question_id: str | None, fact: str | None) -> MarkName:
    from domain.teaching.overriding import MarkName

    if (question_id is None) == (fact is None):
        raise InvalidRequest(
            "invalid_request", "Name a question or a fact, and not both.", field="question_id"
        )
    if question_id is not None:
        return MarkName(result_id, "question", question_id)
    return MarkName(result_id, "fact", str(fact))


class _Place(TypedDict):
    question_id: str | None
    fact_id: str | None


def _place(kind: PlaceKind, place: str) -> _Place:
    """The fields ``question_id`` and ``fact_id``, one of which names the mark; the other is None."""
    is_question = kind == "question"
    return _Place(question_id=place if is_question else None, fact_id=None if is_question else place)


def _desk_body(mark: DeskMark) -> DeskBody:
    entry = mark.entry
    return DeskBody(
        appeal_id=entry.appeal_id,
        status=entry.status,
        why=entry.why,
        user_id=entry.user_id,
        name=mark.name,
        result_id=entry.result_id,
        **_place(entry.kind, entry.place),
        sentence=entry.sentence or None,
        waits_since=entry.waits_since,
        question=mark.question,
        kind=mark.kind,
        options=list(mark.options),
        user_answer=None if mark.answer is None else shown(mark.answer),
        correct_answer=shown(mark.correct_answer),
        passage=mark.passage,
        citation=None if mark.citation is None else citation_body(mark.citation),
        machine=MachineBody(mark.machine_verdict, mark.machine_credit, list(mark.reasons)),
        decision=None if entry.decision is None else correction_body(entry.decision),
    )


def _decision_body(recorded: Recorded) -> DecisionBody:
    one = recorded.decision
    return DecisionBody(
        decision_id=one.decision_id,
        kind=one.kind,
        verdict=one.verdict,
        reason=one.reason,
        decided_at=one.decided_at,
        credit_before=one.credit_before,
        credit_after=one.credit,
        user_id=one.user_id,
        name=recorded.name,
        teacher_id=one.teacher_id,
        result_id=one.result_id,
        **_place(one.place_kind, one.place),
        machine_verdict=one.machine_verdict,
        machine_credit=one.machine_credit,
        regrade_id=one.regrade_id or None,
    )
