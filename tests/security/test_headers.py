"""The headers of every answer: what a browser may do with the answer, and which pages may read it."""

from __future__ import annotations

import pytest
from chalice.app import AuthRequest, AuthResponse

from chalicelib.api import build_app, declare_routes
from chalicelib.authorizer import authorize
from chalicelib.http import SECURITY_HEADERS
from chalicelib.settings import SettingsError, read_settings
from ports.errors import Unavailable
from tests.support.examples import body_of, path_of
from tests.support.http_client import HttpClient
from tests.support.world import Reply, User, World

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET/api/me"
OURS = "http://localhost:3000"
_PAGE = "text/html; charset=utf-8"
"""The contract as a page, which has styles of its own."""
FOREIGN = [
    "https://evil.example",
    "null",
    "http://localhost:3000.evil.example",
    "http://evil.example/http://localhost:3000",
    "https://localhost:3000",
    "http://LOCALHOST:3000",
    "http://localhost:3000, https://evil.example",
    "*",
]


def every_answer(world: World, who: User, origin: str) -> list[Reply]:
    """Answers of every route, method and preflight: successes, refusals, and errors of the server."""
    asked = {"Origin": origin}
    answers = []
    for someone in (who, world.anyone(), User(world, "x", "forged")):
        for route in world.api.routes:
            path = path_of(route, {})
            answers.append(someone.send(route.method, path, body_of(route, {}), headers=asked))
            answers.append(someone.send(route.method, f"{path}?limit=0", {}, headers=asked))
            answers.append(someone.send("OPTIONS", path, headers=asked))
    world.adapters.directory.outage = Unavailable("directory")
    answers.append(who.get("/api/me", headers=asked))
    world.adapters.directory.outage = None
    world.adapters.embedder.fail_next(KeyError("bug"))
    answers.append(who.ask("An accident?"))
    return answers


def test_every_answer_has_the_security_headers(world: World, ada: User) -> None:
    answers = every_answer(world, ada, OURS)
    assert {answer.status for answer in answers} >= {200, 204, 400, 401, 403, 404, 500, 502}
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            if name == "Content-Security-Policy" and answer.headers.get("Content-Type") == _PAGE:
                assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(
                    answer.headers[name].split("; ")
                )
            else:
                assert answer.headers[name] == value
    assert SECURITY_HEADERS["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert SECURITY_HEADERS["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "origin",
    [
        *FOREIGN[:2],
        *(pytest.param(one, marks=pytest.mark.slow) for one in FOREIGN[2:]),
    ],  # each asks every route
)
def test_a_page_of_another_origin_may_read_nothing(world: World, ada: User, origin: str) -> None:
    for answer in every_answer(world, ada, origin):
        allowed = {name for name in answer.headers if name.lower().startswith("access-control-")}
        assert allowed == set()


def test_our_pages_may_read_errors_too_and_never_with_credentials(world: World, ada: User) -> None:
    for answer in every_answer(world, ada, OURS)[:-1]:
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


def test_no_setting_allows_every_origin() -> None:
    with pytest.raises(SettingsError):
        read_settings({"LYCEUM_ALLOWED_ORIGINS": "*"})


def test_a_token_cached_by_the_gateway_expires_in_time(world: World, ada: User) -> None:
    """API Gateway calls the authorizer once for each token and keeps the answer for minutes."""
    app = build_app()

    @app.authorizer()
    def guard(request: AuthRequest) -> AuthResponse:
        return remembered

    declare_routes(app, world.services, guard)
    remembered = authorize(world.services, AuthRequest("TOKEN", f"Bearer {ada.token}", ARN))
    http = HttpClient(app)
    asked = {"Authorization": f"Bearer {ada.token}"}
    assert http.get("/api/me", headers=asked).status_code == 200
    world.adapters.clock.advance(3600)
    answer = http.get("/api/me", headers=asked)
    assert (answer.status_code, answer.json_body["error"]["code"]) == (401, "invalid_token")


def test_markup_in_names_and_texts_comes_back_to_the_letter_and_as_json(world: World, ada: User) -> None:
    """It is data, as SECURITY.md tells frontends: a quote is the text of its document, so nothing is escaped."""
    markup = '<img src=x onerror="window.canary=1">'
    sentence = f"The second law says that force {markup} is mass times acceleration."
    file_id = ada.upload(f"{markup}.txt", sentence.encode(), subject_id="physics_101")
    listed, asked = ada.get(f"/api/files/{file_id}"), ada.ask("What does the second law say about force?")
    [citation] = asked.body["citations"]
    assert listed.body["filename"] == citation["source_file"] == f"{markup}.txt"
    assert citation["quote"] == sentence
    for answer in (listed, asked):
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers.items() >= SECURITY_HEADERS.items()
