"""Checks the app's responses against the OpenAPI document, and its pushes against the AsyncAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache

import msgspec

from chalicelib.contract.refusals import refusals_of, refusals_of_messages
from chalicelib.http import Route
from chalicelib.websocket import ErrorMessage, Outgoing

_MADE_UP = "port_"
"""The prefix of error codes of a capability that exists only in tests."""


def check_reply(routes: Sequence[Route], method: str, path: str, status: int, text: str) -> None:
    """Raise ``AssertionError`` if the contract does not allow this response of the route."""
    route = route_of(routes, method, path)
    if route is None:
        return
    if status < 400:
        assert status in (route.status, *route.statuses) or route.answers is None, (
            f"{method} {path}: {status}"
        )
        return
    code = json.loads(text)["error"]["code"]
    declared = code.startswith(_MADE_UP) or code in _refusals(route).get(status, ())
    assert declared, f"the contract does not say that {method} {route.path} may answer {status} {code}"


def route_of(routes: Sequence[Route], method: str, path: str) -> Route | None:
    """The route that a request is for; None if there is none."""
    called = path.partition("?")[0]
    fitting = [route for route in routes if route.method == method and _pattern(route.path).fullmatch(called)]
    return min(fitting, key=lambda route: route.path.count("{"), default=None)


def check_push(text: str) -> None:
    """Raise ``AssertionError`` if the message has other fields than in the contract, or an error code that is not in
    it.
    """
    message: Outgoing = msgspec.json.decode(text, type=Outgoing)
    assert json.loads(msgspec.json.encode(message)) == json.loads(text)
    if isinstance(message, ErrorMessage) and not message.code.startswith(_MADE_UP):
        assert message.code in refusals_of_messages(), f"the contract does not list {message.code}"


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


_KNOWN: dict[str, dict[int, frozenset[str]]] = {}


def _refusals(route: Route) -> dict[int, frozenset[str]]:
    if route.operation not in _KNOWN:
        _KNOWN[route.operation] = {status: frozenset(codes) for status, codes in refusals_of(route).items()}
    return _KNOWN[route.operation]
