"""Conversations and their messages, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.agents.outcomes import Outcome, Statement
from domain.base.ids import derived_id
from domain.documents.document import PageWarning
from domain.documents.passage import Citation
from domain.tutoring.conversation_words import ConversationType, MessageType

_DERIVED_TITLE_CHARACTERS = 60
PREVIEW_CHARACTERS = 120
HISTORY_MESSAGES = 8
"""How many of the latest messages the conversation's row holds for the next question. Every message has its own row
too.
"""
HISTORY_CHARACTERS = 1000
"""The number of characters that are kept of each of these messages."""


@dataclass(frozen=True, slots=True)
class ContextUsed:
    """From what an answer was made: which subjects, how many chunks, and how many tokens."""

    subject_filter: str | None
    retrieved_chunks: int
    personalization_applied: bool
    cross_subject_search: bool
    input_tokens: int | None = None
    """The tokens that the model read, as its provider counts them. None if no model answered or nothing was counted."""
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A document from which an answer was made, and a warning about pages of it that could not be read."""

    file_id: str
    source_file: str
    warning: PageWarning


@dataclass(frozen=True, slots=True)
class Message:
    """A learner's question, or the tutor's answer."""

    message_id: str
    conversation_id: str
    message_type: MessageType
    content: str
    timestamp: str
    citations: tuple[Citation, ...] = ()
    context_used: ContextUsed | None = None
    outcome: Outcome | None = None
    """The kind of answer; None for a question."""
    statements: tuple[Statement, ...] = ()
    unread: tuple[Unread, ...] = ()
    """The warnings about parts of the cited documents that could not be read. If the answer has no citation, the
    warnings of all documents that were searched.
    """


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is kept for the next question: its first ``HISTORY_CHARACTERS`` characters."""

    speaker: MessageType
    words: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation. ``recent`` holds the latest ``HISTORY_MESSAGES`` messages, oldest first.

    They are stored here, so that a follow-up question needs no second read.
    """

    conversation_id: str
    user_id: str
    conversation_type: ConversationType
    title: str
    created_at: str
    updated_at: str
    subject_id: str | None = None
    message_count: int = 0
    last_message_preview: str = ""
    recent: tuple[Said, ...] = ()
    deleting: bool = field(default=False)
    version: int = 1


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """A question of a learner to the tutor. If it is repeated with the same ``turn_id``, it is answered once."""

    turn_id: str
    message: str
    conversation_id: str | None = None
    subject_id: str | None = None
    subjects: tuple[str, ...] = ()
    is_daily: bool = False
    """Whether the question belongs to the subject's conversation of the day, which is created if it does not exist."""


def with_recent(recent: Sequence[Said], *messages: Message) -> tuple[Said, ...]:
    """The latest ``HISTORY_MESSAGES`` of ``recent`` and the added ``messages``, oldest first."""
    said = (Said(message.message_type, message.content[:HISTORY_CHARACTERS]) for message in messages)
    return (*recent, *said)[-HISTORY_MESSAGES:]


def daily_conversation_id(user_id: str, subject_id: str, day: str) -> str:
    """The id of the learner's conversation of a day (an RFC 3339 date) in a subject."""
    return derived_id("daily conversation", user_id, subject_id, day)


def title_from(message: str) -> str:
    """A title for a conversation that begins with ``message``: its first words, on one line."""
    return _shorten(message, _DERIVED_TITLE_CHARACTERS) or "New conversation"


def preview_of(message: str) -> str:
    """The beginning of the message, for a list of conversations."""
    return _shorten(message, PREVIEW_CHARACTERS)


def _shorten(text: str, limit: int) -> str:
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,;:.-") + "…"
