"""If a capability fails, the error code begins with its name: ``agent_unavailable``, ``vector_store_timed_out`` …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.settings import Settings
from ports.errors import Damaged, TimedOut, Unavailable, UpstreamError
from tests.support.faults import Faults, FaultyAdapters
from tests.support.interviews import begun, connected, prepared
from tests.support.world import PHYSICS, Reply, User, World

CAPABILITIES = {
    "agent": "agent",
    "directory": "directory",
    "embedder": "embedder",
    "identity": "identity_provider",
    "key_values": "key_value_store",
    "objects": "object_store",
    "vectors": "vector_store",
}
STORES = ("directory", "key_values", "vectors")
"""The adapters whose data may be damaged."""


FAULTS = [(Unavailable, 502, "unavailable"), (TimedOut, 504, "timed_out")]


@dataclass
class Down(Faults):
    """Faults of a port: while ``is_on`` is true, every call fails."""

    is_on: bool = False

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if self.is_on:
            raise self.fault()
        return call(*args, **options)


class WorldWithout(World):
    """An app in memory, of which one adapter can be down."""

    def __init__(self, adapter: str, error: UpstreamError) -> None:
        self.adapter, self.down = adapter, Down(fault=lambda: error)
        super().__init__()

    def make_adapters(self, settings: Settings) -> Any:
        return FaultyAdapters(super().make_adapters(settings), self.down, (self.adapter,))


def request(world: World, user: User, adapter: str) -> Reply:
    """Send a request that needs the adapter."""
    if adapter in ("agent", "embedder", "vectors"):
        return user.ask("What does the second law say?")
    if adapter == "objects":
        return user.post(
            "/api/files/upload-url",
            {"file_name": "notes.txt", "content_type": "text/plain", "file_size": 10},
        )
    return user.get("/api/subjects" if adapter == "directory" else "/api/usage")


CASES = [
    *((name, error, status, ending) for name in CAPABILITIES for error, status, ending in FAULTS),
    *((name, Damaged, 502, "damaged") for name in STORES),
]


@pytest.mark.parametrize(("adapter", "error", "status", "ending"), CASES)
def test_the_error_code_of_a_request_names_the_capability_that_failed(
    adapter: str, error: type[UpstreamError], status: int, ending: str
) -> None:
    capability = CAPABILITIES[adapter]
    world = WorldWithout(adapter, error(capability))
    ada = world.user("ada")
    ada.upload("laws.txt", PHYSICS)
    world.down.is_on = True
    refused = request(world, ada, adapter)
    assert (refused.status, refused.code) == (status, f"{capability}_{ending}")
    world.down.is_on = False
    assert request(world, ada, adapter).status == 200


@pytest.mark.parametrize(("error", "ending"), [(Unavailable, "unavailable"), (TimedOut, "timed_out")])
@pytest.mark.parametrize("adapter", ["directory", "key_values"])
def test_the_error_code_of_a_message_names_the_capability_that_failed(
    adapter: str, error: type[UpstreamError], ending: str
) -> None:
    capability = CAPABILITIES[adapter]
    world = WorldWithout(adapter, error(capability))
    ada = world.user("ada")
    prepared(world, ada)
    socket = connected(world, ada)
    world.down.is_on = True
    (refused,) = socket.send({"type": "start_interview", "subject_id": "physics_101"})
    assert refused["code"] == f"{capability}_{ending}"
    world.down.is_on = False
    begun(socket)
