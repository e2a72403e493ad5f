"""Whatever an agent says, a sentence that its quote does not bear is not told to be quoted; one that it bears is.

The agent is scripted: it states wrong numbers, swapped names, denials, and cites true quotes of something else.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from adapters.local.models.grammar import SpacyGrammar
from adapters.no_grammar import NoGrammar
from domain.agents.grounding import Grounding
from domain.agents.statements import statements_of
from domain.documents.passage import Passage
from ports.grammar import Grammar

GRAMMARS = pytest.mark.parametrize(
    "grammar",
    [
        pytest.param(SpacyGrammar(), id="parsed", marks=pytest.mark.slow),
        pytest.param(NoGrammar(), id="unparsed"),
    ],
)
CASES = 500
NAMES = "Marlow Osric Halden Brenna Tovik Ysolde Karwin Delphine Ostrava Quillon Perrin Zelda".split()
THINGS = "bridge abbey canal lantern harbour garden orchard library windmill fountain".split()
DEEDS = "designed restored painted measured visited described".split()
PLACES = "valley coast forest island desert plateau".split()
UNITS = "metres kilograms hours tons".split()


@dataclass(frozen=True)
class Fact:
    """A sentence of a document, what it is made of, and shorter ways to say a part of it."""

    name: str
    other: str
    number: int
    text: str
    true: tuple[str, ...]
    wrong: tuple[str, ...]


def fact(rng: random.Random) -> Fact:
    name, other, third = rng.sample(NAMES, 3)
    thing, another = rng.sample(THINGS, 2)
    deed, place, unit = rng.choice(DEEDS), rng.choice(PLACES), rng.choice(UNITS)
    number, more = rng.sample(range(12, 990), 2)
    year = rng.randrange(1500, 1990)
    true: tuple[str, ...]
    wrong: tuple[str, ...]
    match rng.randrange(3):
        case 0:
            text = f"In {year}, {name} {deed} the {thing} of the {place} with the help of {other}."
            true = (
                text,
                f"{name} {deed} the {thing} of the {place}.",
                f"In {year}, {name} {deed} the {thing}.",
            )
            wrong = (
                f"In {year + rng.randrange(1, 40)}, {name} {deed} the {thing} of the {place}.",
                f"{other} {deed} the {thing} of the {place} with the help of {name}.",
                f"{third} {deed} the {thing} of the {place}.",
                f"{name} never {deed} the {thing} of the {place}.",
                f"It is not true that {name} {deed} the {thing}.",
                f"{name} {deed} the {another} of the {place}.",
            )
        case 1:
            text = f"The {thing} that {name} {deed} weighs {number} {unit}, while the {another} of {other} weighs {more} {unit}."
            true = (text, f"The {thing} that {name} {deed} weighs {number} {unit}.")
            wrong = (
                f"The {thing} that {name} {deed} weighs {more} {unit}.",
                f"The {thing} that {name} {deed} weighs {number + 7} {unit}.",
                f"The {thing} that {other} {deed} weighs {number} {unit}.",
                f"The {thing} that {name} {deed} does not weigh {number} {unit}.",
                f"The {another} of {other} weighs {number} {unit}.",
            )
        case _:
            text = f"{name} {deed} the {thing} before {other} {deed} the {another}, and both lived in the {place}."
            true = (text, f"{name} {deed} the {thing} before {other} {deed} the {another}.")
            wrong = (
                f"{other} {deed} the {thing} before {name} {deed} the {another}.",
                f"{name} {deed} the {another} before {other} {deed} the {thing}.",
                f"{name} did not {deed.removesuffix('ed')} the {thing}.",
                f"{third} {deed} the {thing} before {other} {deed} the {another}.",
                f"{name} {deed} {number} of the {thing}s.",
            )
    return Fact(name, other, number, text, true, wrong)


def support(sentence: str, cited: Fact, beside: Fact, grammar: Grammar) -> str:
    """What an answer of one sentence, that cites the whole fact, is told to stand on."""
    passages = [
        Passage(f"f{at}", f"{at}.txt", None, 0, 1, 0, len(one.text), one.text, 0.9)
        for at, one in enumerate((beside, cited))
    ]
    grounding = Grounding(passages)
    answer = "".join(grounding.pieces([f'{sentence} [2 "{cited.text}"]']))
    quotes = [citation.quote for citation in grounding.citations]
    assert quotes == [cited.text]
    (statement,) = statements_of(answer, quotes, "What do my notes say of it?", grammar)
    assert statement.citations == (1,)
    return statement.support


@GRAMMARS
def test_no_sentence_is_quoted_that_its_quote_does_not_bear(grammar: Grammar) -> None:
    rng = random.Random(2026)
    believed = []
    for number in range(CASES):
        cited, beside = fact(rng), fact(rng)
        sentence = rng.choice(beside.true if number % 5 == 0 and beside.text != cited.text else cited.wrong)
        if support(sentence, cited, beside, grammar) == "quoted":
            believed.append((sentence, cited.text))
    assert believed == []


@GRAMMARS
def test_nearly_every_sentence_is_quoted_that_its_quote_bears(grammar: Grammar) -> None:
    rng = random.Random(2027)
    doubted = []
    for _ in range(CASES):
        cited, beside = fact(rng), fact(rng)
        sentence = rng.choice(cited.true)
        if support(sentence, cited, beside, grammar) != "quoted":
            doubted.append((sentence, cited.text))
    assert len(doubted) <= 0.05 * CASES, doubted
