"""The OpenAPI 3.1 document, made from the routes and from the schemas that validate their requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.contract.refusals import refusals_of
from chalicelib.contract.schemas import described_components, described_properties
from chalicelib.contract.vocabulary import meaning_of
from chalicelib.http import MAX_PATH_VALUE_CHARACTERS, ErrorBody, NoBody, Route

_PATH_VALUE = re.compile(r"\{(\w+)\}")
_REFERENCE = "#/components/schemas/{name}"
_PATH_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_PATH_VALUE_CHARACTERS}
_JSON = "application/json"
_FORM = "multipart/form-data"
_BINARY = {"type": "string", "format": "binary"}
_FORM_EXAMPLE = {"subject_id": "physics_101", "file": "the content of the file"}
_EXAMPLES = Path(__file__).parent / "examples.json"
"""The app's real responses to the requests of a test. ``tests/support/answers.py`` writes the file."""
_HEADERS = {
    "RequestId": {
        "description": "The id of the request, for the log.",
        "schema": {"type": "string"},
    },
    "RetryAfter": {
        "description": "After how many seconds to try again. Absent if waiting does not help.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Authenticate": {
        "description": "The scheme of the token: Bearer.",
        "schema": {"type": "string"},
    },
}
_STATUSES = {
    400: "Malformed, or a value out of range",
    401: "No access token, or an invalid one",
    403: "Not allowed in this role",
    404: "Does not exist, or belongs to another person",
    409: "Not possible in the present state",
    413: "Too large",
    415: "A type that is not supported",
    422: "The document cannot be read",
    429: "Over a limit",
    500: "A fault of the server",
    502: "A service that Lyceum depends on failed",
    504: "A service that Lyceum depends on did not answer in time",
}
_WAITS = (429, 502, 504)
_TAGS = {
    "service": "The service and the person who asks.",
    "files": "Documents: upload, list, read, delete.",
    "chat": "The tutor and its conversations.",
    "subjects": "Subjects, and the tutor within one.",
    "quizzes": "Quizzes: make, take, see the result.",
    "reviews": "Questions that come back, and flashcards.",
    "profile": "What the learner knows, and why.",
    "interviews": "Interviews that were held over the WebSocket.",
    "privacy": "Export and erasure of personal data.",
    "teacher": "Classes: their analytics and materials.",
}
_TAG_OF = {
    "assignments": "quizzes",
    "flashcards": "reviews",
    "me/data": "privacy",
    "me/export": "privacy",
    "quiz-results": "quizzes",
    "search": "subjects",
}
_DESCRIPTION = """\
The backend of a learning platform: a tutor that cites what it says, quizzes, mastery and interviews.

Send the access token as `Authorization: Bearer …`. An error has the form of `ErrorBody`; its `code` is stable. A list is
read page by page: pass `next_cursor` as `cursor`. A request that makes something can be repeated with the same
`Idempotency-Key`. Moments are RFC 3339 in UTC. The WebSocket is described by `/api/asyncapi.json`.
"""


def describe(routes: Sequence[Route], url: str, version: str) -> dict[str, Any]:
    """The OpenAPI document for all routes under ``/api`` of the server at ``url``."""
    public = [route for route in routes if route.path.startswith("/api/")]
    kinds: list[Any] = [ErrorBody]
    for route in public:
        kinds += [kind for kind in (route.body, route.answers) if kind not in (None, NoBody)]
    kinds = list(dict.fromkeys(kinds))
    answered = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    shapes, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    shape_of = dict(zip(kinds, shapes, strict=True))
    schemas = {name: _as_answered(schema) for name, schema in described_components(components).items()}
    descriptions = {
        name: one.get("description") for schema in schemas.values() for name, one in _properties(schema)
    }
    paths: dict[str, dict[str, Any]] = {}
    for route in public:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, shape_of, descriptions, answered.get(route.operation, {})
        )
    used = {operation["tags"][0] for operations in paths.values() for operation in operations.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lyceum", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": url, "description": "This server"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items() if name in used],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": _HEADERS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _as_answered(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a response with all its properties required: responses always have them all. The schema of a
    request body stays unchanged; such a schema refuses unknown properties.
    """
    if "properties" not in schema or schema.get("additionalProperties") is False:
        return schema
    return {**schema, "required": list(schema["properties"])}


def _properties(schema: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    found: Mapping[str, Any] = schema.get("properties", {})
    return found.items()


def _operation(
    route: Route,
    shape_of: Mapping[Any, Any],
    descriptions: Mapping[str, str | None],
    answered: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The OpenAPI operation of a route.

    ``descriptions`` has the descriptions of all schemas' properties by name; they also describe path values of the
    same name. ``answered`` has the examples of responses, by status and content type.
    """
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,
        "summary": route.summary.removesuffix("."),
        "description": " ".join((route.view.__doc__ or "").split()),
        "tags": [_tag(route.path)],
        "security": [] if route.is_public else [{"token": []}],
        "responses": _responses(route, shape_of, answered),
    }
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning_of("", name, descriptions.get(name)),
            "schema": _PATH_SCHEMA,
        }
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
    if route.form is not None:
        schema = _form(route.form)
        sent = {name: value for name, value in _FORM_EXAMPLE.items() if name in schema["properties"]}
        content[_FORM] = {"schema": schema, "example": sent}
    elif route.body is not NoBody:
        content[_JSON] = {
            "schema": shape_of[route.body],
            "example": msgspec.json.decode(msgspec.json.encode(route.example)),
        }
    if content:
        operation["requestBody"] = {"required": route.needs_body, "content": content}
    return operation


def _tag(path: str) -> str:
    """The tag of a path, chosen by the first parts after ``/api/``."""
    parts = path.removeprefix("/api/").split("/")
    name = _TAG_OF.get("/".join(parts[:2])) or _TAG_OF.get(parts[0]) or parts[0]
    return name if name in _TAGS else "service"


def _form(form: Any) -> dict[str, Any]:
    """One schema for the fields and the file together. Two schemas would not work: each would forbid the properties of
    the other.
    """
    described = _described(form)
    file = {"type": "string", "format": "binary", "description": "The document itself."}
    return {
        **described,
        "properties": {**described["properties"], "file": file},
        "required": [*described.get("required", []), "file"],
    }


@cache
def _described(schema: Any) -> Mapping[str, Any]:
    (shape,), components = msgspec.json.schema_components([schema], ref_template=_REFERENCE)
    name = shape["$ref"].rpartition("/")[2]
    return described_properties(name, components[name])


def _query_parameters(query: Any) -> list[dict[str, Any]]:
    described = _described(query)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in described.get("required", []),
            "description": schema.get("description"),
            "schema": {key: part for key, part in schema.items() if key != "description"},
        }
        for name, schema in described["properties"].items()
    ]


def _responses(
    route: Route, shape_of: Mapping[Any, Any], answered: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object"} if route.answers is None else shape_of[route.answers]
    has_json = route.answers is not None or not route.files
    content: dict[str, Any] = {_JSON: {"schema": shape}} if has_json else {}
    content |= {kind: {"schema": shape if kind == _JSON else _BINARY} for kind in route.files}
    responses: dict[str, Any] = {
        str(status): {
            "description": route.summary,
            "headers": _headers("RequestId"),
            "content": {
                kind: {**one, **_example(answered.get(str(status), {}), kind)}
                for kind, one in content.items()
            },
        }
        for status in (route.status, *route.statuses)
    }
    for status, codes in refusals_of(route).items():
        meanings = "\n".join(f"- `{code}`: {meaning}" for code, meaning in sorted(codes.items()))
        named = {"type": "object", "properties": {"code": {"enum": sorted(codes)}}}
        names = ["RequestId", *(["RetryAfter"] if status in _WAITS else [])]
        responses[str(status)] = {
            "description": f"{_STATUSES[status]}.\n\n{meanings}",
            "headers": _headers(*names, *(["Authenticate"] if status == 401 else [])),
            "content": {
                _JSON: {
                    "schema": {
                        "allOf": [
                            shape_of[ErrorBody],
                            {"type": "object", "properties": {"error": named}},
                        ]
                    }
                }
            },
        }
    return responses


def _example(answered: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"example": answered[kind]} if kind in answered else {}


_HEADER_NAMES = {"RequestId": "X-Request-Id", "RetryAfter": "Retry-After", "Authenticate": "WWW-Authenticate"}


def _headers(*names: str) -> dict[str, Any]:
    return {_HEADER_NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in names}
