"""All rows of a table, for checks and repairs. No request of a client may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ports.key_value_store import Item, Table


class Inventory(Protocol):
    def rows(self, table: Table) -> Iterator[Item]:
        """Every row of the table, in any order, read while the caller iterates. Rows written meanwhile may be missing.

        Raises ``UpstreamError``, and ``Damaged`` if the rows are not readable any more.
        """
        ...
