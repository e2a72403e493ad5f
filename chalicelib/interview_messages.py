"""The messages of an interview: those that clients send, and those that are pushed to them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.schemas import LANGUAGE_TAG, NOT_BLANK, CitationBody, Identifier, MasteryChangeBody
from domain.base.errors import InvalidRequest
from domain.base.plain import plain
from domain.interviews.interview_words import (
    DEFAULT_QUESTIONS,
    MAX_ANSWER_CHARACTERS,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_QUESTIONS,
    MAX_TOPIC_CHARACTERS,
    FactVerdict,
    InterviewState,
    NotUnderstoodCode,
)
from ports.media_formats import MediaFormat

if TYPE_CHECKING:
    from domain.interviews.interview import InterviewTurn
    from domain.interviews.messages import (
        AnswerProcessed,
        AudioPart,
        InterviewRequest,
        InterviewSummary,
        PushContent,
        WrittenAnswer,
    )

RequestId = Annotated[str, Meta(max_length=128)]
_MAX_BASE64_CHARACTERS = MAX_PART_BYTES * 4 // 3
RecordingName = Annotated[str, Meta(min_length=1, max_length=64)]
QuestionNumber = Annotated[int, Meta(ge=1, le=1000)]

INSTRUCTIONS = (
    "Answer aloud, or with text_answer. Send a recording as audio_chunk parts numbered from 0 for each answer,"
    " the last of them with is_final. Send end_interview when you wish to end."
)
_NOT_UNDERSTOOD = {
    "no_speech": "No speech was understood. Please answer the question again.",
    "unreadable_audio": "The recording could not be read. Please answer the question again.",
    "unclear_speech": "The speech was not understood in the interview's language. Please answer again in that language.",
}


class AnalysisBody(msgspec.Struct):
    """The scores are from 0 to 100. ``evidence`` has quotes from the learner's answer."""

    content_accuracy: float
    clarity: float
    completeness: float
    overall: float
    feedback: str
    strengths: list[str]
    improvements: list[str]
    evidence: list[str]
    follow_up: str | None


class FactBody(msgspec.Struct):
    """One fact of a full answer. ``fact_id`` names it in an appeal. ``quote`` is the learner's own words about it.
    ``fact`` and ``citation`` are null while a follow-up question asks about the fact. An ``unsure`` fact counts in no
    score.
    """

    fact: str | None
    verdict: FactVerdict
    quote: str | None
    citation: CitationBody | None
    fact_id: Annotated[
        str, Meta(description="Names the fact: the number of its question and its own, from 1, as in `2.1`.")
    ]


class StartInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="start_interview"):
    """``start_id`` names the start, and a client chooses a new one for each interview. If a connection is lost, the
    same start may be sent over another one: it starts one interview only.
    """

    topic: Annotated[str, Meta(min_length=1, max_length=MAX_TOPIC_CHARACTERS, pattern=NOT_BLANK)] | None = (
        None
    )
    subject_id: Identifier | None = None
    language: Annotated[str, Meta(max_length=16, pattern=LANGUAGE_TAG)] = "en-US"
    max_questions: Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)] = DEFAULT_QUESTIONS
    start_id: Identifier | None = None
    request_id: RequestId | None = None

    def wanted(self) -> InterviewRequest:
        from domain.interviews.messages import InterviewRequest

        topic = None if self.topic is None else " ".join(self.topic.split())
        return InterviewRequest(
            topic, self.subject_id, self.language, self.max_questions, self.start_id or ""
        )


class ResumeInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="resume_interview"):
    session_id: Identifier
    resume_token: Annotated[str, Meta(min_length=1, max_length=128)]
    request_id: RequestId | None = None


class AudioChunk(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="audio_chunk"):
    """A part of a recorded answer. ``question_number`` names the question that it answers: if it is given, a late part
    is never taken for a part of the next answer. ``recording_id`` names the recording, and a client chooses a new
    one for each try: if it is given, parts of two tries never mix.
    """

    audio_data: Annotated[str, Meta(min_length=1, max_length=_MAX_BASE64_CHARACTERS)]
    sequence: Annotated[int, Meta(ge=0, lt=MAX_PARTS)]
    media_format: MediaFormat
    is_final: bool = True
    question_number: QuestionNumber | None = None
    recording_id: RecordingName | None = None
    request_id: RequestId | None = None

    def part(self) -> AudioPart:
        """The decoded part. Raises ``InvalidRequest`` if the sound is empty or not base64."""
        from domain.interviews.messages import AudioPart

        try:
            sound = base64.b64decode(self.audio_data, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidRequest("invalid_request", "audio_data is not base64.", field="audio_data") from None
        if not sound:
            raise InvalidRequest("invalid_request", "audio_data is empty.", field="audio_data")
        return AudioPart(
            sound,
            self.sequence,
            self.is_final,
            self.media_format,
            self.question_number,
            self.recording_id or "",
        )


class DiscardRecording(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="discard_recording"):
    """Discard a recording: the one with this id or, without an id, the one that is being sent."""

    recording_id: RecordingName | None = None
    request_id: RequestId | None = None


class TextAnswer(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="text_answer"):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_ANSWER_CHARACTERS, pattern=NOT_BLANK)]
    question_number: QuestionNumber | None = None
    request_id: RequestId | None = None

    def answer(self) -> WrittenAnswer:
        from domain.interviews.messages import WrittenAnswer

        return WrittenAnswer(self.text, self.question_number)


class EndInterview(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="end_interview"):
    request_id: RequestId | None = None


class EndSession(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="end_session"):
    """Another name of ``end_interview``, which the seed design used."""

    request_id: RequestId | None = None


class Pushed(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type"):
    """A message to a client. If it answers a message that had a ``request_id``, it has the same one."""

    request_id: RequestId | None = None


class InterviewStartedMessage(Pushed, tag="interview_started"):
    """The interview has begun. With ``resume_token`` it can be resumed over another connection."""

    session_id: str
    resume_token: str
    question: str
    question_number: int
    instructions: str


class LastResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The answer was processed. If it could not be judged, ``score`` and ``analysis`` are null and ``code`` is
    ``not_scored``. ``next_question`` is null if the interview is complete, or if no question could be made yet.
    """

    transcription: str | None
    feedback: str | None
    score: float | None
    analysis: AnalysisBody | None
    facts: list[FactBody]
    answered_question_number: int
    next_question: str | None
    question_number: int
    interview_complete: bool
    code: Literal["not_scored"] | None = None


class ResponseProcessedMessage(
    LastResponse, tag_field="type", tag="response_processed", kw_only=True, omit_defaults=True
):
    """The answer was processed, and the interview goes on with ``next_question``."""

    request_id: RequestId | None = None


class InterviewResumedMessage(Pushed, tag="interview_resumed"):
    """The interview continues on this connection. The server has the parts of the recording up to number
    ``received_through``; -1 if it has none.

    The message is also sent when a question is ready that was not ready before.
    """

    session_id: str
    state: InterviewState
    question: str | None
    question_number: int
    received_through: int
    recording_id: str | None
    resume_token: str | None
    last_response: LastResponse | None


class AudioReceivedMessage(Pushed, tag="audio_received"):
    """The server has all parts of the recording up to number ``received_through``."""

    received_through: int
    question_number: int
    recording_id: str | None


class RecordingDiscardedMessage(Pushed, tag="recording_discarded"):
    """The recording was discarded, and the question is still open."""

    recording_id: str | None
    question_number: int


class TranscriptionPartialMessage(Pushed, tag="transcription_partial"):
    """The words understood so far, while the learner still speaks. If there is a ``code``, nothing was understood."""

    text: str
    message: str
    code: NotUnderstoodCode | None = None
    question: str | None = None
    question_number: int | None = None


class TranscriptTurn(msgspec.Struct):
    question_number: int
    question: str
    transcription: str | None
    score: float | None


class InterviewSummaryMessage(Pushed, tag="interview_summary"):
    """The interview has ended. ``overall_score`` is from 0 to 100, or null if nothing was scored."""

    session_id: str
    questions_asked: int
    overall_score: float | None
    strengths: list[str]
    improvements: list[str]
    transcript: list[TranscriptTurn]
    mastery_changes: list[MasteryChangeBody]


InterviewMessage = (
    InterviewStartedMessage
    | InterviewResumedMessage
    | AudioReceivedMessage
    | RecordingDiscardedMessage
    | TranscriptionPartialMessage
    | ResponseProcessedMessage
    | InterviewSummaryMessage
)


def message_of(content: PushContent) -> InterviewMessage:
    """The message for a client that corresponds to an interview's push. Its ``request_id`` is not set yet."""
    from domain.interviews.messages import (
        AnswerProcessed,
        InterviewResumed,
        InterviewStarted,
        InterviewSummary,
        NotUnderstood,
        PartialTranscript,
        PartReceived,
        RecordingDiscarded,
    )

    match content:
        case InterviewStarted(interview, question, resume_token):
            return InterviewStartedMessage(
                session_id=interview.session_id,
                resume_token=resume_token,
                question=question,
                question_number=interview.questions_asked,
                instructions=INSTRUCTIONS,
            )
        case InterviewResumed(interview, question, received, latest):
            return InterviewResumedMessage(
                session_id=interview.session_id,
                state=interview.state,
                question=question,
                question_number=interview.questions_asked,
                received_through=received,
                recording_id=interview.try_id or None,
                resume_token=interview.listed_token,
                last_response=None if latest is None else LastResponse(**_answered(latest)),
            )
        case PartReceived(number, received, recording_id):
            return AudioReceivedMessage(
                received_through=received, question_number=number, recording_id=recording_id or None
            )
        case RecordingDiscarded(number, recording_id):
            return RecordingDiscardedMessage(recording_id=recording_id or None, question_number=number)
        case PartialTranscript(text):
            return TranscriptionPartialMessage(text=text, message="Keep speaking …")
        case NotUnderstood(code, number, question):
            return TranscriptionPartialMessage(
                text="",
                code=code,
                message=_NOT_UNDERSTOOD[code],
                question=question,
                question_number=number,
            )
        case AnswerProcessed():
            return ResponseProcessedMessage(**_answered(content))
        case InterviewSummary():
            return _summary(content)


def _answered(content: AnswerProcessed) -> dict[str, Any]:
    from domain.interviews.interview import feedback

    turn, interview = content.turn, content.interview
    is_over = not interview.is_open
    analysis = analysis_body(turn, interview.language, is_over=is_over)
    return {
        "transcription": turn.transcription,
        "feedback": feedback(turn, interview.language, is_over=is_over) or None,
        "score": turn.score,
        "analysis": analysis,
        "facts": fact_bodies(turn, is_over=is_over),
        "answered_question_number": turn.question_number,
        "next_question": content.question,
        "question_number": turn.question_number + (content.question is not None),
        "interview_complete": is_over,
        "code": None if analysis is not None else "not_scored",
    }


def analysis_body(turn: InterviewTurn, language: str, *, is_over: bool) -> AnalysisBody | None:
    """The analysis of the turn's answer, with feedback in sentences; None if it was not judged."""
    from domain.interviews.interview import feedback

    if turn.analysis is None:
        return None
    return msgspec.convert(
        plain(turn.analysis) | {"feedback": feedback(turn, language, is_over=is_over)}, AnalysisBody
    )


def fact_bodies(turn: InterviewTurn, *, is_over: bool) -> list[FactBody]:
    """Each fact of the question, with the verdict on what the answer says about it. Empty if the answer was not judged."""
    from domain.interviews.interview import explained, fact_id

    return [
        FactBody(
            one.fact,
            one.verdict,
            one.quote or None,
            None if one.citation is None else CitationBody(**one.citation.stored(), index=one.citation.index),
            fact_id(turn, place),
        )
        for place, one in enumerate(explained(turn, is_over=is_over))
    ]


def _summary(content: InterviewSummary) -> InterviewSummaryMessage:
    interview = content.interview
    return InterviewSummaryMessage(
        session_id=interview.session_id,
        questions_asked=interview.questions_asked,
        overall_score=interview.overall_score,
        strengths=list(interview.strengths),
        improvements=list(interview.improvements),
        transcript=[
            TranscriptTurn(turn.question_number, turn.asked.question, turn.transcription, turn.score)
            for turn in content.turns
        ],
        mastery_changes=[MasteryChangeBody(**plain(change)) for change in content.mastery_changes],
    )
