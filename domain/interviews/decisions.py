"""The decisions of an interview: pure functions of the stored session and an event.

Each function gets the session as it is stored now, and the event. It returns a ``Decision``: the session to store, and
the effects to carry out after that. It returns None if there is nothing to do: the session is gone, or another worker
was first. ``Interviews.change`` stores a decision, and ``InterviewEffects.carry_out`` carries out its effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from domain.base.errors import Conflict, InvalidRequest, LyceumError, UnsupportedType
from domain.base.moments import after, from_text, to_text
from domain.interviews.interview import (
    MAX_TRIES,
    TRANSCRIPT_DEADLINE_SECONDS,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    RecordingId,
    interview_not_found,
)
from domain.interviews.interview_words import NotUnderstoodCode
from domain.interviews.messages import (
    AnswerProcessed,
    AudioPart,
    InterviewResumed,
    InterviewStarted,
    Push,
    RecordingDiscarded,
    WrittenAnswer,
)
from domain.interviews.recording import ReceivedPart, is_whole, looks_like, received_through

# Effects


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Make the next question and ask it, under the lease of the session."""


@dataclass(frozen=True, slots=True)
class AcknowledgePart:
    """Tell the client which parts have arrived. If the recording is complete, start its transcription."""

    recording: RecordingId
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AcknowledgeAgain:
    """Repeat the acknowledgement of a part that came twice. After a final part, repeat also the pushes that followed
    it.
    """

    recording: RecordingId
    is_final: bool
    request_id: str | None


@dataclass(frozen=True, slots=True)
class TranscribeIfWhole:
    """Start the transcription of the recording if all its parts have arrived."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Join the parts and start the transcription of the recording."""

    parts: tuple[ReceivedPart, ...]


@dataclass(frozen=True, slots=True)
class LookForTranscript:
    """Look for a transcript that is late."""


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """Judge the answer in the session and ask the next question, under the lease of the session."""


@dataclass(frozen=True, slots=True)
class RefreshProgress:
    """Update the learner's standing in the subjects from the ledger."""

    subject_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PushStanding:
    """Push the present state of the interview and, if it has ended, its summary."""

    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """Push again the outcome of the answer to an earlier question. Push nothing if the question has no answer."""

    question_number: int
    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushNotUnderstood:
    """Tell the client that the recording was not understood, and repeat the question."""

    code: NotUnderstoodCode
    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushSummary:
    """Send the summary of the ended interview."""

    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse the client's message with ``error``. The decision itself stays stored."""

    error: LyceumError


@dataclass(frozen=True, slots=True)
class ClearRecording:
    """Remove the stored objects of a recording."""

    recording: RecordingId


@dataclass(frozen=True, slots=True)
class ClearSession:
    """Remove the stored objects of all recordings of an ended interview."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Remove an interview that never asked a question, and refund its charge."""


Effect = (
    Push
    | PushStanding
    | PushAnswer
    | PushNotUnderstood
    | PushSummary
    | OpenQuestion
    | AcknowledgePart
    | AcknowledgeAgain
    | TranscribeIfWhole
    | Transcribe
    | LookForTranscript
    | JudgeAnswer
    | RefreshProgress
    | Refuse
    | ClearRecording
    | ClearSession
    | Discard
)


@dataclass(frozen=True, slots=True)
class Decision:
    """``interview`` is the session to store. ``turns`` and ``part`` are stored in the same transaction.

    Nothing is stored if none of them is new. The effects are carried out afterwards, in order.
    """

    interview: Interview
    effects: tuple[Effect, ...] = ()
    turns: tuple[InterviewTurn, ...] = ()
    part: ReceivedPart | None = None


# The learner's messages


def attached(found: Interview | None, connection_id: str) -> Interview:
    """The interview of the connection. Raises ``Conflict`` if there is none, or if it was resumed on another
    connection.
    """
    if found is None:
        raise Conflict("no_interview", "There is no interview on this connection: start or resume one.")
    if found.connection_id != connection_id:
        raise Conflict("interview_elsewhere", "The interview is on another connection. Resume it here first.")
    return found


def taken_over(
    found: Interview | None, connection_id: str, request_id: str | None, lease_id: str, now: datetime
) -> Decision:
    """The learner resumes the interview on this connection. Raises ``NotFound`` if the interview is gone."""
    if found is None:
        raise interview_not_found()
    return continued(replace(found, connection_id=connection_id), request_id, lease_id, now)


def continued(interview: Interview, request_id: str | None, lease_id: str, now: datetime) -> Decision:
    """Push the state of the interview, and start the work for which no worker holds a lease."""
    push = PushStanding(request_id)
    if interview.state == "answering":
        return Decision(interview, (push, TranscribeIfWhole()))
    if interview.state == "asking" and not interview.is_leased(now):
        return Decision(interview.leased(lease_id, now), (push, OpenQuestion()))
    return Decision(interview, (push,))


def text_answered(
    interview: Interview,
    answer: WrittenAnswer,
    request_id: str | None,
    parts: Sequence[ReceivedPart],
    turns: Sequence[InterviewTurn],
    lease_id: str,
    now: datetime,
) -> Decision:
    """The learner answers in text. A repeated message gets the same outcome again and is not judged twice.

    ``parts`` are the parts of the recording that is being sent. ``turns`` are needed only if the latest answer has the
    same ``request_id``. Raises ``Conflict`` and ``InvalidRequest`` as ``check_takes_answer``.
    """
    number = answer.question_number
    if number is not None and number < interview.questions_asked:
        return Decision(interview, (PushAnswer(number, request_id),))
    if request_id is not None and interview.answered_by == request_id:
        if interview.answer == answer.text:
            return Decision(interview)  # it is being judged, and the outcome is pushed then
        latest = _latest_answered(turns)
        if latest is not None and latest.transcription == answer.text:
            return Decision(interview, (PushAnswer(latest.question_number, request_id),))
    check_takes_answer(interview, number)
    if interview.state == "answering" and is_whole(parts):
        # The recording is complete, but its worker died before the transcription: the recording is the answer.
        return _completed(interview, parts, None, now)
    return Decision(interview.judging(answer.text, lease_id, now, by=request_id), (JudgeAnswer(),))


def check_takes_answer(interview: Interview, question_number: int | None) -> None:
    """Raise ``InvalidRequest`` if the question was not asked yet, ``Conflict`` if it cannot be answered now."""
    if question_number is not None and question_number > interview.questions_asked:
        raise InvalidRequest("invalid_request", "This question was not asked yet.", field="question_number")
    if question_number is not None and question_number < interview.questions_asked:
        raise Conflict("question_answered", "This question is already answered.")
    match interview.state:
        case "ended":
            raise Conflict("interview_ended", "The interview is over.")
        case "analysing":
            raise Conflict("answer_being_processed", "The last answer is still being judged.", retry_after=2)
        case "asking":
            raise Conflict("question_not_ready", "The next question is still being made.", retry_after=2)


def recording_with(
    part: ReceivedPart, known: Iterable[tuple[RecordingId, ReceivedPart]]
) -> RecordingId | None:
    """The recording among ``known`` that already contains this exact part, or None."""
    wanted = (part.recording_id, part.sequence, part.digest)
    return next(
        (recording for recording, one in known if (one.recording_id, one.sequence, one.digest) == wanted),
        None,
    )


def part_answered(
    interview: Interview,
    audio: AudioPart,
    part: ReceivedPart,
    there: ReceivedPart | None,
    request_id: str | None,
    now: datetime,
) -> Decision:
    """A part of a spoken answer arrived. ``there`` is the stored part of the recording with the same number, if any.

    A part of another recording discards the one that was being sent: the learner tries again. A client without
    recording ids tries again by sending another part 0. A part 0 in another format than declared is refused, and its
    recording is discarded. Raises ``Conflict`` if the recording was discarded or refused, or if another sound was
    stored under this number; ``InvalidRequest`` if the format is not that of the recording.
    """
    begins_again = audio.sequence == 0 and not part.recording_id
    if part.recording_id in interview.discarded and not begins_again:
        raise Conflict(
            "recording_discarded",
            "This recording was discarded or refused. Record the answer again, under a new recording_id.",
        )
    is_other_sound = there is not None and there.digest != part.digest
    is_same_try = interview.state == "answering" and part.recording_id == interview.try_id
    if is_same_try and is_other_sound and not begins_again:
        raise Conflict(
            "part_conflict",
            f"Part {part.sequence} of this recording was already sent with another sound. Send discard_recording and record"
            " the answer again, under a new recording_id.",
        )
    goes_on = is_same_try and not is_other_sound
    if audio.sequence == 0 and not looks_like(audio.sound, audio.media_format):
        return _refused(interview, part, is_begun=goes_on, now=now)
    if goes_on:
        if interview.media_format != audio.media_format:
            raise InvalidRequest(
                "invalid_request", "All parts of an answer must have the same format.", field="media_format"
            )
        return Decision(interview, (AcknowledgePart(interview.recording, request_id),), part=part)
    begun, effects = _given_up(interview, now) if interview.state == "answering" else (interview, ())
    begun = begun.answering(audio.media_format, now, try_id=part.recording_id)
    return Decision(begun, (*effects, AcknowledgePart(begun.recording, request_id)), part=part)


def _refused(interview: Interview, part: ReceivedPart, *, is_begun: bool, now: datetime) -> Decision:
    refusal = Refuse(
        UnsupportedType(
            "type_mismatch",
            "The recording is not in the format of media_format. Record the answer again, under a new recording_id.",
            field="media_format",
        )
    )
    if is_begun:
        again, effects = _given_up(interview, now)
        return Decision(again, (*effects, refusal))
    return Decision(interview.without_try(part.recording_id), (refusal,))


def _given_up(interview: Interview, now: datetime) -> tuple[Interview, tuple[Effect, ...]]:
    """The interview with its question open again, and the effect that removes the recording that was being sent."""
    again = interview.asked_again(now).without_try(interview.try_id)
    return again, (ClearRecording(interview.recording),)


def recording_discarded(
    interview: Interview, recording_id: str, request_id: str | None, now: datetime
) -> Decision:
    """The learner discards a recording; "" means the one that is being sent. A repeated message does no harm.

    Raises ``Conflict`` if the recording is already complete, or if the interview has ended.
    """
    if not interview.is_open:
        raise Conflict("interview_ended", "The interview is over.")
    is_current = recording_id in ("", interview.try_id)
    if interview.state == "analysing" and is_current:
        raise Conflict(
            "answer_being_processed",
            "The recording is complete, and its answer is being judged.",
            retry_after=2,
        )
    push = Push(
        interview.connection_id, RecordingDiscarded(interview.questions_asked, recording_id), request_id
    )
    if interview.state == "answering" and is_current:
        again, effects = _given_up(interview, now)
        return Decision(again, (push, *effects))
    return Decision(interview.without_try(recording_id) if recording_id else interview, (push,))


def end_requested(
    interview: Interview,
    request_id: str | None,
    parts: Sequence[ReceivedPart],
    turns: Sequence[InterviewTurn],
    now: datetime,
) -> Decision:
    """The learner asks to end. An answer that is being analysed, or that was recorded completely, is judged first."""
    if not interview.is_open:
        return Decision(interview, (PushSummary(request_id),))
    if interview.state == "analysing":
        return Decision(replace(interview, is_ending=True))
    if interview.state == "answering" and is_whole(parts):
        return _completed(replace(interview, is_ending=True), parts, request_id, now)
    return _ended(interview, turns, now, request_id)


# Recordings and their transcripts


def recording_whole(
    found: Interview | None,
    recording: RecordingId,
    parts: Sequence[ReceivedPart],
    request_id: str | None,
    now: datetime,
) -> Decision | None:
    """All parts of the recording have arrived. None if the interview no longer expects this recording."""
    if found is None or found.state != "answering" or found.recording != recording:
        return None
    return _completed(found, parts, request_id, now)


def recording_too_long(found: Interview | None, recording: RecordingId, now: datetime) -> Decision | None:
    """The recording is too long: the question is open again, and the recording is removed."""
    if found is None or found.state != "answering" or found.recording != recording:
        return None
    again, effects = _given_up(found, now)
    return Decision(again, effects)


def transcript_read(
    found: Interview | None, recording: RecordingId, text: str, lease_id: str, now: datetime
) -> Decision | None:
    """The transcript of the recording exists."""
    if not _waits_for(found, recording):
        return None
    return Decision(found.judging(text, lease_id, now, by=found.answered_by), (JudgeAnswer(),))


def transcript_missing(
    found: Interview | None,
    recording: RecordingId,
    parts: Sequence[ReceivedPart],
    lease_id: str,
    now: datetime,
) -> Decision | None:
    """The transcript is late. Before ``TRANSCRIPT_DEADLINE_SECONDS``, start the transcription again; after that, close
    the answer without a score.
    """
    if not _waits_for(found, recording) or not _is_due(found, now):
        return None
    since = found.heard_since or found.started_at
    if after(from_text(since), TRANSCRIPT_DEADLINE_SECONDS) <= now:
        return Decision(found.judging("", lease_id, now, by=found.answered_by), (JudgeAnswer(),))
    return Decision(found.awaiting_transcript(now), (Transcribe(tuple(parts)),))


def nothing_understood(
    found: Interview | None,
    recording: RecordingId,
    code: NotUnderstoodCode,
    turns: Sequence[InterviewTurn],
    now: datetime,
) -> Decision | None:
    """The recording has no usable words: the question is open again, unless the learner asked to end."""
    if not _waits_for(found, recording):
        return None
    if found.is_ending:
        return _ended(found, turns, now)
    return Decision(
        found.asked_again(now), (PushNotUnderstood(code, found.answered_by), ClearRecording(recording))
    )


# Questions and judgements, under a lease


def question_made(
    found: Interview | None,
    lease_id: str | None,
    turns: Sequence[InterviewTurn],
    question: InterviewQuestion | None,
    resume_token: str,
    resume_digest: str,
    now: datetime,
) -> Decision | None:
    """The worker with the lease made a question. ``question`` is None if no further question is possible."""
    if found is None or not found.is_held_by(lease_id):
        return None
    if question is None or found.is_over_time(now):
        return _ended(found, turns, now)
    opened = found.asked(now, prepared=None)
    following = InterviewTurn(opened.questions_asked, question)
    if turns:
        push = Push(opened.connection_id, standing(opened, [*turns, following], ()))
    else:
        opened = replace(opened, resume_digest=resume_digest)
        started = InterviewStarted(opened, question.question, resume_token)
        push = Push(opened.connection_id, started, opened.started_by)
    return Decision(opened, (push,), turns=(following,))


def question_delayed(found: Interview | None, lease_id: str | None, now: datetime) -> Decision | None:
    """The worker with the lease could not make a question. The sweeper tries again."""
    if found is None or not found.is_held_by(lease_id):
        return None
    return Decision(found.asking(now))


def answer_judged(
    found: Interview | None,
    lease_id: str | None,
    turns: Sequence[InterviewTurn],
    follow_up: InterviewQuestion | None,
    made: InterviewQuestion | None,
    is_delayed: bool,
    subject_ids: Sequence[str],
    now: datetime,
) -> Decision | None:
    """The worker with the lease judged the answer of the last of ``turns``.

    ``made`` is a question that was made meanwhile. ``is_delayed`` says that making one failed for now. The answer is
    evidence in the subjects ``subject_ids``.
    """
    if found is None or not found.is_held_by(lease_id):
        return None
    closed, answered = found.with_answer_closed(), turns[-1]
    question = next_question(closed, follow_up, made, now)
    if answered.analysis is not None and question != follow_up:
        # The follow-up is not asked, so its facts are shown to the learner.
        answered = replace(answered, analysis=replace(answered.analysis, follow_up=None))
        turns = [*turns[:-1], answered]
    written = [answered]
    if question is not None:
        rest = closed.prepared or made
        interview = closed.asked(now, prepared=rest if question != rest else None)
        written.append(InterviewTurn(interview.questions_asked, question))
    elif is_delayed and not closed.is_ending and not closed.is_over_time(now):
        interview = closed.asking(now)
    else:
        interview = closed.ended(turns, now)
    outcome = AnswerProcessed(interview, answered, None if question is None else question.question)
    effects: list[Effect] = [
        Push(interview.connection_id, outcome, interview.answered_by),
        RefreshProgress(tuple(subject_ids)),
    ]
    is_over = interview.state == "ended"
    effects += [PushSummary(), ClearSession()] if is_over else [ClearRecording(found.recording)]
    return Decision(interview, tuple(effects), turns=tuple(written))


def next_question(
    interview: Interview, follow_up: InterviewQuestion | None, made: InterviewQuestion | None, now: datetime
) -> InterviewQuestion | None:
    """The next question: the follow-up, else the prepared one, else ``made``.

    None if all three are None, if the learner asked to end, or if the questions or the time of the interview are used
    up.
    """
    if interview.is_ending or interview.is_over_time(now):
        return None
    if interview.questions_asked >= interview.max_questions:
        return None
    return follow_up or interview.prepared or made


def given_up_unasked(found: Interview | None, lease_id: str, now: datetime) -> Decision | None:
    """The first question cannot be made. Nobody tries again. If this worker dies, the sweeper discards the interview."""
    if found is None or found.questions_asked:
        return None
    return Decision(replace(found.leased(lease_id, now), tries=MAX_TRIES))


# The sweeper


def swept(
    found: Interview | None,
    parts: Sequence[ReceivedPart],
    turns: Sequence[InterviewTurn],
    lease_id: str,
    now: datetime,
) -> Decision | None:
    """Continue an interview whose ``sweep_at`` has come: a worker died, an event was lost, or nobody answered."""
    if found is None or not _is_due(found, now):
        return None  # the index lags behind
    match found.state:
        case "asking" if found.tries < MAX_TRIES:
            return Decision(found.leased(lease_id, now), (OpenQuestion(),))
        case "asking" if not found.questions_asked:
            return Decision(found, (Discard(),))
        case "analysing" if found.awaits_transcript:
            return Decision(found, (LookForTranscript(),))
        case "analysing":
            return Decision(found.leased(lease_id, now), (JudgeAnswer(),))
        case "ended":
            return Decision(found, (ClearSession(),))
        case "answering" if is_whole(parts):
            return _completed(found, parts, None, now)
        case _:
            return _ended(found, turns, now)


def cleared(found: Interview | None) -> Decision | None:
    """All objects of the ended interview are removed: the sweeper is not needed any more."""
    return None if found is None else Decision(replace(found, sweep_at=None))


# What is pushed


def standing(
    interview: Interview, turns: Sequence[InterviewTurn], parts: Sequence[ReceivedPart]
) -> InterviewResumed:
    """The content of a push about the open question, the parts that have arrived, and the last processed answer."""
    has_question = interview.state in ("asked", "answering", "analysing")
    # The turns were read after the session. If it changed in between, whoever changed it pushes the newer turns.
    turns = [turn for turn in turns if turn.question_number <= interview.questions_asked]
    latest = _latest_answered(turns)
    return InterviewResumed(
        interview,
        turns[-1].asked.question if turns and has_question else None,
        received_through(parts),
        None if latest is None else processed(interview, turns, latest),
    )


def processed(interview: Interview, turns: Sequence[InterviewTurn], turn: InterviewTurn) -> AnswerProcessed:
    """The content of a push about an answered turn, with the question that followed it."""
    following = next((one for one in turns if one.question_number == turn.question_number + 1), None)
    return AnswerProcessed(interview, turn, None if following is None else following.asked.question)


def _latest_answered(turns: Sequence[InterviewTurn]) -> InterviewTurn | None:
    return next((turn for turn in reversed(turns) if turn.answered_at is not None), None)


def _completed(
    interview: Interview, parts: Sequence[ReceivedPart], request_id: str | None, now: datetime
) -> Decision:
    heard = replace(interview.awaiting_transcript(now), answered_by=request_id)
    return Decision(heard, (Transcribe(tuple(parts)),))


def _ended(
    interview: Interview, turns: Sequence[InterviewTurn], now: datetime, request_id: str | None = None
) -> Decision:
    return Decision(interview.ended(turns, now), (PushSummary(request_id), ClearSession()))


def _waits_for(found: Interview | None, recording: RecordingId) -> TypeGuard[Interview]:
    """Whether the interview is waiting for the transcript of this recording."""
    return found is not None and found.awaits_transcript and found.recording == recording


def _is_due(interview: Interview, now: datetime) -> bool:
    """Whether ``sweep_at`` has come. It has not if another worker has just swept the interview."""
    return interview.sweep_at is not None and interview.sweep_at <= to_text(now)
