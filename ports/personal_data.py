"""Declares whose personal data the rows of a table are. Every table has a declaration; there is no default.

The erasure of a person's data, its export and the tests of both use only these declarations. They stand beside
``Table`` so that no table can be defined without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ports.key_value_store import Item, Table


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """No row of the table is about a person. ``because`` gives the reason."""

    because: str

    def check(self, table: Table) -> None:
        """Raise ``ValueError`` if there is no reason."""
        if not self.because.strip():
            raise ValueError(f"{table.name}: say why it holds no personal data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """Each row is the data of the person whose user id it has.

    Without ``erased_by``, an erasure finds the rows by ``index`` and deletes those that were written before it.
    """

    called: str
    """The name of the rows in the response of an erasure and in an export."""
    owner: str
    """The attribute with the owner's user id."""
    index: str | None = None
    """The index whose partition is ``owner``; None if ``owner`` is the table's own partition attribute."""
    written_at: tuple[str, ...]
    """The attributes with the moment when a row was written, as text in the order of time. If a row has several, the
    latest counts. A row that has none of them is also erased.
    """
    ownerless: str = ""
    """Which rows do not have ``owner``, and why an erasure may leave them; "" if there are none."""
    owns_partition: bool = False
    """Whether a row with ``owner`` also owns the rows without it in its partition, such as the turns of an interview.
    """
    goes_with: Table | None = None
    """The parent table. An erasure also deletes rows whose parent row is gone, whenever they were written. The rows
    have the partition attribute of the parent table: a result has the id of its quiz.
    """
    erased_by: str | None = None
    """The step of ``domain/privacy/erasing.py`` that erases the rows; None if deleting the rows is enough."""
    exported_by: str | None = None
    """The part of ``domain/privacy/exporting.py`` that exports the rows in its own form; None if there is none."""
    not_exported: str = ""
    """The reason why an export leaves the rows out; "" if it includes them."""
    render: Callable[[Item], Item] | None = None
    """Makes the exported form of a row. None exports the row as stored, without internal attributes."""

    def check(self, table: Table) -> None:
        """Raise ``ValueError`` or ``LookupError`` if the declaration does not fit the table's keys."""
        by = table if self.index is None else table.index(self.index)
        if by.partition != self.owner:
            raise ValueError(f"{table.name}: no key finds the rows by {self.owner}")
        if not self.called or not self.written_at:
            raise ValueError(f"{table.name}: `called` or `written_at` is missing")
        if self.erased_by is None:
            if self.owns_partition:
                raise ValueError(f"{table.name}: rows without {self.owner} need a step that erases them")
            if by.sort not in (None, table.partition, table.sort, *self.written_at):
                raise ValueError(f"{table.name}: {self.index} does not list a row without {by.sort}")
        if self.goes_with is not None and self.goes_with.sort is not None:
            raise ValueError(f"{table.name}: {self.goes_with.name} has no single row to go with")
        if sum(map(bool, (self.exported_by, self.not_exported, self.render))) > 1:
            raise ValueError(
                f"{table.name}: only one of `exported_by`, `not_exported` and `render` may be given"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalThrough:
    """Each row belongs to the owner of the ``parent`` row with the same partition attribute: a message belongs to the
    owner of its conversation.
    """

    called: str
    parent: Table
    erased_by: str
    exported_by: str

    def check(self, table: Table) -> None:
        """Raise ``ValueError`` if these rows cannot be found from the parent's rows."""
        if table.partition != self.parent.partition or isinstance(self.parent.personal, NotPersonal):
            raise ValueError(f"{table.name}: its rows do not belong to those of {self.parent.name}")


Declaration = Personal | PersonalThrough | NotPersonal
