"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Learner:
    """A person at the door: a learner, or a teacher in ``active_role`` "teacher".

    ``user_id`` is the school's id, or the auth id for somebody whom the directory does not know.
    """

    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A person who was let in, and when the token that let them in ends."""

    learner: Learner
    until: datetime
