"""The repository of quizzes and their results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from domain.base.errors import NotFound
from domain.base.moments import to_text
from domain.base.tables import QUIZ_RESULTS, QUIZZES
from domain.documents.passage import Citation, citation_from
from domain.progress.levels import MasteryChange
from domain.progress.marks import review_from, stored_review
from domain.quizzes.answered import evidence_id
from domain.quizzes.assigned_quizzes import AssignedQuizzes
from domain.quizzes.attempt import GradedAnswer, Result, Score
from domain.quizzes.credits import Credit
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import Answer
from ports.key_value_store import Check, ConditionFailed, Item, KeyValueStore, Put, Write
from ports.paging import Page

_LISTS = ("options", "right", "accepted", "near", "hints", "item_order")


class Quizzes:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self._assigned = AssignedQuizzes(store)

    def add(self, quiz: Quiz) -> Quiz:
        """Store a new quiz and return it. If its id is taken, return the stored quiz.

        Raises ``NotFound`` if the id is taken by another user's quiz.
        """
        made = replace(quiz, version=1)
        try:
            self._store.put(QUIZZES, _quiz_item(made), unless_exists=True)
        except ConditionFailed:
            return self.get(quiz.user_id, quiz.quiz_id)
        return made

    def change(self, quiz: Quiz) -> None:
        """Store the changed quiz. Raises ``ConditionFailed`` if the stored one is at another version."""
        self._store.put(QUIZZES, _quiz_item(replace(quiz, version=quiz.version + 1)), if_version=quiz.version)

    def find(self, owner: str, quiz_id: str) -> Quiz | None:
        """The owner's quiz, or None."""
        item = self._store.get(QUIZZES, {"quiz_id": quiz_id})
        return None if item is None or item["user_id"] != owner else _quiz_from(item)

    def find_many(self, owner: str, quiz_ids: Sequence[str]) -> list[Quiz]:
        """The owner's quizzes with these ids, never stale. Missing ones are left out."""
        rows = self._store.get_many(QUIZZES, [{"quiz_id": quiz_id} for quiz_id in quiz_ids])
        return [_quiz_from(row) for row in rows if row is not None and row["user_id"] == owner]

    def get(self, owner: str, quiz_id: str) -> Quiz:
        """The owner's quiz. Raises ``NotFound`` if it does not exist or belongs to another user."""
        quiz = self.find(owner, quiz_id)
        if quiz is None:
            raise NotFound("quiz_not_found", "There is no such quiz.")
        return quiz

    def questions(
        self, owner: str, places: Iterable[tuple[str, str]], now: datetime
    ) -> dict[tuple[str, str], Question]:
        """The questions at these places (quiz id, question id) whose keys the owner may see now. Others are left out."""
        wanted = set(places)
        quizzes = self.find_many(owner, sorted({quiz_id for quiz_id, _ in wanted}))
        attempts = {quiz.quiz_id: quiz.assignment_id for quiz in quizzes if quiz.attempt}
        hidden = self._assigned.hiding_keys(attempts, to_text(now))
        return {
            (quiz.quiz_id, question.question_id): question
            for quiz in quizzes
            if quiz.submitted_at is not None and quiz.quiz_id not in hidden
            for question in quiz.questions
            if (quiz.quiz_id, question.question_id) in wanted
        }

    def shows_keys(self, of: Quiz | Result, now: datetime) -> bool:
        """Whether the owner may see the keys: the quiz is submitted, and its assignment, if it has one, shows them now."""
        if of.submitted_at is None:
            return False
        attempts = {of.quiz_id: of.assignment_id} if of.attempt else {}
        return not self._assigned.hiding_keys(attempts, to_text(now))

    def hiding_keys(self, results: Sequence[Quiz | Result], now: datetime) -> frozenset[str]:
        """The ids of those submitted quizzes whose keys the owner may not see now."""
        attempts = {one.quiz_id: one.assignment_id for one in results if one.attempt}
        return self._assigned.hiding_keys(attempts, to_text(now))

    def page(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Quiz]:
        """Up to ``limit`` of the owner's quizzes, newest first."""
        page = self._store.query(
            QUIZZES, owner, index="user-id-index", descending=True, limit=limit, cursor=cursor
        )
        return Page([_quiz_from(item) for item in page.items], page.cursor)

    def submit(self, quiz: Quiz, result: Result, beside: Sequence[Write]) -> None:
        """Store the result, the submitted quiz and ``beside``: all or nothing.

        Raises ``ConditionFailed`` if the quiz was submitted or changed before.
        """
        submitted = replace(quiz, submitted_at=result.submitted_at, version=quiz.version + 1)
        self._store.transact(
            [
                Put(QUIZZES, _quiz_item(submitted), if_version=quiz.version),
                Put(QUIZ_RESULTS, _result_item(result), unless_exists=True),
                *beside,
            ]
        )

    def unchanged(self, quiz: Quiz) -> Check:
        """A check for a transaction. It fails if the stored quiz is at another version."""
        return Check(QUIZZES, {"quiz_id": quiz.quiz_id}, if_version=quiz.version)

    def correct(self, quiz: Quiz, result: Result, beside: Sequence[Write]) -> None:
        """Store a submitted quiz, its result and ``beside``: all or nothing.

        Raises ``ConditionFailed`` if the stored quiz is at another version.
        """
        corrected = replace(quiz, version=quiz.version + 1)
        self._store.transact(
            [
                Put(QUIZZES, _quiz_item(corrected), if_version=quiz.version),
                Put(QUIZ_RESULTS, _result_item(result)),
                *beside,
            ]
        )

    def find_result(self, owner: str, quiz_id: str) -> Result | None:
        """The result of the owner's quiz; None if it was not submitted."""
        return self.find_result_by_id(owner, result_id(quiz_id))

    def find_result_by_id(self, owner: str, result_id: str) -> Result | None:
        """The owner's result with this id, or None."""
        result = self.find_result_of_anyone(result_id)
        return result if result is not None and result.user_id == owner else None

    def find_result_of_anyone(self, result_id: str) -> Result | None:
        """The result with this id, whoever owns it, or None. The caller must check that the teacher teaches its
        subject.
        """
        item = self._store.get(QUIZ_RESULTS, {"result_id": result_id})
        return None if item is None else _result_from(item)

    def results_of_anyone(self, result_ids: Sequence[str]) -> dict[str, Result]:
        """The results with these ids, whoever owns them. Missing ones are left out.

        The caller must check that the teacher teaches their subjects.
        """
        keys = [{"result_id": one} for one in dict.fromkeys(result_ids)]
        rows = self._store.get_many(QUIZ_RESULTS, keys) if keys else []
        return {row["result_id"]: _result_from(row) for row in rows if row is not None}

    def quizzes_of_anyone(self, quiz_ids: Sequence[str]) -> dict[str, Quiz]:
        """The quizzes with these ids, whoever owns them, as ``results_of_anyone``."""
        keys = [{"quiz_id": one} for one in dict.fromkeys(quiz_ids)]
        rows = self._store.get_many(QUIZZES, keys) if keys else []
        return {row["quiz_id"]: _quiz_from(row) for row in rows if row is not None}

    def results_of(self, owner: str, quiz_ids: Sequence[str]) -> dict[str, Result]:
        """The results of the owner's quizzes with these ids, by quiz id. Never stale. Quizzes without a result are left
        out.
        """
        keys = [{"result_id": result_id(quiz_id)} for quiz_id in quiz_ids]
        rows = self._store.get_many(QUIZ_RESULTS, keys)
        return {row["quiz_id"]: _result_from(row) for row in rows if row and row["user_id"] == owner}

    def results(self, owner: str, *, limit: int, cursor: str | None) -> Page[Result]:
        """Up to ``limit`` of the owner's results, newest first."""
        page = self._store.query(
            QUIZ_RESULTS, owner, index="user-id-index", descending=True, limit=limit, cursor=cursor
        )
        return Page([_result_from(item) for item in page.items], page.cursor)


_RESULT = "-r"


def result_id(quiz_id: str) -> str:
    """The id of a quiz's result. A quiz has at most one."""
    return f"{quiz_id}{_RESULT}"


def evidence_named_in(result: Item) -> list[str]:
    """The ids of the evidence that was stored together with this row of a result: that of each answer that counts."""
    marks = map(_graded_from, result["detailed_results"])
    return [
        evidence_id(result["quiz_id"], mark.question_id)
        for mark in marks
        if mark.user_answer is not None and mark.counts
    ]


def quiz_id_of(result_id: str) -> str:
    """The id of the quiz to which the result belongs."""
    return result_id.removesuffix(_RESULT)


def _quiz_item(quiz: Quiz) -> Item:
    item: Item = {name: value for name, value in asdict(quiz).items() if value is not None}
    item["document_ids"] = list(quiz.document_ids)
    item["kinds"] = list(quiz.kinds)
    item["questions"] = list(map(question_item, quiz.questions))
    return item


def _quiz_from(item: Mapping[str, Any]) -> Quiz:
    fields = {name: value for name, value in item.items() if name in Quiz.__dataclass_fields__}
    fields.setdefault("topic", None)
    fields.setdefault("subject_id", None)
    fields["document_ids"] = tuple(item["document_ids"])
    fields["kinds"] = tuple(item.get("kinds", ("multiple_choice",)))
    fields["questions"] = tuple(map(question_from, item["questions"]))
    return Quiz(**fields)


def question_item(question: Question) -> Item:
    """The question as a dictionary for a row. ``question_from`` reads it."""
    lists = {name: list(getattr(question, name)) for name in _LISTS}
    return asdict(question) | lists | {"citation": _citation_item(question.citation)}


def question_from(item: Mapping[str, Any]) -> Question:
    """The question that ``question_item`` made a dictionary of."""
    lists = {name: tuple(item.get(name, ())) for name in _LISTS}
    return Question(**{**item, **lists, "citation": _citation_from(item["citation"])})


def _citation_item(citation: Citation | None) -> Item | None:
    return None if citation is None else citation.stored()


def _citation_from(item: Mapping[str, Any] | None) -> Citation | None:
    return None if item is None else citation_from(item)


def _result_item(result: Result) -> Item:
    score = result.score
    return {
        "result_id": result.result_id,
        "quiz_id": result.quiz_id,
        "user_id": result.user_id,
        "title": result.title,
        "subject_id": result.subject_id,
        "assignment_id": result.assignment_id,
        "answers": {question_id: stored_answer(answer) for question_id, answer in result.answers.items()},
        "score": score.score,
        "correct_answers": score.correct_answers,
        "total_questions": score.total_questions,
        "detailed_results": [
            asdict(graded)
            | {
                "user_answer": stored_answer(graded.user_answer),
                "correct_answer": stored_answer(graded.correct_answer),
            }
            | {"citation": _citation_item(graded.citation), "review": stored_review(graded.review)}
            for graded in score.results
        ],
        "mastery_changes": [asdict(change) for change in result.mastery_changes],
        "submitted_at": result.submitted_at,
        "attempt": result.attempt,
    }


def _result_from(item: Mapping[str, Any]) -> Result:
    score = item["score"]
    return Result(
        result_id=item["result_id"],
        quiz_id=item["quiz_id"],
        user_id=item["user_id"],
        title=item["title"],
        subject_id=item["subject_id"],
        assignment_id=item["assignment_id"],
        answers={question_id: answer_from(answer) for question_id, answer in item["answers"].items()},
        score=Score(
            None if score is None else float(score),
            item["correct_answers"],
            item["total_questions"],
            tuple(map(_graded_from, item["detailed_results"])),
        ),
        mastery_changes=tuple(MasteryChange(**change) for change in item["mastery_changes"]),
        submitted_at=item["submitted_at"],
        attempt=int(item.get("attempt", 0)),
    )


def _graded_from(item: Mapping[str, Any]) -> GradedAnswer:
    """The mark that a row holds. Results from the time when there was only one kind have no credit: it is 1 for a right
    answer.
    """
    read = {
        "user_answer": answer_from(item["user_answer"]),
        "correct_answer": answer_from(item["correct_answer"]),
        "citation": _citation_from(item["citation"]),
        "machine": _credit_from(item.get("machine")),
        "review": review_from(item.get("review")),
    }
    return GradedAnswer(**{"credit": float(item["is_correct"]), **item, **read})


def _credit_from(item: Mapping[str, Any] | None) -> Credit | None:
    return None if item is None else Credit(float(item["share"]), item["needs_review"])


def stored_answer(answer: Answer | None) -> str | list[str] | None:
    """The answer in the form of a row."""
    return list(answer) if isinstance(answer, tuple) else answer


def answer_from(stored: Any) -> Any:
    """The answer that ``stored_answer`` made."""
    return tuple(stored) if isinstance(stored, list) else stored
