"""The contract of ``Grammar``."""

from __future__ import annotations

import pytest

from ports.grammar import Grammar


class GrammarContract:
    """A subclass has the fixture ``grammar``."""

    @pytest.fixture
    def grammar(self) -> Grammar:
        raise NotImplementedError

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "  ",
            "...",
            "Plants give off oxygen. They take in carbon dioxide.",
            "植物が酸素を出す。",
            "x" * 5_000,
        ],
    )
    def test_words_stand_where_they_say_and_have_a_head_in_their_sentence(
        self, grammar: Grammar, text: str
    ) -> None:
        sentences = grammar.parse(text)
        last = 0
        for sentence in sentences or ():
            assert sentence.words
            assert [at for at, word in enumerate(sentence.words) if word.head == at]
            for word in sentence.words:
                assert text[word.start : word.end] == word.text
                assert last <= word.start < word.end
                assert 0 <= word.head < len(sentence.words)
                last = word.end

    def test_the_same_text_has_the_same_answer(self, grammar: Grammar) -> None:
        text = "Force equals mass times acceleration."
        assert grammar.parse(text) == grammar.parse(text)
