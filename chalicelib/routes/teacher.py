"""Routes of teachers: the analytics and the materials of their classes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody
from chalicelib.routes.files import (
    DOCUMENT_BUSY,
    REFUSES_LABELS,
    UPLOAD_REFUSALS,
    ContentType,
    FileBody,
    FileList,
    FileName,
    LabelsChange,
    PresignedUpload,
    Tags,
    UploadAnswer,
    file_body,
    labels_of,
)
from chalicelib.schemas import Cursor, Deleted, Identifier, PageQuery
from domain.documents.document_words import DocumentType

MAX_LEARNERS = 1000
"""The maximal number of learners in one response. With their levels, under keys of 150 bytes, that is about 5 MB.

A response of a Lambda function may have 6 MB.
"""
_SUBJECT = "/api/teacher/subjects/{subject_id}"


class AnalyticsQuery(msgspec.Struct, frozen=True):
    """Chooses the page of ``learning_progress``. With the default limit, one page holds all learners of most classes."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LEARNERS)] = MAX_LEARNERS
    cursor: Cursor | None = None


class LearnerProgressBody(msgspec.Struct):
    """``mastery_levels`` has the learner's lowest levels, 0 to 1. ``total_concepts`` is the number of all the learner's
    concepts.
    """

    user_id: str
    name: str
    mastery_levels: dict[str, float]
    total_concepts: int
    total_interactions: int
    last_active: str | None


class ConceptSummaryBody(msgspec.Struct):
    """If ``too_few`` is true, too few learners have evidence of the concept, and the numbers are null."""

    concept: str
    label: str
    too_few: bool
    learners: int | None
    mean_mastery: float | None
    median_mastery: float | None
    share_below: float | None
    share_between: float | None
    share_above: float | None


class ChosenOptionBody(msgspec.Struct):
    option: str
    count: int


class QuestionPerformanceBody(msgspec.Struct):
    """``success_rate`` is 0 to 1. ``question_key`` names the question when a teacher takes it into the bank."""

    question_key: str
    question: str
    learners: int
    attempts: int
    success_rate: float
    most_chosen_wrong_option: ChosenOptionBody | None


class QuizPerformanceBody(msgspec.Struct):
    """``average_score`` is a percentage. If ``too_few`` is true, too few learners answered, and it is null.

    ``withheld_questions`` is the number of questions that are not shown because too few learners answered them.
    """

    quizzes_taken: int
    average_score: float | None
    too_few: bool
    questions: list[QuestionPerformanceBody]
    withheld_questions: int


class DayBody(msgspec.Struct):
    day: str
    messages: int
    quizzes: int
    active_learners: int


class EngagementBody(msgspec.Struct):
    total_messages: int
    active_learners: int
    by_day: list[DayBody]


class WeakConceptBody(msgspec.Struct):
    concept: str
    label: str
    mastery_level: float
    evidence_count: int
    last_interaction: str


class NeedsHelpBody(msgspec.Struct):
    """A learner who needs help, with the reasons: the concepts that are weak according to enough evidence, and how many
    of the latest answers were right.
    """

    user_id: str
    name: str
    weak_concepts: list[WeakConceptBody]
    recent_answers: int
    recent_correct: int


class InactiveBody(msgspec.Struct):
    user_id: str
    name: str
    last_active: str | None


class AnalyticsAnswer(msgspec.Struct):
    """``next_cursor`` leads to the next page of ``learning_progress``. All other fields describe the whole class, on
    every page."""

    total_students: int
    learning_progress: list[LearnerProgressBody]
    concept_summary: list[ConceptSummaryBody]
    total_concepts: int
    quiz_performance: QuizPerformanceBody
    ai_chat_engagement: EngagementBody
    needs_help: list[NeedsHelpBody]
    total_needing_help: int
    inactive: list[InactiveBody]
    total_inactive: int
    next_cursor: str | None = None


class MaterialRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    file_name: FileName
    content_type: ContentType
    file_size: Annotated[int, Meta(ge=0, le=2**53)]
    session_id: Identifier | None = None
    document_type: DocumentType = "notes"
    tags: Tags = []


def register(api: Api) -> None:
    @api.route("GET", _SUBJECT + "/ai-analytics", query=AnalyticsQuery, answers=AnalyticsAnswer)
    def get_analytics(call: Call[NoBody, AnalyticsQuery], subject_id: str) -> AnalyticsAnswer:
        """The progress of the class: by learner, by concept, by question, by day."""
        report = call.services.reporting.subject_analytics(
            call.learner, subject_id, limit=call.query.limit, cursor=call.query.cursor
        )
        answer = msgspec.convert(report.analytics, AnalyticsAnswer, from_attributes=True)
        answer.next_cursor = report.next_cursor
        return answer

    @api.route(
        "POST",
        _SUBJECT + "/materials/upload-url",
        body=MaterialRequest,
        example=MaterialRequest(file_name="newtons-laws.txt", content_type="text/plain", file_size=5),
        answers=UploadAnswer,
        reaches=("key_value_store", "object_store"),
        creates=True,
        refuses=UPLOAD_REFUSALS,
    )
    def offer_material_upload(call: Call[MaterialRequest, NoBody], subject_id: str) -> UploadAnswer:
        """Get permission to upload a document for the whole class."""
        from domain.documents.document import NewDocument

        wanted = call.body
        new = NewDocument(
            wanted.file_name,
            wanted.content_type,
            subject_id,
            wanted.session_id,
            wanted.document_type,
            tuple(wanted.tags),
        )
        offer = call.services.materials.offer_upload(
            call.learner, subject_id, new, wanted.file_size, call.new_id()
        )
        upload = PresignedUpload(offer.upload.url, offer.upload.fields)
        return UploadAnswer(offer.document.file_id, offer.document.key, upload, offer.expires_in)

    @api.route("GET", _SUBJECT + "/materials", query=PageQuery, answers=FileList)
    def list_materials(call: Call[NoBody, PageQuery], subject_id: str) -> FileList:
        """The class's materials, newest first."""
        page = call.services.materials.page(
            call.learner, subject_id, limit=call.query.limit, cursor=call.query.cursor
        )
        return FileList([file_body(document) for document in page.items], page.cursor)

    @api.route(
        "PATCH",
        _SUBJECT + "/materials/{file_id}",
        body=LabelsChange,
        example=LabelsChange(file_name="newtons-laws-2.txt", tags=["exam"]),
        answers=FileBody,
        reaches=("key_value_store", "object_store", "vector_store"),
        refuses=REFUSES_LABELS,
    )
    def change_material(call: Call[LabelsChange, NoBody], subject_id: str, file_id: str) -> FileBody:
        """Change the name, class session, type or tags of a document of the class."""
        return file_body(
            call.services.materials.change(call.learner, subject_id, file_id, labels_of(call.body))
        )

    @api.route(
        "DELETE",
        _SUBJECT + "/materials/{file_id}",
        answers=Deleted,
        reaches=("key_value_store", "object_store", "vector_store"),
        refuses=DOCUMENT_BUSY,
    )
    def delete_material(call: Call[NoBody, NoBody], subject_id: str, file_id: str) -> Deleted:
        """Delete a document of the class, and everything that was made from it."""
        call.services.materials.delete(call.learner, subject_id, file_id)
        return Deleted(deleted=True)
