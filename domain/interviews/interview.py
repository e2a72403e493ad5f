"""Spoken interviews: the session, its turns, and its states.

::

    asking ──▶ asked ──▶ answering ──▶ analysing ──▶ asked … ──▶ ended
                 └─────── text ───────────▲ └──▶ asking, if no question could be made yet
                 ◀── nothing understood ──┘

A session does not belong to one connection: a learner can resume it on another. ``version`` rises with each stored
change and is the fence. ``lease_id`` names the worker that makes a question or judges an answer. So each answer is
judged exactly once, however many workers try.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain.base.errors import NotFound
from domain.base.ids import derived_id
from domain.base.moments import after, from_text, to_text
from domain.documents.passage import Citation, Passage, citation_of
from domain.interviews.interview_words import (
    DEFAULT_QUESTIONS,
    INTERVIEW_OBJECTS,
    FactVerdict,
    InterviewState,
)
from domain.progress.marks import UNREVIEWED, Review
from domain.text.quotes import find_quote
from ports.media_formats import MediaFormat
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

if TYPE_CHECKING:  # most functions start without comparing words
    from domain.text.differences import Difference


LEASE_SECONDS = 90.0
"""The time that one worker has to judge an answer and make the next question: enough for three replies of an agent."""
IDLE_SECONDS = 1800.0
"""An interview ends if its open question is not answered within this time."""
INTERVIEW_SECONDS = 3600.0
"""No question is asked later than this time after the start."""
TRANSCRIPT_CHECK_SECONDS = 60.0
"""If no transcript has arrived after this time, the sweeper looks for it."""
TRANSCRIPT_DEADLINE_SECONDS = 1200.0
"""If there is no transcript after this time, the answer is closed without a score."""
RETRY_SECONDS = 20.0
"""The pause before another try to make a question that could not be made."""
_REMEMBERED_TRIES = 20
MAX_TRIES = 6
"""How many times making the same question may fail before the interview ends."""


@dataclass(frozen=True, slots=True)
class RubricFact:
    """A statement that a full answer contains. ``quote`` is the text of the passage that supports it."""

    statement: str
    quote: str


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """A question with its rubric in ``facts``. No client sees the rubric before the question is answered."""

    question: str
    concept: str
    facts: tuple[RubricFact, ...]
    passage: Passage
    is_follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """The judgement of an answer. The scores are 0 to 100. ``evidence`` holds quotes of the learner."""

    content_accuracy: float
    clarity: float
    completeness: float
    overall: float
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    evidence: tuple[str, ...]
    follow_up: str | None = None
    """A question about what the answer left out; None if no such question follows."""


@dataclass(frozen=True, slots=True)
class JudgedFact:
    """The verdict on one fact of the rubric, and the learner's words about the fact; "" if there are none."""

    verdict: FactVerdict
    quote: str = ""
    credit: float = 0.0
    """1 for a fact that is stated, 0.5 for one that is stated in part, 0 for any other verdict."""
    machine: FactVerdict | None = None
    """The machine's verdict, if a person replaced it; else None."""
    machine_credit: float = 0.0
    review: Review = UNREVIEWED


@dataclass(frozen=True, slots=True)
class InterviewTurn:
    """A question and its answer. The answer has no score if ``analysis`` is None."""

    question_number: int
    asked: InterviewQuestion
    transcription: str | None = None
    analysis: Analysis | None = None
    answered_at: str | None = None
    facts: tuple[JudgedFact, ...] = ()
    """The verdicts, one for each fact of the rubric, in order; empty if the answer was not judged."""

    @property
    def score(self) -> float | None:
        """The overall score of the answer, 0 to 100; None if it was not judged."""
        return None if self.analysis is None else self.analysis.overall

    @property
    def revision(self) -> int:
        """How many times the verdicts on its facts were corrected."""
        return sum(fact.review.revision for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Interview:
    """The stored session. ``overall_score`` is 0 to 100; None until the interview has ended, or if no answer has a
    score.
    """

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
    """The number of the open question, or of the last one; 0 before the first."""
    overall_score: float | None = None
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    connection_id: str | None = None
    """The connection that gets the pushes: the one on which the interview was last started or resumed."""
    started_by: str | None = None
    """The ``request_id`` of the message that started it."""
    resume_digest: str | None = None
    recording_number: int = 1
    """The number of the recording for the open question, from 1. It rises when the learner must answer again."""
    media_format: MediaFormat | None = None
    """The format of the recording that is being sent."""
    try_id: str = ""
    """The client's id of the recording that is being sent; "" if the client gave none."""
    discarded: tuple[str, ...] = ()
    """The client's ids of discarded or refused recordings, at most the last 20. Their late parts are refused."""
    heard_since: str | None = None
    """When the recording was first given to the transcriber. None once there is a transcript."""
    answer: str | None = None
    """The learner's answer while it is judged; else None."""
    answered_by: str | None = None
    """The ``request_id`` of the message with the last written answer, or with the last part of the last recording."""
    prepared: InterviewQuestion | None = None
    """A question that was made but not asked yet."""
    is_ending: bool = False
    """Whether the learner asked to end while an answer was analysed. The interview ends after that answer."""
    lease_id: str | None = None
    lease_until: str | None = None
    tries: int = 0
    """How many times making the next question failed."""
    sweep_at: str | None = None
    reviews: int = 0
    """How many times somebody disputed or changed one of its verdicts."""
    version: int = field(default=0)

    @property
    def is_open(self) -> bool:
        return self.state != "ended"

    @property
    def wants_a_question(self) -> bool:
        """Whether a next question must be made while the answer is judged."""
        has_more = self.questions_asked < self.max_questions
        return has_more and self.prepared is None and not self.is_ending

    @property
    def recording(self) -> RecordingId:
        """The id of the recording that answers the open question."""
        return RecordingId(self.session_id, self.questions_asked, self.recording_number)

    @property
    def awaits_transcript(self) -> bool:
        """Whether the interview waits for the transcript of an answer."""
        return self.state == "analysing" and self.answer is None

    @property
    def listed_token(self) -> str | None:
        """A second resume token for the owner, who may have lost the first one; None if there is nothing to resume.

        It is derived from stored values, so that listing interviews changes nothing. Like the first token, it works
        only on connections of the owner.
        """
        if self.resume_digest is None or not self.is_open:
            return None
        return derived_id("resume again", self.session_id, self.resume_digest)

    def may_resume_by(self, token: str) -> bool:
        """Whether this is the resume token of the interview, the first one or the one that is listed."""
        return self.resume_digest is not None and (
            self.resume_digest == resume_digest(token) or self.listed_token == token
        )

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker has the right to change the interview now."""
        return self.lease_until is not None and self.lease_until > to_text(now)

    def is_held_by(self, lease_id: str | None) -> bool:
        """Whether the worker with this lease may still change the session."""
        return self.is_open and self.lease_id == lease_id

    def is_over_time(self, now: datetime) -> bool:
        """Whether the interview began so long ago that it asks no more questions."""
        return after(from_text(self.started_at), INTERVIEW_SECONDS) <= now

    def is_idle(self, now: datetime) -> bool:
        """Whether the open question was not answered within ``IDLE_SECONDS``."""
        return self.state in ("asked", "answering") and (self.sweep_at or "") <= to_text(now)

    def leased(self, lease_id: str, now: datetime) -> Interview:
        """The session with the lease of one worker, for ``LEASE_SECONDS``."""
        until = to_text(after(now, LEASE_SECONDS))
        return replace(self, lease_id=lease_id, lease_until=until, sweep_at=until)

    def asking(self, now: datetime) -> Interview:
        """The session after a question could not be made. The sweeper tries again after ``RETRY_SECONDS``."""
        return replace(
            self._unleased(),
            state="asking",
            answer=None,
            tries=self.tries + 1,
            sweep_at=to_text(after(now, RETRY_SECONDS)),
        )

    def asked(self, now: datetime, *, prepared: InterviewQuestion | None) -> Interview:
        """The session with the next question open. ``prepared`` is the question after that, if there is one already."""
        return replace(
            self._waiting(now),
            questions_asked=self.questions_asked + 1,
            recording_number=1,
            prepared=prepared,
            tries=0,
        )

    def asked_again(self, now: datetime) -> Interview:
        """The session with the same question open for another recording, after the last one was discarded or not
        understood.
        """
        return replace(self._waiting(now), recording_number=self.recording_number + 1)

    def answering(self, media_format: MediaFormat, now: datetime, *, try_id: str = "") -> Interview:
        """The session after the first part of a recording arrived."""
        discarded = tuple(one for one in self.discarded if one != try_id)
        return replace(
            self._waiting(now),
            state="answering",
            media_format=media_format,
            try_id=try_id,
            discarded=discarded,
        )

    def without_try(self, try_id: str) -> Interview:
        """The session with this recording id among the discarded ones."""
        others = [one for one in self.discarded if one != try_id]
        return replace(self, discarded=(*others, try_id)[-_REMEMBERED_TRIES:])

    def awaiting_transcript(self, now: datetime) -> Interview:
        """The session with a complete recording, waiting for its transcript."""
        return replace(
            self,
            state="analysing",
            heard_since=self.heard_since or to_text(now),
            sweep_at=to_text(after(now, TRANSCRIPT_CHECK_SECONDS)),
        )

    def judging(self, answer: str, lease_id: str, now: datetime, *, by: str | None = None) -> Interview:
        """The session with a known answer, and the lease of the worker that judges it."""
        known = replace(self, state="analysing", answer=answer, heard_since=None, answered_by=by)
        return known.leased(lease_id, now)

    def with_answer_closed(self) -> Interview:
        """The session without an answer in progress."""
        return replace(self._unleased(), answer=None, heard_since=None, media_format=None, try_id="")

    def ended(self, turns: Sequence[InterviewTurn], now: datetime) -> Interview:
        """The ended session, with the overall score and the remarks of its turns."""
        return replace(
            self.with_answer_closed().summed_up(turns),
            state="ended",
            ended_at=to_text(now),
            prepared=None,
            is_ending=False,
            sweep_at=to_text(now),
        )

    def summed_up(self, turns: Sequence[InterviewTurn]) -> Interview:
        """The session with the mean of its turns' scores, and with their remarks."""
        judged = [turn.analysis for turn in turns if turn.analysis is not None]
        scores = [analysis.overall for analysis in judged]
        return replace(
            self,
            overall_score=round(sum(scores) / len(scores), 1) if scores else None,
            strengths=_distinct([one for analysis in judged for one in analysis.strengths]),
            improvements=_distinct([one for analysis in judged for one in analysis.improvements]),
        )

    def _waiting(self, now: datetime) -> Interview:
        closed = self.with_answer_closed()
        return replace(closed, state="asked", sweep_at=to_text(after(now, IDLE_SECONDS)))

    def _unleased(self) -> Interview:
        return replace(self, lease_id=None, lease_until=None)


def fact_id(turn: InterviewTurn, place: int) -> str:
    """The id of a fact of an interview: the number of the question and the number of the fact, both from 1, as in
    "2.1".
    """
    return f"{turn.question_number}.{place + 1}"


_ENGLISH: dict[FactVerdict, str] = {
    "stated": "Right: {fact}",
    "contradicted": "You said “{quote}”. {differs}The material says otherwise: {fact}{where}",
    "missing": "Still missing: {fact}{where}",
    "unsure": "{differs}I could not tell whether you {meant} this, so it does not count: {fact}{where}",
}
_ANY_LANGUAGE: dict[FactVerdict, str] = {
    "stated": "✓ {fact}",
    "contradicted": "✗ {fact}",
    "missing": "– {fact}",
    "unsure": "? {fact}",
}
_DIFFERS: dict[str, str] = {
    "quantity": "You said {mine}, and the material says {theirs}. ",
    "place": "You said “{mine}” where the material says “{theirs}”. ",
    "exchange": "You have exchanged “{mine}” and “{theirs}”. ",
    "denied": "You denied it, and the material affirms it. ",
    "affirmed": "You affirmed it, and the material denies it. ",
}
"""The sentence that says how the answer differs from the fact, by the kind of ``Difference``."""
_THINK_AGAIN: dict[str, str] = {
    "quantity": " Think again about {mine}.",
    "place": " Think again about “{mine}”.",
    "exchange": " Think again about “{mine}” and “{theirs}”.",
    "denied": " Think again about whether it is so.",
    "affirmed": " Think again about whether it is so.",
}
"""The sentences for a fact that a follow-up question asks for: they do not reveal the fact's words."""
_MOST_QUOTED = 240
"""In characters. A longer sentence of the learner is not repeated whole: only the judged words are."""
_DENIED = "You said “{quote}”. That is not what the material says.{again}"
"""The English feedback about a fact that the answer contradicts, while a follow-up question asks for the fact."""
_UNANSWERED = "The answer is: {fact}{where}"
"""The English feedback about a missing fact if the answer states no fact at all, as in *I do not know*."""


@dataclass(frozen=True, slots=True)
class ExplainedFact:
    """A fact of the rubric, the verdict on it, and a citation of the material that states it.

    ``fact`` and ``citation`` are None while a follow-up question asks for the fact.
    """

    fact: str | None
    verdict: FactVerdict
    quote: str
    """The learner's words; "" if there are none."""
    citation: Citation | None


def explained(turn: InterviewTurn, *, is_over: bool = False) -> list[ExplainedFact]:
    """The facts of an answered question, in the order of the rubric; empty if the answer was not judged.

    If a follow-up asks for a fact again, its statement and citation are None until the interview ``is_over``.
    """
    return [
        ExplainedFact(None, judged.verdict, judged.quote, None)
        if _is_asked_again(turn, judged) and not is_over
        else ExplainedFact(fact.statement, judged.verdict, judged.quote, citation_of_fact(turn, fact))
        for fact, judged in zip(turn.asked.facts, turn.facts, strict=False)
    ]


def feedback(turn: InterviewTurn, language: str, *, is_over: bool = False) -> str:
    """The feedback as sentences: in English for an English interview, else with signs in place of phrases.

    As in ``explained``, a fact that a follow-up asks for again is stated only if the interview ``is_over``.
    """
    return " ".join(_sentences(turn, explained(turn, is_over=is_over), is_english=language.startswith("en")))


def _sentences(turn: InterviewTurn, facts: Sequence[ExplainedFact], *, is_english: bool) -> Iterator[str]:
    from domain.text.differences import difference

    analysis = turn.analysis
    told = [one for one in facts if one.fact is not None]
    denied = [
        (_quoted_sentence(turn, judged), fact.statement)
        for one, judged, fact in zip(facts, turn.facts, turn.asked.facts, strict=False)
        if one.fact is None and one.verdict == "contradicted"
    ]
    if analysis is not None:
        yield from analysis.strengths[:1]
        if not is_english or not (told or denied):  # facts tell more than "something is missing"
            yield from analysis.improvements[:1]
    if is_english:
        yield from (
            _DENIED.format(quote=said, again=_worded(_THINK_AGAIN, difference(said, fact)))
            for said, fact in denied
        )
    phrases = _ENGLISH if is_english else _ANY_LANGUAGE
    if is_english and told and all(one.verdict == "missing" for one in told):
        phrases = _ENGLISH | {"missing": _UNANSWERED}
    for one, judged in zip(facts, turn.facts, strict=False):
        if one.fact is None:
            continue
        said = _quoted_sentence(turn, judged)
        may_differ = is_english and said and one.verdict in ("contradicted", "unsure")
        how = difference(said, one.fact) if may_differ else None
        yield phrases[one.verdict].format(
            fact=_closed(one.fact),
            quote=said,
            where=_where(one.citation),
            differs=_worded(_DIFFERS, how),
            meant="said" if how is None else "meant",
        )
    if analysis is not None and not (told or denied or analysis.strengths or analysis.improvements):
        yield f"{analysis.completeness:.0f} % of what the question asks for was said."


def _quoted_sentence(turn: InterviewTurn, judged: JudgedFact) -> str:
    """The learner's sentence from which the verdict quotes, without its full stop; only the quote if it is long."""
    answer, quote = turn.transcription or "", judged.quote.strip()
    start = answer.find(quote) if quote else -1
    if start >= 0:
        spans = [(a, b) for a, b in sentence_spans(answer) if a < start + len(quote) and start < b]
        if spans and spans[-1][1] - spans[0][0] <= _MOST_QUOTED:
            quote = answer[spans[0][0] : spans[-1][1]].strip()
    return quote.rstrip(".")


def _worded(phrases: Mapping[str, str], how: Difference | None) -> str:
    """The phrase for the difference; "" if ``how`` is None."""
    return "" if how is None else phrases[how.kind].format(mine=how.mine, theirs=how.theirs)


def _where(citation: Citation | None) -> str:
    """The file and the page of the citation in brackets, in English; "" without a citation."""
    if citation is None:
        return ""
    page = "" if citation.page is None else f", page {citation.page}"
    return f" ({citation.source_file}{page})"


def _is_asked_again(turn: InterviewTurn, judged: JudgedFact) -> bool:
    return turn.analysis is not None and turn.analysis.follow_up is not None and judged.credit < 1


def citation_of_fact(turn: InterviewTurn, fact: RubricFact) -> Citation | None:
    """The citation of the fact's quote; None if the quote is not found in the passage."""
    passage = turn.asked.passage
    span = find_quote(fact.quote, passage.text)
    return None if span is None else citation_of(passage, *span)


def _closed(fact: str) -> str:
    return fact if fact.endswith((".", "!", "?", "。", "।", "؟", "！", "？")) else f"{fact}."


_SUMMED_UP = 5


def _distinct(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:_SUMMED_UP]


_SESSION = regex(r"interview-[0-9a-f]{32}-[a-z0-9-]{1,64}")


def resume_digest(token: str) -> str:
    """The digest of a resume token. It is stored in place of the token, so that nobody can read the token in the table."""
    return derived_id("resume", token)


def interview_not_found() -> NotFound:
    """The error for an interview that does not exist or belongs to another user."""
    return NotFound("interview_not_found", "There is no such interview.")


def interview_prefix(user_id: str) -> str:
    """The prefix of the ids of all interviews of this learner. No other id has it.

    With the prefix, the stored objects of a session are found even after the session's row is gone.
    """
    return f"interview-{derived_id('interviews of', user_id)}-"


def interview_id(user_id: str, unique: str) -> str:
    """The id of an interview. ``unique`` distinguishes it from the learner's other interviews."""
    return interview_prefix(user_id) + unique


@dataclass(frozen=True, slots=True)
class RecordingId:
    """The id of one recording of an answer. The recordings of one question are numbered from 1."""

    session_id: str
    question_number: int
    recording_number: int

    @property
    def job_id(self) -> str:
        """The name of the recording's transcription job."""
        return f"{self.session_id}.{self.question_number}.{self.recording_number}"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes of all stored objects of this recording. No other object has one of them."""
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
    """The recording whose ``transcript_key`` equals ``key``, or None."""
    found = re.fullmatch(r"transcripts/([^/]+)/([1-9]\d{0,3})\.([1-9]\d{0,5})\.json", key)
    return _recording_id(found)


def parse_job_id(job_id: str) -> RecordingId | None:
    """The recording whose ``job_id`` equals this one, or None."""
    return _recording_id(re.fullmatch(r"([^.]+)\.([1-9]\d{0,3})\.([1-9]\d{0,5})", job_id))


def _recording_id(found: re.Match[str] | None) -> RecordingId | None:
    if found is None or not _SESSION.fullmatch(found[1]):
        return None
    return RecordingId(found[1], int(found[2]), int(found[3]))


def evidence_id(session_id: str, turn: InterviewTurn) -> str:
    """The id of the evidence from the answer to this question of the interview."""
    return f"{session_id}-{turn.question_number}"
