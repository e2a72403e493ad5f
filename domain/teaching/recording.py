"""Records a decision on a mark of either kind, and takes the mark off the desk."""

from __future__ import annotations

from dataclasses import dataclass

from domain.interviews.correcting import FactMark
from domain.progress.desk import Desk, DeskEntry, PlaceKind
from domain.progress.marks import Correction, Review
from domain.quizzes.attempt import GradedAnswer
from domain.quizzes.correcting import Attempt
from domain.teaching.decisions import Decision, Decisions
from domain.teaching.verdicts import credit_of_fact, verdict_of
from ports.key_value_store import Write


@dataclass(frozen=True, slots=True)
class MarkBefore:
    """A mark of a question or a fact before the decision. A credit of None counts in no score."""

    subject_id: str
    user_id: str
    result_id: str
    kind: PlaceKind
    place: str
    review: Review
    machine_verdict: str
    machine_credit: float | None
    credit: float | None
    """The credit that counts."""
    occurred_at: str
    """When the quiz was made or the interview was started."""


class Recording:
    def __init__(self, decisions: Decisions, desk: Desk) -> None:
        self._decisions = decisions
        self._desk = desk

    def writes(
        self, mark: MarkBefore, correction: Correction, teacher_id: str, regrade_id: str = ""
    ) -> list[Write]:
        """The writes that record the decision. If the mark waits on the desk, they also move its entry to the decided
        ones.

        The caller puts them into the transaction that changes the mark.
        """
        writes: list[Write] = [self._decisions.put(_decision(mark, correction, teacher_id, regrade_id))]
        if mark.review.waits_since:
            writes += self._desk.decided(_waiting(mark), correction)
        return writes


def question_before(found: Attempt, mark: GradedAnswer, subject_id: str) -> MarkBefore:
    """The mark of a quiz question before a decision."""
    machine = mark.found
    return MarkBefore(
        subject_id=subject_id,
        user_id=found.quiz.user_id,
        result_id=found.result.result_id,
        kind="question",
        place=mark.question_id,
        review=mark.review,
        machine_verdict=verdict_of(machine),
        machine_credit=None if machine.needs_review else machine.share,
        credit=mark.credit if mark.counts else None,
        occurred_at=found.quiz.created_at,
    )


def fact_before(found: FactMark, subject_id: str) -> MarkBefore:
    """The verdict on an interview fact before a decision."""
    judged = found.judged
    machine = judged.machine or judged.verdict
    worth = judged.credit if judged.machine is None else judged.machine_credit
    return MarkBefore(
        subject_id=subject_id,
        user_id=found.interview.user_id,
        result_id=found.interview.session_id,
        kind="fact",
        place=found.fact_id,
        review=judged.review,
        machine_verdict=machine,
        machine_credit=None if machine == "unsure" else worth,
        credit=credit_of_fact(judged),
        occurred_at=found.interview.started_at,
    )


def _decision(mark: MarkBefore, correction: Correction, teacher_id: str, regrade_id: str) -> Decision:
    return Decision(
        decision_id=correction.decision_id,
        subject_id=mark.subject_id,
        user_id=mark.user_id,
        teacher_id=teacher_id,
        kind=correction.kind,
        result_id=mark.result_id,
        place_kind=mark.kind,
        place=mark.place,
        machine_verdict=mark.machine_verdict,
        machine_credit=mark.machine_credit,
        verdict=correction.verdict,
        credit=correction.credit_after,
        credit_before=mark.credit,
        reason=correction.reason,
        decided_at=correction.decided_at,
        occurred_at=mark.occurred_at,
        regrade_id=regrade_id,
    )


def _waiting(mark: MarkBefore) -> DeskEntry:
    """The entry of the mark while it waits on the desk."""
    appeal = mark.review.appeal
    is_appealed = appeal is not None and not appeal.decision_id
    return DeskEntry(
        subject_id=mark.subject_id,
        user_id=mark.user_id,
        result_id=mark.result_id,
        kind=mark.kind,
        place=mark.place,
        why="appeal" if is_appealed else "needs_review" if mark.kind == "question" else "unsure",
        waits_since=mark.review.waits_since,
        occurred_at=mark.occurred_at,
        sentence=appeal.sentence if appeal is not None and is_appealed else "",
    )
