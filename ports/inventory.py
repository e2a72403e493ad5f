"""All rows of a table, for whoever looks after the data. No request of a client may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ports.key_value_store import Item, Table


class Inventory(Protocol):
    def rows(self, table: Table) -> Iterator[Item]:
        """Every row of the table, in any order, read while it is iterated. It may miss rows that are written meanwhile.

        Raises ``UpstreamError``, ``Damaged`` if the rows cannot be read any more.
        """
        ...
