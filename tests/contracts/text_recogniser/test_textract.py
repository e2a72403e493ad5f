"""Textract passes the contract, with real botocore and a stub. Further tests concern only Textract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from adapters.aws.textract import TextractRecogniser
from adapters.upstream.calls import Retries
from domain.documents.scanned_text import text_of
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from fakes.text_recogniser import page_of
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.text_recogniser import RecognisedPage, Scan, UnrecognisableScan
from tests.contracts.text_recogniser.contract import Scans, TextRecogniserContract, outcome_of
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer, json_answer, json_error
from tests.stubs.textract import CHECK_FILE, TextractEndpoint, blocks_of, scan_of

LINES = (("Force is mass", "times acceleration."), ("It is a vector.",))
SCANS = Scans(
    printed=scan_of("\f".join("\n".join(lines) for lines in LINES), "pdf"),
    lines=LINES,
    blank=scan_of("", "pdf"),
    unreadable=(b"", b"no scan at all", b"GIF89a", b"%PDF-1.4 cut", b"II*\0"),
)
START, GET = "Textract.StartDocumentTextDetection", "Textract.GetDocumentTextDetection"


@pytest.fixture(scope="module")
def server() -> Iterator[TextractEndpoint]:
    with TextractEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore(FrozenClock())


@pytest.fixture
def endpoint(server: TextractEndpoint, objects: InMemoryObjectStore) -> TextractEndpoint:
    server.forget()
    server.objects = objects
    return server


@cache
def client_at(url: str) -> Any:
    return client_of("textract", endpoint_url=url)


def adapter(endpoint: TextractEndpoint, objects: InMemoryObjectStore, **options: Any) -> TextractRecogniser:
    client = client_at(endpoint.url)
    clock = FrozenClock()
    retries = Retries(clock, sleep=clock.advance, jitter=lambda: 1.0, **options)
    return TextractRecogniser(lambda: client, endpoint.bucket, objects, retries=retries)


@pytest.fixture
def recogniser(endpoint: TextractEndpoint, objects: InMemoryObjectStore) -> TextractRecogniser:
    return adapter(endpoint, objects)


@pytest.fixture
def scan(objects: InMemoryObjectStore) -> Scan:
    scan = SCANS.as_scan()
    objects.put(scan.key, SCANS.printed, "application/pdf")
    return scan


def operations(endpoint: TextractEndpoint) -> list[str]:
    return [request.headers["x-amz-target"] for request in endpoint.asked]


class TestTextractRecogniser(TextRecogniserContract):
    @pytest.fixture(params=["at once", "in the background", "in small parts"])
    def recogniser(
        self, endpoint: TextractEndpoint, objects: InMemoryObjectStore, request: pytest.FixtureRequest
    ) -> TextractRecogniser:
        endpoint.is_slow = request.param == "in the background"
        endpoint.blocks_a_part = 2 if request.param == "in small parts" else 1000
        return adapter(endpoint, objects)

    @pytest.fixture
    def scans(self) -> Scans:
        return SCANS

    @pytest.fixture
    def finish(self, endpoint: TextractEndpoint) -> Callable[[], None]:
        return endpoint.finish


def test_its_requests_contain_the_expected_values(
    endpoint: TextractEndpoint, recogniser: TextractRecogniser, scan: Scan
) -> None:
    recogniser.begin(scan)
    assert operations(endpoint) == [START, GET]
    started, looked = (request.json for request in endpoint.asked)
    assert started == {
        "DocumentLocation": {
            "S3Object": {"Bucket": "lms-documents", "Name": "raw-files/user_ada/one_original.pdf"}
        },
        "ClientRequestToken": "job_one-1",
        "OutputConfig": {"S3Bucket": "lms-documents", "S3Prefix": "recognised/user_ada/one/job"},
    }
    assert looked == {"JobId": endpoint.jobs["job_one-1"].id, "MaxResults": 1}


def test_an_outcome_is_whole_with_its_last_part_in_any_order_of_arrival(
    endpoint: TextractEndpoint, objects: InMemoryObjectStore, recogniser: TextractRecogniser, scan: Scan
) -> None:
    endpoint.blocks_a_part = 3
    recogniser.begin(scan)
    check_file, *parts = objects.keys(scan.result_prefix)
    assert check_file == f"{scan.result_prefix}{CHECK_FILE}"
    assert len(parts) > 3
    bodies = {key: objects.get(key) for key in parts}
    whole = recogniser.outcome(scan)
    assert whole is not None
    for late in parts:
        for key in parts:
            objects.put(key, bodies[key], "")
        objects.delete(late)
        assert recogniser.outcome(scan) is None
    for key in parts:
        objects.delete(key)
    for number, key in enumerate(reversed(parts), start=1):
        objects.put(key, bodies[key], "")
        assert (recogniser.outcome(scan) == whole) == (number == len(parts))


def test_a_part_that_comes_before_the_last_costs_one_read(
    endpoint: TextractEndpoint, objects: InMemoryObjectStore, recogniser: TextractRecogniser
) -> None:
    endpoint.blocks_a_part = 5
    scan = replace(SCANS.as_scan(), pages=tuple(range(1, 31)))
    objects.put(scan.key, scan_of("\f".join([" ".join(LINES[0])] * 30), "pdf"), "")
    recogniser.begin(scan)
    parts = list(objects.keys(f"{scan.result_prefix}{endpoint.jobs[scan.job_id].id}/"))
    assert len(parts) > 20
    for key in parts:
        if int(key.rpartition("/")[2]) > len(parts) // 2:
            objects.delete(key)
    counting = _Counting(objects)
    assert (
        TextractRecogniser(lambda: None, "", counting, retries=Retries(FrozenClock())).outcome(scan) is None
    )
    assert counting.read == 1


class _Counting(InMemoryObjectStore):
    def __init__(self, objects: InMemoryObjectStore) -> None:
        super().__init__(FrozenClock())
        self._bodies = objects._bodies
        self.read = 0

    def get(self, key: str) -> bytes:
        self.read += 1
        return super().get(key)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_page_is_returned_upright(
    endpoint: TextractEndpoint,
    objects: InMemoryObjectStore,
    recogniser: TextractRecogniser,
    scan: Scan,
    turns: int,
) -> None:
    page = page_of(1, "One goes first.\nTwo goes second.\nThree goes last.")
    part = {
        "DocumentMetadata": {"Pages": 1},
        "JobStatus": "SUCCEEDED",
        "Blocks": blocks_of([page], turns=turns),
    }
    objects.put(f"{scan.result_prefix}a-job/1", json.dumps(part).encode(), "")
    [found] = recogniser.outcome(scan) or ()
    assert text_of(found) == text_of(page)
    for line, expected in zip(found.lines, page.lines, strict=True):
        assert tuple(line.box) == pytest.approx(tuple(expected.box))


def test_pages_that_textract_could_not_read_have_no_lines(
    objects: InMemoryObjectStore, recogniser: TextractRecogniser, scan: Scan
) -> None:
    page = page_of(1, "The first page.")
    part = {"DocumentMetadata": {"Pages": 2}, "JobStatus": "PARTIAL_SUCCESS", "Blocks": blocks_of([page])}
    objects.put(f"{scan.result_prefix}a-job/1", json.dumps(part).encode(), "")
    found = recogniser.outcome(scan)
    assert found is not None
    assert [len(one.lines) for one in found] == [1, 0]
    assert found[1] == RecognisedPage(2, ())


def test_the_outcome_of_a_second_job_is_not_mixed_with_the_first(
    endpoint: TextractEndpoint, objects: InMemoryObjectStore, recogniser: TextractRecogniser, scan: Scan
) -> None:
    endpoint.blocks_a_part = 3
    recogniser.begin(scan)
    whole = recogniser.outcome(scan)
    first = endpoint.jobs[scan.job_id].id
    objects.put(f"{scan.result_prefix}another-job/1", objects.get(f"{scan.result_prefix}{first}/1"), "")
    assert recogniser.outcome(scan) == whole


def test_webp_is_not_read(recogniser: TextractRecogniser) -> None:
    assert recogniser.media_types == {"pdf", "png", "jpg", "tiff"}


@pytest.mark.parametrize(
    ("answer", "raised", "tries"),
    [
        (json_error("AccessDeniedException"), Unavailable, 1),
        (json_error("InvalidS3ObjectException"), Unavailable, 1),
        (json_error("InvalidParameterException"), Unavailable, 1),
        (json_error("IdempotentParameterMismatchException"), Unavailable, 1),
        (json_error("ThrottlingException"), Throttled, 4),
        (json_error("ProvisionedThroughputExceededException"), Throttled, 4),
        (json_error("LimitExceededException"), Throttled, 4),
        (json_error("InternalServerError", 500), TimedOut, 4),
        (json_answer({"Job": "a"}), Unavailable, 1),
        (json_error("UnsupportedDocumentException"), UnrecognisableScan, 1),
        (json_error("DocumentTooLargeException"), UnrecognisableScan, 1),
        (json_error("BadDocumentException"), UnrecognisableScan, 1),
    ],
    ids=lambda value: value.body.decode()[:60] if isinstance(value, Answer) else "",
)
def test_each_error_is_the_ports(
    endpoint: TextractEndpoint,
    recogniser: TextractRecogniser,
    scan: Scan,
    answer: Answer,
    raised: type[Exception],
    tries: int,
) -> None:
    endpoint.script(*[answer] * tries)
    with pytest.raises(raised) as failed:
        recogniser.begin(scan)
    assert operations(endpoint) == [START] * tries
    if isinstance(failed.value, UpstreamError):
        assert failed.value.capability == "text_recogniser"
        assert "vendor's words" not in str(failed.value)


def test_a_state_that_no_job_has_is_unavailable(
    endpoint: TextractEndpoint, recogniser: TextractRecogniser, scan: Scan
) -> None:
    endpoint.script(json_answer({"JobId": "a"}), json_answer({"JobStatus": "LOST"}))
    with pytest.raises(Unavailable):
        recogniser.begin(scan)


def test_a_throttled_call_is_tried_again(
    endpoint: TextractEndpoint, objects: InMemoryObjectStore, recogniser: TextractRecogniser, scan: Scan
) -> None:
    endpoint.script(json_error("ThrottlingException"))
    assert outcome_of(recogniser, objects, endpoint.finish, scan, SCANS.printed)
    assert operations(endpoint) == [START, START, GET]
