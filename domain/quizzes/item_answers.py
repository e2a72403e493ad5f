"""The repository of item answers: for each item of a class's bank, the answers of the learners who were asked it.

It is an index of what quizzes and results contain. A row is written in the same transaction as the result, so that
neither exists without the other. All rows of an item share a partition, so that reading an item's answers takes one
page for each 1,000 rows, and no quiz is read. An erasure removes a learner's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from domain.base.tables import ITEM_ANSWERS
from domain.progress.evidence import Evidence
from domain.quizzes.attempt import GradedAnswer, Score
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import LETTERED, LETTERS, ONE_CHOICE, Answer
from domain.quizzes.quizzes import answer_from, stored_answer
from ports.agent_words import QuestionKind
from ports.key_value_store import Item, KeyValueStore, Put
from ports.paging import Page, every

_PAGE = 1000
_REVIEWS = "reviews#"
"""The prefix of an item's partition that holds the answers to reviews."""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One learner's answer to an item in one attempt. The id of its evidence is ``{quiz_id}-{question_id}``."""

    subject_id: str
    item_id: str
    item_version: int
    user_id: str
    quiz_id: str
    """The quiz of the answer. The id of its result is ``result_id(quiz_id)``."""
    question_id: str
    assignment_id: str | None
    attempt: int
    kind: QuestionKind
    concept: str
    answer: Answer | None
    """None if the question was not answered. Letters are those of the options in the item's version, not those that the
    learner saw.
    """
    credit: float
    """0 (wrong) to 1 (right)."""
    needs_review: bool
    """Whether the answer could not be marked. It then counts in no score."""
    hints_used: int
    attempt_credit: float
    """The sum of the credits of all answers in the attempt that count."""
    attempt_questions: int
    """The number of answers in the attempt that count."""
    answered_at: str
    key_revision: int = 0
    """The revision of the key by which the answer was marked."""
    is_overridden: bool = False
    """Whether a person decided on the mark. Such a decision stays when the key changes."""
    is_retired: bool = False
    """Whether the question is left out of the score."""

    @property
    def counts(self) -> bool:
        """Whether the answer counts in the score of its attempt."""
        return not (self.needs_review or self.is_retired)

    @property
    def credit_of_others(self) -> float | None:
        """The mean credit of the other answers in the attempt that count, 0 to 1; None if there is none."""
        count = self.attempt_questions - self.counts
        credit = self.attempt_credit - (self.credit if self.counts else 0.0)
        return credit / count if count else None


@dataclass(frozen=True, slots=True)
class ItemReview:
    """One learner's answer, on one day, to an item that came back as a review."""

    subject_id: str
    item_id: str
    item_version: int
    user_id: str
    quiz_id: str
    question_id: str
    review_id: str
    """The id of the review, which the API of reviews calls ``item_id``."""
    evidence_id: str
    answered_on: str
    answered_at: str
    answer: Answer
    """Letters are those of the options in the item's version."""
    credit: float
    key_revision: int = 0
    is_retired: bool = False


class ItemAnswers:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def puts(self, quiz: Quiz, score: Score, answered_at: str) -> list[Put]:
        """The writes that store the quiz's answers to items; empty if no question asks an item.

        The caller puts them into the transaction that stores the result. For a changed ``score`` of the same quiz, they
        replace the earlier rows.
        """
        counted = [graded.credit for graded in score.results if graded.counts]
        return [
            Put(ITEM_ANSWERS, _item(_answer(quiz, question, graded, counted, answered_at)))
            for question, graded in zip(quiz.questions, score.results, strict=True)
            if question.item_id is not None
        ]

    def page(
        self, subject_id: str, item_id: str, *, limit: int = _PAGE, cursor: str | None = None
    ) -> Page[ItemAnswer]:
        """Up to ``limit`` answers (at most 1,000) to the subject's item, ordered by learner. Never stale."""
        partition = _partition(subject_id, item_id)
        page = self._store.query(ITEM_ANSWERS, partition, limit=limit, cursor=cursor)
        return Page([_from(item) for item in page.items], page.cursor)

    def review_put(self, review: ItemReview) -> Put:
        """The write that stores an answer to a review, or replaces it. The caller puts it into the answer's
        transaction.
        """
        return Put(ITEM_ANSWERS, _review_item(review))

    def reviews_of(self, subject_id: str, item_id: str) -> list[ItemReview]:
        """All answers to reviews of the subject's item, ordered by learner. Never stale."""
        partition = _REVIEWS + _partition(subject_id, item_id)
        rows = every(lambda cursor: self._store.query(ITEM_ANSWERS, partition, limit=_PAGE, cursor=cursor))
        return list(map(_review_from, rows))

    def of(self, subject_id: str, item_id: str) -> list[ItemAnswer]:
        """All answers to the subject's item, ordered by learner. One round trip for each 1,000 answers or each
        megabyte.
        """
        return list(every(lambda cursor: self.page(subject_id, item_id, cursor=cursor)))

    def of_assignment(self, assignment_id: str) -> list[ItemAnswer]:
        """All answers in attempts at the assignment, earliest first. The latest ones may be missing: the index lags."""
        return list(every(lambda cursor: self.page_of_assignment(assignment_id, limit=_PAGE, cursor=cursor)))

    def page_of_assignment(self, assignment_id: str, *, limit: int, cursor: str | None) -> Page[ItemAnswer]:
        """Up to ``limit`` answers (at most 1,000) in attempts at the assignment, as ``of_assignment``."""
        page = self._store.query(
            ITEM_ANSWERS, assignment_id, index="assignment-id-index", limit=limit, cursor=cursor
        )
        return Page([_from(item) for item in page.items], page.cursor)


def review_of(question: Question, evidence: Evidence, answer: Answer, answered_on: str) -> ItemReview:
    """The row of an answer to a review, made from its ``evidence``."""
    return ItemReview(
        subject_id=evidence.subject_id,
        item_id=question.item_id or "",
        item_version=question.item_version,
        user_id=evidence.user_id,
        quiz_id=evidence.source_id,
        question_id=question.question_id,
        review_id=evidence.question_key,
        evidence_id=evidence.evidence_id,
        answered_on=answered_on,
        answered_at=evidence.occurred_at,
        answer=in_order_of_item(question, answer) or "",
        credit=evidence.score,
        key_revision=question.key_revision,
    )


def in_order_of_item(question: Question, answer: Answer | None) -> Answer | None:
    """The learner's answer with the letters that its options have in the item."""
    if answer is None or question.kind not in (*ONE_CHOICE, *LETTERED) or not question.item_order:
        return answer
    letters = [LETTERS[question.item_order[LETTERS.index(letter)]] for letter in answer]
    if isinstance(answer, str):
        return letters[0]
    return tuple(sorted(letters)) if question.kind == "multiple_answer" else tuple(letters)


def _answer(
    quiz: Quiz, question: Question, graded: GradedAnswer, counted: list[float], answered_at: str
) -> ItemAnswer:
    return ItemAnswer(
        subject_id=quiz.subject_id or "",
        item_id=question.item_id or "",
        item_version=question.item_version,
        user_id=quiz.user_id,
        quiz_id=quiz.quiz_id,
        question_id=question.question_id,
        assignment_id=quiz.assignment_id,
        attempt=quiz.attempt,
        kind=question.kind,
        concept=question.concept,
        answer=in_order_of_item(question, graded.user_answer),
        credit=graded.credit,
        needs_review=graded.needs_review,
        hints_used=graded.hints_used,
        attempt_credit=round(sum(counted), 6),
        attempt_questions=len(counted),
        answered_at=answered_at,
        key_revision=question.key_revision,
        is_overridden=graded.machine is not None,
        is_retired=graded.is_retired,
    )


def _review_item(review: ItemReview) -> Item:
    parts = (review.user_id, review.review_id, review.answered_on)
    return asdict(review) | {
        "subject_item": _REVIEWS + _partition(review.subject_id, review.item_id),
        "sort_key": "#".join(quote(part, safe="") for part in parts),
        "answer": stored_answer(review.answer),
    }


def _review_from(row: Mapping[str, Any]) -> ItemReview:
    fields = {name: value for name, value in row.items() if name in ItemReview.__dataclass_fields__}
    return ItemReview(**fields | {"credit": float(row["credit"]), "answer": answer_from(row["answer"])})


def _partition(subject_id: str, item_id: str) -> str:
    """The partition of an item. Both parts are escaped, so that no two items share a partition."""
    return f"{quote(subject_id, safe='')}#{quote(item_id, safe='')}"


def _item(answer: ItemAnswer) -> Item:
    parts = (answer.user_id, answer.quiz_id, answer.question_id)
    told = {name: value for name, value in asdict(answer).items() if value is not None}
    return told | {
        "subject_item": _partition(answer.subject_id, answer.item_id),
        "sort_key": "#".join(quote(part, safe="") for part in parts),
        "answer": stored_answer(answer.answer),
    }


def _from(item: Mapping[str, Any]) -> ItemAnswer:
    fields = {name: value for name, value in item.items() if name in ItemAnswer.__dataclass_fields__}
    numbers = {name: float(item[name]) for name in ("credit", "attempt_credit")}
    answer = answer_from(item["answer"])
    return ItemAnswer(**{"assignment_id": None} | fields | numbers | {"answer": answer})
