"""The fake knowledge bases and Bedrock's (real botocore on a stub) pass the contract, and Bedrock's faults are
translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.aws.knowledge_base import BedrockKnowledgeBases, Storage
from adapters.upstream.calls import Retries
from fakes.knowledge_base import SlowKnowledgeBases
from fakes.system import FrozenClock
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.knowledge_base import MAX_NAME_CHARACTERS, KnowledgeBase
from tests.contracts.knowledge_base.contract import PREFIX, KnowledgeBasesContract, opened, remove
from tests.stubs.aws import REGION, client_of
from tests.stubs.aws_endpoint import json_answer
from tests.stubs.knowledge_bases import ACCOUNT_LIMIT, KnowledgeBasesEndpoint, refusal

STORAGE = Storage(
    bucket="lms-documents",
    pinecone_host="https://lyceum-abc.svc.pinecone.io",
    pinecone_secret="arn:aws:secretsmanager:eu-central-1:123456789012:secret:pinecone-AbCdEf",
    role="arn:aws:iam::123456789012:role/lyceum-knowledge-bases",
    embedding_model="amazon.titan-embed-text-v1",
    dimension=1536,
)


@pytest.fixture(scope="module")
def server() -> Iterator[KnowledgeBasesEndpoint]:
    with KnowledgeBasesEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(server: KnowledgeBasesEndpoint) -> KnowledgeBasesEndpoint:
    server.forget()
    return server


def adapter(endpoint: KnowledgeBasesEndpoint, storage: Storage = STORAGE) -> BedrockKnowledgeBases:
    client = client_of("bedrock-agent", endpoint_url=endpoint.url, read_seconds=0.5)
    clock = FrozenClock()
    retries = Retries(clock, sleep=clock.advance, jitter=lambda: 1.0)
    return BedrockKnowledgeBases(lambda: client, storage, label="lyceum-dev", retries=retries)


@pytest.fixture
def bedrock(endpoint: KnowledgeBasesEndpoint) -> BedrockKnowledgeBases:
    return adapter(endpoint)


class TestSlowKnowledgeBases(KnowledgeBasesContract):
    @pytest.fixture
    def bases(self) -> SlowKnowledgeBases:
        return SlowKnowledgeBases()

    @pytest.fixture
    def finish(self, bases: SlowKnowledgeBases) -> Callable[[], None]:
        return bases.finish


class TestBedrockKnowledgeBases(KnowledgeBasesContract):
    @pytest.fixture
    def bases(self, bedrock: BedrockKnowledgeBases) -> BedrockKnowledgeBases:
        return bedrock

    @pytest.fixture
    def finish(self, endpoint: KnowledgeBasesEndpoint) -> Callable[[], None]:
        return endpoint.finish


def test_its_requests_contain_the_configured_values(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases
) -> None:
    name = "k" * MAX_NAME_CHARACTERS
    base = opened(bedrock, endpoint.finish, name)
    made, attached = (request.json for request in endpoint.asked if request.method == "PUT")
    assert made["name"] == attached["name"] == f"lyceum-dev-{name}"
    assert made["roleArn"] == STORAGE.role
    assert made["knowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"] == {
        "embeddingModelArn": f"arn:aws:bedrock:{REGION}::foundation-model/amazon.titan-embed-text-v1"
    }
    assert made["storageConfiguration"]["pineconeConfiguration"] == {
        "connectionString": STORAGE.pinecone_host,
        "credentialsSecretArn": STORAGE.pinecone_secret,
        "namespace": f"lyceum-dev-{name}",
        "fieldMapping": {"textField": "text", "metadataField": "metadata"},
    }
    assert attached["dataSourceConfiguration"]["s3Configuration"] == {
        "bucketArn": "arn:aws:s3:::lms-documents",
        "inclusionPrefixes": [PREFIX],
    }
    assert attached["dataDeletionPolicy"] == "DELETE"
    bedrock.sync(base, "1")
    assert endpoint.jobs == [base.data_source_id]


def test_only_the_second_version_of_titan_gets_the_dimension_in_its_request(
    endpoint: KnowledgeBasesEndpoint,
) -> None:
    storage = Storage(
        STORAGE.bucket,
        STORAGE.pinecone_host,
        STORAGE.pinecone_secret,
        STORAGE.role,
        "amazon.titan-embed-text-v2:0",
        512,
    )
    adapter(endpoint, storage).open("user-kb-1", PREFIX, "t")
    vectors = endpoint.asked[-1].json["knowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]
    assert vectors["embeddingModelConfiguration"] == {
        "bedrockEmbeddingModelConfiguration": {"dimensions": 512}
    }


def test_a_knowledge_base_is_found_among_many(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases
) -> None:
    known = [opened(bedrock, endpoint.finish, f"user-kb-{number}", f"t{number}") for number in range(7)]
    assert opened(bedrock, endpoint.finish, "user-kb-6") == known[6]
    remove(bedrock, endpoint.finish, "user-kb-6")
    assert len(endpoint.bases) == 6
    assert opened(bedrock, endpoint.finish, "user-kb-5") == known[5]


def test_removing_a_knowledge_base_removes_its_data_source_too(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases
) -> None:
    opened(bedrock, endpoint.finish)
    remove(bedrock, endpoint.finish)
    deleted = [request.path for request in endpoint.asked if request.method == "DELETE"]
    assert len(deleted) == 2
    assert "/datasources/" in deleted[0]
    assert (endpoint.bases, endpoint.sources) == ({}, {})


@pytest.mark.parametrize("to_lose", [1, 3, 4, 9])
def test_a_knowledge_base_is_created_once_even_if_an_answer_is_lost(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases, to_lose: int
) -> None:
    endpoint.to_lose = to_lose
    base = None
    for _ in range(6):
        try:
            base = base or bedrock.open("user-kb-1", PREFIX, "t")
        except TimedOut:
            continue
        endpoint.finish()
    assert base is not None
    assert (list(endpoint.bases), list(endpoint.sources)) == ([base.knowledge_base_id], [base.data_source_id])
    endpoint.to_lose = 2
    assert bedrock.sync(base, "1") is True
    assert endpoint.jobs == [base.data_source_id]


@pytest.mark.parametrize(
    ("code", "status", "expected", "asked"),
    [
        ("ThrottlingException", 429, Throttled, 4),
        ("ServiceQuotaExceededException", 402, Throttled, 1),
        ("InternalServerException", 500, TimedOut, 4),
        ("AccessDeniedException", 403, Unavailable, 1),
        ("ValidationException", 400, Unavailable, 1),
    ],
)
def test_each_failure_raises_its_own_error(
    endpoint: KnowledgeBasesEndpoint,
    bedrock: BedrockKnowledgeBases,
    code: str,
    status: int,
    expected: type[UpstreamError],
    asked: int,
) -> None:
    known = KnowledgeBase("KB00000001", "DS00000001")
    for ask in (
        lambda: bedrock.open("user-kb-1", PREFIX, "t"),
        lambda: bedrock.sync(known, "t"),
        lambda: bedrock.remove("user-kb-1"),
    ):
        endpoint.forget()
        endpoint.script(*[refusal(code, status)] * asked)
        with pytest.raises(expected) as failed:
            ask()
        assert failed.value.capability == "knowledge_base"
        assert "vendor" not in str(failed.value)
        assert len(endpoint.asked) == asked


def test_an_account_that_is_full_says_so(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases
) -> None:
    for number in range(ACCOUNT_LIMIT):
        name = f"KB{number:08}"
        endpoint.bases[name] = {"knowledgeBaseId": name, "name": name, "status": "ACTIVE"}
    with pytest.raises(Throttled):
        bedrock.open("user-kb-1", PREFIX, "t")


@pytest.mark.parametrize("status", ["FAILED", "DELETE_UNSUCCESSFUL", None])
def test_a_knowledge_base_whose_creation_failed_is_unavailable(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases, status: str | None
) -> None:
    bedrock.open("user-kb-1", PREFIX, "t")
    (base,) = endpoint.bases.values()
    base["status"] = status
    with pytest.raises(Unavailable):
        bedrock.open("user-kb-1", PREFIX, "t")
    remove(bedrock, endpoint.finish)


@pytest.mark.parametrize(
    "lie", [{"bases": []}, {"knowledgeBaseSummaries": 7}, {"knowledgeBaseSummaries": [7]}]
)
def test_an_answer_of_the_wrong_shape_is_an_outage(
    endpoint: KnowledgeBasesEndpoint, bedrock: BedrockKnowledgeBases, lie: dict[str, Any]
) -> None:
    endpoint.script(json_answer(lie))
    with pytest.raises(Unavailable):
        bedrock.open("user-kb-1", PREFIX, "t")
