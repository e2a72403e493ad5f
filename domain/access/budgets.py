"""Budgets: what an owner has used of a day's allowances. Use is counted before the work that costs it.

An erasure does not remove the counts; otherwise it would give a new allowance. They are kept for two days, under a key
that does not name the learner, and contain only numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base.errors import OverLimit
from domain.base.ids import derived_id
from domain.base.moments import to_epoch, to_text
from domain.base.retrying import retried
from domain.base.tables import ACTIVE_SESSIONS
from ports.key_value_store import VERSION, ConditionFailed, Item, KeyValueStore

_KEPT_DAYS = 2
_CHARGES = "charges"


class Budgets:
    """The repository of budgets. A day is a day in UTC.

    A charge has a name, so that repeating it counts once. An amount that is taken has no name, and costs one round trip
    instead of two.
    """

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def spent(self, owner: str, kind: str, now: datetime) -> float:
        """The sum of today's charges."""
        row = self._store.get(ACTIVE_SESSIONS, _key(owner, now, kind))
        return 0.0 if row is None else _total(row)

    def check(self, owner: str, kind: str, limit: float, now: datetime) -> None:
        """Raise ``OverLimit`` if the sum of today's charges has reached ``limit``."""
        if self.spent(owner, kind, now) >= limit:
            raise over_limit(kind, now)

    def charge(
        self, owner: str, kind: str, charge_id: str, amount: float, now: datetime, *, limit: float | None
    ) -> None:
        """Charge ``amount`` under the name ``charge_id``. Raises ``OverLimit``, and charges nothing, if less than
        ``amount`` is left.

        Without a ``limit`` it is always charged: work that began within the allowance may end.
        """
        key, name = _key(owner, now, kind), _name_of(charge_id)

        def charge() -> None:
            row = self._store.get(ACTIVE_SESSIONS, key)
            charges = {} if row is None else dict(row[_CHARGES])
            if name in charges:
                return
            if limit is not None and (0.0 if row is None else _total(row)) + amount > limit:
                raise over_limit(kind, now)
            self._write(key, row, charges | {name: round(amount, 3)}, now)

        retried(charge, on=ConditionFailed)

    def refund(self, owner: str, kind: str, charge_id: str, now: datetime) -> None:
        """Remove a charge of the day ``now``, because its work failed. A repeated call does no harm."""
        key, wanted = _key(owner, now, kind), _name_of(charge_id)

        def refund() -> None:
            row = self._store.get(ACTIVE_SESSIONS, key)
            if row is None or wanted not in row[_CHARGES]:
                return
            left = {name: amount for name, amount in row[_CHARGES].items() if name != wanted}
            self._write(key, row, left, now)

        retried(refund, on=ConditionFailed)

    def take(
        self, owner: str, kind: str, amount: int, now: datetime, *, limit: int, a_minute: int | None = None
    ) -> None:
        """Take ``amount`` of the day's ``limit``. With ``a_minute``, also count one request of this minute, of which
        only that many are allowed.

        Raises ``OverLimit``, and takes nothing, if ``amount`` is more than is left.
        """
        counts, at_most = {kind: amount}, {kind: limit}
        minute = _minute(now)
        if a_minute is not None:
            counts[minute], at_most[minute] = 1, a_minute
        key = _key(owner, now)
        fresh = {"ttl": _ttl(now)}
        try:
            self._store.add(ACTIVE_SESSIONS, key, counts, at_most=at_most, fresh=fresh)
        except ConditionFailed:
            used = self._store.get(ACTIVE_SESSIONS, key) or {}
            if a_minute is not None and used.get(minute, 0) >= a_minute:
                raise _too_fast(now) from None
            raise over_limit(kind, now) from None

    def give_back(self, owner: str, kind: str, amount: int, now: datetime) -> None:
        """Give back what was taken at ``now``, because its work failed. A repeated call gives back again."""
        self._store.add(ACTIVE_SESSIONS, _key(owner, now), {kind: -amount}, fresh={"ttl": _ttl(now)})

    def taken(self, owner: str, kind: str, now: datetime) -> int:
        """The amount that was taken today."""
        return self.counts(owner, now).of(kind)

    def counts(self, owner: str, now: datetime) -> UsageCounts:
        """All amounts that were taken today, and the requests of this minute."""
        row = self._store.get(ACTIVE_SESSIONS, _key(owner, now)) or {}
        return UsageCounts(row, int(row.get(_minute(now), 0)))

    def _write(self, key: dict[str, str], row: Item | None, charges: dict[str, float], now: datetime) -> None:
        """Store the charges of a day. Raises ``ConditionFailed`` if ``row`` was changed since it was read."""
        version = 0 if row is None else row[VERSION]
        item: Item = {**key, _CHARGES: charges, "ttl": _ttl(now), VERSION: version + 1}
        if row is None:
            self._store.put(ACTIVE_SESSIONS, item, unless_exists=True)
        else:
            self._store.put(ACTIVE_SESSIONS, item, if_version=version)


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """What an owner has used on one day (UTC)."""

    _row: Item
    of_minute: int
    """The number of requests in this minute."""

    def of(self, kind: str) -> int:
        """The used amount of this kind; 0 if nothing was used."""
        return int(self._row.get(kind, 0))


def next_day(now: datetime) -> datetime:
    """The next midnight, when the allowances of a day start again. ``now`` is in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def next_minute(now: datetime) -> datetime:
    """The start of the minute after this moment."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def over_limit(kind: str, now: datetime) -> OverLimit:
    """The error for an exhausted allowance. Its ``retry_after`` is the time until midnight."""
    wait = max(1, int((next_day(now) - now).total_seconds()) + 1)
    return OverLimit(
        f"daily_{kind}_used",
        "Today's allowance is used up. It starts again at midnight UTC.",
        retry_after=wait,
    )


def _too_fast(now: datetime) -> OverLimit:
    return OverLimit(
        "too_many_requests",
        "There were too many requests in one minute. Wait a moment.",
        retry_after=60 - now.second,
    )


def _key(owner: str, now: datetime, *kind: str) -> dict[str, str]:
    return {"session_id": "#".join(["budget", derived_id("budget", owner), *kind, to_text(now)[:10]])}


def _name_of(charge_id: str) -> str:
    """A digest of a charge's id, because the id may name the learner."""
    return derived_id("charge", charge_id)


def _minute(now: datetime) -> str:
    return f"at_{to_text(now)[11:16]}"


def _ttl(now: datetime) -> int:
    return to_epoch(now + timedelta(days=_KEPT_DAYS))


def _total(row: Item) -> float:
    return sum(float(amount) for amount in row[_CHARGES].values())
