"""Amazon Titan's text embeddings. A request takes one text, so several requests run at the same time.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import isfinite, sqrt
from typing import Any

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Retries, Tries
from ports.embedder import Scale

_CAPABILITY = "embedder"
MAX_CHARACTERS = 8000
"""A longer text is cut here. Titan refuses more than 8,192 tokens, and hardly any text has more tokens than characters.
"""
_BLANK = "."
"""Embedded in place of a blank text, which Titan refuses."""
FIXED_DIMENSION = "amazon.titan-embed-text-v1"
"""The model with a fixed dimension of 1,536."""


class TitanEmbedder:
    """Implements ``ports.embedder.Embedder``. Safe to share between threads."""

    scale = Scale(is_multilingual=True)

    def __init__(
        self,
        client: Callable[[], Any],
        *,
        model: str,
        dimension: int,
        retries: Retries,
        workers: int = 8,
    ) -> None:
        """``client`` returns a client for ``bedrock-runtime``. One call sends up to ``workers`` requests at the same
        time.
        """
        self.model = model
        self.dimension = dimension
        self._client = client
        self._calls = calls_of_aws(_CAPABILITY, retries)
        self._workers = workers

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """As the port says. All texts together have the time of one call; the first error ends the call."""
        tries = [self._calls.begin() for _ in texts]
        if len(texts) <= 1:
            return [self._vector(text, of_it) for text, of_it in zip(texts, tries, strict=True)]
        pool = ThreadPoolExecutor(min(self._workers, len(texts)), "titan")
        try:
            return list(pool.map(self._vector, texts, tries))
        finally:
            pool.shutdown(cancel_futures=True)

    def _vector(self, text: str, tries: Tries) -> list[float]:
        readable = text[:MAX_CHARACTERS].encode(errors="replace").decode()
        request: dict[str, Any] = {"inputText": readable if readable.strip() else _BLANK}
        if self.model != FIXED_DIMENSION:
            request |= {"dimensions": self.dimension, "normalize": True}

        def ask() -> bytes:
            answer = self._client().invoke_model(
                modelId=self.model,
                body=json.dumps(request).encode(),
                contentType="application/json",
                accept="application/json",
            )
            body: bytes = answer["body"].read()
            return body

        body = tries.call(ask)
        with reading_answer(_CAPABILITY):
            return self._of_unit_length([float(value) for value in json.loads(body)["embedding"]])

    def _of_unit_length(self, values: list[float]) -> list[float]:
        length = sqrt(sum(value * value for value in values))
        if len(values) != self.dimension or not isfinite(length) or length == 0:
            raise ValueError("not a vector of the model")
        return [value / length for value in values]
