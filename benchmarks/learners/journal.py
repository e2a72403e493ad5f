"""What a learner was acknowledged: the server owes them all of it, and nothing beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.learners.texts import Notes


@dataclass
class Brought:
    """A document that was taken in."""

    file_id: str
    notes: Notes
    is_completed: bool = False
    """As far as the learner was told."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A question and its whole answer, under the key that it was asked with."""

    key: str
    message: str
    answer: Any


@dataclass
class Taken:
    """A quiz; ``result`` is None until it was submitted with the ``answers``."""

    quiz: Any
    answers: Mapping[str, str]
    result: Any = None


@dataclass
class Held:
    """An interview; ``turns`` are what was said to the learner of each answer, by its question's number."""

    session_id: str
    resume_token: str
    said: dict[int, str] = field(default_factory=dict)
    """What was sent, whether or not anything came of it."""
    turns: dict[int, Any] = field(default_factory=dict)
    summary: Any = None


@dataclass
class Journal:
    documents: dict[str, Brought] = field(default_factory=dict)
    conversations: dict[str, list[Said]] = field(default_factory=dict)
    quizzes: list[Taken] = field(default_factory=list)
    interviews: list[Held] = field(default_factory=list)
    erased: Any = None
    """The manifest of the erasure, which was the last that the learner did."""

    @property
    def submitted(self) -> list[Taken]:
        """The quizzes that have a result: all of them, unless a submission ended in a fault."""
        return [one for one in self.quizzes if one.result is not None]

    @property
    def present(self) -> dict[str, Brought]:
        """The documents that were not deleted."""
        return {file_id: one for file_id, one in self.documents.items() if not one.is_deleted}

    @property
    def completed(self) -> list[Brought]:
        """Those that are known to have been read to their end, oldest first."""
        return [one for one in self.present.values() if one.is_completed]
