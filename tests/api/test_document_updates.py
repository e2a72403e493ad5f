"""The owner's connections receive the progress of a document. A push that fails does no harm."""

from __future__ import annotations

from typing import Any

import pytest

from domain.documents.ingestion import BATCH_CHUNKS
from domain.interviews.connections import HANDSHAKE_SECONDS
from ports.errors import Throttled, TimedOut
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World

LONG = "\n\n".join(
    f"Paragraph {number} tells of work, energy and power. " * 12 for number in range(8 * BATCH_CHUNKS)
)


@pytest.fixture
def socket(world: World, ada: User) -> Socket:
    return connected(world, ada)


def connected(world: World, ada: User) -> Socket:
    socket = Socket(world)
    assert socket.connect(ada.post("/api/ws-ticket").body["ticket"]) == 200
    return socket


def updates(socket: Socket) -> list[dict[str, Any]]:
    return [message for message in socket.take() if message["type"] == "document_updated"]


def test_the_owner_is_notified_when_a_document_is_completed_or_failed(
    world: World, ada: User, socket: Socket
) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    *_, last = updates(socket)
    file = ada.get(f"/api/files/{file_id}").body
    assert last == {
        "type": "document_updated",
        "file_id": file_id,
        "status": "completed",
        "searchable": True,
        "progress": file["progress"],
    }
    refused = ada.upload("empty.txt", "   ")
    *_, last = updates(socket)
    assert (last["file_id"], last["status"], last["searchable"]) == (refused, "failed", False)


def test_the_owner_of_a_long_document_is_notified_when_it_is_searchable_and_at_steps(
    ada: User, socket: Socket
) -> None:
    file_id = ada.upload("book.txt", LONG)
    told = updates(socket)
    assert {one["file_id"] for one in told} == {file_id}
    states = [(one["status"], one["searchable"]) for one in told]
    assert ("processing", True) in states
    assert states[-1] == ("completed", True)
    assert states == sorted(states, key=lambda state: (state[0] == "completed", state[1]))
    assert len(told) <= 24


def test_only_the_owner_is_notified(world: World, ada: User, socket: Socket) -> None:
    world.user("mary").upload("notes.txt", PHYSICS)
    assert updates(socket) == []


@pytest.mark.parametrize("failure", [TimedOut("connection_gateway"), Throttled("connection_gateway")])
def test_a_failed_push_does_not_stop_the_processing(failure: Exception) -> None:
    world = World()
    ada = world.user("ada")
    connected(world, ada)
    for _ in range(3):
        world.adapters.gateway.fail_next(failure)
    file_id = ada.upload("notes.txt", PHYSICS)
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"


def test_a_closed_connection_is_removed(world: World, ada: User, socket: Socket) -> None:
    world.adapters.clock.advance(HANDSHAKE_SECONDS + 1)
    world.adapters.gateway.drop(socket.connection_id)
    file_id = ada.upload("notes.txt", PHYSICS)
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"
    assert world.services.connections.of("ada") == []


def test_a_connection_whose_handshake_is_not_finished_is_kept_and_gets_the_next_push(
    world: World, ada: User
) -> None:
    """Until the handshake ends, the gateway reports the connection as gone."""
    socket = connected(world, ada)
    world.adapters.gateway.drop(socket.connection_id)
    ada.upload("first.txt", PHYSICS)
    assert ada.post("/api/ws-ticket").status == 200
    world.adapters.gateway.open(socket.connection_id)
    assert [message["type"] for message in socket.send({"type": "ping"})] == ["pong"]
    second = ada.upload("second.txt", PHYSICS.replace("force", "mass"))
    assert updates(socket)[-1]["file_id"] == second
