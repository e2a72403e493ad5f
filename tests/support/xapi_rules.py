"""The rules of xAPI 1.0.3 for statements of answers, written from its specification (part two, sections 2.2 to 2.4).

https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_STATEMENT = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
_RESULT = {"score", "success", "completion", "response", "duration", "extensions"}
_INTERACTIONS: dict[str, Collection[str]] = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
_COMPONENTS = {one for lists in _INTERACTIONS.values() for one in lists}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PARAMETERS = re.compile(r"(\{(case_matters|order_matters)=(true|false)\})*")


def broken(statement: Any) -> list[str]:
    """The rules that the statement breaks, in words; empty if it is valid."""
    return list(_broken(statement))


def _broken(told: Any) -> Iterator[str]:
    yield from _nulls(told, "")
    if set(told) - _STATEMENT:
        yield f"unknown properties: {set(told) - _STATEMENT}"
    if not _is_uuid(told.get("id")):
        yield "the id is no UUID"
    actor = told.get("actor", {})
    account = actor.get("account", {})
    if set(actor) != {"objectType", "account"} or actor["objectType"] != "Agent":
        yield "the actor is not an agent with one identifier"
    if set(account) != {"homePage", "name"} or not _is_iri(account.get("homePage")) or not account["name"]:
        yield "the account has no home page or no name"
    verb = told.get("verb", {})
    if set(verb) - {"id", "display"} or not _is_iri(verb.get("id")):
        yield "the verb has no IRI"
    yield from _language_map(verb.get("display", {}))
    yield from _activity(told.get("object", {}))
    yield from _result(told.get("result", {}), told["object"].get("definition", {}))
    yield from _context(told.get("context", {}))
    moment = datetime.fromisoformat(told.get("timestamp", ""))
    if moment.tzinfo is None:
        yield "the timestamp has no offset"


def _activity(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("objectType", "Activity") != "Activity" or not _is_iri(told.get("id")):
        yield "the object is no activity with an IRI"
    definition = told.get("definition", {})
    if "type" in definition and not _is_iri(definition["type"]):
        yield "the type is no IRI"
    for name in ("name", "description"):
        yield from _language_map(definition.get(name, {}))
    kind = definition.get("interactionType")
    lists = _COMPONENTS & set(definition)
    if kind is None:
        if lists or "correctResponsesPattern" in definition:
            yield "what is no interaction has choices or a pattern"
        return
    if kind not in _INTERACTIONS or lists - set(_INTERACTIONS[kind]):
        yield f"an interaction {kind} has {lists}"
    patterns = definition.get("correctResponsesPattern", [])
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        yield "the patterns are no list of texts"
    for name in lists:
        ids = [one["id"] for one in definition[name]]
        if len(set(ids)) < len(ids) or any(re.search(r"\s|\[|\]", one) for one in ids):
            yield f"the ids {ids} are not distinct, or have spaces"
        for one in definition[name]:
            if set(one) - {"id", "description"}:
                yield f"a component has {set(one)}"
            yield from _language_map(one.get("description", {}))
        for pattern in patterns:
            if not set(pattern.split("[,]")) <= set(ids):
                yield f"the pattern {pattern} names none of {ids}"
    if kind in ("fill-in", "long-fill-in"):
        for pattern in patterns:
            if not _PARAMETERS.sub("", pattern, count=1):
                yield "a pattern has no text"


def _result(told: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[str]:
    if set(told) - _RESULT:
        yield f"the result has {set(told) - _RESULT}"
    if not isinstance(told.get("success", True), bool):
        yield "success is no truth value"
    if not isinstance(told.get("response", ""), str):
        yield "the response is no text"
    score = told.get("score", {"scaled": 0})
    if set(score) - {"scaled", "raw", "min", "max"} or not -1 <= score["scaled"] <= 1:
        yield f"the score is {score}"
    ids = [one["id"] for one in definition.get("choices", ())]
    if ids and told.get("response") and not set(told["response"].split("[,]")) <= set(ids):
        yield f"the response {told['response']} names none of {ids}"


def _context(told: Mapping[str, Any]) -> Iterator[str]:
    if not _is_uuid(told.get("registration", str(uuid.uuid4()))):
        yield "the registration is no UUID"
    for name, activities in told.get("contextActivities", {}).items():
        if name not in ("parent", "grouping", "category", "other"):
            yield f"a context has {name}"
        for one in activities:
            yield from _activity(one)


def _language_map(told: Mapping[str, str]) -> Iterator[str]:
    for language, text in told.items():
        if not _LANGUAGE.fullmatch(language) or not isinstance(text, str):
            yield f"{language} is no language"


def _nulls(told: Any, place: str) -> Iterator[str]:
    if told is None:
        yield f"{place} is null"
    for name, value in told.items() if isinstance(told, dict) else ():
        yield from _nulls(value, f"{place}.{name}")
    for one in told if isinstance(told, list) else ():
        yield from _nulls(one, place)


def _is_uuid(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_iri(text: Any) -> bool:
    if not isinstance(text, str) or re.search(r"\s", text):
        return False
    parts = urlsplit(text)
    return bool(parts.scheme and parts.netloc)
