"""A school in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ports.directory import Assignment, ClassSession, Person, School, Subject


class InMemoryDirectory:
    """Implements ``Directory``.

    ``calls`` records the called methods. While ``outage`` is set, each method raises it.
    """

    def __init__(self, school: School) -> None:
        self._school = school
        self.calls: list[str] = []
        self.outage: Exception | None = None

    def leave(self, user_id: str, subject_id: str) -> None:
        """End the learner's enrolment in the subject."""
        left = tuple(pair for pair in self._school.enrolments if pair != (user_id, subject_id))
        self._school = replace(self._school, enrolments=left)

    def _asked(self, question: str) -> School:
        self.calls.append(question)
        if self.outage is not None:
            raise self.outage
        return self._school

    def person(self, auth_user_id: str) -> Person | None:
        people = self._asked("person").people
        return next((person for person in people if person.auth_user_id == auth_user_id), None)

    def people(self, user_ids: Sequence[str]) -> dict[str, Person]:
        wanted = set(user_ids)
        return {p.user_id: p for p in self._asked("people").people if p.user_id in wanted}

    def subjects_of(self, user_id: str) -> list[Subject]:
        school = self._asked("subjects_of")
        mine = [
            subject
            for subject in school.subjects
            if subject.teacher_id == user_id or (user_id, subject.subject_id) in school.enrolments
        ]
        return sorted(mine, key=lambda subject: subject.subject_id)

    def subject(self, subject_id: str) -> Subject | None:
        return next((s for s in self._asked("subject").subjects if s.subject_id == subject_id), None)

    def is_enrolled(self, user_id: str, subject_id: str) -> bool:
        return (user_id, subject_id) in self._asked("is_enrolled").enrolments

    def teaches(self, user_id: str, subject_id: str) -> bool:
        subjects = self._asked("teaches").subjects
        return any(s.subject_id == subject_id and s.teacher_id == user_id for s in subjects)

    def enrolled(self, subject_id: str) -> list[str]:
        return sorted(user for user, subject in self._asked("enrolled").enrolments if subject == subject_id)

    def sessions(self, subject_id: str, *, limit: int) -> list[ClassSession]:
        of_subject = [s for s in self._asked("sessions").sessions if s.subject_id == subject_id]
        return sorted(of_subject, key=lambda s: (s.session_date, s.session_id), reverse=True)[:limit]

    def session(self, session_id: str) -> ClassSession | None:
        return next((s for s in self._asked("session").sessions if s.session_id == session_id), None)

    def assignment(self, assignment_id: str) -> Assignment | None:
        assignments = self._asked("assignment").assignments
        return next((a for a in assignments if a.assignment_id == assignment_id), None)

    def assignments(self, subject_id: str) -> list[Assignment]:
        of_subject = [a for a in self._asked("assignments").assignments if a.subject_id == subject_id]
        return sorted(of_subject, key=lambda a: a.assignment_id)

    def close(self) -> None:
        """Does nothing: a fake holds nothing open."""
