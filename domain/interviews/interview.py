"""Spoken interviews: a session, its turns, and the states that it passes through.

::

    asking ──▶ asked ──▶ answering ──▶ analysing ──▶ asked … ──▶ ended
                 └─────── text ───────────▲ └──▶ asking, where no question could be had yet
                 ◀── nothing understood ──┘

A session is kept by itself, not by a connection: whoever resumes it takes it over. ``version`` rises with
each stored change and is the fence; ``lease_id`` says which worker makes a question or judges an answer, so
that each answer is judged exactly once, whoever else wakes up for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from domain.base.ids import derived_id
from domain.base.moments import after, from_text, to_text
from domain.documents.passage import Passage
from domain.interviews.recording import MediaFormat

InterviewState = Literal["asking", "asked", "answering", "analysing", "ended"]

DEFAULT_QUESTIONS = 5
MAX_QUESTIONS = 15
MAX_TOPIC_CHARACTERS = 200
MAX_ANSWER_CHARACTERS = 8000
"""Of an answer in text, or of a transcript: eight minutes of fast speech."""
LEASE_SECONDS = 90.0
"""For one worker to judge an answer and have the next question made: three replies of an agent."""
IDLE_SECONDS = 1800.0
"""Without an answer for so long, an interview is over."""
INTERVIEW_SECONDS = 3600.0
"""No question is asked later than this after the start."""
HEARING_SECONDS = 60.0
"""After so long without a transcript somebody looks what became of it …"""
LAST_HEARING_SECONDS = 1200.0
"""… and after so long the answer is closed without a score."""
RETRY_SECONDS = 20.0
"""Until a question that could not be had is asked for again."""
MAX_TRIES = 6


@dataclass(frozen=True, slots=True)
class RubricFact:
    """What a full answer says: a statement, and the ``quote`` of the passage that makes it."""

    statement: str
    quote: str


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """``facts`` are the rubric: they stay on the server until the question is answered."""

    question: str
    concept: str
    facts: tuple[RubricFact, ...]
    passage: Passage
    is_follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """How an answer was judged. The scores are 0 to 100; ``evidence`` is quoted from the learner's words."""

    content_accuracy: float
    clarity: float
    completeness: float
    overall: float
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    evidence: tuple[str, ...]
    follow_up: str | None = None
    """What would be asked next to hear what was left out."""


@dataclass(frozen=True, slots=True)
class InterviewTurn:
    """A question and its answer. Without an analysis there is no score: none is ever made up."""

    question_number: int
    asked: InterviewQuestion
    transcription: str | None = None
    analysis: Analysis | None = None
    answered_at: str | None = None

    @property
    def score(self) -> float | None:
        return None if self.analysis is None else self.analysis.overall


@dataclass(frozen=True, slots=True)
class Interview:
    """``overall_score`` is 0 to 100, and None until the interview ended or where nothing was scored."""

    session_id: str
    user_id: str
    language: str
    state: InterviewState
    started_at: str
    topic: str | None = None
    subject_id: str | None = None
    max_questions: int = DEFAULT_QUESTIONS
    ended_at: str | None = None
    questions_asked: int = 0
    """The number of the question that is open, or was the last one."""
    overall_score: float | None = None
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    connection_id: str | None = None
    """Where what happens is pushed to: the connection that started or resumed it last."""
    started_by: str | None = None
    """The ``request_id`` of the message that started it."""
    resume_digest: str | None = None
    recording_number: int = 1
    """Counts the recordings of the open question's answer. It rises when the learner must answer again."""
    media_format: MediaFormat | None = None
    """Of the recording that is being sent."""
    heard_since: str | None = None
    """When the recording went to the transcriber, while its transcript is waited for."""
    answer: str | None = None
    """What the learner said, while it is judged."""
    answered_by: str | None = None
    """The ``request_id`` of the message that gave the latest answer in text."""
    prepared: InterviewQuestion | None = None
    """A question that was made and not asked yet."""
    is_ending: bool = False
    """The learner wished to end while an answer was judged: it ends after that."""
    lease_id: str | None = None
    lease_until: str | None = None
    tries: int = 0
    """How often a question was asked for in vain."""
    sweep_at: str | None = None
    version: int = field(default=0)

    @property
    def is_open(self) -> bool:
        return self.state != "ended"

    @property
    def wants_a_question(self) -> bool:
        """Whether one should be made while the answer is judged."""
        has_more = self.questions_asked < self.max_questions
        return has_more and self.prepared is None and not self.is_ending

    @property
    def recording(self) -> RecordingId:
        """The recording that answers the open question."""
        return RecordingId(self.session_id, self.questions_asked, self.recording_number)

    @property
    def is_hearing(self) -> bool:
        return self.state == "analysing" and self.answer is None

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > to_text(now)

    def is_over_time(self, now: datetime) -> bool:
        return after(from_text(self.started_at), INTERVIEW_SECONDS) <= now

    def is_idle(self, now: datetime) -> bool:
        """Nobody has answered for so long that nobody will."""
        return self.state in ("asked", "answering") and (self.sweep_at or "") <= to_text(now)

    def leased(self, lease_id: str, now: datetime) -> Interview:
        """In the hands of one worker, whose name for it is ``lease_id``."""
        until = to_text(after(now, LEASE_SECONDS))
        return replace(self, lease_id=lease_id, lease_until=until, sweep_at=until)

    def asking(self, now: datetime) -> Interview:
        """A question could not be had: it is asked for again in a while."""
        return replace(
            self._unleased(),
            state="asking",
            answer=None,
            tries=self.tries + 1,
            sweep_at=to_text(after(now, RETRY_SECONDS)),
        )

    def asked(self, now: datetime, *, prepared: InterviewQuestion | None) -> Interview:
        """The next question is open."""
        return replace(
            self._waiting(now),
            questions_asked=self.questions_asked + 1,
            recording_number=1,
            prepared=prepared,
            tries=0,
        )

    def asked_again(self, now: datetime) -> Interview:
        """The same question is open for another recording: nothing of the last one was understood."""
        return replace(self._waiting(now), recording_number=self.recording_number + 1)

    def answering(self, media_format: MediaFormat, now: datetime) -> Interview:
        """The first part of a recording has come."""
        return replace(self._waiting(now), state="answering", media_format=media_format)

    def hearing(self, now: datetime) -> Interview:
        """The recording is whole; its transcript is waited for."""
        return replace(
            self,
            state="analysing",
            heard_since=self.heard_since or to_text(now),
            sweep_at=to_text(after(now, HEARING_SECONDS)),
        )

    def judging(self, answer: str, lease_id: str, now: datetime, *, by: str | None = None) -> Interview:
        """What the learner said is known, and in the hands of one worker."""
        told = replace(self, state="analysing", answer=answer, heard_since=None, answered_by=by)
        return told.leased(lease_id, now)

    def with_answer_closed(self) -> Interview:
        """The answer is judged, or cannot be."""
        return replace(self._unleased(), answer=None, heard_since=None, media_format=None)

    def ended(self, turns: Sequence[InterviewTurn], now: datetime) -> Interview:
        """Over, with what all its turns come to: the mean of the scores that there are."""
        judged = [turn.analysis for turn in turns if turn.analysis is not None]
        scores = [analysis.overall for analysis in judged]
        return replace(
            self.with_answer_closed(),
            state="ended",
            ended_at=to_text(now),
            overall_score=round(sum(scores) / len(scores), 1) if scores else None,
            strengths=_distinct([one for analysis in judged for one in analysis.strengths]),
            improvements=_distinct([one for analysis in judged for one in analysis.improvements]),
            prepared=None,
            is_ending=False,
            sweep_at=to_text(now),
        )

    def _waiting(self, now: datetime) -> Interview:
        closed = self.with_answer_closed()
        return replace(closed, state="asked", sweep_at=to_text(after(now, IDLE_SECONDS)))

    def _unleased(self) -> Interview:
        return replace(self, lease_id=None, lease_until=None)


def feedback(analysis: Analysis) -> str:
    """What to say of an answer first: what was good about it, what to do better, or how much of it was there."""
    said = [*analysis.strengths[:1], *analysis.improvements[:1]]
    return " ".join(said) or f"{analysis.completeness:.0f} % of what the question asks for was said."


def next_question(
    interview: Interview, follow_up: InterviewQuestion | None, made: InterviewQuestion | None, now: datetime
) -> InterviewQuestion | None:
    """What to ask next: what was left out of the answer, else what was prepared or just ``made``.

    None where there is nothing, or the interview has had its questions or its time.
    """
    if interview.is_ending or interview.is_over_time(now):
        return None
    if interview.questions_asked >= interview.max_questions:
        return None
    return follow_up or interview.prepared or made


_SUMMED_UP = 5


def _distinct(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:_SUMMED_UP]


_SESSION = re.compile(r"interview-[0-9a-f]{32}-[a-z0-9-]{1,64}")


def interview_prefix(user_id: str) -> str:
    """How the ids of all of a learner's interviews begin, and of nobody else's: what lies in the bucket under
    a session's id is found by it even where its row is gone."""
    return f"interview-{derived_id('interviews of', user_id)}-"


def interview_id(user_id: str, unique: str) -> str:
    """``unique``: what names this interview of the learner, and no other."""
    return interview_prefix(user_id) + unique


RECORDINGS = "voice-interviews/"
TRANSCRIPTS = "transcripts/"
INTERVIEW_OBJECTS = (RECORDINGS, TRANSCRIPTS)
"""Where all that the bucket holds of interviews lies, each under its session's id."""


@dataclass(frozen=True, slots=True)
class RecordingId:
    """Names one recording of an answer. Recordings of one question are numbered from 1."""

    session_id: str
    question_number: int
    recording_number: int

    @property
    def job_id(self) -> str:
        """Names its transcription, and no other's."""
        return f"{self.session_id}.{self.question_number}.{self.recording_number}"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Where all that the bucket holds of it lies, and nothing else."""
        return tuple(
            f"{kind}{self.session_id}/{self.question_number}.{self.recording_number}."
            for kind in INTERVIEW_OBJECTS
        )

    def part_key(self, sequence: int, digest: str) -> str:
        return f"{self.prefixes[0]}part-{sequence:06d}-{digest}"

    def recording_key(self, media_format: MediaFormat) -> str:
        return self.prefixes[0] + media_format

    @property
    def transcript_key(self) -> str:
        return self.prefixes[1] + "json"


def parse_transcript_key(key: str) -> RecordingId | None:
    """Whose transcript ``key`` is, or None for a key that ``RecordingId`` never makes."""
    found = re.fullmatch(r"transcripts/([^/]+)/([1-9]\d{0,3})\.([1-9]\d{0,5})\.json", key)
    return _recording_id(found)


def parse_job_id(job_id: str) -> RecordingId | None:
    """Whose transcription it is, or None for a name that ``RecordingId`` never makes."""
    return _recording_id(re.fullmatch(r"([^.]+)\.([1-9]\d{0,3})\.([1-9]\d{0,5})", job_id))


def _recording_id(found: re.Match[str] | None) -> RecordingId | None:
    if found is None or not _SESSION.fullmatch(found[1]):
        return None
    return RecordingId(found[1], int(found[2]), int(found[3]))
