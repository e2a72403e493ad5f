"""The codes of the reasons for a chance."""

from __future__ import annotations

from typing import Literal

ReasonCode = Literal["right", "wrong", "right_overall", "wrong_overall", "usual_share", "new", "class_share"]
"""The values from which a chance is computed: recent right and wrong answers on the concept and on all concepts, the
learner's share of right answers since the beginning, how few recent answers the concept has, and the class's share of
right answers for the concept.
"""
