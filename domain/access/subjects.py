"""The subjects in which a learner may work."""

from __future__ import annotations

from collections.abc import Sequence

from domain.base.errors import NotFound
from domain.base.learner import Learner
from ports.directory import Assignment, ClassSession, Directory, Subject


class Subjects:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, learner: Learner) -> list[Subject]:
        """The subjects that the learner is enrolled in or teaches."""
        return self.of_user(learner.user_id)

    def of_user(self, user_id: str) -> list[Subject]:
        """The same as ``of``, for work that does not come from a request of the learner."""
        return self._directory.subjects_of(user_id)

    def get(self, learner: Learner, subject_id: str) -> Subject:
        """The subject. Raises ``NotFound`` if it does not exist or is not the learner's."""
        return self.all_of(learner, [subject_id])[0]

    def all_of(self, learner: Learner, subject_ids: Sequence[str]) -> list[Subject]:
        """The subjects with these ids, in order. Raises ``NotFound`` if one of them is not the learner's."""
        return among(self.of(learner), subject_ids)

    def recent_sessions(self, subject: Subject, limit: int) -> list[ClassSession]:
        """Up to ``limit`` class sessions of one of the learner's subjects, newest first."""
        return self._directory.sessions(subject.subject_id, limit=limit)

    def assignment(self, learner: Learner, assignment_id: str) -> Assignment:
        """An assignment of one of the learner's subjects. Raises ``NotFound``."""
        assignment = self._directory.assignment(assignment_id)
        mine = {subject.subject_id for subject in self.of(learner)}
        if assignment is None or assignment.subject_id not in mine:
            raise NotFound("assignment_not_found", "There is no such assignment.")
        return assignment

    def assignments(self, subject: Subject) -> list[Assignment]:
        """The assignments of one of the learner's subjects, ordered by id."""
        return self._directory.assignments(subject.subject_id)

    def session(self, learner: Learner, session_id: str) -> ClassSession:
        """A class session of one of the learner's subjects. Raises ``NotFound``."""
        session = self._directory.session(session_id)
        mine = {subject.subject_id for subject in self.of(learner)}
        if session is None or session.subject_id not in mine:
            raise NotFound("session_not_found", "There is no such class session.")
        return session


def among(mine: Sequence[Subject], subject_ids: Sequence[str]) -> list[Subject]:
    """The subjects with these ids, in order. Raises ``NotFound`` if one of them is not among ``mine``."""
    by_id = {subject.subject_id: subject for subject in mine}
    try:
        return [by_id[subject_id] for subject_id in subject_ids]
    except KeyError:
        raise NotFound("subject_not_found", "There is no such subject.") from None
