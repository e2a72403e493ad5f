"""The contract lists exactly the errors that a route can return. Each general rule of ``refusals`` is true of the app."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from chalicelib.contract.refusals import refusals_of
from chalicelib.http import Route
from chalicelib.routes.files import UNREADABLE
from domain.documents.document import ERROR_CODES, reason
from tests.support.answers import answers_of_the_app
from tests.support.examples import path_of
from tests.support.world import PHYSICS, User, World

CAPABILITY_OF = {
    "agent": "agent",
    "directory": "directory",
    "embedder": "embedder",
    "gateway": "connection_gateway",
    "identity": "identity_provider",
    "key_values": "key_value_store",
    "knowledge_bases": "knowledge_base",
    "objects": "object_store",
    "recogniser": "text_recogniser",
    "secrets": "secrets",
    "transcriber": "transcriber",
    "vectors": "vector_store",
}
"""The capability of each adapter that calls something which may be unavailable, by the adapter's name."""
ADMITTING = {"directory", "identity_provider"}
NOT_IN_THE_TERM = {
    ("POST /api/ws-ticket", "connection_gateway"),  # too many connections
    ("POST /api/files", "text_recogniser"),  # pictures
    ("POST /api/files/confirm", "text_recogniser"),
    ("POST /api/chat", "object_store"),  # questions about the library itself
    ("POST /api/chat/subjects/{subject_id}", "object_store"),
    ("POST /api/quizzes", "object_store"),  # without a topic
    ("POST /api/quizzes/{quiz_id}/submit", "agent"),  # short answers
    ("POST /api/quizzes/{quiz_id}/questions/{question_id}/hint", "agent"),  # hints that rules do not make
    ("POST /api/assignments/{assignment_id}/generate-quiz", "agent"),  # where no items are assigned
    ("POST /api/assignments/{assignment_id}/generate-quiz", "embedder"),
    ("POST /api/assignments/{assignment_id}/generate-quiz", "object_store"),
    ("POST /api/assignments/{assignment_id}/generate-quiz", "vector_store"),
    ("POST /api/teacher/subjects/{subject_id}/overrides", "embedder"),  # a concept that has no vector yet
    ("POST /api/teacher/subjects/{subject_id}/items", "object_store"),  # drafts of the agent's
    ("DELETE /api/me/data", "knowledge_base"),  # knowledge bases are off
}
"""The capabilities that a route calls only for requests that nobody makes in the term."""
GIVEN = {"subject_id": "physics_101", "index": "0", "assignment_id": "assignment_1"}


def codes_of(route: Route) -> set[str]:
    return {code for codes in refusals_of(route).values() for code in codes}


def somebody(world: World, route: Route) -> User:
    return world.user("grace" if "/teacher/" in route.path else "ada")


def names_of(schema: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(schema)]


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, set[str]]]:
    """For each request, the capabilities that it called while a class used every route."""
    called: dict[str, set[str]] = {}

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "request":
                operation, calls = vars(record)["operation"], vars(record)["calls"]
                called.setdefault(operation, set()).update(
                    CAPABILITY_OF[port] for port in calls if port in CAPABILITY_OF
                )

    log, reader = logging.getLogger("lyceum.http"), Reader()
    level = log.level
    log.addHandler(reader)
    log.setLevel(logging.INFO)
    try:
        answers_of_the_app()
        yield called
    finally:
        log.removeHandler(reader)
        log.setLevel(level)


@pytest.mark.slow
def test_a_route_declares_each_capability_that_it_calls(asked: dict[str, set[str]]) -> None:
    calls = {route.operation: asked[route.operation] - ADMITTING for route in World().api.routes}
    declared = {route.operation: set(route.reaches) for route in World().api.routes}
    assert {name: more for name in calls if (more := calls[name] - declared[name])} == {}


@pytest.mark.slow
def test_a_route_declares_no_capability_that_it_does_not_call(asked: dict[str, set[str]]) -> None:
    routes = [route for route in World().api.routes if not route.is_public]
    idle = {
        (route.operation, name)
        for route in routes
        for name in route.reaches
        if name not in asked[route.operation]
    }
    assert idle == NOT_IN_THE_TERM


def test_each_list_refuses_a_cursor_that_is_not_its_own(world: World) -> None:
    lists = [route for route in world.api.routes if "cursor" in names_of(route.query)]
    assert len(lists) > 10
    conversation = world.user("ada").ask("What is inertia?").body["conversation_id"]
    for route in lists:
        path = path_of(route, {**GIVEN, "conversation_id": conversation})
        refused = somebody(world, route).get(f"{path}?cursor=another")
        may = (
            {"invalid_cursor"} if "/statements" not in path else {"invalid_cursor", "assigned_quiz_not_found"}
        )
        assert refused.code in may, route.operation
    others = [route for route in world.api.routes if route not in lists]
    assert [route.operation for route in others if "invalid_cursor" in codes_of(route)] == []


def test_each_query_refuses_a_value_out_of_its_range(world: World) -> None:
    tried = 0
    for route in world.api.routes:
        for name in set(names_of(route.query)) - {"cursor"}:
            refused = somebody(world, route).send(route.method, f"{path_of(route, GIVEN)}?{name}=%21%21")
            assert refused.code == "invalid_request", f"{route.operation} {name}"
            tried += 1
    assert tried > 20


def test_each_route_with_an_id_in_its_path_answers_not_found_for_an_unknown_one(world: World) -> None:
    for route in world.api.routes:
        if "{" in route.path:
            path = path_of(route, dict.fromkeys(("file_id", "quiz_id", "item_id", *GIVEN), "%00"))
            path = path.replace("00000000-0000-4000-8000-000000000000", "%00")
            refused = somebody(world, route).send(route.method, path)
            assert refused.code == "not_found", route.operation
        else:
            assert "not_found" not in codes_of(route), route.operation


def test_a_route_that_reads_gives_no_conflict_and_a_public_one_asks_for_no_token(world: World) -> None:
    for route in world.api.routes:
        codes = codes_of(route)
        assert ("conflict" in codes) == (
            route.method != "GET" and bool(route.reaches) and not route.is_public
        )
        assert ("missing_token" in codes) == (not route.is_public)
        assert ("teacher_only" in codes) == ("/teacher/" in route.path)
        faults = {
            code for code in codes if code.endswith(("_unavailable", "_timed_out", "_damaged", "_unwritable"))
        }
        assert not (route.is_public and faults), route.operation


@pytest.mark.parametrize("code", sorted(set(ERROR_CODES) - {"bad_name", "unsupported_type"}))
def test_the_confirmation_of_a_failed_document_says_why_it_failed(world: World, ada: User, code: str) -> None:
    """The two other codes refuse the upload before there is a document."""
    file_id = ada.upload("laws.txt", PHYSICS)
    documents = world.services.documents
    documents.save(replace(documents.get("ada", file_id), status="failed", error_code=code))
    refused = ada.post("/api/files/confirm", {"file_key": f"raw-files/user_ada/{file_id}_original.txt"})
    assert refused.code == code
    assert code == "daily_pages_used" or refused.body["error"]["message"] == reason(code)


def test_the_contract_of_a_confirmation_lists_every_code_of_a_failed_document() -> None:
    assert set(UNREADABLE) - {"file_not_found", "not_uploaded"} == set(ERROR_CODES) - {
        "bad_name",
        "unsupported_type",
    }
