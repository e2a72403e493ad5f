"""The multilingual embedder, which ``LANGUAGES=1`` installs. ``make test-languages`` runs these tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.local.models.multilingual_embedder import MultilingualEmbedder, is_installed
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.settings import SettingsError, read_settings
from ports.vector_store import Vector
from tests.contracts.embedder.contract import TEXTS, EmbedderContract, likeness

needs_languages = pytest.mark.skipif(
    not is_installed(), reason="requirements-languages.txt is not installed: `make test-languages`"
)
SHARED = MultilingualEmbedder()
"""The embedder that all tests share, because loading the model takes seconds."""
QUESTION = "Why are mountain tops cold?"
SAME = {
    "English": "The air on high peaks is thin and holds little warmth.",
    "Spanish": "El aire de las cumbres es poco denso y guarda poco calor.",
    "Chinese": "高山顶上的空气稀薄,留不住热量。",
    "Arabic": "الهواء على القمم العالية رقيق ولا يحتفظ بحرارة كثيرة.",
    "Japanese": "高い山の頂上の空気は薄く、熱をあまり保てません。",
}
OTHER = {
    "English": "The parliament of the city met twice in spring.",
    "Spanish": "El parlamento de la ciudad se reunió dos veces en primavera.",
    "Chinese": "市议会在春天开了两次会。",
    "Arabic": "اجتمع برلمان المدينة مرتين في الربيع.",
    "Japanese": "市議会は春に二回開かれました。",
}


@needs_languages
@pytest.mark.slow
class TestMultilingualEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> MultilingualEmbedder:
        return SHARED

    @pytest.mark.parametrize("language", SAME)
    def test_an_answer_in_another_language_is_more_alike_than_anything_else(
        self, embedder: MultilingualEmbedder, language: str
    ) -> None:
        question, same, *others = embedder.embed([QUESTION, SAME[language], *OTHER.values()])
        assert likeness(question, same) > max(likeness(question, other) for other in others) + 0.05

    def test_texts_that_have_nothing_in_common_are_hardly_alike(self, embedder: MultilingualEmbedder) -> None:
        question, *others = embedder.embed([QUESTION, *OTHER.values()])
        assert max(likeness(question, other) for other in others) < 0.3

    def test_its_vectors_are_those_of_the_packages_own_engine(self, embedder: MultilingualEmbedder) -> None:
        [vector] = embedder.embed([TEXTS[0]])
        assert vector[:4] == pytest.approx([0.0047, 0.0561, 0.0058, -0.0518], abs=2e-3)

    def test_the_end_of_a_long_text_counts(self, embedder: MultilingualEmbedder) -> None:
        start = "The tide rises and falls twice a day. " * 120
        ends = "The mass of a body resists its acceleration. " * 40
        tides, both = embedder.embed([start, start + ends])
        assert likeness(tides, both) < 0.99

    def test_letters_of_no_language_have_a_vector_too(self, embedder: MultilingualEmbedder) -> None:
        assert len(embedder.embed(["ᚠᚢᚦ", "\ud83c", "🙂", "\x00", "a\u0301" * 3])) == 5


@needs_languages
class TestTheDataFolder:
    def settings(self, folder: Path, languages: str) -> LocalAdapters:
        return LocalAdapters(read_settings({"LYCEUM_DATA": str(folder), "LYCEUM_LANGUAGES": languages}))

    @pytest.mark.parametrize(("first", "then"), [("english", "many"), ("many", "english")])
    def test_vectors_of_another_model_are_refused_and_never_mixed(
        self, tmp_path: Path, first: str, then: str
    ) -> None:
        store = self.settings(tmp_path, first).vectors
        store.upsert("documents", [Vector("v", [1.0] + [0.0] * 383, {"user_id": "ada"})])
        with pytest.raises(SettingsError, match="LANGUAGES=1"):
            _ = self.settings(tmp_path, then).vectors
        assert self.settings(tmp_path, first).vectors.fetch("documents", ["v"])

    def test_the_server_does_not_start_on_them(self, tmp_path: Path) -> None:
        _ = self.settings(tmp_path, "english").vectors
        run = subprocess.run(
            [sys.executable, "serve.py"],
            env={"LYCEUM_DATA": str(tmp_path), "LYCEUM_LANGUAGES": "many", "LYCEUM_PORT": "1"},
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert run.returncode != 0
        assert "holds vectors of the model all-MiniLM-L6-v2-onnx-int8" in run.stderr
