"""The vector ids of learners' concepts, in the layout of the seed design."""

from __future__ import annotations

from domain.base.ids import derived_id, segment

INTELLIGENCE = "intelligence"
"""The vector namespace of learners' concepts and levels."""
_MAX_CONCEPT_SEGMENT = 128


def concept_vector_prefix(user_id: str) -> str:
    """The prefix of the ids of all concept vectors of a learner. No other user's vectors have it."""
    return f"user_{_closed_segment(user_id)}_"


def concept_vector_id(user_id: str, subject_id: str, concept: str) -> str:
    """The id of a concept's vector. ``concept`` is a catalogue key; a digest replaces it in the id if it is too long."""
    name = segment(concept)
    if len(name) > _MAX_CONCEPT_SEGMENT:
        name = derived_id("concept", concept)
    return f"{concept_vector_prefix(user_id)}{_closed_segment(subject_id)}_{name}"


def _closed_segment(value: str) -> str:
    """A segment without ``_``, so that the ids of user ``a_b`` and of user ``a`` in subject ``b`` differ."""
    return segment(value).replace("_", "%5F")
