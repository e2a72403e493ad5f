"""A document gets another name, subject, session, type or tags, and the things made from it follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.settings import Settings
from fakes.vector_store import InMemoryVectorStore
from ports.errors import Unavailable
from ports.vector_store import Vector
from tests.support.world import PHYSICS, User, World

UPLOADED = {"subject_id": "physics_101", "tags": ["mechanics"]}


def vectors(world: World) -> list[Vector]:
    store = world.adapters.vectors
    return list(store.fetch("documents", store.ids("documents", "").items).values())


def change(user: User, file_id: str, **labels: Any) -> Any:
    answer = user.send("PATCH", f"/api/files/{file_id}", labels)
    assert answer.status == 200, answer.text
    return answer.body


def found(user: User, subject_id: str) -> list[dict[str, Any]]:
    wanted = {"query": "What does Newton's second law say of the net force?", "subjects": [subject_id]}
    results: list[dict[str, Any]] = user.post("/api/search/cross-subject", wanted).body["results"]
    return results


def test_a_document_is_found_under_its_new_name_and_tags(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS, **UPLOADED)
    file = change(ada, file_id, file_name="Work and energy.txt", tags=["exam"], document_type="textbook")
    assert (file["filename"], file["tags"], file["document_type"]) == (
        "Work and energy.txt",
        ["exam"],
        "textbook",
    )
    assert file["status"] == "completed"
    assert ada.get(f"/api/files/{file_id}").body == file | {
        "updated_at": ada.get(f"/api/files/{file_id}").body["updated_at"]
    }
    for vector in vectors(world):
        told = {name: vector.metadata[name] for name in ("source_file", "title", "tags", "document_type")}
        assert told == {
            "source_file": "Work and energy.txt",
            "title": "Work and energy.txt",
            "tags": ["exam"],
            "document_type": "textbook",
        }
    assert {one["source_file"] for one in found(ada, "physics_101")} == {"Work and energy.txt"}


def test_a_document_moves_to_another_subject_and_back_out_of_any(world: World) -> None:
    ada = world.user("ada")
    file_id = ada.upload("notes.txt", PHYSICS)
    before = {vector.id: vector.values for vector in vectors(world)}
    embedded = [text for texts in world.adapters.embedder.calls for text in texts]
    assert found(ada, "physics_101") == []

    moved = change(ada, file_id, session_id="session_1")
    assert (moved["subject_id"], moved["session_id"]) == ("physics_101", "session_1")
    asked = [text for texts in world.adapters.embedder.calls for text in texts][len(embedded) :]
    assert all("net force?" in text for text in asked)  # no chunk is embedded again
    after = vectors(world)
    assert len(after) == len(before)
    assert sorted(map(list, before.values())) == sorted(list(vector.values) for vector in after)
    assert {vector.metadata["session_id"] for vector in after} == {"session_1"}
    assert [one["file_id"] for one in found(ada, "physics_101")] == [file_id] * len(after)

    left = change(ada, file_id, subject_id=None)
    assert (left["subject_id"], left["session_id"]) == (None, None)
    assert {vector.id for vector in vectors(world)} == set(before)
    assert all("subject_id" not in vector.metadata for vector in vectors(world))
    assert found(ada, "physics_101") == []

    ada.delete(f"/api/files/{file_id}")
    assert vectors(world) == []
    assert list(world.adapters.objects.keys("")) == []


def test_repeating_a_change_changes_nothing(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    once = change(ada, file_id, filename="energy.txt", subject_id="physics_101")
    world.adapters.clock.advance(60)
    assert change(ada, file_id, filename="energy.txt", subject_id="physics_101") == once
    assert change(ada, file_id) == once


def test_a_name_keeps_its_ending(ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    assert change(ada, file_id, file_name="Energy 2.0")["filename"] == "Energy 2.0.txt"
    refused = ada.send("PATCH", f"/api/files/{file_id}", {"file_name": "energy.pdf"})
    assert (refused.status, refused.code) == (415, "type_mismatch")
    refused = ada.send("PATCH", f"/api/files/{file_id}", {"file_name": "a/b.txt"})
    assert (refused.status, refused.code) == (422, "bad_name")
    assert ada.get(f"/api/files/{file_id}").body["filename"] == "Energy 2.0.txt"


def test_a_learner_cannot_change_or_choose_what_belongs_to_others(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    stranger = world.user("mary").send("PATCH", f"/api/files/{file_id}", {"tags": ["x"]})
    assert (stranger.status, stranger.code) == (404, "file_not_found")
    for labels in ({"subject_id": "history_201"}, {"subject_id": "nowhere"}, {"session_id": "nowhere"}):
        assert ada.send("PATCH", f"/api/files/{file_id}", labels).status == 404
    assert ada.send("PATCH", f"/api/files/{file_id}", {"user_id": "mary"}).status == 400


def test_class_materials_are_changed_by_those_who_teach_it(world: World, ada: User) -> None:
    grace = world.user("grace")
    file_id = grace.share("physics_101", "notes.txt", PHYSICS)
    assert ada.send("PATCH", f"/api/files/{file_id}", {"tags": ["x"]}).status == 404
    path = f"/api/teacher/subjects/physics_101/materials/{file_id}"
    assert ada.send("PATCH", path, {"tags": ["x"]}).status == 403
    assert world.user("karl").send("PATCH", path, {"tags": ["x"]}).status == 403
    changed = grace.send("PATCH", path, {"file_name": "energy.txt", "session_id": "session_1"}).body
    assert (changed["filename"], changed["subject_id"]) == ("energy.txt", "physics_101")
    assert {one["source_file"] for one in found(ada, "physics_101")} == {"energy.txt"}


def test_a_document_that_waits_for_its_upload_is_changed_too(world: World, ada: User) -> None:
    offer = ada.offer("notes.txt", PHYSICS.encode())
    file_id = offer.body["file_id"]
    change(ada, file_id, file_name="energy.txt", subject_id="physics_101")
    world.tell_of_object(ada.put_bytes(offer, PHYSICS.encode()))
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"
    assert {one["source_file"] for one in found(ada, "physics_101")} == {"energy.txt"}


class Failing(InMemoryVectorStore):
    is_out = False

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        if self.is_out:
            raise Unavailable("vector_store")
        super().upsert(namespace, vectors)


class Interrupted(World):
    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        adapters.vectors = Failing(adapters.embedder.dimension)
        return adapters


@pytest.mark.parametrize("wanted", [{"subject_id": "physics_101"}, {"file_name": "energy.txt"}])
def test_the_sweeper_ends_a_change_that_was_interrupted(wanted: dict[str, Any]) -> None:
    world = Interrupted()
    ada = world.user("ada")
    file_id = ada.upload("notes.txt", PHYSICS)
    world.adapters.vectors.is_out = True
    changed = change(ada, file_id, **wanted)
    world.adapters.vectors.is_out = False
    assert changed["filename"] == wanted.get("file_name", "notes.txt")
    world.adapters.clock.advance(60)
    world.sweep()
    store = world.services.documents.get("ada", file_id)
    assert store.stale_subjects == ()
    assert {vector.metadata.get("subject_id") for vector in vectors(world)} == {wanted.get("subject_id")}
    assert {vector.metadata["source_file"] for vector in vectors(world)} == {changed["filename"]}
    described = world.services.contents.description("ada", file_id)
    assert (described.filename, described.subject_id) == (changed["filename"], wanted.get("subject_id"))


def test_a_document_that_is_being_processed_is_not_changed(world: World, ada: User) -> None:
    documents = world.services.documents
    file_id = ada.offer("notes.txt", b"text").body["file_id"]
    documents.save(documents.get("ada", file_id).leased(world.adapters.clock.now()))
    refused = ada.send("PATCH", f"/api/files/{file_id}", {"tags": ["x"]})
    assert (refused.status, refused.code) == (409, "document_busy")
    assert refused.headers["Retry-After"] == "5"
    assert ada.get(f"/api/files/{file_id}").body["tags"] == []
