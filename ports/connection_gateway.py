"""Pushing messages to connected clients."""

from __future__ import annotations

from typing import Protocol

from ports.errors import PortError

MAX_MESSAGE_BYTES = 128 * 1024
"""Of UTF-8, a message either way: API Gateway's limit."""
MAX_FRAME_BYTES = 32 * 1024


class Gone(PortError):
    """The connection is no more."""


class MessageTooLarge(PortError):
    """A message over 128 KB; nothing was sent."""


class ConnectionGateway(Protocol):
    def send(self, connection_id: str, message: str) -> None:
        """Push a message. Raises ``Gone``, ``MessageTooLarge``, or an ``UpstreamError``."""
        ...

    def is_open(self, connection_id: str) -> bool:
        """Whether the client is still there. May raise an ``UpstreamError``."""
        ...

    def close(self, connection_id: str) -> None:
        """End the connection; ending what is gone is no error."""
        ...
