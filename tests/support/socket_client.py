"""A client of the WebSocket that calls the app's handlers."""

from __future__ import annotations

import json
from typing import Any

from chalicelib import websocket
from tests.support.contract import check_push
from tests.support.world import World


class Socket:
    """A client with one connection. It calls the app's handlers."""

    def __init__(self, world: World, connection_id: str = "d6wF7cYkoAMCJ3g=") -> None:
        self.world = world
        self.connection_id = connection_id
        self._taken = 0
        world.adapters.gateway.open(connection_id)

    def event(self, **parts: Any) -> dict[str, Any]:
        return {"requestContext": {"connectionId": self.connection_id}, **parts}

    def connect(self, ticket: str | None, origin: str | None = None) -> int:
        headers = {} if origin is None else {"Origin": origin}
        query = None if ticket is None else {"ticket": ticket}
        event = self.event(headers=headers, queryStringParameters=query)
        return websocket.connect(self.world.services, event)["statusCode"]

    def send(self, message: Any) -> list[dict[str, Any]]:
        """Send a message. Returns the messages that are pushed meanwhile."""
        self.take()
        body = message if isinstance(message, str) else json.dumps(message)
        websocket.receive(self.world.services, self.event(body=body, isBase64Encoded=False))
        return self.take()

    def take(self) -> list[dict[str, Any]]:
        """The messages pushed since the last call."""
        sent = self.world.adapters.gateway.sent[self.connection_id]
        fresh, self._taken = sent[self._taken :], len(sent)
        for text in fresh:
            check_push(text)
        return [json.loads(text) for text in fresh]

    def disconnect(self) -> None:
        self.world.adapters.gateway.drop(self.connection_id)
        websocket.disconnect(self.world.services, self.event())
