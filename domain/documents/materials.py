"""Class materials: documents that a teacher uploads once for the whole class."""

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
    """The materials of a class. They belong to the class; nothing stores who uploaded them.

    Each method raises ``Forbidden`` if the teacher does not teach the subject.
    """

    def __init__(self, library: Library, documents: Documents, teaching: Teaching) -> None:
        self._library = library
        self._documents = documents
        self._teaching = teaching

    def offer_upload(
        self, teacher: Learner, subject_id: str, new: NewDocument, size: int, file_id: str
    ) -> UploadOffer:
        """Offer the upload of a document of the class, as ``Library.offer_upload`` does."""
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
        """Change the labels of a document of the class, as ``Library.change`` does.

        Raises ``NotFound`` for a session of another subject.
        """
        self._teaching.subject(teacher, subject_id)
        wanted = Labels(**{**labels, "subject_id": subject_id})
        return self._library.change(teacher, file_id, wanted, owner=class_owner(subject_id))

    def delete(self, teacher: Learner, subject_id: str, file_id: str) -> None:
        """Remove a document of the class, as ``Library.remove`` does."""
        self._teaching.subject(teacher, subject_id)
        self._library.remove(class_owner(subject_id), file_id)
