"""API Gateway's ``@connections``: pushes to the WebSocket clients of one API and stage.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.aws.errors import AWS_ERRORS, code_of
from adapters.aws.retries import Effect, Retries
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge

_CAPABILITY = "connection_gateway"
_NO_CONNECTION_ID = "BadRequestException"
"""What an id gets that this API never gave out: nobody is there either."""


class ApiGatewayConnections:
    """Implements ``ports.connection_gateway.ConnectionGateway``. Safe to share between threads."""

    def __init__(self, client: Callable[[], Any], *, retries: Retries) -> None:
        """``client`` makes ``apigatewaymanagementapi``'s, with the API's own address and stage."""
        self._client = client
        self._retries = retries

    def send(self, connection_id: str, message: str) -> None:
        """As the port says. Where it may have arrived in spite of an error, that is ``TimedOut``."""
        data = message.encode()
        if len(data) > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
        # Sent again it would arrive again: only what surely did not (a throttled push) is repeated.
        self._call(
            Effect.ANOTHER,
            lambda: self._client().post_to_connection(ConnectionId=connection_id, Data=data),
        )

    def is_open(self, connection_id: str) -> bool:
        try:
            self._call(Effect.NONE, lambda: self._client().get_connection(ConnectionId=connection_id))
        except Gone:
            return False
        return True

    def close(self, connection_id: str) -> None:
        try:
            self._call(Effect.SAME, lambda: self._client().delete_connection(ConnectionId=connection_id))
        except Gone:
            return

    def _call(self, effect: Effect, operation: Callable[[], Any]) -> None:
        def attempt() -> None:
            try:
                operation()
            except AWS_ERRORS as error:
                if code_of(error) == _NO_CONNECTION_ID:
                    raise Gone(_NO_CONNECTION_ID) from error
                raise

        self._retries.begin().call(_CAPABILITY, effect, attempt)
