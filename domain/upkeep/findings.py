"""The kinds of faults in the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingKind = Literal[
    "row_lost",
    "text_lost",
    "original_lost",
    "document_lost",
    "vectors_lost",
    "vectors_left_over",
    "objects_left_over",
    "original_without_row",
    "concepts_lost",
    "named_row_lost",
]

WHAT: dict[FindingKind, str] = {
    "row_lost": "its row is missing; its original and its extracted text exist",
    "text_lost": "its text or its chunks are missing or damaged; its original exists",
    "original_lost": "its original is missing or damaged; its text exists, so it can be asked, but not downloaded",
    "document_lost": "its original and its text are missing or damaged",
    "vectors_lost": "vectors of its chunks are missing, so searches do not find it",
    "vectors_left_over": "vectors belong to no document or to no chunk of it",
    "objects_left_over": "objects with extracted text belong to a document that does not exist",
    "original_without_row": "an original has no row and no other data",
    "concepts_lost": "vectors of the learner's concepts are missing",
    "named_row_lost": "rows of this table are missing, and other rows name them",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``owner`` and ``file_id`` are "" if they are not known. For `concepts_lost`, ``file_id`` is the id of
    a subject. For `named_row_lost`, it has the name of a table and the key of the missing rows.

    ``names`` holds the keys of the objects, or the ids of the vectors, that should not exist. ``missing`` is the
    number of missing vectors or rows; 0 for other faults.
    """

    kind: FindingKind
    owner: str = ""
    file_id: str = ""
    names: tuple[str, ...] = ()
    missing: int = 0

    def __str__(self) -> str:
        whose = f"{self.file_id or '?'} of {self.owner or '?'}"
        count = f" ({self.missing or len(self.names)})" if self.missing or self.names else ""
        return f"{self.kind}: {whose}: {WHAT[self.kind]}{count}"
