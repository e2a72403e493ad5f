"""moto's DynamoDB, without two costs that grow with the stored items.

- To write an attribute value into a response, moto looks for each of its ten possible members under up to fourteen
  names. The values are dictionaries with the service's own names already, so they are written as they are.
- Before a transaction, moto copies each of its tables with all items, once for each write. Here the copies share the
  items, and an update replaces the stored item instead of changing it.
"""

from __future__ import annotations

import base64
import copy
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from moto.core.serialize import SERIALIZERS, SERVICE_SPECIFIC_SERIALIZERS
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table

_MotosSerializer: Any = SERIALIZERS["json"]


class ItemSerializer(_MotosSerializer):  # type: ignore[misc]
    """Writes the same as moto's serializer, but faster."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict):
            serialized[key] = written(value)
        else:
            super()._serialize_type_structure(serialized, value, shape, key)


def written(value: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute value as it stands in a JSON response."""
    ((kind, held),) = value.items()
    match kind:
        case "M":
            return {kind: {name: written(one) for name, one in held.items()}}
        case "L":
            return {kind: [written(one) for one in held]}
        case "B":
            return {kind: base64.b64encode(held).decode()}
        case "BS":
            return {kind: [base64.b64encode(one).decode() for one in held]}
        case _:
            return {kind: held}


class SharingTable(Table):
    """A table whose copies share its items. So an item must never be changed, only replaced."""

    def __deepcopy__(self, memo: dict[int, Any]) -> SharingTable:
        copied = copy.copy(self)
        copied.items = defaultdict(dict)
        for partition, held in self.items.items():
            copied.items[partition] = dict(held) if isinstance(held, dict) else held
        return copied


class SharingBackend(DynamoDBBackend):
    """DynamoDB's tables in memory. Items are replaced, never changed."""

    __module__ = DynamoDBBackend.__module__  # moto looks for the service's addresses beside it

    def create_table(self, *args: Any, **options: Any) -> Table:
        table = super().create_table(*args, **options)
        table.__class__ = SharingTable  # type: ignore[type-abstract]
        return table

    def update_item(self, table_name: str, key: dict[str, Any], *args: Any, **options: Any) -> Any:
        found: Any = self.get_item(table_name, key)
        if found is not None:
            table = self.tables[table_name]
            if table.range_key_attr is None:
                table.items[found.hash_key] = copy.deepcopy(found)
            else:
                table.items[found.hash_key][found.range_key] = copy.deepcopy(found)
        return super().update_item(table_name, key, *args, **options)


def quicken() -> None:
    """From now on, moto uses the classes of this module in this process."""
    SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": ItemSerializer}
    dynamodb_backends.backend = SharingBackend
