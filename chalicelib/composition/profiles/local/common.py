"""The settings and the secret that the adapters of the local profile share."""

from __future__ import annotations

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.system import SystemAdapters
from chalicelib.settings import Settings


class LocalCommon(SystemAdapters):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @lazy
    def _secret(self) -> bytes:
        """The key with which the laptop signs tokens and links."""
        from adapters.local.stores.school import local_secret

        return local_secret(self._settings.data / "secret")
