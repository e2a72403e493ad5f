"""Implements the port for item packages with QTI 3.0."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.qti.reading import read
from adapters.qti.writing import written
from ports.item_package import Draw, PackagedItem, ReadPackage


class QtiPackages:
    """Implements ``ItemPackages``."""

    def written(self, title: str, items: Sequence[PackagedItem], draws: Sequence[Draw] = ()) -> bytes:
        return written(title, items, draws)

    def read(self, content: bytes) -> ReadPackage:
        return read(content)
