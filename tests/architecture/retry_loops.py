"""Finds loops in Python source that start a change over after a conflict."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

BROAD = {"Exception", "BaseException", "PortError"}
"""Errors whose handlers catch a conflict too."""
_COUNTERS = {"range", "repeat", "count", "cycle"}

_Loop = ast.For | ast.While


def conflicts(sources: Iterable[str]) -> set[str]:
    """The names of the errors that mean a conflict.

    These are the store's ``ConditionFailed``, and the errors that the sources raise in its place.
    """
    return {"ConditionFailed"} | {
        _name(raised.exc)
        for source in sources
        for handler in ast.walk(ast.parse(source))
        if isinstance(handler, ast.ExceptHandler) and "ConditionFailed" in _caught(handler)
        for raised in ast.walk(handler)
        if isinstance(raised, ast.Raise) and raised.exc is not None
    }


def retry_loops(source: str, conflicts: set[str]) -> list[int]:
    """The lines of the loops that may try the same change again after a conflict.

    These are ``while`` loops and loops over numbers that catch a conflict and continue, and loops over numbers that do
    not use the number. A loop over things does not count, because it continues with the next thing.
    """
    return [
        loop.lineno
        for loop in ast.walk(ast.parse(source))
        if isinstance(loop, ast.While) or (isinstance(loop, ast.For) and _counts(loop.iter))
        if _only_counts(loop) or any(_goes_on_after(handler, conflicts) for handler in _handlers(loop))
    ]


def _counts(iterated: ast.expr) -> bool:
    return isinstance(iterated, ast.Call) and _name(iterated) in _COUNTERS


def _only_counts(loop: _Loop) -> bool:
    return isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) and loop.target.id.startswith("_")


def _handlers(loop: _Loop) -> Iterator[ast.ExceptHandler]:
    """The handlers of the loop itself, without those of inner functions and loops."""
    waiting: list[ast.AST] = [*loop.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.For | ast.While):
            continue
        if isinstance(node, ast.ExceptHandler):
            yield node
        waiting += ast.iter_child_nodes(node)


def _goes_on_after(handler: ast.ExceptHandler, conflicts: set[str]) -> bool:
    leaves = isinstance(handler.body[-1], ast.Return | ast.Raise | ast.Break)
    return not leaves and bool(_caught(handler) & (conflicts | BROAD))


def _caught(handler: ast.ExceptHandler) -> set[str]:
    match handler.type:
        case None:
            return {"BaseException"}
        case ast.Tuple(elts=elements):
            return {_name(element) for element in elements}
        case one:
            return {_name(one)}


def _name(expression: ast.expr) -> str:
    """The last part of a name: ``range`` of ``range(3)``, ``LeaseLost`` of ``documents.LeaseLost``."""
    match expression:
        case ast.Call(func=function):
            return _name(function)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
