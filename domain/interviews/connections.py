"""The repository of one-time tickets and of WebSocket connections, each with its learner and its interview."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from domain.base.errors import Conflict, TokenExpired, Unauthenticated
from domain.base.ids import derived_id
from domain.base.learner import Admitted, Learner
from domain.base.moments import to_epoch, to_text
from domain.base.tables import ACTIVE_SESSIONS, WEBSOCKET_CONNECTIONS
from ports.key_value_store import VERSION, ConditionFailed, KeyValueStore
from ports.paging import every

TICKET_SECONDS = 60
CONNECTION_SECONDS = 2 * 3600
"""API Gateway closes a WebSocket connection after two hours."""
HANDSHAKE_SECONDS = 30
"""The longest time of a handshake: API Gateway waits 29 s for the function that lets the connection in."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Opens one connection for one learner within ``expires_in`` seconds. Only the learner knows ``secret``."""

    secret: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class LearnerConnection:
    """An open connection with its learner. ``session_id`` is the interview that was last started or resumed on it, or
    None.
    """

    connection_id: str
    learner: Learner
    session_id: str | None
    version: int


class Connections:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def issue(self, admitted: Admitted, secret: str, now: datetime) -> Ticket:
        """A new ticket. A connection opened with it is valid as long as the access token of the request."""
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
        """Open the connection with the ticket and return its learner. The ticket cannot be used again.

        Raises ``Unauthenticated`` if the ticket is used, expired or unknown.
        """
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

    def get(self, connection_id: str, now: datetime) -> LearnerConnection:
        """The open connection with its learner.

        Raises ``Unauthenticated`` if it was never opened or is closed, and ``TokenExpired`` if the access token for
        which its ticket was issued has expired.
        """
        stored = self._store.get(WEBSOCKET_CONNECTIONS, {"connection_id": connection_id})
        if stored is None:
            raise _closed()
        if stored["until"] <= to_text(now):
            raise TokenExpired(
                "token_expired",
                "The access token has expired. Get a ticket with a new token and connect again.",
            )
        learner = Learner(**stored["learner"])
        return LearnerConnection(connection_id, learner, stored.get("session_id"), stored[VERSION])

    def attach(self, connection: LearnerConnection, session_id: str) -> LearnerConnection:
        """Attach the connection to an interview. From now on, its messages are about this interview.

        Does nothing if the connection is already attached to this interview, so that a repeated message is harmless.
        Raises ``Conflict`` if another message attached it to another interview meanwhile, and ``Unauthenticated`` if it
        was closed.
        """
        key = {"connection_id": connection.connection_id}
        stored = self._store.get(WEBSOCKET_CONNECTIONS, key)
        if stored is None:
            raise _closed()
        if stored.get("session_id") == session_id:
            return replace(connection, session_id=session_id, version=stored[VERSION])
        attached = replace(connection, session_id=session_id, version=connection.version + 1)
        item = stored | {"session_id": session_id, VERSION: attached.version}
        try:
            self._store.put(WEBSOCKET_CONNECTIONS, item, if_version=connection.version)
        except ConditionFailed:
            stored = self._store.get(WEBSOCKET_CONNECTIONS, key)
            if stored is not None and stored.get("session_id") == session_id:
                return replace(connection, session_id=session_id, version=stored[VERSION])
            raise Conflict(
                "connection_busy", "Another message began an interview on this connection."
            ) from None
        return attached

    def of(self, owner: str) -> list[str]:
        """The ids of the owner's stored connections. Some may be closed although no message said so."""
        rows = every(
            lambda cursor: self._store.query(
                WEBSOCKET_CONNECTIONS, owner, index="user-id-index", cursor=cursor
            )
        )
        return [item["connection_id"] for item in rows]

    def close_gone(self, connection_id: str, now: datetime) -> None:
        """Remove a connection that the gateway does not know, unless its handshake may still be going on.

        Until the handshake ends, the gateway does not know the connection, and its learner is about to use it.
        """
        stored = self._store.get(WEBSOCKET_CONNECTIONS, {"connection_id": connection_id})
        earliest = to_text(now - timedelta(seconds=HANDSHAKE_SECONDS))
        if stored is not None and stored["connected_at"] < earliest:
            self.close(connection_id)

    def close(self, connection_id: str) -> None:
        """Delete the stored connection. A repeated call does no harm."""
        self._store.delete(WEBSOCKET_CONNECTIONS, {"connection_id": connection_id})


def _closed() -> Unauthenticated:
    return Unauthenticated("connection_closed", "The connection is no longer open.")


def _ticket_id(secret: str) -> str:
    """The stored id of a ticket. The secret cannot be computed from this id, so a reader of the table cannot use the
    ticket.
    """
    return "ticket#" + derived_id("ticket", secret)
