"""The repository of class snapshots, and the task that takes them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from domain.base.moments import to_text
from domain.base.tables import CLASS_SHARES, PENDING_INDEX
from domain.progress.class_snapshot import ClassSnapshot, snapshot_of
from domain.progress.evidence import NO_SUBJECT
from domain.progress.ledger import Ledger
from ports.directory import Directory
from ports.key_value_store import ConditionFailed, Item, KeyValueStore
from ports.paging import every
from ports.system import Clock

_DAY = "day#"
_WANTED = "wanted"
_PENDING = "class-shares"

log = logging.getLogger("lyceum.class_shares")


class ClassShares:
    def __init__(self, store: KeyValueStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def latest(self, subject_id: str) -> ClassSnapshot:
        """The latest snapshot of the class, never stale, in one read. It has no shares if there is none yet.

        If there is no snapshot of today, this stores a note that asks the sweeper to take one. So a class with answers
        every day gets a snapshot every day.
        """
        now = self._clock.now()
        today = day_of(now)
        if subject_id == NO_SUBJECT:
            return ClassSnapshot(subject_id, today)
        rows = self._store.query(CLASS_SHARES, subject_id, prefix=_DAY, descending=True, limit=1).items
        if not rows or rows[0]["taken_on"] < today:
            self._store.put(CLASS_SHARES, _note(subject_id, now))
        return _from(rows[0]) if rows else ClassSnapshot(subject_id, today)

    def add(self, snapshot: ClassSnapshot) -> None:
        """Store the snapshot. Raises ``ConditionFailed`` if the class already has one of that day."""
        self._store.put(CLASS_SHARES, _item(snapshot), unless_exists=True)

    def wanted(self, now: datetime) -> Iterator[str]:
        """The subjects for which a snapshot is wanted. Only the sweeper may call this."""
        rows = every(
            lambda cursor: self._store.query(
                CLASS_SHARES, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return (row["subject_id"] for row in rows)

    def no_longer_wanted(self, subject_id: str) -> None:
        """Remove the note that the class needs a snapshot."""
        self._store.delete(CLASS_SHARES, _key(subject_id, _WANTED))


class SnapshotTaking:
    def __init__(self, class_shares: ClassShares, ledger: Ledger, directory: Directory, clock: Clock) -> None:
        self._class_shares = class_shares
        self._ledger = ledger
        self._directory = directory
        self._clock = clock

    def sweep(self) -> int:
        """Take all wanted snapshots, at most one a day for each class. Returns how many were wanted."""
        now = self._clock.now()
        found = 0
        for subject_id in self._class_shares.wanted(now):
            found += 1
            try:
                self.take(subject_id, now)
            except Exception:  # one failure must not stop the others
                log.exception("sweep_interrupted")
        return found

    def take(self, subject_id: str, now: datetime) -> None:
        """Take the class's snapshot of the day from the learners who are enrolled now. It reads one standing for each.

        If there is a snapshot of this day already, it stays. If this raises ``UpstreamError``, the sweeper takes it
        later.
        """
        standings = self._ledger.standings(subject_id, self._directory.enrolled(subject_id))
        with suppress(ConditionFailed):  # another sweeper took it
            self._class_shares.add(snapshot_of(subject_id, day_of(now), standings.values()))
        self._class_shares.no_longer_wanted(subject_id)


def day_of(moment: datetime) -> str:
    """The date of the moment in UTC, in the form of RFC 3339."""
    return moment.astimezone(UTC).date().isoformat()


def _key(subject_id: str, sort_key: str) -> dict[str, str]:
    return {"subject_id": subject_id, "sort_key": sort_key}


def _note(subject_id: str, now: datetime) -> Item:
    return {**_key(subject_id, _WANTED), "pending": _PENDING, "sweep_at": to_text(now)}


def _item(snapshot: ClassSnapshot) -> Item:
    return {
        **_key(snapshot.subject_id, _DAY + snapshot.taken_on),
        "taken_on": snapshot.taken_on,
        "usual": snapshot.usual,
        "shares": dict(snapshot.shares),
    }


def _from(row: Mapping[str, Any]) -> ClassSnapshot:
    return ClassSnapshot(
        subject_id=row["subject_id"],
        taken_on=row["taken_on"],
        usual=float(row["usual"]),
        shares={concept: float(share) for concept, share in row["shares"].items()},
    )
