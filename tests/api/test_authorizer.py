"""The app as it is deployed: behind the gateway's authorizer, and cheap to import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from chalice.app import AuthRequest

from chalicelib.api import build_app, declare_routes
from chalicelib.authorizer import Unauthorized, authorize, context_of
from domain.base.learner import Admitted, Learner
from domain.base.moments import after, to_text
from tests.support.http_client import HttpClient
from tests.support.world import World

PROJECT = Path(__file__).parent.parent.parent
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET/api/me"
HEAVY = (
    "boto3",
    "botocore",
    "pypdf",
    "docx",
    "supabase",
    "postgrest",
    "pinecone",
    "numpy",
    "onnxruntime",
    "jwt",
)
NEEDED_BY_FEW = (
    "ports.agent",
    "chalicelib.errors",
    "chalicelib.composition.demo_school",
    "domain.progress.analytics",
    "domain.interviews.messages",
    "domain.progress.standing",
    "domain.documents.contents",
    "domain.access.admission",
    "domain.access.receipts",
    "domain.base.tables",
    "domain.access.allowances",
    "domain.access.subjects",
    "domain.access.teaching",
    "domain.documents.ingestion",
    "domain.documents.knowledge_bases",
    "domain.documents.library",
    "domain.documents.materials",
    "domain.documents.retrieval",
    "domain.documents.sources",
    "domain.health",
    "domain.interviews.connecting",
    "domain.interviews.decisions",
    "domain.interviews.effects",
    "domain.interviews.interviewer",
    "domain.interviews.interviewing",
    "domain.interviews.recordings",
    "domain.privacy",
    "domain.progress.evidence",
    "domain.progress.progress",
    "domain.progress.reporting",
    "domain.quizzes.grading",
    "domain.quizzes.quizzing",
    "domain.tutoring.tutoring",
    "ports.directory",
    "ports.key_value_store",
    "ports.text_extractor",
    "ports.vector_store",
    "ports.workers",
)
"""Modules that many functions do not need. Importing one takes half a millisecond for each dataclass in it."""


def asked(token: str) -> AuthRequest:
    return AuthRequest("TOKEN", token, ARN)


def test_a_valid_token_opens_every_route_and_names_its_learner(world: World) -> None:
    token = world.user("grace").token
    answer = authorize(world.services, asked(f"Bearer {token}")).to_dict(asked(""))
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == ["arn:aws:execute-api:eu-central-1:123456789012:abc/prod/*/*"]
    assert answer["principalId"] == "grace"
    grace = world.person("grace")
    assert answer["context"] == {
        "user_id": "grace",
        "auth_user_id": grace.auth_user_id,
        "email": "grace@school.example",
        "name": "Grace Hopper",
        "role": "teacher",
        "until": to_text(after(world.adapters.clock.now(), 3600)),
    }


def test_the_context_of_a_learner_without_an_email_has_no_nulls(world: World) -> None:
    nobody = Learner("u1", "auth-u1", None, "", "student")
    until = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
    assert context_of(Admitted(nobody, until)) == {
        "user_id": "u1",
        "auth_user_id": "auth-u1",
        "email": "",
        "name": "",
        "role": "student",
        "until": "2026-09-14T08:00:00.000Z",
    }


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER  "])
def test_the_scheme_is_written_in_any_case(world: World, scheme: str) -> None:
    answer = authorize(world.services, asked(f"{scheme}{world.user('ada').token} "))
    assert answer.to_dict(asked(""))["principalId"] == "ada"


@pytest.mark.parametrize("scheme", ["Basic ", "Bearer", "", "bearer:"])
def test_a_valid_token_by_another_scheme_opens_nothing(world: World, scheme: str) -> None:
    with pytest.raises(Unauthorized):
        authorize(world.services, asked(f"{scheme}{world.user('ada').token}"))


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer forged", "Basic abc"])
def test_an_invalid_token_raises_the_one_word_that_makes_a_401(world: World, token: str) -> None:
    with pytest.raises(Unauthorized, match=r"\AUnauthorized\Z"):
        authorize(world.services, asked(token))


def test_behind_the_gateway_the_views_do_not_verify_the_token_again(world: World) -> None:
    app = build_app()

    @app.authorizer()
    def guard(request: AuthRequest) -> Any:
        return authorize(world.services, request)

    declare_routes(app, world.services, guard)
    http = HttpClient(app)
    answer = http.get("/api/me", headers={"Authorization": f"Bearer {world.user('ada').token}"})
    assert answer.status_code == 200
    assert json.loads(answer.body)["email"] == "ada@school.example"
    assert world.adapters.directory.calls == ["person"]
    assert http.get("/api/health").status_code == 200


@pytest.mark.parametrize("profile", ["aws", "local"])
def test_importing_the_app_imports_nothing_heavy(profile: str, tmp_path: Path) -> None:
    code = f"import app, sys; print([name for name in {HEAVY + NEEDED_BY_FEW!r} if name in sys.modules])"
    environment = {**os.environ, "LYCEUM_PROFILE": profile, "LYCEUM_DATA": str(tmp_path / "data")}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
    assert not (tmp_path / "data").exists()
