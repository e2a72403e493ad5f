"""The contract of ``TextRecogniser``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ports.errors import Unavailable
from ports.object_store import ObjectStore
from ports.text_recogniser import (
    MAX_PAGES,
    SCAN_TYPES,
    RecognisedPage,
    Scan,
    ScanType,
    TextRecogniser,
    UnrecognisableScan,
)


@dataclass(frozen=True, slots=True)
class Scans:
    """Scans that this recogniser can read."""

    printed: bytes
    """A scan of two pages."""
    lines: tuple[tuple[str, ...], tuple[str, ...]]
    """The lines of each page of ``printed``, from top to bottom. All lines begin at the same distance from the left."""
    blank: bytes
    """A scan of one page without text."""
    unreadable: tuple[bytes, ...]
    media_type: ScanType = "pdf"

    def as_scan(self, name: str = "one", pages: tuple[int, ...] = (1, 2)) -> Scan:
        key = f"raw-files/user_ada/{name}_original.{self.media_type}"
        return Scan(f"job_{name}-1", key, self.media_type, pages, f"recognised/user_ada/{name}/job/")


def outcome_of(
    recogniser: TextRecogniser, objects: ObjectStore, finish: Callable[[], None], scan: Scan, content: bytes
) -> tuple[RecognisedPage, ...]:
    """The outcome of the job. If the job leaves none, ``begin`` is called again, because the recogniser then raises the
    reason.
    """
    objects.put(scan.key, content, "application/octet-stream")
    recogniser.begin(scan)
    finish()
    pages = recogniser.outcome(scan)
    if pages is None:
        recogniser.begin(scan)
        pages = recogniser.outcome(scan)
    assert pages is not None
    return pages


def words_of(page: RecognisedPage) -> list[str]:
    lines = sorted(page.lines, key=lambda line: line.box.top)
    return [word.casefold() for line in lines for word in line.text.split()]


class TextRecogniserContract:
    """A subclass gives ``recogniser``, its ``objects``, ``scans``, and ``finish``, which lets the jobs end."""

    @pytest.fixture
    def closable(self, recogniser: TextRecogniser) -> TextRecogniser:
        """A recogniser that no other test uses."""
        return recogniser

    def test_closing_twice_is_no_error(self, closable: TextRecogniser) -> None:
        closable.close()
        closable.close()

    def test_the_lines_of_each_page_are_read(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        pages = outcome_of(recogniser, objects, finish, scans.as_scan(), scans.printed)
        assert [page.number for page in pages] == [1, 2]
        for page, lines in zip(pages, scans.lines, strict=True):
            assert words_of(page) == " ".join(lines).casefold().split()
            for line in page.lines:
                assert 0.8 <= line.confidence <= 1.0
                assert 0.0 <= line.box.left < line.box.right <= 1.0
                assert 0.0 <= line.box.top < line.box.bottom <= 1.0
            assert (
                max(line.box.left for line in page.lines) - min(line.box.left for line in page.lines) < 0.02
            )

    def test_only_wanted_pages_must_be_read(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = scans.as_scan(pages=(2,))
        pages = {page.number: page for page in outcome_of(recogniser, objects, finish, scan, scans.printed)}
        assert words_of(pages[2]) == " ".join(scans.lines[1]).casefold().split()

    def test_a_blank_page_has_no_lines(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        [page] = outcome_of(recogniser, objects, finish, scans.as_scan(pages=(1,)), scans.blank)
        assert (page.number, page.lines) == (1, ())

    def test_each_job_has_an_outcome_of_its_own(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        printed, blank = scans.as_scan("one", (1,)), scans.as_scan("two", (1,))
        objects.put(printed.key, scans.printed, "")
        objects.put(blank.key, scans.blank, "")
        recogniser.begin(printed)
        recogniser.begin(blank)
        finish()
        [page, *_] = recogniser.outcome(printed) or ()
        assert words_of(page) == " ".join(scans.lines[0]).casefold().split()
        [page] = recogniser.outcome(blank) or ()
        assert page.lines == ()

    def test_all_that_a_job_stores_is_under_its_prefix(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = scans.as_scan()
        outcome_of(recogniser, objects, finish, scan, scans.printed)
        stored = set(objects.keys("")) - {scan.key}
        assert stored
        assert stored == set(objects.keys(scan.result_prefix))

    def test_beginning_a_job_again_is_harmless(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = scans.as_scan()
        objects.put(scan.key, scans.printed, "")
        recogniser.begin(scan)
        recogniser.begin(scan)
        finish()
        outcome = recogniser.outcome(scan)
        assert outcome is not None
        objects.put(scan.key, scans.blank, "")
        recogniser.begin(scan)
        finish()
        assert recogniser.outcome(scan) == outcome

    def test_there_is_no_outcome_before_a_job(self, recogniser: TextRecogniser, scans: Scans) -> None:
        assert recogniser.outcome(scans.as_scan()) is None

    def test_an_unreadable_scan_is_reported_as_unreadable_every_time(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        assert scans.unreadable
        for number, content in enumerate(scans.unreadable):
            scan = scans.as_scan(f"scan-{number}", (1,))
            for _ in range(2):
                with pytest.raises(UnrecognisableScan):
                    outcome_of(recogniser, objects, finish, scan, content)

    def test_a_scan_that_is_not_there_begins_nothing(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = scans.as_scan()
        with pytest.raises(Unavailable) as failed:
            recogniser.begin(scan)
        assert failed.value.capability == "text_recogniser"
        finish()
        assert recogniser.outcome(scan) is None
        assert outcome_of(recogniser, objects, finish, scan, scans.printed)

    @pytest.mark.parametrize(
        "ill",
        [
            {"job_id": ""},
            {"job_id": "a b"},
            {"job_id": "a/b"},
            {"job_id": "é"},
            {"job_id": "a\n"},
            {"job_id": "j" * 65},
            {"media_type": "gif"},
            {"media_type": ""},
            {"pages": ()},
            {"pages": (0, 1)},
            {"pages": (2, 1)},
            {"pages": (1, 1)},
            {"pages": tuple(range(1, MAX_PAGES + 2))},
            {"result_prefix": ""},
            {"result_prefix": "recognised"},
            {"result_prefix": "/recognised/"},
            {"result_prefix": "raw-files/"},
        ],
        ids=lambda ill: str(ill)[:60],
    )
    def test_an_ill_formed_scan_is_refused(
        self,
        recogniser: TextRecogniser,
        objects: ObjectStore,
        scans: Scans,
        finish: Callable[[], None],
        ill: dict[str, Any],
    ) -> None:
        scan = scans.as_scan()
        objects.put(scan.key, scans.printed, "")
        before = set(objects.keys(""))
        with pytest.raises(ValueError):
            recogniser.begin(replace(scan, **ill))
        finish()
        assert set(objects.keys("")) == before

    def test_a_job_id_may_have_64_characters(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = replace(scans.as_scan(), job_id="Jo-_" * 16)
        assert outcome_of(recogniser, objects, finish, scan, scans.printed)

    def test_a_type_that_it_does_not_read_is_refused(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans
    ) -> None:
        assert scans.media_type in recogniser.media_types
        assert recogniser.media_types <= set(SCAN_TYPES)
        for media_type in set(SCAN_TYPES) - recogniser.media_types:
            scan = replace(scans.as_scan(), media_type=media_type)
            objects.put(scan.key, scans.printed, "")
            with pytest.raises(ValueError):
                recogniser.begin(scan)

    def test_objects_that_are_not_an_outcome_raise_unavailable(
        self, recogniser: TextRecogniser, objects: ObjectStore, scans: Scans, finish: Callable[[], None]
    ) -> None:
        scan = scans.as_scan()
        outcome_of(recogniser, objects, finish, scan, scans.printed)
        for nonsense in (b"", b"{", b"{}", b"[]", b"null", b'"text"', b"\xff\xfe", scans.printed):
            for key in list(objects.keys(scan.result_prefix)):
                objects.put(key, nonsense, "")
            with pytest.raises(Unavailable) as failed:
                recogniser.outcome(scan)
            assert failed.value.capability == "text_recogniser"
