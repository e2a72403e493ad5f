"""Chalice's own test client, made fit for several requests at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalice.app import Chalice
from chalice.config import Config
from chalice.test import TestHTTPClient


class _HttpClient(TestHTTPClient):
    """Leaves the environment alone.

    Chalice's puts a copy in place of ``os.environ`` for as long as a request goes on. Of two at once, either may put
    the other's copy back for good, and a botocore session that is begun meanwhile reads that copy ever after.
    """

    @contextmanager
    def _patched_env_vars(self, environment_variables: dict[str, str]) -> Iterator[None]:
        yield


def http_client(app: Chalice) -> TestHTTPClient:
    """Sends requests to the app in this process."""
    return _HttpClient(app, Config.create())
