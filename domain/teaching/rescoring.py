"""Applies a corrected key to one attempt, or to one answer of a review. A repeated call changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from domain.base.errors import NotFound
from domain.base.ids import derived_id
from domain.progress.deck import fold_deck
from domain.progress.decks import Decks
from domain.progress.evidence import Evidence, counted_once
from domain.progress.ledger import Ledger
from domain.progress.marks import Correction
from domain.progress.mastery import changes_between
from domain.quizzes.correcting import Attempt, Change, QuizCorrecting
from domain.quizzes.credits import Credit, credit_for
from domain.quizzes.item_answers import ItemAnswer, ItemAnswers, ItemReview
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question
from domain.quizzes.quizzes import Quizzes, result_id
from domain.quizzes.rekeying import rekeyed, remarked
from domain.teaching.recording import Recording, question_before
from domain.teaching.regrades import Regrade
from domain.teaching.verdicts import verdict_of
from ports.key_value_store import KeyValueStore, Write
from ports.scheduler import Scheduler
from ports.system import Clock


class Rescoring:
    def __init__(
        self,
        store: KeyValueStore,
        quiz_correcting: QuizCorrecting,
        quizzes: Quizzes,
        item_answers: ItemAnswers,
        decks: Decks,
        ledger: Ledger,
        recording: Recording,
        scheduler: Scheduler,
        clock: Clock,
    ) -> None:
        self._store = store
        self._quiz_correcting = quiz_correcting
        self._quizzes = quizzes
        self._item_answers = item_answers
        self._decks = decks
        self._ledger = ledger
        self._recording = recording
        self._scheduler = scheduler
        self._clock = clock

    def attempt(self, regrade: Regrade, contents: Mapping[int, Question], row: ItemAnswer) -> None:
        """Mark the question of the attempt by the corrected key. The caller must refresh the standing afterwards.

        The decision is recorded if the mark counts differently than before. If the item is retired and the mark counted
        in no score, the mark is also taken off the desk, because nobody can decide on it any more. Does nothing if the
        attempt has the key already, or was erased. Raises ``ConditionFailed`` if others keep changing the attempt.
        """

        def decide(found: Attempt) -> Change:
            question, mark = found.question(row.question_id), found.mark(row.question_id)
            content = contents.get(question.item_version)
            if content is None or question.key_revision >= content.key_revision:
                return Change(None)
            corrected = rekeyed(question, content)
            marked = remarked(corrected, mark)
            before = mark.credit if mark.counts else None
            after = marked.credit if marked.counts else None
            is_settled = marked.is_retired and mark.review.waits_since != ""
            if before == after and not is_settled:
                return Change(marked, corrected)
            verdict = "retired" if marked.is_retired else verdict_of(Credit(marked.credit))
            correction = Correction(
                decision_id=derived_id("decision", regrade.regrade_id, row.quiz_id, row.question_id),
                kind="regrade",
                verdict=verdict,
                reason=regrade.reason,
                decided_at=regrade.begun_at,
                credit_before=before,
                credit_after=after,
            )
            decided = question_before(found, mark, regrade.subject_id)
            beside = self._recording.writes(decided, correction, regrade.teacher_id, regrade.regrade_id)
            marked = replace(marked, review=mark.review.corrected(correction))
            return Change(marked, corrected, beside)

        try:
            self._quiz_correcting.change(
                row.user_id, result_id(row.quiz_id), row.question_id, decide, refreshes=False
            )
        except NotFound:
            return  # erased since it was listed

    def review(self, regrade: Regrade, contents: Mapping[int, Question], row: ItemReview) -> None:
        """Score the answer of a review by the present key of its quiz. The caller must refresh the standing afterwards.

        The quiz's version is the fence: a review that is answered meanwhile is scored by the corrected key. The ledger
        gets a correction only if its latest entry differs, so that it is corrected only once, also if other workers
        work on the regrade. Raises ``ConditionFailed`` if the quiz was changed or the answer was erased meanwhile.
        """
        quiz = self._quizzes.find(row.user_id, row.quiz_id)
        given = self._decks.find_answer(row.user_id, row.review_id, row.answered_on)
        if quiz is None or given is None:
            return  # erased since it was listed
        question = next((one for one in quiz.questions if one.question_id == row.question_id), None)
        content = contents.get(row.item_version)
        if question is None or content is None or question.key_revision != content.key_revision:
            return  # the attempt must be marked first, or a later regrade has done it
        share = credit_for(question, given.answer).share
        entries = self._ledger.entries(row.user_id, row.subject_id)
        entry = max(
            (one for one in entries if one.evidence_id == row.evidence_id), key=_revision, default=None
        )
        if entry is None:
            return
        now_right = replace(entry, score=share, is_withdrawn=question.is_retired)
        corrected = entry if now_right == entry else replace(now_right, revision=entry.revision + 1)
        known = counted_once([*entries, corrected])
        earlier = [one for one in known if one.occurred_at < row.answered_at]
        changes = changes_between(
            row.subject_id, earlier, [*earlier, corrected], [] if corrected.is_withdrawn else [entry.concept]
        )
        shown = replace(
            given,
            credit=share,
            is_correct=share == 1 and not question.is_retired,
            correct_answer=correct_answer(question),
            due_on=self._due_on(row, known) or given.due_on,
            mastery_changes=tuple(changes),
        )
        index = replace(row, credit=share, key_revision=question.key_revision, is_retired=question.is_retired)
        writes: list[Write] = [
            self._quizzes.unchanged(quiz),
            self._decks.answer_put(shown),
            self._item_answers.review_put(index),
        ]
        if corrected != entry:
            writes += self._ledger.correction_puts([corrected])
            writes.append(self._ledger.correction_marker_put(corrected, self._clock.now()))
        self._store.transact(writes)

    def _due_on(self, row: ItemReview, known: list[Evidence]) -> str | None:
        """When the question became due after this answer, computed from the evidence up to then; None if it is not in
        the deck.
        """
        earlier = [one for one in known if one.occurred_at <= row.answered_at]
        deck = fold_deck(row.user_id, row.subject_id, earlier, self._scheduler)
        return next((one.due_on for one in deck.items if one.item_id == row.review_id), None)


def _revision(evidence: Evidence) -> int:
    return evidence.revision
