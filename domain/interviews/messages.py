"""What a learner says in an interview, and what is told of it: data, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.interviews.interview import Interview, InterviewTurn
from domain.interviews.recording import MediaFormat
from domain.progress.levels import MasteryChange

NotUnderstoodCode = Literal["no_speech", "unreadable_audio"]
"""Why nothing of a recording was understood."""


@dataclass(frozen=True, slots=True)
class InterviewRequest:
    """What a learner wants to be interviewed about."""

    topic: str | None
    subject_id: str | None
    language: str
    max_questions: int


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A part of a recorded answer. ``question_number`` is of the question it answers, where the client says so."""

    sound: bytes
    sequence: int
    is_final: bool
    media_format: MediaFormat
    question_number: int | None = None


@dataclass(frozen=True, slots=True)
class InterviewStarted:
    interview: Interview
    question: str
    resume_token: str


@dataclass(frozen=True, slots=True)
class InterviewResumed:
    """``question`` is None while none is open; ``received_through`` is of the recording that is being sent, -1
    for none of it. ``latest`` is what was answered last, should it not have arrived."""

    interview: Interview
    question: str | None
    received_through: int
    latest: AnswerProcessed | None


@dataclass(frozen=True, slots=True)
class PartReceived:
    question_number: int
    received_through: int


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """What could be understood of an answer that goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing of the answer could be understood; the same question is open again."""

    code: NotUnderstoodCode
    question_number: int
    question: str


@dataclass(frozen=True, slots=True)
class AnswerProcessed:
    """``turn`` is judged, or could not be. ``question`` is the next one: None where the interview is complete,
    or where none could be had yet."""

    interview: Interview
    turn: InterviewTurn
    question: str | None


@dataclass(frozen=True, slots=True)
class InterviewSummary:
    interview: Interview
    turns: tuple[InterviewTurn, ...]
    mastery_changes: tuple[MasteryChange, ...]


PushContent = (
    InterviewStarted
    | InterviewResumed
    | PartReceived
    | PartialTranscript
    | NotUnderstood
    | AnswerProcessed
    | InterviewSummary
)


@dataclass(frozen=True, slots=True)
class Push:
    """What to push, where to, and which message it answers."""

    connection_id: str | None
    event: PushContent
    request_id: str | None = None
