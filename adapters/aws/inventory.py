"""Reads all rows of the tables in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapters.aws.attributes import to_item
from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Retries
from ports.key_value_store import Item, Table, current

_CAPABILITY = "key_value_store"


class DynamoDBInventory:
    """Implements ``ports.inventory.Inventory`` with Scan. The functions of the stack have no permission for Scan."""

    def __init__(self, client: Callable[[], Any], retries: Retries, *, prefix: str = "") -> None:
        self._client = client
        self._prefix = prefix
        self._calls = calls_of_aws(_CAPABILITY, retries)

    def rows(self, table: Table) -> Iterator[Item]:
        request: dict[str, Any] = {"TableName": self._prefix + table.name, "ConsistentRead": True}
        while True:
            answer = self._calls.begin().call(lambda: self._client().scan(**request))
            with reading_answer(_CAPABILITY):
                items = [current(table, to_item(row)) for row in answer["Items"]]
                last = answer.get("LastEvaluatedKey")
            yield from items
            if last is None:
                return
            request["ExclusiveStartKey"] = last
