"""Definitions of DynamoDB tables, made from the port's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ports.key_value_store import Index, Table


def table_definitions(tables: Sequence[Table], prefix: str) -> list[dict[str, Any]]:
    """The properties of an ``AWS::DynamoDB::Table`` for each table.

    They are also arguments of ``create_table``. The only exception is ``TimeToLiveSpecification``, which is an argument
    of ``update_time_to_live``.
    """
    return [_definition(table, prefix) for table in tables]


def _definition(table: Table, prefix: str) -> dict[str, Any]:
    schemes: tuple[Table | Index, ...] = (table, *table.indexes)
    names = dict.fromkeys(name for by in schemes for name in (by.partition, by.sort) if name is not None)
    definition: dict[str, Any] = {
        "TableName": prefix + table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": _key_schema(table),
    }
    if table.indexes:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(index),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in table.indexes
        ]
    if table.ttl is not None:
        definition["TimeToLiveSpecification"] = {"AttributeName": table.ttl, "Enabled": True}
    return definition


def _key_schema(by: Table | Index) -> list[dict[str, str]]:
    schema = [{"AttributeName": by.partition, "KeyType": "HASH"}]
    if by.sort is not None:
        schema.append({"AttributeName": by.sort, "KeyType": "RANGE"})
    return schema
