"""What every route has in common: identity, errors, CORS, ids, the contract."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalice.app import Request, Response
from openapi_spec_validator import validate

from adapters.jwt_identity import LEEWAY_SECONDS
from chalicelib.api import build_app
from chalicelib.errors import STATUS, problem_of
from chalicelib.http import NoBody
from chalicelib.logs import JsonLines
from chalicelib.schemas import PATTERNS_IN_WORDS
from domain.base.errors import Conflict, LyceumError, OverLimit
from ports.agent import Task
from ports.errors import PortError, Unavailable, UpstreamError
from ports.text_extractor import UnreadableDocument
from tests.support.world import PHYSICS, User, World, physics_quiz

ORIGIN = "http://localhost:3000"


def every_kind_of(root: type[Exception]) -> list[type[Exception]]:
    found = [root]
    for kind in root.__subclasses__():
        found += every_kind_of(kind)
    return found


def made(kind: type[Exception]) -> Exception:
    """An error of the kind. Its text is a canary."""
    if issubclass(kind, OverLimit):
        return kind("some_code", "For a person.", retry_after=7)
    if issubclass(kind, LyceumError):
        return kind("some_code", "For a person.")
    if issubclass(kind, UpstreamError):
        return kind("agent", "CANARY")
    if issubclass(kind, UnreadableDocument):
        return kind("corrupt")
    return kind("CANARY")


def test_a_new_app_leaves_the_environment_as_it_is() -> None:
    before = dict(os.environ)
    build_app()
    assert dict(os.environ) == before


@pytest.mark.parametrize("kind", [*every_kind_of(LyceumError), *every_kind_of(PortError)])
def test_every_error_class_has_its_answer(kind: type[Exception]) -> None:
    """A new class of error must have a status, its own or its parent's. No error tells a secret."""
    problem = problem_of(made(kind))
    assert any(parent in STATUS for parent in kind.__mro__)
    assert "CANARY" not in repr(problem)
    assert problem.code
    assert problem.message.endswith(".")
    if issubclass(kind, UpstreamError):
        assert problem.status in (502, 504)
    if issubclass(kind, OverLimit):
        assert (problem.status, problem.retry_after) == (429, 7)


def test_an_unexpected_error_reveals_nothing(world: World, ada: User) -> None:
    world.adapters.embedder.fail_next(KeyError("CANARY"))
    answer = ada.ask("What does the second law say?")
    assert answer.status == 500
    assert answer.code == "internal_error"
    assert "CANARY" not in answer.text


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer forged", "forged"])
def test_no_route_opens_without_a_valid_token(world: World, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for route in world.api.routes:
        if route.is_public:
            continue
        path = route.path.replace("{", "").replace("}", "")
        answer = world.anyone().send(route.method, path, headers=headers)
        assert answer.status == 401, route.operation
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.body["error"]["code"] in ("missing_token", "invalid_token")


def test_an_expired_token_is_refused(world: World, ada: User) -> None:
    assert ada.get("/api/me").status == 200
    world.adapters.clock.advance(3600 + LEEWAY_SECONDS)
    assert ada.get("/api/me").status == 401


def test_me_shows_the_learners_own_data(ada: User) -> None:
    body = ada.get("/api/me").body
    assert body["user_id"] == "ada"
    assert body["email"] == "ada@school.example"
    assert body["name"] == "Ada Lovelace"
    assert body["active_role"] == "student"


def test_somebody_whom_the_school_does_not_know_has_no_subject(world: World) -> None:
    stranger = world.stranger()
    assert stranger.get("/api/me").body["active_role"] == "student"
    assert stranger.offer("n.txt", b"text", subject_id="physics_101").code == "subject_not_found"
    assert stranger.upload("n.txt", PHYSICS)


def test_an_outage_of_the_directory_does_not_look_like_an_empty_directory(world: World, ada: User) -> None:
    world.adapters.directory.outage = Unavailable("directory")
    answer = ada.get("/api/me")
    assert (answer.status, answer.code) == (502, "directory_unavailable")


def test_errors_have_one_shape_and_name_the_request(ada: User) -> None:
    for answer in (ada.get("/api/files/none"), ada.post("/api/chat", {}), ada.get("/api/files?limit=0")):
        error = answer.body["error"]
        assert set(error) == {"code", "message", "field", "request_id"}
        assert error["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b'{"message": "hi"', b"\xff\xfe", b"nul", b'{"message": "\xff"}', b'{"message": "hi"} x'],
)
def test_the_error_says_that_the_json_is_malformed(ada: User, body: bytes) -> None:
    answer = ada.post("/api/chat", body=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, "malformed_json")


def test_an_absent_body_counts_as_an_empty_object_where_all_fields_have_a_default(
    world: World, ada: User
) -> None:
    optional = [route for route in world.api.routes if route.body is not NoBody and not route.needs_body]
    assert {"POST /api/chat", "POST /api/quizzes/{quiz_id}/submit"}.isdisjoint(
        route.operation for route in optional
    )
    described = ada.get("/api/openapi.json").body["paths"]
    for route in optional:
        assert described[route.path][route.method.lower()]["requestBody"]["required"] is False
    ada.upload("notes.txt", PHYSICS)
    world.adapters.agent.enqueue(physics_quiz)
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # as curl describes an empty body
    first = ada.post("/api/quizzes", headers=form | {"Idempotency-Key": "one"})
    again = ada.post("/api/quizzes", {}, headers={"Idempotency-Key": "one"})
    assert (first.status, first.body) == (again.status, again.body) == (200, again.body)


def patterns(described: Any) -> set[str]:
    """The patterns of all values in an OpenAPI document."""
    if isinstance(described, list):
        return set().union(*map(patterns, described))
    if not isinstance(described, dict):
        return set()
    own = {described["pattern"]} if isinstance(described.get("pattern"), str) else set()
    return own.union(*map(patterns, described.values()))


def test_an_error_says_in_words_what_a_value_must_be(ada: User) -> None:
    blank = ada.post("/api/chat", {"message": " \n"})
    assert (blank.status, blank.code) == (400, "invalid_request")
    assert blank.body["error"]["message"] == "Expected text that is not blank."
    assert blank.body["error"]["field"] == "message"
    for contract in ("/api/openapi.json", "/api/asyncapi.json"):
        assert patterns(ada.get(contract).body) <= set(PATTERNS_IN_WORDS)


def test_an_unknown_field_is_refused_whatever_its_name_says(ada: User) -> None:
    answer = ada.post("/api/chat", {"message": "Hello", "x matching regex y": 1})
    assert (answer.status, answer.code) == (400, "invalid_request")


def test_other_kinds_of_body_are_refused(ada: User) -> None:
    answer = ada.post(
        "/api/chat", body=b"message=hi", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (answer.status, answer.code) == (415, "unsupported_media_type")
    answer = ada.post("/api/chat", body=b"x" * 300_000, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (413, "body_too_large")


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n',
        b'--b\r\nContent-Disposition: form-data; name="subject_id"\r\n\r\nphysics_101\r\n--b--\r\n',
        b"no boundary at all",
    ],
)
def test_malformed_forms_are_refused(ada: User, form: bytes) -> None:
    answer = ada.post("/api/files", body=form, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 400
    assert answer.code in ("malformed_form", "invalid_request")


def test_only_named_origins_may_read_answers(world: World, ada: User) -> None:
    for path in ("/api/me", "/api/files/none", "/api/health"):
        ours = ada.get(path, headers={"Origin": ORIGIN})
        assert ours.headers["Access-Control-Allow-Origin"] == ORIGIN
        for origin in ("https://evil.example", "null", "http://localhost:3000.evil.example"):
            theirs = ada.get(path, headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in theirs.headers
    assert (
        world.anyone().get("/api/me", headers={"Origin": ORIGIN}).headers["Access-Control-Allow-Origin"]
        == ORIGIN
    )


def test_preflight_names_methods_and_headers_for_named_origins(world: World) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "DELETE"}
    answer = world.anyone().send("OPTIONS", "/api/files/abc", headers=asked)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    answer = world.anyone().send("OPTIONS", "/api/files/abc", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Methods" not in answer.headers


@pytest.mark.slow
def test_the_contract_is_valid_and_covers_every_route(world: World) -> None:
    document = world.anyone().get("/api/openapi.json").body
    validate(document)
    described = {
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations
    }
    served = {
        (method, path)
        for path, methods in world.app.routes.items()
        for method in methods
        if method != "OPTIONS" and path.startswith("/api/")
    }
    assert described == served
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path


def test_health_names_each_adapter(world: World) -> None:
    anyone = world.anyone()
    assert anyone.get("/api/health").body == {
        "status": "ok",
        "profile": world.settings.profile,
        "adapters": None,
    }
    deep = anyone.get("/api/health?deep=1").body
    assert deep["status"] == "ok"
    key_values, agent = type(world.adapters.key_values).__name__, type(world.adapters.agent).__name__
    assert deep["adapters"]["key_value_store"] == {"adapter": key_values, "answers": True}
    assert deep["adapters"]["agent"] == {"adapter": agent, "answers": None}
    assert {capability: one["answers"] for capability, one in deep["adapters"].items()} == {
        "key_value_store": True,
        "object_store": True,
        "vector_store": True,
        "directory": True,
        "identity_provider": True,
        "connection_gateway": True,
        "text_extractor": True,
        "embedder": None,
        "agent": None,
        "transcriber": None,
    }


def test_health_names_the_adapter_that_does_not_answer_and_keeps_its_result_for_a_while(world: World) -> None:
    world.adapters.directory.outage = Unavailable("directory")
    first = world.anyone().get("/api/health?deep=1").body
    assert first["status"] == "degraded"
    assert first["adapters"]["directory"]["answers"] is False
    asked = len(world.adapters.directory.calls)
    world.anyone().get("/api/health?deep=1")
    assert len(world.adapters.directory.calls) == asked
    world.adapters.directory.outage = None
    world.adapters.clock.advance(31)
    assert world.anyone().get("/api/health?deep=1").body["status"] == "ok"


def test_logs_hold_ids_and_no_personal_data(
    world: World, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("lyceum")
    was, logger.propagate = logger.propagate, True
    try:
        with caplog.at_level(logging.INFO, logger="lyceum"):
            ada.upload("CANARY-name.txt", "CANARY text of a document about motion.")
            world.adapters.embedder.fail_next(KeyError("CANARY of an exception"))
            ada.ask("CANARY question")
            ada.ask("CANARY question")
    finally:
        logger.propagate = was
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    written = json.dumps(lines)
    assert "CANARY" not in written
    assert "school.example" not in written
    assert str(ada.token) not in written
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["operation"] for line in requests} >= {"POST /api/chat", "POST /api/files/upload-url"}
    failed = next(line for line in requests if line["status"] == 500)
    assert failed["error"] == "KeyError"
    assert failed["request_id"]


def test_an_idempotency_key_must_be_usable(ada: User) -> None:
    for key in ("", "k" * 201, "\x07"):
        answer = ada.post("/api/chat", {"message": "hi"}, headers={"Idempotency-Key": key})
        assert (answer.status, answer.code) == (400, "invalid_idempotency_key")


def test_the_same_upload_request_offers_the_same_document(ada: User) -> None:
    request = {"file_name": "n.txt", "content_type": "text/plain", "file_size": 4}
    first, again = (
        ada.post("/api/files/upload-url", request, headers={"Idempotency-Key": "u1"}).body for _ in range(2)
    )
    assert first == again
    assert len(ada.get("/api/files").body["items"]) == 1


def test_two_learners_may_use_the_same_key(ada: User, alan: User) -> None:
    request = {"file_name": "n.txt", "content_type": "text/plain", "file_size": 4}
    ids = {
        who.post("/api/files/upload-url", request, headers={"Idempotency-Key": "same"}).body["file_id"]
        for who in (ada, alan)
    }
    assert len(ids) == 2


def test_an_upload_in_the_request_is_repeated_whatever_its_boundary(ada: User) -> None:
    first, again = (ada.upload_in_request("n.txt", PHYSICS.encode(), key="m1").body for _ in range(2))
    assert first == again
    other = ada.upload_in_request("n.txt", b"other bytes", key="m1")
    assert other.code == "idempotency_key_reused"


def test_a_request_whose_server_died_is_taken_over_after_its_claim(world: World, ada: User) -> None:
    class Crash(BaseException):
        pass

    ada.upload("notes.txt", PHYSICS)
    asked = {"message": "What does the second law say?"}

    def crash(_: Task) -> str:
        raise Crash

    world.adapters.agent.enqueue(crash)
    with pytest.raises(Crash):
        ada.post("/api/chat", asked, headers={"Idempotency-Key": "k"})
    early = ada.post("/api/chat", asked, headers={"Idempotency-Key": "k"})
    assert (early.status, early.code) == (409, "request_in_progress")
    assert int(early.headers["Retry-After"]) > 0
    world.adapters.clock.advance(61)
    assert ada.post("/api/chat", asked, headers={"Idempotency-Key": "k"}).status == 200


def test_a_conflict_may_say_when_to_retry() -> None:
    assert problem_of(Conflict("busy", "It is busy.", retry_after=2)).retry_after == 2


def test_simultaneous_requests_each_get_their_own_answer(world: World, ada: User, alan: User) -> None:
    """As on a server with threads, both requests arrive before either is handled."""
    have_come = threading.Barrier(2, timeout=60)

    def wait(request: Request, get_response: Callable[[Request], Response]) -> Response:
        have_come.wait()
        return get_response(request)

    world.app.register_middleware(wait, "http")
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda user: user.get("/api/me").body["user_id"], (ada, alan)))
    assert told == ["ada", "alan"]


def test_a_test_request_sees_the_real_environment_not_a_copy(world: World, ada: User) -> None:
    seen: list[object] = []

    def look(request: Request, get_response: Callable[[Request], Response]) -> Response:
        seen.append(os.environ)
        return get_response(request)

    world.app.register_middleware(look, "http")
    assert ada.get("/api/me").status == 200
    assert [one is os.environ for one in seen] == [True]
