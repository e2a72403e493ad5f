"""Clients of AWS, as the adapters of the aws profile have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

READ_SECONDS = 3.0
"""The longest silence of AWS within a call: with 1 s to connect, what a call may take beyond its time."""


def client(service: str, *, read_seconds: float = READ_SECONDS, **options: Any) -> Callable[[], Any]:
    """Makes the client of an AWS service on its first call. ``options`` are ``client_factory``'s."""
    from adapters.aws.clients import client_factory

    return client_factory(service, read_seconds=read_seconds, **options)
