"""The OpenAPI 3.1 document, made from the routes and from the schemas that validate their requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.http import MAX_PATH_VALUE_CHARACTERS, ErrorBody, NoBody, Route

_PATH_VALUE = re.compile(r"\{(\w+)\}")
_REFERENCE = "#/components/schemas/{name}"
_PATH_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_PATH_VALUE_CHARACTERS}
_JSON = "application/json"
_ERRORS = {
    "400": "Malformed, or a value out of range",
    "401": "No token, or an invalid one",
    "403": "Not allowed in this role",
    "404": "Does not exist, or belongs to another person",
    "409": "Not possible in the present state",
    "413": "Too large",
    "415": "A type that is not supported",
    "422": "No text could be extracted",
    "429": "Over a limit; see Retry-After",
    "502": "A service that Lyceum depends on failed",
    "504": "A service that Lyceum depends on did not answer in time",
}


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The OpenAPI document for all routes under ``/api``."""
    public = [route for route in routes if route.path.startswith("/api/")]
    kinds: list[Any] = [ErrorBody]
    for route in public:
        kinds += [kind for kind in (route.body, route.answers) if kind not in (None, NoBody)]
    kinds = list(dict.fromkeys(kinds))
    shapes, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    shape_of = dict(zip(kinds, shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in public:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shape_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lyceum",
            "version": "1",
            "description": "A learning platform's backend: a tutor that cites what it says.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(route: Route, shape_of: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,
        "summary": route.summary,
        "security": [] if route.is_public else [{"token": []}],
        "responses": _responses(route, shape_of),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _PATH_SCHEMA}
        for name in _PATH_VALUE.findall(route.path)
    ]
    parameters += _query_parameters(route.query)
    if route.creates:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "A repeated request with the same key and body gets the first response again.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        )
    if parameters:
        operation["parameters"] = parameters
    content: dict[str, Any] = {}
    if route.body is not NoBody:
        content[_JSON] = {"schema": shape_of[route.body]}
    if route.form is not None:
        content["multipart/form-data"] = {"schema": _form(route.form)}
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _form(form: type[Any]) -> dict[str, Any]:
    """One schema for the fields and the file: a schema of only one of them would forbid the other."""
    described = _described(form)
    file = {"type": "string", "format": "binary"}
    return {
        **described,
        "properties": {**described["properties"], "file": file},
        "required": [*described.get("required", []), "file"],
    }


def _described(schema: type[Any]) -> dict[str, Any]:
    (shape,), components = msgspec.json.schema_components([schema], ref_template=_REFERENCE)
    described: dict[str, Any] = components[shape["$ref"].rpartition("/")[2]]
    return described


def _query_parameters(query: type[Any]) -> list[dict[str, Any]]:
    described = _described(query)
    return [
        {"name": name, "in": "query", "required": name in described.get("required", []), "schema": schema}
        for name, schema in described["properties"].items()
    ]


def _responses(route: Route, shape_of: dict[Any, Any]) -> dict[str, Any]:
    succeeded = (
        {"schema": shape_of[route.answers]} if route.answers is not None else {"schema": {"type": "object"}}
    )
    responses: dict[str, Any] = {
        str(status): {"description": route.summary, "content": {_JSON: succeeded}}
        for status in (route.status, *route.statuses)
    }
    for status, description in _ERRORS.items():
        responses[status] = {"description": description, "content": {_JSON: {"schema": shape_of[ErrorBody]}}}
    return responses
