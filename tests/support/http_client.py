"""Chalice's own test client, changed so that several requests may run at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalice.app import Chalice
from chalice.config import Config
from chalice.test import TestHTTPClient


class _HttpClient(TestHTTPClient):
    """A context that does not change the process's environment.

    Chalice's client replaces ``os.environ`` by a copy during a request. With two requests at the same time, one may
    leave the other's copy in place forever, and a botocore session that is made meanwhile keeps reading that copy.
    """

    @contextmanager
    def _patched_env_vars(self, environment_variables: dict[str, str]) -> Iterator[None]:
        yield


def http_client(app: Chalice) -> TestHTTPClient:
    """A client that sends requests to the app in this process."""
    return _HttpClient(app, Config.create())
