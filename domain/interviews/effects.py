"""Carries out the effects of decisions: questions, transcriptions, judgements, pushes, and removal of recordings.

An effect that needs another decision gathers its inputs, has ``Interviews.change`` store the decision, and carries out
its effects in turn. Every effect may be repeated: if a worker dies, the next one does what is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace

from domain.access.budgets import Budgets
from domain.base.errors import Conflict, LyceumError, TooLarge
from domain.base.moments import from_text, to_text
from domain.interviews.decisions import (
    AcknowledgeAgain,
    AcknowledgePart,
    ClearRecording,
    ClearSession,
    Decision,
    Discard,
    JudgeAnswer,
    LookForTranscript,
    OpenQuestion,
    PushAnswer,
    PushNotUnderstood,
    PushStanding,
    PushSummary,
    RefreshProgress,
    Refuse,
    Transcribe,
    TranscribeIfWhole,
    answer_judged,
    cleared,
    given_up_unasked,
    nothing_understood,
    processed,
    question_delayed,
    question_made,
    recording_too_long,
    recording_whole,
    standing,
    transcript_missing,
    transcript_read,
)
from domain.interviews.doubtful import DoubtfulFacts
from domain.interviews.interview import (
    Interview,
    InterviewQuestion,
    InterviewTurn,
    RecordingId,
    evidence_id,
    resume_digest,
)
from domain.interviews.interview_words import MAX_ANSWER_CHARACTERS, NotUnderstoodCode
from domain.interviews.interviewer import Interviewer, SubjectMatter
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.messages import (
    InterviewSummary,
    NotUnderstood,
    PartialTranscript,
    PartReceived,
    Push,
)
from domain.interviews.recording import (
    MAX_RECORDING_BYTES,
    ReceivedPart,
    is_whole,
    received_through,
    usual_seconds,
)
from domain.interviews.recordings import Recordings
from domain.progress.evidence import NO_SUBJECT, Evidence
from domain.progress.ledger import Ledger
from domain.progress.levels import MasteryChange
from domain.progress.progress import Progress
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.system import Clock, IdGenerator
from ports.transcriber import Recording, Transcriber, UnreadableRecording
from ports.workers import Workers

INTERVIEWS = "interviews"
AUDIO_MINUTES = "audio_minutes"
"""The names of the charges to a learner's daily budgets."""

MAX_PARTIAL_BYTES = 2 * 1024 * 1024
"""A larger recording gets no partial transcripts, because each of them reads all parts again."""

log = logging.getLogger("lyceum.interviewing")

Decide = Callable[[Interview | None], Decision | None]


class InterviewEffects:
    def __init__(
        self,
        interviews: Interviews,
        interviewer: Interviewer,
        recordings: Recordings,
        transcriber: Callable[[], Transcriber],
        ledger: Ledger,
        progress: Progress,
        doubtful: DoubtfulFacts,
        budgets: Budgets,
        clock: Clock,
        ids: IdGenerator,
        workers: Workers,
    ) -> None:
        """``transcriber`` returns the adapter. It is called when there is something to transcribe."""
        self._interviews = interviews
        self._interviewer = interviewer
        self._recordings = recordings
        self._transcriber = transcriber
        self._ledger = ledger
        self._progress = progress
        self._doubtful = doubtful
        self._budgets = budgets
        self._clock = clock
        self._ids = ids
        self._workers = workers

    def carry_out(self, decision: Decision | None) -> Iterator[Push]:
        """Carry out the effects of a stored decision, in order. Yields the pushes; work after a push runs only if the
        caller asks for the next one.

        Raises ``SessionMoved`` if another worker has the session by then, ``UpstreamError``, ``Conflict`` and
        ``NotFound`` if the first question cannot be made, ``TooLarge`` for a recording that is too long, and the error
        of a ``Refuse``.
        """
        if decision is None:
            return
        interview = decision.interview
        for effect in decision.effects:
            match effect:
                case Push():
                    yield effect
                case PushStanding(request_id):
                    yield from self._push_standing(interview, request_id)
                case PushAnswer(number, request_id):
                    yield from self._push_answer(interview, number, request_id)
                case PushNotUnderstood(code, request_id):
                    yield self._not_understood(interview, code, request_id)
                case PushSummary(request_id):
                    yield self._summary(interview, request_id)
                case OpenQuestion():
                    yield from self._open_question(interview)
                case AcknowledgePart(recording, request_id):
                    yield from self._acknowledge_part(interview, recording, request_id)
                case AcknowledgeAgain(recording, is_final, request_id):
                    yield from self._acknowledge_again(interview, recording, is_final, request_id)
                case TranscribeIfWhole():
                    parts = self._interviews.parts(interview.recording)
                    yield from self._transcribe_if_whole(interview, parts, None)
                case Transcribe(parts):
                    yield from self._transcribe(interview, parts)
                case LookForTranscript():
                    yield from self._look_for_transcript(interview)
                case JudgeAnswer():
                    yield from self._judge_answer(interview)
                case RefreshProgress(subject_ids):
                    self._refresh_progress(interview.user_id, subject_ids)
                case Refuse(error):
                    raise error
                case ClearRecording(recording):
                    self._recordings.clear(recording)
                case ClearSession():
                    self._clear_session(interview)
                case Discard():
                    self.discard(interview)

    # Questions

    def _open_question(self, interview: Interview) -> Iterator[Push]:
        """Make the next question and ask it.

        Raises ``Conflict`` or ``NotFound`` if there is nothing to ask about, and ``UpstreamError``. The sweeper then
        tries again.
        """
        turns = self._interviews.turns(interview)
        try:
            question = interview.prepared or self._question(interview, turns)
            if question is None and not turns:
                raise Conflict(
                    "not_enough_material", "No question could be made that the documents fully support."
                )
        except (LyceumError, UpstreamError):
            self._try_to_change(
                interview, lambda found: question_delayed(found, interview.lease_id, self._clock.now())
            )
            raise
        now, token = self._clock.now(), self._ids.new()
        asked = self._change(
            interview,
            lambda found: question_made(
                found, interview.lease_id, turns, question, token, resume_digest(token), now
            ),
        )
        if asked is None:
            raise SessionMoved
        yield from self.carry_out(asked)

    def _question(self, interview: Interview, turns: Sequence[InterviewTurn]) -> InterviewQuestion | None:
        return self._interviewer.question(interview, self._subject_matter(interview), turns)

    def _subject_matter(self, interview: Interview) -> SubjectMatter:
        """The passages and concepts of the interview. They are searched once and then stored.

        Raises ``SessionMoved``, and what ``Interviewer.subject_matter`` raises.
        """
        kept = self._interviews.material(interview)
        if kept is not None:
            return SubjectMatter(tuple(kept[0]), tuple(kept[1]))
        matter = self._interviewer.subject_matter(interview)
        self._interviews.set_material(interview, matter.passages, matter.concepts)
        return matter

    def discard(self, interview: Interview) -> None:
        """Remove an interview that never asked a question, and refund its charge. Does nothing if it has asked one."""
        owner, session_id = interview.user_id, interview.session_id
        try:
            given_up = self._interviews.change(
                owner, session_id, lambda found: given_up_unasked(found, self._ids.new(), self._clock.now())
            )
        except SessionMoved:
            return
        if given_up is not None:
            self._interviews.remove(given_up.interview)
            started_at = from_text(given_up.interview.started_at)
            self._budgets.refund(owner, INTERVIEWS, session_id, started_at)

    # Recordings and their transcripts

    def _acknowledge_part(
        self, interview: Interview, recording: RecordingId, request_id: str | None
    ) -> Iterator[Push]:
        parts = self._interviews.parts(recording)
        if sum(part.size for part in parts) > MAX_RECORDING_BYTES:
            refused = self._try_to_change(
                interview, lambda found: recording_too_long(found, recording, self._clock.now())
            )
            yield from self.carry_out(refused)
            raise TooLarge(
                "answer_too_long",
                f"A recording may have {MAX_RECORDING_BYTES} bytes: eight minutes of WAV at 48 kHz, one channel. Answer"
                " again, more shortly or in a smaller format, under a new recording_id.",
            )
        through = received_through(parts)
        received = PartReceived(recording.question_number, through, interview.try_id)
        yield Push(interview.connection_id, received, request_id)
        if is_whole(parts):
            yield from self._transcribe_if_whole(interview, parts, request_id)
        elif through >= 0 and self._transcriber().hears_partially:
            text = self._partial_transcript(interview, parts)
            if text:
                yield Push(interview.connection_id, PartialTranscript(text), request_id)

    def _partial_transcript(self, interview: Interview, parts: Sequence[ReceivedPart]) -> str | None:
        if interview.media_format is None or sum(part.size for part in parts) > MAX_PARTIAL_BYTES:
            return None
        sound = self._recordings.sound(interview.recording, parts, interview.media_format)
        return self._transcriber().partial(sound, interview.media_format, interview.language)

    def _acknowledge_again(
        self, interview: Interview, recording: RecordingId, is_final: bool, request_id: str | None
    ) -> Iterator[Push]:
        parts = self._interviews.parts(recording)
        recording_id = next((part.recording_id for part in parts), "")
        received = PartReceived(recording.question_number, received_through(parts), recording_id)
        yield Push(interview.connection_id, received, request_id)
        if not is_final:
            return
        is_open_question = recording.question_number == interview.questions_asked and interview.is_open
        if not is_open_question:
            yield from self._push_answer(interview, recording.question_number, request_id)
        elif recording != interview.recording:
            yield self._not_understood(interview, "no_speech", request_id)

    def _transcribe_if_whole(
        self, interview: Interview, parts: Sequence[ReceivedPart], request_id: str | None
    ) -> Iterator[Push]:
        if is_whole(parts):
            recording = interview.recording
            whole = self._change(
                interview,
                lambda found: recording_whole(found, recording, parts, request_id, self._clock.now()),
            )
            yield from self.carry_out(whole)

    def _transcribe(self, interview: Interview, parts: Sequence[ReceivedPart]) -> Iterator[Push]:
        """Join the parts and start the transcription. Safe to repeat: object keys and the job's name come from the
        recording.
        """
        recording, media_format = interview.recording, interview.media_format
        if media_format is None:
            raise SessionMoved
        sound = self._recordings.put_together(recording, parts, media_format)
        minutes = usual_seconds(sound, media_format) / 60
        # No limit applies here: an answer that was started within the allowance is transcribed to its end.
        self._budgets.charge(
            interview.user_id, AUDIO_MINUTES, recording.job_id, minutes, self._clock.now(), limit=None
        )
        job = Recording(
            job_id=recording.job_id,
            key=recording.recording_key(media_format),
            result_key=recording.transcript_key,
            media_format=media_format,
            language=interview.language,
        )
        try:
            self._transcriber().begin(job)
        except UnreadableRecording:
            yield from self.not_understood(interview, "unreadable_audio")

    def _look_for_transcript(self, interview: Interview) -> Iterator[Push]:
        recording = interview.recording
        outcome = self._recordings.outcome(recording)
        if outcome is not None:
            yield from self._read_transcript(interview, outcome)
            return
        parts = self._interviews.parts(recording)
        missing = self._change(
            interview,
            lambda found: transcript_missing(found, recording, parts, self._ids.new(), self._clock.now()),
        )
        yield from self.carry_out(missing)

    def transcript_created(self, interview: Interview) -> Iterator[Push]:
        """Read the stored transcript for which the interview waits, if it is there. Raises as ``carry_out``."""
        outcome = self._recordings.outcome(interview.recording)
        if outcome is not None:
            yield from self._read_transcript(interview, outcome)

    def _read_transcript(self, interview: Interview, outcome: bytes) -> Iterator[Push]:
        recording = interview.recording
        try:
            transcript = self._transcriber().read(outcome)
        except UnreadableRecording:
            yield from self.not_understood(interview, "unreadable_audio")
            return
        text = " ".join(transcript.text.split())[:MAX_ANSWER_CHARACTERS]
        if transcript.is_doubtful:
            yield from self.not_understood(interview, "unclear_speech")
            return
        if not any(map(str.isalnum, text)):
            yield from self.not_understood(interview, "no_speech")
            return
        known = self._change(
            interview,
            lambda found: transcript_read(found, recording, text, self._ids.new(), self._clock.now()),
        )
        yield from self.carry_out(known)

    def not_understood(self, interview: Interview, code: NotUnderstoodCode) -> Iterator[Push]:
        """Open the question again, because the recording has no usable words. Raises as ``carry_out``."""
        recording = interview.recording

        def decide(found: Interview | None) -> Decision | None:
            turns = self._interviews.turns(found) if found is not None and found.is_ending else ()
            return nothing_understood(found, recording, code, turns, self._clock.now())

        yield from self.carry_out(self._change(interview, decide))

    # Judgements

    def _judge_answer(self, interview: Interview) -> Iterator[Push]:
        """Judge the answer, under the lease that ``interview`` was read with. The next question is made at the same
        time.

        An answer without a transcript is closed without a score. If another worker has the session by then, nothing
        is stored or pushed.
        """
        turns = self._interviews.turns(interview)
        if not turns or turns[-1].question_number != interview.questions_asked:
            return  # after the lease, the interview was erased, or another worker asked the next question
        turn, answer = turns[-1], interview.answer or ""
        with self._workers.pool(1) as pool:
            making = pool.submit(self._question, interview, turns) if interview.wants_a_question else None
            judgement = self._interviewer.judge(interview, turn, answer) if answer else None
        made, is_delayed = _outcome(making)
        now = self._clock.now()
        answered = replace(
            turn,
            transcription=answer or None,
            analysis=None if judgement is None else judgement.analysis,
            answered_at=to_text(now),
            facts=() if judgement is None else judgement.facts,
        )
        beside: list[Write] = []
        if any(fact.verdict == "unsure" for fact in answered.facts):
            answered, desk = self._doubtful.noted(
                interview, answered, subject_of(interview, answered), to_text(now)
            )
            beside += desk
        evidence = self._evidence(interview, answered)
        beside += self._ledger.evidence_puts(evidence)
        beside += [
            self._ledger.marker_put(one.user_id, one.subject_id, one.evidence_id, now) for one in evidence
        ]
        follow_up = None if judgement is None else judgement.follow_up
        subject_ids = [one.subject_id for one in evidence]
        judged = self._try_to_change(
            interview,
            lambda found: answer_judged(
                found,
                interview.lease_id,
                [*turns[:-1], answered],
                follow_up,
                made,
                is_delayed,
                subject_ids,
                now,
            ),
            beside=beside,
        )
        if judged is not None:
            is_scored = answered.analysis is not None
            unsure = sum(fact.verdict == "unsure" for fact in answered.facts)
            log.info(
                "answer_judged",
                extra={"scored": int(is_scored), "not_scored": int(not is_scored), "unsure_facts": unsure},
            )
            yield from self.carry_out(judged)

    def _evidence(self, interview: Interview, turn: InterviewTurn) -> list[Evidence]:
        """The evidence that a judged answer gives about its concept; empty if it has no score.

        If it has verdicts, its concept is put into the catalogue even without a score: a person may decide on them
        later.
        """
        if not turn.facts:
            return []
        subject_id = subject_of(interview, turn)
        ((concept, label),) = self._progress.labelled(interview.user_id, subject_id, [turn.asked.concept])
        evidence = evidence_of(interview, turn, concept, label)
        return [] if evidence.is_withdrawn else self._progress.with_class_shares([evidence])

    def _refresh_progress(self, owner: str, subject_ids: Sequence[str]) -> None:
        for subject_id in subject_ids:
            try:
                self._progress.refresh(owner, subject_id)
            except (UpstreamError, ConditionFailed) as failed:  # the sweeper does it later
                log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})

    # Pushes

    def _push_standing(self, interview: Interview, request_id: str | None) -> Iterator[Push]:
        turns = self._interviews.turns(interview)
        parts = self._interviews.parts(interview.recording) if interview.state == "answering" else ()
        yield Push(interview.connection_id, standing(interview, turns, parts), request_id)
        if not interview.is_open:
            yield self._summary(interview)

    def _push_answer(self, interview: Interview, number: int, request_id: str | None) -> Iterator[Push]:
        turns = self._interviews.turns(interview)
        for turn in turns:
            if turn.question_number == number and turn.answered_at is not None:
                yield Push(interview.connection_id, processed(interview, turns, turn), request_id)
                if not interview.is_open:
                    yield self._summary(interview)

    def _not_understood(self, interview: Interview, code: NotUnderstoodCode, request_id: str | None) -> Push:
        turn = self._interviews.open_turn(interview)
        content = NotUnderstood(code, turn.question_number, turn.asked.question)
        return Push(interview.connection_id, content, request_id)

    def _summary(self, interview: Interview, request_id: str | None = None) -> Push:
        turns = tuple(self._interviews.turns(interview))
        changes: list[MasteryChange] = []
        for subject_id in sorted({subject_of(interview, turn) for turn in turns}):
            shown = self._ledger.evidence(interview.user_id, subject_id)
            own = [one for one in shown if one.source_id == interview.session_id]
            changes += self._progress.changes(interview.user_id, subject_id, own) if own else []
        return Push(interview.connection_id, InterviewSummary(interview, turns, tuple(changes)), request_id)

    # What an ended interview leaves

    def _clear_session(self, interview: Interview) -> None:
        """Remove all recordings of the interview. Until this succeeds, the sweeper repeats it."""
        if self._recordings.clear_session(interview.session_id):
            self._try_to_change(interview, cleared)

    def _change(
        self, interview: Interview, decide: Decide, *, beside: Sequence[Write] = ()
    ) -> Decision | None:
        return self._interviews.change(
            interview.user_id, interview.session_id, decide, known=interview, beside=beside
        )

    def _try_to_change(
        self, interview: Interview, decide: Decide, *, beside: Sequence[Write] = ()
    ) -> Decision | None:
        """The same as ``_change``, but returns None if other workers keep changing the session. The sweeper then tries
        again.
        """
        with suppress(SessionMoved):
            return self._change(interview, decide, beside=beside)
        return None


def subject_of(interview: Interview, turn: InterviewTurn) -> str:
    """The subject to which the answer's evidence belongs."""
    return interview.subject_id or turn.asked.passage.subject_id or NO_SUBJECT


def evidence_of(interview: Interview, turn: InterviewTurn, concept: str, label: str) -> Evidence:
    """The evidence that an answer gives with its present verdicts. It is withdrawn if the answer has no score."""
    return Evidence(
        evidence_id=evidence_id(interview.session_id, turn),
        user_id=interview.user_id,
        subject_id=subject_of(interview, turn),
        concept=concept,
        label=label,
        score=0.0 if turn.analysis is None else turn.analysis.overall / 100,
        occurred_at=turn.answered_at or interview.started_at,
        source="interview",
        source_id=interview.session_id,
        question=turn.asked.question,
        revision=turn.revision,
        is_withdrawn=turn.analysis is None,
    )


def _outcome(making: Future[InterviewQuestion | None] | None) -> tuple[InterviewQuestion | None, bool]:
    """The question that was made, and whether making one was tried and failed for now."""
    if making is None:
        return None, False
    try:
        return making.result(), False
    except (UpstreamError, LyceumError, SessionMoved) as failed:
        log.warning("question_delayed", extra={"reason": type(failed).__name__})
        return None, True
