"""Clients of AWS, made on first use: botocore and one client take more than 100 ms to import and make.

By botocore rather than boto3, which adds nothing that the adapters use and another 20 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

_S3 = {
    # What is presigned is signed by the present version, and goes to the region itself: from the global
    # name S3 would redirect elsewhere, which a browser's upload does not survive.
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}
_MAKING = threading.Lock()  # a session makes one client at a time


def client_factory(
    service: str,
    *,
    connect_seconds: float = 1.0,
    read_seconds: float,
    connections: int = 16,
    **options: Any,
) -> Callable[[], Any]:
    """Makes the client when it is first called and answers the same one ever after, in any thread.

    ``read_seconds`` is the longest silence. ``options`` are ``create_client``'s: ``region_name``,
    ``endpoint_url``, credentials; what is not given comes from the environment.
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
    """The one that all clients of the process share: what one has read and resolved serves the next."""
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
