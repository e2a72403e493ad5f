"""Spoiled questions whose faults shared words do not show, and similar good ones."""

from __future__ import annotations

from typing import get_args

import pytest

from adapters.local.models.grammar import SpacyGrammar
from benchmarks.admission import judged
from benchmarks.fresh_items import FRESH_TEXTS, fresh_items
from benchmarks.held_items import HELD_TEXTS, held_items
from benchmarks.items import TEXTS, Item, own_items
from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.reading import Draft
from domain.quizzes.refusals import REFUSALS, Refusal
from domain.quizzes.statements import statement
from ports.grammar import Grammar

ENGLISH = SpacyGrammar()
ITEMS = own_items()
GOOD = [(name, item) for name, item in ITEMS if not item.fault]
SPOILED = [(name, item) for name, item in ITEMS if item.fault]


HELD = [(HELD_TEXTS[name], item) for name, item in held_items()]
FRESH = [(FRESH_TEXTS[name], item) for name, item in fresh_items()]


def refusal(name: str, item: Item, grammar: Grammar | None) -> Refusal | None:
    text = TEXTS[name]
    passage = Passage("f", f"{name}.txt", None, 0, 1, 0, len(text), text, 1.0)
    found = admit([item.draft], [passage], recent=item.recent, limit=1, grammar=grammar)
    return found.refused[0][1] if found.refused else None


def refused(items: list[tuple[str, Item]], grammar: Grammar | None) -> float:
    return sum(refusal(name, item, grammar) is not None for name, item in items) / len(items)


@pytest.mark.slow
@pytest.mark.parametrize("items", [HELD, FRESH], ids=["held", "fresh"])
@pytest.mark.parametrize(("grammar", "least_refused"), [(ENGLISH, 0.9), (None, 0.75)])
def test_spoiled_items_on_other_texts_are_refused_and_good_ones_kept(
    grammar: Grammar | None, least_refused: float, items: list[tuple[str, Item]]
) -> None:
    least_kept = 0.93
    codes = judged([(item, text) for text, item in items], grammar)
    refused_of_bad = [one.code is not None for one in codes if one.item.fault]
    kept_of_good = [one.code is None for one in codes if not one.item.fault]
    assert sum(refused_of_bad) >= least_refused * len(refused_of_bad)
    assert sum(kept_of_good) >= least_kept * len(kept_of_good)


def test_with_an_honest_solver_at_least_95_in_100_are_refused_and_the_good_kept() -> None:
    codes = judged([(item, text) for text, item in FRESH], None, with_solver=True)
    refused_of_bad = [one.code is not None for one in codes if one.item.fault]
    kept_of_good = [one.code is None for one in codes if not one.item.fault]
    assert sum(refused_of_bad) >= 0.95 * len(refused_of_bad)
    assert sum(kept_of_good) >= 0.93 * len(kept_of_good)


def test_at_least_90_in_100_spoiled_questions_are_refused_with_a_grammar() -> None:
    assert len(SPOILED) >= 50
    assert refused(SPOILED, ENGLISH) >= 0.9


def test_at_least_75_in_100_spoiled_questions_are_refused_by_bare_words() -> None:
    assert refused(SPOILED, None) >= 0.75


@pytest.mark.parametrize(("grammar", "least"), [(ENGLISH, 0.95), (None, 0.85)], ids=["grammar", "bare words"])
def test_with_an_honest_solver_more_are_refused_and_as_many_good_ones_kept(
    grammar: Grammar | None, least: float
) -> None:
    spoiled = judged([(item, TEXTS[name]) for name, item in SPOILED], grammar, with_solver=True)
    good = judged([(item, TEXTS[name]) for name, item in GOOD], grammar, with_solver=True)
    assert sum(one.code is not None for one in spoiled) >= least * len(spoiled)
    assert sum(one.code is None for one in good) >= 0.93 * len(good)


@pytest.mark.parametrize("grammar", [ENGLISH, None], ids=["grammar", "bare words"])
def test_at_least_93_in_100_good_questions_are_kept(grammar: Grammar | None) -> None:
    assert len(GOOD) >= 30
    assert refused(GOOD, grammar) <= 0.07


CODES: dict[str, set[Refusal]] = {
    "quote not in the document": {"unsupported_quote"},
    "all / none of the above": {"catch_all"},
    "duplicate of an earlier stem": {"duplicate"},
    "not readable by itself": {"unreadable_stem"},
    "name of no passage": {"unknown_name"},
    "trivial or about a citation": {"trivial", "mixed_options"},
    "options not of one kind": {"mixed_options", "grammar_cue", "option_in_option"},
}


@pytest.mark.parametrize("fault", CODES)
def test_a_refusal_says_what_is_wrong(fault: str) -> None:
    for name, item in SPOILED:
        if item.fault == fault:
            assert refusal(name, item, ENGLISH) in CODES[fault], item.draft.question


ROAST = "Roasting turns sugars into caramel and releases carbon dioxide."
TREMORS = "Volcanoes not only cause tremors but also warm the sea."
LIVER = "The liver turns glucose into glycogen after a meal, and turns glycogen into glucose between meals."
LAKE = "In summer, the lake is warmer than the sea. In winter, the sea is warmer than the lake."
SOUND = "In air, light is faster than sound. In stone, sound is louder than light."
WHALE = "A whale is larger than a shark. A shark is faster than a whale."
PLANETS = "Jupiter is larger than Earth. Earth is larger than Mars."
SHADE = "In more light, a fern releases oxygen and absorbs carbon dioxide."
BEANS = "Arabica beans contain about 1.2 percent caffeine, whereas robusta beans contain about 2.2 percent."


@pytest.mark.parametrize("grammar", [ENGLISH, None], ids=["grammar", "bare words"])
@pytest.mark.parametrize(
    ("text", "stem", "options", "code"),
    [
        (
            ROAST,
            "What happens in roasting?",
            ("Caramel turns into sugars", "Beans melt"),
            "contradicts_roles",
        ),
        (
            ROAST,
            "What happens in roasting?",
            ("Sugars turn into caramel", "Carbon dioxide is released"),
            "two_right",
        ),
        (ROAST, "What does roasting release?", ("carbon dioxide", "in the sun"), "mixed_options"),
        (ROAST, "What does roasting turn into caramel?", ("sugars", "acids"), None),
        (
            "Volcanoes do not cause most earthquakes.",
            "What do volcanoes cause?",
            ("most earthquakes", "the tides"),
            "contradicts_denial",
        ),
        (
            BEANS,
            "Which beans contain more caffeine, arabica or robusta?",
            ("robusta beans", "arabica beans"),
            None,
        ),
        (
            "The islands grow older towards the north-west.",
            "In which direction do the islands grow older?",
            ("towards the north-west", "towards the north"),
            None,
        ),
        (
            "Rome is the capital of Italy.",
            "Which country has Rome as its capital?",
            ("Italy", "Poland"),
            None,
        ),
        ("A butterfly has four wings.", "What has four wings?", ("a butterfly", "assembly"), None),
        (TREMORS, "What do volcanoes cause?", ("tremors", "the tides"), None),
        (
            "Volcanoes cannot but cause tremors.",
            "What do volcanoes cause?",
            ("tremors", "the tides"),
            None,
        ),
        (
            "Volcanoes do not only shake the land.",
            "What do volcanoes do?",
            ("shake the land", "raise the tides"),
            None,
        ),
        (
            "Volcanoes do not merely shake the land.",
            "What do volcanoes do?",
            ("shake the land", "raise the tides"),
            None,
        ),
        (
            "No, volcanoes shake the land.",
            "What do volcanoes do?",
            ("shake the land", "raise the tides"),
            None,
        ),
        (
            "No bats attack humans.",
            "What do bats do?",
            ("attack humans", "drink the sea"),
            "contradicts_denial",
        ),
        (
            "Bats hardly ever attack humans.",
            "What do bats do?",
            ("attack humans", "drink the sea"),
            "contradicts_denial",
        ),
        (
            "Neither bats nor owls attack humans.",
            "What do bats do?",
            ("attack humans", "drink the sea"),
            "contradicts_denial",
        ),
        (
            "Bats are not only small mammals of the night and do not attack humans.",
            "What do bats do?",
            ("attack humans", "drink the sea"),
            "contradicts_denial",
        ),
        (
            "Volcanoes don't shake the land.",
            "What do volcanoes do?",
            ("shake the land", "raise the tides"),
            "contradicts_denial",
        ),
        (
            LIVER,
            "What does the liver do after a meal?",
            ("It turns glucose into glycogen", "It sleeps"),
            None,
        ),
        (LAKE, "What holds in summer?", ("The lake is warmer than the sea", "Both are frozen"), None),
        (LAKE, "Which is warmer in summer?", ("the lake", "the ice"), None),
        (
            LAKE.partition(". ")[2],
            "Which is warmer in winter?",
            ("the lake", "the ice"),
            "contradicts_roles",
        ),
        (SOUND, "What is faster in air?", ("sound", "rain"), "contradicts_roles"),
        (SOUND, "What is faster in air?", ("light", "rain"), None),
        (WHALE, "Which is larger?", ("a shark", "a cow"), "contradicts_roles"),
        (WHALE, "Which is larger?", ("a whale", "a cow"), None),
        (PLANETS, "Which planet is larger, Earth or Mars?", ("Earth", "Mars"), None),
        (PLANETS, "Which planet is larger, Earth or Mars?", ("Mars", "Earth"), "contradicts_roles"),
        (
            "The Nile carries more silt than the Volga. The Volga carries more silt than the Rhine.",
            "Which river carries more silt, the Volga or the Rhine?",
            ("the Volga", "the Rhine"),
            None,
        ),
        (
            "Basalt holds less silica than granite.",
            "Which rock holds more silica, basalt or granite?",
            ("granite", "basalt"),
            None,
        ),
        (
            SHADE,
            "What does a fern do when there is more light?",
            ("It releases oxygen", "It absorbs carbon dioxide"),
            "two_right",
        ),
        (
            "The forest gives timber to builders and shade to deer.",
            "What does the forest give?",
            ("timber to builders", "shade to deer"),
            "two_right",
        ),
        (
            "The cook keeps sour milk and fresh eggs in the cooler.",
            "What does the cook keep in the cooler?",
            ("sour milk", "fresh eggs"),
            "two_right",
        ),
        (
            "Most birds have hollow bones and strong hearts.",
            "What do most birds have?",
            ("hollow bones", "strong hearts"),
            "two_right",
        ),
        (
            "People who earn more buy large houses and fast cars.",
            "What do people who earn more buy?",
            ("large houses", "fast cars"),
            "two_right",
        ),
        (
            "The smith cuts the bar with a saw.",
            "What does the smith cut?",
            ("the bar", "with a saw"),
            "mixed_options",
        ),
        (
            "Harper Lee wrote To Kill a Mockingbird in Alabama.",
            "What did Harper Lee write?",
            ("To Kill a Mockingbird", "Jane Eyre"),
            None,
        ),
        (
            "In vitro fertilisation joins egg and sperm in a dish.",
            "What joins egg and sperm in a dish?",
            ("In vitro fertilisation", "Natural selection"),
            None,
        ),
        (
            "A higher court reviews verdicts of judges and sentences of juries.",
            "What does a higher court review?",
            ("verdicts of judges", "sentences of juries"),
            "two_right",
        ),
        (
            "Later emperors raised taxes and tolls.",
            "What did later emperors raise?",
            ("taxes", "tolls"),
            "two_right",
        ),
        ("Iron is hard and tin is soft.", "Which metal is harder?", ("iron", "tin"), None),
        (
            "Iron melts at 1538 degrees, and tin at 232 degrees.",
            "Which metal has the higher melting point, iron or tin?",
            ("iron", "tin"),
            None,
        ),
        (
            "Ripe cherries are red, and unripe cherries are green.",
            "What colour are unripe cherries?",
            ("green", "red"),
            None,
        ),
    ],
)
def test_a_question_is_judged_by_what_its_sentence_says(
    text: str, stem: str, options: tuple[str, str], code: Refusal | None, grammar: Grammar | None
) -> None:
    draft = Draft(question=stem, options=(*options, "Nobody knows"), correct=0, passage=1, quote=text)
    passage = Passage("f", "f.txt", None, 0, 1, 0, len(text), text, 1.0)
    found = admit([draft], [passage], recent=(), limit=1, grammar=grammar)
    assert [why for _, why in found.refused] == ([] if code is None else [code])


def test_a_stem_with_another_form_of_to_call_is_the_same_question() -> None:
    text = "Magma that reaches the surface is called lava."
    draft = Draft(
        question="What do we call magma which reaches the surface?",
        options=("lava", "ash", "silica"),
        correct=0,
        passage=1,
        quote=text,
    )
    passage = Passage("f", "f.txt", None, 0, 1, 0, len(text), text, 1.0)
    earlier = "What is magma that reaches the surface called?"
    assert [why for _, why in admit([draft], [passage], recent=[earlier], limit=1).refused] == ["duplicate"]


def test_every_code_is_listed_once() -> None:
    assert set(REFUSALS) == set(get_args(Refusal))
    assert len(set(REFUSALS)) == len(REFUSALS)


@pytest.mark.parametrize(
    ("stem", "option", "said"),
    [
        ("Which region regulates emotions?", "The amygdala", "the amygdala regulates emotions"),
        ("What does the amygdala regulate?", "emotions", "the amygdala does regulate emotions"),
        ("With which acid was it mixed?", "citric acid", "it was mixed with citric acid"),
        ("What is inflation?", "a rise of prices", "inflation is a rise of prices"),
        ("How many sides has a cube?", "six", "a cube has six sides"),
        ("_____ opposes the motion.", "Friction", "Friction opposes the motion."),
        (
            "Why can the Moon not keep an atmosphere?",
            "Its gravity is too low",
            "the Moon's gravity is too low",
        ),
    ],
)
def test_stem_and_option_make_a_statement(stem: str, option: str, said: str) -> None:
    assert statement(stem, option, ENGLISH.parse(stem), ENGLISH.parse(option)) == said


@pytest.mark.parametrize(
    ("key", "other", "is_kept"),
    [
        ("four months", "a third of a year", False),
        ("about one-sixth", "roughly 17 percent", False),
        ("0.5 kilometres", "500 metres", False),
        ("1822", "1815", True),
        ("four months", "five months", True),
    ],
)
def test_one_quantity_in_two_forms_is_two_right_options(key: str, other: str, is_kept: bool) -> None:
    text = f"Of all the things that were reported of the old bridge, the answer was {key}."
    draft = Draft("What was reported of the bridge?", (key, other, "nine hundred", "zero"), 0, quote=text)
    passage = Passage("f", "f.txt", None, 0, 1, 0, len(text), text, 1.0)
    found = admit([draft], [passage], recent=(), limit=1)
    assert bool(found.admitted) == is_kept
    assert [code for _, code in found.refused] == ([] if is_kept else ["two_right"])
