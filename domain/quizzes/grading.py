"""Scores each attempt exactly once, and stores the evidence that it gives."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.base.errors import Conflict, NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.progress.evidence import NO_SUBJECT, Evidence
from domain.progress.ledger import Ledger
from domain.progress.levels import MasteryChange
from domain.progress.progress import Progress
from domain.quizzes.answered import evidence_of, subject_of
from domain.quizzes.assigned_quizzes import AssignedQuizzes
from domain.quizzes.attempt import Result, Score
from domain.quizzes.doubtful import DoubtfulMarks
from domain.quizzes.item_answers import ItemAnswers
from domain.quizzes.keys_in_force import ItemContents, with_keys_in_force
from domain.quizzes.quiz import Quiz
from domain.quizzes.quiz_words import Answer
from domain.quizzes.quizzes import Quizzes, result_id
from domain.quizzes.scoring import GivenAnswer, read_answers, score
from domain.quizzes.short_answers import ShortAnswerJudge, credits_of
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.paging import Page
from ports.system import Clock

log = logging.getLogger("lyceum.grading")


class Grading:
    def __init__(
        self,
        quizzes: Quizzes,
        ledger: Ledger,
        progress: Progress,
        item_answers: ItemAnswers,
        items: ItemContents,
        assigned: AssignedQuizzes,
        doubtful: DoubtfulMarks,
        judge: ShortAnswerJudge,
        clock: Clock,
    ) -> None:
        self._quizzes = quizzes
        self._ledger = ledger
        self._progress = progress
        self._item_answers = item_answers
        self._items = items
        self._assigned = assigned
        self._doubtful = doubtful
        self._judge = judge
        self._clock = clock

    def submit(self, learner: Learner, quiz_id: str, answers: Mapping[str, GivenAnswer]) -> Result:
        """Score the answers and store the result. A repeated call with the same answers returns the same result.

        A question without an answer counts as wrong, but gives no evidence. Raises ``NotFound``, ``InvalidRequest`` for
        answers that ``read_answers`` refuses, and ``Conflict`` if the quiz was submitted with other answers, or if its
        assignment is not open.
        """
        owner = learner.user_id

        def submitted() -> tuple[Result, list[str]]:
            """The result, and the subjects whose standings must be updated; empty if the quiz was submitted before."""
            quiz = self._quizzes.get(owner, quiz_id)
            given = read_answers(quiz, answers)
            if quiz.submitted_at is not None:
                return self._submitted_before(owner, quiz_id, given), []
            now = self._clock.now()
            self._must_be_open(quiz, to_text(now))
            quiz = with_keys_in_force(quiz, self._items)
            scored = score(quiz, given, credits_of(quiz, given, self._judge))
            scored, desk = self._doubtful.noted(quiz, result_id(quiz_id), scored, to_text(now))
            evidence = self._evidence(quiz, scored, to_text(now))
            subjects = sorted({one.subject_id for one in evidence})
            result = Result(
                result_id=result_id(quiz_id),
                quiz_id=quiz_id,
                user_id=owner,
                title=quiz.title,
                subject_id=quiz.subject_id,
                assignment_id=quiz.assignment_id,
                answers=given,
                score=scored,
                mastery_changes=tuple(self._changes(owner, subjects, evidence)),
                submitted_at=to_text(now),
                attempt=quiz.attempt,
            )
            beside: list[Write] = [*self._ledger.evidence_puts(evidence), *desk]
            beside += [self._ledger.marker_put(owner, subject, quiz_id, now) for subject in subjects]
            beside += self._item_answers.puts(quiz, scored, result.submitted_at)
            self._quizzes.submit(quiz, result, beside)
            return result, subjects

        # The condition fails if another request took a hint, or submitted the quiz. In the latter case its result
        # counts.
        result, subjects = retried(submitted, on=ConditionFailed)
        self._refresh(owner, subjects)
        return result

    def shows_keys(self, result: Result) -> bool:
        """Whether the learner may see the keys of the result's quiz now."""
        return self._quizzes.shows_keys(result, self._clock.now())

    def _must_be_open(self, quiz: Quiz, now: str) -> None:
        if quiz.attempt and quiz.assignment_id is not None:
            assigned = self._assigned.find(quiz.assignment_id)
            if assigned is not None:
                assigned.must_be_open(now)

    def _submitted_before(self, owner: str, quiz_id: str, given: Mapping[str, Answer | None]) -> Result:
        result = self.result_of(owner, quiz_id)
        if result.answers != given:
            raise Conflict("quiz_already_submitted", "The quiz was already submitted with other answers.")
        return result

    def result(self, learner: Learner, quiz_id: str) -> Result:
        """The result of the learner's quiz. Raises ``NotFound``, also if the quiz was not submitted yet."""
        self._quizzes.get(learner.user_id, quiz_id)
        return self.result_of(learner.user_id, quiz_id)

    def result_of(self, owner: str, quiz_id: str) -> Result:
        """The result of the owner's quiz, with its corrections. Raises ``NotFound`` if it was not submitted."""
        result = self._quizzes.find_result(owner, quiz_id)
        if result is None:
            raise NotFound("result_not_found", "The quiz has not been submitted.")
        return self._as_corrected(result)

    def _as_corrected(self, result: Result) -> Result:
        """The result with its changes of mastery computed from the present ledger.

        They differ from the stored ones if one of its marks, or an earlier mark, was corrected since.
        """
        cited = [one.citation.subject_id for one in result.score.results if one.citation is not None]
        subjects = {subject_id or NO_SUBJECT for subject_id in (result.subject_id, *cited)}
        told = self._progress.corrected_changes(
            result.user_id, sorted(subjects), result.quiz_id, result.submitted_at
        )
        return result if told is None else replace(result, mastery_changes=tuple(told))

    def results(self, learner: Learner, *, limit: int, cursor: str | None) -> Page[Result]:
        """The learner's results, newest first."""
        return self._quizzes.results(learner.user_id, limit=limit, cursor=cursor)

    def _evidence(self, quiz: Quiz, scored: Score, occurred_at: str) -> list[Evidence]:
        """One piece of evidence for each answer that counts, in the subject of the question's document.

        An unanswered question is wrong in the score, but says nothing about what the learner knows. The concept of an
        answer that needs a review is also put into the catalogue, because a person may decide on the mark later.
        """
        answered = [
            (subject_of(quiz, question), question, graded)
            for question, graded in zip(quiz.questions, scored.results, strict=True)
            if graded.user_answer is not None
        ]
        labels: dict[str, list[str]] = {}
        for subject, question, _ in answered:
            labels.setdefault(subject, []).append(question.concept)
        keys = {
            (subject, given): known
            for subject, named in labels.items()
            for given, known in zip(named, self._progress.labelled(quiz.user_id, subject, named), strict=True)
        }
        return self._progress.with_class_shares(
            [
                evidence_of(quiz, question, graded, *keys[subject, question.concept], occurred_at)
                for subject, question, graded in answered
                if graded.counts
            ]
        )

    def _changes(
        self, owner: str, subjects: Sequence[str], evidence: Sequence[Evidence]
    ) -> list[MasteryChange]:
        return [
            change
            for subject in subjects
            for change in self._progress.changes(
                owner, subject, [one for one in evidence if one.subject_id == subject]
            )
        ]

    def _refresh(self, owner: str, subjects: Sequence[str]) -> None:
        """Update the standings. If that fails, the sweeper does it."""
        for subject in subjects:
            try:
                self._progress.refresh(owner, subject)
            except (UpstreamError, ConditionFailed) as failed:
                log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})
