"""Finds, exports and erases a learner's rows in all tables, by what the tables declare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.base.tables import PENDING_INDEX
from ports.key_value_store import VERSION, Item, KeyValueStore, Table
from ports.paging import every
from ports.personal_data import NotPersonal, Personal

_PAGE = 1000
_OTHER_NAMES = ("objects", "vectors", "exported_at", "learner", "knowledge_base", "standings_and_catalogues")
"""Names in the response of an erasure or in an export that do not come from a table."""


class Holdings:
    def __init__(self, store: KeyValueStore, tables: Sequence[Table]) -> None:
        """``tables`` are all tables of the store. Raises ``ValueError`` if two of them give their rows the same name."""
        self._store = store
        self._owned = {table: table.personal for table in tables if isinstance(table.personal, Personal)}
        declared = [table.personal for table in tables if not isinstance(table.personal, NotPersonal)]
        names = Counter([*_OTHER_NAMES, *(how.called for how in declared)])
        taken = [name for name, times in names.items() if times > 1]
        if taken:
            raise ValueError(f"two kinds of rows are called {taken}")
        self.erasing_steps = {how.erased_by for how in declared}
        """The erasing steps that the tables declare; None stands for ``remove``."""
        self.exporting_parts = {how.exported_by for how in declared}
        """The parts of an export that the tables declare. None stands for a table that ``shown`` exports, or
        that is not exported.
        """

    def rows(self, table: Table, owner: str) -> Iterator[Item]:
        """The owner's rows of the table. An index may list a row late, or show an older state of it."""
        how = self._owned[table]
        if how.index is None and table.sort is None:
            row = self._store.get(table, {how.owner: owner})
            return iter([] if row is None else [row])
        return every(
            lambda cursor: self._store.query(table, owner, index=how.index, limit=_PAGE, cursor=cursor)
        )

    def shown(self, owner: str) -> dict[str, list[Item]]:
        """The owner's rows for an export, by the name of their kind.

        Tables with ``exported_by`` are left out, because another part of the export shows their rows. So are tables
        with ``not_exported``.
        """
        return {
            how.called: [_rendered(table, how, row) for row in self.rows(table, owner)]
            for table, how in self._owned.items()
            if how.exported_by is None and not how.not_exported
        }

    def remove(self, owner: str, moment: str) -> dict[str, int]:
        """Delete the owner's rows written up to ``moment`` from each table without ``erased_by``. Then delete the rows
        whose parent row (``goes_with``) is gone. Returns how many rows were deleted, by the name of their kind.
        """
        simple = {table: how for table, how in self._owned.items() if how.erased_by is None}
        removed = {how.called: self._remove_written(table, owner, moment) for table, how in simple.items()}
        for table, how in simple.items():
            if how.goes_with is not None:
                removed[how.called] += self._remove_strays(table, how.goes_with, owner)
        return removed

    def _remove_written(self, table: Table, owner: str, moment: str) -> int:
        how = self._owned[table]
        written = [table.key_of(row) for row in self._current(table, owner) if _written(how, row) <= moment]
        self._store.delete_many(table, written)
        return len(written)

    def _remove_strays(self, table: Table, parent: Table, owner: str) -> int:
        rows = [row for row in self.rows(table, owner) if parent.partition in row]
        parents = self._store.get_many(parent, [parent.key_of(row) for row in rows])
        strays = [table.key_of(row) for row, found in zip(rows, parents, strict=True) if found is None]
        self._store.delete_many(table, strays)
        return len(strays)

    def remaining(self, owner: str, moment: str) -> dict[str, int]:
        """The number of the owner's rows written up to ``moment`` that are still there, by the name of their kind;
        empty if none.

        A row without a moment is not counted. It is a marker of work, and the worker deletes it.
        """
        counted = {
            how.called: sum(1 for row in self._current(table, owner) if "" < _written(how, row) <= moment)
            for table, how in self._owned.items()
        }
        return {name: count for name, count in counted.items() if count}

    def latest(self, owner: str) -> str:
        """The latest moment at which a row of the owner was written; "" if there are none."""
        moments = (
            _written(how, row) for table, how in self._owned.items() for row in self.rows(table, owner)
        )
        return max(moments, default="")

    def _current(self, table: Table, owner: str) -> list[Item]:
        """The owner's rows as they are stored now. An index may show an older state."""
        how = self._owned[table]
        stored = self._store.get_many(table, [table.key_of(row) for row in self.rows(table, owner)])
        return [row for row in stored if row is not None and row.get(how.owner) == owner]


def _written(how: Personal, row: Mapping[str, Any]) -> str:
    """The moment at which the row was written; "" if the row has none."""
    return max((str(row[name]) for name in how.written_at if row.get(name) is not None), default="")


def _rendered(table: Table, how: Personal, row: Item) -> Item:
    if how.render is not None:
        return how.render(row)
    internal = {VERSION, table.ttl}
    for index in table.indexes:
        if index.name == PENDING_INDEX:
            internal |= {index.partition, index.sort}
    return {name: value for name, value in row.items() if name not in internal}
