"""The types of the port ``ports.agent`` that other modules need without its tasks."""

from __future__ import annotations

from typing import Literal

from ports.errors import UpstreamError

Role = Literal["chat", "quiz", "interview", "analysis"]
"""The role of the agent in a task. A deployment may choose another model or agent for each role."""
Difficulty = Literal["beginner", "intermediate", "advanced"]
QuestionKind = Literal[
    "multiple_choice", "multiple_answer", "true_false", "cloze", "numeric", "ordering", "short_answer"
]
"""How a question of a quiz is answered: by one option, several options, true or false, a missing term, a number, the
order of the options, or a sentence.
"""


class Refused(UpstreamError):
    """The model declined to answer (a guardrail, a content filter)."""
