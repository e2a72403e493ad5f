"""Changes one mark of a result, with the score and the evidence that depend on it, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.base.errors import NotFound
from domain.base.retrying import retried
from domain.progress.evidence import Evidence
from domain.progress.ledger import Ledger
from domain.progress.marks import mark_not_found
from domain.progress.progress import Progress
from domain.quizzes.answered import evidence_id, evidence_of, subject_of
from domain.quizzes.attempt import GradedAnswer, Result
from domain.quizzes.item_answers import ItemAnswers
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quizzes import Quizzes, quiz_id_of
from domain.quizzes.scoring import score_of
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.system import Clock

log = logging.getLogger("lyceum.correcting")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submitted quiz with its result."""

    quiz: Quiz
    result: Result

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises ``NotFound``."""
        return self._at(question_id)[0]

    def mark(self, question_id: str) -> GradedAnswer:
        """The mark of the question with this id. Raises ``NotFound``."""
        return self._at(question_id)[1]

    def score_with(self, question_id: str, credit: float | None) -> float | None:
        """The score if the mark had this credit; a credit of None counts in no score. Raises ``NotFound``."""
        question, mark = self._at(question_id)
        other = replace(mark, credit=credit or 0.0, needs_review=credit is None)
        return _with(self, question, other).result.score.score

    def _at(self, question_id: str) -> tuple[Question, GradedAnswer]:
        for question, graded in zip(self.quiz.questions, self.result.score.results, strict=True):
            if question.question_id == question_id:
                return question, graded
        raise mark_not_found()


@dataclass(frozen=True, slots=True)
class Change:
    """The new mark, and the writes to store in the same transaction. ``mark`` is None if nothing changes."""

    mark: GradedAnswer | None
    question: Question | None = None
    """The question with its new key; None if the key stays."""
    beside: Sequence[Write] = ()


class QuizCorrecting:
    def __init__(
        self, quizzes: Quizzes, ledger: Ledger, progress: Progress, item_answers: ItemAnswers, clock: Clock
    ) -> None:
        self._quizzes = quizzes
        self._ledger = ledger
        self._progress = progress
        self._item_answers = item_answers
        self._clock = clock

    def find(self, owner: str, result_id: str) -> Attempt | None:
        """The owner's result with its quiz, or None."""
        # The quiz is read first. Its version is the fence, so the result must not be older than the quiz.
        quiz = self._quizzes.find(owner, quiz_id_of(result_id))
        result = None if quiz is None else self._quizzes.find_result_by_id(owner, result_id)
        return None if result is None or quiz is None else Attempt(quiz, result)

    def change(
        self,
        owner: str,
        result_id: str,
        question_id: str,
        decide: Callable[[Attempt], Change],
        *,
        refreshes: bool = True,
    ) -> Attempt:
        """Store the mark that ``decide`` returns, with the score and the evidence that depend on it: all or nothing.

        Returns the attempt as it is then. New evidence is added only if the mark has a higher revision than before. With
        ``refreshes``, the standing is updated at once, else by the sweeper. If the quiz was changed meanwhile,
        ``decide`` is called again. Raises ``NotFound`` if the learner has no such result or it has no such mark,
        ``ConditionFailed`` if other workers keep changing the quiz, and what ``decide`` raises.
        """
        subject_id = ""

        def changed() -> Attempt:
            nonlocal subject_id
            subject_id = ""
            found = self.find(owner, result_id)
            if found is None:
                raise NotFound("result_not_found", "There is no such result.")
            old = found.mark(question_id)
            change = decide(found)
            if change.mark is None:
                return found
            question = change.question or found.question(question_id)
            after = _with(found, question, change.mark)
            beside = list(change.beside)
            if change.mark.review.revision > old.review.revision and old.user_answer is not None:
                evidence = self._evidence(after, question, change.mark)
                subject_id = evidence.subject_id
                beside += self._ledger.correction_puts([evidence])
                beside.append(self._ledger.correction_marker_put(evidence, self._clock.now()))
            beside += self._item_answers.puts(after.quiz, after.result.score, after.result.submitted_at)
            self._quizzes.correct(after.quiz, after.result, beside)
            return after

        done = retried(changed, on=ConditionFailed)
        if subject_id and refreshes:
            self._refresh(owner, subject_id)
        return done

    def _refresh(self, owner: str, subject_id: str) -> None:
        """Update the standing. If that fails, the sweeper does it."""
        try:
            self._progress.refresh(owner, subject_id)
        except (UpstreamError, ConditionFailed) as failed:
            log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})

    def _evidence(self, attempt: Attempt, question: Question, mark: GradedAnswer) -> Evidence:
        """The evidence of the mark. Its concept is the one in the ledger; if the ledger has none, the one in the
        catalogue.
        """
        quiz = attempt.quiz
        subject_id = subject_of(quiz, question)
        id = evidence_id(quiz.quiz_id, question.question_id)
        entries = self._ledger.entries(quiz.user_id, subject_id)
        known = next(((one.concept, one.label) for one in entries if one.evidence_id == id), None)
        if known is None:
            (known,) = self._progress.labelled(quiz.user_id, subject_id, [question.concept])
        return evidence_of(quiz, question, mark, *known, attempt.result.submitted_at)


def _with(attempt: Attempt, question: Question, mark: GradedAnswer) -> Attempt:
    """The attempt, with this question and this mark in place of those with the same id."""
    number = question.question_id
    questions = tuple(question if one.question_id == number else one for one in attempt.quiz.questions)
    marks = tuple(mark if one.question_id == number else one for one in attempt.result.score.results)
    return Attempt(replace(attempt.quiz, questions=questions), replace(attempt.result, score=score_of(marks)))
