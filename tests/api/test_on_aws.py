"""A whole flow on the aws profile, and the messages about missing settings."""

from __future__ import annotations

import pytest

from adapters.aws.bedrock_agents import AgentsAgent
from adapters.aws.bedrock_converse import ConverseAgent
from adapters.aws.knowledge_base import BedrockKnowledgeBases
from chalicelib.composition.wiring import wire
from chalicelib.settings import SettingsError, read_settings
from ports.errors import Unavailable
from tests.support.world import PHYSICS, User, World

ENVIRONMENT = {"LYCEUM_PROFILE": "aws"}


@pytest.fixture
def world(aws: World) -> World:
    return aws


def test_a_learner_goes_from_an_upload_to_a_scored_quiz_and_leaves_nothing_behind(
    world: World, ada: User
) -> None:
    uploaded = ada.upload_in_request("laws.txt", PHYSICS.encode(), {"subject_id": "physics_101"})
    assert uploaded.status == 200, uploaded.text
    assert uploaded.body["status"] == "completed"
    asked = ada.ask("What does the second law say?", subject_id="physics_101")
    assert asked.status == 200, asked.text
    assert asked.body["citations"][0]["file_id"] == uploaded.body["file_id"]
    quiz = ada.make_quiz()
    answers = ada.right_answers(quiz)
    scored = ada.submit(quiz, answers)
    assert (scored.status, scored.body["score"]) == (200, 100)
    assert ada.submit(quiz, answers).body["score"] == 100
    assert len(ada.get("/api/profile").body["concepts"]) == 3
    told = ada.get("/api/me/export").body["export"]
    assert [len(told[name]) for name in ("documents", "conversations", "quiz_results")] == [1, 1, 1]
    assert world.user("alan").get(f"/api/files/{uploaded.body['file_id']}").status == 404

    erased = ada.delete("/api/me/data")
    assert erased.status == 200, erased.text
    assert list(world.adapters.objects.keys("")) == []
    for path in ("/api/files", "/api/chat/conversations", "/api/quizzes", "/api/quiz-results"):
        assert ada.get(path).body["items"] == []


AGENTS = {
    f"LYCEUM_AGENT_{role}": f"{role[:4]}00/LIVE01" for role in ("CHAT", "QUIZ", "INTERVIEW", "ANALYSIS")
}


def test_the_settings_choose_the_agent() -> None:
    assert type(wire(read_settings(ENVIRONMENT)).adapters.agent) is ConverseAgent
    chosen = {**ENVIRONMENT, **AGENTS, "LYCEUM_AGENT": "agents"}
    assert type(wire(read_settings(chosen)).adapters.agent) is AgentsAgent
    with pytest.raises(Unavailable, match="LYCEUM_AGENT_QUIZ"):
        _ = wire(read_settings({**chosen, "LYCEUM_AGENT_QUIZ": ""})).adapters.agent


@pytest.mark.parametrize(
    "value", ["QUIZ00", "QUIZ00/", "QUIZ00/LIVE01/1", "QUIZ-0/LIVE01", "ABCDEFGHIJK/LIVE01"]
)
def test_an_agent_without_an_alias_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match="LYCEUM_AGENT_QUIZ"):
        read_settings({**ENVIRONMENT, "LYCEUM_AGENT_QUIZ": value})


def test_a_missing_setting_is_named_in_the_error() -> None:
    services = wire(read_settings(ENVIRONMENT))
    with pytest.raises(Unavailable, match="LYCEUM_PINECONE_HOST"):
        _ = services.adapters.vectors
    with pytest.raises(Unavailable, match="LYCEUM_SUPABASE_URL"):
        _ = services.adapters.identity
    with pytest.raises(Unavailable, match="LYCEUM_CONNECTIONS_URL"):
        _ = services.adapters.gateway
    with pytest.raises(Unavailable, match="LYCEUM_PINECONE_HOST"):
        _ = services.adapters.knowledge_bases


def test_knowledge_bases_are_wired_where_all_is_set() -> None:
    chosen = {
        **ENVIRONMENT,
        "LYCEUM_KNOWLEDGE_BASES": "on",
        "LYCEUM_PINECONE_HOST": "lyceum-abc.svc.pinecone.io",
        "LYCEUM_KNOWLEDGE_BASES_SECRET": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pinecone",
        "LYCEUM_KNOWLEDGE_BASES_ROLE": "arn:aws:iam::123456789012:role/lyceum-knowledge-bases",
    }
    assert type(wire(read_settings(chosen)).adapters.knowledge_bases) is BedrockKnowledgeBases
    for name in ("LYCEUM_KNOWLEDGE_BASES_SECRET", "LYCEUM_KNOWLEDGE_BASES_ROLE"):
        with pytest.raises(Unavailable, match=name):
            _ = wire(read_settings({**chosen, name: ""})).adapters.knowledge_bases
