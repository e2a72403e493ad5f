"""Turns texts into vectors. Texts of similar meaning get vectors that lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scale:
    """How the cosines between a model's vectors are to be read."""

    unrelated: float = 0.0
    """The cosine of texts that have nothing to do with each other."""
    same: float = 1.0
    """The cosine of texts that say the same."""
    related: float = 0.3
    """From this cosine on, two sentences without a word in common are taken to be about one thing."""
    same_meaning: float = 0.7
    """From this cosine on, two words are taken to mean the same."""
    is_multilingual: bool = False
    """Whether texts of different languages are alike if they mean the same."""
    across_languages: float = 1.0
    """The factor of the likeness of texts in two languages of one script: such texts are less alike than in one language."""
    across_scripts: float = 1.0
    """The same, in two scripts."""

    def likeness(self, cosine: float) -> float:
        """0 for texts that have nothing to do with each other, 1 for texts that say the same."""
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
        """One vector for each text, in order; "" has one too.

        What exceeds the model's limit of text is ignored.
        """
        ...
