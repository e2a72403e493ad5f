"""A teacher decides over a mark: of a question of a quiz, or of a fact of an interview."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.access.teaching import Teaching
from domain.base.errors import Conflict, NotFound
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.interviews.correcting import FactChange, FactMark, InterviewCorrecting
from domain.interviews.effects import subject_of as subject_of_turn
from domain.interviews.interviews import Interviews
from domain.progress.desk import Desk, DeskEntry, PlaceKind
from domain.progress.marks import Correction, Review, mark_not_found
from domain.quizzes.answered import subject_of
from domain.quizzes.correcting import Attempt, Change, QuizCorrecting
from domain.quizzes.credits import Credit
from domain.quizzes.quizzes import Quizzes
from domain.teaching.decisions import Decision, Decisions
from domain.teaching.verdicts import (
    Verdict,
    credit_of_fact,
    credit_of_question,
    verdict_of,
    verdict_on_fact,
)
from ports.directory import Directory
from ports.key_value_store import Write
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class MarkName:
    """Which mark of a result it is. ``place`` is the id of a question or a fact, or the words of a fact."""

    result_id: str
    kind: PlaceKind
    place: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a teacher decides. ``credit`` is only for a question that is partly right."""

    verdict: Verdict
    reason: str
    credit: float | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """A decision, and the score of the whole before and after it."""

    decision: Correction
    user_id: str
    mark: MarkName
    score_before: float | None
    score_after: float | None


class Overriding:
    def __init__(
        self,
        quizzes: Quizzes,
        interviews: Interviews,
        quiz_correcting: QuizCorrecting,
        interview_correcting: InterviewCorrecting,
        desk: Desk,
        decisions: Decisions,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._quizzes = quizzes
        self._interviews = interviews
        self._quiz_correcting = quiz_correcting
        self._interview_correcting = interview_correcting
        self._desk = desk
        self._decisions = decisions
        self._teaching = Teaching(directory)
        self._clock = clock

    def override(self, teacher: Learner, subject_id: str, name: MarkName, ruling: Ruling) -> Overridden:
        """Decide over the mark. What the learner is shown, the evidence and all that follows from it is as decided.

        The same decision again repeats the outcome; another one takes its place. An appeal is closed by it. Raises
        ``Forbidden`` unless ``teacher`` teaches the subject, ``NotFound`` for a mark that is not of the subject,
        ``InvalidRequest`` for a verdict that does not fit, and ``Conflict`` for a retired question or an interview that
        goes on.
        """
        self._teaching.subject(teacher, subject_id)
        if name.kind == "question":
            return self._question(teacher, subject_id, name, ruling)
        return self._fact(teacher, subject_id, name, ruling)

    def _question(self, teacher: Learner, subject_id: str, name: MarkName, ruling: Ruling) -> Overridden:
        share = credit_of_question(ruling.verdict, ruling.credit)
        result = self._quizzes.find_result_of_anyone(name.result_id)
        if result is None:
            raise _unknown()
        made: list[Correction] = []

        def decided(found: Attempt) -> Change:
            if subject_id not in {subject_of(found.quiz, one) for one in found.quiz.questions}:
                raise _unknown()
            question, mark = found.question(name.place), found.mark(name.place)
            if subject_of(found.quiz, question) != subject_id:
                raise mark_not_found()
            if mark.is_retired:
                raise Conflict("question_retired", "The question was taken out of the score for everybody.")
            machine = mark.machine or Credit(mark.credit, mark.needs_review)
            before = mark.credit if mark.counts else None
            correction = self._correction(mark.review, name, ruling, before, share)
            made[:] = [correction]
            if correction in mark.review.corrections:
                return Change(None)
            corrected = replace(
                mark,
                credit=share,
                is_correct=share == 1,
                needs_review=False,
                machine=machine,
                review=mark.review.corrected(correction),
            )
            decision = Decision(
                decision_id=correction.decision_id,
                subject_id=subject_id,
                user_id=found.quiz.user_id,
                teacher_id=teacher.user_id,
                kind="override",
                result_id=name.result_id,
                place_kind="question",
                place=name.place,
                machine_verdict=verdict_of(machine),
                machine_credit=None if machine.needs_review else machine.share,
                verdict=ruling.verdict,
                credit=share,
                credit_before=before,
                reason=ruling.reason,
                decided_at=correction.decided_at,
                occurred_at=found.quiz.created_at,
            )
            beside = self._beside(decision, mark.review, correction)
            return Change(corrected, beside=beside)

        done = self._quiz_correcting.change(result.user_id, name.result_id, name.place, decided)
        return Overridden(
            made[0],
            result.user_id,
            name,
            done.before.result.score.score,
            done.after.result.score.score,
        )

    def _fact(self, teacher: Learner, subject_id: str, name: MarkName, ruling: Ruling) -> Overridden:
        verdict, credit = verdict_on_fact(ruling.verdict, ruling.credit)
        interview = self._interviews.find_of_anyone(name.result_id)
        turns = [] if interview is None else self._interviews.turns(interview)
        if interview is None or subject_id not in {subject_of_turn(interview, turn) for turn in turns}:
            raise _unknown()
        made: list[Correction] = []

        def decided(found: FactMark) -> FactChange:
            judged = found.judged
            if found.subject_id != subject_id:
                raise mark_not_found()
            before = credit_of_fact(judged)
            correction = self._correction(
                judged.review, replace(name, place=found.fact_id), ruling, before, credit
            )
            made[:] = [correction]
            if correction in judged.review.corrections:
                return FactChange(None)
            machine = judged.machine or judged.verdict
            worth = judged.credit if judged.machine is None else judged.machine_credit
            corrected = replace(
                judged,
                verdict=verdict,
                credit=credit,
                machine=machine,
                machine_credit=worth,
                review=judged.review.corrected(correction),
            )
            decision = Decision(
                decision_id=correction.decision_id,
                subject_id=subject_id,
                user_id=found.interview.user_id,
                teacher_id=teacher.user_id,
                kind="override",
                result_id=name.result_id,
                place_kind="fact",
                place=found.fact_id,
                machine_verdict=machine,
                machine_credit=None if machine == "unsure" else worth,
                verdict=ruling.verdict,
                credit=credit,
                credit_before=before,
                reason=ruling.reason,
                decided_at=correction.decided_at,
                occurred_at=found.interview.started_at,
            )
            beside = self._beside(decision, judged.review, correction)
            return FactChange(corrected, beside)

        done = self._interview_correcting.change(interview.user_id, name.result_id, name.place, decided)
        return Overridden(
            made[0],
            interview.user_id,
            replace(name, place=done.after.fact_id),
            done.before.interview.overall_score,
            done.after.interview.overall_score,
        )

    def _correction(
        self, review: Review, name: MarkName, ruling: Ruling, before: float | None, after: float
    ) -> Correction:
        """The correction that the ruling makes. It is the latest one again if that says the same."""
        latest = review.corrections[-1] if review.corrections else None
        if (
            latest is not None
            and latest.kind == "override"
            and (latest.verdict, latest.reason, latest.credit_after) == (ruling.verdict, ruling.reason, after)
        ):
            return latest
        number = review.revision + 1
        return Correction(
            decision_id=derived_id("decision", name.result_id, name.kind, name.place, str(number)),
            kind="override",
            verdict=ruling.verdict,
            reason=ruling.reason,
            decided_at=to_text(self._clock.now()),
            credit_before=before,
            credit_after=after,
        )

    def _beside(self, decision: Decision, review: Review, correction: Correction) -> list[Write]:
        """The record of the decision and, if the mark waits on the desk, that it does not any more."""
        writes: list[Write] = [self._decisions.put(decision)]
        if review.waits_since:
            writes += self._desk.decided(waiting_entry(decision, review), correction)
        return writes


def waiting_entry(decision: Decision, review: Review) -> DeskEntry:
    """The mark of the decision as it waits on the desk."""
    appeal = review.appeal
    is_appealed = appeal is not None and not appeal.decision_id
    return DeskEntry(
        subject_id=decision.subject_id,
        user_id=decision.user_id,
        result_id=decision.result_id,
        kind=decision.place_kind,
        place=decision.place,
        why="appeal" if is_appealed else "needs_review" if decision.place_kind == "question" else "unsure",
        waits_since=review.waits_since,
        occurred_at=decision.occurred_at,
        sentence=appeal.sentence if appeal is not None and is_appealed else "",
    )


def _unknown() -> NotFound:
    return NotFound("result_not_found", "There is no such result.")
