"""The laptop's key-value store: one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

from adapters.local.stores.sqlite_errors import check_there, is_busy, parsed, translated
from adapters.local.stores.sqlite_versions import check_tables, note_tables, stamp
from ports.errors import Throttled, Unavailable, UpstreamError
from ports.key_value_store import (
    MAX_PAGE_BYTES,
    NONE,
    SCHEMA,
    VERSION,
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
    key_values,
    position_of,
    size_of,
    stamped,
    transaction_sizes,
)
from ports.paging import Page
from ports.system import Clock

_CAPABILITY = "key_value_store"
_SCRUB_BUSY_MILLISECONDS = 250
_PURGE_SECONDS = 60
_PURGE_ROWS = 200
_BATCH_ROWS = 500
_IDLE_CONNECTIONS = 32
"""As many as threads read at once under load. Opening a connection reads the whole schema, which takes longer than most
reads.
"""
_TOGETHER = 64
"""The most changes in one commit. A commit holds SQLite's write lock, also against other processes."""
_WAL_TRIES = 50


class SQLiteKeyValueStore:
    """Implements ``ports.key_value_store.KeyValueStore``.

    When a write returns, it is on the disk. A deleted item is overwritten in the file; ``compact`` also removes its old
    copies. Any number of threads may share a store, and several processes may share the file.

    The constructor creates the file, or adds missing tables and indexes of ``tables``; a new index covers the existing
    items. If a write cannot start within ``busy_seconds``, it raises ``Throttled``.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        tables: Sequence[Table],
        clock: Clock,
        *,
        busy_seconds: float = 20,
    ) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._layouts = {table.name: _Layout(table) for table in tables}
        self._pool = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        # The threads of this process wait for this lock. If they waited for SQLite's lock, each would poll it.
        self._writer = threading.Lock()
        self._waiting: deque[_Change] = deque()
        self._is_committing = False
        """Whether a thread is committing, or will do so next. All other threads then wait for their turn."""
        self._must_scrub = False
        self._purged_at = float("-inf")
        self._finalizer = weakref.finalize(self, _close_all, self._idle)
        self._is_made = False
        self._write(self._prepare)
        self._is_made = True

    def _prepare(self, connection: sqlite3.Connection) -> None:
        check_tables(connection, _CAPABILITY)
        for layout in self._layouts.values():
            layout.prepare(connection)
        note_tables(connection)
        stamp(connection, _CAPABILITY)

    def compact(self) -> None:
        """Remove all bytes of deleted or replaced items from the file and from its write-ahead log.

        SQLite overwrites a deleted item, but not its old copies, which it leaves when it moves items. Rewriting the
        file removes them. The file is rewritten only if anything was deleted since the last time.
        """
        self._write(lambda connection: None)  # deletes expired items too
        with self._writer, self._connection() as connection:
            residue = _residue(connection)
            if residue:
                connection.execute("VACUUM")
                # Another process may have deleted items in the meantime: those deletions stay counted.
                connection.execute("BEGIN IMMEDIATE")
                _count_residue(connection, -residue)
                connection.execute("COMMIT")
            self._scrub(connection)

    def close(self) -> None:
        """Compact and close the file. Any later call raises ``Unavailable``."""
        try:
            self.compact()
        except UpstreamError:
            # The file is closed already, another process uses it, or the disk is full. The deletions stay counted.
            pass
        with self._pool:
            self._closed = True
            self._finalizer()

    def get(self, table: Table, key: Key) -> Item | None:
        layout = self._layout(table)
        values = key_values(table, key)
        with self._connection() as connection:
            return self._read(connection, layout, values)

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        layout = self._layout(table)
        wanted = [key_values(table, key) for key in keys]
        with self._connection() as connection:
            connection.execute("BEGIN")
            items = [self._read(connection, layout, values) for values in wanted]
            connection.execute("COMMIT")
            return items

    def put(
        self, table: Table, item: Item, *, unless_exists: bool = False, if_version: int | None = None
    ) -> None:
        write = Put(table, item, unless_exists, if_version)
        self._layout(table)
        size = size_of(table, item)
        self._write(lambda connection: self._apply(connection, [write], [size]))

    def delete(self, table: Table, key: Key, *, if_version: int | None = None) -> None:
        self._layout(table)
        key_values(table, key)
        deletion = Delete(table, key, if_version)
        self._write(lambda connection: self._apply(connection, [deletion], [0]), scrub=True)

    def add(
        self,
        table: Table,
        key: Key,
        amounts: Mapping[str, int],
        *,
        at_most: Mapping[str, int] = NONE,
        fresh: Mapping[str, Any] = NONE,
    ) -> None:
        layout = self._layout(table)
        values = key_values(table, key)

        def change(connection: sqlite3.Connection) -> None:
            stored = self._read(connection, layout, values)
            item = added(table, key, stored, amounts, at_most, fresh)
            connection.execute(layout.upsert, layout.row(item, size_of(table, item)))

        self._write(change)

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        layout = self._layout(table)
        rows = [layout.row(item, size_of(table, item)) for item in items]
        for start in range(0, len(rows), _BATCH_ROWS):
            batch = rows[start : start + _BATCH_ROWS]
            self._write(partial(_execute_many, layout.upsert, batch))

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        layout = self._layout(table)
        to_delete = [key_values(table, key) for key in keys]
        for start in range(0, len(to_delete), _BATCH_ROWS):
            batch, is_last = to_delete[start : start + _BATCH_ROWS], start + _BATCH_ROWS >= len(to_delete)
            self._write(partial(_execute_many, layout.delete, batch), scrub=is_last)

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
        layout = self._layout(table)
        by = check_query(table, partition, index, prefix, up_to, limit)
        position = None
        if cursor is not None:
            position = position_of(cursor, table, partition, index, prefix=prefix, up_to=up_to)
        order = layout.order(by)
        if position is not None and not order:
            return Page([], None)
        arguments: list[object] = [partition]
        has_start = has_end = False
        if by.sort is not None:
            # The cursor is the stricter bound on its side. With both bounds, SQLite might start from the other one.
            has_start = position is None or descending
            if has_start:
                arguments.append(prefix)
            end = _after_prefix(prefix)
            has_end = up_to is None and end is not None and (position is None or not descending)
            if up_to is not None or has_end:
                arguments.append(end if up_to is None else up_to)
        if position is not None:
            arguments += [position[name] for name in order]
        if table.ttl is not None:
            arguments.append(self._now())
        statement = layout.query(
            by,
            has_start=has_start,
            has_end=has_end,
            up_to=by.sort is not None and up_to is not None,
            after=position is not None,
            descending=descending,
        )
        items: list[Item] = []
        total = 0
        may_be_more = False
        with (
            self._connection() as connection,
            closing(connection.execute(statement, (*arguments, limit))) as rows,
        ):
            for text, size in rows:
                total += size
                if total > MAX_PAGE_BYTES:
                    may_be_more = True
                    break
                items.append(current(table, parsed(_CAPABILITY, text)))
        may_be_more = may_be_more or len(items) == limit
        return Page(items, cursor_after(table, items[-1], index) if may_be_more else None)

    def transact(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self._layout(write.table)
        sizes = transaction_sizes(writes)
        if writes:
            scrub = any(isinstance(write, Delete) for write in writes)
            self._write(lambda connection: self._apply(connection, writes, sizes), scrub=scrub)

    def _layout(self, table: Table) -> _Layout:
        layout = self._layouts.get(table.name)
        if layout is None or (layout.table is not table and layout.table != table):
            raise LookupError(f"the store has no table {table.name} with this definition")
        return layout

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _read(self, connection: sqlite3.Connection, layout: _Layout, values: tuple[str, ...]) -> Item | None:
        arguments = values if layout.table.ttl is None else (*values, self._now())
        row = connection.execute(layout.select, arguments).fetchone()
        return None if row is None else current(layout.table, parsed(_CAPABILITY, row[0]))

    def _version(
        self, connection: sqlite3.Connection, layout: _Layout, values: tuple[str, ...]
    ) -> Item | None:
        """Like ``_read``, but the returned item may hold only its version: the condition of a write needs nothing else."""
        arguments = values if layout.table.ttl is None else (*values, self._now())
        try:
            row = connection.execute(layout.select_version, arguments).fetchone()
        except sqlite3.OperationalError as error:
            if is_busy(error):
                raise
            return self._read(
                connection, layout, values
            )  # the stored text is no JSON object: `_read` raises the error
        if row is None:
            return None
        version, schema = row
        if (schema or 1) != layout.table.schema:
            return self._read(connection, layout, values)
        return {} if version is None else {VERSION: version}

    def _check(self, connection: sqlite3.Connection, write: Write) -> None:
        """Raise ``ConditionFailed`` if the write's condition does not hold."""
        is_new = isinstance(write, Put) and write.unless_exists
        if write.if_version is None and not is_new and not isinstance(write, Check):
            return
        layout = self._layouts[write.table.name]
        if not condition_holds(write, self._version(connection, layout, _key_of(write))):
            raise ConditionFailed

    def _apply(self, connection: sqlite3.Connection, writes: Sequence[Write], sizes: Sequence[int]) -> None:
        """Check the conditions of all writes and then carry the writes out. Raises ``ConditionFailed``. No two writes
        are of the same item, so their order does not matter.
        """
        for write in writes:
            self._check(connection, write)
        for write, size in zip(writes, sizes, strict=True):
            layout = self._layouts[write.table.name]
            match write:
                case Put(item=item):
                    connection.execute(layout.upsert, layout.row(item, size))
                case Delete():
                    connection.execute(layout.delete, _key_of(write))
                case Check():
                    pass

    def _write(self, work: Callable[[sqlite3.Connection], object], *, scrub: bool = False) -> None:
        """Run ``work`` in a transaction that holds SQLite's write lock from its start, so that nobody changes what it
        reads. Returns when the changes are on the disk. If ``work`` raises, none of its changes is stored, and the
        error is raised here.

        With ``scrub``, the deleted data is also removed from the write-ahead log, by the last of the waiting threads.
        Each commit waits for the disk, so changes that wait at the same time are committed together, by the thread that
        came first. ``work`` checks its conditions before its first change.
        """
        change = _Change(work, scrub)
        with self._pool:
            self._waiting.append(change)
            is_first = not self._is_committing
            self._is_committing = True
        try:
            if not is_first:
                change.turn.wait()
            if not change.is_done:
                with self._writer:
                    self._commit_together()
        finally:  # also if the thread is interrupted
            self._pass_on(change, is_first=is_first)
        if change.error is not None:
            raise change.error

    def _pass_on(self, change: _Change, *, is_first: bool) -> None:
        """After this change's thread has committed, make the thread that waits longest the next one to commit."""
        with self._pool:
            if change in self._waiting:
                self._waiting.remove(change)
            if not (is_first or change.leads):
                return
            following = self._waiting[0] if self._waiting else None
            self._is_committing = following is not None
            if following is not None:
                following.leads = True
                following.turn.set()

    def _commit_together(self) -> None:
        """Commit all waiting changes, at most ``_TOGETHER``. A change that fails is undone without the others."""
        with self._pool:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _TOGETHER))]
        try:
            with self._connection() as connection:
                check_there(self._path, _CAPABILITY)
                _carry_out(group, connection)
                done = [change for change in group if change.error is None]
                if done:
                    scrub = any(change.scrub for change in done)
                    if self._purge(connection) or scrub:
                        _count_residue(connection, 1)
                    connection.execute("COMMIT")
                    self._must_scrub |= scrub
                else:
                    connection.execute("ROLLBACK")
                if self._must_scrub and not self._waiting:
                    self._must_scrub = False
                    self._scrub(connection)
        except BaseException as error:
            for change in group:
                change.error = change.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for change in group:
                change.is_done = True
                change.turn.set()

    def _purge(self, connection: sqlite3.Connection) -> bool:
        """Delete expired items, at most once a minute. Returns whether anything was deleted."""
        now = self._now()
        if now < self._purged_at + _PURGE_SECONDS:
            return False
        purged = 0
        for layout in self._layouts.values():
            if layout.table.ttl is not None:
                purged += connection.execute(layout.purge, (now, _PURGE_ROWS)).rowcount
        self._purged_at = now
        return purged > 0

    def _scrub(self, connection: sqlite3.Connection) -> None:
        """Empty the write-ahead log, which still has deleted items. If another connection is reading, it stays as it
        is.
        """
        connection.execute(f"PRAGMA busy_timeout = {_SCRUB_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute(f"PRAGMA busy_timeout = {int(self._busy_seconds * 1000)}")

    def _connection(self) -> _Lent:
        """A connection that only this thread uses, until the block ends."""
        return _Lent(self._take, self._give_back)

    def _take(self) -> sqlite3.Connection:
        with self._pool:
            if self._closed:
                raise Unavailable(_CAPABILITY, "closed")
            if self._idle:
                return self._idle.pop()
        if self._is_made:
            check_there(self._path, _CAPABILITY)
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            _log_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool:
            if not self._closed and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


class _Lent:
    """A connection for a ``with`` block. The end of the block returns it to the store. A SQLite error in the block is
    raised as an error of the port.
    """

    __slots__ = ("_connection", "_give_back", "_take")

    def __init__(
        self, take: Callable[[], sqlite3.Connection], give_back: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._take = take
        self._give_back = give_back
        self._connection: sqlite3.Connection

    def __enter__(self) -> sqlite3.Connection:
        with translated(_CAPABILITY):
            self._connection = self._take()
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        if error is None and not connection.in_transaction:
            self._give_back(connection)
            return
        with translated(_CAPABILITY):
            try:
                if error is not None:
                    raise error
            finally:
                if connection.in_transaction:
                    connection.rollback()
                self._give_back(connection)


@dataclass(slots=True, eq=False)
class _Change:
    """A write of one thread, while it waits to be committed."""

    work: Callable[[sqlite3.Connection], object]
    scrub: bool
    error: BaseException | None = None
    is_done: bool = False
    leads: bool = False
    """Whether the change's thread must commit the waiting changes."""
    turn: threading.Event = field(default_factory=threading.Event)
    """The change's thread waits for it. It is set when the change is done, or when that thread must commit."""

    def attempt(self, connection: sqlite3.Connection) -> bool:
        """Run ``work`` in the transaction and set ``error``. Returns False if the whole transaction must be undone,
        because ``work`` failed after its first change, or the failure ended the transaction.
        """
        self.error = None
        before = connection.total_changes
        try:
            with translated(_CAPABILITY):
                self.work(connection)
        except Exception as error:
            self.error = error
            return connection.in_transaction and connection.total_changes == before
        return True


def _carry_out(group: Sequence[_Change], connection: sqlite3.Connection) -> None:
    """Carry out the changes in a transaction that the caller must end. Those that fail have their ``error``, and change
    nothing.

    Nearly all failures are conditions, which are checked before the first change. So no savepoints are needed: after
    any other failure, all changes but that one begin again, because a failure may have ended the transaction.
    """
    remaining = list(group)
    while True:
        connection.execute("BEGIN IMMEDIATE")
        failed = next((change for change in remaining if not change.attempt(connection)), None)
        if failed is None:
            return
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        remaining.remove(failed)


def _key_of(write: Write) -> tuple[str, ...]:
    return key_values(write.table, write.table.key_of(write.item) if isinstance(write, Put) else write.key)


def _execute_many(statement: str, rows: Sequence[Sequence[object]], connection: sqlite3.Connection) -> None:
    connection.executemany(statement, rows)


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class _Layout:
    """A table in SQL: a column for each attribute of a key, an index or the time-to-live, and the whole item as text."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._queries: dict[tuple[str | bool, ...], str] = {}
        self._keys = [name for name in (table.partition, table.sort) if name is not None]
        of_indexes = [name for by in table.indexes for name in (by.partition, by.sort) if name is not None]
        self._texts = list(dict.fromkeys([*self._keys, *of_indexes]))
        self._columns = self._texts if table.ttl is None else [*self._texts, table.ttl]
        name, stored = _quoted(table.name), [*self._columns, "$size", "$item"]
        at_key = " AND ".join(f"{_quoted(key)} = ?" for key in self._keys)
        ttl = _quoted(table.ttl or "")
        changes = ", ".join(f"{_quoted(n)} = excluded.{_quoted(n)}" for n in stored if n not in self._keys)
        # The names come from the tables in the code, never from a request, and they are quoted.
        self.live = f"({ttl} IS NULL OR {ttl} > ?)"
        self.select = f'SELECT "$item" FROM {name} WHERE {at_key}'  # noqa: S608
        if table.ttl is not None:
            self.select += f" AND {self.live}"
        of_item = f"json_extract(\"$item\", '$.{VERSION}'), json_extract(\"$item\", '$.{SCHEMA}')"
        self.select_version = self.select.replace('"$item"', of_item)
        self.delete = f"DELETE FROM {name} WHERE {at_key}"  # noqa: S608
        self.upsert = (
            f"INSERT INTO {name} ({_listed(stored)}) VALUES ({', '.join('?' * len(stored))})"  # noqa: S608
            f" ON CONFLICT ({_listed(self._keys)}) DO UPDATE SET {changes}"
        )
        self.purge = f"DELETE FROM {name} WHERE rowid IN (SELECT rowid FROM {name} WHERE {ttl} <= ? LIMIT ?)"  # noqa: S608

    def order(self, by: Table | Index) -> list[str]:
        """The columns that order the items of one partition, without ties."""
        names = [*([by.sort] if by.sort is not None else []), *self._keys]
        return [name for name in dict.fromkeys(names) if name != by.partition]

    def query(
        self, by: Table | Index, *, has_start: bool, has_end: bool, up_to: bool, after: bool, descending: bool
    ) -> str:
        """The statement that reads items of a partition, with placeholders for its arguments: the partition, the first
        and the last sort value, the position ``after`` which it continues, the time if the table has a time-to-live,
        and the limit.
        """
        shape = (by.name, isinstance(by, Index), has_start, has_end, up_to, after, descending)
        if shape in self._queries:
            return self._queries[shape]
        order = self.order(by)
        conditions = [f"{_quoted(by.partition)} = ?"]
        if has_start:
            conditions.append(
                f"{_quoted(by.sort or '')} >= ?"
            )  # excludes NULL too: rows that are not in the index
        if up_to:
            conditions.append(f"{_quoted(by.sort or '')} <= ?")
        if has_end:
            conditions.append(f"{_quoted(by.sort or '')} < ?")
        if after:
            marks = ", ".join("?" * len(order))
            conditions.append(f"({_listed(order)}) {'<' if descending else '>'} ({marks})")
        if self.table.ttl is not None:
            conditions.append(self.live)
        statement = (
            f'SELECT "$item", "$size" FROM {_quoted(self.table.name)} WHERE {" AND ".join(conditions)}'  # noqa: S608
        )
        if order:
            direction = " DESC" if descending else ""
            statement += f" ORDER BY {', '.join(_quoted(name) + direction for name in order)}"
        self._queries[shape] = f"{statement} LIMIT ?"
        return self._queries[shape]

    def row(self, item: Item, size: int) -> tuple[object, ...]:
        stored = stamped(self.table, item)
        return (*self._attributes(item), size, _json.encode(stored))

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Create the table, or add the missing columns and indexes. If an SQL index exists, its columns are filled."""
        name = self.table.name
        columns = ", ".join(f"{_quoted(key)} TEXT NOT NULL" for key in self._keys)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_quoted(name)} ({columns}, "
            f'"$size" INTEGER NOT NULL, "$item" TEXT NOT NULL, PRIMARY KEY ({_listed(self._keys)}))'
        )
        described = connection.execute("SELECT name, pk FROM pragma_table_info(?)", (name,)).fetchall()
        keys = [column for column, place in sorted(described, key=lambda row: row[1]) if place]
        if keys != self._keys:
            raise ValueError(f"in this file, the key of {name} is {', '.join(keys)}")
        found = {
            index
            for (index,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                (name,),
            )
        }
        wanted = {f"{name}({','.join(names)})": names for names in self._sql_indexes()}
        for index in found - wanted.keys():
            connection.execute(f"DROP INDEX {_quoted(index)}")
        if wanted.keys() <= found:
            return
        for column in self._columns:
            if column not in {row[0] for row in described}:
                kind = "TEXT" if column in self._texts else "NUMERIC"
                connection.execute(f"ALTER TABLE {_quoted(name)} ADD COLUMN {_quoted(column)} {kind}")
        self._fill_columns(connection)
        for index in wanted.keys() - found:
            connection.execute(f"CREATE INDEX {_quoted(index)} ON {_quoted(name)} ({_listed(wanted[index])})")

    def _sql_indexes(self) -> Iterator[list[str]]:
        for by in self.table.indexes:
            yield [by.partition, *self.order(by)]
        if self.table.ttl is not None:
            yield [self.table.ttl]

    def _fill_columns(self, connection: sqlite3.Connection) -> None:
        name = _quoted(self.table.name)
        changes = ", ".join(f"{_quoted(column)} = ?" for column in self._columns)
        last = 0
        while True:
            rows = connection.execute(
                f'SELECT rowid, "$item" FROM {name} WHERE rowid > ? ORDER BY rowid LIMIT ?',  # noqa: S608
                (last, _BATCH_ROWS),
            ).fetchall()
            if not rows:
                return
            connection.executemany(
                f"UPDATE {name} SET {changes} WHERE rowid = ?",  # noqa: S608
                [(*self._attributes(parsed(_CAPABILITY, text)), row) for row, text in rows],
            )
            last = rows[-1][0]

    def _attributes(self, item: Item) -> list[Any]:
        """The values of the columns. None if the item lacks one of them, or has a value that a key may not have."""
        values = []
        for column in self._columns:
            value = item.get(column)
            fit = (
                isinstance(value, str) and value if column in self._texts else isinstance(value, int | float)
            )
            values.append(value if fit else None)
        return values


def _residue(connection: sqlite3.Connection) -> int:
    """How many transactions deleted something since the file was last rewritten. The number is stored in the file's
    header.
    """
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def _count_residue(connection: sqlite3.Connection, more: int) -> None:
    connection.execute(f"PRAGMA user_version = {_residue(connection) + more}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _after_prefix(prefix: str) -> str | None:
    """The smallest text that is greater than all texts that start with ``prefix``; None if there is none."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch on write-ahead logging. The file keeps the setting, so only its first connection changes anything."""
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            # If another process uses the file, the switch fails immediately; this statement waits.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        else:
            return
    raise Throttled(_CAPABILITY, "write-ahead logging could not be switched on")


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
