"""The words of the port ``ports.agent`` that other modules need without its tasks."""

from __future__ import annotations

from typing import Literal

from ports.errors import UpstreamError

Role = Literal["chat", "quiz", "interview", "analysis"]
"""Names the agent that does a task. A deployment may set a model or an agent for each role."""
Difficulty = Literal["beginner", "intermediate", "advanced"]
QuestionKind = Literal[
    "multiple_choice", "multiple_answer", "true_false", "cloze", "numeric", "ordering", "short_answer"
]
"""How a question of a quiz is answered: one option, several, true or false, a missing term, a number, the order of
the options, or a sentence."""


class Refused(UpstreamError):
    """The model declined to answer (a guardrail, a content filter)."""
