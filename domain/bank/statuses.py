"""The words in which items of a bank are told of."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from domain.quizzes.refusals import Refusal
from ports.agent_words import Difficulty

Status = Literal["draft", "approved", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
USUAL_DIFFICULTY: Difficulty = "intermediate"
Author = Literal["agent", "teacher"]
"""Who wrote a version. Which teacher it was is not stored."""
AdmissionCode: TypeAlias = Refusal | Literal["not_checked"]
"""Why a version is not admitted: a rule refused it, or nobody looked yet."""
