"""Turns texts into vectors. Texts with similar meanings get vectors that are close to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scale:
    """How to interpret the cosines between the vectors of a model."""

    unrelated: float = 0.0
    """The cosine of texts that have nothing in common."""
    same: float = 1.0
    """The cosine of texts that say the same."""
    related: float = 0.3
    """From this cosine on, two sentences without a common word count as being about the same thing."""
    same_meaning: float = 0.7
    """From this cosine on, two words count as having the same meaning."""
    is_multilingual: bool = False
    """Whether texts in different languages have similar vectors if they mean the same."""
    across_languages: float = 1.0
    """The factor for the likeness of two texts in different languages of one script, because their cosine is too low."""
    across_scripts: float = 1.0
    """The factor for the likeness of two texts in languages of different scripts."""

    def likeness(self, cosine: float) -> float:
        """The likeness of two texts with this cosine: 0 (nothing in common) to 1 (they say the same)."""
        return min(max((cosine - self.unrelated) / (self.same - self.unrelated), 0.0), 1.0)


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

    @property
    def scale(self) -> Scale: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, in order, also for "".

        Text beyond the model's limit is ignored. Raises ``UpstreamError``.
        """
        ...


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine, -1 to 1, of two vectors of length 1. Embedders return such vectors."""
    product: float = sum(map(mul, one, other))
    return product
