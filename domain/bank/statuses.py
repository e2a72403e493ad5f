"""The fixed values of an item's fields: statuses, authors and codes."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from domain.quizzes.refusals import Refusal
from ports.agent_words import Difficulty

Status = Literal["draft", "approved", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
USUAL_DIFFICULTY: Difficulty = "intermediate"
Author = Literal["agent", "teacher"]
"""Who wrote a version. It is not stored which teacher."""
AdmissionCode: TypeAlias = Refusal | Literal["not_checked"]
"""Why a version is not admitted: a rule refused it, or the gate has not checked it."""
