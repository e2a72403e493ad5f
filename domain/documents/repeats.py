"""Embedding each text of a document once, however often the document repeats it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ports.embedder import Embedder

_MOST_KEPT = 1000
"""How many vectors of repeated texts are kept for the rest of the document."""


class RepeatedTexts:
    """Threads may share it. Two that meet the same text at the same moment may both embed it."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        """``texts`` are all texts that will be embedded."""
        self._embedder = embedder
        self._repeated = {text for text, count in Counter(texts).items() if count > 1}
        self._known: dict[str, Sequence[float]] = {}

    def embed(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """The vectors of the texts, in their order. Raises as ``Embedder.embed``."""
        known = {text: self._known[text] for text in set(texts) if text in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known |= zip(fresh, self._embedder.embed(fresh), strict=True)
        for text in fresh:
            if text in self._repeated and len(self._known) < _MOST_KEPT:
                self._known[text] = known[text]
        return [known[text] for text in texts]
