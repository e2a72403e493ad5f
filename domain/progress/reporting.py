"""The report on a class, for its teacher."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC

from domain.access.teaching import Teaching
from domain.base.learner import Learner
from domain.progress.analytics import ClassAnalytics, analyse, place
from domain.progress.ledger import Ledger
from ports.directory import Directory
from ports.paging import pair_from_cursor, to_cursor
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class ClassReport:
    """The analytics of a class, with one page of ``learning_progress`` and the cursor of the next page."""

    analytics: ClassAnalytics
    next_cursor: str | None


class Reporting:
    """Reads one standing for each learner and no ledger: a class of 1,000 takes ten batch reads."""

    def __init__(self, ledger: Ledger, directory: Directory, clock: Clock) -> None:
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._teaching = Teaching(directory)

    def subject_analytics(
        self, learner: Learner, subject_id: str, *, limit: int, cursor: str | None = None
    ) -> ClassReport:
        """The analytics of the learners enrolled now, with up to ``limit`` rows of learners by name, after ``cursor``.

        Raises ``Forbidden`` if ``learner`` does not teach the subject, and ``InvalidCursor``.
        """
        self._teaching.subject(learner, subject_id)
        after = pair_from_cursor(cursor) if cursor is not None else None
        enrolled = self._directory.enrolled(subject_id)
        people = self._directory.people(enrolled)
        names = {user_id: person.name for user_id, person in people.items()}
        standings = self._ledger.standings(subject_id, enrolled)
        today = self._clock.now().astimezone(UTC).date().isoformat()
        whole = analyse(enrolled, names, standings, today=today)
        rows = whole.learning_progress
        first = bisect_right(rows, after, key=place) if after is not None else 0
        page = rows[first : first + limit]
        is_last = first + limit >= len(rows)
        return ClassReport(
            replace(whole, learning_progress=page), None if is_last else to_cursor(place(page[-1]))
        )
