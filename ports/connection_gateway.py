"""Pushes messages to connected WebSocket clients.

The limits are API Gateway's:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

from __future__ import annotations

from typing import Protocol

from ports.errors import PortError

MAX_MESSAGE_BYTES = 128 * 1024
"""The length of the longest message in either direction, in bytes of UTF-8."""
MAX_FRAME_BYTES = 32 * 1024
"""The size of the largest WebSocket frame that a client may send. A longer message takes several frames."""


class Gone(PortError):
    """The connection is closed."""


class MessageTooLarge(PortError):
    """The message is over ``MAX_MESSAGE_BYTES``; nothing was sent."""


class ConnectionGateway(Protocol):
    def send(self, connection_id: str, message: str) -> None:
        """Push a text message.

        Raises ``Gone``, ``MessageTooLarge``, or an ``UpstreamError``. After ``TimedOut`` the message may have
        arrived.
        """
        ...

    def is_open(self, connection_id: str) -> bool:
        """Whether the client is still connected. May raise an ``UpstreamError``."""
        ...

    def close(self, connection_id: str) -> None:
        """Close the connection; no error if it is closed already. May raise an ``UpstreamError``."""
        ...
