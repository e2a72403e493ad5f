"""An embedder that counts words."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from math import sqrt
from zlib import crc32

from ports.embedder import Scale

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Implements ``Embedder``. Each word counts in one dimension, so texts with the same words have similar vectors.

    ``calls`` records the texts of each call. A test may set ``scale``.
    """

    def __init__(self, dimension: int = 64, *, model: str = "hashing") -> None:
        self.model = model
        self.dimension = dimension
        self.scale = Scale()
        self.calls: list[list[str]] = []
        self._failures: deque[BaseException] = deque()

    def fail_next(self, failure: BaseException) -> None:
        """Make the next call raise ``failure``. If this is called several times, each of the next calls raises one
        failure, in order.
        """
        self._failures.append(failure)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls.append(list(texts))
        if self._failures:
            raise self._failures.popleft()
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        values = [0.0] * self.dimension
        for word in _WORD.findall(text.casefold()) or [""]:
            values[crc32(word.encode(errors="replace")) % self.dimension] += 1.0
        length = sqrt(sum(value * value for value in values))
        return [value / length for value in values]
