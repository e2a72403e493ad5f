"""The repository of the rows of knowledge bases, one row for each learner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime

from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.base.tables import KNOWLEDGE_BASES, PENDING_INDEX
from domain.documents.knowledge import Knowledge
from ports.errors import Throttled
from ports.key_value_store import ConditionFailed, Item, KeyValueStore
from ports.paging import every

_PENDING = "knowledge-bases"


class Overtaken(Exception):
    """Another worker changed the row since it was read."""


class KnowledgeRows:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def find(self, owner: str) -> Knowledge | None:
        item = self._store.get(KNOWLEDGE_BASES, {"user_id": owner})
        return None if item is None else _from_item(item)

    def change(self, owner: str, change: Callable[[Knowledge | None], Knowledge | None]) -> Knowledge | None:
        """Call ``change`` with the owner's row, or None if there is none, and store the row that it returns, if any.

        Returns the stored row, or None if nothing was stored. Raises ``Throttled`` if other workers keep changing the
        row.
        """

        def changed() -> Knowledge | None:
            row = change(self.find(owner))
            return None if row is None else self.save(row)

        try:
            return retried(changed, on=Overtaken)
        except Overtaken:
            raise Throttled("key_value_store", "other workers keep changing the row") from None

    def save(self, row: Knowledge) -> Knowledge:
        """Store the row and return it at its new version. Raises ``Overtaken`` if the stored row is at another version."""
        item = _to_item(replace(row, version=row.version + 1))
        try:
            if row.version == 0:
                self._store.put(KNOWLEDGE_BASES, item, unless_exists=True)
            else:
                self._store.put(KNOWLEDGE_BASES, item, if_version=row.version)
        except ConditionFailed:
            raise Overtaken from None
        return replace(row, version=row.version + 1)

    def remove(self, row: Knowledge) -> None:
        """Delete the row. Raises ``Overtaken`` if the stored row is at another version."""
        try:
            self._store.delete(KNOWLEDGE_BASES, {"user_id": row.user_id}, if_version=row.version)
        except ConditionFailed:
            raise Overtaken from None

    def due(self, now: datetime) -> Iterator[Knowledge]:
        """The rows of all learners that are due. Only the sweeper may call this."""
        due = every(
            lambda cursor: self._store.query(
                KNOWLEDGE_BASES, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return map(_from_item, due)


def _to_item(row: Knowledge) -> Item:
    item: Item = {name: value for name, value in asdict(row).items() if value is not None}
    return item | {"pending": _PENDING} if row.sweep_at is not None else item


def _from_item(item: Item) -> Knowledge:
    return Knowledge(**{name: value for name, value in item.items() if name != "pending"})
