"""The reasons of a chance."""

from __future__ import annotations

from typing import Literal

ReasonCode = Literal["right", "wrong", "right_overall", "wrong_overall", "usual_share", "new", "class_share"]
"""What a chance is computed from: recent right and wrong answers of the concept and of all concepts, the
learner's share of right answers from the beginning, how few recent answers the concept has, and the class's share of right
answers for the concept."""
