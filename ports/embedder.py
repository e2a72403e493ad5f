"""Texts into vectors that lie close where the meanings do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Embedder(Protocol):
    """May raise an ``UpstreamError``. Vectors are of unit length."""

    @property
    def model(self) -> str:
        """The model's id. Vectors of different models must never be compared."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in order. Text beyond what the model reads is ignored; "" has a vector too."""
        ...
