"""Clients of AWS, made on first use: importing botocore and making a client takes more than 100 ms.

They are botocore's clients. boto3 takes another 20 ms and adds nothing that the adapters use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

_S3 = {
    # Presigned requests use signature version 4 and the region's own address. S3 redirects requests from its global
    # address, and a browser's upload fails at a redirect.
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}
_MAKING = threading.Lock()  # a session can make only one client at a time


def client_factory(
    service: str,
    *,
    connect_seconds: float = 1.0,
    read_seconds: float,
    connections: int = 16,
    **options: Any,
) -> Callable[[], Any]:
    """A function that makes the client on its first call and returns the same client on every call. Thread-safe.

    ``read_seconds`` is how long the client waits for the next bytes. ``options`` are arguments of ``create_client``:
    ``region_name``, ``endpoint_url``, credentials. What is not given comes from the environment.
    """
    made: list[Any] = []

    def client() -> Any:
        if not made:
            with _MAKING:
                if not made:
                    made.append(_made(service, connect_seconds, read_seconds, connections, options))
        return made[0]

    return client


@cache
def session() -> Any:
    """The botocore session of the process. Its clients share the data and credentials that it has read."""
    from botocore.session import Session

    return Session()


def _made(
    service: str, connect_seconds: float, read_seconds: float, connections: int, options: dict[str, Any]
) -> Any:
    from botocore.config import Config

    from adapters.aws.answers import watch

    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        retries={"total_max_attempts": 1, "mode": "standard"},
        tcp_keepalive=True,
        **(_S3 if service == "s3" else {}),
    )
    client = session().create_client(service, config=config, **options)
    watch(client)
    return client
