"""The contract of ``KeyValueStore``. A subclass has the fixture ``store``, made with ``TABLES`` and ``clock``."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from fakes.system import FrozenClock
from ports.key_value_store import (
    MAX_ITEM_BYTES,
    MAX_PAGE_BYTES,
    Check,
    ConditionFailed,
    Delete,
    Index,
    InvalidItem,
    Item,
    ItemTooLarge,
    KeyValueStore,
    Put,
    Table,
    cursor_after,
    size_of,
)
from ports.paging import InvalidCursor
from ports.personal_data import NotPersonal

MADE_UP = NotPersonal("rows that a test makes up")
DOCUMENTS = Table(
    "documents",
    partition="document_id",
    indexes=(
        Index("by-owner", partition="owner_id", sort="uploaded_at"),
        Index("by-subject", partition="subject_id"),
    ),
    personal=MADE_UP,
)
MESSAGES = Table("messages", partition="conversation_id", sort="sort_key", personal=MADE_UP)
TICKETS = Table(
    "tickets",
    partition="ticket_id",
    indexes=(Index("by-owner", partition="owner_id", sort="ticket_id"),),
    ttl="expires_at",
    personal=MADE_UP,
)
TABLES = (DOCUMENTS, MESSAGES, TICKETS)


def message(number: int, conversation_id: str = "c", **attributes: Any) -> Item:
    return {"conversation_id": conversation_id, "sort_key": f"m#{number:04}", **attributes}


def document(document_id: str, owner_id: str = "ada", uploaded_at: str = "2026", **attributes: Any) -> Item:
    return {"document_id": document_id, "owner_id": owner_id, "uploaded_at": uploaded_at, **attributes}


def all_pages(store: KeyValueStore, table: Table, partition: str, **how: Any) -> list[Item]:
    """The items of all pages. Asserts that no page has more items than the limit."""
    items: list[Item] = []
    cursor = None
    for _ in range(500):
        page = store.query(table, partition, cursor=cursor, **how)
        assert len(page.items) <= how.get("limit", 100)
        items += page.items
        cursor = page.cursor
        if cursor is None:
            return items
    raise AssertionError("the pages have no end")


def sort_keys(items: Sequence[Item]) -> list[str]:
    return [item["sort_key"] for item in items]


class KeyValueStoreContract:
    orders_equal_sort_values = True
    """Whether items with the same sort value in an index are ordered by table key.

    DynamoDB promises no order among them, only that no page omits or repeats one. No other difference between stores is
    allowed here.
    """
    additions_at_once = 4
    """The number of threads. Moto checks a condition and writes in two steps; DynamoDB does it in one."""
    margin_seconds = 1
    """The number of seconds before its expiry at which an item is read. With a real clock, reading takes time."""

    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock()

    @pytest.fixture
    def store(self, clock: FrozenClock) -> KeyValueStore:
        raise NotImplementedError

    # Values

    def test_an_item_that_was_never_written_is_absent(self, store: KeyValueStore) -> None:
        assert store.get(DOCUMENTS, {"document_id": "none"}) is None

    def test_values_come_back_equal(self, store: KeyValueStore) -> None:
        item = document(
            "d",
            nothing=None,
            yes=True,
            no=False,
            zero=0,
            small=-7,
            large=10**38 - 1,
            tenth=0.1,
            third=1 / 3,
            tiny=1e-130,
            huge=9.9e125,
            whole=3.0,
            negative=-2.5e-9,
            empty="",
            texts=["", "a", [], {}],
            nested={"list": [1, 2.5, {"deep": [None]}], "naïve": {"ключ": "значение"}},
        )
        store.put(DOCUMENTS, item)
        assert store.get(DOCUMENTS, {"document_id": "d"}) == item

    def test_truth_values_stay_apart_from_numbers(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", values=[True, 1, False, 0]))
        item = store.get(DOCUMENTS, {"document_id": "d"})
        assert item is not None
        assert [type(value) for value in item["values"]] == [bool, int, bool, int]

    @pytest.mark.parametrize(
        "text",
        [
            "Ünïcödé",
            "日本語",
            "🎓🧮",
            "a\u0000b",
            "'; DROP TABLE x --",
            'quo"te',
            "line\nline\u2028line",
            "e\u0301",
        ],
    )
    def test_any_text_is_a_key_and_a_value(self, store: KeyValueStore, text: str) -> None:
        item = {"conversation_id": text, "sort_key": text, "text": text, text: 1}
        store.put(MESSAGES, item)
        assert store.get(MESSAGES, {"conversation_id": text, "sort_key": text}) == item
        assert store.query(MESSAGES, text).items == [item]

    def test_texts_that_look_alike_are_different_keys(self, store: KeyValueStore) -> None:
        names = ["a", "A", "é", "e\u0301", " a", "a "]
        for name in names:
            store.put(DOCUMENTS, document(name, name=name))
        assert [store.get(DOCUMENTS, {"document_id": name}) for name in names] == [
            document(name, name=name) for name in names
        ]

    def test_the_store_keeps_and_returns_copies(self, store: KeyValueStore) -> None:
        tags = ["a"]
        item = document("d", tags=tags)
        store.put(DOCUMENTS, item)
        tags.append("b")
        item["owner_id"] = "eve"
        first = store.get(DOCUMENTS, {"document_id": "d"})
        assert first == document("d", tags=["a"])
        first["tags"].append("c")
        [queried] = store.query(DOCUMENTS, "ada", index="by-owner").items
        assert queried == document("d", tags=["a"])
        queried["tags"].append("d")
        [many, again] = store.get_many(DOCUMENTS, [{"document_id": "d"}] * 2)
        assert many == again == document("d", tags=["a"])
        assert many is not None
        many["tags"].append("e")
        assert again == document("d", tags=["a"])

    @pytest.mark.parametrize(
        "value",
        [
            float("nan"),
            float("inf"),
            float("-inf"),
            1e126,
            1e-131,
            10**38,
            -(10**38),
            b"bytes",
            (1, 2),
            {1},
            {1: "a"},
            {"": "a"},
            "\ud800",
            {"a set"},
            [[float("nan")]],
        ],
        ids=repr,
    )
    def test_a_value_that_cannot_be_stored_is_refused(self, store: KeyValueStore, value: object) -> None:
        with pytest.raises(InvalidItem):
            store.put(DOCUMENTS, document("d", value=value))
        with pytest.raises(InvalidItem):
            store.put_many(DOCUMENTS, [document("d", value={"deep": [value]})])
        with pytest.raises(InvalidItem):
            store.transact([Put(DOCUMENTS, document("d", value=value))])
        assert store.get(DOCUMENTS, {"document_id": "d"}) is None

    def test_nesting_ends_at_32_levels(self, store: KeyValueStore) -> None:
        nested: list[Any] = []
        for _ in range(30):
            nested = [nested]
        store.put(DOCUMENTS, document("d", nested=nested))
        assert store.get(DOCUMENTS, {"document_id": "d"}) == document("d", nested=nested)
        with pytest.raises(InvalidItem):
            store.put(DOCUMENTS, document("d", nested=[nested]))

    # Keys

    @pytest.mark.parametrize(
        "value", ["", None, 7, "x" * 2049, "é" * 1025, "\ud800", ["a"]], ids=lambda v: repr(v)[:9]
    )
    def test_a_bad_partition_key_is_refused(self, store: KeyValueStore, value: Any) -> None:
        with pytest.raises(InvalidItem):
            store.put(DOCUMENTS, document(value))
        with pytest.raises(InvalidItem):
            store.get(DOCUMENTS, {"document_id": value})
        with pytest.raises(InvalidItem):
            store.get_many(DOCUMENTS, [{"document_id": "d"}, {"document_id": value}])
        with pytest.raises(InvalidItem):
            store.delete(DOCUMENTS, {"document_id": value})
        with pytest.raises(InvalidItem):
            store.delete_many(DOCUMENTS, [{"document_id": value}])
        with pytest.raises(InvalidItem):
            store.query(DOCUMENTS, value)
        with pytest.raises(InvalidItem):
            store.transact([Check(DOCUMENTS, {"document_id": value}, None)])

    @pytest.mark.parametrize("value", ["", None, 7, "x" * 1025, "\ud800"], ids=lambda v: repr(v)[:9])
    def test_a_bad_sort_key_is_refused(self, store: KeyValueStore, value: Any) -> None:
        with pytest.raises(InvalidItem):
            store.put(MESSAGES, {"conversation_id": "c", "sort_key": value})
        with pytest.raises(InvalidItem):
            store.get(MESSAGES, {"conversation_id": "c", "sort_key": value})

    def test_the_longest_keys_are_taken(self, store: KeyValueStore) -> None:
        item = {"conversation_id": "é" * 1024, "sort_key": "é" * 512}
        store.put(MESSAGES, item)
        assert store.get(MESSAGES, item) == item

    def test_a_key_has_exactly_the_tables_key_attributes(self, store: KeyValueStore) -> None:
        with pytest.raises(InvalidItem):
            store.get(MESSAGES, {"conversation_id": "c"})
        with pytest.raises(InvalidItem):
            store.delete(MESSAGES, {"conversation_id": "c", "sort_key": "s", "other": "o"})
        with pytest.raises(InvalidItem):
            store.put(MESSAGES, {"conversation_id": "c"})

    @pytest.mark.parametrize("value", ["", None, 7, "x" * 1025], ids=lambda v: repr(v)[:9])
    def test_an_indexed_attribute_is_absent_or_valid_as_a_key(self, store: KeyValueStore, value: Any) -> None:
        with pytest.raises(InvalidItem):
            store.put(DOCUMENTS, document("d", uploaded_at=value))

    def test_tables_are_apart(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("same"))
        assert store.get(TICKETS, {"ticket_id": "same"}) is None

    def test_an_unknown_table_or_index_is_a_mistake_in_the_code(self, store: KeyValueStore) -> None:
        unknown = Table("unknown", "id", personal=MADE_UP)
        with pytest.raises(LookupError):
            store.get(unknown, {"id": "a"})
        with pytest.raises(LookupError):
            store.put(unknown, {"id": "a"})
        with pytest.raises(LookupError):
            store.transact([Put(unknown, {"id": "a"})])
        with pytest.raises(LookupError):
            store.query(DOCUMENTS, "a", index="unknown")

    # Sizes

    def test_the_largest_item_is_taken_and_a_larger_one_is_not(self, store: KeyValueStore) -> None:
        item = document("d", text="")
        item["text"] = "x" * (MAX_ITEM_BYTES - size_of(DOCUMENTS, item))
        store.put(DOCUMENTS, item)
        assert store.get(DOCUMENTS, {"document_id": "d"}) == item
        item["text"] += "x"
        with pytest.raises(ItemTooLarge):
            store.put(DOCUMENTS, item)
        with pytest.raises(ItemTooLarge):
            store.put_many(DOCUMENTS, [item])
        with pytest.raises(ItemTooLarge):
            store.transact([Put(DOCUMENTS, item)])
        stored = store.get(DOCUMENTS, {"document_id": "d"})
        assert stored is not None
        assert len(stored["text"]) == len(item["text"]) - 1

    def test_size_is_counted_in_bytes(self, store: KeyValueStore) -> None:
        with pytest.raises(ItemTooLarge):
            store.put(DOCUMENTS, document("d", text="é" * (MAX_ITEM_BYTES // 2)))

    # Conditions

    def test_put_replaces_the_whole_item(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", title="old", subject_id="s"))
        store.put(DOCUMENTS, document("d", note="new"))
        assert store.get(DOCUMENTS, {"document_id": "d"}) == document("d", note="new")

    def test_unless_exists(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", n=1), unless_exists=True)
        with pytest.raises(ConditionFailed):
            store.put(DOCUMENTS, document("d", n=2), unless_exists=True)
        assert store.get(DOCUMENTS, {"document_id": "d"}) == document("d", n=1)

    def test_put_if_version(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", version=1))
        store.put(DOCUMENTS, document("d", version=2), if_version=1)
        with pytest.raises(ConditionFailed):
            store.put(DOCUMENTS, document("d", version=9), if_version=1)
        assert store.get(DOCUMENTS, {"document_id": "d"}) == document("d", version=2)

    def test_put_if_version_fails_where_there_is_no_item_or_no_version(self, store: KeyValueStore) -> None:
        with pytest.raises(ConditionFailed):
            store.put(DOCUMENTS, document("d", version=1), if_version=0)
        assert store.get(DOCUMENTS, {"document_id": "d"}) is None
        store.put(DOCUMENTS, document("d"))
        with pytest.raises(ConditionFailed):
            store.put(DOCUMENTS, document("d", version=1), if_version=0)

    def test_the_two_conditions_exclude_each_other(self, store: KeyValueStore) -> None:
        with pytest.raises(ValueError):
            store.put(DOCUMENTS, document("d"), unless_exists=True, if_version=1)

    def test_delete(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d"))
        store.delete(DOCUMENTS, {"document_id": "d"})
        assert store.get(DOCUMENTS, {"document_id": "d"}) is None
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == []
        store.delete(DOCUMENTS, {"document_id": "d"})

    def test_delete_if_version(self, store: KeyValueStore) -> None:
        key = {"document_id": "d"}
        with pytest.raises(ConditionFailed):
            store.delete(DOCUMENTS, key, if_version=1)
        store.put(DOCUMENTS, document("d", version=2))
        with pytest.raises(ConditionFailed):
            store.delete(DOCUMENTS, key, if_version=1)
        assert store.get(DOCUMENTS, key) is not None
        store.delete(DOCUMENTS, key, if_version=2)
        assert store.get(DOCUMENTS, key) is None

    # Many at once

    def test_get_many_keeps_the_order_of_250_keys_with_repeats_and_gaps(self, store: KeyValueStore) -> None:
        store.put_many(MESSAGES, [message(number, n=number) for number in range(0, 240, 2)])
        numbers = [*range(239, -1, -1), *range(10)]
        items = store.get_many(
            MESSAGES, [{"conversation_id": "c", "sort_key": f"m#{number:04}"} for number in numbers]
        )
        assert items == [message(number, n=number) if number % 2 == 0 else None for number in numbers]

    def test_empty_batches_do_nothing(self, store: KeyValueStore) -> None:
        assert store.get_many(MESSAGES, []) == []
        store.put_many(MESSAGES, [])
        store.delete_many(MESSAGES, [])
        store.transact([])

    def test_put_many_and_delete_many_of_130_items(self, store: KeyValueStore) -> None:
        items = [message(number) for number in range(130)]
        for _ in range(2):
            store.put_many(MESSAGES, items)
            assert sort_keys(all_pages(store, MESSAGES, "c")) == sort_keys(items)
        for _ in range(2):
            store.delete_many(MESSAGES, [MESSAGES.key_of(item) for item in items[:-1]])
            assert store.query(MESSAGES, "c").items == items[-1:]

    def test_put_many_keeps_the_last_of_several_with_one_key(self, store: KeyValueStore) -> None:
        store.put(MESSAGES, message(1, n=0))
        store.put_many(MESSAGES, [message(1, n=1), message(2), message(1, n=2)])
        assert store.query(MESSAGES, "c").items == [message(1, n=2), message(2)]

    def test_delete_many_takes_a_key_twice(self, store: KeyValueStore) -> None:
        store.put(MESSAGES, message(1))
        store.delete_many(MESSAGES, [MESSAGES.key_of(message(1))] * 2)
        assert store.query(MESSAGES, "c").items == []

    # Queries

    def test_a_query_answers_one_partition_in_order(self, store: KeyValueStore) -> None:
        for number in (3, 1, 2):
            store.put(MESSAGES, message(number))
            store.put(MESSAGES, message(number, "other"))
        assert store.query(MESSAGES, "c").items == [message(1), message(2), message(3)]
        assert store.query(MESSAGES, "c", descending=True).items == [message(3), message(2), message(1)]
        assert store.query(MESSAGES, "none").items == []
        assert store.query(MESSAGES, "none").cursor is None

    def test_order_is_that_of_utf_8_bytes(self, store: KeyValueStore) -> None:
        texts = ["A", "B", "Z", "a", "aa", "b", "~", "é", "中", "\uffee", "𐀀", "🎓"]
        store.put_many(MESSAGES, [{"conversation_id": "c", "sort_key": text} for text in reversed(texts)])
        assert sort_keys(store.query(MESSAGES, "c").items) == texts

    def test_a_table_without_sort_attribute_has_one_item_a_partition(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d"))
        assert all_pages(store, DOCUMENTS, "d", limit=1) == [document("d")]
        assert store.query(DOCUMENTS, "d", cursor=cursor_after(DOCUMENTS, document("d"))).items == []

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 1000])
    def test_pages_join_into_the_whole(self, store: KeyValueStore, limit: int, descending: bool) -> None:
        items = [message(number) for number in range(7)]
        store.put_many(MESSAGES, items)
        expected = items[::-1] if descending else items
        assert all_pages(store, MESSAGES, "c", limit=limit, descending=descending) == expected

    @pytest.mark.parametrize("descending", [False, True])
    def test_writes_between_pages_neither_lose_nor_repeat_items(
        self, store: KeyValueStore, descending: bool
    ) -> None:
        store.put_many(MESSAGES, [message(number) for number in range(10, 20)])
        first = store.query(MESSAGES, "c", limit=5, descending=descending)
        seen = sort_keys(first.items)
        ahead, behind = (9, 20) if descending else (20, 9)
        store.put_many(MESSAGES, [message(ahead), message(behind)])
        store.delete(MESSAGES, MESSAGES.key_of(first.items[-1]))  # the item at the cursor
        store.delete(MESSAGES, MESSAGES.key_of(message(12 if descending else 17)))
        rest = store.query(MESSAGES, "c", descending=descending, cursor=first.cursor)
        numbers = [14, 13, 11, 10, 9] if descending else [15, 16, 18, 19, 20]
        assert len(seen) == 5
        assert rest.items == [message(number) for number in numbers]

    def test_a_cursor_can_be_made_from_an_item(self, store: KeyValueStore) -> None:
        store.put_many(MESSAGES, [message(number) for number in range(4)])
        page = store.query(MESSAGES, "c", cursor=cursor_after(MESSAGES, message(1)))
        assert page.items == [message(2), message(3)]
        page = store.query(MESSAGES, "c", descending=True, cursor=cursor_after(MESSAGES, message(1)))
        assert page.items == [message(0)]

    @pytest.mark.parametrize("descending", [False, True])
    def test_a_query_by_prefix_returns_the_items_with_that_prefix(
        self, store: KeyValueStore, descending: bool
    ) -> None:
        texts = ["a", "b", "b#", "b#1", "b#2", "b#\U0010ffff", "b$", "ba", "c"]
        store.put_many(MESSAGES, [{"conversation_id": "c", "sort_key": text} for text in texts])
        for prefix in ("b#", "b", "a", "zz", "b#\U0010ffff", "\U0010ffff", "\ud7ff", ""):
            expected = sorted((text for text in texts if text.startswith(prefix)), reverse=descending)
            for limit in (1, 2, 100):
                items = all_pages(store, MESSAGES, "c", prefix=prefix, limit=limit, descending=descending)
                assert sort_keys(items) == expected

    @pytest.mark.parametrize("descending", [False, True])
    def test_a_query_up_to_a_bound_includes_the_bound(self, store: KeyValueStore, descending: bool) -> None:
        texts = ["a", "b", "b1", "c"]
        store.put_many(MESSAGES, [{"conversation_id": "c", "sort_key": text} for text in texts])
        for bound in ("A", "a", "b", "b0", "c", "z"):
            expected = sorted((text for text in texts if text <= bound), reverse=descending)
            for limit in (1, 100):
                items = all_pages(store, MESSAGES, "c", up_to=bound, limit=limit, descending=descending)
                assert sort_keys(items) == expected

    @pytest.mark.parametrize(
        ("table", "how"),
        [
            (MESSAGES, {"limit": 0}),
            (MESSAGES, {"limit": 1001}),
            (MESSAGES, {"prefix": "a", "up_to": "b"}),
            (DOCUMENTS, {"prefix": "a"}),
            (DOCUMENTS, {"up_to": "a"}),
            (DOCUMENTS, {"index": "by-subject", "prefix": "a"}),
        ],
        ids=repr,
    )
    def test_invalid_query_arguments_are_refused(
        self, store: KeyValueStore, table: Table, how: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError):
            store.query(table, "c", **how)

    def test_a_page_ends_at_1_mb(self, store: KeyValueStore) -> None:
        items = [message(number, text=f"{number}" * 300_000) for number in range(8)]
        store.put_many(MESSAGES, items)
        pages = [store.query(MESSAGES, "c")]
        while (cursor := pages[-1].cursor) is not None:
            pages.append(store.query(MESSAGES, "c", cursor=cursor))
            assert len(pages) < 20
        assert [item for page in pages for item in page.items] == items
        sizes = [sum(size_of(MESSAGES, item) for item in page.items) for page in pages]
        assert max(sizes) <= MAX_PAGE_BYTES
        assert len(pages) < 5

    # Cursors

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "nonsense",
            "é",
            "!!!!",
            "a" * 5000,
            base64.urlsafe_b64encode(b"[]").decode(),
            base64.urlsafe_b64encode(b"{}").decode(),
            base64.urlsafe_b64encode(b"[" * 20_000).decode(),
            base64.urlsafe_b64encode(b'{"conversation_id": "c", "sort_key": 1}').decode(),
            base64.urlsafe_b64encode(b'{"conversation_id": "c", "sort_key": ""}').decode(),
            base64.urlsafe_b64encode(b'{"conversation_id": "c", "sort_key": "\\ud800"}').decode(),
            base64.urlsafe_b64encode(b'{"conversation_id": "c", "sort_key": "s", "x": "y"}').decode(),
            base64.urlsafe_b64encode(
                json.dumps({"conversation_id": "c", "sort_key": "x" * 1025}).encode()
            ).decode(),
            cursor_after(MESSAGES, message(1, "other")),
            cursor_after(DOCUMENTS, document("d")),
        ],
        ids=lambda cursor: cursor[:20],
    )
    def test_a_cursor_that_was_not_made_for_the_query(self, store: KeyValueStore, cursor: str) -> None:
        with pytest.raises(InvalidCursor):
            store.query(MESSAGES, "c", cursor=cursor)

    def test_a_cursor_of_another_index(self, store: KeyValueStore) -> None:
        item = document("d", subject_id="ada")
        for index in (None, "by-owner"):
            with pytest.raises(InvalidCursor):
                store.query(DOCUMENTS, "ada", index="by-subject", cursor=cursor_after(DOCUMENTS, item, index))

    def test_a_cursor_from_outside_the_bounds(self, store: KeyValueStore) -> None:
        cursor = cursor_after(MESSAGES, message(5))
        with pytest.raises(InvalidCursor):
            store.query(MESSAGES, "c", prefix="t#", cursor=cursor)
        with pytest.raises(InvalidCursor):
            store.query(MESSAGES, "c", up_to="m#0004", cursor=cursor)

    # Indexes

    def test_an_index_answers_whole_items_by_its_own_sort_attribute(self, store: KeyValueStore) -> None:
        items = [
            document("z", uploaded_at="1"),
            document("y", uploaded_at="2"),
            document("x", uploaded_at="3"),
        ]
        store.put_many(DOCUMENTS, [*items, document("w", owner_id="bob")])
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == items
        assert store.query(DOCUMENTS, "ada", index="by-owner", descending=True).items == items[::-1]
        assert store.query(DOCUMENTS, "ada", index="by-owner", up_to="2").items == items[:2]
        assert store.query(DOCUMENTS, "ada", index="by-owner", prefix="3").items == items[2:]

    def test_an_item_that_lacks_an_attribute_is_not_in_the_index(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, {"document_id": "a", "owner_id": "ada"})
        store.put(DOCUMENTS, {"document_id": "b", "uploaded_at": "1"})
        store.put(DOCUMENTS, document("c"))
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == [document("c")]
        assert store.query(DOCUMENTS, "ada", index="by-owner", descending=True).items == [document("c")]
        assert store.query(DOCUMENTS, "ada", index="by-subject").items == []

    def test_an_item_follows_its_attributes_in_and_out_of_the_index(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", owner_id="ada", subject_id="s"))
        store.put(DOCUMENTS, document("d", owner_id="bob"))
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == []
        assert store.query(DOCUMENTS, "s", index="by-subject").items == []
        assert store.query(DOCUMENTS, "bob", index="by-owner").items == [document("d", owner_id="bob")]

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 5, 100])
    def test_items_of_equal_sort_value_are_neither_lost_nor_repeated(
        self, store: KeyValueStore, limit: int, descending: bool
    ) -> None:
        store.put_many(
            DOCUMENTS, [document(f"d{n}", uploaded_at=str(n // 4), subject_id="s") for n in range(11)]
        )
        for index, partition in (("by-owner", "ada"), ("by-subject", "s")):
            items = all_pages(store, DOCUMENTS, partition, index=index, limit=limit, descending=descending)
            assert sorted(item["document_id"] for item in items) == sorted(f"d{n}" for n in range(11))
            if index == "by-owner":
                ahead = [(b, a) if descending else (a, b) for a, b in pairwise(items)]
                assert all(a["uploaded_at"] <= b["uploaded_at"] for a, b in ahead)

    def test_items_of_equal_sort_value_come_by_table_key(self, store: KeyValueStore) -> None:
        for name in ("b", "a", "c"):
            store.put(DOCUMENTS, document(name))
        items = store.query(DOCUMENTS, "ada", index="by-owner").items
        if not self.orders_equal_sort_values:
            assert sorted(item["document_id"] for item in items) == ["a", "b", "c"]
            return
        assert [item["document_id"] for item in items] == ["a", "b", "c"]
        items = store.query(DOCUMENTS, "ada", index="by-owner", descending=True).items
        assert [item["document_id"] for item in items] == ["c", "b", "a"]

    def test_an_index_may_go_by_the_key_of_its_table(self, store: KeyValueStore) -> None:
        names = [f"t{number}" for number in range(5)]
        store.put_many(TICKETS, [{"ticket_id": name, "owner_id": "ada"} for name in names])
        items = all_pages(store, TICKETS, "ada", index="by-owner", limit=2)
        assert [item["ticket_id"] for item in items] == names
        items = all_pages(store, TICKETS, "ada", index="by-owner", prefix="t3")
        assert [item["ticket_id"] for item in items] == ["t3"]

    # Time to live

    def test_an_item_whose_time_has_come_is_absent(self, store: KeyValueStore, clock: FrozenClock) -> None:
        now = int(clock.now().timestamp())
        key = {"ticket_id": "t"}
        ticket = {"ticket_id": "t", "owner_id": "ada", "expires_at": now + 60, "version": 1}
        store.put(TICKETS, ticket)
        store.put(TICKETS, {"ticket_id": "forever", "owner_id": "ada"})
        clock.advance(60 - self.margin_seconds)
        assert store.get(TICKETS, key) == ticket
        assert len(store.query(TICKETS, "ada", index="by-owner").items) == 2
        clock.advance(self.margin_seconds)
        assert store.get(TICKETS, key) is None
        assert store.get_many(TICKETS, [key]) == [None]
        assert store.query(TICKETS, "t").items == []
        assert all_pages(store, TICKETS, "ada", index="by-owner", limit=1) == [
            {"ticket_id": "forever", "owner_id": "ada"}
        ]

    def test_conditions_do_not_see_an_expired_item(self, store: KeyValueStore, clock: FrozenClock) -> None:
        key = {"ticket_id": "t"}
        expired = {"ticket_id": "t", "expires_at": int(clock.now().timestamp()), "version": 1}
        store.put(TICKETS, expired)
        with pytest.raises(ConditionFailed):
            store.put(TICKETS, expired, if_version=1)
        with pytest.raises(ConditionFailed):
            store.delete(TICKETS, key, if_version=1)
        with pytest.raises(ConditionFailed):
            store.transact([Check(TICKETS, key, if_version=1)])
        store.transact([Check(TICKETS, key, if_version=None)])
        store.put(TICKETS, {"ticket_id": "t", "version": 7}, unless_exists=True)
        assert store.get(TICKETS, key) == {"ticket_id": "t", "version": 7}
        store.put(TICKETS, expired)
        store.transact([Put(TICKETS, {"ticket_id": "t"}, unless_exists=True)])
        assert store.get(TICKETS, key) == {"ticket_id": "t"}

    @pytest.mark.parametrize("value", [None, "2026", True, []], ids=repr)
    def test_the_time_to_live_is_a_number(self, store: KeyValueStore, value: object) -> None:
        with pytest.raises(InvalidItem):
            store.put(TICKETS, {"ticket_id": "t", "expires_at": value})

    # Additions

    def test_an_addition_makes_the_item_and_then_adds_to_it(self, store: KeyValueStore) -> None:
        key = {"document_id": "d"}
        fresh = {"owner_id": "ada", "uploaded_at": "2026"}
        store.add(DOCUMENTS, key, {"read": 2, "cited": 1}, fresh=fresh)
        store.add(DOCUMENTS, key, {"read": 3}, fresh={**fresh, "owner_id": "alan"})
        store.add(DOCUMENTS, key, {"cited": -1, "quoted": 4})
        expected = {**key, **fresh, "read": 5, "cited": 0, "quoted": 4}
        assert store.get(DOCUMENTS, key) == expected
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == [expected]

    def test_an_addition_beyond_a_limit_adds_nothing(self, store: KeyValueStore) -> None:
        key = {"document_id": "d"}
        with pytest.raises(ConditionFailed):
            store.add(DOCUMENTS, key, {"read": 4}, at_most={"read": 3})
        assert store.get(DOCUMENTS, key) is None
        store.add(DOCUMENTS, key, {"read": 3, "cited": 1}, at_most={"read": 3, "cited": 9})
        with pytest.raises(ConditionFailed):
            store.add(DOCUMENTS, key, {"cited": 1, "read": 1}, at_most={"read": 3, "cited": 9})
        assert store.get(DOCUMENTS, key) == {**key, "read": 3, "cited": 1}
        store.add(DOCUMENTS, key, {"read": -1, "cited": 1}, at_most={"read": 3})
        assert store.get(DOCUMENTS, key) == {**key, "read": 2, "cited": 2}

    def test_an_addition_leaves_the_rest_of_the_item(self, store: KeyValueStore) -> None:
        store.put(MESSAGES, message(1, text="hello", n=1))
        store.add(MESSAGES, MESSAGES.key_of(message(1)), {"n": 1}, fresh={"text": "anew"})
        assert store.query(MESSAGES, "c").items == [message(1, text="hello", n=2)]

    def test_an_addition_to_an_expired_item_begins_anew(
        self, store: KeyValueStore, clock: FrozenClock
    ) -> None:
        key, now = {"ticket_id": "t"}, int(clock.now().timestamp())
        store.add(TICKETS, key, {"n": 5}, at_most={"n": 5}, fresh={"expires_at": now + 60})
        clock.advance(60)
        store.add(TICKETS, key, {"n": 1}, at_most={"n": 5}, fresh={"expires_at": now + 120})
        assert store.get(TICKETS, key) == {**key, "n": 1, "expires_at": now + 120}
        with pytest.raises(ConditionFailed):
            store.add(TICKETS, key, {"n": 5}, at_most={"n": 5}, fresh={"expires_at": now + 120})

    def test_no_addition_is_lost_and_none_passes_the_limit(self, store: KeyValueStore) -> None:
        def add(_: int) -> bool:
            try:
                store.add(DOCUMENTS, {"document_id": "d"}, {"read": 1}, at_most={"read": 25})
            except ConditionFailed:
                return False
            return True

        with ThreadPoolExecutor(self.additions_at_once) as pool:
            assert sum(pool.map(add, range(40))) == 25
        assert store.get(DOCUMENTS, {"document_id": "d"}) == {"document_id": "d", "read": 25}

    def test_an_addition_is_held_to_the_rules_of_items(self, store: KeyValueStore) -> None:
        with pytest.raises(InvalidItem):
            store.add(DOCUMENTS, {"document_id": ""}, {"read": 1})
        with pytest.raises(InvalidItem):
            store.add(DOCUMENTS, {"document_id": "d"}, {"read": 1}, fresh={"owner_id": ""})
        assert store.query(DOCUMENTS, "d").items == []

    # Transactions

    def test_a_transaction_does_all_of_its_writes(self, store: KeyValueStore) -> None:
        store.put(DOCUMENTS, document("gone", version=1))
        store.put(DOCUMENTS, document("kept", version=4))
        store.transact(
            [
                Put(DOCUMENTS, document("new"), unless_exists=True),
                Put(MESSAGES, message(1)),
                Put(DOCUMENTS, document("kept", version=5), if_version=4),
                Delete(DOCUMENTS, {"document_id": "gone"}, if_version=1),
                Delete(DOCUMENTS, {"document_id": "never"}),
                Check(TICKETS, {"ticket_id": "t"}, if_version=None),
            ]
        )
        items = store.query(DOCUMENTS, "ada", index="by-owner").items
        assert items == [document("kept", version=5), document("new")]
        assert store.query(MESSAGES, "c").items == [message(1)]

    @pytest.mark.parametrize(
        "failing",
        [
            Put(DOCUMENTS, document("there", version=9), unless_exists=True),
            Put(DOCUMENTS, document("there", version=9), if_version=2),
            Put(DOCUMENTS, document("absent", version=9), if_version=1),
            Delete(DOCUMENTS, {"document_id": "there"}, if_version=2),
            Delete(DOCUMENTS, {"document_id": "absent"}, if_version=1),
            Check(DOCUMENTS, {"document_id": "there"}, if_version=2),
            Check(DOCUMENTS, {"document_id": "there"}, if_version=None),
            Check(DOCUMENTS, {"document_id": "absent"}, if_version=1),
        ],
    )
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_a_transaction_whose_condition_fails_does_nothing(
        self, store: KeyValueStore, failing: Put | Delete | Check, place: int
    ) -> None:
        store.put(DOCUMENTS, document("there", version=1))
        store.put(MESSAGES, message(1, n=1))
        writes: list[Put | Delete | Check] = [
            Put(MESSAGES, message(2)),
            Delete(MESSAGES, MESSAGES.key_of(message(1))),
        ]
        writes.insert(place, failing)
        with pytest.raises(ConditionFailed):
            store.transact(writes)
        assert store.query(MESSAGES, "c").items == [message(1, n=1)]
        assert store.get(DOCUMENTS, {"document_id": "there"}) == document("there", version=1)
        assert store.get(DOCUMENTS, {"document_id": "absent"}) is None

    def test_a_transaction_takes_100_writes(self, store: KeyValueStore) -> None:
        writes = [Put(MESSAGES, message(number)) for number in range(101)]
        with pytest.raises(ValueError):
            store.transact(writes)
        assert store.query(MESSAGES, "c").items == []
        store.transact(writes[:100])
        assert len(all_pages(store, MESSAGES, "c")) == 100

    def test_a_transaction_may_not_write_the_same_item_twice(self, store: KeyValueStore) -> None:
        with pytest.raises(ValueError):
            store.transact([Put(MESSAGES, message(1)), Delete(MESSAGES, MESSAGES.key_of(message(1)))])
        assert store.query(MESSAGES, "c").items == []

    def test_a_transaction_takes_4_mb(self, store: KeyValueStore) -> None:
        writes = [Put(MESSAGES, message(number, text="x" * 390_000)) for number in range(11)]
        with pytest.raises(ItemTooLarge):
            store.transact(writes)
        assert store.query(MESSAGES, "c").items == []
        store.transact(writes[:10])
        assert len(all_pages(store, MESSAGES, "c")) == 10

    def test_an_invalid_item_spoils_the_whole_transaction(self, store: KeyValueStore) -> None:
        with pytest.raises(InvalidItem):
            store.transact([Put(MESSAGES, message(1)), Put(DOCUMENTS, document(""))])
        assert store.query(MESSAGES, "c").items == []

    def test_compacting_keeps_what_was_not_deleted(self, store: KeyValueStore) -> None:
        store.put_many(MESSAGES, [message(1, text="kept"), message(2)])
        store.delete(MESSAGES, MESSAGES.key_of(message(2)))
        store.compact()
        store.compact()
        assert store.query(MESSAGES, "c").items == [message(1, text="kept")]
        store.put(MESSAGES, message(2))
        assert len(store.query(MESSAGES, "c").items) == 2

    def test_closing_twice_is_no_error(self, store: KeyValueStore) -> None:
        store.put(MESSAGES, message(1))
        store.close()
        store.close()
