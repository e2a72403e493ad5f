"""The contract of ``VectorStore``. A subclass gives the fixture ``store``, with vectors of dimension 3."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from ports.vector_store import (
    MAX_IDS,
    MAX_IN_VALUES,
    MAX_METADATA_BYTES,
    MAX_SPARSE_VALUES,
    MAX_TOP_K,
    MAX_UPSERT_BYTES,
    MAX_UPSERT_RECORDS,
    Filter,
    InvalidVector,
    Match,
    MetadataValue,
    SparseVector,
    Vector,
    VectorStore,
    batches,
    record_bytes,
)

DIMENSION = 3
DOCUMENTS = "documents"
X = (1.0, 0.0, 0.0)
NO_NUMBER = math.nan


def record(
    id: str, values: Sequence[float] = X, sparse: SparseVector = SparseVector(), **metadata: MetadataValue
) -> Vector:
    return Vector(id, values, metadata, sparse)


class VectorStoreContract:
    @pytest.fixture
    def store(self) -> VectorStore:
        raise NotImplementedError

    def settle(self, store: VectorStore) -> None:
        """Wait until reads of ``store`` see every write. Does nothing for stores whose reads always do."""

    def put(self, store: VectorStore, *vectors: Vector, namespace: str = DOCUMENTS) -> None:
        store.upsert(namespace, vectors)
        self.settle(store)

    def matches(
        self,
        store: VectorStore,
        values: Sequence[float] = X,
        *,
        filter: Filter | None = None,
        top_k: int = 10,
        sparse: SparseVector = SparseVector(),
        namespace: str = DOCUMENTS,
    ) -> list[Match]:
        return store.query(namespace, values, filter=filter or {}, top_k=top_k, sparse=sparse)

    def found(self, store: VectorStore, filter: Filter) -> set[str]:
        return {match.id for match in self.matches(store, filter=filter, top_k=100)}

    # Scores

    def test_the_score_is_the_dot_product_and_the_best_comes_first(self, store: VectorStore) -> None:
        self.put(
            store, record("a", (0.5, 1.0, 0.0)), record("b", (2.0, 0.0, 0.0)), record("c", (-1.0, 0.0, 3.0))
        )
        matches = self.matches(store, (1.0, 2.0, 0.0))
        assert [match.id for match in matches] == ["a", "b", "c"]
        assert [match.score for match in matches] == pytest.approx([2.5, 2.0, -1.0])

    def test_sparse_products_add_to_dense_ones(self, store: VectorStore) -> None:
        self.put(
            store,
            record("both", (1.0, 0.0, 0.0), SparseVector((0, 7, 2**32 - 1), (5.0, 2.0, 1.0))),
            record("other", (1.0, 0.0, 0.0), SparseVector((6, 8), (100.0, 100.0))),
            record("dense", (2.0, 0.0, 0.0)),
        )
        matches = self.matches(store, sparse=SparseVector((7, 9, 2**32 - 1), (0.5, 3.0, -4.0)))
        assert [(match.id, match.score) for match in matches] == [
            ("dense", 2.0),
            ("other", 1.0),
            ("both", -2.0),
        ]

    def test_with_all_values_zero_the_sparse_part_decides_alone(self, store: VectorStore) -> None:
        self.put(
            store,
            record("a", (9.0, 0.0, 0.0), SparseVector((3,), (1.0,))),
            record("b", X, SparseVector((3,), (2.0,))),
        )
        matches = self.matches(store, (0.0, 0.0, 0.0), sparse=SparseVector((3,), (1.5,)))
        assert [(match.id, match.score) for match in matches] == [("b", 3.0), ("a", 1.5)]

    def test_equal_scores_come_by_id(self, store: VectorStore) -> None:
        self.put(
            store,
            *(record(id, (0.1, 0.2, 0.3)) for id in ("d", "b", "a", "B", "c")),
            record("z", (9.0, 9.0, 9.0)),
        )
        assert [match.id for match in self.matches(store, (0.3, 0.2, 0.1), top_k=4)] == ["z", "B", "a", "b"]

    def test_no_more_than_top_k_and_no_more_than_there_are(self, store: VectorStore) -> None:
        self.put(store, *(record(f"r{number:03}", (number + 1.0, 0.0, 0.0)) for number in range(30)))
        assert [match.id for match in self.matches(store, top_k=2)] == ["r029", "r028"]
        assert len(self.matches(store, top_k=MAX_TOP_K)) == 30

    def test_a_match_carries_its_metadata(self, store: VectorStore) -> None:
        metadata: dict[str, MetadataValue] = {
            "text": 'Zellatmung – 細胞呼吸 "quoted" \n\0',
            "page": 3,
            "weight": 0.25,
            "draft": False,
            "tags": ["a", "b"],
            "none": [],
        }
        self.put(store, Vector("a", X, metadata))
        (match,) = self.matches(store)
        assert match.metadata == metadata
        assert match.metadata["draft"] is False

    # Filters

    def test_an_empty_filter_admits_all(self, store: VectorStore) -> None:
        self.put(store, record("a"), record("b", user_id="u1"))
        assert self.found(store, {}) == {"a", "b"}

    @pytest.mark.parametrize(
        "filter", [{"user_id": "u1"}, {"user_id": {"$eq": "u1"}}, {"user_id": {"$in": ["u1"]}}]
    )
    def test_a_string_must_be_equal(self, store: VectorStore, filter: Filter) -> None:
        self.put(
            store,
            record("a", user_id="u1"),
            record("b", user_id="u11"),
            record("c", user_id="U1"),
            record("d", user_id=""),
            record("e", subject_id="u1"),
            record("f", user_id=1),
        )
        assert self.found(store, filter) == {"a"}

    def test_in_admits_any_of_its_strings(self, store: VectorStore) -> None:
        self.put(store, *(record(id, file_id=id) for id in "abcd"), record("e"))
        assert self.found(store, {"file_id": {"$in": ["a", "c", "nowhere"]}}) == {"a", "c"}

    def test_an_empty_in_matches_nothing(self, store: VectorStore) -> None:
        self.put(store, record("a", file_id="f"), record("b", file_id=""), record("c"))
        assert self.found(store, {"file_id": {"$in": []}}) == set()

    def test_a_list_matches_if_any_member_does(self, store: VectorStore) -> None:
        self.put(
            store,
            record("a", tags=["x", "y"]),
            record("b", tags=["y", "y"]),
            record("c", tags=[]),
            record("d", tags="x"),
        )
        assert self.found(store, {"tags": "x"}) == {"a", "d"}
        assert self.found(store, {"tags": {"$eq": "y"}}) == {"a", "b"}
        assert self.found(store, {"tags": {"$in": ["x", "y"]}}) == {"a", "b", "d"}
        assert self.found(store, {"tags": "x, y"}) == set()

    def test_all_fields_must_match(self, store: VectorStore) -> None:
        self.put(
            store,
            record("a", user_id="u1", subject_id="s1", page=1),
            record("b", user_id="u1", subject_id="s2", page=1),
            record("c", user_id="u2", subject_id="s1", page=1),
            record("d", user_id="u1", subject_id="s1", page=2),
        )
        assert self.found(store, {"user_id": "u1", "subject_id": {"$in": ["s1"]}, "page": {"$eq": 1}}) == {
            "a"
        }

    def test_a_record_without_the_field_does_not_match(self, store: VectorStore) -> None:
        self.put(store, record("a", page=1))
        assert self.found(store, {"user_id": ""}) == set()
        assert self.found(store, {"page": 1, "user_id": "u1"}) == set()
        assert self.found(store, {"draft": False}) == set()

    def test_a_boolean_is_no_number_and_no_string(self, store: VectorStore) -> None:
        self.put(
            store,
            record("true", f=True),
            record("one", f=1),
            record("float", f=1.0),
            record("string", f="True"),
            record("false", f=False),
            record("zero", f=0),
            record("digit", f="1"),
        )
        assert self.found(store, {"f": True}) == {"true"}
        assert self.found(store, {"f": {"$eq": False}}) == {"false"}
        assert self.found(store, {"f": 1}) == {"one", "float"}
        assert self.found(store, {"f": 1.0}) == {"one", "float"}
        assert self.found(store, {"f": "1"}) == {"digit"}

    def test_numbers_compare_by_value(self, store: VectorStore) -> None:
        self.put(
            store,
            record("a", n=0.1),
            record("b", n=-0.0),
            record("c", n=2**53),
            record("d", n=2**53 - 1),
            record("e", n=-3),
        )
        assert self.found(store, {"n": 0.1}) == {"a"}
        assert self.found(store, {"n": 0}) == {"b"}
        assert self.found(store, {"n": float(2**53)}) == {"c"}
        assert self.found(store, {"n": 2**53 - 1}) == {"d"}
        assert self.found(store, {"n": {"$eq": -3.0}}) == {"e"}

    def test_the_filter_is_applied_before_the_best_are_chosen(self, store: VectorStore) -> None:
        """A store that searches first and filters afterwards would find nothing."""
        others = [record(f"o{number}", (100.0 + number, 0.0, 0.0), user_id="u2") for number in range(200)]
        self.put(store, *others, record("mine", (0.5, 0.0, 0.0), user_id="u1"))
        assert [match.id for match in self.matches(store, filter={"user_id": "u1"}, top_k=3)] == ["mine"]

    # Writes

    def test_an_upsert_replaces_the_whole_record(self, store: VectorStore) -> None:
        self.put(store, record("a", X, SparseVector((1,), (9.0,)), old="1", user_id="u1"))
        self.put(store, record("a", (0.0, 5.0, 0.0), user_id="u2"))
        (match,) = self.matches(store, (1.0, 1.0, 0.0), sparse=SparseVector((1,), (1.0,)))
        assert match == Match("a", 5.0, {"user_id": "u2"})
        assert self.found(store, {"user_id": "u1"}) == set()
        assert self.found(store, {"old": "1"}) == set()
        assert self.found(store, {"user_id": "u2"}) == {"a"}
        assert store.ids(DOCUMENTS, "").items == ["a"]

    def test_a_fetch_answers_what_was_written(self, store: VectorStore) -> None:
        self.put(
            store,
            record("a", (0.5, -0.25, 0.1), SparseVector((0, 2**32 - 1), (0.5, -2.0)), page=1, tags=["x"]),
            record("b"),
        )
        fetched = store.fetch(DOCUMENTS, ["a", "missing", "a"])
        assert list(fetched) == ["a"]
        assert fetched["a"].id == "a"
        assert list(fetched["a"].values) == pytest.approx([0.5, -0.25, 0.1])
        assert fetched["a"].metadata == {"page": 1, "tags": ["x"]}
        assert list(fetched["a"].sparse.indices) == [0, 2**32 - 1]
        assert list(fetched["a"].sparse.values) == [0.5, -2.0]
        assert not store.fetch(DOCUMENTS, ["b"])["b"].sparse.indices

    def test_a_deleted_record_is_gone(self, store: VectorStore) -> None:
        self.put(store, *(record(id, X, SparseVector((1,), (1.0,)), user_id="u1") for id in "abc"))
        store.delete(DOCUMENTS, ["a", "c", "missing"])
        self.settle(store)
        assert [match.id for match in self.matches(store, sparse=SparseVector((1,), (1.0,)))] == ["b"]
        assert self.found(store, {"user_id": "u1"}) == {"b"}
        assert list(store.fetch(DOCUMENTS, ["a", "b"])) == ["b"]
        assert store.ids(DOCUMENTS, "").items == ["b"]
        store.delete(DOCUMENTS, ["a"])

    def test_a_deleted_record_may_come_back(self, store: VectorStore) -> None:
        self.put(store, record("a", old="1"))
        store.delete(DOCUMENTS, ["a"])
        self.put(store, record("a", new="1"))
        assert [match.metadata for match in self.matches(store)] == [{"new": "1"}]

    def test_nothing_to_do_is_no_error(self, store: VectorStore) -> None:
        store.upsert(DOCUMENTS, [])
        store.delete(DOCUMENTS, [])
        assert store.fetch(DOCUMENTS, []) == {}

    def test_namespaces_are_apart(self, store: VectorStore) -> None:
        self.put(store, record("a", where="documents"))
        self.put(store, record("a", where="intelligence"), record("b"), namespace="intelligence")
        assert [match.metadata for match in self.matches(store)] == [{"where": "documents"}]
        assert store.ids("intelligence", "").items == ["a", "b"]
        store.delete(DOCUMENTS, ["a", "b"])
        self.settle(store)
        assert self.matches(store) == []
        assert sorted(store.fetch("intelligence", ["a", "b"])) == ["a", "b"]
        assert len(self.matches(store, namespace="intelligence")) == 2

    def test_a_namespace_that_does_not_exist_is_empty(self, store: VectorStore) -> None:
        assert self.matches(store, namespace="nowhere", sparse=SparseVector((1,), (1.0,))) == []
        assert store.fetch("nowhere", ["a"]) == {}
        assert store.ids("nowhere", "").items == []
        store.delete("nowhere", ["a"])

    def test_the_store_keeps_copies(self, store: VectorStore) -> None:
        values, tags, indices, weights = [1.0, 0.0, 0.0], ["x"], [1], [1.0]
        metadata: dict[str, MetadataValue] = {"tags": tags}
        self.put(store, Vector("a", values, metadata, SparseVector(indices, weights)))
        values[0] = indices[0] = 9
        weights[0] = 9.0
        tags.append("y")
        metadata["more"] = 1
        (match,) = self.matches(store, sparse=SparseVector((1,), (1.0,)))
        assert match == Match("a", 2.0, {"tags": ["x"]})
        match.metadata["more"] = 1
        match.metadata["tags"].append("z")  # type: ignore[union-attr]
        fetched: Any = store.fetch(DOCUMENTS, ["a"])["a"].metadata
        fetched["tags"].append("z")
        fetched["more"] = 1
        assert self.matches(store)[0].metadata == {"tags": ["x"]}
        assert store.fetch(DOCUMENTS, ["a"])["a"].metadata == {"tags": ["x"]}

    # Pages of ids

    def test_ids_come_in_order_page_by_page(self, store: VectorStore) -> None:
        names = [f"user_1_doc_chunk_{number}" for number in range(25)]
        self.put(
            store, *map(record, reversed(names)), record("user_10_doc"), record("user_1"), record("user_2")
        )
        found: list[str] = []
        cursor: str | None = None
        for size in (10, 10, 5):
            page = store.ids(DOCUMENTS, "user_1_", limit=10, cursor=cursor)
            assert len(page.items) == size
            found += page.items
            cursor = page.cursor
        assert cursor is None
        assert found == sorted(names)

    def test_a_full_last_page_ends_the_list(self, store: VectorStore) -> None:
        self.put(store, *map(record, "abcd"))
        first = store.ids(DOCUMENTS, "", limit=2)
        assert first.cursor is not None
        rest = store.ids(DOCUMENTS, "", limit=2, cursor=first.cursor)
        following = [] if rest.cursor is None else store.ids(DOCUMENTS, "", limit=2, cursor=rest.cursor).items
        assert [*first.items, *rest.items, *following] == list("abcd")

    def test_writes_between_pages_move_no_page(self, store: VectorStore) -> None:
        self.put(store, *(record(f"c{number}") for number in range(0, 80, 20)))
        first = store.ids(DOCUMENTS, "c", limit=2)
        assert first.items == ["c0", "c20"]
        self.put(store, record("c1"), record("c30"), record("d"))
        store.delete(DOCUMENTS, ["c20", "c40"])
        self.settle(store)
        second = store.ids(DOCUMENTS, "c", limit=2, cursor=first.cursor)
        assert set(second.items) <= {"c30", "c60"}
        assert "c60" in second.items

    def test_a_prefix_is_no_pattern(self, store: VectorStore) -> None:
        self.put(store, *map(record, ("a_b", "axb", "a%b", "A_b", "a~", "a\x7fz", "a*", "a[", "b")))
        assert store.ids(DOCUMENTS, "a_").items == ["a_b"]
        assert store.ids(DOCUMENTS, "a%").items == ["a%b"]
        assert store.ids(DOCUMENTS, "a*").items == ["a*"]
        assert store.ids(DOCUMENTS, "a").items == ["a%b", "a*", "a[", "a_b", "axb", "a~", "a\x7fz"]
        assert store.ids(DOCUMENTS, "nothing").items == []

    # Limits

    def refused(self, store: VectorStore, *vectors: Vector) -> None:
        with pytest.raises(InvalidVector):
            store.upsert(DOCUMENTS, [record("good"), *vectors])
        self.settle(store)
        assert store.ids(DOCUMENTS, "").items == []

    @pytest.mark.parametrize("id", ["", "x" * 513, "é", "a\0b", "日本"])
    def test_an_id_is_up_to_512_ascii_characters(self, store: VectorStore, id: str) -> None:
        self.refused(store, record(id))
        for call in (store.fetch, store.delete):
            with pytest.raises(InvalidVector):
                call(DOCUMENTS, [id])

    def test_the_longest_and_oddest_ids_are_kept(self, store: VectorStore) -> None:
        odd = ["x" * 512, " ", "'\"\\", "\x01\n", "null"]
        self.put(store, *map(record, odd))
        assert set(store.fetch(DOCUMENTS, odd)) == set(odd)

    @pytest.mark.parametrize(
        "values",
        [
            (),
            (1.0, 0.0),
            (1.0, 0.0, 0.0, 0.0),
            (0.0, 0.0, -0.0),
            (NO_NUMBER, 1.0, 1.0),
            (1.0, -math.inf, 1.0),
            (1e39, 1.0, 1.0),
            (1e-50, 0.0, 0.0),
        ],
    )
    def test_values_are_of_one_dimension_finite_and_not_all_zero(
        self, store: VectorStore, values: Sequence[float]
    ) -> None:
        self.refused(store, record("a", values))

    @pytest.mark.parametrize(
        "values", [(), (1.0, 0.0), (1.0,) * 4, (NO_NUMBER, 1.0, 1.0), (math.inf, 1.0, 1.0)]
    )
    def test_a_query_is_of_that_dimension_and_finite(
        self, store: VectorStore, values: Sequence[float]
    ) -> None:
        with pytest.raises(InvalidVector):
            self.matches(store, values)

    @pytest.mark.parametrize(
        "sparse",
        [
            SparseVector((1, 1), (1.0, 1.0)),
            SparseVector((2, 1), (1.0, 1.0)),
            SparseVector((-1,), (1.0,)),
            SparseVector((2**32,), (1.0,)),
            SparseVector((1,), (0.0,)),
            SparseVector((1,), (NO_NUMBER,)),
            SparseVector((1,), (math.inf,)),
            SparseVector((1, 2), (1.0,)),
            SparseVector((1,), ()),
            SparseVector(range(MAX_SPARSE_VALUES + 1), [1.0] * (MAX_SPARSE_VALUES + 1)),
        ],
        ids=range(10),
    )
    def test_sparse_indices_ascend_and_values_are_not_zero(
        self, store: VectorStore, sparse: SparseVector
    ) -> None:
        self.refused(store, record("a", X, sparse))
        with pytest.raises(InvalidVector):
            self.matches(store, sparse=sparse)

    def test_a_vector_has_up_to_1000_sparse_values(self, store: VectorStore) -> None:
        largest = SparseVector(range(MAX_SPARSE_VALUES), [1.0] * MAX_SPARSE_VALUES)
        self.put(store, record("a", X, largest))
        assert [one.id for one in self.matches(store, sparse=largest)] == ["a"]

    @pytest.mark.parametrize(
        "metadata",
        [
            {"a": None},
            {"a": {"b": 1}},
            {"a": [1, 2]},
            {"a": ["x", None]},
            {"a": NO_NUMBER},
            {"a": math.inf},
            {"a": 2**53 + 1},
            {"a": b"bytes"},
            {"a": "\ud800"},
            {"$a": "x"},
            {"": "x"},
            {1: "x"},
            {"a": "x" * MAX_METADATA_BYTES},
            {"a": "é" * (MAX_METADATA_BYTES // 2)},
        ],
        ids=range(14),
    )
    def test_metadata_is_flat_without_nulls_and_up_to_40_kb(self, store: VectorStore, metadata: Any) -> None:
        self.refused(store, Vector("a", X, metadata))

    def test_metadata_of_40_kb_is_kept(self, store: VectorStore) -> None:
        text = "x" * (MAX_METADATA_BYTES - len('{"text":""}'))
        self.put(store, record("a", text=text))
        assert store.fetch(DOCUMENTS, ["a"])["a"].metadata == {"text": text}

    def test_an_upsert_takes_1000_records(self, store: VectorStore) -> None:
        vectors = [record(f"r{number}") for number in range(MAX_UPSERT_RECORDS + 1)]
        with pytest.raises(InvalidVector):
            store.upsert(DOCUMENTS, vectors)
        self.put(store, *vectors[1:])
        assert len(self.matches(store, top_k=MAX_TOP_K)) == MAX_UPSERT_RECORDS

    def test_an_upsert_takes_2_mb(self, store: VectorStore) -> None:
        vectors = [record(f"r{number:02}", text="x" * 40_000) for number in range(60)]
        fitting = MAX_UPSERT_BYTES // record_bytes(vectors[0])
        with pytest.raises(InvalidVector):
            store.upsert(DOCUMENTS, vectors[: fitting + 1])
        self.put(store, *vectors[:fitting])
        assert len(self.matches(store, top_k=MAX_TOP_K)) == fitting

    def test_any_number_of_records_goes_in_batches(self, store: VectorStore) -> None:
        vectors = [record(f"r{number:04}", text="x" * (number % 3 * 4000)) for number in range(1500)]
        cut = list(batches(vectors))
        assert [vector for batch in cut for vector in batch] == vectors
        assert len(cut) > 1
        for batch in cut:
            store.upsert(DOCUMENTS, batch)

    def test_an_upsert_names_a_record_once(self, store: VectorStore) -> None:
        self.refused(store, record("a"), record("a"))

    def test_a_call_takes_1000_ids(self, store: VectorStore) -> None:
        ids = [f"r{number}" for number in range(MAX_IDS + 1)]
        for call in (store.fetch, store.delete):
            call(DOCUMENTS, ids[1:])
            with pytest.raises(InvalidVector):
                call(DOCUMENTS, ids)

    @pytest.mark.parametrize("top_k", [0, -1, MAX_TOP_K + 1, True])
    def test_top_k_is_1_to_1000(self, store: VectorStore, top_k: int) -> None:
        with pytest.raises(InvalidVector):
            self.matches(store, top_k=top_k)

    @pytest.mark.parametrize("limit", [0, -1, 101])
    def test_a_page_is_of_1_to_100_ids(self, store: VectorStore, limit: int) -> None:
        with pytest.raises(InvalidVector):
            store.ids(DOCUMENTS, "", limit=limit)

    @pytest.mark.parametrize(
        "filter",
        [
            {"a": None},
            {"a": ["x"]},
            {"a": {"$eq": ["x"]}},
            {"a": {"$eq": None}},
            {"a": {"$in": "x"}},
            {"a": {"$in": [1]}},
            {"a": {"$ne": "x"}},
            {"a": {"$eq": "x", "$in": ["x"]}},
            {"a": {}},
            {"a": NO_NUMBER},
            {"a": 2**53 + 1},
            {"a": "\ud800"},
            {"$and": [{"a": "x"}]},
            {"": "x"},
            {"a": {"$in": ["x"] * (MAX_IN_VALUES + 1)}},
        ],
        ids=range(15),
    )
    def test_a_filter_supports_only_eq_and_in(self, store: VectorStore, filter: Any) -> None:
        with pytest.raises(InvalidVector):
            self.matches(store, filter=filter)

    @pytest.mark.parametrize("namespace", ["", "x" * 513, "é", "a\0"])
    def test_a_namespace_is_up_to_512_ascii_characters(self, store: VectorStore, namespace: str) -> None:
        with pytest.raises(InvalidVector):
            store.upsert(namespace, [record("a")])
        with pytest.raises(InvalidVector):
            self.matches(store, namespace=namespace)
        with pytest.raises(InvalidVector):
            store.fetch(namespace, ["a"])
        with pytest.raises(InvalidVector):
            store.delete(namespace, ["a"])
        with pytest.raises(InvalidVector):
            store.ids(namespace, "")

    def test_compacting_keeps_what_was_not_deleted(self, store: VectorStore) -> None:
        self.put(store, record("kept", user_id="u1"), record("deleted"))
        store.delete(DOCUMENTS, ["deleted"])
        self.settle(store)
        store.compact()
        store.compact()
        assert self.matches(store) == [Match("kept", 1.0, {"user_id": "u1"})]
        self.put(store, record("added"))
        assert len(self.matches(store)) == 2

    def test_closing_twice_is_no_error(self, store: VectorStore) -> None:
        self.put(store, record("a"))
        store.close()
        store.close()
