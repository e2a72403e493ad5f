"""Which words deny, which only look like a denial, and which words of a sentence are denied."""

from __future__ import annotations

import pytest

from adapters.local.models.grammar import SpacyGrammar
from ports.text.denials import denied_in, denies, denying, without_empty_denials
from ports.text.words import words

GRAMMAR = SpacyGrammar()


@pytest.mark.parametrize(
    "sentence",
    [
        "Moles do not see well.",
        "Moles don't see well.",
        "Moles don’t see well.",
        "Moles cannot see well.",
        "No mole sees well.",
        "Nobody hears a mole.",
        "Moles hardly ever leave the ground.",
        "Moles have neither wings nor gills.",
        "Moles have no wings and no gills.",
        "Moles do not swim and do not fly.",
        "Is it a bird? No, it does not fly.",
        "Moles do not swim; only beavers do.",
        "Moles are no heavier than rats.",
        "There is no more water.",
        "The drug cannot help patients.",
        "A mole is not an animal with only one tooth.",
    ],
)
def test_sentences_that_deny(sentence: str) -> None:
    assert denies(sentence)


@pytest.mark.parametrize("limit", ["only", "just", "merely", "simply", "solely", "exclusively", "purely"])
@pytest.mark.parametrize(
    "frame",
    [
        "Moles do not {} eat worms.",
        "Moles don't {} eat worms.",
        "Moles are not {} blind, but also slow.",
        "It isn’t {} the mole that digs.",
    ],
)
def test_not_only_denies_nothing(frame: str, limit: str) -> None:
    sentence = frame.format(limit)
    assert not denies(sentence)
    assert not denies(" ".join(words(sentence)))


@pytest.mark.parametrize(
    "sentence",
    [
        "Moles do not feed only on worms.",
        "Moles do not live by worms alone.",
        "Moles are not limited to gardens.",
        "The mole is not the only animal that digs.",
        "A mole has no fewer than six fingers.",
        "A litter has not more than seven young.",
        "A mole eats no less than its own weight.",
        "No doubt, moles dig.",
        "Moles dig no matter how hard the soil is.",
        "Moles cannot but dig.",
        "Nothing but worms feeds them.",
        "No, moles dig.",
        "No … moles dig.",
        "Moles cannot live without worms.",
        "Nobody does not know the mole.",
    ],
)
def test_words_that_only_look_like_a_denial_deny_nothing(sentence: str) -> None:
    assert not denies(sentence)


def test_negations_that_deny_nothing_are_blanked_and_the_text_keeps_its_length() -> None:
    text = "No, moles do not only dig, and they don't fly."
    bare = without_empty_denials(text)
    assert len(bare) == len(text)
    assert bare.split() == "moles do only dig, and they don't fly.".replace("moles", ", moles").split()


def test_a_denial_is_found_in_the_words_of_a_parser_and_of_a_split_text() -> None:
    assert denying(["Moles", "do", "n't", "fly", "."]) == {2}
    assert denying(["moles", "don", "t", "fly"]) == {1}
    assert denying(["Moles", "do", "n't", "only", "fly", "."]) == frozenset()


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Moles do not fly.", "fly"),
        ("No mole has gills.", "mole has"),
        ("Nobody hears moles.", "hears"),
        ("Hardly any mole swims.", "any mole swims"),
        ("Moles hardly ever swim.", "ever swim"),
        ("Moles are by no means blind.", "are by means"),
        ("Moles have neither wings nor gills.", "have wings gills"),
        ("Moles do not swim or fly.", "swim fly"),
        ("Never do bats attack humans.", "do attack"),
        ("Worms are eaten by nobody.", "eaten by"),
        ("Moles cannot live without worms.", "live worms"),
        ("Moles that do not dig starve.", "dig"),
        ("No, moles do not fly.", "fly"),
        ("No, moles dig.", ""),
        ("Moles are not merely blind.", ""),
    ],
)
def test_which_words_of_a_sentence_are_denied(sentence: str, denied: str) -> None:
    parsed = GRAMMAR.parse(sentence)
    assert parsed is not None
    found = [one.words[at].text for one in parsed for at in sorted(denied_in(one.words))]
    assert found == denied.split()
