"""Turns texts into vectors. Texts of similar meaning get vectors that lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Embedder(Protocol):
    """``embed`` may raise an ``UpstreamError``. All vectors have length 1."""

    @property
    def model(self) -> str:
        """The model's id. Vectors of different models must never be compared."""
        ...

    @property
    def dimension(self) -> int:
        """How many values each vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, in order; "" has one too.

        What exceeds the model's limit of text is ignored.
        """
        ...
