"""Secrets in the Parameter Store of AWS Systems Manager, which encrypts them. No template contains them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Retries
from ports.errors import Unavailable

_CAPABILITY = "secrets"
KEPT_SECONDS = 300.0
"""How many seconds a secret is used before it is read again. A rotation takes effect after at most this time."""


class ParameterStoreSecrets:
    """Reads secrets when they are first used. Safe to share between threads."""

    def __init__(self, client: Callable[[], Any], path: str | None, *, retries: Retries) -> None:
        """``path`` is the beginning of the secrets' names, e.g. ``/lyceum/prod``."""
        self._client = client
        self._path = path
        self._clock = retries.clock
        self._calls = calls_of_aws(_CAPABILITY, retries)
        self._known: dict[str, tuple[str, float]] = {}
        self._lock = Lock()

    def get(self, name: str) -> str:
        """The secret with that name. Raises ``Unavailable`` if there is none, and any other ``UpstreamError``."""
        if self._path is None:
            raise Unavailable(_CAPABILITY, "LYCEUM_SECRETS is not set")
        with self._lock:
            value, until = self._known.get(name, ("", 0.0))
            now = self._clock.monotonic()
            if not value or until <= now:
                value = self._read(f"{self._path.rstrip('/')}/{name}")
                self._known[name] = (value, now + KEPT_SECONDS)
            return value

    def _read(self, parameter: str) -> str:
        def ask() -> Any:
            return self._client().get_parameter(Name=parameter, WithDecryption=True)

        answer = self._calls.begin().call(ask)
        with reading_answer(_CAPABILITY):
            value = answer["Parameter"]["Value"]
            if not isinstance(value, str) or not value.strip():
                raise ValueError("an empty secret")
        return value.strip()
