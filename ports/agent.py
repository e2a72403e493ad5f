"""A language model, or what stands in for one, asked for one reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ports.errors import UpstreamError

Role = Literal["chat", "quiz", "interview", "analysis"]
"""Which agent is asked: a deployment may keep a different model or prompt for each."""
Difficulty = Literal["beginner", "intermediate", "advanced"]


class Refused(UpstreamError):
    """The model declined to answer (a guardrail, a content filter)."""


class CutShort(UpstreamError):
    """The model stopped before it was done (its token limit)."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that the reply may draw on and cite by ``number`` (from 1)."""

    number: int
    source: str
    text: str
    relevance: float
    """How well it fits the question, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said before: ``speaker`` and words."""

    speaker: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to an agent, rendered for models that read text and structured for those that do not.

    ``instructions`` and ``request`` together are everything a language model needs: the passages are
    already fenced as data within ``request``. ``question``, ``passages`` and ``history`` are the same
    material, unrendered, for an agent that works on them directly.
    """

    role: Role
    instructions: str
    request: str
    question: str
    session_id: str
    """Groups the requests of one conversation; 2-100 characters of ``[0-9a-zA-Z._:-]``."""
    passages: tuple[Passage, ...] = ()
    history: tuple[Turn, ...] = ()
    schema: dict[str, Any] | None = field(default=None)
    """JSON schema that the reply must match; None for prose."""
    max_tokens: int = 1024
    wanted: int = 1
    """How many items a reply of a list should hold."""
    avoid: tuple[str, ...] = ()
    """What was said before and should not be said again: the stems of earlier questions."""
    difficulty: Difficulty = "intermediate"
    facts: tuple[str, ...] = ()
    """Of an analysis: what a full answer to ``question`` says, in order."""
    answer: str = ""
    """Of an analysis: what the learner said."""


class Agent(Protocol):
    def reply(self, prompt: Prompt, *, timeout: float) -> Iterator[str]:
        """The reply in pieces, in order; joined they are the whole.

        A statement drawn from a passage is followed by ``[n "words copied from passage n"]``.
        ``timeout`` is seconds for the whole reply. May raise an ``UpstreamError`` at once or while
        iterating: pieces already given are then no reply.
        """
        ...
