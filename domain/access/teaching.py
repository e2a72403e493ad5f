"""The subjects in which a teacher may act."""

from __future__ import annotations

from domain.base.errors import Forbidden
from domain.base.learner import Learner
from ports.directory import Directory, Subject


class Teaching:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def subject(self, teacher: Learner, subject_id: str) -> Subject:
        """The subject, if the person teaches it and acts as a teacher now.

        Raises ``Forbidden`` if it does not exist, if they do not teach it, or if their active role is another one.
        """
        if teacher.active_role != "teacher":
            raise Forbidden("teacher_only", "Only teachers may do this.")
        taught = self._directory.teaches(teacher.user_id, subject_id)
        subject = self._directory.subject(subject_id) if taught else None
        if subject is None:
            raise Forbidden("not_your_subject", "You do not teach this subject.")
        return subject
