"""The adapter of model servers, and the whole laptop on it, against a real llama.cpp: ``make test-llm``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.openai_compatible.agent import OpenAICompatibleAgent
from adapters.system import SystemClock
from demo.play import Person, running_server, token_of
from ports.agent import CutShort, TokenUsage
from ports.errors import TimedOut, Unavailable
from tests.contracts.agent.contract import CHAT
from tests.support.model_server import model_server, needs_llm
from tests.support.tasks import write_questions

pytestmark = [needs_llm, pytest.mark.slow]

CONTEXT = 2048
PATIENT = 120.0
SHORT = replace(CHAT, max_tokens=24)
TOO_LONG = "Plants turn light into sugar. " * 600
SCHEMA = {
    "type": "object",
    "required": ["letter", "sure"],
    "properties": {"letter": {"type": "string", "enum": ["A", "B"]}, "sure": {"type": "boolean"}},
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with model_server(context=CONTEXT) as running:
        yield running


@pytest.fixture
def agent(address: str) -> Iterator[OpenAICompatibleAgent]:
    made = OpenAICompatibleAgent(address, None, None, SystemClock())
    yield made
    made.close()


def test_a_reply_comes_in_pieces_and_its_tokens_are_counted(agent: OpenAICompatibleAgent) -> None:
    told: list[TokenUsage] = []
    pieces: list[str] = []
    with pytest.raises(CutShort):
        pieces.extend(agent.reply(SHORT, timeout=PATIENT, used=told.append))
    (usage,) = told
    assert usage.output_tokens == SHORT.max_tokens
    assert 20 < usage.input_tokens < 200
    assert "".join(agent.reply(replace(CHAT, request="Say: yes", max_tokens=400), timeout=PATIENT)).strip()


def test_a_reply_keeps_to_its_schema(agent: OpenAICompatibleAgent) -> None:
    task = replace(write_questions("Plants make sugar."), schema=SCHEMA, max_tokens=64)
    told = json.loads("".join(agent.reply(task, timeout=PATIENT)))
    assert told.keys() == {"letter", "sure"}
    assert told["letter"] in ("A", "B")


def test_a_request_that_the_context_cannot_hold_is_sent_smaller(agent: OpenAICompatibleAgent) -> None:
    task = replace(
        write_questions("Plants make sugar."),
        schema=SCHEMA,
        max_tokens=64,
        request=TOO_LONG,
        smaller_request="A or B?",
    )
    assert json.loads("".join(agent.reply(task, timeout=PATIENT)))


def test_the_servers_own_words_say_why_it_refuses(agent: OpenAICompatibleAgent) -> None:
    with pytest.raises(Unavailable) as caught:
        list(agent.reply(replace(SHORT, request=TOO_LONG), timeout=PATIENT))
    assert "exceeds the available context size" in caught.value.reason
    assert "sugar" not in caught.value.reason


def test_an_abandoned_reply_does_not_keep_the_server_busy(agent: OpenAICompatibleAgent) -> None:
    with pytest.raises(TimedOut):
        list(agent.reply(replace(CHAT, max_tokens=1500), timeout=0.3))
    task = replace(write_questions("Plants make sugar."), schema=SCHEMA, max_tokens=64)
    assert json.loads("".join(agent.reply(task, timeout=PATIENT)))


def test_the_laptop_answers_with_the_model_and_reports_its_tokens(address: str, tmp_path: Path) -> None:
    with running_server(tmp_path, LYCEUM_LLM_URL=address, LYCEUM_AGENT_SECONDS="240") as server:
        ada = Person(server.url, token_of("ada", server))
        notes = tmp_path / "notes.txt"
        notes.write_text("Photosynthesis is the process by which plants turn light into sugar.")
        assert ada.upload(notes, "physics_101")["status"] == "completed"
        answer = ada.post("/api/chat", {"message": "What is photosynthesis?", "subject_id": "physics_101"})
        assert answer["response"].strip()
        assert answer["context_used"]["input_tokens"] > 200
        assert answer["context_used"]["output_tokens"] > 0
