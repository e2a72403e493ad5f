"""What a learner has used of a day's allowance: counted before anything is spent on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.model.errors import OverLimit
from domain.model.ids import derived_id
from domain.model.moments import to_epoch, to_text
from domain.repositories.tables import ACTIVE_SESSIONS
from ports.key_value_store import VERSION, ConditionFailed, Item, KeyValueStore

_TRIES = 8
_KEPT_DAYS = 2


class Budgets:
    """Days are UTC's. A charge has a name, so that one made again counts once."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def spent(self, owner: str, kind: str, now: datetime) -> float:
        """What was charged today."""
        row = self._store.get(ACTIVE_SESSIONS, _key(owner, kind, now))
        return 0.0 if row is None else _total(row)

    def check(self, owner: str, kind: str, limit: float, now: datetime) -> None:
        """Raises ``OverLimit`` where nothing is left of the day's ``limit``."""
        if self.spent(owner, kind, now) >= limit:
            raise _over_limit(kind, now)

    def charge(
        self, owner: str, kind: str, charge_id: str, amount: float, now: datetime, *, limit: float | None
    ) -> None:
        """Count ``amount``. Raises ``OverLimit``, and counts nothing, where that is more than is left.

        Without a ``limit`` it is counted whatever is left: what was begun within the allowance is ended.
        """
        key = _key(owner, kind, now)
        for _ in range(_TRIES):
            row = self._store.get(ACTIVE_SESSIONS, key)
            charges = {} if row is None else dict(row["charges"])
            if charge_id in charges:
                return
            if limit is not None and (0.0 if row is None else _total(row)) + amount > limit:
                raise _over_limit(kind, now)
            if self._wrote(key, owner, row, charges | {charge_id: round(amount, 3)}, now):
                return
        raise ConditionFailed

    def refund(self, owner: str, kind: str, charge_id: str, now: datetime) -> None:
        """Take back a charge of today for what could not be had; repeating it is harmless."""
        key = _key(owner, kind, now)
        for _ in range(_TRIES):
            row = self._store.get(ACTIVE_SESSIONS, key)
            if row is None or charge_id not in row["charges"]:
                return
            left = {name: amount for name, amount in row["charges"].items() if name != charge_id}
            if self._wrote(key, owner, row, left, now):
                return
        raise ConditionFailed

    def _wrote(
        self, key: dict[str, str], owner: str, row: Item | None, charges: dict[str, float], now: datetime
    ) -> bool:
        version = 0 if row is None else row[VERSION]
        item: Item = {
            **key,
            "user_id": owner,
            "charges": charges,
            "created_at": to_text(now) if row is None else row["created_at"],
            "ttl": to_epoch(now + timedelta(days=_KEPT_DAYS)),
            VERSION: version + 1,
        }
        try:
            if row is None:
                self._store.put(ACTIVE_SESSIONS, item, unless_exists=True)
            else:
                self._store.put(ACTIVE_SESSIONS, item, if_version=version)
        except ConditionFailed:
            return False
        return True


def _key(owner: str, kind: str, now: datetime) -> dict[str, str]:
    return {"session_id": f"budget#{derived_id('budget', owner)}#{kind}#{to_text(now)[:10]}"}


def _total(row: Item) -> float:
    return sum(float(amount) for amount in row["charges"].values())


def _over_limit(kind: str, now: datetime) -> OverLimit:
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    wait = max(1, int((tomorrow - now).total_seconds()) + 1)
    return OverLimit(
        f"daily_{kind}_used",
        "Today's allowance is used up. It begins anew at midnight UTC.",
        retry_after=wait,
    )
