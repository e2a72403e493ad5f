"""The words in which items of a bank are told of."""

from __future__ import annotations

from typing import Literal, get_args

from ports.agent_words import Difficulty

Status = Literal["draft", "approved", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
USUAL_DIFFICULTY: Difficulty = "intermediate"
Author = Literal["agent", "teacher"]
"""Who wrote a version. Which teacher it was is not stored."""
