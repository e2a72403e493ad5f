"""Appeals: a learner disputes a mark, and the mark goes to the desk of the subject's teacher."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.access.subjects import Subjects
from domain.base.errors import Conflict
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.interviews.correcting import FactChange, FactMark, InterviewCorrecting
from domain.progress.desk import Desk, DeskEntry
from domain.progress.marks import Appeal, Review
from domain.quizzes.answered import subject_of
from domain.quizzes.correcting import Attempt, Change, QuizCorrecting
from domain.teaching.overriding import MarkName
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal as the learner sees it."""

    appeal_id: str
    mark: MarkName
    appeal: Appeal


class Appealing:
    def __init__(
        self,
        quiz_correcting: QuizCorrecting,
        interview_correcting: InterviewCorrecting,
        desk: Desk,
        subjects: Subjects,
        clock: Clock,
    ) -> None:
        self._quiz_correcting = quiz_correcting
        self._interview_correcting = interview_correcting
        self._desk = desk
        self._subjects = subjects
        self._clock = clock

    def appeal(self, learner: Learner, name: MarkName, sentence: str) -> Appealed:
        """Dispute a mark of the learner. A repeated call with the same sentence returns the same appeal.

        Raises ``NotFound`` if the mark is not the learner's, and ``Conflict`` if it belongs to no class of theirs, if
        it was disputed with another sentence, or if its question was taken out of the score.
        """
        made: list[tuple[DeskEntry, Appeal]] = []

        def question_appealed(found: Attempt) -> Change:
            question, mark = found.question(name.place), found.mark(name.place)
            if mark.is_retired:
                raise Conflict("question_retired", "The question was taken out of the score for everybody.")
            entry = self._entry(
                learner, subject_of(found.quiz, question), name, mark.review, sentence, found.quiz.created_at
            )
            appeal = mark.review.appeal or Appeal(sentence, to_text(self._clock.now()))
            made[:] = [(entry, appeal)]
            if mark.review.appeal is not None:
                return Change(None)
            review, put = self._desk.waiting(entry, replace(mark.review, appeal=appeal))
            return Change(replace(mark, review=review), beside=[put])

        def fact_appealed(found: FactMark) -> FactChange:
            review = found.judged.review
            place = replace(name, place=found.fact_id)
            entry = self._entry(
                learner, found.subject_id, place, review, sentence, found.interview.started_at
            )
            appeal = review.appeal or Appeal(sentence, to_text(self._clock.now()))
            made[:] = [(entry, appeal)]
            if review.appeal is not None:
                return FactChange(None)
            review, put = self._desk.waiting(entry, replace(review, appeal=appeal))
            return FactChange(replace(found.judged, review=review), [put])

        if name.kind == "question":
            self._quiz_correcting.change(learner.user_id, name.result_id, name.place, question_appealed)
        else:
            self._interview_correcting.change(learner.user_id, name.result_id, name.place, fact_appealed)
        entry, appeal = made[0]
        return Appealed(entry.appeal_id, replace(name, place=entry.place), appeal)

    def _entry(
        self,
        learner: Learner,
        subject_id: str,
        name: MarkName,
        review: Review,
        sentence: str,
        occurred_at: str,
    ) -> DeskEntry:
        """The entry for the desk. Raises ``Conflict``."""
        made = review.appeal
        if made is not None and made.sentence != sentence:
            raise Conflict(
                "already_appealed", "The mark was already disputed. There is one appeal for each mark."
            )
        if subject_id not in {one.subject_id for one in self._subjects.of(learner)}:
            raise Conflict(
                "no_teacher",
                "The mark belongs to none of your classes, so there is no teacher who could decide.",
            )
        return DeskEntry(
            subject_id=subject_id,
            user_id=learner.user_id,
            result_id=name.result_id,
            kind=name.kind,
            place=name.place,
            why="appeal",
            waits_since=review.waits_since or to_text(self._clock.now()),
            occurred_at=occurred_at,
            sentence=sentence,
        )
