"""Runs interviews from the first question to the summary: handles messages, transcripts and sweeps.

Each step gathers the inputs of a decision, has ``Interviews.change`` store what a pure function in ``decisions``
returns for the event, and carries out the effects. So any worker may do any step: the handler of a message, the handler
of a transcript's event, or the sweeper. Pushes follow the stored change. A client that missed one gets it when it
resumes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from domain.access.budgets import Budgets
from domain.base.errors import Conflict, InvalidRequest, LyceumError, Unauthenticated, UnsupportedType
from domain.base.ids import derived_id
from domain.base.moments import to_text
from domain.interviews.connections import Connections, LearnerConnection
from domain.interviews.decisions import (
    AcknowledgeAgain,
    Decision,
    OpenQuestion,
    Transcribe,
    attached,
    check_takes_answer,
    continued,
    end_requested,
    part_answered,
    recording_discarded,
    recording_with,
    swept,
    taken_over,
    text_answered,
)
from domain.interviews.effects import AUDIO_MINUTES, INTERVIEWS, InterviewEffects
from domain.interviews.interview import (
    Interview,
    InterviewTurn,
    RecordingId,
    interview_id,
    interview_not_found,
    parse_job_id,
    parse_transcript_key,
)
from domain.interviews.interview_words import MAX_PARTS
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.messages import AudioPart, InterviewRequest, Push, WrittenAnswer
from domain.interviews.recording import ReceivedPart
from domain.interviews.recordings import Recordings
from ports.errors import UpstreamError
from ports.system import Clock, IdGenerator
from ports.transcriber import MediaFormat, Transcriber

log = logging.getLogger("lyceum.interviewing")


class Interviewing:
    """Each method returns an iterator of pushes. Work after a push runs only if the caller asks for the next push. So a
    caller must exhaust the iterator.

    Each method and its iterator raise ``SessionMoved`` if other workers keep changing the session.
    """

    def __init__(
        self,
        interviews: Interviews,
        connections: Connections,
        effects: InterviewEffects,
        recordings: Recordings,
        transcriber: Callable[[], Transcriber],
        budgets: Budgets,
        clock: Clock,
        ids: IdGenerator,
        *,
        interviews_a_day: int,
        minutes_a_day: int,
    ) -> None:
        """``transcriber`` returns the adapter. It is called when there is something to transcribe. Both limits are for
        one learner and one day (UTC).
        """
        self._interviews = interviews
        self._connections = connections
        self._effects = effects
        self._recordings = recordings
        self._transcriber = transcriber
        self._budgets = budgets
        self._clock = clock
        self._ids = ids
        self._interviews_a_day = interviews_a_day
        self._minutes_a_day = minutes_a_day

    # Messages of a learner

    def start(
        self, connection: LearnerConnection, wanted: InterviewRequest, request_id: str | None
    ) -> Iterator[Push]:
        """Start an interview on the connection and ask its first question.

        A repeated request continues the interview that it started. Raises ``OverLimit``, and ``UnsupportedType`` if
        speech in this language is not understood, before anything is charged; ``Conflict`` if another interview is open
        on the connection, if a request with the same ``start_id`` started the interview on another connection, or if
        there is nothing to ask about; ``NotFound`` if the subject is not the learner's, and ``UpstreamError``.
        """
        owner = connection.learner.user_id
        session_id = self._new_session_id(connection, wanted.start_id, request_id)
        is_named = wanted.start_id != "" or request_id is not None
        begun = self._interviews.find(owner, session_id) if is_named else None
        if begun is not None:
            attached(begun, connection.connection_id)
            if connection.session_id != session_id:  # the first worker died before it attached the connection
                connection = self._connections.attach(connection, session_id)
            resumed = self._change(
                connection,
                lambda found: continued(found, request_id, self._ids.new(), self._clock.now()),
            )
            yield from self._effects.carry_out(resumed)
            return
        running = self._interviews.find(owner, connection.session_id)
        if running is not None and running.is_open and running.connection_id == connection.connection_id:
            raise Conflict("interview_in_progress", "Another interview is open on this connection.")
        self._check_speaks(wanted.language)
        now = self._clock.now()
        self._budgets.charge(owner, INTERVIEWS, session_id, 1, now, limit=self._interviews_a_day)
        fresh = Interview(
            session_id=session_id,
            user_id=owner,
            topic=wanted.topic,
            subject_id=wanted.subject_id,
            language=wanted.language,
            state="asking",
            started_at=to_text(now),
            max_questions=wanted.max_questions,
            connection_id=connection.connection_id,
            started_by=request_id,
        )
        interview = self._interviews.add(fresh.leased(self._ids.new(), now))
        try:
            self._connections.attach(connection, session_id)
            yield from self._effects.carry_out(Decision(interview, (OpenQuestion(),)))
        except (LyceumError, UpstreamError):
            self._effects.discard(interview)
            raise

    def _new_session_id(self, connection: LearnerConnection, start_id: str, request_id: str | None) -> str:
        """The id of the new session. A repeated request gets the same id, so that it starts one interview only."""
        if start_id:
            unique = derived_id("interview-start", start_id)
        elif request_id is None:
            unique = self._ids.new()
        else:
            unique = derived_id("interview", connection.connection_id, request_id)
        return interview_id(connection.learner.user_id, unique)

    def resume(
        self, connection: LearnerConnection, session_id: str, resume_token: str, request_id: str | None
    ) -> Iterator[Push]:
        """Move the interview to this connection. Raises ``NotFound`` if there is none, or if the token is wrong (the
        two are indistinguishable).
        """
        owner, here = connection.learner.user_id, connection.connection_id
        interview = self._interviews.get(owner, session_id)
        if not interview.may_resume_by(resume_token):
            raise interview_not_found()
        self._connections.attach(connection, session_id)
        resumed = self._interviews.change(
            owner,
            session_id,
            lambda found: taken_over(found, here, request_id, self._ids.new(), self._clock.now()),
            known=interview,
        )
        return self._effects.carry_out(resumed)

    def receive_part(
        self, connection: LearnerConnection, audio: AudioPart, request_id: str | None
    ) -> Iterator[Push]:
        """Store a part of a spoken answer. After the last missing part, start the transcription.

        A repeated part is acknowledged again. Raises ``Conflict`` if no answer is accepted now, ``InvalidRequest``,
        ``UnsupportedType``, ``TooLarge``, ``OverLimit`` and ``UpstreamError``.
        """
        if not 0 <= audio.sequence < MAX_PARTS:
            raise InvalidRequest(
                "invalid_request", f"An answer has parts 0 to {MAX_PARTS - 1}.", field="sequence"
            )
        digest = hashlib.sha256(audio.sound).hexdigest()[:16]
        part = ReceivedPart(
            audio.sequence, audio.is_final, digest, len(audio.sound), recording_id=audio.recording_id
        )

        kept: set[RecordingId] = set()

        def decide(interview: Interview) -> Decision:
            earlier = recording_with(part, self._known_parts(interview, audio.question_number))
            if earlier is not None:
                return Decision(interview, (AcknowledgeAgain(earlier, part.is_final, request_id),))
            check_takes_answer(interview, audio.question_number)
            now = self._clock.now()
            if interview.state == "asked":  # nothing is spent on a recording that will not be transcribed
                self._check_format(interview.language, audio.media_format)
                self._budgets.check(interview.user_id, AUDIO_MINUTES, self._minutes_a_day, now)
            there = None
            if interview.state == "answering":
                there = self._interviews.part(interview.recording, part.sequence)
            decision = part_answered(interview, audio, part, there, request_id, now)
            recording = decision.interview.recording
            if decision.part is not None and recording not in kept:
                # The sound is stored before its row, so that whoever reads the row finds the sound.
                self._recordings.keep(recording, part, audio.sound)
                kept.add(recording)
            return decision

        return self._effects.carry_out(self._change(connection, decide))

    def discard(
        self, connection: LearnerConnection, recording_id: str, request_id: str | None
    ) -> Iterator[Push]:
        """Discard a recording; "" means the one that is being sent. Raises ``Conflict`` if it is already complete."""
        return self._effects.carry_out(
            self._change(
                connection,
                lambda interview: recording_discarded(interview, recording_id, request_id, self._clock.now()),
            )
        )

    def answer(
        self, connection: LearnerConnection, answer: WrittenAnswer, request_id: str | None
    ) -> Iterator[Push]:
        """Accept a written answer. A repeated message gets the same outcome again.

        Raises ``Conflict`` if no answer is accepted now, ``InvalidRequest`` and ``UpstreamError``.
        """

        def decide(interview: Interview) -> Decision:
            may_be_repeated = request_id is not None and interview.answered_by == request_id
            turns = self._interviews.turns(interview) if may_be_repeated else ()
            return text_answered(
                interview,
                answer,
                request_id,
                self._parts_being_sent(interview),
                turns,
                self._ids.new(),
                self._clock.now(),
            )

        decision = self._change(connection, decide)
        pushes = self._effects.carry_out(decision)
        if decision is None or not any(isinstance(effect, Transcribe) for effect in decision.effects):
            return pushes

        def after_the_recording() -> Iterator[Push]:
            yield from pushes
            yield from self.answer(connection, answer, request_id)

        return after_the_recording()

    def end(self, connection: LearnerConnection, request_id: str | None) -> Iterator[Push]:
        """End the interview and push its summary. If an answer is being analysed, the interview ends after the
        analysis.
        """

        def decide(interview: Interview) -> Decision:
            parts, turns = self._parts_being_sent(interview), self._turns_if_waiting(interview)
            return end_requested(interview, request_id, parts, turns, self._clock.now())

        return self._effects.carry_out(self._change(connection, decide))

    # Events

    def transcript_created(self, key: str) -> Iterator[Push]:
        """A transcript was stored under ``key``, which names its recording."""
        recording = parse_transcript_key(key)
        if recording is None:
            return
        interview = self._waiting_for(recording)
        if interview is not None:
            yield from self._to_learner(interview, self._effects.transcript_created(interview))
        else:  # the event came before, or the interview was erased while the recording was transcribed
            self._recordings.remove(key)

    def transcription_failed(self, job_id: str) -> Iterator[Push]:
        """The transcription job ``job_id`` ended without a transcript."""
        recording = parse_job_id(job_id)
        interview = None if recording is None else self._waiting_for(recording)
        if interview is not None:
            yield from self._to_learner(
                interview, self._effects.not_understood(interview, "unreadable_audio")
            )

    def sweep(self) -> Iterator[Push]:
        """Continue each due interview: its worker died, an event was lost, or nobody answered. Never raises for one
        interview.
        """
        for interview in self._interviews.due(self._clock.now()):
            try:
                yield from self._to_learner(interview, self._sweep(interview))
            except SessionMoved:
                continue
            except Exception:  # an interview that cannot be dealt with must not keep the others waiting
                log.exception("sweep_interrupted")

    def _sweep(self, listed: Interview) -> Iterator[Push]:
        def decide(found: Interview | None) -> Decision | None:
            if found is None:
                return None
            parts, turns = self._parts_being_sent(found), self._turns_if_waiting(found)
            return swept(found, parts, turns, self._ids.new(), self._clock.now())

        due = self._interviews.change(listed.user_id, listed.session_id, decide)
        yield from self._effects.carry_out(due)

    # What a decision needs

    def _change(
        self, connection: LearnerConnection, decide: Callable[[Interview], Decision]
    ) -> Decision | None:
        """Store a decision about the interview of the connection. Raises ``Conflict`` as ``attached``."""
        here = connection.connection_id
        return self._interviews.change(
            connection.learner.user_id, connection.session_id, lambda found: decide(attached(found, here))
        )

    def _parts_being_sent(self, interview: Interview) -> Sequence[ReceivedPart]:
        return self._interviews.parts(interview.recording) if interview.state == "answering" else ()

    def _turns_if_waiting(self, interview: Interview) -> Sequence[InterviewTurn]:
        """The turns of an interview that can end immediately, because no answer is being analysed; otherwise empty."""
        is_waiting = interview.state in ("asking", "asked", "answering")
        return self._interviews.turns(interview) if is_waiting else ()

    def _known_parts(
        self, interview: Interview, question_number: int | None
    ) -> Iterator[tuple[RecordingId, ReceivedPart]]:
        """The parts of completed or discarded recordings that a repeated message may bring again.

        Such a message names the question by its number, or names none.
        """
        is_earlier = (
            question_number in (None, interview.questions_asked - 1) and interview.questions_asked > 1
        )
        if is_earlier or interview.recording_number > 1:
            yield from self._interviews.earlier_parts(interview)
        if interview.state == "analysing" or not interview.is_open:
            for part in self._interviews.parts(interview.recording):
                yield interview.recording, part

    def _check_format(self, language: str, media_format: MediaFormat) -> None:
        transcriber = self._transcriber()
        if not transcriber.formats:
            raise UnsupportedType(
                "voice_unavailable", "This server does not understand speech. Answer with text_answer."
            )
        if media_format not in transcriber.formats:
            known = ", ".join(sorted(transcriber.formats))
            raise UnsupportedType(
                "unsupported_media_format", f"Supported recording formats: {known}.", field="media_format"
            )
        self._check_speaks(language)

    def _check_speaks(self, language: str) -> None:
        """Raise ``UnsupportedType`` if speech is understood here in general, but not in this language."""
        transcriber = self._transcriber()
        if transcriber.formats and not transcriber.speaks(language):
            raise UnsupportedType(
                "unsupported_language",
                "This server does not understand speech in this language. Choose another language.",
                field="language",
            )

    def _waiting_for(self, recording: RecordingId) -> Interview | None:
        """The interview that waits for the transcript of this recording, or None."""
        interview = self._interviews.find_of_anyone(recording.session_id)
        if interview is None or not interview.awaits_transcript or interview.recording != recording:
            return None
        return interview

    def _to_learner(self, interview: Interview, pushes: Iterator[Push]) -> Iterator[Push]:
        """The same pushes, with None as connection if the connection does not belong to the learner any more.

        The gateway may give the id of a closed connection to another client.
        """

        @cache
        def is_theirs(connection_id: str) -> bool:
            try:
                connection = self._connections.get(connection_id, self._clock.now())
            except Unauthenticated:
                return False
            return connection.learner.user_id == interview.user_id

        for push in pushes:
            is_sent = push.connection_id is not None and is_theirs(push.connection_id)
            yield push if is_sent else replace(push, connection_id=None)
