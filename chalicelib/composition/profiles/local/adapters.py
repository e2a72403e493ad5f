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


class LocalAdapters(LocalRecognition, LocalSchool):
    """Each adapter is imported and built on first use, once.

    Their types are the ports', but where the laptop's server plays AWS's part itself: it takes uploads,
    delivers events, serves the WebSocket and mints tokens.
    """

    @lazy
    def gateway(self) -> LocalWebSocketGateway:
        from adapters.local.gateway.gateway import LocalWebSocketGateway

        return LocalWebSocketGateway("127.0.0.1", self._settings.ws_port, self.clock, self.ids)

    @property
    def knowledge_bases(self) -> Never:
        raise Unavailable("knowledge_base", "the laptop has none")

    def check_model(self) -> None:
        """Raises ``SettingsError`` if the folder's vectors were made with another embedding model than the settings', or if
        what is to recognise text is not installed."""
        with suppress(UpstreamError):  # a damaged file is told of elsewhere
            _ = self.vectors
        _ = self.recogniser

    def compact(self) -> None:
        """Leave no byte of what was deleted in the files."""
        for store in (self.key_values, self.vectors, self.objects):
            store.compact()

    def close(self) -> None:
        """Let go of the files and threads that were used, nothing of what was deleted left in the files."""
        for name in ("transcriber", "recogniser", "key_values", "vectors", "directory"):
            if name in vars(self):
                getattr(self, name).close()
