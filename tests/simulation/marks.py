"""The conditions that must hold for marks that a teacher decided about, after the sweeper has nothing left to do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from domain.bank.items import Items
from domain.base.tables import (
    APPEALS,
    DECISIONS,
    ITEM_ANSWERS,
    LEARNING_EVIDENCE,
    QUIZ_RESULTS,
    QUIZZES,
    REGRADES,
    REVIEWS,
)
from domain.progress.evidence import Evidence
from domain.progress.ledger import Ledger
from domain.quizzes.answered import evidence_id
from domain.quizzes.attempt import GradedAnswer, Result
from domain.quizzes.credits import credit_for
from domain.quizzes.item_answers import ItemAnswers
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quizzes import Quizzes
from domain.quizzes.rekeying import rekeyed
from domain.quizzes.scoring import score_of
from ports.key_value_store import Item, KeyValueStore, Table
from tests.simulation.facts import Facts
from tests.simulation.learner import Book


class Marks:
    """Checks the marks of all results. ``wrong`` yields a sentence for each violation."""

    def __init__(self, store: KeyValueStore, rows: dict[Table, list[Item]], book: Book) -> None:
        self.rows = rows
        self.book = book
        quizzes, ledger = Quizzes(store), Ledger(store)
        results = quizzes.results_of_anyone([row["result_id"] for row in rows[QUIZ_RESULTS]])
        made = quizzes.quizzes_of_anyone([row["quiz_id"] for row in rows[QUIZZES]])
        self.attempts = [(made[one.quiz_id], one) for one in results.values() if one.quiz_id in made]
        asked = Items(store).versions(
            (one.item_id, one.item_version)
            for quiz, _ in self.attempts
            for one in quiz.questions
            if one.item_id is not None
        )
        self.contents = {place: version.asked for place, version in asked.items()}
        self.answers = {
            (one.quiz_id, one.question_id): one
            for subject_id, item_id in {
                (quiz.subject_id or "", id) for quiz, _ in self.attempts for id in _items(quiz)
            }
            for one in ItemAnswers(store).of(subject_id, item_id)
        }
        self.facts = Facts(store, rows)
        self.evidence: dict[str, Evidence] = {}
        self.entries: defaultdict[str, list[Evidence]] = defaultdict(list)
        whose = {
            (row["user_id"], row["subject_id"]) for row in rows[LEARNING_EVIDENCE] if "evidence_id" in row
        }
        for owner, subject_id in sorted(whose):
            for entry in ledger.entries(owner, subject_id):
                self.entries[entry.evidence_id].append(entry)
            self.evidence |= {one.evidence_id: one for one in ledger.evidence(owner, subject_id)}

    def wrong(self) -> Iterator[str]:
        for quiz, result in self.attempts:
            if score_of(result.score.results) != result.score:
                yield f"{result.result_id} is scored {result.score}, and its marks say otherwise"
            for question, mark in zip(quiz.questions, result.score.results, strict=True):
                yield from self._mark(quiz, result, question, mark)
        yield from self.facts.wrong(self.evidence, self.entries)
        yield from self._reviews()
        yield from self._records()

    def _mark(self, quiz: Quiz, result: Result, question: Question, mark: GradedAnswer) -> Iterator[str]:
        where = f"the mark {question.question_id} of {result.result_id}"
        if question.item_id is not None:
            content = self.contents[question.item_id, question.item_version]
            if rekeyed(question, content) != question:
                yield f"{where} is by an old key: {question.key_revision} of {content.key_revision}"
            if mark.is_retired != content.is_retired:
                yield f"{where} is retired: {mark.is_retired}, the item: {content.is_retired}"
            row = self.answers.get((quiz.quiz_id, question.question_id))
            if row is None or (row.credit, row.key_revision, row.is_retired) != (
                mark.credit,
                question.key_revision,
                mark.is_retired,
            ):
                yield f"{where} is {mark}, and its item has {row}"
        if mark.is_retired and mark.review.waits_since:
            yield f"{where} waits for a teacher, and nobody can decide: its question is retired"
        if question.kind != "short_answer" and mark.found != credit_for(question, mark.user_answer):
            yield f"{where} was found to be {mark.found} by another key"
        overrides = [one for one in mark.review.corrections if one.kind == "override"]
        if (mark.machine is not None) != bool(overrides):
            yield f"{where} was decided about, and what the machine found is {mark.machine}"
        if overrides and mark.credit != overrides[-1].credit_after:
            yield f"{where} is {mark.credit}, and {overrides[-1]} was decided last"
        ids = Counter(one.decision_id for one in mark.review.corrections)
        if (ids and max(ids.values()) > 1) or len(ids) != mark.review.revision:
            yield f"{where} was corrected more than once by a decision: {mark.review}"
        id = evidence_id(quiz.quiz_id, question.question_id)
        counted, entries = self.evidence.get(id), self.entries.get(id, [])
        should = mark.user_answer is not None and mark.counts
        if (counted is not None) != should or (counted is not None and counted.score != mark.credit):
            yield f"{where} is {mark}, and the ledger counts {counted}"
        revisions = sorted(one.revision for one in entries)
        if revisions and revisions != list(range(revisions[0], mark.review.revision + 1)):
            yield f"{where} has the revision {mark.review.revision}, and the ledger has {revisions}"

    def _reviews(self) -> Iterator[str]:
        questions = {
            (quiz.quiz_id, one.question_id): one for quiz, _ in self.attempts for one in quiz.questions
        }
        for row in self.rows[REVIEWS]:
            if not row["review_id"].startswith("answer#"):
                continue
            question = questions.get((row["quiz_id"], row["question_id"]))
            if question is None:
                continue
            answer = tuple(row["answer"]) if isinstance(row["answer"], list) else row["answer"]
            share = credit_for(question, answer).share
            id = f"{row['quiz_id']}-{row['question_id']}-review-{row['answered_on']}"
            counted = self.evidence.get(id)
            is_counted = counted is not None and counted.score == share
            if row["credit"] != share or (not is_counted and not question.is_retired):
                yield f"a review is {row}, its key says {share}, the ledger {counted}"
            if question.is_retired and counted is not None:
                yield f"a review of a retired question counts: {counted}"

    def _records(self) -> Iterator[str]:
        decisions = {row["decision_id"]: row for row in self.rows[DECISIONS] if "user_id" in row}
        if len(decisions) != sum("user_id" in row for row in self.rows[DECISIONS]):
            yield "a decision stands twice in the record"
        made = {
            one.decision_id
            for _, result in self.attempts
            for mark in result.score.results
            for one in mark.review.corrections
        } | self.facts.decisions()
        if made != decisions.keys():
            yield f"decisions were made {made}, and recorded {set(decisions)}"
        for decision_id, owner in self.book.decisions.items():
            if decision_id not in decisions and owner not in self.book.erasing:
                yield f"the decision {decision_id} is lost"
        known = {row["regrade_id"] for row in self.rows[REGRADES]}
        if not self.book.regrades <= known:
            yield f"regrades were acknowledged {self.book.regrades}, and there are {known}"
        waiting = {
            ("question", result.result_id, mark.question_id)
            for _, result in self.attempts
            for mark in result.score.results
            if mark.review.waits_since
        } | self.facts.waiting()
        desk = {
            (row["kind"], row["result_id"], row["place"])
            for row in self.rows[APPEALS]
            if row["status"] == "open"
        }
        if waiting != desk:
            yield f"marks wait {waiting}, and the desk has {desk}"
        owned = {row["user_id"] for row in self.rows[ITEM_ANSWERS]}
        if owned & self.book.erased:
            yield f"erased learners have item answers: {owned & self.book.erased}"


def _items(quiz: Quiz) -> list[str]:
    return [one.item_id for one in quiz.questions if one.item_id is not None]
