"""The door of the WebSocket: one-time tickets, and who is behind each connection."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from domain.base.errors import Conflict, TokenExpired, Unauthenticated
from domain.base.ids import derived_id
from domain.base.learner import Admitted, Learner
from domain.base.moments import to_epoch, to_text
from domain.base.tables import ACTIVE_SESSIONS, WEBSOCKET_CONNECTIONS
from ports.key_value_store import VERSION, ConditionFailed, KeyValueStore
from ports.paging import every

TICKET_SECONDS = 60
CONNECTION_SECONDS = 2 * 3600
"""API Gateway ends a WebSocket connection after two hours."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Opens one connection for one learner. ``secret`` is known to them alone."""

    secret: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection, and the interview that was last started or resumed on it."""

    connection_id: str
    learner: Learner
    session_id: str | None
    version: int


class Connections:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def issue(self, admitted: Admitted, secret: str, now: datetime) -> Ticket:
        """A ticket, whose connection is good for no longer than the token of who asked for it."""
        item = {
            "session_id": _ticket_id(secret),
            "user_id": admitted.learner.user_id,
            "learner": asdict(admitted.learner),
            "until": to_text(admitted.until),
            "created_at": to_text(now),
            "ttl": to_epoch(now) + TICKET_SECONDS,
            "version": 1,
        }
        self._store.put(ACTIVE_SESSIONS, item, unless_exists=True)
        return Ticket(secret, TICKET_SECONDS)

    def open(self, secret: str, connection_id: str, now: datetime) -> Learner:
        """Spend the ticket on the connection. Raises ``Unauthenticated`` for one that is spent, over or unknown."""
        key = {"session_id": _ticket_id(secret)}
        stored = self._store.get(ACTIVE_SESSIONS, key)
        try:
            if stored is None:
                raise ConditionFailed
            self._store.delete(ACTIVE_SESSIONS, key, if_version=1)
        except ConditionFailed:
            raise Unauthenticated("invalid_ticket", "The ticket is not valid.") from None
        item = {
            "connection_id": connection_id,
            "user_id": stored["user_id"],
            "learner": stored["learner"],
            "until": stored["until"],
            "connected_at": to_text(now),
            "ttl": to_epoch(now) + CONNECTION_SECONDS,
            VERSION: 1,
        }
        self._store.put(WEBSOCKET_CONNECTIONS, item)
        return Learner(**stored["learner"])

    def get(self, connection_id: str, now: datetime) -> Connection:
        """Who is behind the connection. Raises ``Unauthenticated`` for one that was never opened, or is over,
        and ``TokenExpired`` where it outlives the token that opened it."""
        stored = self._store.get(WEBSOCKET_CONNECTIONS, {"connection_id": connection_id})
        if stored is None:
            raise _closed()
        if stored["until"] <= to_text(now):
            raise TokenExpired(
                "token_expired", "The access token has ended. Connect again with a ticket of a new one."
            )
        learner = Learner(**stored["learner"])
        return Connection(connection_id, learner, stored.get("session_id"), stored[VERSION])

    def attach(self, connection: Connection, session_id: str) -> Connection:
        """Let what comes by the connection be about an interview.

        Raises ``Conflict`` if another message did the same meanwhile, ``Unauthenticated`` if it was closed.
        """
        key = {"connection_id": connection.connection_id}
        stored = self._store.get(WEBSOCKET_CONNECTIONS, key)
        if stored is None:
            raise _closed()
        attached = replace(connection, session_id=session_id, version=connection.version + 1)
        item = stored | {"session_id": session_id, VERSION: attached.version}
        try:
            self._store.put(WEBSOCKET_CONNECTIONS, item, if_version=connection.version)
        except ConditionFailed:
            raise Conflict(
                "connection_busy", "Another message began an interview on this connection."
            ) from None
        return attached

    def of(self, owner: str) -> list[str]:
        """The ids of the owner's stored connections. Some may be closed already, without a message about it."""
        rows = every(
            lambda cursor: self._store.query(
                WEBSOCKET_CONNECTIONS, owner, index="user-id-index", cursor=cursor
            )
        )
        return [item["connection_id"] for item in rows]

    def close(self, connection_id: str) -> None:
        """Forget the connection; repeating it is harmless."""
        self._store.delete(WEBSOCKET_CONNECTIONS, {"connection_id": connection_id})


def _closed() -> Unauthenticated:
    return Unauthenticated("connection_closed", "The connection is no longer open.")


def _ticket_id(secret: str) -> str:
    """Not the secret itself: whoever reads the table cannot use what it says."""
    return "ticket#" + derived_id("ticket", secret)
