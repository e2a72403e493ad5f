"""The repository of regrades: corrected keys of items, with what is needed to apply them to every attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from domain.base.errors import NotFound
from domain.base.moments import after, from_text, to_text
from domain.base.tables import PENDING_INDEX, REGRADES
from ports.key_value_store import Item, KeyValueStore, Put, Write
from ports.paging import every

SETTLING_SECONDS = 900
"""For this number of seconds after its begin, a regrade looks for attempts that were scored by the old key. A request
that had already read the old key may store one.
"""
_PENDING = "regrades"


@dataclass(frozen=True, slots=True)
class Regrade:
    """A corrected key or the retirement of an item, and the reason."""

    regrade_id: str
    subject_id: str
    item_id: str
    item_versions: tuple[int, ...]
    """The versions that have the corrected key: all that ask the same question."""
    key_revision: int
    """The number of the corrected key among all keys that the item had."""
    is_retired: bool
    reason: str
    teacher_id: str
    begun_at: str
    sweep_at: str | None
    """Each turn of the sweeper from this time on continues it; None once every attempt has the key."""
    version: int = 0

    def is_settled(self, now: datetime) -> bool:
        """Whether every request that may have read the old key has ended."""
        return after(from_text(self.begun_at), SETTLING_SECONDS) <= now


class Regrades:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def begin(self, regrade: Regrade, beside: Sequence[Write]) -> Regrade:
        """Store a new regrade and ``beside``: all or nothing. Raises ``ConditionFailed`` if its id is taken."""
        made = replace(regrade, version=1)
        self._store.transact([Put(REGRADES, _item(made), unless_exists=True), *beside])
        return made

    def save(self, regrade: Regrade) -> Regrade:
        """Store the regrade and return it at its new version. Raises ``ConditionFailed`` if the stored one is at
        another version.
        """
        saved = replace(regrade, version=regrade.version + 1)
        self._store.put(REGRADES, _item(saved), if_version=regrade.version)
        return saved

    def find(self, subject_id: str, regrade_id: str) -> Regrade | None:
        """The subject's regrade, never stale, or None."""
        row = self._store.get(REGRADES, {"regrade_id": regrade_id})
        return None if row is None or row["subject_id"] != subject_id else _from(row)

    def get(self, subject_id: str, regrade_id: str) -> Regrade:
        """The subject's regrade. Raises ``NotFound``, also for a regrade of another subject."""
        found = self.find(subject_id, regrade_id)
        if found is None:
            raise NotFound("regrade_not_found", "There is no such regrade.")
        return found

    def due(self, now: datetime) -> Iterator[Regrade]:
        """The due regrades of all subjects. Only the sweeper may call this."""
        rows = every(
            lambda cursor: self._store.query(
                REGRADES, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return map(_from, rows)


def _item(regrade: Regrade) -> Item:
    item = {name: value for name, value in asdict(regrade).items() if value is not None}
    item["item_versions"] = list(regrade.item_versions)
    if regrade.sweep_at is not None:
        item["pending"] = _PENDING
    return item


def _from(row: Mapping[str, Any]) -> Regrade:
    fields = {name: value for name, value in row.items() if name in Regrade.__dataclass_fields__}
    return Regrade(**{"sweep_at": None} | fields | {"item_versions": tuple(map(int, row["item_versions"]))})
