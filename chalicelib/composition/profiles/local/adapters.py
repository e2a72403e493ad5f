"""The local profile: everything in one folder, no account, no network."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Never

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.recognition import LocalRecognition
from chalicelib.composition.profiles.local.school import LocalSchool
from ports.errors import Unavailable, UpstreamError

if TYPE_CHECKING:
    from adapters.local.gateway.gateway import LocalWebSocketGateway
    from ports.inventory import Inventory


class LocalAdapters(LocalRecognition, LocalSchool):
    """The adapters of the laptop. Each one is imported and built on first use, once.

    Most attributes have the port's type. Four have the adapter's own type, because the laptop's server also does AWS's
    work: it takes uploads, delivers events, serves the WebSocket and mints tokens.
    """

    @lazy
    def gateway(self) -> LocalWebSocketGateway:
        from adapters.local.gateway.gateway import LocalWebSocketGateway

        return LocalWebSocketGateway("127.0.0.1", self._settings.ws_port, self.clock, self.ids)

    @property
    def knowledge_bases(self) -> Never:
        raise Unavailable("knowledge_base", "the local profile has no knowledge bases")

    def check_model(self) -> None:
        """Raise ``SettingsError`` if another embedding model made the stored vectors, or if text recognition is on but
        not installed.
        """
        with suppress(UpstreamError):  # start_checks.warnings reports a damaged file
            _ = self.vectors
        _ = self.recogniser

    def compact(self) -> None:
        """Overwrite or remove all bytes of deleted data in the files."""
        for store in (self.key_values, self.vectors, self.objects):
            store.compact()

    def inventory(self) -> Inventory:
        """All rows of the tables, for an operator."""
        from adapters.local.stores.inventory import SQLiteInventory

        return SQLiteInventory(self._settings.data / "tables.sqlite")

    def close(self) -> None:
        """Close the files and end the threads of the adapters that were built. Leaves no byte of deleted data."""
        for name in ("transcriber", "recogniser", "key_values", "vectors", "directory"):
            if name in vars(self):
                getattr(self, name).close()
