"""The constants of assigned quizzes. They have their own module, because the classes load slowly."""

from __future__ import annotations

from typing import Literal

ShowKeys = Literal["never", "after_submission", "after_closing"]
"""When a learner sees the right answers, explanations and citations of a submitted attempt. Without a closing time,
``after_closing`` means never.
"""
AssignmentState = Literal["not_yet_open", "open", "closed"]
MAX_ATTEMPTS = 10
