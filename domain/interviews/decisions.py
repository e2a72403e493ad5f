"""What an interview makes of each event: pure functions of the stored session.

Each function takes the session as it is stored now and what happened, and returns a ``Decision``: the session as it
is to be stored, and the effects that follow once it is stored. Instead of a decision it may return None: the session
is gone, or another worker was first, and nothing is to be done. ``Interviews.change`` stores a decision, and
``InterviewEffects.carry_out`` does what follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from domain.base.errors import Conflict, InvalidRequest, LyceumError, UnsupportedType
from domain.base.moments import after, from_text, to_text
from domain.interviews.interview import (
    LAST_HEARING_SECONDS,
    MAX_TRIES,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    NotUnderstoodCode,
    RecordingId,
    interview_not_found,
)
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
    """Make the next question and open it, under the lease of the session."""


@dataclass(frozen=True, slots=True)
class AcknowledgePart:
    """Tell the client which parts have arrived. If the recording is whole, have it transcribed."""

    recording: RecordingId
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AcknowledgeAgain:
    """Tell the client of a repeated part what it was told before, and after a last part what followed."""

    recording: RecordingId
    is_final: bool
    request_id: str | None


@dataclass(frozen=True, slots=True)
class TranscribeIfWhole:
    """Have the recording transcribed if all of its parts have arrived."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Put the parts together and have the recording transcribed."""

    parts: tuple[ReceivedPart, ...]


@dataclass(frozen=True, slots=True)
class LookForTranscript:
    """Find out what became of a transcript that has not come."""


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """Judge the answer that the session holds and open the next question, under the lease of the session."""


@dataclass(frozen=True, slots=True)
class RefreshProgress:
    """Bring the learner's standing in the subjects up to date with the ledger."""

    subject_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PushStanding:
    """Push how the interview stands and, if it has ended, its summary."""

    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """Push again how the answer to an earlier question was judged. Push nothing if it has no answer."""

    question_number: int
    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushNotUnderstood:
    code: NotUnderstoodCode
    request_id: str | None


@dataclass(frozen=True, slots=True)
class PushSummary:
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell the client that its message is refused. What the decision changed stays changed."""

    error: LyceumError


@dataclass(frozen=True, slots=True)
class ClearRecording:
    """Remove the objects of a recording."""

    recording: RecordingId


@dataclass(frozen=True, slots=True)
class ClearSession:
    """Remove the objects of all recordings of an interview that has ended."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Remove an interview that never asked a question, and give its charge back."""


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
    """``interview`` is the session as it is to be stored, with ``turns`` and ``part`` beside it, all or nothing.
    Nothing is stored if nothing is new. The effects follow in order."""

    interview: Interview
    effects: tuple[Effect, ...] = ()
    turns: tuple[InterviewTurn, ...] = ()
    part: ReceivedPart | None = None


# The learner's messages


def attached(found: Interview | None, connection_id: str) -> Interview:
    """The interview of the connection. Raises ``Conflict`` if it has none, or if another connection has it."""
    if found is None:
        raise Conflict("no_interview", "There is no interview on this connection: start or resume one.")
    if found.connection_id != connection_id:
        raise Conflict("interview_elsewhere", "The interview was resumed on another connection.")
    return found


def taken_over(
    found: Interview | None, connection_id: str, request_id: str | None, lease_id: str, now: datetime
) -> Decision:
    """The learner resumes the interview on this connection. Raises ``NotFound`` if it is gone."""
    if found is None:
        raise interview_not_found()
    return gone_on_with(replace(found, connection_id=connection_id), request_id, lease_id, now)


def gone_on_with(interview: Interview, request_id: str | None, lease_id: str, now: datetime) -> Decision:
    """Push how the interview stands, and do the work that no worker does at this moment."""
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
    """The learner answers in text. A repeated message gets the same outcome again, and is not judged again.

    ``parts`` are those of the recording that is being sent. ``turns`` are needed only if the latest answer came with
    this ``request_id``. Raises ``Conflict`` and ``InvalidRequest`` as ``check_takes_answer``.
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
        # The recording was acknowledged, and its worker died then: the recording is the answer.
        return _completed(interview, parts, None, now)
    return Decision(interview.judging(answer.text, lease_id, now, by=request_id), (JudgeAnswer(),))


def check_takes_answer(interview: Interview, question_number: int | None) -> None:
    """Raises ``InvalidRequest`` if the question was not asked yet, ``Conflict`` if no answer to it is taken now."""
    if question_number is not None and question_number > interview.questions_asked:
        raise InvalidRequest("invalid_request", "There was no such question yet.", field="question_number")
    if question_number is not None and question_number < interview.questions_asked:
        raise Conflict("question_answered", "This question was answered before.")
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
    """The recording, of those that are ``known``, that has this very part already."""
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
    """A part of a spoken answer has arrived. ``there`` is the part of this number that the recording has already.

    A part of another recording gives up the one that was being sent: the learner tries again. A client that names no
    recordings tries again by another part 0. A part 0 that is not of its format is refused, and nothing of its
    recording is kept. Raises ``Conflict`` for a part of a recording that was given up or refused, and for other sound
    under the number of a part; ``InvalidRequest`` if the format is not the recording's.
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
            f"Part {part.sequence} of this recording came before with other sound. Send discard_recording and record"
            " the answer again, under a new recording_id.",
        )
    goes_on = is_same_try and not is_other_sound
    if audio.sequence == 0 and not looks_like(audio.sound, audio.media_format):
        return _refused(interview, part, is_begun=goes_on, now=now)
    if goes_on:
        if interview.media_format != audio.media_format:
            raise InvalidRequest(
                "invalid_request", "All parts of an answer have one format.", field="media_format"
            )
        return Decision(interview, (AcknowledgePart(interview.recording, request_id),), part=part)
    begun, effects = _given_up(interview, now) if interview.state == "answering" else (interview, ())
    begun = begun.answering(audio.media_format, now, try_id=part.recording_id)
    return Decision(begun, (*effects, AcknowledgePart(begun.recording, request_id)), part=part)


def _refused(interview: Interview, part: ReceivedPart, *, is_begun: bool, now: datetime) -> Decision:
    refusal = Refuse(
        UnsupportedType(
            "type_mismatch",
            "The recording is not of the format that it says. Record the answer again, under a new recording_id.",
            field="media_format",
        )
    )
    if is_begun:
        again, effects = _given_up(interview, now)
        return Decision(again, (*effects, refusal))
    return Decision(interview.without_try(part.recording_id), (refusal,))


def _given_up(interview: Interview, now: datetime) -> tuple[Interview, tuple[Effect, ...]]:
    """The question is open again, and nothing of the recording that was being sent is kept."""
    again = interview.asked_again(now).without_try(interview.try_id)
    return again, (ClearRecording(interview.recording),)


def recording_discarded(
    interview: Interview, recording_id: str, request_id: str | None, now: datetime
) -> Decision:
    """The learner gives up a recording; without an id, the one that is being sent. Repeating it is harmless.

    Raises ``Conflict`` if the recording is whole already, and if the interview is over.
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
    """The learner asks to end. An answer that is being analysed, or was recorded whole, is judged first."""
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
    """All parts of the recording have arrived."""
    if found is None or found.state != "answering" or found.recording != recording:
        return None
    return _completed(found, parts, request_id, now)


def recording_too_long(found: Interview | None, recording: RecordingId, now: datetime) -> Decision | None:
    """The question is open again, and nothing of the recording is kept."""
    if found is None or found.state != "answering" or found.recording != recording:
        return None
    again, effects = _given_up(found, now)
    return Decision(again, effects)


def transcript_read(
    found: Interview | None, recording: RecordingId, text: str, lease_id: str, now: datetime
) -> Decision | None:
    """There is a transcript of the recording."""
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
    """No transcript has come: have it made again, or close the answer without one if it is too late."""
    if not _waits_for(found, recording) or not _is_due(found, now):
        return None
    since = found.heard_since or found.started_at
    if after(from_text(since), LAST_HEARING_SECONDS) <= now:
        return Decision(found.judging("", lease_id, now, by=found.answered_by), (JudgeAnswer(),))
    return Decision(found.hearing(now), (Transcribe(tuple(parts)),))


def nothing_understood(
    found: Interview | None,
    recording: RecordingId,
    code: NotUnderstoodCode,
    turns: Sequence[InterviewTurn],
    now: datetime,
) -> Decision | None:
    """No words could be had from the recording: the question is open again, unless the learner asked to end."""
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
    """The worker of the lease made a question, or found that there is none to ask any more."""
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
    """The worker of the lease could not make a question: the sweeper tries again."""
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
    """The worker of the lease judged the answer of the last of the ``turns``.

    ``made`` is a question made meanwhile; ``is_delayed`` says that one is wanted and could not be made yet. The
    answer is evidence in the subjects ``subject_ids``.
    """
    if found is None or not found.is_held_by(lease_id):
        return None
    closed, answered = found.with_answer_closed(), turns[-1]
    question = next_question(closed, follow_up, made, now)
    if answered.analysis is not None and question != follow_up:
        # What is not asked again is told.
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
    """The question to ask next: the follow-up if there is one, else the prepared one, else the one ``made``.

    None if there is none of them, and if the number of questions or the time of the interview is used up.
    """
    if interview.is_ending or interview.is_over_time(now):
        return None
    if interview.questions_asked >= interview.max_questions:
        return None
    return follow_up or interview.prepared or made


def never_begun(found: Interview | None, lease_id: str, now: datetime) -> Decision | None:
    """No first question can be made. From now on no worker tries; if this one dies, the sweeper discards it."""
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
    """Go on with an interview whose ``sweep_at`` has come: a worker died, an event was lost, or nobody answered."""
    if found is None or not _is_due(found, now):
        return None  # the index lags behind
    match found.state:
        case "asking" if found.tries < MAX_TRIES:
            return Decision(found.leased(lease_id, now), (OpenQuestion(),))
        case "asking" if not found.questions_asked:
            return Decision(found, (Discard(),))
        case "analysing" if found.is_hearing:
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
    """No object of the ended interview is left: the sweeper need not come back."""
    return None if found is None else Decision(replace(found, sweep_at=None))


# What is pushed


def standing(
    interview: Interview, turns: Sequence[InterviewTurn], parts: Sequence[ReceivedPart]
) -> InterviewResumed:
    """The open question, the parts that have arrived, and the answer that was processed last."""
    has_question = interview.state in ("asked", "answering", "analysing")
    # The turns were read after the session. If it went on in between, the newer turns are pushed by whoever did that.
    turns = [turn for turn in turns if turn.question_number <= interview.questions_asked]
    latest = _latest_answered(turns)
    return InterviewResumed(
        interview,
        turns[-1].asked.question if turns and has_question else None,
        received_through(parts),
        None if latest is None else processed(interview, turns, latest),
    )


def processed(interview: Interview, turns: Sequence[InterviewTurn], turn: InterviewTurn) -> AnswerProcessed:
    """The outcome of one of the ``turns`` that was answered, with the question that followed it."""
    following = next((one for one in turns if one.question_number == turn.question_number + 1), None)
    return AnswerProcessed(interview, turn, None if following is None else following.asked.question)


def _latest_answered(turns: Sequence[InterviewTurn]) -> InterviewTurn | None:
    return next((turn for turn in reversed(turns) if turn.answered_at is not None), None)


def _completed(
    interview: Interview, parts: Sequence[ReceivedPart], request_id: str | None, now: datetime
) -> Decision:
    heard = replace(interview.hearing(now), answered_by=request_id)
    return Decision(heard, (Transcribe(tuple(parts)),))


def _ended(
    interview: Interview, turns: Sequence[InterviewTurn], now: datetime, request_id: str | None = None
) -> Decision:
    return Decision(interview.ended(turns, now), (PushSummary(request_id), ClearSession()))


def _waits_for(found: Interview | None, recording: RecordingId) -> TypeGuard[Interview]:
    """Whether the transcript of this recording is still to come."""
    return found is not None and found.is_hearing and found.recording == recording


def _is_due(interview: Interview, now: datetime) -> bool:
    """Whether the sweeper is to come to it now. It is not if another worker did so already."""
    return interview.sweep_at is not None and interview.sweep_at <= to_text(now)
