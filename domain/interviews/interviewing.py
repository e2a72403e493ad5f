"""Interviews, from the first question to the summary: what becomes of each message, transcript and wake-up.

Each step is one stored change of the session, fenced by its version, and may be taken by whoever comes first:
the handler of a message, of a transcript's event, or the sweeper. What a client is told of it follows the
change; a client that was away when it was told finds it again when it resumes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from domain.access.budgets import Budgets
from domain.base.errors import Conflict, LyceumError, NotFound, Unauthenticated
from domain.base.ids import derived_id
from domain.base.moments import from_text, to_text
from domain.interviews.concluding import Concluding
from domain.interviews.connections import Connection, Connections
from domain.interviews.hearing import Hearing, check_open
from domain.interviews.interview import (
    MAX_TRIES,
    Interview,
    InterviewTurn,
    interview_id,
    parse_job_id,
    parse_transcript_key,
)
from domain.interviews.interviewer import Interviewer
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.messages import AudioPart, InterviewRequest, InterviewStarted, Push
from domain.interviews.recordings import Recordings
from domain.interviews.recounting import Recounting
from ports.errors import UpstreamError
from ports.system import Clock, IdGenerator

INTERVIEWS = "interviews"
_TRIES = 8

log = logging.getLogger("lyceum.interviewing")


class Interviewing:
    """Its methods tell piece by piece; what follows the last piece is done when that was taken.

    Where others keep changing the session, each raises ``SessionMoved``.
    """

    def __init__(
        self,
        interviews: Interviews,
        connections: Connections,
        interviewer: Interviewer,
        hearing: Hearing,
        concluding: Concluding,
        recounting: Recounting,
        recordings: Recordings,
        budgets: Budgets,
        clock: Clock,
        ids: IdGenerator,
        *,
        interviews_a_day: int,
    ) -> None:
        self._interviews = interviews
        self._connections = connections
        self._interviewer = interviewer
        self._hearing = hearing
        self._concluding = concluding
        self._recounting = recounting
        self._recordings = recordings
        self._budgets = budgets
        self._clock = clock
        self._ids = ids
        self._interviews_a_day = interviews_a_day

    def start(self, connection: Connection, wish: InterviewRequest, request_id: str | None) -> Iterator[Push]:
        """Begin an interview on the connection and ask its first question.

        Raises ``OverLimit`` before anything is spent, ``Conflict`` where one goes on already or there is
        nothing to ask about, ``NotFound`` for a subject that is not the learner's, and ``UpstreamError``.
        """
        owner = connection.learner.user_id
        session_id = self._session_of(connection, request_id)
        begun = None if request_id is None else self._interviews.find(owner, session_id)
        if begun is not None:  # by this very request
            if connection.session_id != session_id:  # whose worker died before the connection knew of it
                connection = self._connections.attach(connection, session_id)
            yield from self._gone_on(self._attached(connection), request_id)
            return
        running = self._interviews.find(owner, connection.session_id) if connection.session_id else None
        is_here = running is not None and running.connection_id == connection.connection_id
        if running is not None and running.is_open and is_here:
            raise Conflict("interview_in_progress", "An interview goes on already on this connection.")
        now = self._clock.now()
        self._budgets.charge(owner, INTERVIEWS, session_id, 1, now, limit=self._interviews_a_day)
        fresh = Interview(
            session_id=session_id,
            user_id=owner,
            topic=wish.topic,
            subject_id=wish.subject_id,
            language=wish.language,
            state="asking",
            started_at=to_text(now),
            max_questions=wish.max_questions,
            connection_id=connection.connection_id,
            started_by=request_id,
        )
        interview = self._interviews.save(fresh.leased(self._ids.new(), now))
        try:
            self._connections.attach(connection, session_id)
            yield from self._ask(interview)
        except (LyceumError, UpstreamError):
            self._discard(interview)
            raise

    def _session_of(self, connection: Connection, request_id: str | None) -> str:
        """The same for a request that comes again, so that it begins one interview."""
        if request_id is None:
            name = self._ids.new()
        else:
            name = derived_id("interview", connection.connection_id, request_id)
        return interview_id(connection.learner.user_id, name)

    def resume(
        self, connection: Connection, session_id: str, resume_token: str, request_id: str | None
    ) -> Iterator[Push]:
        """Take the interview over to this connection. Raises ``NotFound``, alike for a wrong token."""
        owner = connection.learner.user_id
        interview = self._interviews.get(owner, session_id)
        if interview.resume_digest != _digest_of(resume_token):
            raise NotFound("interview_not_found", "There is no such interview.")
        self._connections.attach(connection, session_id)
        yield from self._gone_on(self._interviews.take_over(interview, connection.connection_id), request_id)

    def _gone_on(self, interview: Interview, request_id: str | None) -> Iterator[Push]:
        """Tell how it stands, and go on with whatever nobody is at."""
        yield from self._recounting.resumed(interview, request_id)
        if interview.state == "answering":
            yield from self._hearing.transcribe_if_whole(interview, None)
        elif interview.state == "asking" and not interview.is_leased(self._clock.now()):
            yield from self._ask(interview)

    def hear(self, connection: Connection, chunk: AudioPart, request_id: str | None) -> Iterator[Push]:
        """Take a part of a spoken answer: as ``Hearing.take``."""
        return self._hearing.take(
            lambda: self._attached(connection), connection.connection_id, chunk, request_id
        )

    def answer(
        self, connection: Connection, text: str, question_number: int | None, request_id: str | None
    ) -> Iterator[Push]:
        """Take an answer in text. The same message again is answered as before.

        Raises ``Conflict`` in a state that takes no answer, and ``UpstreamError``.
        """
        here = connection.connection_id
        for _ in range(_TRIES):
            interview = self._attached(connection)
            if question_number is not None and question_number < interview.questions_asked:
                yield from self._recounting.answered(here, interview, request_id, question_number)
                return
            if request_id is not None and interview.answered_by == request_id:
                if interview.answer == text:
                    return  # it is being judged, and what comes of it is told then
                latest = self._recounting.latest(interview)
                if latest is not None and latest.transcription == text:
                    yield from self._recounting.answered(here, interview, request_id, latest.question_number)
                    return
            check_open(interview, question_number)
            if self._hearing.is_whole(interview):
                # It was acknowledged and then left by a worker that died: that is the answer.
                yield from self._hearing.transcribe_if_whole(interview, None)
                continue
            told = interview.judging(text, self._ids.new(), self._clock.now(), by=request_id)
            try:
                judging = self._interviews.save(told)
            except SessionMoved:
                continue
            yield from self._concluding.conclude(judging)
            return
        raise SessionMoved

    def end(self, connection: Connection, request_id: str | None) -> Iterator[Push]:
        """End the interview and sum it up. While an answer is judged, it ends after that."""
        for _ in range(_TRIES):
            interview = self._attached(connection)
            try:
                if not interview.is_open:
                    yield Push(connection.connection_id, self._recounting.summary(interview), request_id)
                elif interview.state == "analysing":
                    self._interviews.save(replace(interview, is_ending=True))
                elif self._hearing.is_whole(interview):
                    ending = self._interviews.save(replace(interview, is_ending=True))
                    yield from self._hearing.transcribe_if_whole(ending, request_id)
                else:
                    yield from self._concluding.end(interview, request_id)
            except SessionMoved:
                continue
            return
        raise SessionMoved

    def transcript_created(self, key: str) -> Iterator[Push]:
        """There is a new object among the transcripts; whose it is, its key says."""
        recording = parse_transcript_key(key)
        if recording is None:
            return
        interview = self._interviews.named_by_store(recording.session_id)
        if interview is not None and interview.is_hearing and interview.recording == recording:
            yield from self._to_its_own(interview, self._hearing.read_transcript(interview, recording))
        else:  # it was told before, or the interview was erased while it was transcribed
            self._recordings.remove(key)

    def transcription_failed(self, job_id: str) -> Iterator[Push]:
        """A transcription ended without a transcript, which it will not have later."""
        recording = parse_job_id(job_id)
        interview = None if recording is None else self._interviews.named_by_store(recording.session_id)
        if interview is not None and interview.is_hearing and interview.recording == recording:
            yield from self._to_its_own(interview, self._hearing.ask_again(interview, "unreadable_audio"))

    def sweep(self) -> Iterator[Push]:
        """Take up every interview whose time has come: a dead worker's, a lost event's, an idle learner's."""
        for interview in self._interviews.due(self._clock.now()):
            try:
                yield from self._to_its_own(interview, self._settle(interview))
            except SessionMoved:
                continue
            except Exception:  # one that cannot be dealt with must not keep the others waiting
                log.exception("sweep_interrupted")

    def _to_its_own(self, interview: Interview, telling: Iterator[Push]) -> Iterator[Push]:
        """What comes of an event, told to a connection only where the interview's learner is behind it now:
        the one that the session knows may have been closed since, and its id be another's."""

        @cache
        def is_theirs(connection_id: str) -> bool:
            try:
                connection = self._connections.get(connection_id, self._clock.now())
            except Unauthenticated:
                return False
            return connection.learner.user_id == interview.user_id

        for told in telling:
            is_told = told.connection_id is not None and is_theirs(told.connection_id)
            yield told if is_told else replace(told, connection_id=None)

    def _settle(self, listed: Interview) -> Iterator[Push]:
        now = self._clock.now()
        interview = self._interviews.find(listed.user_id, listed.session_id)
        if interview is None or interview.sweep_at is None or interview.sweep_at > to_text(now):
            return  # the index lags
        if interview.state == "asking":
            if interview.tries < MAX_TRIES:
                yield from self._ask(interview)
            elif interview.questions_asked:
                yield from self._concluding.end(interview)
            else:
                self._discard(interview)
        elif interview.is_hearing:
            yield from self._hearing.transcribe_again(interview)
        elif interview.state == "analysing":
            leased = self._interviews.save(interview.leased(self._ids.new(), now))
            yield from self._concluding.conclude(leased)
        elif interview.state == "ended":
            self._concluding.clear(interview)
        elif self._hearing.is_whole(interview):
            yield from self._hearing.transcribe_if_whole(interview, None)
        else:
            yield from self._concluding.end(interview)

    def _ask(self, interview: Interview) -> Iterator[Push]:
        """Have the next question made and open it. Raises as ``start``; then it is for the sweeper."""
        now = self._clock.now()
        if not interview.is_leased(now):
            interview = self._interviews.save(interview.leased(self._ids.new(), now))
        turns = self._interviews.turns(interview)
        try:
            question = interview.prepared or self._interviewer.question(
                interview, self._concluding.matter(interview), [turn.asked for turn in turns]
            )
            if question is None and not turns:
                raise Conflict(
                    "not_enough_material", "No question could be made that the documents fully support."
                )
        except (LyceumError, UpstreamError):
            self._postpone(interview)
            raise
        now = self._clock.now()
        if question is None or interview.is_over_time(now):
            yield from self._concluding.end(self._interviews.held(interview))
            return
        token = self._ids.new()

        def opened(current: Interview) -> Interview:
            asked = current.asked(now, prepared=None)
            return asked if turns else replace(asked, resume_digest=_digest_of(token))

        following = [InterviewTurn(interview.questions_asked + 1, question)]
        interview = self._interviews.change(interview, opened, turns=lambda: following)
        if turns:
            event = self._recounting.standing(interview, [*turns, *following])
            yield Push(interview.connection_id, event)
        else:
            started = InterviewStarted(interview, question.question, token)
            yield Push(interview.connection_id, started, interview.started_by)

    def _postpone(self, interview: Interview) -> None:
        """A question could not be had; the sweeper asks for it again."""
        try:
            self._interviews.change(interview, lambda current: current.asking(self._clock.now()))
        except SessionMoved:
            pass

    def _attached(self, connection: Connection) -> Interview:
        """The interview of the connection, which nobody took over to another. Raises ``Conflict``."""
        session_id = connection.session_id
        interview = self._interviews.find(connection.learner.user_id, session_id) if session_id else None
        if interview is None:
            raise Conflict("no_interview", "There is no interview on this connection: start or resume one.")
        if interview.connection_id != connection.connection_id:
            raise Conflict("interview_elsewhere", "The interview was resumed on another connection.")
        return interview

    def _discard(self, interview: Interview) -> None:
        """It never began: leave nothing of it, and give its charge back."""
        current = self._interviews.find(interview.user_id, interview.session_id)
        if current is None or current.questions_asked:
            return
        try:  # from here on nobody asks a question any more, and should this be cut short, the sweeper goes on
            doomed = replace(current.leased(self._ids.new(), self._clock.now()), tries=MAX_TRIES)
            current = self._interviews.save(doomed)
        except SessionMoved:
            return
        self._interviews.remove(current)
        self._budgets.refund(current.user_id, INTERVIEWS, current.session_id, from_text(current.started_at))


def _digest_of(token: str) -> str:
    """Not the token itself: whoever reads the table cannot resume with what it says."""
    return derived_id("resume", token)
