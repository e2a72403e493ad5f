"""The retries, clients and secrets that the adapters of the aws profile share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.clients import READ_SECONDS, client
from chalicelib.composition.profiles.system import SystemAdapters
from chalicelib.deadline import Deadline
from chalicelib.settings import Settings
from ports.errors import Unavailable

if TYPE_CHECKING:
    from adapters.aws.secrets import ParameterStoreSecrets
    from adapters.upstream.calls import Retries

T = TypeVar("T")


class AwsCommon(SystemAdapters):
    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep`` pauses between the tries of a call; it gets seconds."""
        self._settings = settings
        self._sleep = sleep
        self._clients: dict[tuple[str, float], Callable[[], Any]] = {}
        self._deadline = Deadline(lambda: self.clock)

    def _retries(self, tries: int = 4) -> Retries:
        from adapters.upstream.calls import Retries

        return Retries(self.clock, tries, self._deadline.for_call, self._sleep)

    def _client(self, service: str, read_seconds: float = READ_SECONDS, **options: Any) -> Callable[[], Any]:
        """Like ``clients.client``, but the same arguments give the same client. ``clients`` returns these clients too."""
        key = (service, read_seconds)
        if key not in self._clients:
            self._clients[key] = client(service, read_seconds=read_seconds, **options)
        return self._clients[key]

    def clients(self) -> list[Any]:
        """The AWS clients of all adapters built so far. Creates those that do not exist yet, but opens no connection."""
        return [client() for client in self._clients.values()]

    @lazy
    def _secrets(self) -> ParameterStoreSecrets:
        from adapters.aws.secrets import ParameterStoreSecrets

        path = self._settings.aws.secrets_path
        return ParameterStoreSecrets(self._client("ssm"), path, retries=self._retries())


def required_setting(port: str, name: str, value: T | None) -> T:
    """The value of a setting that the port needs. Raises ``Unavailable`` if the value is None."""
    if value is None:
        raise Unavailable(port, f"{name} is not set")
    return value
