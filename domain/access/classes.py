"""The class as an owner: class materials belong to the class, not to a person."""

from __future__ import annotations

_CLASS = "class:"


def class_owner(subject_id: str) -> str:
    """The owner of a subject's class materials. It is nobody's user id, so that a learner's own reads never return
    them.
    """
    return _CLASS + subject_id


def is_class_owner(user_id: str) -> bool:
    """Whether this owner id means a class, and not a person."""
    return user_id.startswith(_CLASS)
