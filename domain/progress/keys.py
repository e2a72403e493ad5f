"""The vector ids of what learners master. The layout is the seed's."""

from __future__ import annotations

from domain.base.ids import derived_id, segment

INTELLIGENCE = "intelligence"
"""The vector namespace of what learners master."""
_MAX_CONCEPT_SEGMENT = 128


def concept_vector_prefix(user_id: str) -> str:
    """How the ids of all of a learner's concept vectors begin, and no other user's."""
    return f"user_{_closed_segment(user_id)}_"


def concept_vector_id(user_id: str, subject_id: str, concept: str) -> str:
    """``concept`` is a catalogue key. One that is long once written in ASCII is replaced by a digest."""
    name = segment(concept)
    if len(name) > _MAX_CONCEPT_SEGMENT:
        name = derived_id("concept", concept)
    return f"{concept_vector_prefix(user_id)}{_closed_segment(subject_id)}_{name}"


def _closed_segment(value: str) -> str:
    """A segment without ``_``: the ids of user ``a_b`` and of user ``a`` in subject ``b`` stay apart."""
    return segment(value).replace("_", "%5F")
