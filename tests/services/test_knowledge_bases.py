"""Each learner's knowledge base follows their documents, whatever fails."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.settings import SettingsError, read_settings
from domain.base.tables import KNOWLEDGE_BASES
from domain.documents.knowledge import FAILED_SECONDS, LOOK_AGAIN_SECONDS
from fakes.knowledge_base import SlowKnowledgeBases
from ports.errors import Throttled, TimedOut
from tests.support.faults import Crash, Faults, worker
from tests.support.world import PHYSICS, User, World


@pytest.fixture
def world() -> World:
    return World({"LYCEUM_KNOWLEDGE_BASES": "on"})


@pytest.fixture
def bases(world: World) -> SlowKnowledgeBases:
    bases: SlowKnowledgeBases = world.adapters.knowledge_bases
    return bases


def settle(world: World, seconds: float = LOOK_AGAIN_SECONDS) -> None:
    """Let the sweeper run until all work is done."""
    for _ in range(6):
        world.sweep()
        world.adapters.knowledge_bases.finish()
        world.adapters.clock.advance(seconds)


def rows(world: World) -> list[dict[str, Any]]:
    return [dict(row) for row in world.adapters.key_values.items(KNOWLEDGE_BASES)]


def test_knowledge_bases_are_off_by_default() -> None:
    world = World()
    ada = world.user("ada")
    ada.delete(f"/api/files/{ada.upload('laws.txt', PHYSICS)}")
    settle(world)
    assert rows(world) == []
    assert world.adapters.knowledge_bases.prefixes == {}


def test_the_laptop_has_no_knowledge_bases() -> None:
    with pytest.raises(SettingsError, match="LYCEUM_KNOWLEDGE_BASES"):
        read_settings({"LYCEUM_KNOWLEDGE_BASES": "on"})


def test_each_learners_documents_are_synced_into_their_own_knowledge_base(
    world: World, bases: SlowKnowledgeBases, ada: User, alan: User
) -> None:
    for number in range(3):
        ada.upload(f"laws-{number}.txt", PHYSICS)
    alan.upload("laws.txt", PHYSICS)
    assert bases.prefixes == {}
    settle(world)
    assert sorted(bases.prefixes.values()) == ["raw-files/user_ada/", "raw-files/user_alan/"]
    assert len(bases.syncs) == 2
    assert not any("ada" in name or "alan" in name for name in bases.prefixes)
    settle(world)
    assert len(bases.syncs) == 2


def test_later_changes_are_synced_later(world: World, bases: SlowKnowledgeBases, ada: User) -> None:
    file_id = ada.upload("laws.txt", PHYSICS)
    settle(world)
    ada.upload("more.txt", PHYSICS)
    settle(world)
    assert len(bases.syncs) == 2
    ada.delete(f"/api/files/{file_id}")
    settle(world, 1)
    assert len(bases.syncs) == 3
    assert len(bases.prefixes) == 1


def test_changes_during_a_sync_cause_another_sync(world: World, bases: SlowKnowledgeBases, ada: User) -> None:
    ada.upload("laws.txt", PHYSICS)
    settle(world)
    ada.upload("more.txt", PHYSICS)
    world.sweep()
    ada.upload("late.txt", PHYSICS)
    world.sweep()
    assert len(bases.syncs) == 2
    settle(world)
    assert len(bases.syncs) == 3


def test_unreadable_documents_and_class_materials_make_no_knowledge_base(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    world.adapters.extractor.script(b"a scan", "no_text")
    ada.upload("scan.txt", b"a scan")
    world.user("grace").share("physics_101", "lecture.txt", PHYSICS)
    settle(world)
    assert rows(world) == []
    assert bases.prefixes == {}


def test_an_export_names_the_knowledge_base(world: World, bases: SlowKnowledgeBases, ada: User) -> None:
    assert ada.get("/api/me/export").body["export"]["knowledge_base"] is None
    ada.upload("laws.txt", PHYSICS)
    settle(world)
    assert ada.get("/api/me/export").body["export"]["knowledge_base"]["name"] in bases.prefixes


def test_erasure_removes_it_for_good(world: World, bases: SlowKnowledgeBases, ada: User, alan: User) -> None:
    ada.upload("laws.txt", PHYSICS)
    alan.upload("laws.txt", PHYSICS)
    settle(world)
    assert ada.delete("/api/me/data").body["erased"]["knowledge_bases"] == 1
    assert ada.delete("/api/me/data").body["erased"]["knowledge_bases"] == 0
    settle(world)
    assert list(bases.prefixes.values()) == ["raw-files/user_alan/"]
    assert [row["user_id"] for row in rows(world)] == ["alan"]


def test_a_new_document_after_an_erasure_makes_a_new_lasting_knowledge_base(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    ada.upload("laws.txt", PHYSICS)
    settle(world)
    (first,) = rows(world)
    ada.delete("/api/me/data")
    world.adapters.clock.advance(1)
    ada.upload("new.txt", PHYSICS)
    settle(world)
    settle(world, 300)  # the erasure is repeated in between
    (second,) = rows(world)
    assert second["knowledge_base_id"] != first["knowledge_base_id"]
    assert list(bases.prefixes.values()) == ["raw-files/user_ada/"]


def test_a_knowledge_base_that_was_removed_on_aws_is_made_again(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    ada.upload("laws.txt", PHYSICS)
    settle(world)
    (name,) = bases.prefixes
    bases.remove(name)
    bases.finish()
    ada.upload("more.txt", PHYSICS)
    settle(world)
    assert list(bases.prefixes) == [name]
    assert bases.syncs == [name, name]


def test_a_failure_of_bedrock_does_not_affect_the_document(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    bases.fail_next(Throttled("knowledge_base", "ServiceQuotaExceededException"))
    file_id = ada.upload("laws.txt", PHYSICS)
    world.sweep()
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"
    assert ada.ask("What does the second law say?").body["citations"]
    world.adapters.clock.advance(LOOK_AGAIN_SECONDS)
    world.sweep()
    assert bases.prefixes == {}
    world.adapters.clock.advance(FAILED_SECONDS)
    settle(world)
    assert len(bases.syncs) == 1


def test_an_erasure_during_a_bedrock_failure_is_finished_later(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    ada.upload("laws.txt", PHYSICS)
    settle(world)
    bases.fail_next(TimedOut("knowledge_base"))
    assert ada.delete("/api/me/data").status == 200
    assert len(bases.prefixes) == 1
    settle(world, FAILED_SECONDS)
    assert (bases.prefixes, rows(world)) == ({}, [])


def test_when_switched_off_knowledge_bases_are_neither_made_nor_synced(
    world: World, bases: SlowKnowledgeBases, ada: User
) -> None:
    ada.upload("laws.txt", PHYSICS)
    off = World()
    off.adapters.key_values = world.adapters.key_values
    off.adapters.knowledge_bases = bases
    settle(off)
    assert bases.prefixes == {}
    assert "sweep_at" not in rows(world)[0]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", [Crash, lambda: TimedOut("port")], ids=["crash", "timeout"])
def test_a_sync_interrupted_at_any_call_ends_in_the_same_state(fault: Any, after_effect: bool) -> None:
    whole, tried = Faults(), 0
    while tried <= whole.calls:
        world = World({"LYCEUM_KNOWLEDGE_BASES": "on"})
        bases = world.adapters.knowledge_bases
        ada = world.user("ada")
        file_id = ada.upload("laws.txt", PHYSICS)
        ada.upload("more.txt", PHYSICS)
        faults = whole if tried == 0 else Faults(at=tried, fault=fault, after_effect=after_effect)
        service = worker(world, faults).knowledge_bases
        for _ in range(4):
            try:
                service.sweep()
            except (Crash, TimedOut):
                pass
            bases.finish()
            world.adapters.clock.advance(LOOK_AGAIN_SECONDS)
        settle(world, FAILED_SECONDS)
        assert (list(bases.prefixes.values()), len(bases.syncs)) == (["raw-files/user_ada/"], 1), tried
        world.user("ada").delete(f"/api/files/{file_id}")
        settle(world)
        assert len(bases.syncs) == 2, tried
        tried += 1
    assert whole.calls > 8


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
def test_a_removal_cut_short_at_any_call_is_finished(after_effect: bool) -> None:
    whole, tried = Faults(), 0
    while tried <= whole.calls:
        world = World({"LYCEUM_KNOWLEDGE_BASES": "on"})
        ada = world.user("ada")
        ada.upload("laws.txt", PHYSICS)
        settle(world)
        faults = whole if tried == 0 else Faults(at=tried, after_effect=after_effect)
        service = worker(world, faults).knowledge_bases
        for _ in range(3):
            try:
                service.erase("ada", "9")
                service.sweep()
            except Crash:
                pass
            world.adapters.knowledge_bases.finish()
            world.adapters.clock.advance(LOOK_AGAIN_SECONDS)
        settle(world)
        assert (world.adapters.knowledge_bases.prefixes, rows(world)) == ({}, []), tried
        tried += 1
    assert whole.calls > 5
