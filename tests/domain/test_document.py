"""The states of a document: what each change keeps, and how long it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.documents.document import Document, IngestionProgress, PageWarning, Status, warning_from

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
TEXT = "2026-09-14T08:00:00.000Z"
EARLIER = "2026-09-14T07:59:00.000Z"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def document(**told: Any) -> Document:
    """A document in the middle of its work. Every field differs from a new one's."""
    begun = Document(
        file_id="f1",
        user_id="ada",
        filename="notes.txt",
        extension="txt",
        document_type="notes",
        status="processing",
        upload_timestamp=EARLIER,
        updated_at=EARLIER,
        file_size=1200,
        subject_id="physics_101",
        subject_name="Physics",
        session_id="s1",
        tags=("motion",),
        progress=IngestionProgress("embedding", 48, 90),
        page_count=3,
        chunks_created=90,
        content_preview="Newton's first law",
        extracted_concepts=("inertia",),
        warnings=(PageWarning("unreadable_pages", (2,)),),
        source_etag="e1",
        lease_until="2026-09-14T08:00:05.000Z",
        tries=2,
        interruptions=1,
        sweep_at="2026-09-14T08:00:05.000Z",
        version=7,
    )
    return replace(begun, **told)


def test_an_upload_is_awaited_until_a_minute_after_its_permission_ends() -> None:
    assert document().awaiting(NOW) == document(sweep_at="2026-09-14T08:16:00.000Z")


def test_an_announced_document_is_due_at_once() -> None:
    awaiting = document(status="awaiting_upload", sweep_at=None)
    assert awaiting.announced(NOW) == document(sweep_at=TEXT, updated_at=TEXT)


def test_a_lease_lasts_twenty_seconds_and_counts_a_try() -> None:
    until = "2026-09-14T08:00:20.000Z"
    leased = document(status="awaiting_upload").leased(NOW)
    assert leased == document(tries=3, lease_until=until, sweep_at=until, updated_at=TEXT)
    assert leased.is_leased(later(19.999))
    assert not leased.is_leased(later(20))
    assert not document(lease_until=None).is_leased(NOW)


def test_it_is_due_from_sweep_at_on_and_never_without_it() -> None:
    assert document(sweep_at=TEXT).is_due(NOW)
    assert not document(sweep_at=TEXT).is_due(later(-0.001))
    assert not document(sweep_at=None).is_due(NOW)


def test_a_document_without_bytes_waits_until_its_permission_to_upload_ends() -> None:
    taken = document().leased(NOW)
    assert taken.awaiting_again(later(1)) == replace(
        taken,
        status="awaiting_upload",
        lease_until=None,
        tries=0,
        sweep_at="2026-09-14T08:15:00.000Z",
        updated_at="2026-09-14T08:00:01.000Z",
    )


def test_a_lease_is_renewed_with_the_progress_or_without() -> None:
    until = "2026-09-14T08:00:20.000Z"
    renewed = document(lease_until=until, sweep_at=until, updated_at=TEXT)
    assert document().renewed(NOW) == renewed
    further = IngestionProgress("embedding", 90, 90)
    assert document().renewed(NOW, further) == replace(renewed, progress=further)


def test_a_release_does_not_count_as_a_try() -> None:
    given_back = document(tries=1, lease_until=None, sweep_at="2026-09-14T08:00:03.000Z", updated_at=TEXT)
    assert document().released(NOW, retry_in=3) == given_back


def test_the_pause_after_an_interruption_grows_to_ten_minutes() -> None:
    one = document(interruptions=0, tries=20)
    pauses = []
    for _ in range(10):
        one = one.interrupted(NOW)
        assert one.sweep_at is not None
        pauses.append((datetime.fromisoformat(one.sweep_at) - NOW).total_seconds())
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert (one.interruptions, one.tries, one.lease_until) == (10, 10, None)
    assert document(interruptions=5000).interrupted(NOW).sweep_at == "2026-09-14T08:10:00.000Z"


def test_a_postponed_document_is_due_in_ten_minutes_and_otherwise_unchanged() -> None:
    assert document().postponed(NOW) == document(sweep_at="2026-09-14T08:10:00.000Z")


def test_a_failing_document_shows_no_preview_and_no_chunks() -> None:
    assert document().failing(NOW, "corrupt") == document(
        error_code="corrupt", content_preview=None, chunks_created=None, updated_at=TEXT
    )


@pytest.mark.parametrize(
    ("uploaded", "swept_at"),
    [
        (EARLIER, "2026-09-14T08:15:00.000Z"),  # other bytes may still come
        ("2026-09-14T07:44:00.001Z", "2026-09-14T08:00:00.001Z"),
        ("2026-09-14T07:44:00.000Z", None),
    ],
)
def test_a_completed_document_is_swept_again_after_its_permission_to_upload_ends(
    uploaded: str, swept_at: str | None
) -> None:
    one = document(upload_timestamp=uploaded)
    ended = replace(one, lease_until=None, sweep_at=swept_at, updated_at=TEXT)
    assert one.completed(NOW) == replace(
        ended, status="completed", interruptions=0, progress=IngestionProgress("done", 90, 90)
    )


@pytest.mark.parametrize(
    ("uploaded", "swept_at"),
    [
        (EARLIER, "2026-09-14T08:15:00.000Z"),
        (
            "2026-09-14T07:44:00.000Z",
            "2026-09-14T08:01:00.000Z",
        ),  # an index may have hidden a vector when vectors were removed
    ],
)
def test_a_failed_document_is_always_swept_once_more(uploaded: str, swept_at: str) -> None:
    one = document(upload_timestamp=uploaded)
    assert one.failed(NOW) == replace(
        one,
        status="failed",
        lease_until=None,
        sweep_at=swept_at,
        updated_at=TEXT,
        progress=replace(one.progress, stage="failed"),
    )


def test_a_failed_document_tells_how_far_it_was_read() -> None:
    one = document(progress=IngestionProgress("embedding", 32, 90))
    assert one.failed(NOW).progress == IngestionProgress("failed", 32, 90)


def test_a_completed_document_without_chunks_has_the_progress_zero_of_zero() -> None:
    assert document(chunks_created=None).completed(NOW).progress == IngestionProgress("done", 0, 0)


def test_a_settled_document_is_never_swept() -> None:
    assert document().settled() == document(sweep_at=None, lease_until=None)


def test_a_document_being_deleted_keeps_only_its_ids_and_its_lease() -> None:
    assert document().deleting(NOW) == Document(
        file_id="f1",
        user_id="ada",
        filename="",
        extension="txt",
        document_type="other",
        status="deleting",
        upload_timestamp=EARLIER,
        updated_at=TEXT,
        file_size=0,
        subject_id="physics_101",
        lease_until="2026-09-14T08:00:05.000Z",
        sweep_at=TEXT,
        version=7,
    )


@pytest.mark.parametrize(
    ("uploaded", "lease_until", "swept_at"),
    [
        (EARLIER, None, "2026-09-14T08:15:00.000Z"),
        ("2026-09-14T07:00:00.000Z", "2026-09-14T08:00:05.000Z", "2026-09-14T08:00:05.000Z"),
        ("2026-09-14T07:00:00.000Z", TEXT, None),
        ("2026-09-14T07:00:00.000Z", None, None),
    ],
)
def test_a_deleted_document_is_swept_once_more_when_neither_worker_nor_upload_can_write(
    uploaded: str, lease_until: str | None, swept_at: str | None
) -> None:
    deleting = document(upload_timestamp=uploaded, lease_until=lease_until, status="deleting")
    assert deleting.deleted(NOW) == replace(
        deleting,
        status="deleted",
        sweep_at=swept_at,
        updated_at=TEXT,
        ttl=int(NOW.timestamp()) + 86_400,
    )


@pytest.mark.parametrize(
    ("status", "is_visible"),
    [
        ("awaiting_upload", True),
        ("processing", True),
        ("completed", True),
        ("failed", True),
        ("deleting", False),
        ("deleted", False),
    ],
)
def test_a_deleted_document_is_not_visible(status: Status, is_visible: bool) -> None:
    assert document(status=status).is_visible is is_visible


def test_a_document_is_refused_only_if_it_could_not_be_read() -> None:
    assert document(status="failed", error_code="corrupt").is_refused
    assert not document(status="failed", error_code="processing_failed").is_refused
    assert not document(status="processing", error_code="corrupt").is_refused


def test_a_new_document_has_no_tries_and_no_progress() -> None:
    new = Document("f1", "ada", "n.md", "md", "other", "awaiting_upload", EARLIER, EARLIER, 5)
    assert (new.tries, new.interruptions, new.version) == (0, 0, 1)
    assert new.progress == IngestionProgress("waiting", 0, 0)
    assert new.key == "raw-files/user_ada/f1_original.md"


def test_a_stored_warning_is_read_back_and_so_is_one_of_an_older_document() -> None:
    scan = PageWarning("pages_without_text", (2, 3, 10))
    assert warning_from(scan.stored()) == scan
    assert "pictures" in scan.message
    assert warning_from("Page 3 could not be read.") == PageWarning("unreadable_pages", (3,))
