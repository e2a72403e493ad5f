"""Ingestion under crashes, rivals and deletions: whatever happens, the end state is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ports.errors import TimedOut, UpstreamError
from tests.faults import Crash, Faults, Interrupted, worker
from tests.world import World

TEXT = " ".join(f"Sentence number {number} speaks of motion and of force." for number in range(260))


@pytest.fixture
def uploaded(world: World) -> str:
    """A key whose bytes are there and whose event is still to come."""
    ada = world.user("ada")
    return ada.put_bytes(ada.offer("long.txt", TEXT.encode()), TEXT.encode())


def file_id_in(key: str) -> str:
    return key.rpartition("/")[2].partition("_")[0]


def assert_complete(world: World, key: str) -> None:
    ada = world.user("ada")
    file = ada.get(f"/api/files/{file_id_in(key)}").body
    assert file["status"] == "completed"
    ids = all_vector_ids(world)
    assert len(ids) == file["chunks_created"] > 10
    assert file["progress"] == {"stage": "done", "done": len(ids), "total": len(ids)}
    last = ada.get(f"/api/files/{file['file_id']}/chunks/{len(ids) - 1}").body
    assert last["text"].endswith("Sentence number 259 speaks of motion and of force.")


def all_vector_ids(world: World) -> list[str]:
    ids: list[str] = []
    cursor = None
    while True:
        page = world.adapters.vectors.ids("documents", "", cursor=cursor)
        ids += page.ids
        cursor = page.cursor
        if cursor is None:
            return ids


def recover(world: World) -> None:
    """Time passes, and the sweeper comes by."""
    for _ in range(6):
        world.adapters.clock.advance(700)
        world.sweep()


def every_nth() -> Iterator[tuple[Callable[[], BaseException], bool]]:
    yield Crash, False
    yield Crash, True
    yield lambda: TimedOut("some_port"), False
    yield lambda: TimedOut("some_port"), True


@pytest.mark.parametrize(
    ("fault", "after_effect"), list(every_nth()), ids=["crash", "late crash", "fail", "late fail"]
)
def test_a_fault_at_any_call_converges_to_a_completed_document(
    fault: Callable[[], BaseException], after_effect: bool
) -> None:
    """As SQLite's malloc.test: the 1st call fails, then the 2nd, until none is left to fail."""
    at = 0
    while True:
        at += 1
        world = World()
        ada = world.user("ada")
        key = ada.put_bytes(ada.offer("long.txt", TEXT.encode()), TEXT.encode())
        faults = Faults(at=at, fault=fault, after_effect=after_effect)
        try:
            worker(world, faults).ingestion.object_created(key)
        except (Crash, UpstreamError):
            pass
        recover(world)
        assert_complete(world, key)
        if faults.calls < at:
            break
    assert at > 10


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_crash_at_any_call_of_a_deletion_leaves_nothing(after_effect: bool) -> None:
    at = 0
    while True:
        at += 1
        world = World()
        ada = world.user("ada")
        file_id = ada.upload("long.txt", TEXT)
        faults = Faults(at=at, after_effect=after_effect)
        learner = worker(world, Faults()).admission.admit(str(ada.token)).learner
        try:
            worker(world, faults).library.delete(learner, file_id)
        except Crash:
            pass
        deleted = world.user("ada").delete(f"/api/files/{file_id}").status == 200
        assert deleted
        recover(world)
        assert all_vector_ids(world) == []
        assert list(world.adapters.objects.keys("")) == []
        if faults.calls < at:
            break
    assert at > 5


def test_a_document_deleted_under_its_worker_leaves_nothing(world: World, uploaded: str) -> None:
    """At every call of the worker in turn, the learner deletes the document."""
    at = 0
    while True:
        at += 1
        world = World()
        ada = world.user("ada")
        offer = ada.offer("long.txt", TEXT.encode())
        key = ada.put_bytes(offer, TEXT.encode())

        def delete(world: World = world, file_id: str = offer.body["file_id"]) -> None:
            assert world.user("ada").delete(f"/api/files/{file_id}").status == 200

        faults = Interrupted(at=at, between=delete)
        worker(world, faults).ingestion.object_created(key)
        if faults.calls < at:
            break
        recover(world)
        assert ada.world.user("ada").get(f"/api/files/{offer.body['file_id']}").status == 404
        assert all_vector_ids(world) == []
        assert list(world.adapters.objects.keys("")) == []
    assert at > 10


def test_a_second_worker_waits_for_the_lease_and_the_first_one_yields(world: World, uploaded: str) -> None:
    """While one worker holds the document another answers at once; when its lease has run out the other
    takes over, and the first writes nothing more."""
    services = world.services

    seen: list[str] = []

    def rival() -> None:
        document = services.documents.find("ada", file_id_in(uploaded))
        assert document is not None
        seen.append(services.ingestion.ingest(document).status)
        world.adapters.clock.advance(21)
        seen.append(services.ingestion.ingest(document).status)

    worker(world, Interrupted(at=8, between=rival)).ingestion.object_created(uploaded)
    assert seen == ["processing", "completed"]
    assert_complete(world, uploaded)


def test_out_of_time_it_is_given_back_and_goes_on_where_it_stopped(world: World, uploaded: str) -> None:
    document = world.services.documents.find("ada", file_id_in(uploaded))
    assert document is not None
    stopped = world.services.ingestion.ingest(document, within=0)
    assert stopped.status == "processing"
    assert stopped.lease_until is None
    assert stopped.attempts == 0
    world.adapters.clock.advance(1)
    world.sweep()
    assert_complete(world, uploaded)


def test_the_progress_is_kept_over_a_crash(world: World, uploaded: str) -> None:
    """What was embedded before the crash is not embedded again."""
    document = world.services.documents.find("ada", file_id_in(uploaded))
    assert document is not None
    world.services.ingestion.ingest(document)
    chunks = sum(len(call) for call in world.adapters.embedder.calls)
    assert chunks == len(all_vector_ids(world))


def test_objects_that_belong_to_nobody_are_removed(world: World) -> None:
    world.adapters.objects.put("raw-files/user_ada/unknown_original.txt", b"stray", "text/plain")
    for key in (
        "raw-files/user_ada/unknown_original.txt",
        "raw-files/strange",
        "raw-files/user_/x_original.txt",
    ):
        world.tell_of_object(key)
    assert list(world.adapters.objects.keys("")) == []
