"""What a teacher is shown of a class."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC

from domain.access.teaching import Teaching
from domain.base.errors import InvalidRequest
from domain.base.learner import Learner
from domain.progress.analytics import ClassAnalytics, LearnerProgress, analyse, place
from domain.progress.ledger import Ledger
from ports.directory import Directory
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class ClassReport:
    """The class, with one page of its ``learning_progress`` and the cursor of the next; all else is of the class."""

    analytics: ClassAnalytics
    next_cursor: str | None


class Reporting:
    """Reads one standing a learner, never a ledger: a class of 1,000 is ten batch reads."""

    def __init__(self, ledger: Ledger, directory: Directory, clock: Clock) -> None:
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._teaching = Teaching(directory)

    def subject_analytics(
        self, learner: Learner, subject_id: str, *, limit: int, cursor: str | None = None
    ) -> ClassReport:
        """The learners enrolled now, at most ``limit`` of them by name after ``cursor``.

        Raises ``Forbidden`` unless ``learner`` teaches the subject, and ``InvalidRequest`` for a cursor.
        """
        self._teaching.subject(learner, subject_id)
        after = _position(cursor) if cursor is not None else None
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
            replace(whole, learning_progress=page), None if is_last else _cursor_after(page[-1])
        )


def _cursor_after(row: LearnerProgress) -> str:
    return base64.urlsafe_b64encode(json.dumps(place(row)).encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[str, str]:
    """The ``place`` that ``_cursor_after`` wrote. Raises ``InvalidRequest``."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
            case [str(name), str(user_id)]:
                return name, user_id
    except (ValueError, RecursionError):
        pass
    raise InvalidRequest("invalid_cursor", "The cursor does not belong to this list.", field="cursor")
