"""The recording gateway passes the contract. ``test_local_gateway`` tests the laptop's gateway."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.connection_gateway import RecordingGateway
from tests.contracts.connection_gateway.contract import ConnectionGatewayContract


class TestRecordingGateway(ConnectionGatewayContract):
    @pytest.fixture
    def client(self) -> tuple[Any, ...]:
        gateway = RecordingGateway()
        gateway.open("c=")
        return gateway, "c=", lambda count: gateway.sent["c="][-count:], lambda: gateway.drop("c=")
