"""Routes of reviews: the questions that come back today, and the answers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody
from chalicelib.routes.quizzes import (
    BAD_ANSWERS,
    AnswerLetters,
    AnswerText,
    QuestionBody,
    question_body,
    shown,
)
from chalicelib.schemas import CitationBody, Identifier, MasteryChangeBody, cited_body
from domain.progress.pace import REVIEWS_A_DAY

if TYPE_CHECKING:
    from domain.quizzes.reviewing import DueQuestion, Reviewed

ReviewLimit = Annotated[int, Meta(ge=1, le=REVIEWS_A_DAY)]


class ReviewsQuery(msgspec.Struct, frozen=True):
    subject_id: Identifier | None = None
    limit: ReviewLimit = REVIEWS_A_DAY


class WhyToday(msgspec.Struct):
    """``last_scores`` are the scores of the latest answers, 0 to 1, the latest last. After ``stability_days``, the
    probability of a right answer is 90 %. ``chance_of_recall`` is the probability of a right answer today, 0 to 1.
    """

    last_scores: list[float]
    answers: int
    lapses: int
    last_answered_on: str
    due_on: str
    days_overdue: int
    stability_days: float
    chance_of_recall: float


class ReviewBody(msgspec.Struct):
    item_id: str
    subject_id: str
    concept: str
    question: QuestionBody
    why: WhyToday


class ReviewsAnswer(msgspec.Struct):
    """``due`` is the number of questions that are due. At most ``left_today`` of them come back today; the others wait.

    There is only one page, and ``next_cursor`` is always null: a question leaves the list when it is answered.
    """

    items: list[ReviewBody]
    due: int
    left_today: int
    next_cursor: str | None


class ReviewSubmission(msgspec.Struct, forbid_unknown_fields=True):
    answer: AnswerText | AnswerLetters


class ReviewResult(msgspec.Struct):
    """``credit`` is 0 to 1. ``due_on`` is the day on which the question comes back."""

    item_id: str
    is_correct: bool
    credit: float
    user_answer: str | list[str]
    correct_answer: str | list[str]
    explanation: str
    citation: CitationBody | None
    answered_at: str
    due_on: str
    mastery_changes: list[MasteryChangeBody]


def register(api: Api) -> None:
    @api.route("GET", "/api/reviews", query=ReviewsQuery, answers=ReviewsAnswer)
    def list_reviews(call: Call[NoBody, ReviewsQuery]) -> ReviewsAnswer:
        """The questions that come back today, with the reasons.

        First those whose last answer was wrong, then those that the learner most likely forgot.
        """
        from domain.progress.evidence import NO_SUBJECT

        subject_id = call.query.subject_id
        if subject_id not in (None, NO_SUBJECT):
            call.services.subjects.get(call.learner, subject_id)
        found = call.services.reviewing.due(call.learner, subject_id, limit=call.query.limit)
        return ReviewsAnswer([_review_body(one) for one in found.reviews], found.due, found.left_today, None)

    @api.route(
        "POST",
        "/api/reviews/{item_id}",
        body=ReviewSubmission,
        example=ReviewSubmission(answer="A"),
        answers=ReviewResult,
        reaches=("key_value_store", "vector_store"),
        creates=True,
        refuses={
            **BAD_ANSWERS,
            "no_answer": (400, "There is no answer."),
            "review_not_found": (404, "The question does not come back to the learner."),
            "review_not_due": (409, "The question is not due today."),
            "review_already_answered": (409, "The question was answered today."),
        },
    )
    def answer_review(call: Call[ReviewSubmission, NoBody], item_id: str) -> ReviewResult:
        """Answer a question that came back. It is scored once a day."""
        return _result_body(call.services.reviewing.answer(call.learner, item_id, call.body.answer))


def _review_body(review: DueQuestion) -> ReviewBody:
    item = review.due.item
    return ReviewBody(
        item_id=item.item_id,
        subject_id=review.due.subject_id,
        concept=item.label,
        question=question_body(review.question, shows_key=False),
        why=WhyToday(
            last_scores=list(item.last_scores),
            answers=item.answers,
            lapses=item.lapses,
            last_answered_on=item.last_on,
            due_on=item.due_on,
            days_overdue=review.due.days_overdue,
            stability_days=item.memory.stability,
            chance_of_recall=review.due.chance_of_recall,
        ),
    )


def _result_body(reviewed: Reviewed) -> ReviewResult:
    answer = reviewed.answer
    return ReviewResult(
        item_id=answer.item_id,
        is_correct=answer.is_correct,
        credit=answer.credit,
        user_answer=shown(answer.answer),
        correct_answer=shown(answer.correct_answer),
        explanation=reviewed.question.explanation,
        citation=cited_body(reviewed.question.citation),
        answered_at=answer.answered_at,
        due_on=answer.due_on,
        mastery_changes=[
            MasteryChangeBody(one.concept, one.label, one.subject_id, one.before, one.after)
            for one in answer.mastery_changes
        ],
    )
