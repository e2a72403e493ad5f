"""The messages of an interview as plain data: what learners send and what is pushed to them."""

from __future__ import annotations

from dataclasses import dataclass

from domain.interviews.interview import Interview, InterviewTurn
from domain.interviews.interview_words import NotUnderstoodCode
from domain.progress.levels import MasteryChange
from ports.media_formats import MediaFormat


@dataclass(frozen=True, slots=True)
class InterviewRequest:
    """A learner's request for an interview. ``topic`` and ``subject_id`` are None if the learner chose none."""

    topic: str | None
    subject_id: str | None
    language: str
    max_questions: int
    start_id: str = ""
    """The client's id of the start, a new one for each interview; "" if the client gives none."""


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A part of a recorded answer. ``question_number`` is the number of its question, or None if the client gave none."""

    sound: bytes
    sequence: int
    is_final: bool
    media_format: MediaFormat
    question_number: int | None = None
    recording_id: str = ""
    """The client's id of the recording, a new one for each try; "" if the client gives none."""


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """A written answer. ``question_number`` is the number of its question, or None if the client gave none."""

    text: str
    question_number: int | None = None


@dataclass(frozen=True, slots=True)
class InterviewStarted:
    """The response to the start of an interview."""

    interview: Interview
    question: str
    resume_token: str


@dataclass(frozen=True, slots=True)
class InterviewResumed:
    """The state of an interview for a client that resumed it.

    ``question`` is the open question, or None. ``received_through`` is the number of the last part before the first gap
    in the recording that is being sent, or -1. ``latest`` is the last processed answer: the client may have missed its
    push.
    """

    interview: Interview
    question: str | None
    received_through: int
    latest: AnswerProcessed | None


@dataclass(frozen=True, slots=True)
class PartReceived:
    """The response to a part. ``received_through`` is the number of the last part before the first gap; -1 if part 0 is
    missing.
    """

    question_number: int
    received_through: int
    recording_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordingDiscarded:
    """The recording was removed, and the question is open again."""

    question_number: int
    recording_id: str


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """The words that were understood so far, while the learner still speaks."""

    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The answer has no usable words; the same question is open again."""

    code: NotUnderstoodCode
    question_number: int
    question: str


@dataclass(frozen=True, slots=True)
class AnswerProcessed:
    """The outcome of an answer. ``turn`` is judged, or closed without a score.

    ``question`` is the next question. It is None if the interview has ended, or if no question could be made yet.
    """

    interview: Interview
    turn: InterviewTurn
    question: str | None


@dataclass(frozen=True, slots=True)
class InterviewSummary:
    """The response to the end of an interview."""

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
    """A message to a client. ``connection_id`` is None if there is no client to receive it.

    ``request_id`` is the id of the client's message to which this is the response, or None.
    """

    connection_id: str | None
    content: PushContent
    request_id: str | None = None
