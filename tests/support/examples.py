"""Makes requests from the route table, so that tests of all routes include a new route immediately.

``Things`` are the ids of a person's things, by the name of the path parameter or field that takes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import inspect

from chalicelib.http import NoBody, Route
from chalicelib.schemas import IDENTIFIER
from tests.support.world import Reply, User

Body = dict[str, Any]
Things = Mapping[str, str]
NOT_THERE = "00000000-0000-4000-8000-000000000000"
"""An id that belongs to nothing."""


class Answered(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def body(self) -> Any: ...


Send = Callable[[Route, Things], Answered]
"""Sends the route's example as a person, with the ids of the given things."""


def with_bodies(routes: Iterable[Route]) -> list[Route]:
    return [route for route in routes if route.body is not NoBody]


def fields_of(schema: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(schema))


def ids_of(schema: Any) -> frozenset[str]:
    """The fields of a schema that hold an ``Identifier``, or a list of them."""
    shape = inspect.type_info(schema)
    assert isinstance(shape, inspect.StructType)
    return frozenset(field.encode_name for field in shape.fields if _holds_an_id(field.type))


def _holds_an_id(kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata(type=inner):
            return _holds_an_id(inner)
        case inspect.UnionType(types=types):
            return any(map(_holds_an_id, types))
        case inspect.ListType(item_type=item):
            return _holds_an_id(item)
    return isinstance(kind, inspect.StrType) and kind.pattern == IDENTIFIER


def parameters_of(route: Route) -> list[str]:
    """The names of the route's path parameters."""
    return re.findall(r"{(\w+)}", route.path)


def path_of(route: Route, things: Things) -> str:
    """The route's path. A parameter that is not among the things gets ``NOT_THERE``."""
    return re.sub(r"{(\w+)}", lambda found: things.get(found[1], NOT_THERE), route.path)


def body_of(route: Route, things: Things) -> Body | None:
    """The route's example with the ids of the things; None if the route takes no body.

    A field is left out if the example does not have it, or has its default value.
    """
    if route.body is NoBody:
        return None
    sent = msgspec.to_builtins(route.example)
    given = {
        field.encode_name: sent[field.encode_name]
        for field in msgspec.structs.fields(route.body)
        if field.encode_name in sent and (field.required or sent[field.encode_name] != _default_of(field))
    }
    return {
        name: as_given(route.body, name, things[name]) if name in things else value
        for name, value in given.items()
    }


def _default_of(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def as_given(schema: Any, name: str, id: str) -> Any:
    """The id in the form that the field takes: alone, or in a list."""
    shape = inspect.type_info(schema)
    assert isinstance(shape, inspect.StructType)
    [kind] = [field.type for field in shape.fields if field.encode_name == name]
    return [id] if isinstance(_bare(kind), inspect.ListType) else id


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def sender(user: User) -> Send:
    def send(route: Route, things: Things) -> Reply:
        return user.send(route.method, path_of(route, things), body_of(route, things))

    return send


def with_what_routes_make(
    names: Iterable[str], routes: Sequence[Route], send: Send, things: Things
) -> dict[str, str]:
    """The given things, and further ones: for each further name, the id in a response that has a field of that name."""
    had = dict(things)
    for name in sorted(set(names) - had.keys()):
        maker = next((route for route in routes if _makes(route, name)), None)
        assert maker is not None, f"no POST answers a field {name}: say in the test what somebody has"
        needed = {*parameters_of(maker), *(ids_of(maker.body) & (body_of(maker, {}) or {}).keys())}
        had = with_what_routes_make(needed, routes, send, had)
        made = send(maker, had)
        assert made.status < 300, f"the example of {maker.operation} is refused: {made.text}"
        had[name] = made.body[name]
    return had


def _makes(route: Route, name: str) -> bool:
    return (
        route.method == "POST"
        and route.answers is not None
        and name in fields_of(route.answers)
        and name not in parameters_of(route)
        and name not in (body_of(route, {}) or {})
    )
