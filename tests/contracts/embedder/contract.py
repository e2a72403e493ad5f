"""The contract of ``Embedder``. A subclass has the fixture ``embedder``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import isfinite, sqrt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ports.embedder import Embedder

TEXTS = [
    "Photosynthesis turns light, water and carbon dioxide into sugar.",
    "",
    "The Bastille was stormed in 1789.",
    " \n\t ",
    "光合作用",
    "ﷺ 🎓👩🏽‍🔬 e\u0301 \x00 \ufeff \ud800",
    "Plants make sugar out of light by photosynthesis.",
    "word " * 300,
]
TOLERANCE = 1e-4


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


class EmbedderContract:
    def test_says_which_model_it_is_and_how_long_its_vectors_are(self, embedder: Embedder) -> None:
        assert embedder.model
        assert [len(vector) for vector in embedder.embed(TEXTS)] == [embedder.dimension] * len(TEXTS)

    def test_no_texts_have_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed([]) == []

    def test_vectors_are_of_unit_length(self, embedder: Embedder) -> None:
        for vector in embedder.embed(TEXTS):
            assert all(isinstance(value, float) and isfinite(value) for value in vector)
            assert sqrt(likeness(vector, vector)) == pytest.approx(1.0, abs=TOLERANCE)

    @settings(
        max_examples=15,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.function_scoped_fixture],
    )
    @given(text=st.text(alphabet=st.characters(), max_size=60))
    def test_any_text_has_a_vector(self, embedder: Embedder, text: str) -> None:
        [vector] = embedder.embed([text])
        assert likeness(vector, vector) == pytest.approx(1.0, abs=TOLERANCE)

    def test_a_text_has_the_same_vector_alone_repeated_and_in_any_batch(self, embedder: Embedder) -> None:
        together = embedder.embed(TEXTS)
        assert embedder.embed(TEXTS) == together
        backwards = embedder.embed(TEXTS[::-1])[::-1]
        for text, vector, other in zip(TEXTS, together, backwards, strict=True):
            assert embedder.embed([text])[0] == pytest.approx(vector, abs=TOLERANCE)
            assert other == pytest.approx(vector, abs=TOLERANCE)

    def test_vectors_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        texts = [f"{'very ' * (number * 7 % 10)}short text about {number}" for number in range(25)]
        alone = [embedder.embed([text])[0] for text in texts]
        for expected, vector in zip(alone, embedder.embed(texts), strict=True):
            assert vector == pytest.approx(expected, abs=TOLERANCE)

    def test_similar_texts_have_closer_vectors_than_different_texts(self, embedder: Embedder) -> None:
        sugar, bastille, plants = embedder.embed([TEXTS[0], TEXTS[2], TEXTS[6]])
        assert likeness(sugar, plants) > likeness(sugar, bastille) + 0.1

    def test_text_beyond_the_models_limit_is_ignored(self, embedder: Embedder) -> None:
        [vector] = embedder.embed(["photosynthesis " * 70_000])
        assert likeness(vector, vector) == pytest.approx(1.0, abs=TOLERANCE)

    def test_threads_may_share_it(self, embedder: Embedder) -> None:
        expected = embedder.embed(TEXTS[:3])
        with ThreadPoolExecutor(4) as pool:
            for vectors in pool.map(embedder.embed, [TEXTS[:3]] * 8):
                for vector, one in zip(vectors, expected, strict=True):
                    assert vector == pytest.approx(one, abs=TOLERANCE)
