"""The AWS clients that the adapters of the aws profile use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

READ_SECONDS = 3.0
"""How long a call waits for the next byte. With 1 s to connect, a call may exceed its deadline by this much."""


def client(service: str, *, read_seconds: float = READ_SECONDS, **options: Any) -> Callable[[], Any]:
    """A function that makes the client of an AWS service on its first call. ``options`` go to ``client_factory``."""
    from adapters.aws.clients import client_factory

    return client_factory(service, read_seconds=read_seconds, **options)
