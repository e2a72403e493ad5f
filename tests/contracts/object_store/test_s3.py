"""S3 passes the contract, on moto. Further tests use an endpoint that misbehaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.aws.s3 import S3ObjectStore
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.errors import PortError, Throttled, TimedOut, Unavailable, UpstreamError
from ports.object_store import InvalidKey, ObjectNotFound, ObjectStore, PresignedPost, PresignedRefused
from tests.contracts.object_store.contract import TEXT, ObjectStoreContract
from tests.stubs.aws import ACCESS_KEY, REGION, SECRET_KEY, client_of, create_bucket, empty_aws
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, xml_error
from tests.stubs.s3_client import S3Client

BUCKET = "lms-documents-test"


@pytest.fixture(scope="module")
def client() -> Any:
    return client_of("s3")


class TestS3ObjectStore(ObjectStoreContract):
    """S3 checks a signature with its own clock, and the machine's clock made it. The tests' clock provides the
    difference.
    """

    @pytest.fixture
    def store(self, clock: FrozenClock, client: Any) -> Iterator[S3ObjectStore]:
        with empty_aws():
            create_bucket(client, BUCKET)
            yield S3ObjectStore(lambda: client, BUCKET, clock)

    @pytest.fixture(autouse=True)
    def browser(self, clock: FrozenClock, client: Any) -> S3Client:
        self._browser = S3Client(client, BUCKET, ACCESS_KEY, SECRET_KEY, clock.monotonic)
        return self._browser

    def post(self, store: ObjectStore, presigned: PresignedPost, body: bytes) -> bool:
        try:
            self._browser.post(presigned, body)
        except PresignedRefused:
            return False
        return True

    def download(self, store: ObjectStore, url: str) -> tuple[bytes, str] | None:
        try:
            return self._browser.download(url)
        except PresignedRefused:
            return None

    def test_objects_are_encrypted_and_have_their_type(
        self, store: S3ObjectStore, browser: S3Client, client: Any
    ) -> None:
        store.put("put", b"x", "application/json")
        browser.post(store.presign_upload("posted", content_type=TEXT, size=1, expires_in=60), b"x")
        for key, content_type in (("put", "application/json"), ("posted", TEXT)):
            head = client.head_object(Bucket=BUCKET, Key=key)
            assert head["ServerSideEncryption"] == "AES256"
            assert head["ContentType"] == content_type

    def test_keys_are_read_page_by_page(self, store: S3ObjectStore) -> None:
        pages = []

        def two_a_page(params: dict[str, Any], **_: Any) -> None:
            params["MaxKeys"] = 2
            pages.append(params.get("ContinuationToken"))

        own = client_of("s3")
        own.meta.events.register("provide-client-params.s3.ListObjectsV2", two_a_page)
        paging = S3ObjectStore(lambda: own, BUCKET, FrozenClock())
        for name in "abcdé":
            store.put(f"p/{name} +%", b"", TEXT)
        keys = paging.keys("p/")
        assert next(keys) == "p/a +%"
        assert len(pages) == 1
        assert list(keys) == [f"p/{name} +%" for name in "bcdé"]
        assert len(pages) == len(set(pages)) == 3

    def test_the_etag_is_what_an_event_of_s3_calls_it(self, store: S3ObjectStore) -> None:
        store.put("k", b"hello", TEXT)
        info = store.info("k")
        assert info is not None
        assert info.etag == "5d41402abc4b2a76b9719d911017c592"

    def test_a_form_binds_every_field_it_has(self, store: S3ObjectStore) -> None:
        presigned = store.presign_upload("u/1.pdf", content_type="application/pdf", size=5, expires_in=900)
        conditions = json.loads(base64.b64decode(presigned.fields["policy"]))["conditions"]
        assert ["content-length-range", 5, 5] in conditions
        for wanted in (
            {"key": "u/1.pdf"},
            {"Content-Type": "application/pdf"},
            {"bucket": BUCKET},
            {"x-amz-server-side-encryption": "AES256"},
        ):
            assert wanted in conditions
        assert not [condition for condition in conditions if "starts-with" in condition]

    @pytest.mark.parametrize("key", ["u/${filename}", "u/${filename}/x"])
    def test_a_client_does_not_choose_the_key(self, store: S3ObjectStore, key: str) -> None:
        with pytest.raises(InvalidKey):
            store.presign_upload(key, content_type=TEXT, size=1, expires_in=60)

    def test_presigned_addresses_contain_the_region(self, store: S3ObjectStore) -> None:
        host = f"https://{BUCKET}.s3.{REGION}.amazonaws.com/"
        assert store.presign_upload("u", content_type=TEXT, size=1, expires_in=60).url == host
        assert store.presign_download("d", file_name="x", expires_in=60).startswith(host)

    def test_an_object_that_is_shown_is_no_attachment(self, store: S3ObjectStore) -> None:
        url = store.presign_download("d", file_name="a.pdf", expires_in=60, shown_as="application/pdf")
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["response-content-disposition"].startswith('inline; filename="a.pdf"')
        assert query["response-content-type"] == "application/pdf"

    @pytest.mark.parametrize(
        ("name", "plain"),
        [("a.pdf", "a.pdf"), ('Ü"\\1.pdf', "___1.pdf"), ("a\r\nSet-Cookie: b", "a__Set-Cookie: b")],
    )
    def test_old_clients_get_a_name_in_ascii(self, store: S3ObjectStore, name: str, plain: str) -> None:
        url = store.presign_download("d", file_name=name, expires_in=60)
        header = dict(parse_qsl(urlsplit(url).query))["response-content-disposition"]
        assert header.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
        assert header.isascii()
        assert header.isprintable()


GET_FAULTS: dict[str, tuple[Answer, type[PortError], int]] = {
    "missing": (xml_error("NoSuchKey", 404), ObjectNotFound, 1),
    "no bucket": (xml_error("NoSuchBucket", 404), Unavailable, 1),
    "forbidden": (xml_error("AccessDenied", 403), Unavailable, 1),
    "slow down": (xml_error("SlowDown", 503), Throttled, 3),
    "internal": (xml_error("InternalError", 500), Unavailable, 3),
    "request timeout": (xml_error("RequestTimeout", 400), TimedOut, 3),
    "gateway": (Answer(504, b"<html>"), TimedOut, 3),
    "dropped": (Answer(dropped=True), Unavailable, 3),
    "cut body": (Answer(200, b"half of it", cut=True), Unavailable, 3),
    "silent": (Answer(silent=True), TimedOut, 3),
}


@pytest.fixture(scope="module")
def running() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def clients(running: AwsEndpoint) -> dict[bool, Any]:
    """Two clients: the requests of ``True`` get no answer, and those of ``False`` get one."""
    return {
        silence: client_of("s3", endpoint_url=running.url, read_seconds=0.2 if silence else 10)
        for silence in (False, True)
    }


class TestFaults:
    @pytest.fixture
    def endpoint(self, running: AwsEndpoint) -> AwsEndpoint:
        running.forget()
        return running

    @pytest.fixture
    def store_meeting(self, clients: dict[bool, Any]) -> Callable[[Answer], S3ObjectStore]:
        def make(answer: Answer) -> S3ObjectStore:
            clock = FrozenClock()
            retries = Retries(clock, tries=3, sleep=clock.advance)
            return S3ObjectStore(lambda: clients[answer.silent], BUCKET, clock, retries=retries)

        return make

    @pytest.fixture
    def store(self, store_meeting: Callable[[Answer], S3ObjectStore]) -> S3ObjectStore:
        return store_meeting(Answer())

    @pytest.mark.parametrize("name", GET_FAULTS)
    def test_each_fault_of_a_read_has_its_error(
        self, store_meeting: Callable[[Answer], S3ObjectStore], endpoint: AwsEndpoint, name: str
    ) -> None:
        answer, expected, requests = GET_FAULTS[name]
        endpoint.script(*[answer] * 3)
        with pytest.raises(PortError) as caught:
            store_meeting(answer).get("k")
        assert type(caught.value) is expected
        assert "vendor" not in str(caught.value)
        assert len(endpoint.asked) == requests
        if isinstance(caught.value, UpstreamError):
            assert caught.value.capability == "object_store"

    @pytest.mark.parametrize("name", [name for name, fault in GET_FAULTS.items() if fault[2] == 3])
    def test_a_transient_fault_is_not_visible_to_the_caller(
        self, store_meeting: Callable[[Answer], S3ObjectStore], endpoint: AwsEndpoint, name: str
    ) -> None:
        fault = GET_FAULTS[name][0]
        endpoint.script(fault, Answer(200, b"the body"))
        assert store_meeting(fault).get("k") == b"the body"

    def test_a_put_that_may_have_happened_has_timed_out(
        self, store: S3ObjectStore, endpoint: AwsEndpoint
    ) -> None:
        endpoint.script(*[Answer(dropped=True)] * 3)
        with pytest.raises(TimedOut):
            store.put("k", b"body", TEXT)
        assert [request.method for request in endpoint.asked] == ["PUT"] * 3

    @pytest.mark.parametrize(
        ("status", "expected", "requests"),
        [(403, Unavailable, 1), (503, Unavailable, 3), (429, Throttled, 3)],
    )
    def test_a_head_request_is_judged_by_its_status_alone(
        self,
        store: S3ObjectStore,
        endpoint: AwsEndpoint,
        status: int,
        expected: type[UpstreamError],
        requests: int,
    ) -> None:
        endpoint.script(*[Answer(status, b"")] * requests, Answer(404, b""))
        with pytest.raises(expected):
            store.info("k")
        assert store.info("k") is None
        assert len(endpoint.asked) == requests + 1

    @pytest.mark.parametrize(
        "listing",
        ["", "<html/>", "junk", "<ListBucketResult/>", "<ListBucketResult><Contents/></ListBucketResult>"],
    )
    def test_a_malformed_listing_is_an_outage_not_an_empty_list(
        self, store: S3ObjectStore, endpoint: AwsEndpoint, listing: str
    ) -> None:
        endpoint.script(*[Answer(200, listing.encode())] * 3)
        with pytest.raises(Unavailable):
            list(store.keys("p/"))
