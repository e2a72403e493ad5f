"""The contract of ``ConnectionGateway``."""

from __future__ import annotations

from typing import Any

import pytest

from ports.connection_gateway import MAX_MESSAGE_BYTES, ConnectionGateway, Gone, MessageTooLarge


class ConnectionGatewayContract:
    """``client`` gives a gateway, the id of an open connection, the messages that it received, and a function that
    disconnects the client.
    """

    def test_pushes_arrive_in_order(self, client: Any) -> None:
        gateway, connection_id, received, _ = client
        for number in range(5):
            gateway.send(connection_id, f"número {number} 🙂")
        assert received(5) == [f"número {number} 🙂" for number in range(5)]

    def test_a_message_may_have_128_kilobytes_and_no_more(self, client: Any) -> None:
        gateway, connection_id, received, _ = client
        with pytest.raises(MessageTooLarge):
            gateway.send(connection_id, "é" * (MAX_MESSAGE_BYTES // 2) + "x")
        gateway.send(connection_id, "é" * (MAX_MESSAGE_BYTES // 2))
        assert len(received(1)[0].encode()) == MAX_MESSAGE_BYTES

    def test_a_push_to_a_client_that_left_raises_gone(self, client: Any) -> None:
        gateway, connection_id, _, leave = client
        leave()
        with pytest.raises(Gone):
            gateway.send(connection_id, "too late")

    def test_a_push_to_an_unknown_connection_raises_gone(self, client: Any) -> None:
        gateway: ConnectionGateway = client[0]
        with pytest.raises(Gone):
            gateway.send("never=", "hello")

    def test_a_connection_is_open_until_the_client_leaves(self, client: Any) -> None:
        gateway, connection_id, _, leave = client
        assert gateway.is_open(connection_id) is True
        leave()
        assert gateway.is_open(connection_id) is False

    def test_unknown_and_closed_connections_are_not_open(self, client: Any) -> None:
        gateway, connection_id, _, _ = client
        assert gateway.is_open("never=") is False
        gateway.close(connection_id)
        assert gateway.is_open(connection_id) is False

    def test_closing_ends_the_connection_and_may_be_repeated(self, client: Any) -> None:
        gateway, connection_id, _, _ = client
        gateway.close(connection_id)
        gateway.close(connection_id)
        gateway.close("never=")
