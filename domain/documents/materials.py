"""Class materials: documents that a teacher uploads once for all learners of the subject."""

from __future__ import annotations

from dataclasses import replace

from domain.access.classes import class_owner
from domain.access.teaching import Teaching
from domain.base.learner import Learner
from domain.documents.document import Document, Labels, NewDocument
from domain.documents.documents import Documents
from domain.documents.library import Library, UploadOffer
from ports.paging import Page


class Materials:
    """The materials of a class. They belong to the class: who uploaded them is not stored.

    Each method raises ``Forbidden`` unless the teacher teaches the subject.
    """

    def __init__(self, library: Library, documents: Documents, teaching: Teaching) -> None:
        self._library = library
        self._documents = documents
        self._teaching = teaching

    def offer_upload(
        self, teacher: Learner, subject_id: str, new: NewDocument, size: int, file_id: str
    ) -> UploadOffer:
        """As ``Library.offer_upload``, for the class."""
        self._teaching.subject(teacher, subject_id)
        document = replace(new, subject_id=subject_id)
        return self._library.offer_upload(teacher, document, size, file_id, owner=class_owner(subject_id))

    def page(self, teacher: Learner, subject_id: str, *, limit: int, cursor: str | None) -> Page[Document]:
        """The class's materials, newest first."""
        self._teaching.subject(teacher, subject_id)
        return self._documents.page(
            class_owner(subject_id),
            subject_id=None,
            session_id=None,
            status=None,
            limit=limit,
            cursor=cursor,
        )

    def change(self, teacher: Learner, subject_id: str, file_id: str, labels: Labels) -> Document:
        """As ``Library.change``, for the class. Raises ``NotFound`` for a session of another subject."""
        self._teaching.subject(teacher, subject_id)
        wanted = Labels(**{**labels, "subject_id": subject_id})
        return self._library.change(teacher, file_id, wanted, owner=class_owner(subject_id))

    def delete(self, teacher: Learner, subject_id: str, file_id: str) -> None:
        """As ``Library.remove``, for the class."""
        self._teaching.subject(teacher, subject_id)
        self._library.remove(class_owner(subject_id), file_id)
