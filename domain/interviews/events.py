"""What a learner says in an interview, and what is told of it: data, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.interviews.interview import Interview, Turn
from domain.interviews.recording import MediaFormat
from domain.progress.levels import MasteryChange

Failure = Literal["no_speech", "unreadable_audio"]
"""Why nothing of a recording was understood."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a learner wants to be interviewed about."""

    topic: str | None
    subject_id: str | None
    language: str
    max_questions: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a recorded answer. ``question_number`` is of the question it answers, where the client says so."""

    sound: bytes
    sequence: int
    is_final: bool
    media_format: MediaFormat
    question_number: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    interview: Interview
    question: str
    resume_token: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """``question`` is None while none is open; ``received_through`` is of the recording that is being sent, -1
    for none of it. ``latest`` is what was answered last, should it not have arrived."""

    interview: Interview
    question: str | None
    received_through: int
    latest: Answered | None


@dataclass(frozen=True, slots=True)
class PartReceived:
    question_number: int
    received_through: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What could be understood of an answer that goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing of the answer could be understood; the same question is open again."""

    code: Failure
    question_number: int
    question: str


@dataclass(frozen=True, slots=True)
class Answered:
    """``turn`` is judged, or could not be. ``question`` is the next one: None where the interview is complete,
    or where none could be had yet."""

    interview: Interview
    turn: Turn
    question: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    interview: Interview
    turns: tuple[Turn, ...]
    mastery_changes: tuple[MasteryChange, ...]


Event = Started | Resumed | PartReceived | Heard | NotUnderstood | Answered | Summary


@dataclass(frozen=True, slots=True)
class Told:
    """What to push, where to, and which message it answers."""

    connection_id: str | None
    event: Event
    request_id: str | None = None
