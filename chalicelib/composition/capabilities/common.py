"""The base of every capability's assembly: settings, adapters and the deadline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.deadline import Deadline
from chalicelib.settings import Settings
from chalicelib.tally import watched

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from ports.connection_gateway import ConnectionGateway
    from ports.key_value_store import Table
    from ports.system import Clock, IdGenerator


class CommonServices:
    """The settings, the profile's adapters, and the deadline of the current request.

    ``ports`` are the same adapters, but their calls are counted for the log. Use cases get ``ports``.
    """

    def __init__(self, settings: Settings, adapters: Adapters, tables: Sequence[Table] | None = None) -> None:
        """``tables`` are the tables that the key-value store was made with. None means all declared tables."""
        self.settings = settings
        self.adapters = adapters
        self._tables = tables
        self.ports = watched(adapters)
        self.deadline = Deadline(lambda: adapters.clock)

    @property
    def tables(self) -> Sequence[Table]:
        from domain.base.tables import TABLES

        return TABLES if self._tables is None else self._tables

    @property
    def clock(self) -> Clock:
        return self.adapters.clock

    @property
    def ids(self) -> IdGenerator:
        return self.adapters.ids

    @property
    def gateway(self) -> ConnectionGateway:
        return self.ports.gateway

    def agent_seconds(self) -> float:
        """The seconds that one reply of the agent may take now. Raises ``TimedOut`` if no time is left."""
        return self.deadline.for_reply(self.settings.agent_seconds)
