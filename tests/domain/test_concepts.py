"""The concepts of a text are the terms that it repeats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.text.concepts import MAX_CONCEPTS, extract_concepts

WORDS = st.lists(
    st.sampled_from(["membrane", "the", "cell", "café", "of", "Water's", "7", "x", ",", "\n"]), max_size=60
)


def test_a_term_goes_over_no_punctuation_and_no_function_word() -> None:
    text = "Cell membrane. The cell membrane of plants; plants, water. Plants and water."
    assert extract_concepts(text) == ("cell membrane", "plants", "water")


def test_a_word_of_a_heading_weighs_more() -> None:
    text = "Tides rise. Tides fall. Tides turn. Moons wane."
    assert extract_concepts(text)[0] == "tides"
    assert extract_concepts(text, ["Moons"])[0] == "moons"


def test_terms_in_any_part_of_a_long_text_are_counted() -> None:
    parts = (f"A {name} is long. " * 8_000 for name in ("comet", "meteor", "planet"))
    assert set(extract_concepts("".join(parts))) == {"comet", "meteor", "planet", "long"}


@given(WORDS)
def test_letters_beyond_ascii_elsewhere_change_nothing(words: list[str]) -> None:
    text = " ".join(words)
    found = extract_concepts(text)
    assert len(found) <= MAX_CONCEPTS
    assert extract_concepts(f"{text} . é") == found
