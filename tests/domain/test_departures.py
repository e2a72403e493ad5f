"""A sentence compared with a fact: other words are allowed, and another thing in one place is found."""

from __future__ import annotations

import pytest

from adapters.local.models.grammar import SpacyGrammar
from domain.text.departures import Departure, departure, names_another, other_quantity

GRAMMAR = SpacyGrammar()
SHARKS = "Sharks replace their lost teeth faster than rays do."
LOCK = "A lock lifts the boat because water flows into the chamber."
QUEUE = "The clerk frees the seats that nobody has paid for any longer."


def departs(sentence: str, fact: str) -> Departure | None:
    return departure(
        sentence,
        fact,
        GRAMMAR.parse(sentence),
        GRAMMAR.parse(fact),
        are_alike=lambda one, other: one == other,
    )


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("Rays replace their lost teeth faster than sharks do.", SHARKS),
        ("Sharks replace their lost teeth more slowly than rays do.", SHARKS),
        ("Sharks do not replace their lost teeth faster than rays do.", SHARKS),
        ("The anchor makes the ship drift.", "The anchor keeps the ship from drifting."),
        ("No sharks replace their lost teeth faster than rays do.", SHARKS),
        ("No, limestone dissolves in oil.", "Limestone does not dissolve in oil."),
        ("The cells do not divide and do not grow.", "The cells divide and grow."),
        ("Water flows into the chamber because a lock lifts the boat.", LOCK),
        ("Everyone but the owner may open the box.", "Only the owner may open the box."),
        ("The glue is less strong than the wood.", "The glue is stronger than the wood."),
        (
            "The gauge shows the pressure and keeps the setting.",
            "The gauge shows the pressure and adapts the setting.",
        ),
        ("It eats mainly seeds and less grass.", "It eats mainly grass and less seeds."),
        (
            "If the weights are different, the beam is level.",
            "If the weights are the same, the beam is level.",
        ),
        ("The lung, not the heart, pumps blood.", "The heart pumps blood."),
        ("Bats are not mammals but birds.", "Bats are mammals."),
        ("Wolves hunt alone, not in packs.", "Wolves hunt in packs."),
        ("Bats are birds, not mammals.", "Bats are mammals, not birds."),
        ("Bats are birds.", "Bats are mammals, not birds."),
        ("The fence lets all animals pass.", "The fence lets some animals pass, but not others."),
        ("Wolves hunt alone.", "Wolves do not hunt alone."),
        ("Koalas do not eat only eucalyptus leaves.", "Koalas eat only eucalyptus leaves."),
        ("The bridge carries more than ten cars.", "The bridge carries no more than ten cars."),
        ("Vitamin D causes rickets.", "Vitamin D prevents rickets."),
    ],
)
def test_a_reversed_statement_contradicts_the_fact(sentence: str, fact: str) -> None:
    assert departs(sentence, fact) == "contradicted"


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("The guild sold the bridge to the town.", "The guild gave the bridge to the town."),
        ("Sharks replace the same number of teeth as rays.", "Sharks replace more teeth than rays."),
        ("The archive is kept outside the tower.", "The archive is kept in the tower."),
        (
            "The job of the valve is to let out steam and heat.",
            "The job of the valve is to let in air and light.",
        ),
        (
            "The first bell is loud, and so is the second.",
            "The first bell is loud, while the second is soft.",
        ),
        (
            "They send letters without stamps, but with seals.",
            "They send letters without stamps, seals or marks.",
        ),
        ("The chicks feed the parents with seeds.", "The chicks are fed with seeds."),
        ("The anchor has no effect on the ship.", "The anchor holds the ship against the wind."),
        (
            "The wall is painted quickly, so its surface stays smooth.",
            "The wall is dried quickly, so its surface stays smooth and its inside gets hard.",
        ),
        (
            "In the oven the dough takes up water and turns soft.",
            "In the oven the dough loses most of its water and turns into hard bread.",
        ),
        ("Sharks hardly ever replace their lost teeth faster than rays do.", SHARKS),
        ("Bacteria have no cell wall but have a membrane.", "Bacteria have a cell wall."),
        ("Fish take in oxygen, not carbon dioxide.", "Fish take in oxygen and give off carbon dioxide."),
    ],
)
def test_a_statement_that_differs_in_one_place_is_unsure(sentence: str, fact: str) -> None:
    assert departs(sentence, fact) == "unsure"


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (SHARKS, SHARKS),
        ("Rays replace their lost teeth slower than sharks do.", SHARKS),
        ("The boat is lifted by the lock because water flows into the chamber.", LOCK),
        ("Nobody but the owner may open the box.", "Only the owner may open the box."),
        (
            "Without a key, the door of the vault stays shut.",
            "The door of the vault stays shut unless a key turns in it.",
        ),
        (
            "Arteries have thick walls but not valves.",
            "Arteries have thick walls, whereas they do not have valves.",
        ),
        ("Arteries have thick walls but no valves.", "Arteries have thick walls and no valves."),
        ("Pruning does not cost much sap.", "Pruning costs little sap."),
        ("Pruning doesn't cost much sap.", "Pruning costs little sap."),
        (
            "The tank holds nine litres or so in winter, as there is less pressure.",
            "In winter the tank holds nine litres because the pressure is lower.",
        ),
        ("The slope has hardly any trees.", "The slope has very few trees."),
        ("The anchor prevents drifting of the ship.", "The anchor keeps the ship from drifting."),
        ("No, limestone does not dissolve in oil.", "Limestone does not dissolve in oil."),
        ("No, the owner alone may open the box.", "Only the owner may open the box."),
        ("Sharks have neither lungs nor scales.", "Sharks have no lungs and no scales."),
        ("Arteries are not exclusively thick, but also strong.", "Arteries are thick and strong."),
        ("Bats are not birds but mammals.", "Bats are mammals, not birds."),
        ("The heart, not the lung, pumps blood.", "The heart pumps blood."),
        ("Fluoride protects teeth from decay.", "Fluoride prevents tooth decay."),
        ("Coasts are shielded from storms by mangroves.", "Mangroves protect coasts from storms."),
        ("Wolves hunt in packs, not alone.", "Wolves hunt in packs."),
        ("Families save from their wages.", "Families save a part of their wages."),
        ("A virus isnt alive.", "A virus is not alive."),
        (
            "Without a second key, the door of the vault stays shut.",
            "The door of the vault stays shut unless a second key turns in it.",
        ),
    ],
)
def test_a_statement_that_says_the_same_is_accepted(sentence: str, fact: str) -> None:
    assert departs(sentence, fact) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The door of the vault does not stay shut unless a key turns in it.",
        "The door of the vault does not stay shut.",
        "Without the door, the vault stays shut.",
    ],
)
def test_an_exception_does_not_hide_a_denial(sentence: str) -> None:
    assert departs(sentence, "The door of the vault stays shut unless a key turns in it.") is not None


def test_an_exception_in_other_words_does_not_hide_a_reversal() -> None:
    fact = "The pilot light stays on unless the gas supply fails."
    assert departs("Without a failure of the gas supply, the pilot light goes out.", fact) == "unsure"


def test_a_frequency_is_a_quantity() -> None:
    fact = "The tank is emptied twice a day."
    assert other_quantity("The tank is emptied five times a day.", fact, "How often?") == "unsure"
    assert other_quantity("The tank is emptied two times a day.", fact, "How often?") is None


@pytest.mark.parametrize(
    ("sentence", "is_same"),
    [
        ("In one second, sound goes 340 metres through air.", True),
        ("In a tenth of a minute, sound goes 340 metres through air.", False),
        ("In one second, sound goes 330 metres through air.", False),
    ],
)
def test_a_rate_may_be_said_in_two_parts(sentence: str, is_same: bool) -> None:
    rate = "Sound travels at 340 metres per second in air."
    assert (other_quantity(sentence, rate, "How fast is sound?") is None) is is_same
    assert (other_quantity(rate, sentence, "How fast is sound?") is None) is is_same


@pytest.mark.parametrize(
    ("sentence", "fact", "is_another"),
    [
        (
            "The second law is about force.",
            "The third law is about two bodies, the first and a second body.",
            True,
        ),
        ("The third law is about a second body.", "The third law is about two bodies.", False),
        ("The first and the second law are about bodies.", "The second law is about force.", False),
        ("The second law is about force.", "The law is about force.", False),
        ("First bodies rest.", "The second law is about bodies.", False),
    ],
)
def test_a_sentence_about_another_of_numbered_things_is_not_about_the_fact(
    sentence: str, fact: str, is_another: bool
) -> None:
    assert names_another(sentence, fact) is is_another
