"""What was told of an interview, told again: to who resumes it, repeats a message, or asks how it went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.interviews.interview import Interview, InterviewTurn
from domain.interviews.interviews import Interviews
from domain.interviews.messages import AnswerProcessed, InterviewResumed, InterviewSummary, Push
from domain.interviews.recording import received_through
from domain.progress.evidence import NO_SUBJECT
from domain.progress.ledger import Ledger
from domain.progress.levels import MasteryChange
from domain.progress.progress import Progress


class Recounting:
    def __init__(self, interviews: Interviews, ledger: Ledger, progress: Progress) -> None:
        self._interviews = interviews
        self._ledger = ledger
        self._progress = progress

    def resumed(self, interview: Interview, request_id: str | None) -> Iterator[Push]:
        """How it stands, to where its pushes go now; of one that is over, the summary too."""
        turns = self._interviews.turns(interview)
        yield Push(interview.connection_id, self.standing(interview, turns), request_id)
        if not interview.is_open:
            yield Push(interview.connection_id, self.summary(interview))

    def standing(self, interview: Interview, turns: Sequence[InterviewTurn]) -> InterviewResumed:
        """The open question, and what was answered last."""
        has_question = interview.state in ("asked", "answering", "analysing")
        # The turns were read after the session, which may have gone on in between: what it went on to is pushed.
        turns = [turn for turn in turns if turn.question_number <= interview.questions_asked]
        done = _done(turns)
        parts = self._interviews.parts(interview.recording) if interview.state == "answering" else []
        return InterviewResumed(
            interview,
            turns[-1].asked.question if turns and has_question else None,
            received_through(parts),
            _answered(interview, turns, done[-1]) if done else None,
        )

    def answered(
        self, connection_id: str, interview: Interview, request_id: str | None, number: int
    ) -> Iterator[Push]:
        """What came of an earlier answer; nothing where the question has none."""
        turns = self._interviews.turns(interview)
        for turn in _done(turns):
            if turn.question_number == number:
                yield Push(connection_id, _answered(interview, turns, turn), request_id)
                if not interview.is_open:
                    yield Push(connection_id, self.summary(interview))

    def latest(self, interview: Interview) -> InterviewTurn | None:
        """The question that was answered last."""
        done = _done(self._interviews.turns(interview))
        return done[-1] if done else None

    def summary(self, interview: Interview) -> InterviewSummary:
        turns = tuple(self._interviews.turns(interview))
        owner, session_id = interview.user_id, interview.session_id
        subjects = {interview.subject_id or turn.asked.passage.subject_id or NO_SUBJECT for turn in turns}
        changes: list[MasteryChange] = []
        for subject_id in sorted(subjects):
            shown = self._ledger.evidence(owner, subject_id)
            own = [one for one in shown if one.source_id == session_id]
            changes += self._progress.changes(owner, subject_id, own) if own else []
        return InterviewSummary(interview, turns, tuple(changes))


def _done(turns: Sequence[InterviewTurn]) -> list[InterviewTurn]:
    return [turn for turn in turns if turn.answered_at is not None]


def _answered(interview: Interview, turns: Sequence[InterviewTurn], turn: InterviewTurn) -> AnswerProcessed:
    following = next((one for one in turns if one.question_number == turn.question_number + 1), None)
    return AnswerProcessed(interview, turn, None if following is None else following.asked.question)
