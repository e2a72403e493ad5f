"""Overrides: a teacher decides on a mark of a quiz's question or of an interview's fact."""

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
from domain.progress.desk import PlaceKind
from domain.progress.marks import Correction, mark_not_found
from domain.quizzes.answered import subject_of
from domain.quizzes.correcting import Attempt, Change, QuizCorrecting
from domain.quizzes.quizzes import Quizzes
from domain.teaching.recording import MarkBefore, Recording, fact_before, question_before
from domain.teaching.verdicts import (
    Verdict,
    credit_of_question,
    verdict_on_fact,
)
from ports.directory import Directory
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class MarkName:
    """Identifies a mark of a result. ``place`` is the id of a question or a fact, or the statement of a fact."""

    result_id: str
    kind: PlaceKind
    place: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A teacher's decision. ``credit`` is only given for a question that is partly right."""

    verdict: Verdict
    reason: str
    credit: float | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """A decision, and the score of the whole quiz or interview without it and with it."""

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
        recording: Recording,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._quizzes = quizzes
        self._interviews = interviews
        self._quiz_correcting = quiz_correcting
        self._interview_correcting = interview_correcting
        self._recording = recording
        self._teaching = Teaching(directory)
        self._clock = clock

    def override(self, teacher: Learner, subject_id: str, name: MarkName, ruling: Ruling) -> Overridden:
        """Decide on the mark. The score, the evidence and everything computed from it follow the decision.

        A repeated call with the same ruling returns the same outcome; another ruling replaces it. It closes an appeal.
        Raises ``Forbidden`` if ``teacher`` does not teach the subject, ``NotFound`` if the mark is not of the subject,
        ``InvalidRequest`` if the verdict does not fit, and ``Conflict`` for a retired question or an interview that has
        not ended.
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
            before = question_before(found, mark, subject_id)
            correction = self._correction(before, ruling, share)
            made[:] = [correction]
            if correction in mark.review.corrections:
                return Change(None)
            corrected = replace(
                mark,
                credit=share,
                is_correct=share == 1,
                needs_review=False,
                machine=mark.found,
                review=mark.review.corrected(correction),
            )
            return Change(corrected, beside=self._recording.writes(before, correction, teacher.user_id))

        done = self._quiz_correcting.change(result.user_id, name.result_id, name.place, decided)
        return Overridden(
            made[0],
            result.user_id,
            name,
            done.score_with(name.place, made[0].credit_before),
            done.result.score.score,
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
            before = fact_before(found, subject_id)
            correction = self._correction(before, ruling, credit)
            made[:] = [correction]
            if correction in judged.review.corrections:
                return FactChange(None)
            corrected = replace(
                judged,
                verdict=verdict,
                credit=credit,
                machine=judged.machine or judged.verdict,
                machine_credit=judged.credit if judged.machine is None else judged.machine_credit,
                review=judged.review.corrected(correction),
            )
            return FactChange(corrected, self._recording.writes(before, correction, teacher.user_id))

        done = self._interview_correcting.change(interview.user_id, name.result_id, name.place, decided)
        return Overridden(
            made[0],
            interview.user_id,
            replace(name, place=done.fact_id),
            done.score_with(made[0].credit_before),
            done.interview.overall_score,
        )

    def _correction(self, mark: MarkBefore, ruling: Ruling, after: float) -> Correction:
        """The correction for the ruling. If the latest correction says the same, that one."""
        corrections = mark.review.corrections
        latest = corrections[-1] if corrections else None
        if (
            latest is not None
            and latest.kind == "override"
            and (latest.verdict, latest.reason, latest.credit_after) == (ruling.verdict, ruling.reason, after)
        ):
            return latest
        number = mark.review.revision + 1
        return Correction(
            decision_id=derived_id("decision", mark.result_id, mark.kind, mark.place, str(number)),
            kind="override",
            verdict=ruling.verdict,
            reason=ruling.reason,
            decided_at=to_text(self._clock.now()),
            credit_before=mark.credit,
            credit_after=after,
        )


def _unknown() -> NotFound:
    return NotFound("result_not_found", "There is no such result.")
