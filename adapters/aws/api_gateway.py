"""Pushes to the WebSocket clients of one API and stage, with API Gateway's ``@connections`` API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from adapters.aws.errors import calls_of_aws
from adapters.upstream.calls import Effect, Retries
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge

_REFUSALS = {"BadRequestException": Gone}
"""The error for a connection id that this API never gave out."""


class ApiGatewayConnections:
    """Implements ``ports.connection_gateway.ConnectionGateway``. Safe to share between threads."""

    def __init__(self, client: Callable[[], Any], *, retries: Retries) -> None:
        """``client`` returns a client for ``apigatewaymanagementapi``, at the address of the API's stage."""
        self._client = client
        self._calls = calls_of_aws("connection_gateway", retries, _REFUSALS)

    def send(self, connection_id: str, message: str) -> None:
        """As the port says. After any error except ``TimedOut``, the message was not delivered."""
        data = message.encode()
        if len(data) > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
        # Repeated only if the message was certainly not delivered (the call was throttled): otherwise it might be
        # delivered twice.
        self._calls.begin().call(
            lambda: self._client().post_to_connection(ConnectionId=connection_id, Data=data), Effect.ONCE
        )

    def is_open(self, connection_id: str) -> bool:
        try:
            self._calls.begin().call(lambda: self._client().get_connection(ConnectionId=connection_id))
        except Gone:
            return False
        return True

    def close(self, connection_id: str) -> None:
        with suppress(Gone):
            self._calls.begin().call(
                lambda: self._client().delete_connection(ConnectionId=connection_id), Effect.REPEATABLE
            )
