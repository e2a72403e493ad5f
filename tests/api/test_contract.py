"""The contract with the frontend: OpenAPI and AsyncAPI, made from the schemas that check every request.

``tests/support/contract.py`` holds every error and every message in all tests to it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from chalicelib.contract import VERSION
from chalicelib.contract.vocabulary import FORMATS, MEANINGS, VALUES
from tests.support.answers import EXAMPLES, answers_of_the_app, as_text
from tests.support.contract import check_push, check_reply
from tests.support.world import User, World

PROJECT = Path(__file__).parents[2]
BINARY = {"application/zip", "application/octet-stream"}
"""The content types that are not text."""


@pytest.fixture
def documents(world: World) -> tuple[Any, Any]:
    anyone = world.anyone()
    return anyone.get("/api/openapi.json").body, anyone.get("/api/asyncapi.json").body


def properties(document: Any) -> Iterator[tuple[str, str, Any]]:
    for schema, described in document["components"]["schemas"].items():
        for name, one in described.get("properties", {}).items():
            yield schema, name, one


def parameters(document: Any) -> Iterator[tuple[str, str, Any]]:
    for operation in operations(document):
        for parameter in operation.get("parameters", []):
            yield operation["operationId"], parameter["name"], parameter


def operations(document: Any) -> list[Any]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_each_property_and_parameter_is_described(documents: tuple[Any, Any]) -> None:
    openapi, asyncapi = documents
    named = [*properties(openapi), *properties(asyncapi), *parameters(openapi)]
    assert len(named) > 400
    assert [(where, name) for where, name, one in named if not one.get("description")] == []


def test_the_descriptions_are_made_once_and_kept(world: World) -> None:
    paths = ("/api/openapi.json", "/api/asyncapi.json", "/api/docs")
    made = [world.anyone().get(path).text for path in paths]
    world.api.routes.clear()  # what they are made from
    assert [world.anyone().get(path).text for path in paths] == made


def test_the_vocabulary_has_no_name_that_nothing_uses(documents: tuple[Any, Any]) -> None:
    openapi, _asyncapi = documents
    queries = {"HealthQuery.deep", "ReviewsQuery.limit", "AnalyticsQuery.limit", "StatementQuery.limit"}
    used = {name for _, name, _ in parameters(openapi)} | queries | {"file"}
    for document in documents:
        for schema, name, _ in properties(document):
            used |= {name, f"{schema}.{name}"}
    for operation in operations(openapi):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            used |= set(content["schema"].get("properties", {}))
    assert {*MEANINGS, *VALUES, *FORMATS} - used == set()


def test_each_operation_says_what_it_does_and_what_can_go_wrong(documents: tuple[Any, Any]) -> None:
    openapi, _ = documents
    tags = {tag["name"] for tag in openapi["tags"]}
    for operation in operations(openapi):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        assert ("401" in operation["responses"]) == bool(operation["security"])
        for status, response in operation["responses"].items():
            assert "X-Request-Id" in response["headers"]
            if status >= "400":
                _, named = response["content"]["application/json"]["schema"]["allOf"]
                codes = named["properties"]["error"]["properties"]["code"]["enum"]
                assert codes
                assert all(f"`{code}`" in response["description"] for code in codes)


def test_an_upload_in_the_request_and_its_confirmation_are_two_operations(documents: tuple[Any, Any]) -> None:
    paths = documents[0]["paths"]
    assert list(paths["/api/files"]["post"]["requestBody"]["content"]) == ["multipart/form-data"]
    assert list(paths["/api/files/confirm"]["post"]["requestBody"]["content"]) == ["application/json"]


def test_an_answer_has_all_its_properties_and_a_body_needs_those_without_a_default(
    documents: tuple[Any, Any],
) -> None:
    schemas = documents[0]["components"]["schemas"]
    assert set(schemas["QuestionBody"]["required"]) == set(schemas["QuestionBody"]["properties"])
    assert schemas["ChatRequest"]["required"] == ["message"]


def test_no_optional_property_has_a_default_because_generators_make_it_mandatory(
    documents: tuple[Any, Any],
) -> None:
    said = 0
    for document in documents:
        for schema in document["components"]["schemas"].values():
            if schema.get("additionalProperties") is False:
                assert [name for name, one in schema["properties"].items() if "default" in one] == []
                said += sum("By default `" in one["description"] for one in schema["properties"].values())
    assert said > 5


def test_moments_and_days_have_a_format(documents: tuple[Any, Any]) -> None:
    for document in documents:
        for _, name, one in properties(document):
            if name.endswith("_at") or name == "timestamp":
                texts = [part for part in one.get("anyOf", [one]) if part.get("type") == "string"]
                assert [text["format"] for text in texts] == ["date-time"], name


def test_each_reference_has_a_target(documents: tuple[Any, Any]) -> None:
    for document in documents:
        for reference in set(re.findall(r"'\$ref': '#/([^']+)'", repr(document))):
            place = document
            for part in reference.split("/"):
                place = place[part.replace("~1", "/")]


def test_the_messages_of_the_websocket_are_listed_by_who_sends_them(documents: tuple[Any, Any]) -> None:
    _, asyncapi = documents
    sent, pushed = (
        {one["$ref"].rpartition("/")[2] for one in asyncapi["operations"][name]["messages"]}
        for name in ("send", "push")
    )
    assert {"ping", "chat_message", "audio_chunk", "end_session"} <= sent
    assert {"pong", "chat_done", "response_processed", "error"} <= pushed
    assert not sent & pushed
    assert asyncapi["servers"]["this"]["protocol"] == "ws"


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION


def test_the_check_of_all_tests_sees_an_error_that_no_route_declares(world: World, ada: User) -> None:
    reply = ada.get("/api/files/nothing")
    assert reply.status == 404
    check_reply(world.api.routes, "GET", "/api/files/nothing", 404, reply.text)
    with pytest.raises(AssertionError, match="may answer 404 file_not_found"):
        check_reply(world.api.routes, "GET", "/api/me", 404, reply.text)


@pytest.mark.parametrize("text", ['{"type":"pong","more":1}', '{"type":"chat_delta","text":"x","textt":1}'])
def test_the_check_of_all_tests_sees_a_field_that_no_message_declares(text: str) -> None:
    with pytest.raises(AssertionError):
        check_push(text)


def test_each_response_and_body_has_an_example_that_fits_its_schema(documents: tuple[Any, Any]) -> None:
    openapi, _ = documents
    described = 0
    for operation in operations(openapi):
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [one["content"] for status, one in operation["responses"].items() if status < "300"]
        for content in contents:
            for kind, media in content.items():
                if "example" not in media:
                    assert kind in BINARY, f"{operation['operationId']} has no example of {kind}"
                    continue
                schema = media["schema"] | {"components": openapi["components"]}
                OAS31Validator(schema).validate(media["example"])
                described += 1
    assert described > 90


@pytest.mark.slow
def test_each_example_of_a_response_is_what_the_app_answers() -> None:
    told = as_text(answers_of_the_app())
    assert EXAMPLES.read_text(encoding="utf-8") == told, "python -m tests.support.answers writes them"
