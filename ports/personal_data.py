"""How the rows of a table are somebody's data. Every table declares it; there is no default.

The erasure of a person's data, its export and the tests of both go by these declarations alone. They stand
beside ``Table`` because no layer can then make a table without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ports.key_value_store import Item, Table


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """Nothing in the table is about a person. ``because`` gives the reason."""

    because: str

    def check(self, table: Table) -> None:
        """Raises ``ValueError`` if there is no reason."""
        if not self.because.strip():
            raise ValueError(f"{table.name}: say why it holds no personal data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """Each row is the data of the person whose user id it holds.

    Without ``erased_by``, an erasure finds the rows by ``index`` and removes those that were written before it.
    """

    called: str
    """The name of the rows in the answer of an erasure and in an export."""
    owner: str
    """The attribute with the owner's user id."""
    index: str | None = None
    """The index whose partition is ``owner``; None if ``owner`` is the table's own partition attribute."""
    written_at: tuple[str, ...]
    """The attributes with the moment at which a row was written, as text whose order is that of time. If a row has
    several, the latest counts. An erasure removes a row that has none of them."""
    ownerless: str = ""
    """What the rows are that do not hold ``owner``, and why an erasure may leave them; empty if there are none."""
    owns_partition: bool = False
    """A row with ``owner`` also owns the rows without it in its partition: the turns of an interview."""
    goes_with: Table | None = None
    """An erasure also removes rows that belong to no row of this table, whenever they were written. They hold the
    partition attribute of this table: a result names its quiz."""
    erased_by: str | None = None
    """The step of ``domain/privacy/erasing.py`` that removes the rows; None if they simply go."""
    exported_by: str | None = None
    """The part of ``domain/privacy/exporting.py`` that shows the rows in its own way."""
    not_exported: str = ""
    """The reason why an export leaves the rows out; empty if it shows them."""
    render: Callable[[Item], Item] | None = None
    """What an export shows of a row; None for the row as it is stored, without what only the code needs."""

    def check(self, table: Table) -> None:
        """Raises ``ValueError`` or ``LookupError`` if the declaration does not fit the table's keys."""
        by = table if self.index is None else table.index(self.index)
        if by.partition != self.owner:
            raise ValueError(f"{table.name}: no key finds the rows by {self.owner}")
        if not self.called or not self.written_at:
            raise ValueError(f"{table.name}: what are its rows called, and when were they written?")
        if self.erased_by is None:
            if self.owns_partition:
                raise ValueError(f"{table.name}: rows without {self.owner} need a step that erases them")
            if by.sort not in (None, table.partition, table.sort, *self.written_at):
                raise ValueError(f"{table.name}: {self.index} does not list a row without {by.sort}")
        if self.goes_with is not None and self.goes_with.sort is not None:
            raise ValueError(f"{table.name}: {self.goes_with.name} has no single row to go with")
        if sum(map(bool, (self.exported_by, self.not_exported, self.render))) > 1:
            raise ValueError(f"{table.name}: shown in an export in one way only")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalThrough:
    """Each row is the data of the owner of the row of ``parent`` with the same partition attribute: a message
    belongs to the owner of its conversation."""

    called: str
    parent: Table
    erased_by: str
    exported_by: str

    def check(self, table: Table) -> None:
        """Raises ``ValueError`` if no key leads from the parent's rows to these."""
        if table.partition != self.parent.partition or isinstance(self.parent.personal, NotPersonal):
            raise ValueError(f"{table.name}: its rows do not belong to those of {self.parent.name}")


Declaration = Personal | PersonalThrough | NotPersonal
