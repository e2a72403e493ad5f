"""The contracts, against the real services. ``make verify-live`` runs them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from adapters.aws.bedrock_agents import AgentsAgent
from adapters.aws.dynamodb import DynamoDBKeyValueStore
from adapters.aws.secrets import ParameterStoreSecrets
from domain.agents.prompting import TUTOR_INSTRUCTIONS, tutor_request
from domain.documents.passage import Passage
from infrastructure.tables import table_definitions
from ports.agent import Agent, Chat, Task, TokenUsage
from ports.connection_gateway import ConnectionGateway
from ports.directory import Directory
from ports.embedder import Embedder
from ports.errors import Unavailable
from ports.identity_provider import InvalidToken
from ports.key_value_store import Item, KeyValueStore, Table
from ports.knowledge_base import KnowledgeBase, KnowledgeBases
from ports.object_store import ObjectStore, PresignedPost
from ports.paging import Page, every
from ports.transcriber import Recording, Transcriber
from ports.vector_store import (
    Filter,
    Match,
    SparseVector,
    Vector,
    VectorStore,
    batches,
    check_query,
    check_upsert,
)
from tests.contracts.agent.contract import AgentContract
from tests.contracts.connection_gateway.contract import ConnectionGatewayContract
from tests.contracts.embedder.contract import EmbedderContract
from tests.contracts.key_value_store.contract import TABLES, KeyValueStoreContract
from tests.contracts.knowledge_base.contract import KnowledgeBasesContract
from tests.contracts.object_store.contract import ObjectStoreContract
from tests.contracts.transcriber.contract import Sounds, TranscriberContract
from tests.contracts.vector_store.contract import DIMENSION, VectorStoreContract
from tests.live.conftest import Account

SPEECH = Path(__file__).parents[2] / "demo" / "speech" / "second-law.ogg"
UNKNOWN_KEY = "eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vYm9keSJ9.e30.AA"


class PatientStore:
    """Waits for DynamoDB's indexes, which are a little behind its tables."""

    _WRITES = frozenset({"put", "put_many", "delete", "delete_many", "transact"})

    def __init__(self, store: DynamoDBKeyValueStore, wait: Callable[[float], None]) -> None:
        self._store = store
        self._wait = wait
        self._is_behind = False

    def __getattr__(self, name: str) -> Any:
        self._is_behind = self._is_behind or name in self._WRITES
        return getattr(self._store, name)

    def query(self, table: Table, partition: str, *, index: str | None = None, **how: Any) -> Page[Item]:
        if index is not None and self._is_behind:
            self._wait(1)
            self._is_behind = False
        return self._store.query(table, partition, index=index, **how)


@pytest.fixture(scope="module")
def tables(account: Account) -> Iterator[str]:
    dynamodb, prefix = account.client("dynamodb"), f"{account.name}-"
    definitions = table_definitions(TABLES, prefix)
    endings = [definition.pop("TimeToLiveSpecification", None) for definition in definitions]
    for definition in definitions:
        dynamodb.create_table(**definition)
    for definition, ending in zip(definitions, endings, strict=True):
        name = definition["TableName"]
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 3})
        if ending is not None:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ending)
    yield prefix
    for definition in definitions:
        dynamodb.delete_table(TableName=definition["TableName"])


MARGIN_SECONDS = 15
"""The most seconds that a test needs before it checks that something has not yet expired."""


class TestDynamoDB(KeyValueStoreContract):
    orders_equal_sort_values = False
    margin_seconds = MARGIN_SECONDS

    @pytest.fixture
    def clock(self, account: Account) -> Any:
        return account.clock

    @pytest.fixture
    def store(self, account: Account, tables: str) -> Iterator[KeyValueStore]:
        adapters, dynamodb = account.adapters, account.client("dynamodb")
        store = DynamoDBKeyValueStore(
            adapters.key_values._client, TABLES, account.clock, prefix=tables, retries=adapters._retries()
        )
        patient: Any = PatientStore(store, account.wait)
        yield patient
        for table in TABLES:
            names = [name for name in (table.partition, table.sort) if name is not None]
            for page in dynamodb.get_paginator("scan").paginate(TableName=tables + table.name):
                for item in page["Items"]:
                    key = {name: item[name] for name in names}
                    dynamodb.delete_item(TableName=tables + table.name, Key=key)


class TestS3(ObjectStoreContract):
    margin_seconds = MARGIN_SECONDS

    @pytest.fixture
    def clock(self, account: Account) -> Any:
        return account.clock

    @pytest.fixture
    def store(self, account: Account, bucket: str) -> Iterator[ObjectStore]:
        self._browser = account.browser
        yield account.adapters.objects
        for key in list(account.adapters.objects.keys("")):
            account.adapters.objects.delete(key)

    def post(self, store: ObjectStore, presigned: PresignedPost, body: bytes) -> bool:
        if self._browser is not None:
            accepted: bool = self._browser.post(presigned, body)
            return accepted
        answer = httpx.post(presigned.url, data=presigned.fields, files={"file": body})
        return _is_accepted(answer)

    def download(self, store: ObjectStore, url: str) -> tuple[bytes, str] | None:
        if self._browser is not None:
            downloaded: tuple[bytes, str] | None = self._browser.download(url)
            return downloaded
        answer = httpx.get(url)
        if not _is_accepted(answer):
            return None
        return answer.content, unquote(
            answer.headers["content-disposition"].partition("filename*=UTF-8''")[2]
        )


def _is_accepted(answer: httpx.Response) -> bool:
    """Whether S3 accepted the request. An answer that is neither yes nor no is an error."""
    if answer.status_code in (400, 403, 404):
        return False
    return bool(answer.raise_for_status().is_success)


class TestParameterStore:
    @pytest.fixture
    def path(self, account: Account) -> Iterator[str]:
        ssm, path = account.client("ssm"), f"/{account.name}"
        ssm.put_parameter(Name=f"{path}/key", Value=" sesame\n", Type="SecureString")
        yield path
        ssm.delete_parameter(Name=f"{path}/key")

    @pytest.fixture
    def secrets(self, account: Account, path: str) -> ParameterStoreSecrets:
        return ParameterStoreSecrets(lambda: account.client("ssm"), path, retries=account.adapters._retries())

    def test_a_secret_is_returned_decrypted_without_its_line_end(
        self, secrets: ParameterStoreSecrets
    ) -> None:
        assert secrets.get("key") == "sesame"

    def test_a_missing_secret_is_reported_as_not_found(self, secrets: ParameterStoreSecrets) -> None:
        with pytest.raises(Unavailable, match="ParameterNotFound"):
            secrets.get("other")


class PaddedStore:
    """Pads the contract's short vectors with zeros to the index's dimension. Zeros change no product."""

    def __init__(self, store: Any, dimension: int, scratch: str) -> None:
        self._store = store
        self._padding = [0.0] * (dimension - DIMENSION)
        self._scratch = scratch
        self.written: dict[str, dict[str, Vector]] = {}

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        check_upsert(namespace, vectors, DIMENSION)
        kept = self.written.setdefault(namespace, {})
        padded = [replace(one, values=[*one.values, *self._padding]) for one in vectors]
        for batch in batches(padded):
            self._store.upsert(self._named(namespace), batch)
        kept.update({one.id: one for one in vectors})

    def query(
        self,
        namespace: str,
        values: Sequence[float],
        *,
        filter: Filter,
        top_k: int,
        sparse: SparseVector = SparseVector(),
    ) -> list[Match]:
        check_query(namespace, values, filter=filter, top_k=top_k, sparse=sparse, dimension=DIMENSION)
        padded = [*values, *self._padding]
        found: list[Match] = self._store.query(
            self._named(namespace), padded, filter=filter, top_k=top_k, sparse=sparse
        )
        return found

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        found: Mapping[str, Vector] = self._store.fetch(self._named(namespace), ids)
        return {id: replace(one, values=tuple(one.values[:DIMENSION])) for id, one in found.items()}

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        self._store.delete(self._named(namespace), ids)
        for id in ids:
            self.written.get(namespace, {}).pop(id, None)

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> Page[str]:
        page: Page[str] = self._store.ids(self._named(namespace), prefix, limit=limit, cursor=cursor)
        return page

    def compact(self) -> None:
        self._store.compact()

    def close(self) -> None:
        self._store.close()

    def is_settled(self) -> bool:
        """Whether lists and fetches show exactly what was written."""
        return all(
            self._listed(namespace) == sorted(kept) and self._shows(namespace, kept)
            for namespace, kept in self.written.items()
        )

    def _listed(self, namespace: str) -> list[str]:
        return sorted(every(lambda cursor: self.ids(namespace, "", cursor=cursor)))

    def _shows(self, namespace: str, kept: Mapping[str, Vector]) -> bool:
        found = self.fetch(namespace, list(kept))
        return all(id in found and found[id].metadata == one.metadata for id, one in kept.items())

    def clear(self) -> None:
        for namespace in self.written:
            ids = self._listed(namespace)
            for start in range(0, len(ids), 1000):
                self._store.delete(self._named(namespace), ids[start : start + 1000])

    def _named(self, namespace: str) -> str:
        """The name with this run's prefix. A name that the port refuses stays as it is."""
        return namespace if len(namespace) not in range(1, 400) else self._scratch + namespace


class TestPinecone(VectorStoreContract):
    _runs = itertools.count(1)

    @pytest.fixture
    def store(self, account: Account) -> Iterator[VectorStore]:
        aws = account.settings.aws
        account.needs(LYCEUM_PINECONE_HOST=aws.pinecone_host, LYCEUM_SECRETS=aws.secrets_path)
        self._wait = account.wait
        scratch = f"{account.name}-{next(self._runs)}-"
        store = PaddedStore(account.adapters.vectors, aws.embedding_dimension, scratch)
        yield store
        store.clear()

    def settle(self, store: Any) -> None:
        for _ in range(60):
            if store.is_settled():
                return
            self._wait(1)
        raise AssertionError("what was written is not seen after a minute")


class TestTitan(EmbedderContract):
    @pytest.fixture
    def embedder(self, account: Account) -> Embedder:
        embedder: Embedder = account.adapters.embedder
        return embedder


class Tutored:
    """Sends the contract's task as the tutor words it, with more time. A language model needs both."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        assert isinstance(task, Chat)
        passages = [
            Passage("f", one.source, None, 0, 1, 0, len(one.text), one.text, one.relevance)
            for one in task.passages
        ]
        history = [(one.speaker, one.text) for one in task.history]
        request = tutor_request(task.question, passages, history)
        task = replace(task, instructions=TUTOR_INSTRUCTIONS, request=request)
        return self._agent.reply(task, timeout=5 * timeout, used=used)


class TestBedrock(AgentContract):
    """Whichever of Converse and Agents ``LYCEUM_AGENT`` chooses."""

    @pytest.fixture
    def agent(self, account: Account) -> Agent:
        aws = account.settings.aws
        if aws.agent == "agents":
            account.needs(LYCEUM_AGENT_CHAT=aws.agents.get("chat"))
        agent: Agent = account.adapters.agent
        assert isinstance(agent, AgentsAgent) == (aws.agent == "agents")
        return Tutored(agent)

    def test_each_request_stands_for_itself(self, agent: Agent) -> None:
        pytest.skip("a model says the same in other words each time")


class TestTranscribe(TranscriberContract):
    _NEED_SILENCE = frozenset({"test_silence_is_no_text", "test_each_job_has_an_outcome_of_its_own"})

    @pytest.fixture
    def objects(self, account: Account, bucket: str) -> Iterator[ObjectStore]:
        objects: ObjectStore = account.adapters.objects
        yield objects
        for key in list(objects.keys("")):
            objects.delete(key)

    @pytest.fixture
    def transcriber(self, account: Account, objects: ObjectStore) -> Iterator[Transcriber]:
        recording = RecordingTranscriber(account.adapters.transcriber)
        transcriber: Any = recording
        yield transcriber
        for name in recording.begun:
            account.client("transcribe").delete_transcription_job(TranscriptionJobName=name)

    @pytest.fixture
    def sounds(self, account: Account, request: pytest.FixtureRequest) -> Sounds:
        if account.sounds is not None:
            given: Sounds = account.sounds
            return given
        if request.function.__name__ in self._NEED_SILENCE:
            pytest.skip("there is no silent recording in demo/speech")
        unreadable = (b"no sound at all",)
        return Sounds(SPEECH.read_bytes(), "equals its mass times", b"", unreadable, media_format="ogg")

    @pytest.fixture
    def finish(self, account: Account, transcriber: Any) -> Callable[[], None]:
        transcribe = account.client("transcribe")

        def is_over(name: str) -> bool:
            job = transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
            return job["TranscriptionJobStatus"] in ("COMPLETED", "FAILED")

        def finish() -> None:
            for _ in range(120):
                if all(map(is_over, transcriber.begun)):
                    return
                account.wait(5)
            raise AssertionError("a job is not over after ten minutes")

        return finish


class RecordingTranscriber:
    def __init__(self, transcriber: Any) -> None:
        self._transcriber = transcriber
        self.begun: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)

    def begin(self, recording: Recording) -> None:
        self._transcriber.begin(recording)
        self.begun.add(recording.job_id)


class TestConnections:
    """Tests of an API without connected clients."""

    @pytest.fixture
    def client(self, account: Account) -> Any:
        account.needs(LYCEUM_CONNECTIONS_URL=account.settings.aws.connections_url)
        return account.adapters.gateway, "never=", None, None

    test_a_push_to_an_unknown_connection_raises_gone = (
        ConnectionGatewayContract.test_a_push_to_an_unknown_connection_raises_gone
    )

    def test_an_unknown_connection_is_not_open(self, client: Any) -> None:
        gateway: ConnectionGateway = client[0]
        assert not gateway.is_open("never=")
        gateway.close("never=")


class TestSupabase:
    """Tests that pass for any school: there are answers, and none about unknown people."""

    @pytest.fixture
    def directory(self, account: Account) -> Directory:
        aws = account.settings.aws
        account.needs(LYCEUM_SUPABASE_URL=aws.supabase_url, LYCEUM_SECRETS=aws.secrets_path)
        directory: Directory = account.adapters.directory
        return directory

    def test_an_unknown_person_has_no_classes(self, directory: Directory) -> None:
        nobody = "00000000-0000-4000-8000-000000000000"
        assert directory.person(nobody) is None
        assert directory.people([nobody]) == {}
        assert directory.subjects_of(nobody) == []
        assert directory.subject(nobody) is None
        assert directory.enrolled(nobody) == []
        assert directory.sessions(nobody, limit=5) == []
        assert directory.session(nobody) is None
        assert directory.assignment(nobody) is None
        assert not directory.is_enrolled(nobody, nobody)
        assert not directory.teaches(nobody, nobody)

    def test_the_keys_can_be_read_and_a_token_with_an_unknown_key_is_refused(self, account: Account) -> None:
        account.needs(LYCEUM_SUPABASE_URL=account.settings.aws.supabase_url)
        with pytest.raises(InvalidToken):
            account.adapters.identity.verify(UNKNOWN_KEY)


class FreshTokens:
    """Makes each token unique to this run. Bedrock would answer a token of an earlier run with that run's result."""

    def __init__(self, bases: KnowledgeBases, run: str) -> None:
        self._bases = bases
        self._run = run
        self.remove = bases.remove

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        return self._bases.open(name, prefix, f"{self._run}-{token}")

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        return self._bases.sync(base, f"{self._run}-{token}")


class TestKnowledgeBases(KnowledgeBasesContract):
    _runs = itertools.count(1)

    @pytest.fixture
    def bases(self, account: Account, bucket: str) -> Iterator[KnowledgeBases]:
        aws = account.settings.aws
        if not account.settings.knowledge_bases:
            pytest.skip("LYCEUM_KNOWLEDGE_BASES is not on")
        account.needs(
            LYCEUM_PINECONE_HOST=aws.pinecone_host,
            LYCEUM_KNOWLEDGE_BASES_ROLE=aws.knowledge_bases_role,
            LYCEUM_KNOWLEDGE_BASES_SECRET=aws.knowledge_bases_secret,
        )
        bases: Any = FreshTokens(account.adapters.knowledge_bases, f"{account.name}-{next(self._runs)}")
        yield bases
        for name in ("user-kb-1", "user-kb-2"):
            while not bases.remove(name):
                account.wait(10)

    @pytest.fixture
    def finish(self, account: Account) -> Callable[[], None]:
        return lambda: account.wait(60)
