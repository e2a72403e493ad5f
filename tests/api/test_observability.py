"""The log lines of a request, and the metrics that CloudWatch makes of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.app import AuthRequest

from chalicelib.authorizer import Unauthorized, authorize
from chalicelib.composition.lazily import lazy
from chalicelib.logs import JsonLines
from chalicelib.tally import tallying, watched
from ports.agent import Refused
from ports.errors import Unavailable
from tests.support.world import PHYSICS, User, World


def lines(caplog: pytest.LogCaptureFixture, event: str, stage: str | None = "test") -> list[dict[str, Any]]:
    formatter = JsonLines(stage)
    told = [json.loads(formatter.format(record)) for record in caplog.records]
    return [line for line in told if line["event"] == event]


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="lyceum")
    logging.getLogger("lyceum").propagate = True


def test_one_log_line_per_request_counts_the_calls_of_each_port_in_all_threads(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    ada.upload("laws.txt", PHYSICS)
    caplog.clear()
    ada.ask("What does the second law say?")
    (line,) = lines(caplog, "request")
    assert line["operation"] == "POST /api/chat"
    assert line["status"] == 200
    assert (line["calls"]["embedder"], line["calls"]["vectors"], line["calls"]["agent"]) == (1, 1, 1)
    assert line["calls"]["key_values"] <= 4
    assert line["agent_milliseconds"] <= line["milliseconds"]


def test_a_line_with_metrics_says_so_in_the_embedded_metric_format(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    ada.upload("laws.txt", PHYSICS)
    ada.ask("What does the second law say?")
    for event in ("request", "answered", "document_completed"):
        line = lines(caplog, event)[-1]
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Lyceum"
        assert abs(line["_aws"]["Timestamp"] / 1000 - caplog.records[-1].created) < 60
        assert directive["Metrics"]
        for metric in directive["Metrics"]:
            assert isinstance(line[metric["Name"]], int | float)
        for dimensions in directive["Dimensions"]:
            assert all(isinstance(line[name], str) for name in dimensions)
    assert "_aws" not in lines(caplog, "request", stage=None)[-1]


def test_a_question_without_an_answer_in_the_documents_is_counted(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    world.adapters.agent.enqueue("I cannot find that in your documents.")
    assert ada.ask("Who won the cup?").body["citations"] == []
    assert lines(caplog, "answered")[-1]["unsupported"] == 1


def test_a_refusal_of_the_model_is_counted_and_reported(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    world.adapters.agent.enqueue(Refused("agent", "guardrail"))
    assert ada.post("/api/chat", {"message": "Anything"}).status == 502
    assert lines(caplog, "agent_refused")[-1]["refusals"] == 1


def test_a_document_that_cannot_be_read_is_counted_with_its_reason(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    ada.upload_in_request("blank.txt", b" \n ")
    assert lines(caplog, "document_failed")[-1]["code"] == "no_text"


def test_a_message_over_the_websocket_has_its_line_too(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    from chalicelib import websocket

    secret = ada.post("/api/ws-ticket").body["ticket"]
    world.services.connections.open(secret, "d6wF7cYkoAMCJ3g=", world.adapters.clock.now())
    world.adapters.gateway.open("d6wF7cYkoAMCJ3g=")
    connection = {"connectionId": "d6wF7cYkoAMCJ3g=", "requestId": "r-1"}
    websocket.receive(world.services, {"requestContext": connection, "body": json.dumps({"type": "ping"})})
    (line,) = lines(caplog, "event_handled")
    assert (line["operation"], line["connection_id"], line["request_id"]) == (
        "message",
        "d6wF7cYkoAMCJ3g=",
        "r-1",
    )
    assert line["calls"] == {"gateway": 1, "key_values": 1}


def test_a_request_that_failed_says_which_port_did_and_why_in_our_words(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    world.adapters.embedder.fail_next(Unavailable("embedder"))
    assert ada.ask("What does the second law say?").status == 502
    (line,) = lines(caplog, "request")
    assert (line["status"], line["code"], line["error"]) == (502, "embedder_unavailable", "Unavailable")
    assert (line["failures"], line["failed_calls"]) == ({"embedder": 1}, 1)
    assert line["raised_at"]


@pytest.mark.parametrize("path", ["/api/chat", "/api/quizzes"])
def test_a_refusal_of_the_model_is_counted_for_chat_and_for_quizzes(
    world: World, ada: User, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    ada.upload("laws.txt", PHYSICS)
    world.adapters.agent.enqueue(["Half an ", Refused("agent", "guardrail")])
    body: dict[str, Any] = {"message": "Anything"} if path == "/api/chat" else {"num_questions": 1}
    assert ada.post(path, body).code == "agent_unavailable"
    assert [line["refusals"] for line in lines(caplog, "agent_refused")] == [1]


def test_an_ingestion_that_was_interrupted_is_counted(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    world.adapters.embedder.fail_next(Unavailable("embedder"))
    assert ada.upload_in_request("laws.txt", PHYSICS.encode()).status == 202
    (line,) = lines(caplog, "ingestion_interrupted")
    assert (line["capability"], line["interrupted"]) == ("embedder", 1)
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "interrupted", "Unit": "Count"}]


def test_the_authorizers_log_line_names_the_admitted_learner(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    authorize(world.services, AuthRequest("TOKEN", f"Bearer {ada.token}", "arn"))
    with pytest.raises(Unauthorized):
        authorize(world.services, AuthRequest("TOKEN", "Bearer forged", "arn"))
    admitted, refused = lines(caplog, "event_handled")
    assert (admitted["operation"], admitted["user_id"], admitted["succeeded"]) == ("authorize", "ada", True)
    assert admitted["calls"] == {"directory": 1, "identity": 1}
    assert (refused["succeeded"], "user_id" in refused) == (False, False)
    assert str(ada.token) not in json.dumps([admitted, refused])


def test_a_reply_that_is_only_partly_read_is_closed() -> None:
    ended = []

    class Endless:
        def reply(self) -> Generator[str, None, None]:
            try:
                while True:
                    yield "on"
            finally:
                ended.append(True)

    class Adapters:
        agent = Endless()

    with tallying():
        pieces = watched(Adapters()).agent.reply()
        next(pieces)
        pieces.close()
    assert ended == [True]


def test_an_adapter_is_built_once_and_only_when_it_is_called() -> None:
    built: list[object] = []
    start = Barrier(8)

    class Adapters:
        @lazy
        def agent(self) -> Any:
            built.append(self)
            return SimpleNamespace(reply=lambda: "Yes.")

    agent = watched(Adapters()).agent
    assert built == []

    def call(_: int) -> str:
        start.wait()
        return str(agent.reply())

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(call, range(8))) == {"Yes."}
    assert len(built) == 1


def test_an_adapter_whose_setting_is_missing_refuses_each_call_and_no_other_adapter() -> None:
    class Adapters:
        clerk = SimpleNamespace(reply=lambda: "Yes.")

        @lazy
        def agent(self) -> Any:
            raise Unavailable("agent", "LYCEUM_AGENT is not set")

    adapters: Any = watched(Adapters())
    for _ in range(2):
        with pytest.raises(Unavailable, match="LYCEUM_AGENT is not set"):
            adapters.agent.reply()
    assert adapters.clerk.reply() == "Yes."
