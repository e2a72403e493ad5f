"""Routes of subjects: the subjects of a learner, and the tutor within a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody
from chalicelib.routes.chat import (
    CONVERSATION_BUSY,
    MESSAGES_USED,
    ChatAnswer,
    ConversationBody,
    ConversationList,
    MessageText,
    UnreadBody,
    chat_answer,
    conversation_body,
    unread_bodies,
)
from chalicelib.routes.files import FileBody, file_body
from chalicelib.schemas import CitationBody, Identifier, PageQuery, citation_body
from domain.base.errors import InvalidRequest

if TYPE_CHECKING:
    from domain.documents.passage import Passage

_CONTEXT_SESSIONS = 5
_CONTEXT_FILES = 50
_DEFAULT_TOP_K = 10
MAX_TOP_K = 20


class SubjectBody(msgspec.Struct):
    subject_id: str
    name: str
    teacher_id: str | None


class SubjectList(msgspec.Struct):
    items: list[SubjectBody]
    next_cursor: str | None


class SessionBody(msgspec.Struct):
    session_id: str
    subject_id: str
    title: str
    session_date: str


class ContextFile(FileBody):
    is_class_material: bool


class SubjectContext(msgspec.Struct):
    """``uploaded_files`` are the latest documents of the learner and of the class. ``/api/files`` lists all of the
    learner's."""

    subject: SubjectBody
    recent_sessions: list[SessionBody]
    uploaded_files: list[ContextFile]


class SubjectMessage(msgspec.Struct, forbid_unknown_fields=True):
    """``content`` is another name for ``message``."""

    message: MessageText | None = None
    content: MessageText | None = None


class SearchRequest(msgspec.Struct, forbid_unknown_fields=True):
    query: MessageText
    subjects: Annotated[list[Identifier], Meta(min_length=1, max_length=20)]
    top_k: Annotated[int, Meta(ge=1, le=MAX_TOP_K)] = _DEFAULT_TOP_K


class FoundPassage(CitationBody, frozen=True):
    text: str


class SearchAnswer(msgspec.Struct):
    """``warnings`` belong to the documents of the results. If there are no results, they belong to those that were
    searched.
    """

    results: list[FoundPassage]
    warnings: list[UnreadBody]


def register(api: Api) -> None:
    @api.route("GET", "/api/subjects", answers=SubjectList, reaches=())
    def list_subjects(call: Call[NoBody, NoBody]) -> SubjectList:
        """The subjects that the learner is enrolled in or teaches."""
        mine = call.services.subjects.of(call.learner)
        return SubjectList([SubjectBody(one.subject_id, one.name, one.teacher_id) for one in mine], None)

    @api.route("GET", "/api/subjects/{subject_id}/context", answers=SubjectContext)
    def get_subject_context(call: Call[NoBody, NoBody], subject_id: str) -> SubjectContext:
        """A subject, its recent class sessions, and the documents that the learner can read in it."""
        from domain.access.classes import is_class_owner

        subjects = call.services.subjects
        subject = subjects.get(call.learner, subject_id)
        sessions = subjects.recent_sessions(subject, _CONTEXT_SESSIONS)
        documents = call.services.library.in_subject(call.learner, subject, _CONTEXT_FILES)
        return SubjectContext(
            SubjectBody(subject.subject_id, subject.name, subject.teacher_id),
            [SessionBody(one.session_id, one.subject_id, one.title, one.session_date) for one in sessions],
            [
                ContextFile(
                    **msgspec.structs.asdict(file_body(document)),
                    is_class_material=is_class_owner(document.user_id),
                )
                for document in documents
            ],
        )

    @api.route("GET", "/api/subjects/{subject_id}/ai-chat", answers=ConversationBody)
    def get_subject_chat(call: Call[NoBody, NoBody], subject_id: str) -> ConversationBody:
        """The learner's conversation of today in a subject. `POST /api/chat/subjects/{subject_id}` continues it.

        The first request of a day creates it. The conversations of earlier days are in the list of conversations.
        """
        return conversation_body(call.services.tutoring.subject_conversation(call.learner, subject_id))

    @api.route(
        "POST",
        "/api/chat/subjects/{subject_id}",
        body=SubjectMessage,
        example=SubjectMessage(message="What does the second law say?"),
        answers=ChatAnswer,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses={**MESSAGES_USED, **CONVERSATION_BUSY},
    )
    def ask_in_subject(call: Call[SubjectMessage, NoBody], subject_id: str) -> ChatAnswer:
        """Ask the tutor within a subject, in the subject's conversation of today."""
        from domain.tutoring.conversation import ChatQuestion

        texts = [text for text in (call.body.message, call.body.content) if text is not None]
        if len(texts) != 1:
            raise InvalidRequest("invalid_request", "Give message, or content, not both.", field="message")
        question = ChatQuestion(call.new_id(), texts[0], subject_id=subject_id, is_daily=True)
        return chat_answer(call.services.tutoring.ask(call.learner, question).message)

    @api.route(
        "GET", "/api/chat/subjects/{subject_id}/conversations", query=PageQuery, answers=ConversationList
    )
    def list_subject_conversations(call: Call[NoBody, PageQuery], subject_id: str) -> ConversationList:
        """The learner's conversations in a subject, the most recently used first."""
        page = call.services.tutoring.conversations(
            call.learner, subject_id=subject_id, limit=call.query.limit, cursor=call.query.cursor
        )
        return ConversationList([conversation_body(one) for one in page.items], page.cursor)

    @api.route(
        "POST",
        "/api/search/cross-subject",
        body=SearchRequest,
        example=SearchRequest(query="the second law", subjects=["physics_101"]),
        answers=SearchAnswer,
        reaches=("embedder", "key_value_store", "vector_store"),
        refuses=MESSAGES_USED,
    )
    def search_subjects(call: Call[SearchRequest, NoBody]) -> SearchAnswer:
        """Find passages in several subjects at once."""
        from domain.documents.passage import in_chunks

        found = call.services.tutoring.search(
            call.learner, call.body.query, call.body.subjects, call.body.top_k
        )
        chunks = [chunk for passage in found.passages for chunk in in_chunks(passage)]
        return SearchAnswer(list(map(_found, chunks)), unread_bodies(found.unread))


def _found(passage: Passage) -> FoundPassage:
    from domain.documents.passage import citation_of

    citation = citation_of(passage, 0, len(passage.text))
    return FoundPassage(**msgspec.structs.asdict(citation_body(citation)), text=passage.text)
