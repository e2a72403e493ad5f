"""Ingestion under crashes, rivals and deletions: whatever happens, the end state is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.services import Services
from domain.model.document import Document
from domain.model.moments import after, to_text
from ports.errors import TimedOut, UpstreamError
from ports.text_extractor import Extraction, ExtractionLimits, MediaType, PageText
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


@dataclass
class Slow(Faults):
    """Every call to a port takes so many seconds."""

    world: World = field(default_factory=World)
    seconds: float = 0.0

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self.calls += 1
        self.world.adapters.clock.advance(self.seconds)
        return call(*args, **options)


def stored(world: World, key: str) -> Document:
    document = world.services.documents.find("ada", file_id_in(key))
    assert document is not None
    return document


def changed(world: World, key: str, **told: Any) -> Document:
    return world.services.documents.save(replace(stored(world, key), **told))


def test_what_is_done_is_left_alone_until_other_bytes_come(world: World, uploaded: str) -> None:
    ingestion = world.services.ingestion
    done = ingestion.ingest(stored(world, uploaded))
    assert (done.status, done.attempts, done.file_size) == ("completed", 1, len(TEXT))
    read = len(world.adapters.extractor.calls)
    assert ingestion.ingest(done) == done == stored(world, uploaded)
    world.adapters.objects.put(uploaded, b"Shorter now.", "text/plain")
    again = ingestion.ingest(done)
    assert (again.status, again.attempts, again.file_size) == ("completed", 1, len(b"Shorter now."))
    assert again.source_etag != done.source_etag
    assert len(all_vector_ids(world)) == again.chunks_created == 1
    world.adapters.objects.delete(uploaded)
    assert ingestion.ingest(again) == again
    assert len(world.adapters.extractor.calls) == read + 1


def test_what_was_refused_is_read_anew_if_the_same_bytes_come_again(world: World, uploaded: str) -> None:
    ingestion = world.services.ingestion
    world.adapters.extractor.script(TEXT.encode(), "corrupt")
    refused = ingestion.ingest(stored(world, uploaded))
    assert (refused.status, refused.error_code) == ("failed", "corrupt")
    assert list(world.adapters.objects.keys("")) == []
    assert ingestion.ingest(refused) == refused
    world.adapters.extractor.script(TEXT.encode(), [TEXT])
    world.adapters.objects.put(uploaded, TEXT.encode(), "text/plain")
    assert ingestion.ingest(refused).error_code is None
    assert_complete(world, uploaded)


def test_an_upload_that_has_not_come_is_waited_for(world: World) -> None:
    file_id = world.user("ada").offer("n.txt", b"n").body["file_id"]
    waiting = world.services.documents.get("ada", file_id)
    assert world.services.ingestion.ingest(waiting) == waiting == world.services.documents.get("ada", file_id)
    assert world.services.ingestion.sweep(ahead=2000) == 1
    assert world.services.documents.get("ada", file_id) == waiting
    world.adapters.clock.advance(960)
    assert world.services.ingestion.sweep() == 1
    assert world.services.documents.find("ada", file_id) is None


@pytest.mark.parametrize(("attempts", "status"), [(7, "completed"), (8, "failed")])
def test_eight_workers_may_try_and_no_ninth(world: World, uploaded: str, attempts: int, status: str) -> None:
    ended = world.services.ingestion.ingest(changed(world, uploaded, attempts=attempts))
    assert ended.status == status
    assert ended.error_code == (None if status == "completed" else "processing_failed")
    assert bool(all_vector_ids(world)) is (status == "completed")
    assert uploaded in list(world.adapters.objects.keys(""))  # the document itself may well be good
    assert world.services.ingestion.ingest(ended) == ended


def test_a_document_known_to_fail_is_failed_and_read_no_more(world: World, uploaded: str) -> None:
    ended = world.services.ingestion.ingest(
        changed(world, uploaded, status="processing", error_code="no_text", source_etag=etag(world, uploaded))
    )
    assert (ended.status, ended.error_code) == ("failed", "no_text")
    assert world.adapters.extractor.calls == []
    assert list(world.adapters.objects.keys("")) == []


def etag(world: World, key: str) -> str:
    info = world.adapters.objects.info(key)
    assert info is not None
    return str(info.etag)


def test_bytes_that_never_came_to_a_worker_leave_no_row(world: World, uploaded: str) -> None:
    document = changed(world, uploaded, status="processing")
    world.adapters.objects.delete(uploaded)
    assert world.services.ingestion.ingest(document).status == "processing"
    assert world.services.documents.find("ada", document.file_id) is None


def test_other_bytes_that_come_while_it_fails_are_read_instead(world: World, uploaded: str) -> None:
    world.adapters.extractor.script(TEXT.encode(), "corrupt")
    document = stored(world, uploaded)

    def replaced() -> None:
        world.adapters.objects.put(uploaded, b"Good bytes.", "text/plain")

    busy = Interrupted(at=5, between=replaced)
    given_back = worker(world, busy).ingestion.ingest(document)
    assert (given_back.status, given_back.error_code, given_back.lease_until) == ("processing", None, None)
    assert world.services.ingestion.sweep() == 1
    assert stored(world, uploaded).status == "completed"
    assert len(all_vector_ids(world)) == 1


@pytest.mark.parametrize("key", ["raw-files/user_ada/{}_original.pdf", "raw-files/user_alan/{}_original.txt"])
def test_an_object_under_another_name_than_the_documents_is_removed(
    world: World, uploaded: str, key: str
) -> None:
    stray = key.format(file_id_in(uploaded))
    world.adapters.objects.put(stray, b"stray", "text/plain")
    world.services.ingestion.object_created(stray)
    assert list(world.adapters.objects.keys("")) == [uploaded]
    assert stored(world, uploaded).status == "awaiting_upload"


def test_an_object_that_is_no_upload_is_let_be(world: World) -> None:
    world.adapters.objects.put("raw-files/strange", b"x", "text/plain")
    world.services.ingestion.object_created("raw-files/strange")
    assert list(world.adapters.objects.keys("")) == ["raw-files/strange"]


def test_a_worker_renews_its_lease_and_shows_how_far_it_is_every_four_seconds(
    world: World, uploaded: str
) -> None:
    """A page takes it a second; at the tenth it dies."""
    extractor, clock = world.adapters.extractor, world.adapters.clock
    began = clock.now()

    class Slowly:
        def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
            read: Extraction = extractor.extract(content, media_type, limits)
            return replace(read, pages=self.pages())

        def pages(self) -> Iterator[PageText]:
            for number in range(1, 11):
                clock.advance(1)
                if number == 10:
                    raise Crash
                yield PageText(number, "Some words.")

    document = stored(world, uploaded)
    world.adapters.extractor = Slowly()
    with pytest.raises(Crash):
        Services(world.settings, world.adapters).ingestion.ingest(document)
    left = stored(world, uploaded)
    assert (left.progress.stage, left.progress.done) == ("extracting", 8)
    assert left.lease_until == to_text(after(began, 8 + 20))
    assert left.version == document.version + 3  # leased, and renewed twice
    world.adapters.extractor = extractor
    recover(world)
    assert_complete(world, uploaded)


def test_a_worker_whose_lease_ran_out_writes_nothing_more(world: World, uploaded: str) -> None:
    class Stuck(Faults):
        def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
            result = call(*args, **options)
            if getattr(call, "__name__", "") == "embed":
                world.adapters.clock.advance(20)
            return result

    left = worker(world, Stuck()).ingestion.ingest(stored(world, uploaded))
    assert left.status == "processing"
    assert all_vector_ids(world) == []
    recover(world)
    assert_complete(world, uploaded)


def test_out_of_time_it_shows_how_far_it_came(world: World, uploaded: str) -> None:
    services = worker(world, Slow(world=world, seconds=1.0))
    stopped = services.ingestion.ingest(stored(world, uploaded), within=6)
    assert (stopped.status, stopped.lease_until, stopped.attempts) == ("processing", None, 0)
    assert stopped.sweep_at == stopped.updated_at
    assert stopped.progress.stage in ("extracting", "embedding")
    world.sweep()
    assert_complete(world, uploaded)


def test_the_sweeper_looks_at_as_many_as_its_time_allows(world: World) -> None:
    ada = world.user("ada")
    keys = [ada.put_bytes(ada.offer(f"{number}.txt", b"Some words."), b"Some words.") for number in range(3)]
    for key in keys:
        changed(world, key, status="processing", sweep_at=to_text(world.adapters.clock.now()))
    assert world.services.ingestion.sweep(within=0) == 0
    slow = worker(world, Slow(world=world, seconds=1.0)).ingestion
    assert slow.sweep(within=3) == 1
    assert world.services.ingestion.sweep(within=1) == 3
    assert [stored(world, key).status for key in keys] == ["completed"] * 3


def test_what_ended_is_looked_at_once_more_when_its_permission_has(world: World, uploaded: str) -> None:
    done = world.services.ingestion.ingest(stored(world, uploaded))
    assert done.sweep_at is not None
    assert world.services.ingestion.sweep() == 0
    assert world.services.ingestion.sweep(ahead=960) == 1
    assert stored(world, uploaded) == done
    world.adapters.clock.advance(960)
    assert world.services.ingestion.sweep() == 1
    assert stored(world, uploaded).sweep_at is None
    assert world.services.ingestion.sweep() == 0


def test_one_that_cannot_be_dealt_with_is_postponed_and_the_others_are_not(world: World) -> None:
    ada = world.user("ada")
    keys = [ada.put_bytes(ada.offer(f"{number}.txt", b"Some words."), b"Some words.") for number in range(2)]
    now = world.adapters.clock.now()
    for number, key in enumerate(keys):
        changed(world, key, status="processing", sweep_at=to_text(after(now, -5 + number)))

    class Broken(Faults):
        def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
            if args == (keys[0],) and getattr(call, "__name__", "") == "info":
                raise RuntimeError("a defect")
            return call(*args, **options)

    assert worker(world, Broken()).ingestion.sweep() == 2
    assert stored(world, keys[0]).sweep_at == to_text(after(now, 600))
    assert stored(world, keys[1]).status == "completed"
