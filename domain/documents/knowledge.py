"""The row of a learner's knowledge base at the vendor: its ids, and the work that is left for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.base.ids import derived_id
from domain.base.moments import after, to_text

LOOK_AGAIN_SECONDS = 60.0
"""The pause between two looks at unfinished work. A worker's claim on the row lasts as long."""
FAILED_SECONDS = 600.0
"""The pause before failed work is tried again. For example, a limit of the vendor's account does not change quickly."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A learner's knowledge base at the vendor, and the state of its synchronisation."""

    user_id: str
    created_at: str
    knowledge_base_id: str | None = None
    data_source_id: str | None = None
    changes: int = 0
    """How many times the learner's documents changed."""
    changes_read: int = 0
    """The value that ``changes`` had when the last synchronisation began."""
    removing: bool = False
    sweep_at: str | None = None
    """When the sweeper must look at the row again; None if nothing is left to do."""
    version: int = 0

    @property
    def name(self) -> str:
        """The name at the vendor. The vendor's console shows it, so it does not reveal who the learner is."""
        return f"user-kb-{derived_id('knowledge-base', self.user_id)}"

    @property
    def token(self) -> str:
        """The idempotency token for creating this knowledge base. If it is created again after a removal, the token is
        another one.
        """
        return derived_id(self.user_id, self.created_at)

    @property
    def reading_token(self) -> str:
        """The idempotency token of the next synchronisation. Another value of ``changes`` gives another token. A
        retry of the same synchronisation has the same token.
        """
        return derived_id(self.user_id, self.created_at, str(self.changes))

    def will_be_read(self, now: datetime) -> bool:
        """Whether the next sweep will start a synchronisation. It will include every change up to now."""
        return (
            self.changes > self.changes_read and self.sweep_at is not None and self.sweep_at <= to_text(now)
        )

    def changed(self, now: datetime) -> Knowledge:
        """The row with one more change. A worker that is synchronising sees from the count that more documents have
        changed.
        """
        return replace(self, changes=self.changes + 1, sweep_at=self.sweep_at or to_text(now))

    def claimed(self, now: datetime) -> Knowledge:
        """The row with a worker's claim. It is due again when the claim ends."""
        return replace(self, sweep_at=to_text(after(now, LOOK_AGAIN_SECONDS)))

    def failed(self, now: datetime) -> Knowledge:
        """The row after a failure, due again later."""
        return replace(self, sweep_at=to_text(after(now, FAILED_SECONDS)))

    def opened(self, knowledge_base_id: str, data_source_id: str) -> Knowledge:
        """The row after the vendor has made the knowledge base."""
        return replace(self, knowledge_base_id=knowledge_base_id, data_source_id=data_source_id)

    def read(self) -> Knowledge:
        """The row after the vendor has read all changes."""
        return replace(self, changes_read=self.changes, sweep_at=None)

    def marked_removing(self, now: datetime) -> Knowledge:
        """The row to be removed. Changes from now on belong to the knowledge base that replaces it."""
        return replace(self.claimed(now), removing=True, changes=0, changes_read=0)

    def renewed(self, now: datetime) -> Knowledge:
        """The row of the new knowledge base that replaces the removed one."""
        return Knowledge(
            self.user_id,
            to_text(now),
            changes=max(1, self.changes),
            sweep_at=to_text(now),
            version=self.version,
        )
