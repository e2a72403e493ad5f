"""No test can reach anything outside this machine, whatever the tested code does."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore::UserWarning:pytest_socket")
@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("169.254.169.254", 80)])
def test_no_socket_connects_beyond_loopback(address: tuple[str, int]) -> None:
    with pytest.raises((SocketConnectBlockedError, SocketBlockedError)), socket.socket() as outward:
        outward.settimeout(0.1)
        outward.connect(address)
