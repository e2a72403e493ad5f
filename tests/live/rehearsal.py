"""A pytest plugin in which moto and the stubs replace the real account. Only environment variables lead to them.

``make verify-live REHEARSE=1`` shows that the tests for a real account run.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.system import SystemClock
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from ports.object_store import PresignedPost, PresignedRefused
from tests.stubs.aws_endpoint import Answer
from tests.stubs.bedrock import streamed_reply
from tests.stubs.knowledge_bases import KnowledgeBasesEndpoint
from tests.stubs.s3_client import S3Client
from tests.stubs.transcribe import spoken
from tests.support.aws_world import CREDENTIALS, aws_resources, upstreams

REPLY = ["Plants do it. ", '[1 "Photosynthesis is the process by which plants turn light into sugar."]']
WORDS = "Force equals mass times acceleration."
ROLE = "arn:aws:iam::123456789012:role/lyceum-knowledge-bases"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pinecone-AbCdEf"

_running = ExitStack()
_servers: list[Any] = []


def pytest_configure() -> None:
    servers, bases = _running.enter_context(upstreams()), _running.enter_context(KnowledgeBasesEndpoint())
    _servers[:] = [servers, bases]
    os.environ.update(servers.environment)
    os.environ.update(
        {
            "LYCEUM_LIVE": "1",
            "LYCEUM_KNOWLEDGE_BASES": "on",
            "LYCEUM_KNOWLEDGE_BASES_ROLE": ROLE,
            "LYCEUM_KNOWLEDGE_BASES_SECRET": SECRET,
            "AWS_ENDPOINT_URL_BEDROCK_AGENT": bases.url,
        }
    )
    _running.enter_context(aws_resources())
    servers.as_new()
    servers.bedrock.replies = Always([streamed_reply(REPLY)])


def pytest_unconfigure() -> None:
    _running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Change two tests for moto, which checks a condition and writes in two steps, and has another limit for an item."""
    for item in items:
        if isinstance(item, pytest.Function) and item.nodeid.partition("::")[2].startswith("TestDynamoDB::"):
            item.cls.additions_at_once = 1
        if item.nodeid.endswith("TestDynamoDB::test_the_largest_item_is_taken_and_a_larger_one_is_not"):
            item.add_marker(pytest.mark.skip("moto's largest item is another"))


class Always(deque[Answer]):
    """Gives the same answer every time."""

    def popleft(self) -> Answer:
        return self[0]


class MovingClock(SystemClock):
    """A clock that moves like the real one, and that a test can move further. So a test that depends on its own speed
    fails here too.
    """

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class SigningObjects:
    """Records when a request was presigned."""

    def __init__(self, objects: Any, clock: MovingClock) -> None:
        self._objects = objects
        self._clock = clock
        self._signed_at = 0.0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("presign_"):
            self._signed_at = self._clock.monotonic()
        return getattr(self._objects, name)

    def since_signed(self) -> float:
        return self._clock.monotonic() - self._signed_at


class Browser:
    """A browser that judges presigned requests as S3 does, which moto does not."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def post(self, presigned: PresignedPost, body: bytes) -> bool:
        try:
            self._client.post(presigned, body)
        except PresignedRefused:
            return False
        return True

    def download(self, url: str) -> tuple[bytes, str] | None:
        try:
            return self._client.download(url)
        except PresignedRefused:
            return None


def prepare(account: Any) -> None:
    """Replace what would wait for a real account: here every service answers at once."""
    from tests.contracts.transcriber.contract import (
        Sounds,  # not before pytest has rewritten its asserts
    )

    servers, bases = _servers
    adapters = account.adapters
    account.clock = adapters.clock = MovingClock()
    s3 = adapters.objects
    adapters.objects = signing = SigningObjects(s3, account.clock)
    keys = (CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    account.browser = Browser(S3Client(s3._client(), account.name, *keys, signing.since_signed))
    servers.transcribe.bucket, servers.transcribe.objects = account.name, s3
    account.sounds = Sounds(spoken(WORDS), "mass times", spoken("", 0.5), (b"no sound at all",))

    aws = replace(
        account.settings.aws, pinecone_host="lyceum-abc.svc.pinecone.io"
    )  # Bedrock accepts https only
    adapters.knowledge_bases = AwsAdapters(replace(account.settings, aws=aws)).knowledge_bases

    def wait(seconds: float) -> None:
        servers.transcribe.finish()
        bases.finish()

    account.wait = wait
