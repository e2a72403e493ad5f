"""Pinecone passes the contract, with the real client over HTTP. Further tests concern only Pinecone."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from adapters.pinecone.calls import PineconeCalls
from adapters.pinecone.store import PineconeVectorStore
from adapters.system import SystemClock
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.vector_store import (
    MAX_UPSERT_BYTES,
    Filter,
    Match,
    MetadataValue,
    Vector,
    VectorStore,
    record_bytes,
)
from tests.contracts.vector_store.contract import DIMENSION, DOCUMENTS, VectorStoreContract, X, record
from tests.stubs.openai_server import closed_port
from tests.stubs.pinecone_index import PineconeIndex, Refusal
from tests.stubs.pinecone_server import (
    KEY,
    MAX_BODY_BYTES,
    MAX_URL_CHARACTERS,
    Fault,
    PineconeServer,
    answering,
    failing,
)

SENTENCE = "canary: what the service says"
TRIES = 4


@pytest.fixture(scope="module")
def running() -> Iterator[PineconeServer]:
    with PineconeServer(DIMENSION) as server:
        yield server


@pytest.fixture
def server(running: PineconeServer) -> PineconeServer:
    running.reset()
    return running


@pytest.fixture(scope="module")
def shared(running: PineconeServer) -> Iterator[PineconeVectorStore]:
    store = PineconeVectorStore(running.host, lambda: KEY, DIMENSION, Retries(SystemClock()), freshness=0.0)
    yield store
    store.close()


class TestPineconeVectorStore(VectorStoreContract):
    @pytest.fixture
    def store(self, server: PineconeServer, shared: PineconeVectorStore) -> VectorStore:
        return shared


class TestLaggingPineconeVectorStore(VectorStoreContract):
    @pytest.fixture(autouse=True)
    def index(self, server: PineconeServer) -> None:
        server.index.lag()
        self.server = server

    @pytest.fixture
    def store(self, server: PineconeServer, shared: PineconeVectorStore) -> VectorStore:
        return shared

    def settle(self, store: VectorStore) -> None:
        self.server.index.catch_up()
        self.server.index.lag()


class Paced:
    """A store whose clock moves only during its pauses. Each pause is as long as possible."""

    def __init__(self, host: str, *, seconds: float = 8.0, **options: Any) -> None:
        self.pauses: list[float] = []
        self.clock = FrozenClock()
        self.store = PineconeVectorStore(
            host,
            lambda: KEY,
            DIMENSION,
            Retries(self.clock, TRIES, lambda: seconds, self._sleep, lambda: 1.0),
            **options,
        )

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)


@pytest.fixture
def paced(server: PineconeServer) -> Iterator[Paced]:
    paced = Paced(server.host)
    yield paced
    paced.store.close()


CALLS: dict[str, Callable[[VectorStore], object]] = {
    "upsert": lambda store: store.upsert(DOCUMENTS, [record("a"), record("b")]),
    "query": lambda store: store.query(DOCUMENTS, X, filter={"user_id": "u1"}, top_k=2),
    "fetch": lambda store: store.fetch(DOCUMENTS, ["a", "b"]),
    "delete": lambda store: store.delete(DOCUMENTS, ["a", "b"]),
    "ids": lambda store: store.ids(DOCUMENTS, "user_1_"),
}

FAULTS: dict[str, tuple[Fault, type[UpstreamError], int]] = {
    "408": (failing(408, SENTENCE), TimedOut, TRIES),
    "429": (failing(429, SENTENCE), Throttled, TRIES),
    "500": (failing(500, SENTENCE), Unavailable, TRIES),
    "502": (Fault(502, b"<html>" + SENTENCE.encode()), Unavailable, TRIES),
    "503": (failing(503, SENTENCE), Unavailable, TRIES),
    "504": (failing(504, SENTENCE), TimedOut, TRIES),
    "dropped": (Fault(dropped=True), Unavailable, TRIES),
    "cut": (Fault(body=b'{"matches": [', cut=True), Unavailable, TRIES),
    "302": (Fault(302, headers={"location": "/elsewhere"}), Unavailable, 1),
    "400": (failing(400, SENTENCE), Unavailable, 1),
    "401": (failing(401, SENTENCE), Unavailable, 1),
    "403": (failing(403, SENTENCE), Unavailable, 1),
    "404": (failing(404, SENTENCE), Unavailable, 1),
    "413": (failing(413, SENTENCE), Unavailable, 1),
    "no gzip": (Fault(body=b"{}", headers={"content-encoding": "gzip"}), Unavailable, 1),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("fault", "raised", "tries"), FAULTS.values(), ids=FAULTS)
def test_each_fault_raises_the_ports_own_error(
    server: PineconeServer,
    paced: Paced,
    fault: Fault,
    raised: type[UpstreamError],
    tries: int,
    call: Callable[[VectorStore], object],
) -> None:
    server.fail_always(fault)
    with pytest.raises(UpstreamError) as caught:
        call(paced.store)
    assert type(caught.value) is raised
    assert caught.value.capability == "vector_store"
    assert SENTENCE not in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(server.requests) == tries
    assert paced.pauses == [0.1, 0.2, 0.4][: tries - 1]


GARBAGE: dict[str, Fault] = {
    "html": Fault(body=b"<!doctype html>"),
    "nothing": Fault(),
    "no object": answering([1]),
    "upserted no number": answering({"upsertedCount": "x", "matches": 1, "vectors": 1}),
    "no UTF-8": Fault(body=b'{"matches": "\xff", "vectors": "\xff"}'),
    "deep": Fault(body=b"[" * 100_000),
}


@pytest.mark.parametrize("call", [CALLS[name] for name in CALLS if name != "delete"])
@pytest.mark.parametrize("fault", GARBAGE.values(), ids=GARBAGE)
def test_an_unreadable_answer_is_an_outage(
    server: PineconeServer, paced: Paced, fault: Fault, call: Callable[[VectorStore], object]
) -> None:
    server.fail(fault)
    with pytest.raises(Unavailable):
        call(paced.store)
    assert len(server.requests) == 1


def matching(**match: Any) -> Fault:
    return answering({"matches": [{"id": "a", "score": 1.0, "metadata": {"user_id": "u1"}} | match]})


LIES: dict[str, tuple[str, Fault]] = {
    "fewer records written": ("upsert", answering({"upsertedCount": 1})),
    "a match of somebody else": ("query", matching(metadata={"user_id": "u2"})),
    "a match without metadata": ("query", matching(metadata=None)),
    "metadata in metadata": ("query", matching(metadata={"user_id": "u1", "more": {"a": 1}})),
    "a null in metadata": ("query", matching(metadata={"user_id": "u1", "more": None})),
    "a match without a score": ("query", matching(score=None)),
    "a record of no values": ("fetch", answering({"vectors": {"a": {"id": "a", "sparseValues": None}}})),
    "a record of other length": ("fetch", answering({"vectors": {"a": {"id": "a", "values": [1.0]}}})),
    "an id of somebody else": ("ids", answering({"vectors": [{"id": "user_1_a"}, {"id": "user_2_a"}]})),
    "an id that is none": ("ids", answering({"vectors": [{}]})),
}


@pytest.mark.parametrize(("call", "fault"), LIES.values(), ids=LIES)
def test_an_answer_of_the_wrong_shape_is_an_outage(
    server: PineconeServer, paced: Paced, call: str, fault: Fault
) -> None:
    server.fail(fault)
    with pytest.raises(Unavailable):
        CALLS[call](paced.store)


def test_records_that_were_not_requested_are_left_out(server: PineconeServer, paced: Paced) -> None:
    server.fail(answering({"vectors": {"z": {"id": "z", "values": list(X)}}}))
    assert paced.store.fetch(DOCUMENTS, ["a"]) == {}
    server.fail(answering({"matches": [{"id": str(number), "score": 1.0} for number in range(30)]}))
    assert len(paced.store.query(DOCUMENTS, X, filter={}, top_k=3)) == 3


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_transient_failure_is_retried(
    server: PineconeServer, paced: Paced, call: Callable[[VectorStore], object]
) -> None:
    server.fail(failing(503), Fault(dropped=True), failing(429))
    call(paced.store)
    assert len(server.requests) == 4
    assert paced.pauses == [0.1, 0.2, 0.4]


@pytest.mark.parametrize("fault", [failing(500, ""), Fault(dropped=True)])
def test_a_write_whose_answer_was_lost_takes_effect_once(
    server: PineconeServer, paced: Paced, fault: Fault
) -> None:
    lost = Fault(fault.status, fault.body, dropped=fault.dropped, after_effect=True)
    server.fail(lost)
    paced.store.upsert(DOCUMENTS, [record("a"), record("b")])
    assert len(server.requests) == 2
    assert paced.store.ids(DOCUMENTS, "").items == ["a", "b"]
    server.fail(lost)
    paced.store.delete(DOCUMENTS, ["a"])
    assert paced.store.ids(DOCUMENTS, "").items == ["b"]


@pytest.mark.parametrize(
    ("asked", "pauses"),
    [
        ("3", [3.0]),
        ("0.05", [0.1]),
        ("-1", [0.1]),
        ("nan", [0.1]),
        ("inf", [0.1]),
        ("Wed, 21 Oct 2026", [0.1]),
    ],
)
def test_the_service_may_ask_for_a_pause(
    server: PineconeServer, paced: Paced, asked: str, pauses: list[float]
) -> None:
    server.fail(failing(429, retry_after=asked))
    CALLS["query"](paced.store)
    assert paced.pauses == pauses


def test_a_pause_that_there_is_no_time_for_is_not_begun(server: PineconeServer, paced: Paced) -> None:
    server.fail(failing(429, retry_after="60"))
    with pytest.raises(Throttled):
        CALLS["query"](paced.store)
    assert paced.pauses == []


def test_no_try_begins_after_the_time(server: PineconeServer) -> None:
    server.fail_always(failing(503))
    paced = Paced(server.host, seconds=0.25)
    with pytest.raises(Unavailable):
        CALLS["query"](paced.store)
    assert paced.pauses == [0.1]
    assert len(server.requests) == 2
    paced.store.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_time_left_no_request_is_sent(
    server: PineconeServer, call: Callable[[VectorStore], object]
) -> None:
    with pytest.raises(TimedOut):
        call(Paced(server.host, seconds=0.0).store)
    assert server.requests == []


@pytest.mark.parametrize("fault", [Fault(silent=True), Fault(drips=True)], ids=["silent", "dripping"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_always_ends_in_time(fault: Fault, call: Callable[[VectorStore], object]) -> None:
    clock = SystemClock()
    with PineconeServer(DIMENSION) as server:
        store = PineconeVectorStore(server.host, lambda: KEY, DIMENSION, Retries(clock, seconds=lambda: 0.15))
        server.fail_always(fault)
        began = clock.monotonic()
        with pytest.raises(TimedOut):
            call(store)
        assert 0.1 < clock.monotonic() - began < 30  # otherwise it would never end
        assert len(server.requests) <= 1
    for thread in threading.enumerate():
        if thread.name == "vector_store-call":
            thread.join()
    store.close()


def test_a_time_out_of_the_client_is_a_time_out() -> None:
    clock = SystemClock()
    with PineconeServer(DIMENSION) as server:
        calls = PineconeCalls(server.host, lambda: KEY, Retries(clock, 1, lambda: 30.0))
        server.fail_always(Fault(silent=True))
        with pytest.raises(TimedOut):
            calls.ask(
                clock.monotonic() + 30.0,
                lambda index, _: index.delete(ids=["a"], namespace="documents", timeout=0.01),
            )
    calls.close()


def test_a_host_where_nothing_listens_is_unavailable() -> None:
    paced = Paced(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(Unavailable):
        CALLS["query"](paced.store)
    assert len(paced.pauses) == TRIES - 1


def test_a_wrong_key_is_unavailable(server: PineconeServer) -> None:
    store = PineconeVectorStore(server.host, lambda: "pcsk_another", DIMENSION, Retries(SystemClock()))
    with pytest.raises(Unavailable, match="key"):
        CALLS["query"](store)
    store.close()


def test_an_index_of_another_dimension_is_unavailable(server: PineconeServer) -> None:
    store = PineconeVectorStore(server.host, lambda: KEY, DIMENSION + 1, Retries(SystemClock()))
    with pytest.raises(Unavailable, match="dimension"):
        store.query(DOCUMENTS, (*X, 0.0), filter={}, top_k=1)
    store.close()


def test_only_an_upsert_needs_the_namespace(server: PineconeServer, paced: Paced) -> None:
    server.fail_always(failing(404, "Namespace not found"))
    assert CALLS["query"](paced.store) == []
    assert CALLS["fetch"](paced.store) == {}
    paced.store.delete(DOCUMENTS, ["a"])
    assert paced.store.ids(DOCUMENTS, "").items == []
    with pytest.raises(Unavailable):
        CALLS["upsert"](paced.store)


# On the wire


@pytest.mark.parametrize(
    ("filter", "sent"),
    [
        ({"user_id": "u1"}, {"user_id": {"$eq": "u1"}}),
        ({"draft": False}, {"draft": {"$eq": False}}),
        ({"file_id": {"$in": ["a"]}}, {"file_id": {"$in": ["a"]}}),
        (
            {"user_id": {"$eq": "u1"}, "page": 1},
            {"$and": [{"user_id": {"$eq": "u1"}}, {"page": {"$eq": 1}}]},
        ),
    ],
)
def test_a_filter_is_sent_in_pinecones_form(
    server: PineconeServer, paced: Paced, filter: Filter, sent: object
) -> None:
    paced.store.query(DOCUMENTS, X, filter=filter, top_k=1)
    (request,) = server.requests
    assert request.body["filter"] == sent


def test_an_empty_filter_and_an_empty_sparse_vector_are_not_sent(
    server: PineconeServer, paced: Paced
) -> None:
    paced.store.query(DOCUMENTS, X, filter={}, top_k=1)
    paced.store.upsert(DOCUMENTS, [record("a")])
    query, upsert = server.requests
    assert not {"filter", "sparseVector"} & set(query.body)
    assert "sparseValues" not in upsert.body["vectors"][0]


def test_an_empty_in_sends_no_request(server: PineconeServer, paced: Paced) -> None:
    filter: Filter = {"user_id": "u1", "file_id": {"$in": []}}
    assert paced.store.query(DOCUMENTS, X, filter=filter, top_k=1) == []
    assert server.requests == []


def test_without_work_no_request_is_sent(server: PineconeServer, paced: Paced) -> None:
    paced.store.upsert(DOCUMENTS, [])
    paced.store.delete(DOCUMENTS, [])
    assert paced.store.fetch(DOCUMENTS, []) == {}
    assert server.requests == []


def test_a_whole_number_comes_back_as_an_integer(paced: Paced) -> None:
    metadata: dict[str, MetadataValue] = {"page": 3, "weight": 0.5, "huge": 1e300, "draft": True}
    paced.store.upsert(DOCUMENTS, [Vector("a", X, metadata)])
    (match,) = paced.store.query(DOCUMENTS, X, filter={}, top_k=1)
    for found in (match.metadata, paced.store.fetch(DOCUMENTS, ["a"])["a"].metadata):
        assert found == metadata
        assert [type(value) for value in found.values()] == [int, float, float, bool]


def filled(values: Sequence[float], size: int) -> list[Vector]:
    """Records of ``size`` bytes, as the port measures them."""
    vectors = [record(f"r{number:02}", values, text="x" * 40_000) for number in range(52)]
    short = size - sum(map(record_bytes, vectors)) - record_bytes(record("last", values, text=""))
    return [*vectors, record("last", values, text="\x7f" * short)]


@pytest.mark.parametrize(
    ("values", "size"),
    [((1.0, 2.0, 3.0), MAX_UPSERT_BYTES), ((1, 2, 3), MAX_UPSERT_BYTES - 100)],
    ids=["full but for the envelope", "longer on the wire"],
)
def test_an_upsert_that_exceeds_2_mb_on_the_wire_is_sent_in_two_requests(
    server: PineconeServer, paced: Paced, values: Sequence[float], size: int
) -> None:
    vectors = filled(values, size)
    assert sum(map(record_bytes, vectors)) == size
    paced.store.upsert(DOCUMENTS, vectors)
    first, second = server.requests
    assert MAX_BODY_BYTES - 50_000 < first.size <= MAX_BODY_BYTES
    assert [vector["id"] for vector in second.body["vectors"]] == ["last"]
    server.requests.clear()
    paced.store.upsert(DOCUMENTS, vectors[:-1])
    assert len(server.requests) == 1


def test_a_fetch_is_split_into_urls_that_proxies_accept(server: PineconeServer, paced: Paced) -> None:
    ids = [f"user/{number:04}/" + "é~ %".encode().hex() * 4 for number in range(1000)]
    paced.store.upsert(DOCUMENTS, [record(ids[0], X), record(ids[999], X)])
    server.requests.clear()
    assert list(paced.store.fetch(DOCUMENTS, ids)) == [ids[0], ids[999]]
    assert [id for request in server.requests for id in request.params["ids"]] == ids
    assert len(server.requests) < 20
    longest = max(sum(len(quote(id, safe="")) + 5 for id in r.params["ids"]) for r in server.requests)
    assert longest < MAX_URL_CHARACTERS


def test_a_query_requests_a_few_more_matches_than_top_k(server: PineconeServer, paced: Paced) -> None:
    for top_k in (1, 995, 1000):
        paced.store.query(DOCUMENTS, X, filter={}, top_k=top_k)
    assert [request.body["topK"] for request in server.requests] == [17, 1000, 1000]


# Freshness


def queries(server: PineconeServer) -> int:
    return sum(request.path == "/query" for request in server.requests)


def test_a_query_waits_to_see_what_the_store_wrote(server: PineconeServer, paced: Paced) -> None:
    server.index.lag(queries=3)
    paced.store.upsert(DOCUMENTS, [record("a")])
    assert paced.store.query(DOCUMENTS, X, filter={}, top_k=1) == [Match("a", 1.0, {})]
    assert queries(server) == 4
    assert paced.pauses == [0.1] * 3
    paced.store.query(DOCUMENTS, X, filter={}, top_k=1)
    assert queries(server) == 5


def test_a_query_waits_only_briefly_and_only_once(server: PineconeServer, paced: Paced) -> None:
    server.index.lag()
    paced.store.upsert(DOCUMENTS, [record("a")])
    assert paced.store.query(DOCUMENTS, X, filter={}, top_k=1) == []
    assert 0.8 < sum(paced.pauses) <= 1.0
    paced.pauses.clear()
    assert paced.store.query(DOCUMENTS, X, filter={}, top_k=1) == []
    assert paced.pauses == []


def test_a_query_does_not_wait_beyond_its_time_or_for_another_namespace(server: PineconeServer) -> None:
    server.index.lag()
    paced = Paced(server.host, seconds=0.35)
    paced.store.upsert("intelligence", [record("a")])
    paced.store.query(DOCUMENTS, X, filter={}, top_k=1)
    assert paced.pauses == []
    paced.store.query("intelligence", X, filter={}, top_k=1)
    assert 0.2 < sum(paced.pauses) <= 0.35
    paced.store.close()


def test_a_query_does_not_wait_if_the_service_reports_no_position(
    server: PineconeServer, paced: Paced
) -> None:
    paced.store.upsert(DOCUMENTS, [record("a")])
    server.fail(answering({"matches": []}))
    assert paced.store.query(DOCUMENTS, X, filter={}, top_k=1) == []
    assert paced.pauses == []


# The client


def test_threads_share_a_store(server: PineconeServer, shared: PineconeVectorStore) -> None:
    def work(number: int) -> list[Match]:
        shared.upsert(DOCUMENTS, [record(f"r{number}", user_id=f"u{number}")])
        return shared.query(DOCUMENTS, X, filter={"user_id": f"u{number}"}, top_k=5)

    with ThreadPoolExecutor(8) as pool:
        for number, matches in enumerate(pool.map(work, range(40))):
            assert [match.id for match in matches] == [f"r{number}"]


def test_a_closed_store_opens_again(paced: Paced) -> None:
    paced.store.upsert(DOCUMENTS, [record("a")])
    paced.store.close()
    paced.store.close()
    assert paced.store.ids(DOCUMENTS, "").items == ["a"]


def test_the_client_is_imported_at_the_first_call() -> None:
    program = (
        "import sys; from adapters.pinecone.store import PineconeVectorStore; from adapters.system import SystemClock;"
        "from adapters.upstream.calls import Retries;"
        "PineconeVectorStore('index.svc.pinecone.io', lambda: 'key', 3, Retries(SystemClock()));"
        "sys.exit(any(name.partition('.')[0] in ('pinecone', 'httpx') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "index",
        "https://",
        "http://index.svc.pinecone.io",
        "ftp://a.b",
        "a.b c",
        "a.b:x",
        "a.b\n",
        "http://",
    ],
)
def test_an_invalid_host_is_refused_at_once(host: str) -> None:
    with pytest.raises(ValueError, match="host"):
        PineconeVectorStore(host, lambda: KEY, DIMENSION, Retries(SystemClock()))


@pytest.mark.parametrize("key", ["", " ", "pcsk_canary\n", "pcsk_canaré"])
def test_an_invalid_key_is_refused_at_the_first_call_and_sent_nowhere(key: str) -> None:
    store = PineconeVectorStore("index.svc.pinecone.io", lambda: key, DIMENSION, Retries(SystemClock()))
    with pytest.raises(Unavailable, match="key") as caught:
        store.fetch(DOCUMENTS, ["a"])
    assert "canar" not in str(caught.value)


# The stub refuses, as Pinecone does, requests that the adapter's own checks should not let through.


@pytest.fixture
def index() -> PineconeIndex:
    return PineconeIndex(DIMENSION)


def wire(id: str = "a", **fields: Any) -> dict[str, Any]:
    return {"id": id, "values": [1.0, 0.0, 0.0]} | fields


@pytest.mark.parametrize(
    "vectors",
    [
        [],
        [wire()] * 1001,
        [wire("")],
        [wire("x" * 513)],
        [wire("é")],
        [wire(values=[1.0])],
        [wire(values=[0.0, 0.0, 0.0])],
        [wire(values=[math.inf, 0.0, 0.0])],
        [wire(metadata={"a": None})],
        [wire(metadata={"a": [1]})],
        [wire(metadata={"a": {}})],
        [wire(metadata={"a": "x" * 41_000})],
        [wire(sparseValues={"indices": [], "values": []})],
        [wire(sparseValues={"indices": [1], "values": [0.0]})],
        [wire(sparseValues={"indices": [1, 1], "values": [1.0, 1.0]})],
    ],
    ids=range(15),
)
def test_the_stub_refuses_an_upsert(index: PineconeIndex, vectors: list[Any]) -> None:
    with pytest.raises(Refusal):
        index.upsert({"namespace": DOCUMENTS, "vectors": vectors})


@pytest.mark.parametrize(
    "change",
    [
        {"topK": 0},
        {"topK": 10_001},
        {"vector": [1.0]},
        {"vector": None},
        {"filter": {"a": {"$in": []}}},
        {"filter": {"a": {"$like": "x"}}},
        {"filter": {"a": None}},
        {"filter": {"$not": {"a": "x"}}},
        {"filter": {"$and": []}},
    ],
    ids=range(9),
)
def test_the_stub_refuses_a_query(index: PineconeIndex, change: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        index.query({"namespace": DOCUMENTS, "vector": list(X), "topK": 1} | change)


def test_the_stub_deletes_by_the_filter_alone(index: PineconeIndex) -> None:
    vectors = [wire("a", metadata={"f": "1"}), wire("b", metadata={"f": "2"})]
    index.upsert({"namespace": DOCUMENTS, "vectors": vectors})
    index.delete({"namespace": DOCUMENTS, "ids": ["a"], "filter": {"f": "2"}})
    assert index.list(DOCUMENTS, "", 100, None).body["vectors"] == [{"id": "a"}]


def test_the_stub_counts_the_log_of_each_namespace(index: PineconeIndex) -> None:
    index.upsert({"namespace": "other", "vectors": [wire()]})
    index.lag()
    assert index.upsert({"namespace": DOCUMENTS, "vectors": [wire()]}).headers == {
        "x-pinecone-request-lsn": "1"
    }
    query = {"namespace": DOCUMENTS, "vector": list(X), "sparseVector": None, "topK": 1}
    assert index.query(query).headers == {"x-pinecone-max-indexed-lsn": "0"}
    index.catch_up()
    assert index.query(query).headers == {"x-pinecone-max-indexed-lsn": "1"}


def test_the_stub_knows_its_pages(index: PineconeIndex) -> None:
    index.upsert({"namespace": DOCUMENTS, "vectors": [wire("a"), wire("b")]})
    token = index.list(DOCUMENTS, "", 1, None).body["pagination"]["next"]
    assert "pagination" not in index.list(DOCUMENTS, "", 1, token).body
    for prefix, bad in (("a", token), ("", "%"), ("", "e30=")):
        with pytest.raises(Refusal):
            index.list(DOCUMENTS, prefix, 1, bad)
    with pytest.raises(Refusal):
        index.list(DOCUMENTS, "", 101, None)


def test_the_stub_answers_a_query_by_sparse_values_alone(index: PineconeIndex) -> None:
    sparse = {"indices": [7], "values": [2.0]}
    index.upsert({"namespace": DOCUMENTS, "vectors": [wire(sparseValues=sparse)]})
    (match,) = index.query({"namespace": DOCUMENTS, "sparseVector": sparse, "topK": 1}).body["matches"]
    assert match["score"] == 4.0
