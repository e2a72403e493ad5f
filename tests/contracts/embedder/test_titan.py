"""Titan passes the contract, with real botocore and a local endpoint. Further tests concern only Titan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from adapters.aws.titan import MAX_CHARACTERS, TitanEmbedder
from adapters.upstream.calls import Retries
from fakes.embedder import HashingEmbedder
from fakes.system import FrozenClock
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from tests.contracts.embedder.contract import EmbedderContract
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer, json_error

V1, V2 = "amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0"
FIXED, DIMENSIONS = 1536, (1024, 512, 256)
"""The dimension of the first version, and those that a request to the second one may choose."""


class TitanEndpoint(AwsEndpoint):
    """A stub of Bedrock's ``InvokeModel`` for Titan. Without a script it embeds texts, and refuses those that Titan
    refuses.
    """

    def next_for(self, request: Request) -> Answer:
        answer = super().next_for(request)
        return answer if answer != Answer() else self._embedded(json.loads(request.body))

    def _embedded(self, asked: dict[str, Any]) -> Answer:
        text = asked["inputText"]
        if not text.strip() or len(text) > 50_000:
            return json_error("ValidationException")
        dimension = asked.get("dimensions", FIXED)
        if dimension not in (FIXED, *DIMENSIONS):
            return json_error("ValidationException")
        [vector] = HashingEmbedder(dimension).embed([text])
        scale = 1.0 if asked.get("normalize") else 7.0
        return json_answer({"embedding": [value * scale for value in vector], "inputTextTokenCount": 1})


@pytest.fixture(scope="module")
def server() -> Iterator[TitanEndpoint]:
    with TitanEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(server: TitanEndpoint) -> TitanEndpoint:
    server.forget()
    return server


@cache
def client_at(url: str) -> Any:
    return client_of("bedrock-runtime", endpoint_url=url)


def titan(endpoint: AwsEndpoint, model: str = V1, dimension: int = FIXED, **options: Any) -> TitanEmbedder:
    client = client_at(endpoint.url)
    clock = FrozenClock()
    retries = Retries(clock, sleep=clock.advance, jitter=lambda: 1.0, **options)
    return TitanEmbedder(lambda: client, model=model, dimension=dimension, retries=retries)


class TestTitanEmbedder(EmbedderContract):
    @pytest.fixture(params=[(V1, FIXED), (V2, DIMENSIONS[0])], ids=str)
    def embedder(self, endpoint: TitanEndpoint, request: pytest.FixtureRequest) -> TitanEmbedder:
        return titan(endpoint, *request.param)


def test_only_the_second_version_gets_the_dimension_in_its_request(endpoint: TitanEndpoint) -> None:
    titan(endpoint, V1).embed(["light"])
    titan(endpoint, V2, 512).embed(["light"])
    first, second = (json.loads(asked.body) for asked in endpoint.asked)
    assert first == {"inputText": "light"}
    assert second == {"inputText": "light", "dimensions": 512, "normalize": True}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_dimension_of_the_second_version_may_be_chosen(endpoint: TitanEndpoint, dimension: int) -> None:
    [vector] = titan(endpoint, V2, dimension).embed(["light"])
    assert len(vector) == dimension


def test_no_request_holds_more_than_titan_reads(endpoint: TitanEndpoint) -> None:
    titan(endpoint).embed(["é" * 100_000])
    assert len(json.loads(endpoint.asked[0].body)["inputText"]) == MAX_CHARACTERS


def test_a_transient_failure_is_retried(endpoint: TitanEndpoint) -> None:
    endpoint.script(json_error("ThrottlingException"), json_error("ModelNotReadyException"))
    assert len(titan(endpoint).embed(["light"])) == 1
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("code", "expected", "asked"),
    [
        ("ThrottlingException", Throttled, 4),
        ("ServiceUnavailableException", Unavailable, 4),
        ("ModelTimeoutException", TimedOut, 4),
        ("AccessDeniedException", Unavailable, 1),
        ("ValidationException", Unavailable, 1),
        ("ResourceNotFoundException", Unavailable, 1),
    ],
)
def test_each_failure_raises_its_own_error(
    endpoint: TitanEndpoint, code: str, expected: type[UpstreamError], asked: int
) -> None:
    endpoint.script(*[json_error(code)] * 9)
    with pytest.raises(expected) as failed:
        titan(endpoint).embed(["light"])
    assert failed.value.capability == "embedder"
    assert len(endpoint.asked) == asked


@pytest.mark.parametrize(
    "lie",
    [
        {"inputTextTokenCount": 1},
        {"embedding": None},
        {"embedding": []},
        {"embedding": [1.0] * (FIXED - 1)},
        {"embedding": ["a"] * FIXED},
        {"embedding": [0.0] * FIXED},
        {"embedding": [float("nan")] * FIXED},
    ],
    ids=["nothing", "null", "empty", "too short", "no numbers", "no direction", "no number"],
)
def test_an_answer_without_a_valid_vector_is_an_outage(endpoint: TitanEndpoint, lie: dict[str, Any]) -> None:
    endpoint.script(json_answer(lie))
    with pytest.raises(Unavailable):
        titan(endpoint).embed(["light"])


def test_one_failed_request_ends_the_call_and_the_rest_are_not_sent(endpoint: TitanEndpoint) -> None:
    endpoint.script(*[json_error("AccessDeniedException")] * 8)
    with pytest.raises(Unavailable):
        titan(endpoint).embed([f"text {number}" for number in range(400)])
    assert len(endpoint.asked) < 200


def test_without_time_left_no_request_is_sent(endpoint: TitanEndpoint) -> None:
    with pytest.raises(TimedOut):
        titan(endpoint, seconds=lambda: 0.0).embed(["light", "sound"])
    assert endpoint.asked == []
