"""Embeds each text of a document once, even if the document repeats it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ports.embedder import Embedder

_MOST_KEPT = 1000
"""The largest number of vectors of repeated texts that are kept while a document is embedded."""


class RepeatedTexts:
    """An embedder that remembers repeated texts. Several threads may share it.

    Two threads that embed the same text at the same moment may both call the embedder.
    """

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        """``texts`` are all texts that will be embedded; those that occur more than once are remembered."""
        self._embedder = embedder
        self._repeated = {text for text, count in Counter(texts).items() if count > 1}
        self._known: dict[str, Sequence[float]] = {}

    def embed(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """The vectors of the texts, in their order. Raises what ``Embedder.embed`` raises."""
        known = {text: self._known[text] for text in set(texts) if text in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known |= zip(fresh, self._embedder.embed(fresh), strict=True)
        for text in fresh:
            if text in self._repeated and len(self._known) < _MOST_KEPT:
                self._known[text] = known[text]
        return [known[text] for text in texts]
