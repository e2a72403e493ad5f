"""A sentence with a contrast or a comparison is written as plain clauses."""

from __future__ import annotations

import pytest

from benchmarks.falsehoods import SpokenFact, judged, model
from domain.text.clauses import PlainClause, nearest_clause, plain_clauses
from tests.support.offline import GRAMMAR, JUDGING


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        (
            "Sound does not travel in a vacuum, but light does.",
            ["Sound does not travel in a vacuum", "Light does travel in a vacuum"],
        ),
        (
            "Copper conducts electricity, whereas glass doesn't.",
            ["Copper conducts electricity", "Glass does not conduct electricity"],
        ),
        (
            "Acids turn litmus red, but bases turn it blue.",
            ["Acids turn litmus red", "Bases turn it blue"],
        ),
        ("Steel is magnetic, but brass is not.", ["Steel is magnetic", "Brass is not magnetic"]),
        (
            "Nobles could own land, and so could the church.",
            ["Nobles could own land", "The church could own land"],
        ),
        ("Unlike iron, wood burns easily.", ["Wood burns easily", "Iron does not burn easily"]),
        ("Bats cannot see but hear very well.", ["Bats can not see", "Bats can hear very well"]),
        ("The gate is not locked but opens.", ["The gate is not locked", "The gate opens"]),
        ("Wolves do not hunt in packs but alone.", ["Wolves do not hunt in packs", "Wolves do hunt alone"]),
        (
            "Tides are caused not by the wind but by the moon.",
            ["Tides are not caused by the wind", "Tides are caused by the moon"],
        ),
        ("Spiders have legs but no wings.", ["Spiders have legs", "Spiders have no wings"]),
        (
            "The duke, and not the king, was elected by the council.",
            ["The duke was elected by the council", "The king was not elected by the council"],
        ),
        (
            "Seals are warm-blooded, unlike the cod.",
            ["Seals are warm-blooded", "The cod are not warm-blooded"],
        ),
        (
            "Fires give off heat, not cold.",
            ["Fires give off heat", "Fires do not give off cold"],
        ),
        ("No metal is lighter than lithium.", ["Lithium is the lightest metal"]),
        ("No vitamin is as common as vitamin E.", ["Vitamin E is the most common vitamin"]),
        ("Storks migrate, unlike mice.", ["Storks migrate", "Mice do not migrate"]),
        (
            "Neither light nor sound travels through lead.",
            ["Light does not travel through lead", "Sound does not travel through lead"],
        ),
        ("Nothing is more common in the sea than salt.", ["Salt is the most common in the sea"]),
        ("No animal runs faster than the cheetah.", ["The cheetah runs the fastest of all animal"]),
    ],
)
def test_a_contrast_becomes_two_clauses_and_a_comparison_with_all_becomes_a_superlative(
    sentence: str, clauses: list[str]
) -> None:
    assert [one.text for one in plain_clauses(GRAMMAR.parse(sentence))] == clauses


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Wood burns easily.",
        "Does light travel in a vacuum, but not sound?",
        "The fence lets some animals pass, but not others.",
        "Some animals can pass, while others cannot.",
        "You learn more if you repeat it each day instead of doing it once.",
        "The gauge shows the pressure and keeps the setting as it is.",
        "The patent lets everybody but its owner sell it.",
        "Bats can not only hear well but also see.",
        "It is faster than a horse is.",
    ],
)
def test_other_sentences_are_not_written_out(sentence: str) -> None:
    assert plain_clauses(GRAMMAR.parse(sentence)) == []


def test_two_actions_stay_together_unless_they_are_to_be_separated() -> None:
    parsed = GRAMMAR.parse("Bats cannot see but hear very well.")
    assert len(plain_clauses(parsed)) == 2
    assert plain_clauses(parsed, are_joined=False) == []


def test_the_nearest_clause_shares_the_most_words_and_is_none_if_two_do() -> None:
    sound, light = (
        PlainClause("Sound does not travel in a vacuum"),
        PlainClause("Light does travel in a vacuum"),
    )
    assert nearest_clause(PlainClause("Light travels"), [sound, light]) is light
    assert nearest_clause(PlainClause("It travels"), [sound, light]) is None
    assert nearest_clause(PlainClause("Wood burns"), [sound, light]) is None
    assert nearest_clause(PlainClause("Light does not travel", set_apart="sound"), [sound, light]) is sound


@pytest.mark.parametrize(
    ("fact", "true", "false"),
    [
        (
            "Sound does not travel in a vacuum, but light does.",
            ["Light travels in a vacuum.", "Light can pass through a vacuum, unlike sound."],
            ["Sound travels in a vacuum.", "Light does not travel in a vacuum, but sound does."],
        ),
        (
            "Basalt is the most common rock on the ocean floor.",
            ["No rock on the ocean floor is more common than basalt."],
            ["No rock on the ocean floor is less common than basalt."],
        ),
        (
            "Wolves hunt in packs.",
            ["Wolves hunt in packs, not alone.", "Wolves do not hunt alone but in packs."],
            ["Wolves do not hunt in packs but alone.", "Wolves hunt alone rather than in packs."],
        ),
        (
            "Bats can see, and they hear very well.",
            ["Bats hear very well and are able to see."],
            ["Bats cannot see but hear very well.", "Bats hear very well, but they cannot see."],
        ),
        (
            "Tides are caused by the moon rather than by the wind.",
            ["The moon causes tides, not the wind.", "The wind does not cause tides, but the moon does."],
            ["The wind causes tides, not the moon.", "The moon does not cause tides, but the wind does."],
        ),
        (
            "Mammals are warm-blooded, whereas reptiles are cold-blooded.",
            ["Mammals are warm-blooded, but reptiles are not.", "Reptiles are cold-blooded, unlike mammals."],
            ["Reptiles are warm-blooded, unlike mammals.", "Mammals are not warm-blooded, but reptiles are."],
        ),
        (
            "DNA has two strands, but RNA has one.",
            ["RNA has one strand, not two.", "DNA has two strands, unlike RNA."],
            ["RNA has two strands, not one."],
        ),
        (
            "Acids turn litmus red, but bases turn it blue.",
            ["Bases turn litmus blue, not red."],
            ["Bases turn litmus red, but acids turn it blue.", "Acids turn litmus blue, not red."],
        ),
        (
            "The Treaty of Versailles was signed in 1919.",
            ["It was signed in 1919, not in 1918.", "The treaty was signed not in 1918 but in 1919."],
            ["It was signed in 1918, not in 1919.", "The treaty was signed not in 1919 but in 1918."],
        ),
    ],
)
def test_a_credulous_model_is_corrected_about_contrasts_only_where_it_is_wrong(
    fact: str, true: list[str], false: list[str]
) -> None:
    spoken = SpokenFact("What do the notes say about it?", fact, (), ())
    credulous = model("stated")
    assert [judged(JUDGING, credulous, spoken, answer).verdict for answer in true] == ["stated"] * len(true)
    assert [judged(JUDGING, credulous, spoken, answer).verdict for answer in false] == ["contradicted"] * len(
        false
    )
