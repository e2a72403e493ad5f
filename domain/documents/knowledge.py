"""A learner's knowledge base: what is known of it, and what is still to be done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.base.ids import derived_id
from domain.base.moments import after, to_text

LOOK_AGAIN_SECONDS = 60.0
"""Between two looks at what goes on, and how long one who looks has it alone."""
FAILED_SECONDS = 600.0
"""Until what failed is tried again: an account out of knowledge bases stays so for a while."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    user_id: str
    created_at: str
    knowledge_base_id: str | None = None
    data_source_id: str | None = None
    changes: int = 0
    """Of the learner's documents, counted."""
    changes_read: int = 0
    """How many of them had happened when the last reading began."""
    removing: bool = False
    sweep_at: str | None = None
    """When somebody has to come back to it; None where nothing is left to do."""
    version: int = 0

    @property
    def name(self) -> str:
        """Says nothing of the learner to those who see the account's knowledge bases."""
        return f"user-kb-{derived_id('knowledge-base', self.user_id)}"

    @property
    def token(self) -> str:
        """Of this knowledge base: one that is made after it was removed has another."""
        return derived_id(self.user_id, self.created_at)

    @property
    def reading_token(self) -> str:
        return derived_id(self.user_id, self.created_at, str(self.changes))

    def will_be_read(self, now: datetime) -> bool:
        """Nobody has it, and whoever takes it next will begin a reading: a change by now will be in it."""
        return (
            self.changes > self.changes_read and self.sweep_at is not None and self.sweep_at <= to_text(now)
        )

    def changed(self, now: datetime) -> Knowledge:
        """There is something new to read; one who reads already will see that there is more."""
        return replace(self, changes=self.changes + 1, sweep_at=self.sweep_at or to_text(now))

    def claimed(self, now: datetime) -> Knowledge:
        return replace(self, sweep_at=to_text(after(now, LOOK_AGAIN_SECONDS)))

    def failed(self, now: datetime) -> Knowledge:
        return replace(self, sweep_at=to_text(after(now, FAILED_SECONDS)))

    def opened(self, knowledge_base_id: str, data_source_id: str) -> Knowledge:
        return replace(self, knowledge_base_id=knowledge_base_id, data_source_id=data_source_id)

    def read(self) -> Knowledge:
        return replace(self, changes_read=self.changes, sweep_at=None)

    def doomed(self, now: datetime) -> Knowledge:
        """To be removed; what changes from now on is for another one."""
        return replace(self.claimed(now), removing=True, changes=0, changes_read=0)

    def renewed(self, now: datetime) -> Knowledge:
        """One more, in the place of one that is gone."""
        return Knowledge(
            self.user_id,
            to_text(now),
            changes=max(1, self.changes),
            sweep_at=to_text(now),
            version=self.version,
        )
