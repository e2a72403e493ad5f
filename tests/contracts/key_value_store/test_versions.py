"""Items written by older and newer code. Each store keeps the version of an item's layout together with its attributes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.aws.dynamodb import DynamoDBKeyValueStore
from adapters.aws.inventory import DynamoDBInventory
from adapters.local.stores.inventory import SQLiteInventory
from adapters.local.stores.key_values import SQLiteKeyValueStore
from adapters.upstream.calls import Retries
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.errors import Unavailable
from ports.inventory import Inventory
from ports.key_value_store import SCHEMA, Check, InvalidItem, Item, KeyValueStore, Put, Table, size_of
from tests.contracts.key_value_store.contract import DOCUMENTS, document
from tests.stubs.aws import client_of, create_tables, empty_aws

KEY = {"document_id": "d"}


def name_is_a_title(item: Item) -> Item:
    return {**{name: value for name, value in item.items() if name != "name"}, "title": item["name"]}


def title_is_a_list(item: Item) -> Item:
    return {**item, "title": [item["title"]]}


SECOND = replace(DOCUMENTS, steps=(name_is_a_title,))
THIRD = replace(DOCUMENTS, steps=(name_is_a_title, title_is_a_list))

Stores = Callable[[Table], KeyValueStore]
"""A store with the same items, for code with this definition of their table."""


@pytest.fixture(scope="module")
def client() -> Any:
    return client_of("dynamodb")


class VersionsContract:
    @pytest.fixture
    def stores(self) -> Stores:
        raise NotImplementedError

    def test_an_item_of_older_code_is_read_in_the_layout_of_today(self, stores: Stores) -> None:
        stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws", version=1))
        stores(SECOND).put(SECOND, document("e", title="Work"))
        first, second = document("d", title=["Laws"], version=1), document("e", title=["Work"])
        store = stores(THIRD)
        assert store.get(THIRD, KEY) == first
        assert store.get_many(THIRD, [KEY, {"document_id": "e"}]) == [first, second]
        assert store.query(THIRD, "d").items == [first]
        read = store.query(THIRD, "ada", index="by-owner").items
        assert sorted(read, key=lambda item: str(item["document_id"])) == [first, second]

    def test_an_item_that_is_written_again_needs_no_further_step(self, stores: Stores) -> None:
        stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws", version=1))
        store = stores(SECOND)
        read = store.get(SECOND, KEY)
        assert read is not None
        store.put(SECOND, {**read, "version": 2}, if_version=1)
        assert stores(SECOND).get(SECOND, KEY) == document("d", title="Laws", version=2)

    @pytest.mark.parametrize("method", ["put", "put_many", "transact"])
    def test_an_item_of_newer_code_is_refused_and_not_misread(self, stores: Stores, method: str) -> None:
        item = document("d", title="Laws", version=1)
        newer = stores(SECOND)
        match method:
            case "put":
                newer.put(SECOND, item)
            case "put_many":
                newer.put_many(SECOND, [item])
            case _:
                newer.transact([Put(SECOND, item)])
        store = stores(DOCUMENTS)
        reads: Sequence[Callable[[], object]] = [
            lambda: store.get(DOCUMENTS, KEY),
            lambda: store.get_many(DOCUMENTS, [KEY]),
            lambda: store.query(DOCUMENTS, "d"),
            lambda: store.query(DOCUMENTS, "ada", index="by-owner"),
            lambda: store.add(DOCUMENTS, KEY, {"count": 1}),
        ]
        for read in reads:
            with pytest.raises(Unavailable, match="of version 2, but this code knows only 1"):
                read()
        assert stores(SECOND).get(SECOND, KEY) == item

    def test_counts_are_added_to_an_older_item_and_to_a_new_one(self, stores: Stores) -> None:
        stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws", count=1))
        store = stores(SECOND)
        store.add(SECOND, KEY, {"count": 2}, fresh={"name": "unused"})
        store.add(SECOND, {"document_id": "e"}, {"count": 5}, fresh={"title": "Work"})
        again = stores(SECOND)
        read = again.get(SECOND, KEY)
        assert read is not None
        assert (read["count"], read["title"], "name" in read) == (3, "Laws", False)
        assert again.get(SECOND, {"document_id": "e"}) == {"document_id": "e", "count": 5, "title": "Work"}
        with pytest.raises(Unavailable):
            stores(DOCUMENTS).get(DOCUMENTS, {"document_id": "e"})

    def test_conditions_hold_for_older_items(self, stores: Stores) -> None:
        stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws", version=4))
        store = stores(SECOND)
        store.transact([Check(SECOND, KEY, if_version=4), Put(SECOND, document("e", title="Work"))])
        store.delete(SECOND, KEY, if_version=4)
        assert store.get(SECOND, KEY) is None

    def test_the_version_is_the_stores_own(self, stores: Stores) -> None:
        store = stores(DOCUMENTS)
        with pytest.raises(InvalidItem):
            store.put(DOCUMENTS, {**document("d"), SCHEMA: 1})
        store.put(DOCUMENTS, document("d"))
        assert store.get(DOCUMENTS, KEY) == document("d")

    def test_a_version_takes_few_bytes(self) -> None:
        item = document("d")
        bare = sum(len(name) + len(value) + 1 for name, value in item.items())
        assert size_of(DOCUMENTS, item) - bare <= 10


class TestInMemoryVersions(VersionsContract):
    @pytest.fixture
    def stores(self) -> Stores:
        first = InMemoryKeyValueStore([DOCUMENTS], FrozenClock())
        return lambda table: first.seen_with([table])


class TestSQLiteVersions(VersionsContract):
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "tables.sqlite"

    @pytest.fixture
    def stores(self, file: Path) -> Iterator[Stores]:
        opened = []

        def store(table: Table) -> KeyValueStore:
            opened.append(SQLiteKeyValueStore(file, [table], FrozenClock()))
            return opened[-1]

        yield store
        for one in opened:
            one.close()

    def test_an_item_without_a_version_is_of_the_first(self, stores: Stores, file: Path) -> None:
        stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute('UPDATE documents SET "$item" = ?', (json.dumps(document("d", name="Laws")),))
            connection.commit()
        assert stores(SECOND).get(SECOND, KEY) == document("d", title="Laws")

    def test_a_check_of_the_data_reads_items_alike(self, stores: Stores, file: Path) -> None:
        the_inventory_reads_items_alike(stores, SQLiteInventory(file))


class TestDynamoDBVersions(VersionsContract):
    @pytest.fixture
    def stores(self, client: Any) -> Iterator[Stores]:
        with empty_aws():
            create_tables(client, [DOCUMENTS], "")
            yield lambda table: DynamoDBKeyValueStore(lambda: client, [table], FrozenClock())

    def test_an_item_without_a_version_is_of_the_first(self, stores: Stores, client: Any) -> None:
        item = {"document_id": {"S": "d"}, "name": {"S": "Laws"}}
        client.put_item(TableName=DOCUMENTS.name, Item=item)
        assert stores(SECOND).get(SECOND, KEY) == {"document_id": "d", "title": "Laws"}

    def test_a_check_of_the_data_reads_items_alike(self, stores: Stores, client: Any) -> None:
        the_inventory_reads_items_alike(stores, DynamoDBInventory(lambda: client, Retries(FrozenClock())))


def the_inventory_reads_items_alike(stores: Stores, inventory: Inventory) -> None:
    stores(DOCUMENTS).put(DOCUMENTS, document("d", name="Laws"))
    assert list(inventory.rows(SECOND)) == [document("d", title="Laws")]
    stores(THIRD).put(THIRD, document("e", title=["Work"]))
    with pytest.raises(Unavailable):
        list(inventory.rows(SECOND))
