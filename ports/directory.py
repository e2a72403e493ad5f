"""The school's own records, read-only: people, subjects, class sessions, assignments.

The tables are Supabase's ``users, subjects, sessions, assignments, user_roles, subject_enrollments``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ports.lifecycle import Closeable


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str
    """``student`` or ``teacher``: the role the person acts in now."""


@dataclass(frozen=True, slots=True)
class Subject:
    subject_id: str
    name: str
    teacher_id: str | None


@dataclass(frozen=True, slots=True)
class ClassSession:
    session_id: str
    subject_id: str
    title: str
    session_date: str
    """RFC 3339 date."""


@dataclass(frozen=True, slots=True)
class Assignment:
    assignment_id: str
    subject_id: str
    session_id: str | None
    title: str


class Directory(Closeable, Protocol):
    """Every method may raise an ``UpstreamError``: an outage is never answered as "nobody"."""

    def person(self, auth_user_id: str) -> Person | None:
        """Who holds this auth id, or None if the school does not know them."""
        ...

    def people(self, user_ids: Sequence[str]) -> dict[str, Person]:
        """The people of any number of user ids; an unknown one is left out."""
        ...

    def subjects_of(self, user_id: str) -> list[Subject]:
        """The subjects the person is enrolled in or teaches, by subject id."""
        ...

    def subject(self, subject_id: str) -> Subject | None: ...

    def is_enrolled(self, user_id: str, subject_id: str) -> bool: ...

    def teaches(self, user_id: str, subject_id: str) -> bool: ...

    def enrolled(self, subject_id: str) -> list[str]:
        """The user ids of every learner enrolled, in order, however many."""
        ...

    def sessions(self, subject_id: str, *, limit: int) -> list[ClassSession]:
        """The latest class sessions, newest first."""
        ...

    def session(self, session_id: str) -> ClassSession | None: ...

    def assignment(self, assignment_id: str) -> Assignment | None: ...


@dataclass(frozen=True, slots=True)
class School:
    """All that a directory knows, as plain data: what a directory is filled with, where it is ours to fill."""

    people: tuple[Person, ...]
    subjects: tuple[Subject, ...]
    sessions: tuple[ClassSession, ...]
    assignments: tuple[Assignment, ...]
    enrolments: tuple[tuple[str, str], ...]
    """(user_id, subject_id) pairs."""
