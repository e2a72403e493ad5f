"""Routes that show interviews. Interviews are held over the WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody
from chalicelib.interview_messages import AnalysisBody, FactBody, analysis_body, fact_bodies
from chalicelib.routes.marks import AppealShown, CorrectionList, FactIdText, appeal_body, correction_bodies
from chalicelib.schemas import PageQuery
from domain.interviews.interview_words import FactVerdict, InterviewState

if TYPE_CHECKING:
    from domain.interviews.interview import Interview, InterviewTurn


class InterviewBody(msgspec.Struct):
    """``overall_score`` is 0 to 100, or null if nothing was scored. ``resume_token`` resumes an unfinished interview,
    also if the client lost the first token. It is null if there is nothing to resume.
    """

    session_id: str
    topic: str | None
    subject_id: str | None
    language: str
    state: InterviewState
    started_at: str
    ended_at: str | None
    questions_asked: int
    overall_score: float | None
    resume_token: str | None


class InterviewList(msgspec.Struct):
    items: list[InterviewBody]
    next_cursor: str | None


class FactReviewBody(msgspec.Struct):
    """An appeal against the verdict on a fact, and the teacher's decision. ``machine_verdict`` is null unless a teacher
    decided.
    """

    fact_id: FactIdText
    machine_verdict: Annotated[
        FactVerdict | None, Meta(description="What the machine found; null unless a person decided.")
    ]
    appeal: AppealShown
    corrections: CorrectionList


class TurnBody(msgspec.Struct):
    """``analysis`` and ``score`` are null if the answer could not be judged. ``reviews`` has the facts that the learner
    disputed or a teacher decided about.
    """

    question_number: int
    question: str
    transcription: str | None
    score: float | None
    analysis: AnalysisBody | None
    facts: list[FactBody]
    reviews: Annotated[
        list[FactReviewBody], Meta(description="The facts that somebody disputed or decided about.")
    ]


class SummaryBody(msgspec.Struct):
    overall_score: float | None
    strengths: list[str]
    improvements: list[str]


class InterviewAnswer(InterviewBody):
    """``summary`` is null until the interview has ended."""

    turns: list[TurnBody]
    summary: SummaryBody | None


def register(api: Api) -> None:
    @api.route("GET", "/api/interviews", query=PageQuery, answers=InterviewList)
    def list_interviews(call: Call[NoBody, PageQuery]) -> InterviewList:
        """The learner's interviews, newest first."""
        page = call.services.interviews.page(
            call.learner.user_id, limit=call.query.limit, cursor=call.query.cursor
        )
        return InterviewList([_interview_body(one) for one in page.items], page.cursor)

    @api.route(
        "GET",
        "/api/interviews/{session_id}",
        answers=InterviewAnswer,
        refuses={"interview_not_found": (404, "The interview does not exist, or belongs to another person.")},
    )
    def get_interview(call: Call[NoBody, NoBody], session_id: str) -> InterviewAnswer:
        """An interview with its questions, its answers and their marks."""
        interview = call.services.interviews.get(call.learner.user_id, session_id)
        turns = [_turn_body(turn, interview) for turn in call.services.interviews.turns(interview)]
        summary = SummaryBody(
            interview.overall_score, list(interview.strengths), list(interview.improvements)
        )
        return InterviewAnswer(
            **msgspec.structs.asdict(_interview_body(interview)),
            turns=turns,
            summary=summary if interview.state == "ended" else None,
        )


def _interview_body(interview: Interview) -> InterviewBody:
    return InterviewBody(
        session_id=interview.session_id,
        topic=interview.topic,
        subject_id=interview.subject_id,
        language=interview.language,
        state=interview.state,
        started_at=interview.started_at,
        ended_at=interview.ended_at,
        questions_asked=interview.questions_asked,
        overall_score=interview.overall_score,
        resume_token=interview.listed_token,
    )


def _turn_body(turn: InterviewTurn, interview: Interview) -> TurnBody:
    from domain.interviews.interview import fact_id

    is_over = not interview.is_open
    return TurnBody(
        question_number=turn.question_number,
        question=turn.asked.question,
        transcription=turn.transcription,
        score=turn.score,
        analysis=analysis_body(turn, interview.language, is_over=is_over),
        facts=fact_bodies(turn, is_over=is_over),
        reviews=[
            FactReviewBody(
                fact_id(turn, place),
                judged.machine,
                appeal_body(judged.review.appeal),
                correction_bodies(judged.review),
            )
            for place, judged in enumerate(turn.facts)
            if judged.review.corrections or judged.review.appeal is not None
        ],
    )
