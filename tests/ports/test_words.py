"""A word is folded to the same form everywhere, however it is written."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ports.text.words import is_unspaced, pieces, placed_words, words

TEXTS = st.text(alphabet="abAB19 _.,'’-\n\u0301éßЁй光合のสแ세포كתि", max_size=60) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plants' 2 leaves, and naïve_user's CAFÉ!", "plants 2 leaves and naive user s cafe"),
        ("STRASSE straße", "strasse strasse"),
        ("e\u0301cole \ufb01re Ⅳ İstanbul", "ecole fire iv istanbul"),
        ("Ёжик пьёт чай", "ежик пьет чаи"),
        ("الكِتَابُ كتــاب", "الكتاب كتاب"),
        ("בְּרֵאשִׁית בית־ספר", "בראשית בית ספר"),
        ("हिन्दी में प्रकाश।", "हिन्दी में प्रकाश"),
        ("光合作用DNA水", "光合作用 dna 水"),
        ("ที่พืช 2 ต้น", "ที่พืช 2 ต้น"),
        ("세포막은 H2O在100度", "세포막은 h2o 在 100 度"),
        ("1,000.5 well-known", "1 000 5 well known"),
        ("", ""),
        ("…?! 🎓 __ \u0301", ""),
    ],
)
def test_words_in_order_folded(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@given(TEXTS)
def test_neither_letter_case_nor_the_way_accents_are_written_matters(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text).casefold()) == words(text)
    assert words(" ".join(words(text))) == words(text)


@given(TEXTS.map(lambda text: unicodedata.normalize("NFKC", text)))
@example("a_b\u0301c 光a光")
def test_each_word_is_found_in_its_place(text: str) -> None:
    placed = list(placed_words(text))
    assert "".join(word for word, _, _ in placed) == "".join(words(text))
    assert all(words(text[start:end]) for _, start, end in placed)
    assert [start for _, start, _ in placed] == sorted(start for _, start, _ in placed)
    assert all(end <= start for (_, _, end), (_, start, _) in pairwise(placed))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("光合作用", "光合 合作 作用"), ("세포막", "세포 포막"), ("ที่พืช", "ที่ ี่พ ่พื พืช"), ("水", "水"), ("ที", "ที")],
)
def test_a_word_of_a_script_without_spaces_has_pieces(word: str, expected: str) -> None:
    assert is_unspaced(word)
    assert pieces(word) == expected.split()


@given(TEXTS)
def test_the_pieces_of_a_word_hold_all_of_it(text: str) -> None:
    for word in words(text):
        found = pieces(word)
        assert found[0] + "".join(piece[-1] for piece in found[1:]) == word
