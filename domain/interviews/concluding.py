"""Concluding an answer: it is judged, its evidence written, and the next question opened, in one change."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

from domain.base.errors import LyceumError
from domain.base.moments import to_text
from domain.interviews.interview import Interview, InterviewQuestion, InterviewTurn, next_question
from domain.interviews.interviewer import Interviewer, SubjectMatter
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.messages import AnswerProcessed, Push
from domain.interviews.recordings import Recordings
from domain.interviews.recounting import Recounting
from domain.progress.evidence import NO_SUBJECT, Evidence
from domain.progress.ledger import Ledger
from domain.progress.progress import Progress
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.system import Clock
from ports.workers import Workers

log = logging.getLogger("lyceum.concluding")


class Concluding:
    def __init__(
        self,
        interviews: Interviews,
        interviewer: Interviewer,
        ledger: Ledger,
        progress: Progress,
        recordings: Recordings,
        recounting: Recounting,
        clock: Clock,
        workers: Workers,
    ) -> None:
        self._interviews = interviews
        self._interviewer = interviewer
        self._ledger = ledger
        self._progress = progress
        self._recordings = recordings
        self._recounting = recounting
        self._clock = clock
        self._workers = workers

    def conclude(self, interview: Interview) -> Iterator[Push]:
        """Judge the answer that the session holds, under the caller's lease, and open the next question.

        Judging and the making of a question go on at the same time. An answer of which no transcript is to be
        had is closed without one, and without a score. Where another worker has the session by then, nothing
        is changed and nothing told.
        """
        turns = self._interviews.turns(interview)
        if not turns:
            return  # it was erased since it was leased
        turn, recording = turns[-1], interview.recording
        answer = interview.answer or ""
        with self._workers.pool(2) as pool:
            judging = pool.submit(self._interviewer.judge, interview, turn, answer) if answer else None
            making = pool.submit(self._made, interview, turns) if interview.wants_a_question else None
            judgement = None if judging is None else judging.result()
        made, is_delayed = _outcome(making)
        now = self._clock.now()
        answered = replace(
            turn,
            transcription=answer or None,
            analysis=None if judgement is None else judgement.analysis,
            answered_at=to_text(now),
        )
        evidence = self._evidence(interview, answered)
        beside: list[Write] = [*self._ledger.evidence_puts(evidence)]
        beside += [
            self._ledger.marker_put(one.user_id, one.subject_id, one.evidence_id, now) for one in evidence
        ]
        question: InterviewQuestion | None = None

        def concluded(current: Interview) -> Interview:
            nonlocal question
            closed = current.with_answer_closed()
            follow_up = None if judgement is None else judgement.follow_up
            question = next_question(closed, follow_up, made, now)
            if question is not None:
                rest = closed.prepared or made
                return closed.asked(now, prepared=rest if question != rest else None)
            if is_delayed and not closed.is_ending and not closed.is_over_time(now):
                return closed.asking(now)
            return closed.ended([*turns[:-1], answered], now)

        def with_next() -> list[InterviewTurn]:
            return [
                answered,
                *([] if question is None else [InterviewTurn(turn.question_number + 1, question)]),
            ]

        try:
            interview = self._interviews.change(interview, concluded, turns=with_next, beside=beside)
        except SessionMoved:
            return
        is_scored = judgement is not None
        log.info("answer_judged", extra={"scored": int(is_scored), "not_scored": int(not is_scored)})
        told = AnswerProcessed(interview, answered, None if question is None else question.question)
        yield Push(interview.connection_id, told, interview.answered_by)
        self._refresh(evidence)
        if interview.is_open:
            self._recordings.clear(recording)
        else:
            yield Push(interview.connection_id, self._recounting.summary(interview))
            self.clear(interview)

    def end(self, interview: Interview, request_id: str | None = None) -> Iterator[Push]:
        """End the interview as it stands. Raises ``SessionMoved``."""
        turns = self._interviews.turns(interview)
        interview = self._interviews.save(interview.ended(turns, self._clock.now()))
        yield Push(interview.connection_id, self._recounting.summary(interview), request_id)
        self.clear(interview)

    def clear(self, interview: Interview) -> None:
        """Leave no sound of an interview that is over; until that is done, the sweeper comes back to it."""
        if self._recordings.clear_session(interview.session_id):
            try:
                self._interviews.save(replace(interview, sweep_at=None))
            except SessionMoved:
                pass

    def matter(self, interview: Interview) -> SubjectMatter:
        """What the interview is about: looked up once, then kept. Raises ``SessionMoved``, and what
        ``Interviewer.subject_matter`` raises."""
        kept = self._interviews.material(interview)
        if kept is not None:
            return SubjectMatter(tuple(kept[0]), tuple(kept[1]))
        matter = self._interviewer.subject_matter(interview)
        self._interviews.set_material(interview, matter.passages, matter.concepts)
        return matter

    def _made(self, interview: Interview, turns: Sequence[InterviewTurn]) -> InterviewQuestion | None:
        asked = [turn.asked for turn in turns]
        return self._interviewer.question(interview, self.matter(interview), asked)

    def _evidence(self, interview: Interview, turn: InterviewTurn) -> list[Evidence]:
        """What a judged answer shows of its concept."""
        if turn.analysis is None or turn.answered_at is None:
            return []
        owner = interview.user_id
        subject_id = interview.subject_id or turn.asked.passage.subject_id or NO_SUBJECT
        ((concept, label),) = self._progress.labelled(owner, subject_id, [turn.asked.concept])
        return [
            Evidence(
                evidence_id=f"{interview.session_id}-{turn.question_number}",
                user_id=owner,
                subject_id=subject_id,
                concept=concept,
                label=label,
                score=turn.analysis.overall / 100,
                occurred_at=turn.answered_at,
                source="interview",
                source_id=interview.session_id,
                question=turn.asked.question,
            )
        ]

    def _refresh(self, evidence: Sequence[Evidence]) -> None:
        """Bring the standings up to date; what cannot be done now is the sweeper's."""
        for one in evidence:
            try:
                self._progress.refresh(one.user_id, one.subject_id)
            except (UpstreamError, ConditionFailed) as failed:
                log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})


def _outcome(making: Future[InterviewQuestion | None] | None) -> tuple[InterviewQuestion | None, bool]:
    """The question that was made, and whether one is wanted that could not be had yet."""
    if making is None:
        return None, False
    try:
        return making.result(), False
    except (UpstreamError, LyceumError, SessionMoved) as failed:
        log.warning("question_delayed", extra={"reason": type(failed).__name__})
        return None, True
