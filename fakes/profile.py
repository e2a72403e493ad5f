"""The memory profile: a fake for every port except the workers. Tests script and inspect the fakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fakes.agent import ScriptedAgent
from fakes.card_package import JsonCardPackage
from fakes.connection_gateway import RecordingGateway
from fakes.directory import InMemoryDirectory
from fakes.embedder import HashingEmbedder
from fakes.grammar import ScriptedGrammar
from fakes.identity_provider import MintedTokens
from fakes.item_package import JsonItemPackages
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.knowledge_base import SlowKnowledgeBases
from fakes.object_store import InMemoryObjectStore
from fakes.scheduler import DoublingScheduler
from fakes.system import FrozenClock, SequentialIds
from fakes.text_extractor import ScriptedTextExtractor
from fakes.text_recogniser import ScriptedTextRecogniser
from fakes.transcriber import ScriptedTranscriber
from fakes.vector_store import InMemoryVectorStore
from ports.directory import School
from ports.key_value_store import Table
from ports.workers import Workers


class MemoryAdapters:
    def __init__(self, tables: Sequence[Table], school: School, workers: Workers) -> None:
        """``workers`` are real: tests on the fakes use real threads too."""
        self.workers = workers
        self.clock = FrozenClock(datetime(2026, 9, 14, 8, 0, tzinfo=UTC))
        self.ids = SequentialIds()
        self.scheduler = DoublingScheduler()
        self.card_package = JsonCardPackage()
        self.item_packages = JsonItemPackages()
        self.key_values = InMemoryKeyValueStore(tables, self.clock)
        self.objects = InMemoryObjectStore(self.clock)
        self.embedder = HashingEmbedder()
        self.vectors = InMemoryVectorStore(self.embedder.dimension)
        self.grammar = ScriptedGrammar()
        self.agent = ScriptedAgent()
        self.extractor = ScriptedTextExtractor()
        self.recogniser = ScriptedTextRecogniser(self.objects, media_types=())
        self.identity = MintedTokens(self.clock)
        self.directory = InMemoryDirectory(school)
        self.gateway = RecordingGateway()
        self.transcriber = ScriptedTranscriber(self.objects)
        self.knowledge_bases = SlowKnowledgeBases()
