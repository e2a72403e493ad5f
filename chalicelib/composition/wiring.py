"""The composition root: the sole chooser of adapters, one a port in each profile.

All is lazy: nothing is imported, opened or built before a handler needs it, and then once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Never, get_args

from chalicelib.composition.lazily import lazy
from chalicelib.composition.services import Services
from chalicelib.deadline import Deadline
from chalicelib.settings import Settings, SupabaseTokens
from domain.base.tables import TABLES
from ports.agent import Agent, Role
from ports.embedder import Embedder
from ports.errors import Unavailable
from ports.system import Clock

if TYPE_CHECKING:
    import httpx

    from adapters.aws.api_gateway import ApiGatewayConnections
    from adapters.aws.dynamodb import DynamoDBKeyValueStore
    from adapters.aws.knowledge_base import BedrockKnowledgeBases
    from adapters.aws.s3 import S3ObjectStore
    from adapters.aws.secrets import ParameterStoreSecrets
    from adapters.aws.titan import TitanEmbedder
    from adapters.aws.transcribe import TranscribeTranscriber
    from adapters.extractors import DocumentTextExtractor
    from adapters.jwt_identity import JWTIdentityProvider
    from adapters.local.events import LocalEvents
    from adapters.local.gateway.gateway import LocalWebSocketGateway
    from adapters.local.models.speech import WhisperTranscriber
    from adapters.local.stores.key_values import SQLiteKeyValueStore
    from adapters.local.stores.objects import FolderObjectStore
    from adapters.local.stores.school import LocalTokens, SQLiteDirectory
    from adapters.local.stores.vectors import SQLiteVectorStore
    from adapters.pinecone.store import PineconeVectorStore
    from adapters.supabase.directory import SupabaseDirectory
    from adapters.system import SystemClock, UuidGenerator
    from adapters.upstream.calls import Retries
    from adapters.workers import ThreadWorkers

_READ_SECONDS = 3.0
"""The longest silence of AWS within a call: with 1 s to connect, what a call may take beyond its time."""


def wire(settings: Settings) -> Services:
    """The services of the profile that the settings name."""
    if settings.profile == "local":
        return Services(settings, LocalAdapters(settings))
    if settings.profile == "memory":
        from adapters.workers import ThreadWorkers
        from chalicelib.composition.demo_school import DEMO_SCHOOL
        from fakes.profile import MemoryAdapters

        return Services(settings, MemoryAdapters(TABLES, DEMO_SCHOOL, ThreadWorkers()))
    return Services(settings, AwsAdapters(settings))


class AwsAdapters:
    """AWS, Pinecone and Supabase. What is not set is missed by the port that needs it, when it is asked for.

    ``sleep`` is how they pause between tries.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._deadline = Deadline(lambda: self.clock)

    @lazy
    def clock(self) -> Clock:
        from adapters.system import SystemClock

        return SystemClock()

    @lazy
    def ids(self) -> UuidGenerator:
        from adapters.system import UuidGenerator

        return UuidGenerator()

    @lazy
    def workers(self) -> ThreadWorkers:
        from adapters.workers import ThreadWorkers

        return ThreadWorkers()

    @lazy
    def key_values(self) -> DynamoDBKeyValueStore:
        from adapters.aws.clients import client_factory
        from adapters.aws.dynamodb import DynamoDBKeyValueStore

        client = client_factory("dynamodb", read_seconds=_READ_SECONDS)
        prefix = self._settings.aws.table_prefix
        return DynamoDBKeyValueStore(client, TABLES, self.clock, prefix=prefix, retries=self._retries())

    @lazy
    def objects(self) -> S3ObjectStore:
        from adapters.aws.clients import client_factory
        from adapters.aws.s3 import S3ObjectStore

        client = client_factory("s3", read_seconds=_READ_SECONDS)
        return S3ObjectStore(client, self._settings.bucket, self.clock, retries=self._retries())

    @lazy
    def vectors(self) -> PineconeVectorStore:
        from adapters.pinecone.store import PineconeVectorStore

        aws = self._settings.aws
        host = _given("vector_store", "LYCEUM_PINECONE_HOST", aws.pinecone_host)
        key = self._secrets.get("pinecone-api-key")
        return PineconeVectorStore(host, key, aws.embedding_dimension, self._retries())

    @lazy
    def agent(self) -> Agent:
        from adapters.aws.clients import client_factory

        aws = self._settings.aws
        # A model may think for long before its first word: the reply's own time bounds it.
        read_seconds = self._settings.agent_seconds
        if aws.agent == "converse":
            from adapters.aws.bedrock_converse import ConverseAgent

            client = client_factory("bedrock-runtime", read_seconds=read_seconds)
            return ConverseAgent(client, aws.models, self._retries(tries=3))
        from adapters.aws.bedrock_agents import AgentAlias, AgentsAgent

        for role in get_args(Role):
            if role not in aws.agents:
                raise Unavailable("agent", f"LYCEUM_AGENT_{role.upper()} is not set")
        client = client_factory("bedrock-agent-runtime", read_seconds=read_seconds)
        agents = {role: AgentAlias(*ids) for role, ids in aws.agents.items()}
        return AgentsAgent(client, agents, self._retries(tries=3))

    @lazy
    def embedder(self) -> TitanEmbedder:
        from adapters.aws.clients import client_factory
        from adapters.aws.titan import TitanEmbedder

        aws = self._settings.aws
        client = client_factory("bedrock-runtime", read_seconds=_READ_SECONDS)
        model, dimension = aws.embedding_model, aws.embedding_dimension
        return TitanEmbedder(client, model=model, dimension=dimension, retries=self._retries())

    @lazy
    def extractor(self) -> DocumentTextExtractor:
        from adapters.extractors import DocumentTextExtractor

        return DocumentTextExtractor(self.clock)

    @lazy
    def identity(self) -> JWTIdentityProvider:
        from adapters.jwt_identity import REQUIRED_ROLE, JWTIdentityProvider, KeyRing
        from adapters.supabase.keys import JwksKeys, JwksOrSecret, LegacySecret

        url, tokens = self._supabase_url("identity_provider"), self._settings.aws.supabase_tokens
        published = JwksKeys(url, self._supabase, self._retries(tries=3))
        legacy = LegacySecret(lambda: self._secrets.get("supabase-jwt-secret"))
        rings: dict[SupabaseTokens, KeyRing] = {
            "jwks": published,
            "secret": legacy,
            "both": JwksOrSecret(published, legacy),
        }
        return JWTIdentityProvider(
            rings[tokens], issuer=f"{url}/auth/v1", audience=REQUIRED_ROLE, clock=self.clock
        )

    @lazy
    def directory(self) -> SupabaseDirectory:
        from adapters.supabase.directory import SupabaseDirectory

        url = self._supabase_url("directory")
        return SupabaseDirectory(
            url,
            lambda: self._secrets.get("supabase-key"),
            self._supabase,
            self._retries(tries=3),
        )

    @lazy
    def gateway(self) -> ApiGatewayConnections:
        from adapters.addresses import https_address
        from adapters.aws.api_gateway import ApiGatewayConnections
        from adapters.aws.clients import client_factory

        url = _given("connection_gateway", "LYCEUM_CONNECTIONS_URL", self._settings.aws.connections_url)
        address = https_address(url, "LYCEUM_CONNECTIONS_URL")
        client = client_factory("apigatewaymanagementapi", read_seconds=_READ_SECONDS, endpoint_url=address)
        return ApiGatewayConnections(client, retries=self._retries())

    @lazy
    def transcriber(self) -> TranscribeTranscriber:
        from adapters.aws.clients import client_factory
        from adapters.aws.transcribe import TranscribeTranscriber

        client = client_factory("transcribe", read_seconds=_READ_SECONDS)
        return TranscribeTranscriber(client, self._settings.bucket, retries=self._retries())

    @lazy
    def knowledge_bases(self) -> BedrockKnowledgeBases:
        from adapters.addresses import https_address
        from adapters.aws.clients import client_factory
        from adapters.aws.knowledge_base import BedrockKnowledgeBases, Storage

        aws = self._settings.aws
        host = _given("knowledge_base", "LYCEUM_PINECONE_HOST", aws.pinecone_host)
        storage = Storage(
            bucket=self._settings.bucket,
            pinecone_host=https_address(host, "LYCEUM_PINECONE_HOST"),
            pinecone_secret=_given(
                "knowledge_base", "LYCEUM_KNOWLEDGE_BASES_SECRET", aws.knowledge_bases_secret
            ),
            role=_given("knowledge_base", "LYCEUM_KNOWLEDGE_BASES_ROLE", aws.knowledge_bases_role),
            embedding_model=aws.embedding_model,
            dimension=aws.embedding_dimension,
        )
        client = client_factory("bedrock-agent", read_seconds=_READ_SECONDS)
        return BedrockKnowledgeBases(client, storage, label=f"lyceum-{aws.stage}", retries=self._retries())

    def _supabase_url(self, port: str) -> str:
        from adapters.addresses import https_address

        url = _given(port, "LYCEUM_SUPABASE_URL", self._settings.aws.supabase_url)
        return https_address(url, "LYCEUM_SUPABASE_URL").rstrip("/")

    def _supabase(self) -> httpx.Client:
        return self._supabase_client

    @lazy
    def _supabase_client(self) -> httpx.Client:
        from adapters.supabase.http import make_client

        return make_client(_READ_SECONDS)

    @lazy
    def _secrets(self) -> ParameterStoreSecrets:
        from adapters.aws.clients import client_factory
        from adapters.aws.secrets import ParameterStoreSecrets

        client = client_factory("ssm", read_seconds=_READ_SECONDS)
        return ParameterStoreSecrets(client, self._settings.aws.secrets_path, retries=self._retries())

    def _retries(self, tries: int = 4) -> Retries:
        from adapters.upstream.calls import Retries

        return Retries(self.clock, tries, self._deadline.for_call, self._sleep)


def _given(port: str, name: str, value: str | None) -> str:
    """The value of a setting that the port cannot do without."""
    if value is None:
        raise Unavailable(port, f"{name} is not set")
    return value


class LocalAdapters:
    """The laptop: everything in one folder, no account, no network."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @lazy
    def clock(self) -> SystemClock:
        from adapters.system import SystemClock

        return SystemClock()

    @lazy
    def ids(self) -> UuidGenerator:
        from adapters.system import UuidGenerator

        return UuidGenerator()

    @lazy
    def workers(self) -> ThreadWorkers:
        from adapters.workers import ThreadWorkers

        return ThreadWorkers()

    @lazy
    def key_values(self) -> SQLiteKeyValueStore:
        from adapters.local.stores.key_values import SQLiteKeyValueStore

        return SQLiteKeyValueStore(self._settings.data / "tables.sqlite", TABLES, self.clock)

    @lazy
    def objects(self) -> FolderObjectStore:
        from adapters.local.stores.objects import FolderObjectStore

        root, url = self._settings.data / "objects", self._settings.public_url
        return FolderObjectStore(root, url, self._secret, self.clock, self.events.object_created)

    @lazy
    def events(self) -> LocalEvents:
        from adapters.local.events import LocalEvents

        return LocalEvents(self._settings.ingest_workers)

    @lazy
    def vectors(self) -> SQLiteVectorStore:
        from adapters.local.stores.vectors import SQLiteVectorStore

        return SQLiteVectorStore(self._settings.data / "vectors.sqlite", self.embedder.dimension)

    @lazy
    def embedder(self) -> Embedder:
        from adapters.local.models.embedder import MiniLMEmbedder

        return MiniLMEmbedder()

    @lazy
    def agent(self) -> Agent:
        s = self._settings
        if s.llm_url is None:
            from adapters.local.agent.offline_agent import OfflineAgent

            return OfflineAgent()
        from adapters.openai_compatible import OpenAICompatibleAgent

        return OpenAICompatibleAgent(s.llm_url, s.llm_model, s.llm_api_key, self.clock)

    @lazy
    def extractor(self) -> DocumentTextExtractor:
        from adapters.extractors import DocumentTextExtractor

        return DocumentTextExtractor(self.clock)

    @lazy
    def identity(self) -> LocalTokens:
        from adapters.local.stores.school import LocalTokens

        return LocalTokens(self._secret, self.clock)

    @lazy
    def directory(self) -> SQLiteDirectory:
        from adapters.local.stores.school import SQLiteDirectory
        from chalicelib.composition.demo_school import DEMO_SCHOOL

        return SQLiteDirectory(self._settings.data / "school.sqlite", DEMO_SCHOOL)

    @lazy
    def gateway(self) -> LocalWebSocketGateway:
        from adapters.local.gateway.gateway import LocalWebSocketGateway

        return LocalWebSocketGateway("127.0.0.1", self._settings.ws_port, self.clock, self.ids)

    @lazy
    def transcriber(self) -> WhisperTranscriber:
        from adapters.local.models.speech import WhisperTranscriber

        return WhisperTranscriber(self.objects)

    @property
    def knowledge_bases(self) -> Never:
        raise Unavailable("knowledge_base", "the laptop has none")

    @lazy
    def _secret(self) -> bytes:
        from adapters.local.stores.school import local_secret

        return local_secret(self._settings.data / "secret")

    def compact(self) -> None:
        """Leave no byte of what was deleted in the files."""
        self.key_values.compact()
        self.vectors.compact()
        # What a killed process was writing, of whoever may have been erased since.
        self.objects.compact()

    def close(self) -> None:
        """Let go of the files, nothing of what was deleted left in them."""
        self.transcriber.close()
        self.key_values.close()
        self.vectors.close()
        self.directory.close()
