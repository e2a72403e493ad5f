"""The laptop's stores, in one folder, and the events that its objects cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.models import LocalModels
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from adapters.local.events import LocalEvents
    from adapters.local.stores.objects import FolderObjectStore
    from ports.key_value_store import KeyValueStore
    from ports.transcriber import Transcriber
    from ports.vector_store import VectorStore


class LocalStores(LocalModels):
    @lazy
    def key_values(self) -> KeyValueStore:
        from adapters.local.stores.key_values import SQLiteKeyValueStore
        from domain.base.tables import TABLES

        return SQLiteKeyValueStore(self._settings.data / "tables.sqlite", TABLES, self.clock)

    @lazy
    def objects(self) -> FolderObjectStore:
        from adapters.local.stores.objects import FolderObjectStore

        root, url = self._settings.data / "objects", self._settings.public_url
        return FolderObjectStore(root, url, self._secret, self.clock, self.events.object_created)

    @lazy
    def events(self) -> LocalEvents:
        from adapters.local.events import LocalEvents

        return LocalEvents()

    @lazy
    def vectors(self) -> VectorStore:
        """The folder's vectors. Raises ``SettingsError`` if another embedding model made them."""
        from adapters.local.stores.vectors import OtherModel, SQLiteVectorStore

        path, embedder = self._settings.data / "vectors.sqlite", self.embedder
        try:
            return SQLiteVectorStore(path, embedder.dimension, model=embedder.model)
        except OtherModel as other:
            raise SettingsError(
                f"{other}. Start as before (with or without LANGUAGES=1), or use another folder (LYCEUM_DATA). To embed "
                "everything again, delete that file and run `make repair` with LYCEUM_LANGUAGES set as it will be later."
            ) from None

    @lazy
    def transcriber(self) -> Transcriber:
        from adapters.local.models.speech import WhisperTranscriber

        return WhisperTranscriber(self.objects)
