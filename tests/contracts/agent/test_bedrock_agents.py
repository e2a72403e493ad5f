"""Bedrock's Agents pass the contract, with real botocore and an endpoint that sends event streams. Their errors are
translated into the port's errors.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from adapters.aws.bedrock_agents import AgentAlias, AgentsAgent
from adapters.system import SystemClock
from adapters.upstream.calls import Retries
from ports.agent import Role, Utterance
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from tests.contracts.agent.contract import CHAT, AgentContract, said
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_error
from tests.stubs.event_stream import event, exception, stream
from tests.support.tasks import ask_question, judge, write_questions

QUOTING = 'Plants make sugar. [1 "Photosynthesis is the process by which plants turn light into sugar."]'
AGENTS = {role: AgentAlias(f"{role[:4].upper()}00", "LIVE01") for role in get_args(Role)}
PATH = re.compile(
    r"/agents/(?P<agent>[0-9a-zA-Z]{1,10})/agentAliases/(?P<alias>[0-9a-zA-Z]{1,10})"
    r"/sessions/(?P<session>[0-9a-zA-Z._:-]{2,100})/text"
)
TRACE = event("trace", {"trace": {"orchestrationTrace": {"rationale": {"text": "I should think."}}}})
CITATION = {"generatedResponsePart": {}, "retrievedReferences": [{"content": {"text": "elsewhere"}}]}


def chunk(words: str | bytes, citations: int = 0) -> bytes:
    content = words.encode() if isinstance(words, str) else words
    part: dict[str, object] = {"bytes": base64.b64encode(content).decode()}
    if citations:
        part["attribution"] = {"citations": [CITATION] * citations}
    return event("chunk", part)


class AgentsEndpoint(AwsEndpoint):
    """A stub of ``InvokeAgent``. Without a script it replies with a quote in two pieces, and repeats the earlier turns.

    Like the real service, it refuses a path of another form, and adds the turns of a session to the next prompt.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.turns: dict[str, int] = {}

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        addressed = PATH.fullmatch(request.path.replace("%3A", ":"))
        if request.method != "POST" or addressed is None or not request.json.get("inputText"):
            return json_error("ValidationException")
        if scripted != Answer():
            return scripted
        if request.json.get("endSession"):
            return stream(chunk("The session has ended."))
        before = self.turns.get(addressed["session"], 0)
        self.turns[addressed["session"]] = before + 1
        asked = request.json.get("promptCreationConfigurations", {})
        told = min(before, asked.get("previousConversationTurnsToInclude", before))
        return stream(TRACE, chunk("As I said. " * told + QUOTING[:20]), chunk(QUOTING[20:]), TRACE)


@pytest.fixture(scope="module")
def server() -> Iterator[AgentsEndpoint]:
    with AgentsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(server: AgentsEndpoint) -> AgentsEndpoint:
    server.forget()
    server.turns.clear()
    return server


@pytest.fixture
def agent(endpoint: AgentsEndpoint) -> AgentsAgent:
    client = client_of("bedrock-agent-runtime", endpoint_url=endpoint.url, read_seconds=5)
    return AgentsAgent(lambda: client, AGENTS, Retries(SystemClock(), tries=3, jitter=lambda: 0.0))


class TestAgentsAgent(AgentContract):
    pass


def test_the_request_has_the_task_and_the_settings(endpoint: AgentsEndpoint, agent: AgentsAgent) -> None:
    task = replace(write_questions(), session_id="quiz-1.a:b")
    assert said(agent, task) == QUOTING
    (asked,) = endpoint.asked
    assert asked.path.replace("%3A", ":") == "/agents/QUIZ00/agentAliases/LIVE01/sessions/quiz-1.a:b/text"
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert asked.json["inputText"] == f"{task.instructions}\n\n{task.request}"
    assert asked.json["streamingConfigurations"] == {"streamFinalResponse": True}
    assert asked.json["enableTrace"] is False


def test_each_role_has_its_agent(endpoint: AgentsEndpoint, agent: AgentsAgent) -> None:
    tasks = (CHAT, write_questions(), ask_question(), judge("What?", ["That."], "That.", "This."))
    assert {task.role for task in tasks} == set(get_args(Role))
    for task in tasks:
        said(agent, task)
    asked = [PATH.fullmatch(request.path) for request in endpoint.asked]
    assert [found["agent"] for found in asked if found] == [AGENTS[task.role].agent_id for task in tasks]


def test_a_conversation_is_one_session_and_its_history_is_told_once(
    endpoint: AgentsEndpoint, agent: AgentsAgent
) -> None:
    """The request holds the history. The agent's own memory of the session must not add it again."""
    history = (Utterance("user", "Hello"), Utterance("assistant", "Ask me something."))
    assert [said(agent, replace(CHAT, history=history)) for _ in range(3)] == [QUOTING] * 3
    assert endpoint.turns == {CHAT.session_id: 3}
    assert all("memoryId" not in request.json for request in endpoint.asked)


def test_a_chunk_may_end_within_a_character(endpoint: AgentsEndpoint, agent: AgentsAgent) -> None:
    words = "Größe, 体積, 🙂."
    content = words.encode()
    endpoint.script(stream(*(chunk(content[at : at + 1]) for at in range(len(content)))))
    pieces = list(agent.reply(CHAT, timeout=5.0))
    assert "".join(pieces) == words
    assert all(pieces)


def test_traces_and_files_are_no_text(endpoint: AgentsEndpoint, agent: AgentsAgent) -> None:
    files = event("files", {"files": [{"name": "plot.png", "type": "image/png", "bytes": "AAAA"}]})
    endpoint.script(stream(TRACE, chunk("Plants"), files, TRACE, chunk(" grow."), event("news", {"a": 1})))
    assert said(agent, CHAT) == "Plants grow."


def test_the_agents_own_citations_are_counted_and_not_used(
    endpoint: AgentsEndpoint, agent: AgentsAgent, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("lyceum").propagate = True
    endpoint.script(stream(chunk("Plants", citations=2), chunk(" grow.", citations=1)))
    with caplog.at_level(logging.INFO, logger="lyceum"):
        assert said(agent, CHAT) == "Plants grow."
    told = [vars(record) for record in caplog.records if record.getMessage() == "agent_attributed"]
    assert [(one["role"], one["citations"]) for one in told] == [("chat", 3)]
    assert "elsewhere" not in json.dumps(told, default=str)


@pytest.mark.parametrize(
    "scripted",
    [
        stream(),
        stream(TRACE, TRACE),
        stream(chunk(""), chunk("")),
        stream(chunk(" \n")),
        stream(event("chunk", {})),
        stream(event("returnControl", {"invocationId": "i", "invocationInputs": []})),
    ],
    ids=["no event", "a trace alone", "an empty chunk", "a blank", "no bytes", "an action"],
)
def test_an_empty_reply_is_unavailable(
    endpoint: AgentsEndpoint, agent: AgentsAgent, scripted: Answer
) -> None:
    endpoint.script(scripted)
    with pytest.raises(Unavailable):
        said(agent, CHAT)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("scripted", "expected", "tries"),
    [
        (json_error("ThrottlingException", 429), Throttled, 3),
        (json_error("ModelNotReadyException", 424), Throttled, 3),
        (json_error("ServiceQuotaExceededException", 400), Throttled, 1),
        (json_error("DependencyFailedException", 424), Unavailable, 3),
        (json_error("BadGatewayException", 502), Unavailable, 3),
        (json_error("InternalServerException", 500), Unavailable, 3),
        (json_error("AccessDeniedException", 403), Unavailable, 1),
        (json_error("ResourceNotFoundException", 404), Unavailable, 1),
        (json_error("ValidationException", 400), Unavailable, 1),
        (Answer(dropped=True), Unavailable, 3),
        (stream(chunk("Plants"), cut=True), Unavailable, 3),
        (stream(TRACE, exception("throttlingException")), Throttled, 3),
        (stream(TRACE, exception("modelNotReadyException")), Throttled, 3),
        (stream(exception("dependencyFailedException")), Unavailable, 3),
        (stream(exception("badGatewayException")), Unavailable, 3),
        (stream(exception("internalServerException")), Unavailable, 3),
        (stream(exception("serviceQuotaExceededException")), Throttled, 1),
        (stream(exception("accessDeniedException")), Unavailable, 1),
        (stream(exception("resourceNotFoundException")), Unavailable, 1),
        (stream(exception("conflictException")), Unavailable, 1),
        (stream(exception("validationException")), Unavailable, 1),
    ],
)
def test_a_temporary_fault_before_the_first_piece_is_retried_and_then_raised(
    endpoint: AgentsEndpoint,
    agent: AgentsAgent,
    scripted: Answer,
    expected: type[UpstreamError],
    tries: int,
) -> None:
    endpoint.script(*[scripted] * tries)
    with pytest.raises(expected) as failed:
        said(agent, CHAT)
    assert failed.value.capability == "agent"
    assert "vendor" not in str(failed.value)
    assert len(endpoint.asked) == tries
    endpoint.script(*[scripted] * (tries - 1))
    assert said(agent, CHAT) == QUOTING


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        (stream(chunk("Plants"), exception("throttlingException")), Throttled),
        (stream(chunk("Plants"), exception("modelNotReadyException")), Throttled),
        (stream(chunk("Plants"), exception("dependencyFailedException")), Unavailable),
        (stream(chunk("Plants"), exception("accessDeniedException")), Unavailable),
        (stream(chunk("Plants"), exception("internalServerException")), Unavailable),
        (stream(chunk("Plants"), chunk(" make"), cut=True), Unavailable),
        (stream(chunk("Plants"), chunk(" make")[:-1]), Unavailable),
        (stream(chunk("Plants"), chunk(" make")[:3]), Unavailable),
        (stream(chunk("Plants"), b"\0\0\0\0"), Unavailable),
        (stream(chunk("Plants"), chunk(" make")[:-1] + b"\x00"), Unavailable),
        (stream(chunk("Plants"), chunk(b"\xc3")), Unavailable),
        (stream(chunk("Plants"), chunk(b"\xff")), Unavailable),
        (stream(chunk("Plants"), event("chunk", {"bytes": "no base64!"})), Unavailable),
        (stream(chunk("Plants"), event("chunk", [])), Unavailable),
        (stream(chunk("Plants"), event("returnControl", {"invocationId": "i"})), Unavailable),
    ],
    ids=[
        "throttled",
        "not ready",
        "dependency failed",
        "denied",
        "internal error",
        "connection lost",
        "ends within a message",
        "ends within a length",
        "ends with nothing",
        "damaged",
        "ends within a character",
        "no UTF-8",
        "no base64",
        "another shape",
        "wants an action",
    ],
)
def test_a_reply_that_breaks_off_is_an_error_and_is_not_asked_for_again(
    endpoint: AgentsEndpoint, agent: AgentsAgent, scripted: Answer, expected: type[UpstreamError]
) -> None:
    endpoint.script(scripted)
    pieces = agent.reply(CHAT, timeout=5.0)
    assert next(pieces) == "Plants"
    with pytest.raises(expected) as failed:
        list(pieces)
    assert "vendor" not in str(failed.value)
    assert len(endpoint.asked) == 1


def test_a_silent_agent_blocks_its_caller_no_longer_than_the_timeout(
    endpoint: AgentsEndpoint, agent: AgentsAgent
) -> None:
    endpoint.script(Answer(silent=True))
    with pytest.raises(TimedOut):
        said(agent, CHAT, timeout=0.2)
