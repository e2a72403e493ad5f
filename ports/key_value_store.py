"""Items in tables, read by key or index, written on condition.

The shape is DynamoDB's, because that is the strictest of the stores behind it:
an item is a JSON object of at most 400 KB, a query answers pages cut at 1 MB, an
index may lag behind its table, a transaction takes 100 writes. Limits:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ports.errors import PortError

Item = dict[str, Any]
"""A JSON object: str, int, finite float, bool, None, lists and objects of these."""
Key = Mapping[str, str]
"""The table's key attributes and their values, all non-empty strings."""

MAX_ITEM_BYTES = 400 * 1024
MAX_PAGE_BYTES = 1024 * 1024
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
MAX_TRANSACTION_WRITES = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
VERSION = "version"
"""The attribute that ``if_version`` compares: an integer that the writer raises with each put."""


class ConditionFailed(PortError):
    """The item is not in the state that the write asked for; nothing was written."""


class ItemTooLarge(PortError):
    """An item over 400 KB, or a transaction over 4 MB; nothing was written."""


class InvalidItem(PortError):
    """A key attribute that is missing, empty, too long or no string, or a value that JSON cannot hold."""


class InvalidCursor(PortError):
    """A cursor that was not made for this table, index and partition."""


@dataclass(frozen=True, slots=True)
class Index:
    """A second key over a table. An item that lacks one of its attributes is not in it."""

    name: str
    partition: str
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name (without prefix), key attributes, indexes and time-to-live attribute.

    ``ttl`` names an attribute holding epoch seconds. An item whose time has come is
    absent to every read and condition, whether or not the store has removed it yet.
    """

    name: str
    partition: str
    sort: str | None = None
    indexes: tuple[Index, ...] = field(default=())
    ttl: str | None = None

    def key_of(self, item: Mapping[str, Any]) -> dict[str, str]:
        names = (self.partition,) if self.sort is None else (self.partition, self.sort)
        try:
            return {name: item[name] for name in names}
        except KeyError as missing:
            raise InvalidItem(f"{self.name}: no {missing.args[0]}") from None

    def index(self, name: str) -> Index:
        for index in self.indexes:
            if index.name == name:
                return index
        raise LookupError(f"{self.name} has no index {name}")


@dataclass(frozen=True, slots=True)
class Page:
    """Some items in sort order and, if there may be more, the cursor of the next page."""

    items: list[Item]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item. ``unless_exists`` and ``if_version`` exclude each other."""

    table: Table
    item: Item
    unless_exists: bool = False
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    table: Table
    key: Key
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Fail the transaction unless the item stands at ``if_version``, or is absent where that is None."""

    table: Table
    key: Key
    if_version: int | None


Write = Put | Delete | Check


class KeyValueStore(Protocol):
    """Every method may raise an ``UpstreamError``; after ``TimedOut`` a write may have happened."""

    def get(self, table: Table, key: Key) -> Item | None:
        """The item as last written (never stale), or None."""
        ...

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        """The items of ``keys``, in that order; any number of keys, repeated ones too."""
        ...

    def put(
        self, table: Table, item: Item, *, unless_exists: bool = False, if_version: int | None = None
    ) -> None:
        """Write the whole item, atomically with its condition.

        Raises ``ConditionFailed`` if ``unless_exists`` and the key is taken, or if ``if_version``
        is given and the stored item is absent or at another version.
        """
        ...

    def delete(self, table: Table, key: Key, *, if_version: int | None = None) -> None:
        """Remove the item. Without ``if_version``, removing what is not there is no error."""
        ...

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        """Write any number of items, unconditionally and not atomically. Repeating it is harmless."""
        ...

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        """Remove any number of items, unconditionally and not atomically. Repeating it is harmless."""
        ...

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str = "",
        up_to: str | None = None,
        descending: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """One page of the items whose partition attribute is ``partition``, by sort attribute.

        ``prefix`` keeps the sort values that start with it; ``up_to`` keeps those at or before it
        (one or the other, and only where there is a sort attribute). Items of equal sort value in
        an index come by table key. ``limit`` is 1-1000; the page also ends at 1 MB. Without
        ``index`` the read is never stale; with it, writes of the last moments may be missing.
        Raises ``InvalidCursor``.
        """
        ...

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none. At most 100 writes, each of its own item, and 4 MB.

        Raises ``ConditionFailed`` if any condition does not hold.
        """
        ...


def cursor_after(table: Table, item: Mapping[str, Any], index: str | None = None) -> str:
    """The cursor with which a query (by ``index``) goes on after ``item``."""
    position = table.key_of(item)
    if index is not None:
        by = table.index(index)
        position |= {name: item[name] for name in (by.partition, by.sort) if name is not None}
    return base64.urlsafe_b64encode(json.dumps(position, sort_keys=True).encode()).decode().rstrip("=")


def position_of(
    cursor: str, table: Table, partition: str, index: str | None = None
) -> dict[str, str]:
    """The key attributes that ``cursor_after`` wrote.

    Raises ``InvalidCursor`` for anything that it did not write for this query.
    """
    by = table.index(index) if index is not None else table
    names = {n for n in (table.partition, table.sort, by.partition, by.sort) if n is not None}
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidCursor() from None
    if not isinstance(position, dict) or position.keys() != names:
        raise InvalidCursor()
    if not all(isinstance(value, str) and value for value in position.values()):
        raise InvalidCursor()
    if position[by.partition] != partition:
        raise InvalidCursor()
    return position
