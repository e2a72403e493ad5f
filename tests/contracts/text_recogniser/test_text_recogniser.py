"""The fake recogniser passes the contract. A deployment without text recognition has another one, tested here too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.no_recogniser import NoRecogniser
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from fakes.text_recogniser import ScriptedTextRecogniser, page_of
from tests.contracts.text_recogniser.contract import Scans, TextRecogniserContract, outcome_of

SCANS = Scans(
    printed=b"Force is mass\ntimes acceleration.\fIt is a vector.",
    lines=(("Force is mass", "times acceleration."), ("It is a vector.",)),
    blank=b" ",
    unreadable=(b"", b"\xff\xfe"),
)


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore(FrozenClock())


@pytest.fixture
def recogniser(objects: InMemoryObjectStore) -> ScriptedTextRecogniser:
    return ScriptedTextRecogniser(objects)


@pytest.fixture
def finish(recogniser: ScriptedTextRecogniser) -> Callable[[], None]:
    return recogniser.finish


class TestScriptedTextRecogniser(TextRecogniserContract):
    @pytest.fixture(params=["at once", "in the background"])
    def recogniser(
        self, objects: InMemoryObjectStore, request: pytest.FixtureRequest
    ) -> ScriptedTextRecogniser:
        recogniser = ScriptedTextRecogniser(objects)
        recogniser.is_slow = request.param == "in the background"
        return recogniser

    @pytest.fixture
    def scans(self) -> Scans:
        return SCANS


def test_an_outcome_is_whole_with_its_last_part(
    objects: InMemoryObjectStore, recogniser: ScriptedTextRecogniser, finish: Callable[[], None]
) -> None:
    scan = SCANS.as_scan()
    outcome_of(recogniser, objects, finish, scan, SCANS.printed)
    check_file, *parts = objects.keys(scan.result_prefix)
    assert check_file.endswith(".s3_access_check")
    assert [key.rpartition("/")[2] for key in parts] == ["1", "2"]
    for key in parts:
        kept = objects.get(key)
        objects.delete(key)
        assert recogniser.outcome(scan) is None
        objects.put(key, kept, "")
    assert recogniser.outcome(scan) is not None


def test_scripted_pages_are_given_in_order(
    objects: InMemoryObjectStore, recogniser: ScriptedTextRecogniser, finish: Callable[[], None]
) -> None:
    recogniser.enqueue([page_of(1, "First.", confidence=0.4)])
    recogniser.enqueue(lambda content: [page_of(1, f"{len(content)} bytes")])
    for name, text in (("one", "First."), ("two", "3 bytes")):
        [page] = outcome_of(recogniser, objects, finish, SCANS.as_scan(name, (1,)), b"abc")
        assert [line.text for line in page.lines] == [text]
    assert [scan.job_id for scan in recogniser.begun] == ["job_one-1", "job_two-1"]


def test_without_text_recognition_nothing_is_read() -> None:
    recogniser = NoRecogniser()
    assert recogniser.media_types == frozenset()
    assert recogniser.outcome(SCANS.as_scan()) is None
    with pytest.raises(ValueError):
        recogniser.begin(SCANS.as_scan())
    recogniser.close()
