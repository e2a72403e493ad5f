"""The laptop's grammar, the grammar without any language, and the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.models.grammar import SpacyGrammar
from adapters.no_grammar import NoGrammar
from fakes.grammar import ScriptedGrammar
from ports.grammar import Grammar, ParsedSentence
from ports.text.languages import looks_english
from tests.contracts.grammar.contract import GrammarContract

SPACY = SpacyGrammar()


class TestSpacyGrammar(GrammarContract):
    @pytest.fixture
    def grammar(self) -> Grammar:
        return SPACY

    def test_it_tells_who_does_what_to_whom(self) -> None:
        (sentence,) = SPACY.parse("Marlow Abbey was not founded by the monk.") or ()
        relations = {word.text: word.relation for word in sentence.words}
        assert relations["Abbey"] == "nsubjpass"
        assert relations["not"] == "neg"
        assert relations["by"] == "agent"

    @pytest.mark.parametrize(
        "text",
        [
            "Die Kraft ist gleich der Masse mal der Beschleunigung.",
            "La fuerza es igual a la masa por la aceleración.",
            "力等于质量乘以加速度。",
            "Сила равна массе, умноженной на ускорение.",
        ],
    )
    def test_other_languages_are_not_parsed(self, text: str) -> None:
        assert SPACY.parse(text) is None

    @pytest.mark.slow
    def test_threads_may_share_it(self) -> None:
        texts = [f"Body number {number} pulls the other body." for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(SPACY.parse, texts))
        assert together == [SpacyGrammar().parse(text) for text in texts]

    @pytest.mark.slow
    def test_texts_that_wait_are_parsed_together_as_each_is_alone(self) -> None:
        texts = [f"Body number {number} pulls the other body." for number in range(20)] + ["", "Ça va."]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda text: SPACY.parse(text, with_names=False), texts))
        alone = SpacyGrammar()
        assert together == [alone.parse(text, with_names=False) for text in texts]

    def test_names_are_left_out_on_request(self) -> None:
        text = "Marie Curie discovered radium in 1898."
        (named,), (unnamed,) = SPACY.parse(text) or (), SPACY.parse(text, with_names=False) or ()
        assert {word.entity for word in named.words} > {"PERSON", "DATE"}
        assert unnamed.words == tuple(replace(word, entity="") for word in named.words)

    @given(st.text(max_size=200))
    def test_any_text_is_parsed_or_returns_none(self, text: str) -> None:
        for sentence in SPACY.parse(text) or ():
            for word in sentence.words:
                assert text[word.start : word.end] == word.text


class TestNoGrammar(GrammarContract):
    @pytest.fixture
    def grammar(self) -> Grammar:
        return NoGrammar()

    def test_it_parses_no_language(self) -> None:
        assert NoGrammar().parse("Plants give off oxygen.") is None


class TestScriptedGrammar(GrammarContract):
    @pytest.fixture
    def grammar(self) -> Grammar:
        return ScriptedGrammar()

    def test_it_returns_the_scripted_sentences(self) -> None:
        sentences = SPACY.parse("Plants give off oxygen.") or ()
        grammar = ScriptedGrammar({"Plants give off oxygen.": sentences})
        assert grammar.parse("Plants give off oxygen.") == sentences
        assert grammar.parse("Animals do not.") is None
        assert grammar.asked == ["Plants give off oxygen.", "Animals do not."]


@pytest.mark.parametrize(
    ("text", "is_english"), [("mitochondria", True), ("26", False), ("osmosis de la célula es", False)]
)
def test_a_word_alone_may_be_english(text: str, is_english: bool) -> None:
    assert looks_english(text) is is_english


def test_a_parse_is_immutable() -> None:
    parsed = SPACY.parse("Plants give off oxygen.")
    assert isinstance(parsed, tuple)
    assert all(isinstance(sentence, ParsedSentence) for sentence in parsed)
