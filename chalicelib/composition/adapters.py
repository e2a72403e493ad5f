"""The list of adapters that each profile provides: one for each port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.composition.practice_adapters import PracticeAdapters
from chalicelib.composition.reading_adapters import ReadingAdapters

if TYPE_CHECKING:
    from ports.agent import Agent
    from ports.connection_gateway import ConnectionGateway
    from ports.directory import Directory
    from ports.embedder import Embedder
    from ports.grammar import Grammar
    from ports.identity_provider import IdentityProvider
    from ports.key_value_store import KeyValueStore
    from ports.knowledge_base import KnowledgeBases
    from ports.object_store import ObjectStore
    from ports.system import Clock, IdGenerator
    from ports.transcriber import Transcriber
    from ports.vector_store import VectorStore
    from ports.workers import Workers


class Adapters(PracticeAdapters, ReadingAdapters, Protocol):
    """One adapter for each port. Reading an attribute raises ``Unavailable`` if a setting that the adapter needs is
    missing.
    """

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> IdGenerator: ...
    @property
    def workers(self) -> Workers: ...
    @property
    def key_values(self) -> KeyValueStore: ...
    @property
    def objects(self) -> ObjectStore: ...
    @property
    def vectors(self) -> VectorStore: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def grammar(self) -> Grammar: ...
    @property
    def agent(self) -> Agent: ...
    @property
    def identity(self) -> IdentityProvider: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def gateway(self) -> ConnectionGateway: ...
    @property
    def transcriber(self) -> Transcriber: ...
    @property
    def knowledge_bases(self) -> KnowledgeBases: ...
