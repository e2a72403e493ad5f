"""The school's records, read-only: people, subjects, class sessions, assignments.

The tables are Supabase's ``users, subjects, sessions, assignments, user_roles, subject_enrollments``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ports.lifecycle import Closeable


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the school. ``auth_user_id`` is the id in access tokens."""

    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str
    """``student`` or ``teacher``: the role the person acts in now."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A course. ``teacher_id`` is the user id of its teacher."""

    subject_id: str
    name: str
    teacher_id: str | None


@dataclass(frozen=True, slots=True)
class ClassSession:
    """A lesson of a subject."""

    session_id: str
    subject_id: str
    title: str
    session_date: str
    """RFC 3339 date."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task for the learners of a subject. ``session_id`` is None if it belongs to no class session."""

    assignment_id: str
    subject_id: str
    session_id: str | None
    title: str


class Directory(Closeable, Protocol):
    """Every method may raise ``UpstreamError``. In an outage no method returns None or an empty result."""

    def person(self, auth_user_id: str) -> Person | None:
        """The person with this auth id, or None if the school has none."""
        ...

    def people(self, user_ids: Sequence[str]) -> dict[str, Person]:
        """The people with these user ids, by user id. Takes any number of ids; unknown ones are left out."""
        ...

    def subjects_of(self, user_id: str) -> list[Subject]:
        """The subjects that the person is enrolled in or teaches, ordered by subject id."""
        ...

    def subject(self, subject_id: str) -> Subject | None:
        """The subject, or None if there is none."""
        ...

    def is_enrolled(self, user_id: str, subject_id: str) -> bool:
        """Whether the person is enrolled as a learner; False if either does not exist."""
        ...

    def teaches(self, user_id: str, subject_id: str) -> bool:
        """Whether the person is the teacher of the subject; False if either does not exist."""
        ...

    def enrolled(self, subject_id: str) -> list[str]:
        """The user ids of all learners enrolled in the subject, in ascending order, without a limit."""
        ...

    def sessions(self, subject_id: str, *, limit: int) -> list[ClassSession]:
        """The newest ``limit`` class sessions of the subject, newest first."""
        ...

    def session(self, session_id: str) -> ClassSession | None:
        """The class session, or None if there is none."""
        ...

    def assignment(self, assignment_id: str) -> Assignment | None:
        """The assignment, or None if there is none."""
        ...

    def assignments(self, subject_id: str) -> list[Assignment]:
        """All assignments of the subject, ordered by assignment id, without a limit."""
        ...


@dataclass(frozen=True, slots=True)
class School:
    """The whole content of a directory as plain data, for directories that this project fills itself."""

    people: tuple[Person, ...]
    subjects: tuple[Subject, ...]
    sessions: tuple[ClassSession, ...]
    assignments: tuple[Assignment, ...]
    enrolments: tuple[tuple[str, str], ...]
    """(user_id, subject_id) pairs."""
