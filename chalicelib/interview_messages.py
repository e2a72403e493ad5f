"""The messages of an interview, as clients send them and as they are pushed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.routes.interviews import AnalysisBody, analysis_body
from chalicelib.schemas import Identifier, MasteryChangeBody
from domain.base.errors import InvalidRequest, TooLarge
from domain.interviews.interview import (
    DEFAULT_QUESTIONS,
    MAX_ANSWER_CHARACTERS,
    MAX_QUESTIONS,
    MAX_TOPIC_CHARACTERS,
)
from domain.interviews.recording import MAX_PART_BYTES, MAX_PARTS, MediaFormat

if TYPE_CHECKING:
    from domain.interviews.messages import (
        AnswerProcessed,
        AudioPart,
        InterviewRequest,
        InterviewSummary,
        PushContent,
    )

RequestId = Annotated[str, Meta(max_length=128)]
_MAX_BASE64_CHARACTERS = MAX_PART_BYTES * 4 // 3
QuestionNumber = Annotated[int, Meta(ge=1, le=1000)]

INSTRUCTIONS = (
    "Answer aloud, or with text_answer. Send a recording as audio_chunk parts numbered from 0 for each answer,"
    " the last of them with is_final. Send end_interview when you wish to end."
)
_NOT_UNDERSTOOD = {
    "no_speech": "No speech was understood. Please answer the question again.",
    "unreadable_audio": "The recording could not be read. Please answer the question again.",
}


class StartInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="start_interview"):
    topic: Annotated[str, Meta(min_length=1, max_length=MAX_TOPIC_CHARACTERS, pattern=r"\S")] | None = None
    subject_id: Identifier | None = None
    language: Annotated[str, Meta(max_length=16, pattern=r"^[a-z]{2,3}-[A-Z]{2}$")] = "en-US"
    max_questions: Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)] = DEFAULT_QUESTIONS
    request_id: RequestId | None = None

    def wish(self) -> InterviewRequest:
        from domain.interviews.messages import InterviewRequest

        topic = None if self.topic is None else " ".join(self.topic.split())
        return InterviewRequest(topic, self.subject_id, self.language, self.max_questions)


class ResumeInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="resume_interview"):
    session_id: Identifier
    resume_token: Annotated[str, Meta(min_length=1, max_length=128)]
    request_id: RequestId | None = None


class AudioChunk(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="audio_chunk"):
    """``question_number`` is of the question that is answered: with it, a chunk that comes late is never taken
    for a part of the next answer."""

    audio_data: Annotated[str, Meta(min_length=1, max_length=_MAX_BASE64_CHARACTERS)]
    sequence: Annotated[int, Meta(ge=0, lt=MAX_PARTS)]
    media_format: MediaFormat
    is_final: bool = True
    question_number: QuestionNumber | None = None
    request_id: RequestId | None = None

    def chunk(self) -> AudioPart:
        """Raises ``InvalidRequest`` and ``TooLarge``."""
        from domain.interviews.messages import AudioPart

        try:
            sound = base64.b64decode(self.audio_data, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidRequest("invalid_request", "audio_data is not base64.", field="audio_data") from None
        if not sound:
            raise InvalidRequest("invalid_request", "audio_data is empty.", field="audio_data")
        if len(sound) > MAX_PART_BYTES:
            raise TooLarge("part_too_large", f"A part may have {MAX_PART_BYTES} bytes.", field="audio_data")
        return AudioPart(sound, self.sequence, self.is_final, self.media_format, self.question_number)


class TextAnswer(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="text_answer"):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_ANSWER_CHARACTERS, pattern=r"\S")]
    question_number: QuestionNumber | None = None
    request_id: RequestId | None = None


class EndInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="end_interview"):
    request_id: RequestId | None = None


class EndSession(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="end_session"):
    """The seed's other name of ``end_interview``."""

    request_id: RequestId | None = None


def message_of(event: PushContent) -> dict[str, Any]:
    """What a client is pushed of an event, its ``type`` included."""
    from domain.interviews.messages import (
        AnswerProcessed,
        InterviewResumed,
        InterviewStarted,
        InterviewSummary,
        NotUnderstood,
        PartialTranscript,
        PartReceived,
    )

    match event:
        case InterviewStarted(interview, question, resume_token):
            return {
                "type": "interview_started",
                "session_id": interview.session_id,
                "resume_token": resume_token,
                "question": question,
                "question_number": interview.questions_asked,
                "instructions": INSTRUCTIONS,
            }
        case InterviewResumed(interview, question, received, latest):
            return {
                "type": "interview_resumed",
                "session_id": interview.session_id,
                "state": interview.state,
                "question": question,
                "question_number": interview.questions_asked,
                "received_through": received,
                "last_response": None if latest is None else _answered(latest),
            }
        case PartReceived(number, received):
            return {"type": "audio_received", "received_through": received, "question_number": number}
        case PartialTranscript(text):
            return {"type": "transcription_partial", "text": text, "message": "Keep speaking …"}
        case NotUnderstood(code, number, question):
            return {
                "type": "transcription_partial",
                "text": "",
                "code": code,
                "message": _NOT_UNDERSTOOD[code],
                "question": question,
                "question_number": number,
            }
        case AnswerProcessed():
            return {"type": "response_processed", **_answered(event)}
        case InterviewSummary():
            return {"type": "interview_summary", **_summary(event)}


def _answered(event: AnswerProcessed) -> dict[str, Any]:
    turn, interview = event.turn, event.interview
    analysis: AnalysisBody | None = analysis_body(turn)
    told: dict[str, Any] = {
        "transcription": turn.transcription,
        "feedback": None if analysis is None else analysis.feedback,
        "score": turn.score,
        "analysis": None if analysis is None else msgspec.to_builtins(analysis),
        "answered_question_number": turn.question_number,
        "next_question": event.question,
        "question_number": turn.question_number + (event.question is not None),
        "interview_complete": not interview.is_open,
    }
    if analysis is None:
        told["code"] = "not_scored"
    return told


def _summary(event: InterviewSummary) -> Mapping[str, Any]:
    interview = event.interview
    changes = [MasteryChangeBody(**asdict(change)) for change in event.mastery_changes]
    return {
        "session_id": interview.session_id,
        "questions_asked": interview.questions_asked,
        "overall_score": interview.overall_score,
        "strengths": interview.strengths,
        "improvements": interview.improvements,
        "transcript": [
            {
                "question_number": turn.question_number,
                "question": turn.asked.question,
                "transcription": turn.transcription,
                "score": turn.score,
            }
            for turn in event.turns
        ],
        "mastery_changes": msgspec.to_builtins(changes),
    }
