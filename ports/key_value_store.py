"""Items in tables, read by key or by index, and written under conditions.

The rules are those of DynamoDB, the strictest store behind this port: an item is a JSON object of at most 400 KB, a
page of a query ends at 1 MB, an index may lag behind its table, a transaction has at most 100 writes. Limits:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from ports.errors import PortError, Unavailable
from ports.lifecycle import Closeable, Compactable
from ports.paging import InvalidCursor, Page, from_cursor, to_cursor
from ports.personal_data import Declaration

Item = dict[str, Any]
"""A JSON object: str, int, finite float, bool, None, lists and objects of these.

What is read is equal to what was written, but may have another type: 2.0 may be read as the int 2.
"""
Key = Mapping[str, str]
"""The table's key attributes and their values, all non-empty strings."""

Step = Callable[[Item], Item]
"""Converts an item from the previous version of its table's layout to the next one."""

MAX_ITEM_BYTES = 400 * 1024
MAX_PAGE_BYTES = 1024 * 1024
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
MAX_TRANSACTION_WRITES = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_PAGE_ITEMS = 1000
MAX_DEPTH = 32
"""How many lists and objects may be nested in each other, the item itself included."""
MAX_INTEGER = 10**38 - 1
MIN_FLOAT, MAX_FLOAT = 1e-130, 9.9e125
"""The smallest and the largest absolute value of a float other than zero."""
VERSION = "version"
"""The attribute that ``if_version`` compares: an integer that the writer raises with each put."""
SCHEMA = "schema"
"""The attribute with the version of an item's layout. Only stores write and read it; items of callers do not have it.
"""


class ConditionFailed(PortError):
    """The stored item does not meet the condition of the write; nothing was written."""


class ItemTooLarge(PortError):
    """The item is over 400 KB, or the transaction over 4 MB; nothing was written."""


class InvalidItem(PortError):
    """A key is missing, empty, too long or not a string, or a value cannot be stored; nothing was written.

    An item may lack an attribute of an index's key; if it has it, the value must be valid for a key. The
    time-to-live attribute, if present, must be a number. No item may have the attribute ``schema``.
    """


@dataclass(frozen=True, slots=True)
class Index:
    """A second key of a table. An item that lacks one of its attributes is not in the index."""

    name: str
    partition: str
    sort: str | None = None

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Whether the index lists the row: it has the attributes of the index."""
        return self.partition in item and (self.sort is None or self.sort in item)


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name (without prefix), key attributes, indexes and time-to-live attribute.

    ``personal`` declares whose data its rows are, or why they are no personal data; stores do not use it. ``ttl`` is
    the name of an attribute with a time in epoch seconds. From that time on, the item does not exist for any read or
    condition, even if the store has not removed it yet.

    ``steps`` convert an item that older code wrote to the present layout, one step for each version since the first. A
    store applies them when it reads the item. It writes the version into each item that it stores; an item without one
    has version 1. A step does not change the attributes of keys, the time-to-live, or what ``add`` counts.
    """

    name: str
    partition: str
    sort: str | None = None
    indexes: tuple[Index, ...] = field(default=())
    ttl: str | None = None
    steps: tuple[Step, ...] = field(default=(), kw_only=True)
    personal: Declaration = field(kw_only=True)
    key_bytes: tuple[tuple[str, int], ...] = field(init=False, repr=False, compare=False)
    """Each attribute of the table's key or of an index's key, with the most bytes that its value may have there. An
    attribute of several keys is listed once for each.
    """

    def __post_init__(self) -> None:
        self.personal.check(self)
        schemes: tuple[Table | Index, ...] = (self, *self.indexes)
        limits = [
            (name, limit)
            for by in schemes
            for name, limit in ((by.partition, MAX_PARTITION_KEY_BYTES), (by.sort, MAX_SORT_KEY_BYTES))
            if name is not None
        ]
        object.__setattr__(self, "key_bytes", tuple(limits))

    @property
    def schema(self) -> int:
        """The version of the layout that this code writes."""
        return 1 + len(self.steps)

    def key_of(self, item: Mapping[str, Any]) -> dict[str, str]:
        """The key attributes of the row. Raises ``InvalidItem`` if one is missing."""
        names = (self.partition,) if self.sort is None else (self.partition, self.sort)
        try:
            return {name: item[name] for name in names}
        except KeyError as missing:
            raise InvalidItem(f"{self.name}: no {missing.args[0]}") from None

    def index(self, name: str) -> Index:
        """The index with this name. Raises ``LookupError`` if there is none."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise LookupError(f"{self.name} has no index {name}")


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item. At most one of ``unless_exists`` and ``if_version`` may be given."""

    table: Table
    item: Item
    unless_exists: bool = False
    if_version: int | None = None

    def __post_init__(self) -> None:
        if self.unless_exists and self.if_version is not None:
            raise ValueError("unless_exists and if_version exclude each other")


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the row with this key. With ``if_version``, only if it is at that version."""

    table: Table
    key: Key
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A write that changes nothing, but fails the transaction if the item is not at version ``if_version``.

    With None, it fails if the item exists.
    """

    table: Table
    key: Key
    if_version: int | None


Write = Put | Delete | Check

NONE: Mapping[str, Any] = MappingProxyType({})
"""An empty mapping: the default of ``add`` for limits and attributes."""


class KeyValueStore(Compactable, Closeable, Protocol):
    """Every method may raise ``UpstreamError``. After ``TimedOut``, it is unknown whether a write was done.

    A method that reads an item raises ``Unavailable`` if code with a newer layout of its table wrote it.
    """

    def get(self, table: Table, key: Key) -> Item | None:
        """The item as last written (never stale), or None."""
        ...

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        """The items of ``keys``, in that order, never stale.

        Takes any number of keys; a key may be repeated.
        """
        ...

    def put(
        self, table: Table, item: Item, *, unless_exists: bool = False, if_version: int | None = None
    ) -> None:
        """Check the condition and write the whole item, atomically.

        Raises ``ConditionFailed`` if ``unless_exists`` is set and there is an item with that key, or if
        ``if_version`` is given and the stored item is absent or has another version.
        """
        ...

    def delete(self, table: Table, key: Key, *, if_version: int | None = None) -> None:
        """Delete the item. Without ``if_version``, a missing item is no error.

        Raises ``ConditionFailed`` if ``if_version`` is given and the stored item is absent or has another version.
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
        """Add ``amounts`` to integer attributes of an item, atomically. An absent attribute counts as 0.

        Raises ``ConditionFailed`` and adds nothing if an attribute would exceed its value in ``at_most``. If
        the item is absent, it is created from the key, ``fresh`` and the amounts. A repeated call adds
        again; after ``TimedOut`` the amounts were added once or not at all.
        """
        ...

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        """Write any number of items, without conditions and not atomically. A repeated call does no harm.

        If several items have the same key, the last one is kept.
        """
        ...

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        """Delete any number of items, without conditions and not atomically. A repeated call does no harm."""
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
        """One page of the items whose partition attribute equals ``partition``, ordered by sort attribute.

        ``prefix`` selects the sort values that start with it, ``up_to`` those that are not greater. At most one of them
        may be given, and only if there is a sort attribute. Items with equal sort values in an index are ordered by
        table key, except in DynamoDB, which guarantees no order for them. ``limit`` is 1-1000; a page also ends at 1
        MB, and expired items count towards both. Without ``index`` the read is never stale; with it, the latest writes
        may be missing. Raises ``InvalidCursor`` if the cursor was not made for this table, index and partition, or is
        outside of ``prefix`` or ``up_to``.
        """
        ...

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all of the writes or none. An empty list does nothing.

        There may be at most 100 writes, each of a different item, of at most 4 MB together. Raises ``ConditionFailed``
        if a condition does not hold.
        """
        ...


def cursor_after(table: Table, item: Mapping[str, Any], index: str | None = None) -> str:
    """The cursor with which a query (by ``index``, if given) continues after ``item``."""
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
    """The key attributes in a cursor that ``cursor_after`` made.

    Raises ``InvalidCursor`` if the cursor was not made by ``cursor_after`` for this query.
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
    """The key's values, partition first.

    Raises ``InvalidItem`` if ``key`` does not have exactly the key attributes.
    """
    names = (table.partition,) if table.sort is None else (table.partition, table.sort)
    if len(key) != len(names) or any(name not in key for name in names):
        raise InvalidItem(f"{table.name}: the key has other attributes")
    _check_keys(table, key)
    return tuple(key[name] for name in names)


def size_of(table: Table, item: Item) -> int:
    """The size of a valid item in bytes, as DynamoDB counts it. A number may count a little more.

    Raises ``InvalidItem`` and ``ItemTooLarge``.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    table.key_of(item)
    _check_keys(table, item)
    if table.ttl is not None and table.ttl in item:
        moment = item[table.ttl]
        if isinstance(moment, bool) or not isinstance(moment, int | float):
            raise InvalidItem(f"{table.name}: {table.ttl} is not a number")
    if SCHEMA in item:
        raise InvalidItem(f"{table.name}: {SCHEMA} is the store's own")
    size = _size(stamped(table, item), MAX_DEPTH) - _NESTING_BYTES
    if size > MAX_ITEM_BYTES:
        raise ItemTooLarge(table.name, size)
    return size


def stamped(table: Table, item: Item) -> Item:
    """The item as it is stored: with the version of its layout."""
    return {**item, SCHEMA: table.schema}


def current(table: Table, stored: Item) -> Item:
    """The stored item in the present layout, without its version attribute.

    Raises ``Unavailable`` if newer code wrote it, because the same names may mean something else there.
    """
    item = dict(stored)
    version = item.pop(SCHEMA, 1)
    if version > table.schema:
        raise Unavailable(
            "key_value_store",
            f"{table.name}: an item of version {version}, but this code knows only {table.schema}",
        )
    for step in table.steps[version - 1 :]:
        item = step(item)
    return item


def transaction_sizes(writes: Sequence[Write]) -> list[int]:
    """The number of bytes that each write would store.

    Raises ``InvalidItem`` and ``ItemTooLarge``, and ``ValueError`` for too many writes or two writes of the same item.
    """
    if len(writes) > MAX_TRANSACTION_WRITES:
        raise ValueError(f"too many writes in a transaction: {len(writes)}")
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
        raise ValueError("two writes of the same item in a transaction")
    if sum(sizes) > MAX_TRANSACTION_BYTES:
        raise ItemTooLarge("transaction", sum(sizes))
    return sizes


def check_query(
    table: Table, partition: str, index: str | None, prefix: str, up_to: str | None, limit: int
) -> Table | Index:
    """The table or index to read. Raises ``ValueError`` or ``InvalidItem`` for arguments that ``query`` refuses."""
    by = table.index(index) if index is not None else table
    if not 1 <= limit <= MAX_PAGE_ITEMS:
        raise ValueError(f"a limit out of range: {limit}")
    if prefix and up_to is not None:
        raise ValueError("prefix and up_to exclude each other")
    if (prefix or up_to is not None) and by.sort is None:
        raise ValueError(f"{table.name}: there is no sort attribute")
    if not _is_key_value(partition, MAX_PARTITION_KEY_BYTES):
        raise InvalidItem(f"{table.name}: {by.partition}")
    for bound in (prefix or None, up_to):
        if bound is not None and not _is_key_value(bound, MAX_SORT_KEY_BYTES):
            raise InvalidItem(f"{table.name}: {by.sort}")
    return by


def condition_holds(write: Write, stored: Mapping[str, Any] | None) -> bool:
    """Whether the condition of ``write`` holds for the stored item (None: absent)."""
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
    """The item after ``add``, given the item stored now. Raises ``ConditionFailed`` and ``InvalidItem``."""
    key_values(table, key)
    item = {**fresh, **key} if stored is None else dict(stored)
    for name, amount in amounts.items():
        item[name] = item.get(name, 0) + amount
        if name in at_most and item[name] > at_most[name]:
            raise ConditionFailed
    return item


def is_expired(table: Table, item: Mapping[str, Any], now: datetime) -> bool:
    """Whether the row's time to live is over. A store may keep such a row for a while."""
    return table.ttl is not None and table.ttl in item and bool(item[table.ttl] <= now.timestamp())


_NESTING_BYTES = 3


def _check_keys(table: Table, attributes: Mapping[str, Any]) -> None:
    for name, limit in table.key_bytes:
        if name in attributes and not _is_key_value(attributes[name], limit):
            raise InvalidItem(f"{table.name}: {name}")


def _is_key_value(value: object, limit: int) -> bool:
    if not isinstance(value, str) or not value:
        return False
    if value.isascii():
        return len(value) <= limit
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
                    raise InvalidItem("an attribute name is empty or not a string")
                size += len(name) if name.isascii() else _size(name, depth)
                is_plain = type(member) is str and member.isascii()  # most members, without a further call
                size += len(member) if is_plain else _size(member, depth - 1)
            return size
        case list():
            return _NESTING_BYTES + len(value) + sum(_size(member, depth - 1) for member in value)
    raise InvalidItem(f"a value of type {type(value).__name__}")
