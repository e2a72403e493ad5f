"""Everything that the server acknowledged to a learner. It must have all of that, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.learners.texts import Notes


@dataclass
class Brought:
    """A document that the server accepted."""

    file_id: str
    notes: Notes
    is_completed: bool = False
    """Whether the learner has seen it as completed."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A question, its answer, and the idempotency key with which it was asked."""

    key: str
    message: str
    answer: Any


@dataclass
class Taken:
    """A quiz and the learner's answers. ``result`` is None until they are submitted."""

    quiz: Any
    answers: Mapping[str, str]
    result: Any = None


@dataclass
class Held:
    """An interview. ``turns`` are the responses to the answers, by the number of the question."""

    session_id: str
    resume_token: str
    said: dict[int, str] = field(default_factory=dict)
    """The sent answers by the number of the question, even if no response came."""
    turns: dict[int, Any] = field(default_factory=dict)
    summary: Any = None


@dataclass
class Journal:
    documents: dict[str, Brought] = field(default_factory=dict)
    conversations: dict[str, list[Said]] = field(default_factory=dict)
    quizzes: list[Taken] = field(default_factory=list)
    interviews: list[Held] = field(default_factory=list)
    erased: Any = None
    """The response to the learner's erasure; None if there was none. After it the learner makes no requests."""

    @property
    def submitted(self) -> list[Taken]:
        """The quizzes with a result. A quiz has none only if its submission ended with a fault."""
        return [one for one in self.quizzes if one.result is not None]

    @property
    def present(self) -> dict[str, Brought]:
        """The documents that were not deleted."""
        return {file_id: one for file_id, one in self.documents.items() if not one.is_deleted}

    @property
    def completed(self) -> list[Brought]:
        """The documents that the learner has seen as completed, oldest first."""
        return [one for one in self.present.values() if one.is_completed]
