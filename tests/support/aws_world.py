"""The whole app on the aws profile, wired as in production, over moto and the stubs.

Tests control it like the fakes: scripted replies are sent over the network, and the recorded calls are those that
arrived over the network.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any

import jwt
from botocore.awsrequest import AWSResponse
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from adapters.aws.attributes import to_item
from adapters.aws.s3 import S3ObjectStore
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from chalicelib.settings import Settings
from domain.base.tables import TABLES
from fakes.agent import Script, ScriptedAgent
from fakes.system import FrozenClock, SequentialIds
from fakes.text_extractor import ScriptedTextExtractor
from fakes.text_recogniser import ScriptedTextRecogniser
from fakes.transcriber import text_of
from ports.agent import Task
from ports.directory import Person
from ports.errors import UpstreamError
from ports.identity_provider import Claims
from ports.key_value_store import Item, Table, current
from ports.object_store import PresignedPost
from ports.text_extractor import Extraction, ExtractionLimits, MediaType
from ports.transcriber import MediaFormat, Recording, Transcript
from tests.stubs import supabase_server
from tests.stubs.api_gateway import ApiGatewayEndpoint
from tests.stubs.aws import ACCESS_KEY, REGION, SECRET_KEY, client_of, create_bucket, create_tables, empty_aws
from tests.stubs.aws_endpoint import json_answer
from tests.stubs.bedrock import Bedrock, is_refusal, refusal_of, streamed_reply
from tests.stubs.pinecone_server import KEY as PINECONE_KEY
from tests.stubs.pinecone_server import PineconeServer
from tests.stubs.s3_client import S3Client
from tests.stubs.supabase_server import SupabaseServer, tables_of
from tests.stubs.textract import TextractEndpoint
from tests.stubs.transcribe import TranscribeEndpoint
from tests.support.world import World

DIMENSION = 256
BUCKET = "documents-of-the-test"
PREFIX = "t-"
SECRETS = {"pinecone-api-key": PINECONE_KEY, "supabase-key": supabase_server.KEY}
LAGGING = "lagging-"
TRIES = 4
"""The most tries of any adapter. A test enqueues each failure this many times, so that every try gets it."""
SIGNING_KEY_ID = "of-the-tests"
_SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())
_METHODS = {
    "GetItem": "get",
    "BatchGetItem": "get_many",
    "Query": "query",
    "PutItem": "put",
    "UpdateItem": "add",
    "DeleteItem": "delete",
    "BatchWriteItem": "put_many",
    "TransactWriteItems": "transact",
}
_S3_METHODS = {
    "PutObject": "put",
    "GetObject": "get",
    "HeadObject": "info",
    "DeleteObjects": "delete",
    "DeleteObject": "delete",
    "ListObjectsV2": "keys",
}
_DENIED = {
    "Error": {"Code": "AccessDenied", "Message": "vendor's words"},
    "ResponseMetadata": {"HTTPStatusCode": 403},
}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_DEFAULT_REGION": REGION,
}


@dataclass(frozen=True)
class Upstreams:
    """The stub servers for services outside of AWS, and for Bedrock, which moto does not have."""

    bedrock: Bedrock
    pinecone: PineconeServer
    supabase: SupabaseServer
    connections: ApiGatewayEndpoint
    textract: TextractEndpoint
    transcribe: TranscribeEndpoint

    def as_new(self) -> None:
        self.bedrock.forget()
        self.pinecone.reset()
        self.supabase.forget()
        self.connections.forget()
        self.textract.forget()
        self.transcribe.forget()
        self.supabase.tables = tables_of(DEMO_SCHOOL)

    @property
    def environment(self) -> dict[str, str]:
        """The process's environment variables: those of the settings, and botocore's own."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.bedrock.url,
            "AWS_ENDPOINT_URL_TEXTRACT": self.textract.url,
            "AWS_ENDPOINT_URL_TRANSCRIBE": self.transcribe.url,
            "LYCEUM_PROFILE": "aws",
            "LYCEUM_BUCKET": BUCKET,
            "LYCEUM_TABLE_PREFIX": PREFIX,
            "LYCEUM_SECRETS": "/lyceum/test",
            "LYCEUM_PINECONE_HOST": self.pinecone.host,
            "LYCEUM_SUPABASE_URL": self.supabase.url,
            "LYCEUM_CONNECTIONS_URL": self.connections.stage_url,
            "LYCEUM_EMBEDDING_MODEL": "amazon.titan-embed-text-v2:0",
            "LYCEUM_EMBEDDING_DIMENSION": str(DIMENSION),
        }


@contextmanager
def upstreams() -> Iterator[Upstreams]:
    published = {"kid": SIGNING_KEY_ID, **ECAlgorithm.to_jwk(_SIGNING_KEY.public_key(), as_dict=True)}
    with (
        Bedrock() as bedrock,
        PineconeServer(DIMENSION) as pinecone,
        SupabaseServer(jwks=[published]) as supabase,
        ApiGatewayEndpoint() as connections,
        TextractEndpoint(bucket=BUCKET) as textract,
        TranscribeEndpoint(bucket=BUCKET) as transcribe,
    ):
        yield Upstreams(bedrock, pinecone, supabase, connections, textract, transcribe)


_operator = cache(client_of)
"""An AWS client with an operator's rights, for preparing and inspecting resources. Each client is made only once,
because making one takes longer than its calls.
"""


@contextmanager
def aws_resources() -> Iterator[None]:
    """An AWS account with the resources of a deployment. The credentials must be in the environment."""
    with empty_aws():
        create_tables(_operator("dynamodb"), TABLES, PREFIX)
        create_bucket(_operator("s3"), BUCKET)
        for name, value in SECRETS.items():
            _operator("ssm").put_parameter(
                Name=f"/lyceum/test/{name}", Value=value, Type="SecureString", Overwrite=True
            )
        yield


class AwsWorld(World):
    """A world on the aws profile. Use it inside ``aws_resources``."""

    def __init__(self, upstreams: Upstreams, **more: str) -> None:
        """``more`` are further settings. Those that name the upstreams are set already."""
        self._upstreams = upstreams
        upstreams.as_new()
        super().__init__({**upstreams.environment, **more})

    def make_adapters(self, settings: Settings) -> Any:
        return AwsReins(settings, self._upstreams)


class AwsReins:
    """The adapters of the real wiring, with the controls that tests need. Only the clock and the ids are fakes."""

    def __init__(
        self,
        settings: Settings,
        upstreams: Upstreams,
        *,
        sleep: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """``sleep`` pauses between the tries of the adapters; it gets seconds."""
        self.clock = FrozenClock(datetime(2026, 9, 14, 8, 0, tzinfo=UTC))
        self.ids = SequentialIds()
        wired: Any = AwsAdapters(settings, sleep=sleep)
        wired.clock, wired.ids = self.clock, self.ids
        self.workers, self.scheduler, self.card_package = wired.workers, wired.scheduler, wired.card_package
        self.item_packages = wired.item_packages
        self.agent = AgentOverConverse(wired.agent, upstreams.bedrock, self.clock)
        self.embedder = EmbedderOverTitan(wired.embedder, upstreams.bedrock)
        self.grammar = wired.grammar
        self.key_values = TablesOverDynamoDB(wired.key_values)
        self.objects = ObjectsOverS3(wired.objects, self.clock)
        self.vectors = VectorsOverPinecone(wired.vectors, upstreams.pinecone)
        self.directory = DirectoryOverSupabase(wired.directory, upstreams.supabase)
        self.identity = TokensOfSupabase(wired.identity, f"{upstreams.supabase.url}/auth/v1", self.clock)
        self.extractor = ScriptedOrRead(wired.extractor)
        self.recogniser = ScriptedTextRecogniser(self.objects, media_types=())
        self.gateway = GatewayOverConnections(wired.gateway, upstreams.connections)
        self.transcriber = TranscriberOverTranscribe(wired.transcriber, upstreams.transcribe)
        upstreams.transcribe.objects = S3ObjectStore(cache(lambda: client_of("s3")), BUCKET, self.clock)
        self.wired = wired

    def clients(self) -> dict[str, Any]:
        """The botocore clients, by the name of the adapter that uses them."""
        named = ("agent", "embedder", "key_values", "objects", "gateway", "transcriber", "_secrets")
        return {name.lstrip("_"): getattr(self.wired, name)._client() for name in named}

    def close(self) -> None:
        self.wired.close()


class AgentOverConverse(ScriptedAgent):
    """An agent whose enqueued replies are streamed by the Bedrock stub, one at a time, so that no caller gets another
    caller's reply.
    """

    def __init__(self, adapter: Any, bedrock: Bedrock, clock: FrozenClock) -> None:
        super().__init__()
        self._adapter = adapter
        self._bedrock = bedrock
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def play(self, script: Script, task: Task, timeout: float) -> Iterator[str]:
        pieces = [script] if isinstance(script, (str, Exception)) else list(script)
        answer = refusal_of(script) if is_refusal(script) else streamed_reply(pieces)
        stalls_after = 0 if not answer.stalled else len(pieces) - 1
        with self._one_at_a_time:
            self._bedrock.replies.extend([answer] * TRIES)
            try:
                for number, piece in enumerate(self._adapter.reply(task, timeout=timeout), start=1):
                    if number == stalls_after:
                        self._clock.advance(timeout)
                    yield piece
            finally:
                self._bedrock.let_go()
                self._bedrock.replies.clear()


class EmbedderOverTitan:
    """An embedder whose ``calls`` are listed as on the fake. ``fail_next`` lets Titan answer with an error."""

    def __init__(self, adapter: Any, bedrock: Bedrock) -> None:
        self._adapter = adapter
        self._bedrock = bedrock
        self._failures: deque[BaseException] = deque()
        self.calls: list[list[str]] = []
        self.model, self.dimension, self.scale = adapter.model, adapter.dimension, adapter.scale

    def fail_next(self, failure: BaseException) -> None:
        self._failures.append(failure)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls.append(list(texts))
        if self._failures:
            failure = self._failures.popleft()
            if not isinstance(failure, UpstreamError):
                raise failure
            self._bedrock.embeddings.extend([refusal_of(failure)] * TRIES * len(texts))
        try:
            vectors: list[list[float]] = self._adapter.embed(texts)
            return vectors
        finally:
            self._bedrock.embeddings.clear()


class TablesOverDynamoDB:
    """A key-value store. ``calls`` lists the requests that were sent.

    Only one call runs at a time: when a transaction fails, moto also undoes other writes that were made meanwhile.
    """

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter
        self._client = adapter._client()
        self.calls: list[tuple[str, str]] = []
        self._one_at_a_time = threading.RLock()
        self._client.meta.events.register("before-call.dynamodb", self._note)

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._adapter, name)

        @wraps(asked)
        def ask(*args: Any, **options: Any) -> Any:
            with self._one_at_a_time:
                return asked(*args, **options)

        return ask

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.calls.append((_METHODS[model.name], ""))

    def items(self, table: Table) -> list[Item]:
        pages = _operator("dynamodb").get_paginator("scan").paginate(TableName=PREFIX + table.name)
        return [current(table, to_item(found)) for page in pages for found in page["Items"]]

    def lag_indexes(self) -> None:
        """From now on, answer queries by index from the tables' present state."""
        client = client_of("dynamodb")
        create_tables(client, TABLES, LAGGING)
        for table in TABLES:
            for page in client.get_paginator("scan").paginate(TableName=PREFIX + table.name):
                for found in page["Items"]:
                    client.put_item(TableName=LAGGING + table.name, Item=found)
        self._client.meta.events.register("provide-client-params.dynamodb.Query", self._redirect)

    def catch_up(self) -> None:
        self._client.meta.events.unregister("provide-client-params.dynamodb.Query", self._redirect)

    def _redirect(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "IndexName" not in params:
            return params
        return params | {"TableName": LAGGING + params["TableName"].removeprefix(PREFIX)}


class ObjectsOverS3:
    """An object store. ``post`` and ``download`` act as the browser. A failure of the next put is one of S3's errors."""

    def __init__(self, adapter: Any, clock: FrozenClock) -> None:
        self._adapter = adapter
        self._clock = clock
        self._signed_at = 0.0
        client = adapter._client()
        keys = (CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        self._browser = S3Client(client, BUCKET, *keys, lambda: clock.monotonic() - self._signed_at)
        self._before = self._after = 0
        self.calls: list[tuple[str, str]] = []
        client.meta.events.register("before-call.s3.PutObject", self._refuse)
        client.meta.events.register("after-call.s3.PutObject", self._deny)
        client.meta.events.register("before-call.s3", self._note)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def presign_upload(self, key: str, **options: Any) -> PresignedPost:
        self._signed_at = self._clock.monotonic()
        presigned: PresignedPost = self._adapter.presign_upload(key, **options)
        return presigned

    def post(self, presigned: PresignedPost, body: bytes, content_type: str) -> None:
        fields = presigned.fields | {"Content-Type": content_type}
        self._browser.post(PresignedPost(presigned.url, fields), body)

    def fail_next(self, failure: UpstreamError, *, after_effect: bool = False) -> None:
        if after_effect:
            self._after += 1
        else:
            self._before += 1

    def _refuse(self, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if not self._before:
            return None
        self._before -= 1
        return AWSResponse("", 403, {}, None), _DENIED

    def _deny(self, http_response: AWSResponse, parsed: dict[str, Any], **_: Any) -> None:
        if self._after:
            self._after -= 1
            http_response.status_code = 403
            parsed.update(_DENIED)

    def _note(self, model: Any, **_: Any) -> None:
        self.calls.append((_S3_METHODS[model.name], ""))


class VectorsOverPinecone:
    """A vector store. ``calls`` lists the requests that were sent."""

    def __init__(self, adapter: Any, server: PineconeServer) -> None:
        self._adapter = adapter
        self._server = server
        self.calls = _CallsOf(server)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def lag(self) -> None:
        self._server.index.lag()


class _CallsOf(Sequence[tuple[str, str]]):
    def __init__(self, server: PineconeServer) -> None:
        self._server = server

    def _calls(self) -> list[tuple[str, str]]:
        return [(request.path.rpartition("/")[2], "") for request in self._server.requests]

    def __getitem__(self, index: Any) -> Any:
        return self._calls()[index]

    def __len__(self) -> int:
        return len(self._server.requests)

    def clear(self) -> None:
        self._server.requests.clear()


class DirectoryOverSupabase:
    """A directory. ``calls`` lists the requests that were sent. While ``outage`` is set, Supabase refuses every
    request.
    """

    def __init__(self, adapter: Any, server: SupabaseServer) -> None:
        self._adapter = adapter
        self._server = server
        self.calls: list[str] = []
        self.outage: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._adapter, name)

        @wraps(asked)
        def ask(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            refused = json_answer({"message": "vendor's words"}, 403)
            self._server.instead_of_rows = None if self.outage is None else refused
            return asked(*args, **options)

        return ask

    def leave(self, user_id: str, subject_id: str) -> None:
        left = {"student_id": user_id, "subject_id": subject_id}
        rows = self._server.tables["subject_enrollments"]
        self._server.tables["subject_enrollments"] = [row for row in rows if row != left]


class GatewayOverConnections:
    """A gateway. ``sent`` lists the messages that were pushed through @connections."""

    def __init__(self, adapter: Any, endpoint: ApiGatewayEndpoint) -> None:
        self._adapter = adapter
        self._endpoint = endpoint
        self.sent: dict[str, list[str]] = {}
        self.drop = endpoint.drop

    def open(self, connection_id: str) -> None:
        self.sent[connection_id] = self._endpoint.received[connection_id] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)


class TranscriberOverTranscribe:
    """A transcriber whose enqueued outcomes become the outcomes of Transcribe's next jobs. ``begun`` lists the received
    jobs.

    If the queue is empty, a recording whose bytes are text gets that text as its transcript. ``formats``, ``languages``
    and ``hears_partially`` can be set as on the fake.
    """

    def __init__(self, adapter: Any, endpoint: TranscribeEndpoint) -> None:
        self._adapter = adapter
        self._endpoint = endpoint
        endpoint.hears = lambda sound, media_format: text_of(sound)
        self.enqueue = endpoint.to_hear.append
        self.formats: frozenset[MediaFormat] = adapter.formats
        self.languages: frozenset[str] | None = None
        self.hears_partially = False

    @property
    def begun(self) -> list[Recording]:
        return [job.recording for job in self._endpoint.jobs.values()]

    def speaks(self, language: str) -> bool:
        knows: bool = self._adapter.speaks(language)
        return knows if self.languages is None else language in self.languages

    def begin(self, recording: Recording) -> None:
        if recording.media_format not in self.formats or not self.speaks(recording.language):
            raise ValueError("the format or the language is not supported")
        try:
            self._adapter.begin(recording)
        finally:
            self._endpoint.refusals.pop(recording.job_id, None)

    def read(self, outcome: bytes) -> Transcript:
        transcript: Transcript = self._adapter.read(outcome)
        return transcript

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        heard: str | None = self._adapter.partial(sound, media_format, language)
        return sound.decode(errors="ignore") if self.hears_partially else heard


class TokensOfSupabase:
    """Signs tokens as Supabase does."""

    def __init__(self, adapter: Any, issuer: str, clock: FrozenClock) -> None:
        self._adapter = adapter
        self._issuer = issuer
        self._clock = clock

    def verify(self, token: str) -> Claims:
        claims: Claims = self._adapter.verify(token)
        return claims

    def mint(self, person: Person, *, seconds: int = 3600, **other: Any) -> str:
        """Sign a token. ``other`` claims replace the usual ones. A claim with the value ``...`` is left out."""
        return jwt.encode(
            self.claims(person, seconds=seconds, **other),
            _SIGNING_KEY,
            algorithm="ES256",
            headers={"kid": SIGNING_KEY_ID},
        )

    def claims(self, person: Person, *, seconds: int = 3600, **other: Any) -> dict[str, Any]:
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": "authenticated",
            "sub": person.auth_user_id,
            "email": person.email,
            "role": "authenticated",
            "iat": now,
            "exp": now + seconds,
        }
        return {name: value for name, value in (claims | other).items() if value is not ...}


class ScriptedOrRead(ScriptedTextExtractor):
    """An extractor that reads documents for real, unless a script for them exists."""

    def __init__(self, adapter: Any) -> None:
        super().__init__()
        self._adapter = adapter

    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        if content in self._scripts:
            return super().extract(content, media_type, limits)
        read: Extraction = self._adapter.extract(content, media_type, limits)
        return read
