"""Which subjects a learner may work in."""

from __future__ import annotations

from collections.abc import Sequence

from domain.model.errors import NotFound
from domain.model.learner import Learner
from ports.directory import ClassSession, Directory, Subject


class Subjects:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, learner: Learner) -> list[Subject]:
        """The subjects that the learner is enrolled in or teaches."""
        return self._directory.subjects_of(learner.user_id)

    def get(self, learner: Learner, subject_id: str) -> Subject:
        """Raises ``NotFound``, alike for a subject that is not there and one that is not the learner's."""
        return self.all_of(learner, [subject_id])[0]

    def all_of(self, learner: Learner, subject_ids: Sequence[str]) -> list[Subject]:
        """The subjects of ``subject_ids``, each of them the learner's. Raises ``NotFound``."""
        mine = {subject.subject_id: subject for subject in self.of(learner)}
        try:
            return [mine[subject_id] for subject_id in subject_ids]
        except KeyError:
            raise NotFound("subject_not_found", "There is no such subject.") from None

    def session(self, learner: Learner, session_id: str) -> ClassSession:
        """A class session of one of the learner's subjects. Raises ``NotFound``."""
        session = self._directory.session(session_id)
        mine = {subject.subject_id for subject in self.of(learner)}
        if session is None or session.subject_id not in mine:
            raise NotFound("session_not_found", "There is no such class session.")
        return session
