"""What learners send in an interview and what is pushed to them: plain data, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.interviews.interview import Interview, InterviewTurn, NotUnderstoodCode
from domain.progress.levels import MasteryChange
from ports.media_formats import MediaFormat


@dataclass(frozen=True, slots=True)
class InterviewRequest:
    """What a learner wants to be interviewed about."""

    topic: str | None
    subject_id: str | None
    language: str
    max_questions: int


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A part of a recorded answer. ``question_number`` names the question it answers, if the client says so."""

    sound: bytes
    sequence: int
    is_final: bool
    media_format: MediaFormat
    question_number: int | None = None
    recording_id: str = ""
    """The client's id of the recording, new for each try; "" if it gives none."""


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer in writing. ``question_number`` names the question it answers, if the client says so."""

    text: str
    question_number: int | None = None


@dataclass(frozen=True, slots=True)
class InterviewStarted:
    interview: Interview
    question: str
    resume_token: str


@dataclass(frozen=True, slots=True)
class InterviewResumed:
    """``question`` is the open question, or None. ``received_through`` is the number of the last part before the
    first gap in the recording that is being sent, or -1. ``latest`` is the last answer that was processed: the
    client may have missed its push."""

    interview: Interview
    question: str | None
    received_through: int
    latest: AnswerProcessed | None


@dataclass(frozen=True, slots=True)
class PartReceived:
    question_number: int
    received_through: int
    recording_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordingDiscarded:
    """Nothing of the recording is kept, and the question is open."""

    question_number: int
    recording_id: str


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """The words understood so far of an answer that is not finished."""

    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Nothing of the answer was understood; the same question is open again."""

    code: NotUnderstoodCode
    question_number: int
    question: str


@dataclass(frozen=True, slots=True)
class AnswerProcessed:
    """``turn`` is judged, or closed without a score. ``question`` is the next question. It is None if the
    interview is complete, or if no question could be made yet."""

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
    | RecordingDiscarded
    | PartialTranscript
    | NotUnderstood
    | AnswerProcessed
    | InterviewSummary
)


@dataclass(frozen=True, slots=True)
class Push:
    """A message to a client. ``connection_id`` is None if nobody is to receive it. ``request_id`` names the
    client's message that it answers."""

    connection_id: str | None
    content: PushContent
    request_id: str | None = None
