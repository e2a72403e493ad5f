"""The changes that ``tests.stubs.dynamodb`` makes to moto do not change moto's answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.core.utils import get_service_model

from tests.contracts.key_value_store.contract import TABLES
from tests.stubs.aws import client_of, create_tables, empty_aws
from tests.stubs.dynamodb import ItemSerializer

PREFIX = "test-"
KEY = {"document_id": {"S": "d"}}

NUMBERS = st.integers().map(str)
LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.text().map(lambda text: {"S": text}),
    NUMBERS.map(lambda number: {"N": number}),
    st.booleans().map(lambda truth: {"BOOL": truth}),
    st.just({"NULL": True}),
    st.binary().map(lambda held: {"B": held}),
    st.lists(st.text(), min_size=1).map(lambda texts: {"SS": texts}),
    st.lists(NUMBERS, min_size=1).map(lambda numbers: {"NS": numbers}),
    st.lists(st.binary(), min_size=1).map(lambda held: {"BS": held}),
)
VALUES = st.recursive(
    LEAVES,
    lambda values: st.one_of(
        st.lists(values, max_size=3).map(lambda held: {"L": held}),
        st.dictionaries(st.text(min_size=1), values, max_size=3).map(lambda held: {"M": held}),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1), VALUES, max_size=3))
def test_an_item_is_written_as_moto_writes_it(item: dict[str, Any]) -> None:
    operation = get_service_model("dynamodb").operation_model("GetItem")
    ours, motos = (
        serializer(operation, value_picker=XFormedAttributePicker()).serialize({"Item": item})
        for serializer in (ItemSerializer, JSONSerializer)
    )
    assert ours == motos


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with empty_aws():
        client = client_of("dynamodb")
        create_tables(client, TABLES, PREFIX)
        yield client


@pytest.mark.wire
def test_a_cancelled_transaction_undoes_each_kind_of_write(dynamodb: Any) -> None:
    table = f"{PREFIX}documents"
    others = [{"document_id": {"S": name}, "count": {"N": "1"}} for name in ("d", "deleted", "put")]
    for item in others:
        dynamodb.put_item(TableName=table, Item=item)
    writes: list[dict[str, Any]] = [
        {
            "Update": {
                "TableName": table,
                "Key": KEY,
                "UpdateExpression": "ADD #count :one",
                "ExpressionAttributeNames": {"#count": "count"},
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        },
        {"Delete": {"TableName": table, "Key": {"document_id": {"S": "deleted"}}}},
        {"Put": {"TableName": table, "Item": {"document_id": {"S": "put"}}}},
        {"Put": {"TableName": table, "Item": {"document_id": {"S": "new"}}}},
    ]
    never = {
        "ConditionCheck": {
            "TableName": table,
            "Key": {"document_id": {"S": "none"}},
            "ConditionExpression": "attribute_exists(document_id)",
        }
    }
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[*writes, never])
    assert held(dynamodb, table) == others
    dynamodb.transact_write_items(TransactItems=writes)
    assert held(dynamodb, table) == [
        {"document_id": {"S": "d"}, "count": {"N": "2"}},
        {"document_id": {"S": "new"}},
        {"document_id": {"S": "put"}},
    ]


def held(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = dynamodb.scan(TableName=table)["Items"]
    return sorted(items, key=lambda item: str(item["document_id"]["S"]))
