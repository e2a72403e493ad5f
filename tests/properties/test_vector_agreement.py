"""The fake and the SQLite store give the same answers, whatever was written, deleted or reopened before."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.local.stores.vectors import SQLiteVectorStore
from fakes.vector_store import InMemoryVectorStore
from ports.paging import Page, every
from ports.vector_store import Filter, Match, MetadataValue, SparseVector, Vector

DIMENSION = 3
T = TypeVar("T")

# Sums of such products are exact in 64 bits, so both must agree on every tie.
quarters = st.integers(-8, 8).map(lambda number: number / 4)
queries = st.lists(quarters, min_size=DIMENSION, max_size=DIMENSION)
dense = queries.filter(any)
terms = st.sampled_from((0, 1, 2, 77, 2**31, 2**32 - 1))
sparse_vectors = st.dictionaries(terms, quarters.filter(bool), max_size=4).map(
    lambda weights: SparseVector(sorted(weights), [weights[index] for index in sorted(weights)])
)
namespaces = st.sampled_from(("documents", "intelligence"))
ids = st.sampled_from([f"{learner}_{chunk}" for learner in ("u1", "u2", "u11") for chunk in range(5)])
strings = st.sampled_from(("", "a", "b", "True", "1"))
scalars = strings | st.booleans() | st.sampled_from((0, 1, 1.0, -0.0, 0.5))
fields = st.sampled_from(("user_id", "page", "tags"))
metadata: st.SearchStrategy[dict[str, MetadataValue]] = st.dictionaries(
    fields, scalars | st.lists(strings, max_size=3), max_size=3
)
filters: st.SearchStrategy[Filter] = st.dictionaries(
    fields,
    scalars
    | st.builds(lambda value: {"$eq": value}, scalars)
    | st.builds(lambda values: {"$in": values}, st.lists(strings, max_size=3)),
    max_size=2,
)
vectors = st.builds(Vector, ids, dense, metadata, sparse_vectors)

EVERYTHING: tuple[Filter, int] = ({}, 1000)
SOMETHING: tuple[Filter, int] = ({"tags": {"$in": ["a", "b", "1"]}}, 2)


def plain(vector: Vector) -> tuple[str, list[float], dict[str, MetadataValue], list[tuple[int, float]]]:
    pairs = list(zip(vector.sparse.indices, vector.sparse.values, strict=True))
    return vector.id, list(vector.values), dict(vector.metadata), pairs


class VectorStores(RuleBasedStateMachine):
    """Two instances share the file. Each rule uses one of them, chosen at random."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.fake = InMemoryVectorStore(DIMENSION)
        self.stores = [self.opened(), self.opened()]

    def opened(self) -> SQLiteVectorStore:
        path = Path(self.folder.name) / "vectors.db"
        return SQLiteVectorStore(path, DIMENSION, kept_removals=12, kept_dead=3)

    def agree(self, call: Callable[[InMemoryVectorStore | SQLiteVectorStore], T]) -> T:
        expected = call(self.fake)
        for store in self.stores:
            assert call(store) == expected
        return expected

    @rule(
        which=st.integers(0, 1),
        namespace=namespaces,
        batch=st.lists(vectors, max_size=8, unique_by=lambda v: v.id),
    )
    def upsert(self, which: int, namespace: str, batch: list[Vector]) -> None:
        self.fake.upsert(namespace, batch)
        self.stores[which].upsert(namespace, batch)

    @rule(which=st.integers(0, 1), namespace=namespaces, gone=st.lists(ids, max_size=6))
    def delete(self, which: int, namespace: str, gone: list[str]) -> None:
        self.fake.delete(namespace, gone)
        self.stores[which].delete(namespace, gone)

    @rule(
        namespace=namespaces, values=queries, filter=filters, sparse=sparse_vectors, top_k=st.integers(1, 20)
    )
    def query(
        self, namespace: str, values: list[float], filter: Filter, sparse: SparseVector, top_k: int
    ) -> None:
        self.agree(lambda store: store.query(namespace, values, filter=filter, top_k=top_k, sparse=sparse))

    @rule(namespace=namespaces, wanted=st.lists(ids, max_size=6))
    def fetch(self, namespace: str, wanted: list[str]) -> None:
        self.agree(lambda store: {id: plain(vector) for id, vector in store.fetch(namespace, wanted).items()})

    @rule(
        namespace=namespaces,
        prefix=st.sampled_from(("", "u", "u1", "u1_", "u2_3", "x")),
        limit=st.integers(1, 6),
    )
    def page_through_ids(self, namespace: str, prefix: str, limit: int) -> None:
        def page_of(cursor: str | None) -> Page[str]:
            page: Page[str] = self.agree(
                lambda store: store.ids(namespace, prefix, limit=limit, cursor=cursor)
            )
            return page

        list(every(page_of))

    @precondition(lambda self: self.fake.calls)
    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = self.opened()

    @rule(which=st.integers(0, 1))
    def compact(self, which: int) -> None:
        self.stores[which].compact()

    @invariant()
    def hold_the_same_records(self) -> None:
        """Only the first instance is asked, so that the second sometimes has old data in memory."""
        weights = SparseVector((0, 77), (1.0, -0.5))
        for namespace in ("documents", "intelligence"):
            for filter, top_k in EVERYTHING, SOMETHING:
                query = (namespace, [1.0, 0.5, 0.25])
                expected = self.fake.query(*query, filter=filter, top_k=top_k, sparse=weights)
                assert self.stores[0].query(*query, filter=filter, top_k=top_k, sparse=weights) == expected

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()


class DeepVectorStores(VectorStores):
    pass


TestVectorStores = VectorStores.TestCase
TestVectorStores.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestDeepVectorStores = pytest.mark.slow(DeepVectorStores.TestCase)
TestDeepVectorStores.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)

floats = st.floats(-100, 100, width=32)
any_dense = st.lists(floats, min_size=DIMENSION, max_size=DIMENSION).filter(
    lambda values: max(map(abs, values)) > 1e-3
)


def agree_nearly(found: list[Match], expected: list[Match], ranking: dict[str, float]) -> None:
    """Assert nearly equal scores at each place. Records may have exchanged places only if their scores are nearly equal."""
    assert [match.score for match in found] == pytest.approx(
        [match.score for match in expected], rel=1e-5, abs=1e-5
    )
    for match in found:
        assert match.score == pytest.approx(ranking[match.id], rel=1e-5, abs=1e-5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    records=st.lists(st.tuples(any_dense, st.integers(0, 2)), min_size=1, max_size=60),
    values=st.lists(floats, min_size=DIMENSION, max_size=DIMENSION),
    top_k=st.integers(1, 10),
)
def test_the_vector_stores_agree_on_any_numbers(
    records: list[tuple[list[float], int]], values: list[float], top_k: int
) -> None:
    batch = [Vector(f"r{n}", dense, {"page": page}) for n, (dense, page) in enumerate(records)]
    fake = InMemoryVectorStore(DIMENSION)
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteVectorStore(Path(folder) / "vectors.db", DIMENSION)
        for each in (fake, store):
            each.upsert("documents", batch)
        for filter in ({}, {"page": 1}):
            ranking = {m.id: m.score for m in fake.query("documents", values, filter=filter, top_k=1000)}
            expected = fake.query("documents", values, filter=filter, top_k=top_k)
            agree_nearly(store.query("documents", values, filter=filter, top_k=top_k), expected, ranking)
        store.close()
