"""Runs MiniStack in a process of its own. It implements DynamoDB, S3 and the Parameter Store over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

COMMAND = "MINISTACK"
"""The environment variable that names MiniStack's command."""
_PATIENCE_SECONDS = 180


@contextmanager
def ministack() -> Iterator[str]:
    """The address of a MiniStack that runs during the block. Raises ``RuntimeError`` if it does not start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [os.environ[COMMAND]],
        env={**os.environ, "GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urlopen(f"{url}/_ministack/health", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("MiniStack does not start")
