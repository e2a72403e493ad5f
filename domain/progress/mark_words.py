"""The constants of marks and decisions. They have their own module, because the classes load slowly."""

from __future__ import annotations

from typing import Literal

MAX_REASON_CHARACTERS = 1000
DecisionKind = Literal["override", "regrade"]
"""Why a mark was corrected: a teacher decided on this mark, or changed the key of the item for all learners."""
DeskReason = Literal["appeal", "needs_review", "unsure"]
"""Why a mark waits for a teacher: a learner disputes it, or the machine could not decide."""
