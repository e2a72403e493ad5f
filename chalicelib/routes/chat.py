"""Routes of the tutor: questions, conversations, messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import TOO_MANY_REQUESTS, Api, Call, NoBody, Refusals
from chalicelib.routes.files import WarningBody
from chalicelib.schemas import NOT_BLANK, CitationBody, Deleted, Identifier, PageQuery, citation_body
from domain.agents.outcomes import Outcome, Support
from domain.tutoring.conversation_words import MAX_TITLE_CHARACTERS

if TYPE_CHECKING:
    from domain.tutoring.conversation import Conversation, Message, Unread

MAX_MESSAGE_CHARACTERS = 4000
MESSAGES_USED: Refusals = {
    **TOO_MANY_REQUESTS,
    "daily_messages_used": (429, "Today's messages are used up."),
}
CONVERSATION_BUSY: Refusals = {
    "conversation_busy": (409, "The conversation has another question at the moment."),
}


MessageText = Annotated[str, Meta(min_length=1, max_length=MAX_MESSAGE_CHARACTERS, pattern=NOT_BLANK)]


class ChatRequest(msgspec.Struct, forbid_unknown_fields=True):
    message: MessageText
    conversation_id: Identifier | None = None
    subject_id: Identifier | None = None
    subjects: Annotated[list[Identifier], Meta(max_length=20)] = []


class ContextUsedBody(msgspec.Struct):
    """What the answer was made from. The model's provider counts the tokens; they are null if it does not."""

    subject_filter: str | None
    retrieved_chunks: int
    personalization_applied: bool
    cross_subject_search: bool
    input_tokens: int | None
    output_tokens: int | None


class StatementBody(msgspec.Struct):
    """A sentence of an answer: UTF-16 code units ``start:end`` of its text.

    ``quoted``: one of its ``citations`` (numbers from 1) supports it. ``unsupported``: none of them does.
    """

    start: int
    end: int
    citations: list[int]
    support: Support


class UnreadBody(WarningBody, kw_only=True):
    """Pages of a document that could not be read, so the answer could not use them."""

    file_id: str
    source_file: str


class ChatAnswer(msgspec.Struct):
    """``[k]`` in ``response`` refers to number k of ``citations``, counted from 1. ``response`` is plain text.

    ``warnings`` belong to the cited documents. If no document is cited, they belong to those that were searched.
    """

    response: str
    citations: list[CitationBody]
    conversation_id: str
    message_id: str
    timestamp: str
    context_used: ContextUsedBody | None
    outcome: Outcome
    format: Literal["text"]
    statements: list[StatementBody]
    warnings: list[UnreadBody]


class ConversationBody(msgspec.Struct):
    conversation_id: str
    subject_id: str | None
    conversation_type: str
    title: str
    created_at: str
    updated_at: str
    message_count: int
    last_message_preview: str


class ConversationList(msgspec.Struct):
    items: list[ConversationBody]
    next_cursor: str | None


class ConversationQuery(PageQuery, frozen=True):
    subject_id: Identifier | None = None


class MessageBody(msgspec.Struct):
    message_id: str
    conversation_id: str
    message_type: str
    content: str
    timestamp: str
    citations: list[CitationBody]
    context_used: ContextUsedBody | None
    outcome: Outcome | None
    format: Literal["text"]
    statements: list[StatementBody]
    warnings: list[UnreadBody]


class ConversationAnswer(msgspec.Struct):
    conversation: ConversationBody
    items: list[MessageBody]
    next_cursor: str | None


class TitleRequest(msgspec.Struct, forbid_unknown_fields=True):
    title: Annotated[str, Meta(min_length=1, max_length=MAX_TITLE_CHARACTERS)]


def register(api: Api) -> None:
    @api.route(
        "POST",
        "/api/chat",
        body=ChatRequest,
        example=ChatRequest(message="What does the second law say?"),
        answers=ChatAnswer,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses={**MESSAGES_USED, **CONVERSATION_BUSY},
    )
    def ask(call: Call[ChatRequest, NoBody]) -> ChatAnswer:
        """Ask the tutor about the learner's documents."""
        from domain.tutoring.conversation import ChatQuestion

        asked = call.body
        question = ChatQuestion(
            turn_id=call.new_id(),
            message=asked.message,
            conversation_id=asked.conversation_id,
            subject_id=asked.subject_id,
            subjects=tuple(asked.subjects),
        )
        return chat_answer(call.services.tutoring.ask(call.learner, question).message)

    @api.route("GET", "/api/chat/conversations", query=ConversationQuery, answers=ConversationList)
    def list_conversations(call: Call[NoBody, ConversationQuery]) -> ConversationList:
        """The learner's conversations, the most recently used first."""
        query = call.query
        page = call.services.tutoring.conversations(
            call.learner, subject_id=query.subject_id, limit=query.limit, cursor=query.cursor
        )
        return ConversationList([conversation_body(one) for one in page.items], page.cursor)

    @api.route(
        "GET", "/api/chat/conversations/{conversation_id}", query=PageQuery, answers=ConversationAnswer
    )
    def get_conversation(call: Call[NoBody, PageQuery], conversation_id: str) -> ConversationAnswer:
        """A conversation and its messages, oldest first."""
        conversation, page = call.services.tutoring.conversation(
            call.learner, conversation_id, limit=call.query.limit, cursor=call.query.cursor
        )
        messages = [_message_body(message) for message in page.items]
        return ConversationAnswer(conversation_body(conversation), messages, page.cursor)

    @api.route(
        "PATCH",
        "/api/chat/conversations/{conversation_id}",
        body=TitleRequest,
        example=TitleRequest(title="Newton's laws"),
        answers=ConversationBody,
    )
    def rename_conversation(call: Call[TitleRequest, NoBody], conversation_id: str) -> ConversationBody:
        """Give a conversation another title."""
        return conversation_body(
            call.services.tutoring.rename(call.learner, conversation_id, call.body.title)
        )

    @api.route("DELETE", "/api/chat/conversations/{conversation_id}", answers=Deleted)
    def delete_conversation(call: Call[NoBody, NoBody], conversation_id: str) -> Deleted:
        """Delete a conversation with all its messages."""
        call.services.tutoring.forget(call.learner, conversation_id)
        return Deleted(deleted=True)


def chat_answer(answer: Message) -> ChatAnswer:
    return ChatAnswer(
        response=answer.content,
        citations=[citation_body(citation) for citation in answer.citations],
        conversation_id=answer.conversation_id,
        message_id=answer.message_id,
        timestamp=answer.timestamp,
        context_used=_context_body(answer),
        outcome=answer.outcome or "answered",
        format="text",
        statements=_statement_bodies(answer),
        warnings=unread_bodies(answer.unread),
    )


def conversation_body(conversation: Conversation) -> ConversationBody:
    return ConversationBody(
        conversation_id=conversation.conversation_id,
        subject_id=conversation.subject_id,
        conversation_type=conversation.conversation_type,
        title=conversation.title,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        message_count=conversation.message_count,
        last_message_preview=conversation.last_message_preview,
    )


def _message_body(message: Message) -> MessageBody:
    return MessageBody(
        message_id=message.message_id,
        conversation_id=message.conversation_id,
        message_type=message.message_type,
        content=message.content,
        timestamp=message.timestamp,
        citations=[citation_body(citation) for citation in message.citations],
        context_used=_context_body(message),
        outcome=message.outcome,
        format="text",
        statements=_statement_bodies(message),
        warnings=unread_bodies(message.unread),
    )


def _statement_bodies(message: Message) -> list[StatementBody]:
    return [StatementBody(one.start, one.end, list(one.citations), one.support) for one in message.statements]


def unread_bodies(unread: Sequence[Unread]) -> list[UnreadBody]:
    return [
        UnreadBody(
            one.warning.code,
            list(one.warning.pages),
            one.warning.message,
            file_id=one.file_id,
            source_file=one.source_file,
        )
        for one in unread
    ]


def _context_body(message: Message) -> ContextUsedBody | None:
    used = message.context_used
    return ContextUsedBody(**asdict(used)) if used is not None else None
