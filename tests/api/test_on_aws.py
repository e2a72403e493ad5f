"""Whole flows with the stores of the aws profile, as the wiring makes them, on moto; the rest are fakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.settings import read_settings
from chalicelib.wiring import AwsAdapters, wire
from domain.repositories.tables import TABLES
from ports.errors import Unavailable
from tests.stubs.aws import ACCESS_KEY, REGION, SECRET_KEY, client_of, create_bucket, create_tables, empty_aws
from tests.world import PHYSICS, User, World

ENVIRONMENT = {"LYCEUM_PROFILE": "aws", "LYCEUM_BUCKET": "documents-of-the-test", "LYCEUM_TABLE_PREFIX": "t-"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with empty_aws():
        create_tables(client_of("dynamodb"), TABLES, "t-")
        create_bucket(client_of("s3"), "documents-of-the-test")
        stores = AwsAdapters(read_settings(ENVIRONMENT))
        world = World()
        stores.clock = world.adapters.clock
        for port in ("key_values", "objects"):
            setattr(world.adapters, port, getattr(stores, port))
        yield world


@pytest.fixture
def ada(world: World) -> User:
    return world.user("ada")


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


def test_a_repeated_request_is_answered_once(world: World, ada: User) -> None:
    ada.upload_in_request("laws.txt", PHYSICS.encode())
    first, second = (
        ada.post("/api/chat", {"message": "The second law?"}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )
    assert first.body == second.body
    assert len(world.adapters.agent.prompts) == 1


def test_what_has_no_adapter_or_is_not_set_says_so() -> None:
    services = wire(read_settings(ENVIRONMENT))
    with pytest.raises(Unavailable, match="LYCEUM_PINECONE_HOST"):
        _ = services.adapters.vectors
    with pytest.raises(Unavailable, match="LYCEUM_SUPABASE_URL"):
        _ = services.adapters.identity
    with pytest.raises(Unavailable, match="no adapter"):
        _ = services.adapters.gateway
