"""Items in tables, read by key or index, written on condition.

The shape is DynamoDB's, because that is the strictest of the stores behind it:
an item is a JSON object of at most 400 KB, a query answers pages cut at 1 MB, an
index may lag behind its table, a transaction takes 100 writes. Limits:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from ports.errors import PortError
from ports.lifecycle import Closeable, Compactable
from ports.paging import InvalidCursor, Page, from_cursor, to_cursor
from ports.personal_data import Declaration

Item = dict[str, Any]
"""A JSON object: str, int, finite float, bool, None, lists and objects of these.

Values come back equal, not always of the same type: a float without a fraction may come back as an int.
"""
Key = Mapping[str, str]
"""The table's key attributes and their values, all non-empty strings."""

MAX_ITEM_BYTES = 400 * 1024
MAX_PAGE_BYTES = 1024 * 1024
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
MAX_TRANSACTION_WRITES = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_PAGE_ITEMS = 1000
MAX_DEPTH = 32
"""Lists and objects within each other, the item itself included."""
MAX_INTEGER = 10**38 - 1
MIN_FLOAT, MAX_FLOAT = 1e-130, 9.9e125
"""The magnitudes that a float other than zero may have."""
VERSION = "version"
"""The attribute that ``if_version`` compares: an integer that the writer raises with each put."""


class ConditionFailed(PortError):
    """The item is not in the state that the write asked for; nothing was written."""


class ItemTooLarge(PortError):
    """An item over 400 KB, or a transaction over 4 MB; nothing was written."""


class InvalidItem(PortError):
    """A key that is missing, empty, too long or no string, or a value that the store cannot hold.

    An attribute that an index goes by may be left out; if it is there, it must be fit for a key.
    The time-to-live attribute, if it is there, must be a number.
    """


@dataclass(frozen=True, slots=True)
class Index:
    """A second key over a table. An item that lacks one of its attributes is not in it."""

    name: str
    partition: str
    sort: str | None = None

    def holds(self, item: Mapping[str, Any]) -> bool:
        return self.partition in item and (self.sort is None or self.sort in item)


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name (without prefix), key attributes, indexes and time-to-live attribute.

    ``personal`` declares whose data its rows are, or why they are nobody's; a store makes nothing of it.
    ``ttl`` names an attribute holding epoch seconds. An item whose time has come is
    absent to every read and condition, whether or not the store has removed it yet.
    """

    name: str
    partition: str
    sort: str | None = None
    indexes: tuple[Index, ...] = field(default=())
    ttl: str | None = None
    personal: Declaration = field(kw_only=True)

    def __post_init__(self) -> None:
        self.personal.check(self)

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
class Put:
    """Write the whole item. ``unless_exists`` and ``if_version`` exclude each other."""

    table: Table
    item: Item
    unless_exists: bool = False
    if_version: int | None = None

    def __post_init__(self) -> None:
        if self.unless_exists and self.if_version is not None:
            raise ValueError("unless_exists and if_version exclude each other")


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

NONE: Mapping[str, Any] = MappingProxyType({})
"""No limits, nothing more: what ``add`` takes where it is told of none."""


class KeyValueStore(Compactable, Closeable, Protocol):
    """Every method may raise an ``UpstreamError``; after ``TimedOut`` a write may have happened."""

    def get(self, table: Table, key: Key) -> Item | None:
        """The item as last written (never stale), or None."""
        ...

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        """The items of ``keys``, in that order and never stale; any number of keys, repeated ones too."""
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
        """Remove the item. Without ``if_version``, removing what is not there is no error.

        Raises ``ConditionFailed`` if ``if_version`` is given and the stored item is absent or at
        another version.
        """
        ...

    def add(
        self,
        table: Table,
        key: Key,
        amounts: Mapping[str, int],
        *,
        at_most: Mapping[str, int] = NONE,
        fresh: Mapping[str, Any] = NONE,
    ) -> None:
        """Add to whole numbers of an item, in one step: all of them or none. One that is not there is 0.

        Raises ``ConditionFailed`` where one would come to more than ``at_most`` has for it. An item that is
        absent is made of the key, ``fresh`` and the amounts. Repeating it adds again: after ``TimedOut`` it
        was done once or not at all.
        """
        ...

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        """Write any number of items, unconditionally and not atomically. Repeating it is harmless.

        Of several items with one key the last stays.
        """
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
    ) -> Page[Item]:
        """One page of the items whose partition attribute is ``partition``, by sort attribute.

        ``prefix`` keeps the sort values that start with it; ``up_to`` keeps those at or before it
        (one or the other, and only where there is a sort attribute). Items of equal sort value in
        an index come by table key, but for DynamoDB, which promises no order of them. ``limit`` is 1-1000;
        the page also ends at 1 MB, and items that have expired count towards both. Without ``index`` the
        read is never stale; with it, writes of the last moments may be missing. Raises ``InvalidCursor`` for
        a cursor that was not made for this table, index and partition, or that lies outside of ``prefix``
        or ``up_to``.
        """
        ...

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none. At most 100 writes, each of its own item, and 4 MB; none is none.

        Raises ``ConditionFailed`` if any condition does not hold.
        """
        ...


def cursor_after(table: Table, item: Mapping[str, Any], index: str | None = None) -> str:
    """The cursor with which a query (by ``index``) goes on after ``item``."""
    position = table.key_of(item)
    if index is not None:
        by = table.index(index)
        position |= {name: item[name] for name in (by.partition, by.sort) if name is not None}
    return to_cursor(position)


def position_of(
    cursor: str,
    table: Table,
    partition: str,
    index: str | None = None,
    *,
    prefix: str = "",
    up_to: str | None = None,
) -> dict[str, str]:
    """The key attributes that ``cursor_after`` wrote.

    Raises ``InvalidCursor`` for anything that it did not write for this query.
    """
    by = table.index(index) if index is not None else table
    names = {n for n in (table.partition, table.sort, by.partition, by.sort) if n is not None}
    position = from_cursor(cursor)
    if not isinstance(position, dict) or position.keys() != names:
        raise InvalidCursor
    sorts = {table.sort, by.sort} - {table.partition, by.partition}
    for name, value in position.items():
        if not _is_key_value(value, MAX_SORT_KEY_BYTES if name in sorts else MAX_PARTITION_KEY_BYTES):
            raise InvalidCursor
    if position[by.partition] != partition:
        raise InvalidCursor
    if by.sort is not None:
        at = position[by.sort]
        if not at.startswith(prefix) or (up_to is not None and at > up_to):
            raise InvalidCursor
    return position


def key_values(table: Table, key: Key) -> tuple[str, ...]:
    """The key's values, partition first. Raises ``InvalidItem`` unless ``key`` is a whole key and no more."""
    if key.keys() != {table.partition, table.sort} - {None}:
        raise InvalidItem(f"{table.name}: a key of other attributes")
    _check_keys(table, key)
    return tuple(key[name] for name in (table.partition, table.sort) if name is not None)


def size_of(table: Table, item: Item) -> int:
    """The bytes of an item that is fit for the table, as DynamoDB counts them (numbers a little generously).

    Raises ``InvalidItem`` and ``ItemTooLarge``.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    table.key_of(item)
    _check_keys(table, item)
    if table.ttl is not None and table.ttl in item:
        moment = item[table.ttl]
        if isinstance(moment, bool) or not isinstance(moment, int | float):
            raise InvalidItem(f"{table.name}: {table.ttl} is no number")
    size = _size(item, MAX_DEPTH) - _NESTING_BYTES
    if size > MAX_ITEM_BYTES:
        raise ItemTooLarge(table.name, size)
    return size


def transaction_sizes(writes: Sequence[Write]) -> list[int]:
    """The bytes that each write would store.

    Raises ``InvalidItem`` and ``ItemTooLarge``, and ``ValueError`` for too many writes or two of one item.
    """
    if len(writes) > MAX_TRANSACTION_WRITES:
        raise ValueError(f"a transaction of {len(writes)} writes")
    sizes = []
    targets = set()
    for write in writes:
        if isinstance(write, Put):
            sizes.append(size_of(write.table, write.item))
            key: Key = write.table.key_of(write.item)
        else:
            sizes.append(0)
            key = write.key
        targets.add((write.table.name, key_values(write.table, key)))
    if len(targets) < len(writes):
        raise ValueError("two writes of one item in a transaction")
    if sum(sizes) > MAX_TRANSACTION_BYTES:
        raise ItemTooLarge("transaction", sum(sizes))
    return sizes


def check_query(
    table: Table, partition: str, index: str | None, prefix: str, up_to: str | None, limit: int
) -> Table | Index:
    """What the query goes by. Raises ``ValueError`` or ``InvalidItem`` for what ``query`` does not take."""
    by = table.index(index) if index is not None else table
    if not 1 <= limit <= MAX_PAGE_ITEMS:
        raise ValueError(f"a limit of {limit}")
    if prefix and up_to is not None:
        raise ValueError("prefix and up_to exclude each other")
    if (prefix or up_to is not None) and by.sort is None:
        raise ValueError(f"{table.name}: no sort attribute to go by")
    if not _is_key_value(partition, MAX_PARTITION_KEY_BYTES):
        raise InvalidItem(f"{table.name}: {by.partition}")
    for bound in (prefix or None, up_to):
        if bound is not None and not _is_key_value(bound, MAX_SORT_KEY_BYTES):
            raise InvalidItem(f"{table.name}: {by.sort}")
    return by


def condition_holds(write: Write, stored: Mapping[str, Any] | None) -> bool:
    """Whether ``write`` may be done where ``stored`` is what its key holds now."""
    match write:
        case Put(unless_exists=True) | Check(if_version=None):
            return stored is None
        case Put(if_version=None) | Delete(if_version=None):
            return True
        case Put(if_version=version) | Delete(if_version=version) | Check(if_version=version):
            return stored is not None and stored.get(VERSION) == version


def added(
    table: Table,
    key: Key,
    stored: Item | None,
    amounts: Mapping[str, int],
    at_most: Mapping[str, int],
    fresh: Mapping[str, Any],
) -> Item:
    """What ``add`` makes of the item that its key holds now. Raises ``ConditionFailed``, ``InvalidItem``."""
    key_values(table, key)
    item = {**fresh, **key} if stored is None else dict(stored)
    for name, amount in amounts.items():
        item[name] = item.get(name, 0) + amount
        if name in at_most and item[name] > at_most[name]:
            raise ConditionFailed
    return item


def is_expired(table: Table, item: Mapping[str, Any], now: datetime) -> bool:
    return table.ttl is not None and table.ttl in item and bool(item[table.ttl] <= now.timestamp())


_NESTING_BYTES = 3


def _check_keys(table: Table, attributes: Mapping[str, Any]) -> None:
    schemes: tuple[Table | Index, ...] = (table, *table.indexes)
    for by in schemes:
        for name, limit in ((by.partition, MAX_PARTITION_KEY_BYTES), (by.sort, MAX_SORT_KEY_BYTES)):
            if name is not None and name in attributes and not _is_key_value(attributes[name], limit):
                raise InvalidItem(f"{table.name}: {name}")


def _is_key_value(value: object, limit: int) -> bool:
    if not isinstance(value, str) or not value:
        return False
    try:
        return len(value.encode()) <= limit
    except UnicodeEncodeError:
        return False


def _size(value: object, depth: int) -> int:
    match value:
        case str():
            try:
                return len(value) if value.isascii() else len(value.encode())
            except UnicodeEncodeError:
                raise InvalidItem("text with a lone surrogate") from None
        case None | bool():
            return 1
        case int():
            if abs(value) > MAX_INTEGER:
                raise InvalidItem("an integer of more than 38 digits")
            return len(str(value)) // 2 + 2
        case float():
            if value and not MIN_FLOAT <= abs(value) <= MAX_FLOAT:
                raise InvalidItem(f"the number {value}")
            return len(str(value)) // 2 + 2
        case dict() | list() if depth == 0:
            raise InvalidItem(f"nested deeper than {MAX_DEPTH}")
        case dict():
            size = _NESTING_BYTES + len(value)
            for name, member in value.items():
                if not isinstance(name, str) or not name:
                    raise InvalidItem("an attribute name that is empty or no string")
                size += _size(name, depth) + _size(member, depth - 1)
            return size
        case list():
            return _NESTING_BYTES + len(value) + sum(_size(member, depth - 1) for member in value)
    raise InvalidItem(f"a value of type {type(value).__name__}")
