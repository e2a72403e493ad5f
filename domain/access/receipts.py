"""Receipts: the stored answers to requests with an ``Idempotency-Key``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.base.errors import Conflict, InvalidRequest
from domain.base.ids import derived_id
from domain.base.moments import after, to_epoch, to_text
from domain.base.retrying import retried
from domain.base.tables import ACTIVE_SESSIONS
from ports.key_value_store import ConditionFailed, Item, ItemTooLarge, KeyValueStore
from ports.paging import pages

KEPT_SECONDS = 86_400
CLAIM_SECONDS = 60
"""How long a claim lasts. After that, another request with the same key may take it."""
MAX_KEY_CHARACTERS = 200
_CLAIM_TRIES = 4
_RECEIPT = "receipt#"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A claim on a request. ``status`` and ``body`` are set once the request has been answered."""

    receipt_id: str
    version: int
    status: int | None = None
    body: str | None = None


class Receipts:
    def __init__(self, store: KeyValueStore, *, since: datetime | None = None) -> None:
        """Claims from before ``since`` count as free. Only a process that serves alone may pass the time of its start.

        If another process still works on such a claim, both do the work, under the same ids, with the same outcome.
        """
        self._store = store
        self._since = "" if since is None else to_text(since)

    def claim(self, owner: str, operation: str, key: str, fingerprint: str, now: datetime) -> Receipt:
        """The receipt of the owner's request with this key: with its stored answer, or newly claimed for the caller.

        ``fingerprint`` is a digest of the body. Raises ``Conflict`` if the key was used with another body, or if the
        same request is being answered now; ``InvalidRequest`` if the key is malformed.
        """
        if not key.isprintable() or not 0 < len(key) <= MAX_KEY_CHARACTERS:
            raise InvalidRequest(
                "invalid_idempotency_key",
                f"Idempotency-Key must have 1 to {MAX_KEY_CHARACTERS} printable characters.",
            )
        receipt_id = _RECEIPT + derived_id(owner, operation, key)

        def claimed() -> Receipt:
            stored = self._store.get(ACTIVE_SESSIONS, {"session_id": receipt_id})
            if stored is not None:
                if stored["fingerprint"] != fingerprint:
                    raise Conflict(
                        "idempotency_key_reused", "This Idempotency-Key was used with another body."
                    )
                if "body" in stored:
                    return Receipt(receipt_id, stored["version"], stored["status"], stored["body"])
                if stored["claimed_until"] > to_text(now) and stored["created_at"] >= self._since:
                    raise _in_progress()
            version = 1 if stored is None else stored["version"] + 1
            item: Item = {
                "session_id": receipt_id,
                "user_id": owner,
                "fingerprint": fingerprint,
                "created_at": to_text(now),
                "claimed_until": to_text(after(now, CLAIM_SECONDS)),
                "ttl": to_epoch(now) + KEPT_SECONDS,
                "version": version,
            }
            if stored is None:
                self._store.put(ACTIVE_SESSIONS, item, unless_exists=True)
            else:
                self._store.put(ACTIVE_SESSIONS, item, if_version=stored["version"])
            return Receipt(receipt_id, version)

        try:
            return retried(claimed, on=ConditionFailed, tries=_CLAIM_TRIES)
        except ConditionFailed:
            raise _in_progress() from None

    def settle(
        self, receipt: Receipt, owner: str, fingerprint: str, status: int, body: str, now: datetime
    ) -> None:
        """Store the answer for a day. Does nothing if another request took the claim.

        An answer that is too large for a row is not stored. Its claim ends, and a repeated request with the same body
        does the work again, under the same ids.
        """
        item: Item = {
            "session_id": receipt.receipt_id,
            "user_id": owner,
            "fingerprint": fingerprint,
            "created_at": to_text(now),
            "ttl": to_epoch(now) + KEPT_SECONDS,
            "version": receipt.version + 1,
        }
        answered: Item = {**item, "status": status, "body": body}
        try:
            try:
                self._store.put(ACTIVE_SESSIONS, answered, if_version=receipt.version)
            except ItemTooLarge:
                ended: Item = {**item, "claimed_until": to_text(now)}
                self._store.put(ACTIVE_SESSIONS, ended, if_version=receipt.version)
        except ConditionFailed:
            pass

    def forget(self, owner: str, named: str) -> None:
        """Delete the owner's stored answers that contain ``named``, so that deleted things are not returned again."""
        for page in pages(
            lambda cursor: self._store.query(
                ACTIVE_SESSIONS, owner, index="user-id-index", prefix=_RECEIPT, cursor=cursor
            )
        ):
            found = [ACTIVE_SESSIONS.key_of(item) for item in page.items if named in item.get("body", "")]
            self._store.delete_many(ACTIVE_SESSIONS, found)

    def release(self, receipt: Receipt) -> None:
        """Delete the claim, because the request failed and may be tried again."""
        try:
            self._store.delete(
                ACTIVE_SESSIONS, {"session_id": receipt.receipt_id}, if_version=receipt.version
            )
        except ConditionFailed:
            pass


def _in_progress() -> Conflict:
    return Conflict("request_in_progress", "The same request is being answered right now.", retry_after=2)
