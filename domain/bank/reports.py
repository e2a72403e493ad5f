"""Reports for a teacher: figures of the class's items, and who answered an assigned quiz."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.access.teaching import Teaching
from domain.bank.assigning import Assigning
from domain.bank.item import BankItem, ItemVersion
from domain.bank.items import Items
from domain.bank.statistics import ItemFigures, figures, first_answers
from domain.base.learner import Learner
from domain.quizzes.assigned import AssignedQuiz
from domain.quizzes.item_answers import ItemAnswer, ItemAnswers
from ports.directory import Directory
from ports.paging import Page
from ports.workers import Workers

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class LearnersAttempts:
    """One enrolled learner, with a summary of the submitted attempts. ``best_score`` is a percentage."""

    user_id: str
    name: str
    submitted: int
    last_submitted_at: str | None = None
    best_score: float | None = None


@dataclass(frozen=True, slots=True)
class AssignedReport:
    """How a class answers an assigned quiz."""

    assigned: AssignedQuiz
    num_questions: int
    """The number of questions of a new attempt. Retired items are not among them."""
    learners: tuple[LearnersAttempts, ...]
    """All enrolled learners, by name."""
    items: tuple[ItemFigures, ...]
    """The figures of the items in this assignment only."""


class BankReports:
    """Reads only item answers, no quizzes: one query for each item of a page, or the answers of one assignment."""

    def __init__(
        self,
        items: Items,
        answers: ItemAnswers,
        assigning: Assigning,
        directory: Directory,
        workers: Workers,
    ) -> None:
        self._items = items
        self._answers = answers
        self._assigning = assigning
        self._directory = directory
        self._workers = workers
        self._teaching = Teaching(directory)

    def statistics(
        self, teacher: Learner, subject_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Page[BankItem], list[ItemFigures]]:
        """A page of all items, newest first, and the figures of each.

        Only answers of learners who are enrolled now count. Raises ``Forbidden``.
        """
        self._teaching.subject(teacher, subject_id)
        page = self._items.page(subject_id, limit=limit, cursor=cursor)
        return page, self.figures_of(page.items)

    def figures_of(self, items: Sequence[BankItem]) -> list[ItemFigures]:
        """The figures of the items. All must be of one subject; the caller has checked that the teacher teaches it."""
        if not items:
            return []
        subject_id = items[0].subject_id
        enrolled = frozenset(self._directory.enrolled(subject_id))
        answered = self._all_answers(subject_id, [item.item_id for item in items])
        return self._figures({name: first_answers(found, enrolled) for name, found in answered.items()})

    def assigned(self, teacher: Learner, subject_id: str, assignment_id: str) -> AssignedReport:
        """Who answered an assigned quiz, and the figures of its items so far.

        Raises ``Forbidden``, and ``NotFound`` if no quiz of the bank is assigned.
        """
        assigned = self._assigning.assigned(teacher, subject_id, assignment_id)
        enrolled = self._directory.enrolled(subject_id)
        names = {person.user_id: person.name for person in self._directory.people(enrolled).values()}
        rows = self._answers.of_assignment(assignment_id)
        answered: dict[str, list[ItemAnswer]] = {item_id: [] for item_id in assigned.item_ids}
        for row in rows:
            answered.setdefault(row.item_id, []).append(row)
        learners = _attempts(enrolled, names, rows)
        wanted = frozenset(enrolled)
        first = {name: first_answers(found, wanted) for name, found in answered.items()}
        return AssignedReport(
            assigned, self._assigning.num_questions(assigned), learners, tuple(self._figures(first))
        )

    def _figures(self, answers: dict[str, list[ItemAnswer]]) -> list[ItemFigures]:
        places = {(name, one.item_version) for name, found in answers.items() for one in found}
        stored = self._items.versions(places)
        versions: defaultdict[str, dict[int, ItemVersion]] = defaultdict(dict)
        for (item_id, number), version in stored.items():
            versions[item_id][number] = version
        return [figures(name, found, versions[name]) for name, found in answers.items()]

    def _all_answers(self, subject_id: str, item_ids: Sequence[str]) -> dict[str, list[ItemAnswer]]:
        if not item_ids:
            return {}
        with self._workers.pool(min(_AT_ONCE, len(item_ids))) as pool:
            found = pool.map(lambda item_id: self._answers.of(subject_id, item_id), item_ids)
            return dict(zip(item_ids, found, strict=True))


def _attempts(
    enrolled: Sequence[str], names: dict[str, str], rows: Sequence[ItemAnswer]
) -> tuple[LearnersAttempts, ...]:
    """The summary of each enrolled learner. ``rows`` has one row for each question; each row holds the credit of the
    whole attempt.
    """
    by_learner: defaultdict[str, dict[str, ItemAnswer]] = defaultdict(dict)
    for row in rows:
        by_learner[row.user_id][row.quiz_id] = row
    found = []
    for user_id in enrolled:
        attempts = list(by_learner[user_id].values())
        scores = [
            round(100 * one.attempt_credit / one.attempt_questions, 2)
            for one in attempts
            if one.attempt_questions
        ]
        found.append(
            LearnersAttempts(
                user_id=user_id,
                name=names.get(user_id, ""),
                submitted=len(attempts),
                last_submitted_at=max((one.answered_at for one in attempts), default=None),
                best_score=max(scores, default=None),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.user_id)))
