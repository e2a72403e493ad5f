"""Converse passes the contract, with real botocore and an endpoint that sends event streams. Its errors are translated
into the port's errors.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import get_args

import pytest

from adapters.aws.bedrock_converse import ConverseAgent
from adapters.system import SystemClock
from adapters.upstream.calls import Retries
from ports.agent import CutShort, Refused, Role, TokenUsage, Utterance
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from tests.contracts.agent.contract import CHAT, AgentContract, said
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_error
from tests.stubs.event_stream import event, exception, stream
from tests.support.tasks import write_questions

MODELS = ("amazon.nova-lite-v1:0", "us.amazon.nova-2-lite-v1:0")
"""The default and its successor (docs/models.md)."""
QUOTING = 'Plants make sugar. [1 "Photosynthesis is the process by which plants turn light into sugar."]'
START = event("messageStart", {"role": "assistant"})
USAGE = event("metadata", {"usage": {"inputTokens": 120, "outputTokens": 30, "totalTokens": 150}})


def text(words: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": words}})


def stop(reason: str) -> bytes:
    return event("messageStop", {"stopReason": reason})


def answer(*words: str, reason: str = "end_turn") -> Answer:
    return stream(START, *map(text, words), stop(reason), USAGE)


class BedrockEndpoint(AwsEndpoint):
    """A stub of Converse over HTTP. Without a script it replies with a quote in two pieces."""

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        return scripted if scripted != Answer() else answer(QUOTING[:20], QUOTING[20:])


@pytest.fixture(scope="module")
def server() -> Iterator[BedrockEndpoint]:
    with BedrockEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(server: BedrockEndpoint) -> BedrockEndpoint:
    server.forget()
    return server


def conversing(endpoint: BedrockEndpoint, models: Mapping[Role, str]) -> ConverseAgent:
    client = client_of("bedrock-runtime", endpoint_url=endpoint.url, read_seconds=5)
    return ConverseAgent(lambda: client, models, Retries(SystemClock(), tries=3, jitter=lambda: 0.0))


@pytest.fixture
def agent(endpoint: BedrockEndpoint) -> ConverseAgent:
    return conversing(endpoint, {"chat": "amazon.nova-lite-v1:0", "quiz": "amazon.nova-pro-v1:0"})


class TestConverseAgent(AgentContract):
    @pytest.fixture(params=MODELS)
    def agent(self, endpoint: BedrockEndpoint, request: pytest.FixtureRequest) -> ConverseAgent:
        return conversing(endpoint, dict.fromkeys(get_args(Role), request.param))


def test_the_request_has_the_task_and_the_settings(endpoint: BedrockEndpoint, agent: ConverseAgent) -> None:
    history = (
        Utterance("assistant", "Welcome."),
        Utterance("user", "Hello"),
        Utterance("assistant", " "),
        Utterance("user", "Are you there?"),
        Utterance("assistant", "Yes."),
    )
    assert said(agent, replace(CHAT, history=history, max_tokens=77)) == QUOTING
    (asked,) = endpoint.asked
    assert asked.path == "/model/amazon.nova-lite-v1%3A0/converse-stream"
    assert asked.json["system"] == [{"text": CHAT.instructions}, {"cachePoint": {"type": "default"}}]
    assert asked.json["inferenceConfig"]["maxTokens"] == 77
    assert asked.json["messages"] == [
        {"role": "user", "content": [{"text": "Hello"}, {"text": "Are you there?"}]},
        {"role": "assistant", "content": [{"text": "Yes."}]},
        {"role": "user", "content": [{"text": CHAT.request}]},
    ]


def test_each_role_has_its_model_and_a_task_without_history_is_one_message(
    endpoint: BedrockEndpoint, agent: ConverseAgent
) -> None:
    task = write_questions()
    assert said(agent, task) == QUOTING
    (asked,) = endpoint.asked
    assert asked.path == "/model/amazon.nova-pro-v1%3A0/converse-stream"
    assert asked.json["messages"] == [{"role": "user", "content": [{"text": task.request}]}]


def test_token_counts_are_reported(agent: ConverseAgent, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("lyceum").propagate = True
    with caplog.at_level(logging.INFO, logger="lyceum"):
        said(agent, CHAT)
    told = [vars(record) for record in caplog.records if record.getMessage() == "agent_usage"]
    assert [(one["role"], one["input_tokens"], one["output_tokens"]) for one in told] == [("chat", 120, 30)]


def test_tokens_of_the_cache_are_counted_with_the_others(
    endpoint: BedrockEndpoint, agent: ConverseAgent
) -> None:
    usage = {"inputTokens": 20, "outputTokens": 30, "cacheReadInputTokens": 900, "cacheWriteInputTokens": 100}
    endpoint.script(stream(START, text(QUOTING), stop("end_turn"), event("metadata", {"usage": usage})))
    told: list[TokenUsage] = []
    assert "".join(agent.reply(CHAT, timeout=5, used=told.append)) == QUOTING
    assert told == [TokenUsage(1020, 30, 900)]


@pytest.mark.parametrize(
    ("model", "caches"),
    [
        ("amazon.nova-micro-v1:0", True),
        ("eu.amazon.nova-lite-v1:0", True),
        ("global.amazon.nova-2-lite-v1:0", True),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("anthropic.claude-3-5-haiku-20241022-v1:0", True),
        ("anthropic.claude-3-haiku-20240307-v1:0", False),
        ("meta.llama3-1-8b-instruct-v1:0", False),
        ("mistral.mistral-large-2402-v1:0", False),
    ],
)
def test_instructions_stand_before_a_cache_point_where_the_model_has_one(
    endpoint: BedrockEndpoint, model: str, caches: bool
) -> None:
    client = client_of("bedrock-runtime", endpoint_url=endpoint.url, read_seconds=5)
    agent = ConverseAgent(lambda: client, {"chat": model}, Retries(SystemClock()))
    assert said(agent, CHAT) == QUOTING
    first, *others = endpoint.asked[0].json["system"]
    assert first == {"text": CHAT.instructions}
    assert others == ([{"cachePoint": {"type": "default"}}] if caches else [])


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("max_tokens", CutShort),
        ("model_context_window_exceeded", CutShort),
        ("guardrail_intervened", Refused),
        ("content_filtered", Refused),
        ("malformed_model_output", Unavailable),
        ("tool_use", Unavailable),
    ],
)
def test_a_reply_with_another_stop_reason_raises_its_error(
    endpoint: BedrockEndpoint, agent: ConverseAgent, reason: str, expected: type[UpstreamError]
) -> None:
    endpoint.script(answer("Plants make", reason=reason))
    with pytest.raises(expected):
        said(agent, CHAT)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("scripted", "expected", "asked"),
    [
        (json_error("ThrottlingException", 429), Throttled, 3),
        (json_error("ModelNotReadyException", 429), Throttled, 3),
        (json_error("ModelTimeoutException", 408), TimedOut, 3),
        (json_error("ServiceUnavailableException", 503), Unavailable, 3),
        (json_error("ModelErrorException", 424), Unavailable, 3),
        (json_error("AccessDeniedException", 403), Unavailable, 1),
        (json_error("ValidationException", 400), Unavailable, 1),
        (Answer(dropped=True), Unavailable, 3),
        (stream(START, exception("throttlingException")), Throttled, 3),
        (stream(START, exception("internalServerException")), Unavailable, 3),
        (stream(START, exception("validationException")), Unavailable, 1),
    ],
)
def test_a_temporary_fault_before_the_first_piece_is_retried_and_then_raised(
    endpoint: BedrockEndpoint,
    agent: ConverseAgent,
    scripted: Answer,
    expected: type[UpstreamError],
    asked: int,
) -> None:
    endpoint.script(scripted)
    if asked > 1:
        assert said(agent, CHAT) == QUOTING
        endpoint.forget()
        endpoint.script(*[scripted] * 2)
    endpoint.script(scripted)
    with pytest.raises(expected) as failed:
        said(agent, CHAT)
    assert failed.value.capability == "agent"
    assert "vendor" not in str(failed.value)
    assert len(endpoint.asked) in (asked, asked + 1)


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        (stream(START, text("Plants"), exception("throttlingException")), Throttled),
        (stream(START, text("Plants"), exception("modelStreamErrorException")), Unavailable),
        (stream(START, text("Plants")), Unavailable),
        (stream(START, text("Plants"), stop("end_turn"), cut=True), Unavailable),
        (stream(START, text("Plants"), stop("end_turn")[:-1] + b"\x00"), Unavailable),
        (stream(START, text("Plants"), event("messageStop", [])), Unavailable),
    ],
    ids=["throttled", "model error", "no end", "cut", "damaged", "another shape"],
)
def test_a_reply_that_breaks_off_is_an_error_and_is_not_asked_for_again(
    endpoint: BedrockEndpoint, agent: ConverseAgent, scripted: Answer, expected: type[UpstreamError]
) -> None:
    endpoint.script(scripted)
    pieces = agent.reply(CHAT, timeout=5.0)
    assert next(pieces) == "Plants"
    with pytest.raises(expected):
        list(pieces)
    assert len(endpoint.asked) == 1


def test_a_silent_model_blocks_its_caller_no_longer_than_the_timeout(
    endpoint: BedrockEndpoint, agent: ConverseAgent
) -> None:
    endpoint.script(Answer(silent=True))
    with pytest.raises(TimedOut):
        said(agent, CHAT, timeout=0.2)
