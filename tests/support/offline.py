"""The offline agent and the rules of judging, with the real embedder and grammar. They are loaded once per process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.interviews.judging import Judging


class Remembering(MiniLMEmbedder):
    """Embeds each text only once, because property tests judge the same sentences many times."""

    def __init__(self) -> None:
        super().__init__()
        self._known = cache(lambda text: tuple(MiniLMEmbedder.embed(self, [text])[0]))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [list(self._known(text)) for text in texts]


EMBEDDER = Remembering()
GRAMMAR = SpacyGrammar()
OFFLINE = OfflineAgent(EMBEDDER, GRAMMAR)
JUDGING = Judging(GRAMMAR, EMBEDDER)
