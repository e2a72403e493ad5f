"""A key-value store in memory. It is as strict as DynamoDB, and imitates its less obvious behaviour."""

from __future__ import annotations

import json
import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from ports.key_value_store import (
    MAX_PAGE_BYTES,
    NONE,
    Check,
    ConditionFailed,
    Delete,
    Index,
    Item,
    Key,
    Put,
    Table,
    Write,
    added,
    check_query,
    condition_holds,
    current,
    cursor_after,
    is_expired,
    key_values,
    position_of,
    size_of,
    stamped,
    transaction_sizes,
)
from ports.paging import Page
from ports.system import Clock

_READ_BATCH = 100
_WRITE_BATCH = 25

_Key = tuple[str, ...]


class InMemoryKeyValueStore:
    """Implements ``KeyValueStore``. Stores items as text, so that it never shares an object with a caller.

    As in DynamoDB, a float without a fraction is read as an int, an expired item counts towards the limit of its page,
    and a page that is exactly full has a cursor. ``calls`` has the method and the table of every request that DynamoDB
    would get. A batch read has up to 100 keys, a batch write up to 25 items; the names of a transaction's tables are
    joined by ``+``.
    """

    def __init__(self, tables: Iterable[Table], clock: Clock) -> None:
        self.calls: list[tuple[str, str]] = []
        self._clock = clock
        self._lock = threading.RLock()
        self._tables = {table.name: table for table in tables}
        self._rows = {name: _Rows(table) for name, table in self._tables.items()}
        self._seen_by_indexes: dict[str, _Rows] | None = None

    def seen_with(self, tables: Iterable[Table]) -> InMemoryKeyValueStore:
        """A second store with the same items: each of the two sees what the other writes. For code that declares the
        tables in another way.
        """
        other = InMemoryKeyValueStore(tables, self._clock)
        for name, rows in self._rows.items():
            other._rows[name].take_over(rows)
        return other

    def lag_indexes(self) -> None:
        """From now on, queries by index do not see new writes, until ``catch_up``."""
        with self._lock:
            self._seen_by_indexes = {name: rows.copy() for name, rows in self._rows.items()}

    def catch_up(self) -> None:
        """Queries by index see every write again."""
        with self._lock:
            self._seen_by_indexes = None

    def items(self, table: Table) -> list[Item]:
        """All items in the table, including expired ones."""
        with self._lock:
            return [current(table, json.loads(text)) for text, _ in self._rows_of(table).texts.values()]

    def get(self, table: Table, key: Key) -> Item | None:
        with self._lock:
            rows = self._rows_of(table)
            self.calls.append(("get", table.name))
            return self._live(rows, key_values(table, key))

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        with self._lock:
            rows = self._rows_of(table)
            wanted = [key_values(table, key) for key in keys]
            self._record("get_many", table, len(set(wanted)), _READ_BATCH)
            return [self._live(rows, key) for key in wanted]

    def put(
        self, table: Table, item: Item, *, unless_exists: bool = False, if_version: int | None = None
    ) -> None:
        write = Put(table, item, unless_exists, if_version)
        with self._lock:
            self._rows_of(table)
            size = size_of(table, item)
            self.calls.append(("put", table.name))
            self._apply([write], [size])

    def delete(self, table: Table, key: Key, *, if_version: int | None = None) -> None:
        with self._lock:
            self._rows_of(table)
            key_values(table, key)
            self.calls.append(("delete", table.name))
            self._apply([Delete(table, key, if_version)], [0])

    def add(
        self,
        table: Table,
        key: Key,
        amounts: Mapping[str, int],
        *,
        at_most: Mapping[str, int] = NONE,
        fresh: Mapping[str, Any] = NONE,
    ) -> None:
        with self._lock:
            rows = self._rows_of(table)
            self.calls.append(("add", table.name))
            stored = self._live(rows, key_values(table, key))
            item = added(table, key, stored, amounts, at_most, fresh)
            rows.put(item, size_of(table, item))

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        with self._lock:
            rows = self._rows_of(table)
            sizes = [size_of(table, item) for item in items]
            distinct = {tuple(table.key_of(item).values()) for item in items}
            self._record("put_many", table, len(distinct), _WRITE_BATCH)
            for item, size in zip(items, sizes, strict=True):
                rows.put(item, size)

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        with self._lock:
            rows = self._rows_of(table)
            removed = {key_values(table, key) for key in keys}
            self._record("delete_many", table, len(removed), _WRITE_BATCH)
            for key in removed:
                rows.remove(key)

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
        with self._lock:
            rows = self._rows_of(table)
            by = check_query(table, partition, index, prefix, up_to, limit)
            after = None
            if cursor is not None:
                position = position_of(cursor, table, partition, index, prefix=prefix, up_to=up_to)
                after = _place(table, by, position)
            self.calls.append(("query", table.name))
            if index is not None and self._seen_by_indexes is not None:
                rows = self._seen_by_indexes[table.name]
            places = rows.places(index, partition, prefix, up_to)
            if descending:
                places = places[: bisect_left(places, after)][::-1] if after is not None else places[::-1]
            elif after is not None:
                places = places[bisect_right(places, after) :]
            read: list[Item] = []
            total = 0
            for place in places[:limit]:
                text, size = rows.texts[rows.key_at(place)]
                total += size
                if total > MAX_PAGE_BYTES:
                    break
                read.append(_decoded(text))
            may_be_more = len(read) == limit or len(read) < len(places)
            now = self._clock.now()
            return Page(
                items=[current(table, item) for item in read if not is_expired(table, item, now)],
                cursor=cursor_after(table, read[-1], index) if may_be_more else None,
            )

    def transact(self, writes: Sequence[Write]) -> None:
        with self._lock:
            for write in writes:
                self._rows_of(write.table)
            sizes = transaction_sizes(writes)
            if writes:
                names = sorted({write.table.name for write in writes})
                self.calls.append(("transact", "+".join(names)))
            self._apply(writes, sizes)

    def compact(self) -> None:
        """Does nothing: deleted items are no longer in memory."""

    def close(self) -> None:
        """Does nothing: a fake holds nothing open."""

    def _rows_of(self, table: Table) -> _Rows:
        if self._tables.get(table.name) != table:
            raise LookupError(f"the store has no table {table.name} with this definition")
        return self._rows[table.name]

    def _record(self, method: str, table: Table, count: int, batch: int) -> None:
        self.calls.extend([(method, table.name)] * ceil(count / batch))

    def _live(self, rows: _Rows, key: _Key) -> Item | None:
        text, _ = rows.texts.get(key, (None, 0))
        if text is None:
            return None
        item = _decoded(text)
        return None if is_expired(rows.table, item, self._clock.now()) else current(rows.table, item)

    def _apply(self, writes: Sequence[Write], sizes: Sequence[int]) -> None:
        for write in writes:
            key = write.table.key_of(write.item) if isinstance(write, Put) else write.key
            stored = self._live(self._rows[write.table.name], key_values(write.table, key))
            if not condition_holds(write, stored):
                raise ConditionFailed
        for write, size in zip(writes, sizes, strict=True):
            rows = self._rows[write.table.name]
            match write:
                case Put(item=item):
                    rows.put(item, size)
                case Delete(table=table, key=key):
                    rows.remove(key_values(table, key))
                case Check():
                    pass


class _Rows:
    """The items of one table. Has each item's text by its key and, for the table and each index, the sorted places of
    the items in each partition.

    The place of an item is its sort value, followed by its key.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.texts: dict[_Key, tuple[str, int]] = {}
        self._schemes: dict[str | None, Table | Index] = {None: table} | {by.name: by for by in table.indexes}
        self._places: dict[str | None, defaultdict[str, list[_Key]]] = {
            name: defaultdict(list) for name in self._schemes
        }
        self._placed: dict[_Key, list[tuple[str | None, str, _Key]]] = {}
        """For each item's key, all its entries: the index (None for the table), the partition, and the place."""

    def copy(self) -> _Rows:
        twin = _Rows(self.table)
        twin.texts = dict(self.texts)
        twin._placed = dict(self._placed)
        for name, partitions in self._places.items():
            twin._places[name].update({value: list(places) for value, places in partitions.items()})
        return twin

    def take_over(self, other: _Rows) -> None:
        self.texts, self._placed, self._places = other.texts, other._placed, other._places

    def put(self, item: Item, size: int) -> None:
        key = tuple(self.table.key_of(item).values())
        self.remove(key)
        text = json.dumps(stamped(self.table, item), ensure_ascii=False, allow_nan=False)
        self.texts[key] = (text, size)
        placed = [
            (name, item[by.partition], _place(self.table, by, item))
            for name, by in self._schemes.items()
            if self._is_in(by, item)
        ]
        for name, partition, place in placed:
            insort(self._places[name][partition], place)
        self._placed[key] = placed

    def remove(self, key: _Key) -> None:
        self.texts.pop(key, None)
        for name, partition, place in self._placed.pop(key, ()):
            places = self._places[name][partition]
            del places[bisect_left(places, place)]
            if not places:
                del self._places[name][partition]

    def places(self, index: str | None, partition: str, prefix: str, up_to: str | None) -> list[_Key]:
        places = self._places[index].get(partition, [])
        low = bisect_left(places, (prefix,))
        if up_to is not None:
            return places[low : bisect_right(places, up_to, key=lambda place: place[0])]
        return places[low : bisect_right(places, prefix, lo=low, key=lambda place: place[0][: len(prefix)])]

    def key_at(self, place: _Key) -> _Key:
        return place[-1:] if self.table.sort is None else place[-2:]

    @staticmethod
    def _is_in(by: Table | Index, item: Item) -> bool:
        return by.holds(item) if isinstance(by, Index) else True


def _place(table: Table, by: Table | Index, item: Any) -> _Key:
    """The place of ``item`` in its partition."""
    sort = item[by.sort] if by.sort is not None else ""
    return (sort, *table.key_of(item).values())


def _decoded(text: str) -> Item:
    item: Item = _DECODER.decode(text)
    return item


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


_DECODER = json.JSONDecoder(parse_float=_number)
