"""Canaries are sent by every route and message. After an erasure no store, log or cache contains one."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from chalicelib.logs import JsonLines
from tests.support.living import live
from tests.support.world import User, World

CANARY = "quetzalcoatl"


def held(world: World) -> list[str]:
    adapters = world.adapters
    found = [
        f"{table.name}: {item}"
        for table in world.services.tables
        for item in adapters.key_values.items(table)
        if CANARY in json.dumps(item, default=str)
    ]
    found += [
        key
        for key in adapters.objects.keys("")
        if CANARY in key or CANARY.encode() in adapters.objects.get(key)
    ]
    for namespace in ("documents", "intelligence"):
        ids = adapters.vectors.ids(namespace, "").items
        vectors = adapters.vectors.fetch(namespace, ids)
        found += [name for name, vector in vectors.items() if CANARY in f"{name} {vector}"]
    return found


def reachable(root: Any, seen: set[int], depth: int = 0) -> str | None:
    """The path to a canary in the memory of the services: in their caches, not in the stores."""
    if id(root) in seen or depth > 12:
        return None
    seen.add(id(root))
    if isinstance(root, str | bytes):
        text = root if isinstance(root, str) else root.decode(errors="ignore")
        return "here" if CANARY in text else None
    if isinstance(root, dict):
        parts: list[tuple[Any, Any]] = [(name, one) for name, one in root.items()]
        parts += [(f"key {name}", name) for name in root]
    elif isinstance(root, list | tuple | set | frozenset):
        parts = list(enumerate(root))
    elif type(root).__module__.startswith(("domain.", "chalicelib.")):
        parts = list(getattr(root, "__dict__", {}).items())
    else:
        return None
    for name, part in parts:
        way = reachable(part, seen, depth + 1)
        if way is not None:
            return f"{name}.{way}"
    return None


def test_no_store_log_or_cache_holds_a_canary(
    world: World, ada: User, alan: User, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("lyceum")
    was, logger.propagate = logger.propagate, True
    try:
        with caplog.at_level(logging.DEBUG, logger="lyceum"):
            live(world, ada, CANARY)
            assert len(held(world)) > 15
            assert ada.delete("/api/me/data").status == 200
    finally:
        logger.propagate = was
    assert held(world) == []
    assert CANARY not in "\n".join(map(JsonLines("test").format, caplog.records))
    assert reachable(world.services, set()) is None
    for path in ("files", "chat/conversations", "quizzes", "quiz-results", "interviews"):
        assert ada.get(f"/api/{path}").body["items"] == []
    assert CANARY not in ada.get("/api/me/export").text
    assert alan.ask(f"Who is {CANARY}?").body["citations"] == []
    world.adapters.clock.advance(3600)
    world.sweep()
    assert [row for row in held(world) if "alan" not in row] == []


def test_the_search_of_memory_finds_a_kept_canary(world: World, ada: User) -> None:
    assert reachable(world.services, set()) is None
    vars(world.services.sources)["kept"] = {"x": [CANARY]}
    assert reachable(world.services, set()) is not None
