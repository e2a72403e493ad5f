"""The person who makes a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Learner:
    """The person who makes a request: a learner, or a teacher if ``active_role`` is "teacher".

    ``user_id`` is the school's id. If the directory does not know the person, it is their auth id.
    """

    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A learner with a valid token. ``until`` is when the token expires."""

    learner: Learner
    until: datetime
