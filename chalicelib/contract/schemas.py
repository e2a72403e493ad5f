"""JSON Schemas whose properties are described with the meanings in ``vocabulary``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.contract.vocabulary import format_of, meaning_of, values_of


def described_components(components: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas by name, each with the meaning, the format and the values of its properties."""
    return {name: described_properties(name, schema) for name, schema in sorted(components.items())}


def described_properties(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema ``name`` with described properties. A schema that is not an object has no properties and stays the
    same.
    """
    described = dict(schema)
    if "description" in described:
        described["description"] = " ".join(described["description"].replace("``", "`").split())
    if "properties" in described:
        described["properties"] = {
            one: _property(name, one, value) for one, value in described["properties"].items()
        }
    if described.get("additionalProperties") is False:  # what a client sends
        described["properties"] = {
            one: _with_default_in_words(value) for one, value in described["properties"].items()
        }
    return described


def _property(schema: str, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    described = {key: part for key, part in value.items() if not (key == "default" and part is None)}
    meaning = meaning_of(schema, name, declared=described.get("description"))
    if meaning is not None:
        described["description"] = meaning
    for text in _texts(described):
        if (form := format_of(name)) is not None:
            text["format"] = form
        if (values := values_of(schema, name)) and "enum" not in text:
            text["enum"] = list(values)
    return described


def _with_default_in_words(value: dict[str, Any]) -> dict[str, Any]:
    """The property without ``default``; its description says the default instead. Generators of clients treat a
    property with a default as mandatory.
    """
    if "default" not in value:
        return value
    bare = {key: part for key, part in value.items() if key != "default"}
    default = json.dumps(value["default"], ensure_ascii=False)
    return {**bare, "description": f"{value.get('description', '')} By default `{default}`.".strip()}


def _texts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a property's schema that describe texts: the schema itself, or some of its ``anyOf``."""
    alternatives: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return [one for one in alternatives if one.get("type") == "string"]
