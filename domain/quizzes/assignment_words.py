"""The fixed values and limits of assigned quizzes. They are apart from the classes, which load slowly."""

from __future__ import annotations

from typing import Literal

ShowKeys = Literal["never", "after_submission", "after_closing"]
"""When a learner sees the right answers, explanations and citations of a submitted attempt. Without a closing time,
``after_closing`` means never.
"""
AssignmentState = Literal["not_yet_open", "open", "closed"]
MAX_ATTEMPTS = 10
