"""Implements the port for item packages with QTI 3.0."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.qti.reading import read
from adapters.qti.writing import written
from ports.item_package import PackagedItem, ReadPackage


class QtiPackages:
    """Implements ``ItemPackages``."""

    def written(self, title: str, items: Sequence[PackagedItem]) -> bytes:
        return written(title, items)

    def read(self, content: bytes) -> ReadPackage:
        return read(content)
