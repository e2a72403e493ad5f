"""Hearing a spoken answer: its parts are kept and put in order, transcribed, and what was said is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from domain.access.budgets import Budgets
from domain.base.errors import Conflict, InvalidRequest, TooLarge, UnsupportedType
from domain.base.moments import after, from_text
from domain.interviews.concluding import Concluding
from domain.interviews.interview import (
    LAST_HEARING_SECONDS,
    MAX_ANSWER_CHARACTERS,
    Interview,
    RecordingId,
)
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.messages import (
    AudioPart,
    NotUnderstood,
    NotUnderstoodCode,
    PartialTranscript,
    PartReceived,
    Push,
)
from domain.interviews.recording import (
    MAX_PARTS,
    MAX_RECORDING_BYTES,
    ReceivedPart,
    is_whole,
    looks_like,
    received_through,
    usual_seconds,
)
from domain.interviews.recordings import Recordings
from domain.interviews.recounting import Recounting
from ports.system import Clock, IdGenerator
from ports.transcriber import Recording, Transcriber, UnreadableRecording

AUDIO_MINUTES = "audio_minutes"
_TRIES = 8


class Hearing:
    def __init__(
        self,
        interviews: Interviews,
        recordings: Recordings,
        transcriber: Callable[[], Transcriber],
        concluding: Concluding,
        recounting: Recounting,
        budgets: Budgets,
        clock: Clock,
        ids: IdGenerator,
        *,
        minutes_a_day: int,
    ) -> None:
        """``transcriber`` is asked for when there is something to hear; ``minutes_a_day`` are a learner's."""
        self._interviews = interviews
        self._recordings = recordings
        self._transcriber = transcriber
        self._concluding = concluding
        self._recounting = recounting
        self._budgets = budgets
        self._clock = clock
        self._ids = ids
        self._minutes_a_day = minutes_a_day

    def take(
        self, attached: Callable[[], Interview], connection_id: str, chunk: AudioPart, request_id: str | None
    ) -> Iterator[Push]:
        """Keep a part of an answer; with the last of them, let the recording be transcribed.

        ``attached`` answers the session as it is stored now. A part that came before is acknowledged again.
        Raises ``Conflict`` in a state that takes no answer, ``InvalidRequest``, ``UnsupportedType``,
        ``TooLarge``, ``OverLimit`` and ``UpstreamError``.
        """
        if not 0 <= chunk.sequence < MAX_PARTS:
            raise InvalidRequest(
                "invalid_request", f"An answer has parts 0 to {MAX_PARTS - 1}.", field="sequence"
            )
        digest = hashlib.sha256(chunk.sound).hexdigest()[:16]
        part = ReceivedPart(chunk.sequence, chunk.is_final, digest, len(chunk.sound))
        for _ in range(_TRIES):
            interview = attached()
            earlier = self._heard_before(interview, part, chunk.question_number)
            if earlier is not None:
                yield from self._acknowledged_again(connection_id, interview, earlier, part, request_id)
                return
            check_open(interview, chunk.question_number)
            recording = interview.recording
            is_first = interview.state == "asked"
            changed = self._begun(interview, chunk) if is_first else interview
            _check_continues(changed, chunk)
            self._recordings.keep(recording, part, chunk.sound)
            try:
                interview = self._interviews.add_part(changed, recording, part, is_first=is_first)
            except SessionMoved:
                continue
            yield from self._received(connection_id, interview, recording, request_id)
            return
        raise SessionMoved

    def is_whole(self, interview: Interview) -> bool:
        """Whether all of a recording has come that is not being transcribed yet."""
        return interview.state == "answering" and is_whole(self._interviews.parts(interview.recording))

    def transcribe_if_whole(self, interview: Interview, request_id: str | None) -> Iterator[Push]:
        """Let the recording be transcribed if all of it is there; whoever is first does it."""
        parts = self._interviews.parts(interview.recording)
        if is_whole(parts):
            yield from self._take_to_transcriber(interview, parts, request_id)

    def _take_to_transcriber(
        self, interview: Interview, parts: Sequence[ReceivedPart], request_id: str | None
    ) -> Iterator[Push]:
        recording = interview.recording
        for _ in range(_TRIES):
            try:
                told = replace(interview.hearing(self._clock.now()), answered_by=request_id)
                interview = self._interviews.save(told)
            except SessionMoved:
                current = self._interviews.find(interview.user_id, interview.session_id)
                if current is None or current.state != "answering" or current.recording != recording:
                    return
                interview = current
                continue
            yield from self._transcribe(interview, recording, parts)
            return
        raise SessionMoved

    def transcribe_again(self, interview: Interview) -> Iterator[Push]:
        """Look what became of a transcript that did not come, and have it made again if need be.

        Raises ``SessionMoved``.
        """
        now = self._clock.now()
        recording = interview.recording
        if self._recordings.outcome(recording) is not None:
            yield from self.read_transcript(interview, recording)
            return
        since = interview.heard_since or interview.started_at
        if after(from_text(since), LAST_HEARING_SECONDS) <= now:
            leased = self._interviews.save(
                interview.judging("", self._ids.new(), now, by=interview.answered_by)
            )
            yield from self._concluding.conclude(leased)
            return
        interview = self._interviews.save(interview.hearing(now))
        yield from self._transcribe(interview, recording, self._interviews.parts(recording))

    def read_transcript(self, interview: Interview, recording: RecordingId) -> Iterator[Push]:
        """Judge what was said by the transcript that is there; where there is nothing in it, ask again."""
        outcome = self._recordings.outcome(recording)
        if outcome is None:
            return
        try:
            transcript = self._transcriber().read(outcome)
        except UnreadableRecording:
            yield from self.ask_again(interview, "unreadable_audio")
            return
        text = " ".join(transcript.text.split())[:MAX_ANSWER_CHARACTERS]
        if not any(map(str.isalnum, text)):
            yield from self.ask_again(interview, "no_speech")
            return
        for _ in range(_TRIES):
            told = interview.judging(text, self._ids.new(), self._clock.now(), by=interview.answered_by)
            try:
                judging = self._interviews.save(told)
            except SessionMoved:
                current = self._interviews.find(interview.user_id, interview.session_id)
                if current is None or not current.is_hearing or current.recording != recording:
                    return
                interview = current
                continue
            yield from self._concluding.conclude(judging)
            return
        raise SessionMoved

    def ask_again(self, interview: Interview, code: NotUnderstoodCode) -> Iterator[Push]:
        """Nothing was understood: say so, and open the same question again."""
        recording = interview.recording
        for _ in range(_TRIES):
            if not interview.is_hearing or interview.recording != recording:
                return
            try:
                if interview.is_ending:
                    yield from self._concluding.end(interview)
                    return
                asked = self._interviews.save(interview.asked_again(self._clock.now()))
            except SessionMoved:
                current = self._interviews.find(interview.user_id, interview.session_id)
                if current is None:
                    return
                interview = current
                continue
            event = self._not_understood(asked, code)
            yield Push(asked.connection_id, event, interview.answered_by)
            self._recordings.clear(recording)
            return
        raise SessionMoved

    def _begun(self, interview: Interview, chunk: AudioPart) -> Interview:
        """The session with its first part. Raises what forbids to listen, before anything is spent."""
        now = self._clock.now()
        transcriber = self._transcriber()
        if not transcriber.formats:
            raise UnsupportedType(
                "voice_unavailable", "Speech is not understood here: answer with text_answer."
            )
        if chunk.media_format not in transcriber.formats:
            known = ", ".join(sorted(transcriber.formats))
            raise UnsupportedType(
                "unsupported_media_format", f"Recordings are read as {known}.", field="media_format"
            )
        if not transcriber.speaks(interview.language):
            raise UnsupportedType(
                "unsupported_language", "Speech in this language is not understood: answer with text_answer."
            )
        self._budgets.check(interview.user_id, AUDIO_MINUTES, self._minutes_a_day, now)
        return interview.answering(chunk.media_format, now)

    def _received(
        self, connection_id: str, interview: Interview, recording: RecordingId, request_id: str | None
    ) -> Iterator[Push]:
        parts = self._interviews.parts(recording)
        if sum(part.size for part in parts) > MAX_RECORDING_BYTES:
            self._refuse(interview, recording)
            raise TooLarge(
                "answer_too_long",
                f"An answer may have {MAX_RECORDING_BYTES} bytes. Answer again, more shortly.",
            )
        through = received_through(parts)
        yield Push(connection_id, PartReceived(recording.question_number, through), request_id)
        if is_whole(parts):
            yield from self._take_to_transcriber(interview, parts, request_id)
        elif through >= 0 and self._transcriber().hears_partially:
            heard = self._partially(interview, recording, parts)
            if heard:
                yield Push(connection_id, PartialTranscript(heard), request_id)

    def _partially(
        self, interview: Interview, recording: RecordingId, parts: Sequence[ReceivedPart]
    ) -> str | None:
        if interview.media_format is None:
            return None
        sound = self._recordings.sound(recording, parts, interview.media_format)
        return self._transcriber().partial(sound, interview.media_format, interview.language)

    def _refuse(self, interview: Interview, recording: RecordingId) -> None:
        """Take nothing more of a recording; the question is open again."""

        def opened(current: Interview) -> Interview:
            if current.state != "answering" or current.recording != recording:
                raise SessionMoved
            return current.asked_again(self._clock.now())

        try:
            self._interviews.change(interview, opened)
        except SessionMoved:
            return
        self._recordings.clear(recording)

    def _transcribe(
        self, interview: Interview, recording: RecordingId, parts: Sequence[ReceivedPart]
    ) -> Iterator[Push]:
        """Put the recording together and have it transcribed. Repeating it is harmless."""
        media_format = interview.media_format
        if media_format is None:
            raise SessionMoved
        sound = self._recordings.put_together(recording, parts, media_format)
        minutes = usual_seconds(sound, media_format) / 60
        # What was begun within the allowance is heard to its end: that is what the limit on one answer is for.
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
            yield from self.ask_again(interview, "unreadable_audio")

    def _heard_before(
        self, interview: Interview, part: ReceivedPart, number: int | None
    ) -> RecordingId | None:
        """The recording that the very part belongs to, of those that are not being sent any more."""
        known: list[tuple[RecordingId, ReceivedPart]] = []
        is_earlier = number in (None, interview.questions_asked - 1) and interview.questions_asked > 1
        if is_earlier or interview.recording_number > 1:
            known += self._interviews.earlier_parts(interview)
        if interview.state == "analysing" or not interview.is_open:
            current = interview.recording
            known += [(current, one) for one in self._interviews.parts(current)]
        wanted = (part.sequence, part.digest)
        return next((recording for recording, one in known if (one.sequence, one.digest) == wanted), None)

    def _acknowledged_again(
        self,
        connection_id: str,
        interview: Interview,
        recording: RecordingId,
        part: ReceivedPart,
        request_id: str | None,
    ) -> Iterator[Push]:
        """The receipt of a part that came before and, after its recording's last, what came of that."""
        through = received_through(self._interviews.parts(recording))
        yield Push(connection_id, PartReceived(recording.question_number, through), request_id)
        if not part.is_final:
            return
        is_open_question = recording.question_number == interview.questions_asked and interview.is_open
        if not is_open_question:
            yield from self._recounting.answered(
                connection_id, interview, request_id, recording.question_number
            )
        elif recording != interview.recording:
            yield Push(connection_id, self._not_understood(interview, "no_speech"), request_id)

    def _not_understood(self, interview: Interview, code: NotUnderstoodCode) -> NotUnderstood:
        turn = self._interviews.open_turn(interview)
        return NotUnderstood(code, turn.question_number, turn.asked.question)


def check_open(interview: Interview, question_number: int | None) -> None:
    """Raises why no answer is taken now, or none to that question."""
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


def _check_continues(interview: Interview, chunk: AudioPart) -> None:
    if interview.media_format != chunk.media_format:
        raise InvalidRequest(
            "invalid_request", "All parts of an answer have one format.", field="media_format"
        )
    if chunk.sequence == 0 and not looks_like(chunk.sound, chunk.media_format):
        raise UnsupportedType(
            "type_mismatch", "The recording is not of the format that it says.", field="media_format"
        )
