"""A local account with everything that a stage's stack creates: moto as a server, and the wire stubs beside it.

If the environment names MiniStack's command (``make second-opinion``), MiniStack replaces moto.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.request import Request, urlopen

import jwt
from moto.server import ThreadedMotoServer

from adapters.aws.s3 import S3ObjectStore
from adapters.system import SystemClock
from chalicelib.composition.demo_school import DEMO_SCHOOL
from domain.base.tables import TABLES
from fakes.system import FrozenClock
from infrastructure.names import secrets_path, table_prefix
from infrastructure.storage import BUCKET, table_resource
from tests.packaging.stack import Stack
from tests.stubs.aws import REGION, client_of
from tests.stubs.aws_endpoint import AwsEndpoint
from tests.stubs.bedrock import streamed_reply
from tests.stubs.event_stream import event, stream
from tests.stubs.knowledge_bases import KnowledgeBasesEndpoint
from tests.support.aws_world import CREDENTIALS, DIMENSION, SECRETS, TokensOfSupabase, Upstreams, upstreams
from tests.support.ministack import COMMAND, ministack

STAGE = "test"
ORIGIN = "https://school.example"
JWT_SECRET = "the legacy secret of the project, of 32 characters and more"
_OF_A_TABLE = ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


@dataclass(frozen=True)
class Cloud:
    url: str
    reset_path: str
    """The path that makes the server of S3, DynamoDB and the Parameter Store forget everything."""
    upstreams: Upstreams
    knowledge_bases: KnowledgeBasesEndpoint
    agents: AwsEndpoint

    def will_say(self, *pieces: str) -> None:
        """Script the next reply of the model, or of the agent that replaces it."""
        self.upstreams.bedrock.replies.append(streamed_reply(list(pieces)))
        chunks = [event("chunk", {"bytes": base64.b64encode(piece.encode()).decode()}) for piece in pieces]
        self.agents.script(stream(*chunks))

    def unsay(self) -> None:
        """Remove the scripted replies that nobody asked for."""
        self.upstreams.bedrock.replies.clear()
        self.agents.forget()

    @property
    def parameters(self) -> dict[str, str]:
        """The stack's parameters as an operator gives them, with this account's addresses."""
        return {
            "AllowedOrigins": ORIGIN,
            "PineconeHost": self.upstreams.pinecone.host,
            "SupabaseUrl": self.upstreams.supabase.url,
            "EmbeddingModel": "amazon.titan-embed-text-v2:0",
            "EmbeddingDimension": str(DIMENSION),
        }

    def environment(self, stack: Stack, function: str) -> dict[str, str]:
        """The environment of a function as Lambda gives it, with local addresses for AWS."""
        return {
            **CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.upstreams.bedrock.url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENT": self.knowledge_bases.url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": self.agents.url,
            "AWS_ENDPOINT_URL_TEXTRACT": self.upstreams.textract.url,
            "AWS_ENDPOINT_URL_TRANSCRIBE": self.upstreams.transcribe.url,
            **stack.environment(function),
            "LYCEUM_CONNECTIONS_URL": self.upstreams.connections.stage_url,
        }

    def token(self, name: str, clock: FrozenClock) -> str:
        """A token of a person of the school. It outlasts the longest flow."""
        tokens = TokensOfSupabase(None, f"{self.upstreams.supabase.url}/auth/v1", clock)
        person = next(person for person in DEMO_SCHOOL.people if person.user_id == name)
        return tokens.mint(person, seconds=30 * 86_400)

    def token_by_secret(self, name: str, clock: FrozenClock) -> str:
        """A token signed with the legacy secret, as projects without published keys sign them."""
        claims = jwt.decode(self.token(name, clock), options={"verify_signature": False})
        return jwt.encode(claims, JWT_SECRET, algorithm="HS256")

    def keys(self, prefix: str) -> list[str]:
        """The keys of the bucket's objects with the prefix."""
        objects = self.upstreams.transcribe.objects
        assert objects is not None
        return list(objects.keys(prefix))

    def client(self, service: str) -> Any:
        return client_of(service, endpoint_url=self.url)

    def make(self, stack: Stack) -> None:
        """Make a new account with the stack's tables and bucket, and the operator's secrets."""
        urlopen(Request(self.url + self.reset_path, method="POST")).close()
        self.upstreams.as_new()
        self.knowledge_bases.forget()
        self.agents.forget()
        with closing_client(self.client("dynamodb")) as dynamodb:
            for table in TABLES:
                properties = stack.properties(table_resource(table))
                assert properties["TableName"] == table_prefix(STAGE) + table.name
                dynamodb.create_table(
                    **{name: properties[name] for name in _OF_A_TABLE if name in properties}
                )
        bucket = stack.properties(BUCKET)["BucketName"]
        objects = S3ObjectStore(cache(lambda: self.client("s3")), bucket, SystemClock())
        for jobs in (self.upstreams.textract, self.upstreams.transcribe):
            jobs.bucket, jobs.objects = bucket, objects
        with closing_client(self.client("s3")) as s3:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        with closing_client(self.client("ssm")) as ssm:
            for name, value in {**SECRETS, "supabase-jwt-secret": JWT_SECRET}.items():
                ssm.put_parameter(Name=f"{secrets_path(STAGE)}/{name}", Value=value, Type="SecureString")


@contextmanager
def closing_client(client: Any) -> Iterator[Any]:
    try:
        yield client
    finally:
        client.close()


@contextmanager
def cloud() -> Iterator[Cloud]:
    server, reset_path = (
        (ministack(), "/_ministack/reset") if COMMAND in os.environ else (moto(), "/moto-api/reset")
    )
    with (
        server as url,
        upstreams() as others,
        KnowledgeBasesEndpoint() as knowledge_bases,
        AwsEndpoint() as agents,
    ):
        yield Cloud(url, reset_path, others, knowledge_bases, agents)


@contextmanager
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()
