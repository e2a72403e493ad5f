"""Chalice's own test client, changed to allow several requests at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalice.app import Chalice
from chalice.config import Config
from chalice.test import TestHTTPClient


class _HttpClient(TestHTTPClient):
    """Does not touch the environment.

    Chalice's client replaces ``os.environ`` by a copy during a request. With two requests at once, one may restore the
    other's copy for good, and a botocore session that is made meanwhile keeps reading that copy.
    """

    @contextmanager
    def _patched_env_vars(self, environment_variables: dict[str, str]) -> Iterator[None]:
        yield


def http_client(app: Chalice) -> TestHTTPClient:
    """A client that sends requests to the app in this process."""
    return _HttpClient(app, Config.create())
