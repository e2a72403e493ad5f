"""An inventory lists every row of a table once, however many pages the rows fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.aws.dynamodb import DynamoDBKeyValueStore
from adapters.aws.inventory import DynamoDBInventory
from adapters.local.stores.inventory import SQLiteInventory
from adapters.local.stores.key_values import SQLiteKeyValueStore
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.errors import Damaged, UpstreamError
from ports.inventory import Inventory
from ports.key_value_store import KeyValueStore
from tests.contracts.key_value_store.contract import DOCUMENTS, TABLES, document
from tests.contracts.key_value_store.test_dynamodb import PREFIX
from tests.stubs.aws import client_of, create_tables, empty_aws

MANY = [document(f"d{number:02}", text=str(number) * 120_000, version=number) for number in range(12)]
"""About 1.5 MB: more than one page of DynamoDB."""


class InventoryContract:
    def test_every_row_is_returned_once(self, store: KeyValueStore, inventory: Inventory) -> None:
        assert list(inventory.rows(DOCUMENTS)) == []
        store.put_many(DOCUMENTS, MANY)
        assert sorted(inventory.rows(DOCUMENTS), key=lambda row: row["document_id"]) == MANY


class TestSQLiteInventory(InventoryContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SQLiteKeyValueStore]:
        store = SQLiteKeyValueStore(tmp_path / "tables.sqlite", TABLES, FrozenClock())
        yield store
        store.close()

    @pytest.fixture
    def inventory(self, tmp_path: Path) -> Inventory:
        return SQLiteInventory(tmp_path / "tables.sqlite")

    def test_a_damaged_or_missing_file_raises_an_error_and_no_file_is_made(self, tmp_path: Path) -> None:
        (tmp_path / "bad.sqlite").write_bytes(b"no longer a database" * 400)
        with pytest.raises(Damaged):
            list(SQLiteInventory(tmp_path / "bad.sqlite").rows(DOCUMENTS))
        with pytest.raises(UpstreamError):
            list(SQLiteInventory(tmp_path / "none.sqlite").rows(DOCUMENTS))
        assert not (tmp_path / "none.sqlite").exists()


class TestDynamoDBInventory(InventoryContract):
    @pytest.fixture
    def client(self) -> Any:
        return client_of("dynamodb")

    @pytest.fixture
    def store(self, client: Any) -> Iterator[KeyValueStore]:
        with empty_aws():
            create_tables(client, TABLES, PREFIX)
            yield DynamoDBKeyValueStore(lambda: client, TABLES, FrozenClock(), prefix=PREFIX)

    @pytest.fixture
    def inventory(self, client: Any) -> Inventory:
        return DynamoDBInventory(lambda: client, Retries(FrozenClock()), prefix=PREFIX)
