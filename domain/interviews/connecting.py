"""Opens WebSocket connections with tickets, up to a limited number at a time for each learner."""

from __future__ import annotations

from collections.abc import Callable

from domain.base.errors import OverLimit
from domain.base.learner import Admitted, Learner
from domain.interviews.connections import Connections, Ticket
from ports.connection_gateway import ConnectionGateway
from ports.system import Clock, IdGenerator

_RETRY_SECONDS = 60


class Connecting:
    def __init__(
        self,
        connections: Connections,
        gateway: Callable[[], ConnectionGateway],
        clock: Clock,
        ids: IdGenerator,
        *,
        most: int,
    ) -> None:
        """``most`` is the largest number of open connections of one learner. ``gateway`` is called when that number is
        reached or a connection is closed.
        """
        self._connections = connections
        self._gateway = gateway
        self._clock = clock
        self._ids = ids
        self._most = most

    def issue(self, admitted: Admitted) -> Ticket:
        """A new ticket for one connection. Raises ``OverLimit`` if the learner already has ``most`` open connections."""
        self._check(admitted.learner.user_id)
        return self._connections.issue(admitted, self._ids.new(), self._clock.now())

    def open(self, secret: str, connection_id: str) -> Learner:
        """Open the connection with the ticket, which cannot be used again, and return its learner.

        Raises ``Unauthenticated`` if the ticket is used, expired or unknown, and ``OverLimit`` as ``issue``.
        """
        learner = self._connections.open(secret, connection_id, self._clock.now())
        try:
            self._check(learner.user_id, but=connection_id)
        except OverLimit:
            self._connections.close(connection_id)
            raise
        return learner

    def end(self, connection_id: str) -> None:
        """Delete the stored connection, and close it at the gateway. A repeated call does no harm."""
        self._connections.close(connection_id)
        self._gateway().close(connection_id)

    def _check(self, owner: str, *, but: str | None = None) -> None:
        known = [one for one in self._connections.of(owner) if one != but]
        if len(known) < self._most:
            return
        # A client may disconnect without a message. So connections that are no longer open at the gateway are removed
        # first.
        gateway = self._gateway()
        still_open = 0
        for connection_id in known:
            if gateway.is_open(connection_id):
                still_open += 1
            else:
                self._connections.close_gone(connection_id, self._clock.now())
        if still_open >= self._most:
            raise OverLimit(
                "too_many_connections",
                f"You have {still_open} connections open. Close one first.",
                retry_after=_RETRY_SECONDS,
            )
