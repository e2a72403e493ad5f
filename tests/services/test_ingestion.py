"""Ingestion under crashes, rivals and deletions: the end state is always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.composition.services import Services
from domain.base.errors import NotFound
from domain.base.moments import after, to_text
from domain.base.tables import ACTIVE_SESSIONS, FILES
from domain.documents.document import Document, IngestionProgress, NewDocument
from domain.documents.documents import LeaseLost
from domain.documents.ingestion import Ingestion
from domain.documents.keys import WORDS_ALONE
from ports.errors import TimedOut, UpstreamError
from ports.paging import every
from ports.text_extractor import Extraction, ExtractionLimits, MediaType, PageText
from tests.support.faults import AtCallOf, Crash, Faults, Interrupted, worker
from tests.support.world import World

TEXT = " ".join(f"Sentence number {number} speaks of motion and of force." for number in range(260))


@pytest.fixture
def uploaded(world: World) -> str:
    """The key of an upload whose event is still to come."""
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
    return list(every(lambda cursor: world.adapters.vectors.ids("documents", "", cursor=cursor)))


def recover(world: World) -> None:
    """Let time pass, and let the sweeper run."""
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
    """The first call fails, then the second, and so on, until the test reaches the last call, as in SQLite's
    malloc.test.
    """
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


def test_a_document_deleted_during_its_ingestion_leaves_nothing(world: World, uploaded: str) -> None:
    """The learner deletes the document at each call of the worker in turn."""
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
        assert all_vector_ids(world) == []  # this needs no sweeper
        recover(world)
        assert ada.world.user("ada").get(f"/api/files/{offer.body['file_id']}").status == 404
        assert all_vector_ids(world) == []
        assert list(world.adapters.objects.keys("")) == []
    assert at > 10


def test_a_second_worker_waits_for_the_lease_and_the_first_one_yields(world: World, uploaded: str) -> None:
    """While one worker holds the lease, a second one returns at once. After the lease ends the second takes over, and
    the first writes nothing more."""
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


def test_a_document_released_for_lack_of_time_continues_where_it_stopped(world: World, uploaded: str) -> None:
    document = world.services.documents.find("ada", file_id_in(uploaded))
    assert document is not None
    stopped = world.services.ingestion.ingest(document, within=0)
    assert stopped.status == "processing"
    assert stopped.lease_until is None
    assert stopped.tries == 0
    world.adapters.clock.advance(1)
    world.sweep()
    assert_complete(world, uploaded)


def test_the_progress_is_kept_over_a_crash(world: World, uploaded: str) -> None:
    """Chunks that were embedded before the crash are not embedded again."""
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
    """Every call to a port takes this many seconds."""

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


def test_a_completed_document_is_read_again_only_for_other_bytes(world: World, uploaded: str) -> None:
    ingestion = world.services.ingestion
    done = ingestion.ingest(stored(world, uploaded))
    assert (done.status, done.tries, done.file_size) == ("completed", 1, len(TEXT))
    read = len(world.adapters.extractor.calls)
    assert ingestion.ingest(done) == done == stored(world, uploaded)
    world.adapters.objects.put(uploaded, b"Shorter now.", "text/plain")
    again = ingestion.ingest(done)
    assert (again.status, again.tries, again.file_size) == ("completed", 1, len(b"Shorter now."))
    assert again.source_etag != done.source_etag
    assert len(all_vector_ids(world)) == again.chunks_created == 1
    world.adapters.objects.delete(uploaded)
    assert ingestion.ingest(again) == again
    assert len(world.adapters.extractor.calls) == read + 1


def test_a_refused_document_is_read_again_if_its_bytes_are_uploaded_again(
    world: World, uploaded: str
) -> None:
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


@pytest.mark.parametrize(("tries", "status"), [(7, "completed"), (8, "failed")])
def test_a_document_fails_after_eight_workers_tried(
    world: World, uploaded: str, tries: int, status: str
) -> None:
    ended = world.services.ingestion.ingest(changed(world, uploaded, tries=tries))
    assert ended.status == status
    assert ended.error_code == (None if status == "completed" else "processing_failed")
    assert bool(all_vector_ids(world)) is (status == "completed")
    assert uploaded in list(world.adapters.objects.keys(""))  # the document itself may be good
    assert world.services.ingestion.ingest(ended) == ended


def test_a_document_known_to_fail_is_failed_and_read_no_more(world: World, uploaded: str) -> None:
    doomed = changed(
        world, uploaded, status="processing", error_code="no_text", source_etag=etag(world, uploaded)
    )
    ended = world.services.ingestion.ingest(doomed)
    assert (ended.status, ended.error_code) == ("failed", "no_text")
    assert ended.version == doomed.version + 2  # leased, and failed
    assert world.adapters.extractor.calls == []
    assert list(world.adapters.objects.keys("")) == []


def etag(world: World, key: str) -> str:
    info = world.adapters.objects.info(key)
    assert info is not None
    return str(info.etag)


def test_a_worker_that_finds_no_bytes_waits_for_them_as_long_as_they_may_come(
    world: World, uploaded: str
) -> None:
    document = changed(world, uploaded, status="processing")
    world.adapters.objects.delete(uploaded)
    ended = world.services.ingestion.ingest(document)
    assert (ended.status, ended.lease_until, ended.tries) == ("awaiting_upload", None, 0)
    world.adapters.clock.advance(959)
    world.sweep()
    assert stored(world, uploaded) == ended
    world.adapters.clock.advance(1)
    world.sweep()
    assert world.services.documents.find("ada", document.file_id) is None


@pytest.mark.parametrize("lateness", [20, 1000])
def test_bytes_of_a_stalled_request_are_read_or_leave_nothing(lateness: int) -> None:
    """Before each call of the request, its lease ends and the sweeper runs. There is no event of the bytes."""
    brought = NewDocument("notes.txt", "text/plain")
    at, calls = 0, 1
    while at < calls:
        at += 1
        world = World()
        learner = world.services.admission.admit(world.user("ada").token or "").learner

        def sweep(world: World = world) -> None:
            world.adapters.clock.advance(lateness)
            world.sweep()

        stalls = Interrupted(at=at, between=sweep)
        try:
            told = worker(world, stalls).library.store(learner, brought, TEXT.encode(), "notes").status
        except (LeaseLost, NotFound):
            told = None
        calls = max(calls, stalls.calls)
        recover(world)
        document = world.services.documents.find("ada", "notes")
        assert told is None or document is not None, at
        if document is None:
            assert list(world.adapters.objects.keys("")) == [], at
        else:
            assert_complete(world, document.key)
    assert calls > 15


def test_other_bytes_that_arrive_while_it_fails_are_read_instead(world: World, uploaded: str) -> None:
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


def test_an_object_that_is_not_an_upload_is_left_alone(world: World) -> None:
    world.adapters.objects.put("raw-files/strange", b"x", "text/plain")
    world.services.ingestion.object_created("raw-files/strange")
    assert list(world.adapters.objects.keys("")) == ["raw-files/strange"]


@dataclass
class SlowPages:
    """An extractor of twenty pages that takes half a second for each. The worker dies at the last."""

    world: World
    extractor: Any = None

    def __post_init__(self) -> None:
        self.extractor = self.world.adapters.extractor

    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        read: Extraction = self.extractor.extract(content, media_type, limits)
        return replace(read, pages=self.pages())

    def pages(self) -> Iterator[PageText]:
        for number in range(1, 21):
            self.world.adapters.clock.advance(0.5)
            if number == 20:
                raise Crash
            yield PageText(number, "Some words.")


@pytest.fixture
def slow_pages(world: World) -> Ingestion:
    """The state that a worker with ``SlowPages`` leaves."""
    adapters = copy(world.adapters)
    adapters.extractor = SlowPages(world)
    return Services(world.settings, adapters).ingestion


def test_a_worker_renews_its_lease_and_shows_how_far_it_is_every_four_seconds(
    world: World, uploaded: str, slow_pages: Ingestion
) -> None:
    began = world.adapters.clock.now()
    document = stored(world, uploaded)
    with pytest.raises(Crash):
        slow_pages.ingest(document)
    left = stored(world, uploaded)
    assert (left.progress.stage, left.progress.done) == ("extracting", 16)
    assert left.lease_until == to_text(after(began, 8 + 20))
    assert left.version == document.version + 3  # leased, and renewed twice
    recover(world)
    assert_complete(world, uploaded)


def test_an_extraction_that_runs_out_of_time_stores_its_progress(
    world: World, uploaded: str, slow_pages: Ingestion
) -> None:
    stopped = slow_pages.ingest(stored(world, uploaded), within=3)
    assert (stopped.progress.stage, stopped.progress.done) == ("extracting", 6)
    assert (stopped.status, stopped.lease_until, stopped.tries) == ("processing", None, 0)
    assert stopped == stored(world, uploaded)


def test_a_worker_whose_lease_ran_out_writes_nothing_more(world: World, uploaded: str) -> None:
    stuck = AtCallOf(method="embed", happens=lambda: world.adapters.clock.advance(20))
    left = worker(world, stuck).ingestion.ingest(stored(world, uploaded))
    assert left.status == "processing"
    indexed = world.adapters.vectors.fetch("documents", all_vector_ids(world)).values()
    assert {WORDS_ALONE in vector.metadata for vector in indexed} == {True}  # from before the lease ran out
    recover(world)
    assert_complete(world, uploaded)


@pytest.mark.parametrize(("tries", "code"), [(0, "corrupt"), (8, "processing_failed")])
def test_a_worker_whose_lease_ran_out_removes_nothing_more(
    world: World, uploaded: str, tries: int, code: str
) -> None:
    """Another worker may have read other bytes before this worker continues."""
    world.services.ingestion.ingest(stored(world, uploaded))
    vectors = all_vector_ids(world)
    world.adapters.extractor.script(b"bad", "corrupt")
    world.adapters.objects.put(uploaded, b"bad", "text/plain")
    changed(world, uploaded, status="processing", tries=tries)
    stuck = AtCallOf(method="info", nth=2, happens=lambda: world.adapters.clock.advance(20))
    left = worker(world, stuck).ingestion.ingest(stored(world, uploaded))
    assert (left.status, left.error_code) == ("processing", code)
    assert all_vector_ids(world) == vectors
    assert uploaded in list(world.adapters.objects.keys(""))
    recover(world)
    assert stored(world, uploaded).error_code == code
    assert all_vector_ids(world) == []


def test_a_slow_ingestion_that_runs_out_of_time_stores_its_progress(world: World, uploaded: str) -> None:
    services = worker(world, Slow(world=world, seconds=1.0))
    stopped = services.ingestion.ingest(stored(world, uploaded), within=6)
    assert (stopped.status, stopped.lease_until, stopped.tries) == ("processing", None, 0)
    assert stopped.sweep_at == stopped.updated_at
    assert stopped.progress.stage in ("extracting", "embedding")
    world.sweep()
    assert_complete(world, uploaded)


def test_a_document_is_found_by_its_words_before_its_vectors_are_made(world: World, uploaded: str) -> None:
    """Each time a text is embedded, the document can be asked and its chunks can be read."""
    ada = world.user("ada")
    seen: list[Any] = []

    def look() -> None:
        file = ada.get(f"/api/files/{file_id_in(uploaded)}").body
        answer = ada.ask("Which sentence speaks of number 77?").body
        seen.append((file["status"], file["searchable"], [one["page"] for one in answer["citations"]] != []))
        assert ada.get(f"/api/files/{file['file_id']}/chunks/3").status == 200

    worker(world, AtCallOf(method="embed", happens=look)).ingestion.object_created(uploaded)
    assert seen == [("processing", True, True)]
    assert_complete(world, uploaded)
    assert ada.get(f"/api/files/{file_id_in(uploaded)}").body["searchable"]


def test_a_document_that_fails_is_searchable_no_more(world: World, uploaded: str) -> None:
    changed(world, uploaded, status="processing", words_indexed=True, tries=8)
    world.services.ingestion.ingest(stored(world, uploaded))
    file = world.user("ada").get(f"/api/files/{file_id_in(uploaded)}").body
    assert (file["status"], file["searchable"]) == ("failed", False)


def test_other_bytes_are_not_searchable_by_the_words_of_the_old_ones(world: World, uploaded: str) -> None:
    """The new text has fewer chunks. When its words are indexed, no chunk of the old text is found."""
    with pytest.raises(Crash):
        worker(world, AtCallOf(method="embed", happens=die)).ingestion.object_created(uploaded)
    assert stored(world, uploaded).is_searchable
    shorter = TEXT[: len(TEXT) * 2 // 3].replace("motion", "music").encode()
    world.adapters.objects.put(uploaded, shorter, "text/plain")
    world.adapters.clock.advance(21)
    seen: list[bool] = []

    def look() -> None:
        found = world.services.retrieval.passages("ada", "Which sentence speaks of motion?", classes=[])
        seen.append(any("motion" in passage.text for passage in found))

    def look_and_die() -> None:
        look()
        die()

    with pytest.raises(Crash):
        worker(world, AtCallOf(method="extract", happens=look_and_die)).ingestion.ingest(
            stored(world, uploaded)
        )
    world.adapters.clock.advance(21)
    worker(world, AtCallOf(method="embed", happens=look)).ingestion.ingest(stored(world, uploaded))
    assert seen == [False, False]


def test_the_sweeper_handles_only_as_many_documents_as_its_time_allows(world: World) -> None:
    ada = world.user("ada")
    keys = [ada.put_bytes(ada.offer(f"{number}.txt", b"Some words."), b"Some words.") for number in range(3)]
    for key in keys:
        changed(world, key, status="processing", sweep_at=to_text(world.adapters.clock.now()))
    assert world.services.ingestion.sweep(within=0) == 0
    slow = worker(world, Slow(world=world, seconds=1.0)).ingestion
    assert slow.sweep(within=3) == 1
    assert world.services.ingestion.sweep(within=1) == 3
    assert [stored(world, key).status for key in keys] == ["completed"] * 3


def test_a_completed_document_is_checked_again_when_its_permission_to_upload_ended(
    world: World, uploaded: str
) -> None:
    done = world.services.ingestion.ingest(stored(world, uploaded))
    assert done.sweep_at is not None
    assert world.services.ingestion.sweep() == 0
    assert world.services.ingestion.sweep(ahead=960) == 1
    assert stored(world, uploaded) == done
    world.adapters.clock.advance(959.5)
    assert world.services.ingestion.sweep() == 0
    world.adapters.clock.advance(0.5)
    assert world.services.ingestion.sweep() == 1
    assert stored(world, uploaded).sweep_at is None
    assert world.services.ingestion.sweep() == 0


def test_a_document_being_deleted_is_not_ingested(world: World, uploaded: str) -> None:
    deleting = changed(world, uploaded, status="deleting")
    assert world.services.ingestion.ingest(deleting) == deleting == stored(world, uploaded)


def die() -> None:
    raise Crash


def test_pages_over_the_daily_allowance_are_not_read_and_no_page_counts_twice() -> None:
    world = World({"LYCEUM_PAGES_A_DAY": "3"})  # the text of one page fills them
    ada = world.user("ada")
    first, second = (
        ada.put_bytes(ada.offer(name, TEXT.encode()), TEXT.encode()) for name in ("1.txt", "2.txt")
    )
    with pytest.raises(Crash):
        worker(world, AtCallOf(method="embed", happens=die)).ingestion.ingest(stored(world, first))
    world.adapters.clock.advance(20)
    assert world.services.ingestion.ingest(stored(world, first)).status == "completed"
    assert len(world.adapters.extractor.calls) == 1  # and it is not read twice
    refused = world.services.ingestion.ingest(stored(world, second))
    assert (refused.status, refused.error_code) == ("failed", "daily_pages_used")


def test_a_document_whose_row_vanishes_during_ingestion_leaves_nothing() -> None:
    """The row is removed before each call of the worker in turn. No sweeper would remove later what is left."""
    at = 0
    statuses = set()
    while True:
        at += 1
        world = World()
        ada = world.user("ada")
        key = ada.put_bytes(ada.offer("long.txt", TEXT.encode()), TEXT.encode())

        def erase(world: World = world, key: str = key) -> None:
            world.services.documents.discard(stored(world, key))

        faults = Interrupted(at=at, between=erase)
        ended = worker(world, faults).ingestion.ingest(stored(world, key))
        if faults.calls < at:
            break
        assert ended.status in ("awaiting_upload", "deleted")
        statuses.add(ended.status)
        assert world.services.documents.find("ada", file_id_in(key)) is None
        assert all_vector_ids(world) == []
        assert set(world.adapters.objects.keys("")) <= {key}
    assert at > 10
    assert "deleted" in statuses


def test_other_bytes_are_embedded_from_the_beginning(world: World, uploaded: str) -> None:
    half_way = IngestionProgress("embedding", 48, 90)
    changed(world, uploaded, status="processing", progress=half_way, source_etag="of other bytes")
    with pytest.raises(Crash):
        worker(world, AtCallOf(method="extract", happens=die)).ingestion.ingest(stored(world, uploaded))
    assert stored(world, uploaded).progress == IngestionProgress("waiting", 0, 0)
    world.adapters.clock.advance(20)
    world.services.ingestion.ingest(stored(world, uploaded))
    assert_complete(world, uploaded)


def test_only_a_second_ingestion_looks_for_old_vectors(world: World, uploaded: str) -> None:
    world.services.ingestion.ingest(stored(world, uploaded))
    assert "ids" not in {method for method, *_ in world.adapters.vectors.calls}
    world.adapters.objects.put(uploaded, b"Shorter now.", "text/plain")
    world.services.ingestion.ingest(stored(world, uploaded))
    assert len(all_vector_ids(world)) == 1


def test_vectors_of_a_failed_document_that_appear_late_are_removed(world: World, uploaded: str) -> None:
    world.services.ingestion.ingest(stored(world, uploaded))
    changed(world, uploaded, status="failed", error_code="processing_failed")
    world.adapters.clock.advance(960)
    assert len(all_vector_ids(world)) > 10
    world.sweep()
    assert all_vector_ids(world) == []
    assert stored(world, uploaded).sweep_at is None
    assert list(world.adapters.objects.keys("")) == [uploaded]


def test_a_deletion_that_was_cut_short_is_finished_by_the_sweeper(world: World, uploaded: str) -> None:
    world.services.ingestion.ingest(stored(world, uploaded))
    now = world.adapters.clock.now()
    changed(world, uploaded, status="deleting", sweep_at=to_text(now))
    assert world.services.ingestion.sweep() == 1
    assert all_vector_ids(world) == []
    assert list(world.adapters.objects.keys("")) == []
    deleted = stored(world, uploaded)
    assert (deleted.status, deleted.ttl) == ("deleted", int(now.timestamp()) + 86_400)
    assert deleted.sweep_at == to_text(after(now, 960))  # until then an earlier upload may come
    assert world.services.ingestion.sweep() == 0
    world.adapters.objects.put(uploaded, TEXT.encode(), "text/plain")
    world.adapters.clock.advance(960)
    assert world.services.ingestion.sweep() == 1
    assert list(world.adapters.objects.keys("")) == []
    assert stored(world, uploaded).sweep_at is None


@dataclass
class Defective(Faults):
    """A store whose first look at an object raises a defect, after something else has happened.

    The next call to the store may fail, or something may happen before it.
    """

    key: str = ""
    first: Callable[[], object] = lambda: None
    then: Callable[[str], object] = lambda method: None
    is_past: bool = False

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        method = getattr(call, "__name__", "")
        if method == "info" and args == (self.key,):
            self.first()
            self.is_past = True
            raise RuntimeError("a defect")
        if self.is_past:
            self.then(method)
        return call(*args, **options)


@pytest.fixture
def two(world: World) -> list[str]:
    """Keys of two documents whose time has come, one after the other."""
    ada = world.user("ada")
    keys = [ada.put_bytes(ada.offer(f"{number}.txt", b"Some words."), b"Some words.") for number in range(2)]
    now = world.adapters.clock.now()
    for number, key in enumerate(keys):
        changed(world, key, status="processing", sweep_at=to_text(after(now, -5 + number)))
    return keys


def test_an_interrupted_removal_also_deletes_stored_answers(world: World) -> None:
    ada = world.user("ada")
    file_id = ada.upload_in_request("notes.txt", TEXT.encode(), key="k").body["file_id"]
    assert kept_answers_about(world, file_id)
    [document] = [one for one in world.adapters.key_values.items(FILES) if one["file_id"] == file_id]
    changed(world, document["s3_key"], status="deleting", sweep_at=to_text(world.adapters.clock.now()))
    world.sweep()
    assert not kept_answers_about(world, file_id)


def kept_answers_about(world: World, file_id: str) -> list[Any]:
    rows = world.adapters.key_values.items(ACTIVE_SESSIONS)
    return [row for row in rows if file_id in str(row.get("body"))]


def test_only_the_defective_document_is_postponed(world: World, two: list[str]) -> None:
    assert worker(world, Defective(key=two[0])).ingestion.sweep() == 2
    assert stored(world, two[0]).sweep_at == to_text(after(world.adapters.clock.now(), 600))
    assert stored(world, two[1]).status == "completed"


def test_a_document_already_gone_or_settled_is_not_postponed(world: World, two: list[str]) -> None:
    settled = Defective(key=two[0], first=lambda: changed(world, two[0], sweep_at=None))
    assert worker(world, settled).ingestion.sweep() == 2
    assert stored(world, two[0]).sweep_at is None
    changed(world, two[0], sweep_at=to_text(world.adapters.clock.now()))
    changed(world, two[1], status="processing", sweep_at=to_text(after(world.adapters.clock.now(), 1)))
    world.adapters.clock.advance(1)
    gone = Defective(key=two[0], first=lambda: world.services.documents.discard(stored(world, two[0])))
    assert worker(world, gone).ingestion.sweep() == 2
    assert world.services.documents.find("ada", file_id_in(two[0])) is None
    assert stored(world, two[1]).status == "completed"


def test_a_document_that_cannot_be_postponed_does_not_delay_the_others(world: World, two: list[str]) -> None:
    left = [two[0]]

    def taken(method: str) -> None:
        if method == "put" and left:
            changed(world, left.pop(), filename="taken")

    assert worker(world, Defective(key=two[0], then=taken)).ingestion.sweep() == 2
    assert stored(world, two[0]).filename == "taken"
    assert stored(world, two[1]).status == "completed"
    changed(world, two[1], status="processing", sweep_at=to_text(world.adapters.clock.now()))
    failures = [TimedOut("key_value_store")]

    def failing(method: str) -> None:
        if failures:
            raise failures.pop()

    assert worker(world, Defective(key=two[0], then=failing)).ingestion.sweep() == 2
    assert not failures
    assert stored(world, two[1]).status == "completed"


def test_a_document_taken_by_another_worker_does_not_delay_the_others(world: World) -> None:
    ada = world.user("ada")
    keys = [ada.put_bytes(ada.offer(f"{number}.txt", b"Some words."), b"Some words.") for number in range(2)]
    now = world.adapters.clock.now()
    changed(world, keys[0], status="deleting", sweep_at=to_text(after(now, -5)))
    changed(world, keys[1], status="processing", sweep_at=to_text(now))
    rival = AtCallOf(method="delete", happens=lambda: changed(world, keys[0], filename="taken"))
    assert worker(world, rival).ingestion.sweep() == 2
    assert rival.calls > 0
    assert stored(world, keys[0]).filename == "taken"
    assert stored(world, keys[1]).status == "completed"


def test_other_bytes_that_the_sweeper_finds_are_read_within_its_time(world: World, uploaded: str) -> None:
    world.services.ingestion.ingest(stored(world, uploaded))
    longer = TEXT.encode() * 2
    world.adapters.objects.put(uploaded, longer, "text/plain")
    world.adapters.clock.advance(960)
    assert worker(world, Slow(world=world, seconds=1.0)).ingestion.sweep(within=4) == 1
    assert stored(world, uploaded).status == "processing"
    world.sweep()
    assert stored(world, uploaded).status == "completed"
    assert stored(world, uploaded).file_size == len(longer)


def test_a_completed_document_stays_even_if_its_original_is_gone(world: World, uploaded: str) -> None:
    done = world.services.ingestion.ingest(stored(world, uploaded))
    world.adapters.objects.delete(uploaded)
    world.adapters.clock.advance(960)
    assert world.services.ingestion.sweep() == 1
    assert stored(world, uploaded) == replace(done, sweep_at=None, version=done.version + 1)


def test_a_second_worker_returns_the_result_of_the_first(world: World, uploaded: str) -> None:
    read = stored(world, uploaded)
    rival = AtCallOf(method="info", happens=lambda: world.services.ingestion.ingest(read))
    assert worker(world, rival).ingestion.ingest(read) == stored(world, uploaded)
    assert stored(world, uploaded).status == "completed"


def test_an_event_without_enough_time_releases_the_document(world: World, uploaded: str) -> None:
    world.services.ingestion.object_created(uploaded, within=0)
    assert (stored(world, uploaded).status, stored(world, uploaded).lease_until) == ("processing", None)
    world.services.ingestion.object_created(uploaded)
    assert_complete(world, uploaded)


def test_a_worker_whose_lease_ran_out_removes_no_old_vectors(world: World, uploaded: str) -> None:
    """The sweeper of failed documents removes none either: another worker may have read other bytes meanwhile."""
    world.services.ingestion.ingest(stored(world, uploaded))
    vectors = all_vector_ids(world)
    world.adapters.objects.put(uploaded, b"Shorter now.", "text/plain")
    stuck = AtCallOf(method="ids", happens=lambda: world.adapters.clock.advance(20))
    assert worker(world, stuck).ingestion.ingest(stored(world, uploaded)).status == "processing"
    assert all_vector_ids(world) == vectors
    recover(world)
    assert len(all_vector_ids(world)) == 1
    now = world.adapters.clock.now()
    changed(world, uploaded, status="failed", error_code="processing_failed", sweep_at=to_text(now))
    stuck = AtCallOf(method="ids", happens=lambda: world.adapters.clock.advance(20))
    assert worker(world, stuck).ingestion.sweep() == 1
    assert len(all_vector_ids(world)) == 1
    recover(world)
    assert all_vector_ids(world) == []
