"""A sentence is not called quoted if its quote does not support it, and is called quoted if it does, whatever an agent
says.

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
    "grammar", [pytest.param(SpacyGrammar(), id="parsed"), pytest.param(NoGrammar(), id="unparsed")]
)
CASES = 800
NAMES = "Marlow Osric Halden Brenna Tovik Ysolde Karwin Delphine Quillon Perrin Zelda Anselm".split()
TOWNS = "Ostrava Lindvale Carrow Easthaven Morvik Tarrand".split()
THINGS = "bridge abbey canal lantern harbour garden orchard library windmill fountain".split()
GOODS = "radio bicycle telephone stove piano wagon".split()
DEEDS = "designed restored painted measured visited described".split()
PLACES = "valley coast forest island desert plateau".split()
UNITS = "metres kilograms hours tons".split()
MATTERS = "heat pressure light sugar salt sound".split()
STUDIES = "music botany trade medicine optics law".split()
HEDGES = (
    "rarely|seldom|hardly ever|scarcely|barely|almost|nearly|sometimes|allegedly|supposedly|possibly|perhaps|may have"
    "|might have|could have|is thought to have|was said to have|seems to have|never|tried to have|would have"
).split("|")
"""Words before a verb that limit it or deny it."""
MONTHS = "January March June August October".split()


@dataclass(frozen=True)
class Fact:
    """A sentence of a document, with true and false versions of it."""

    text: str
    true: tuple[str, ...]
    """Shorter ways to say a part of it, in its order."""
    turned: tuple[str, ...]
    """True versions with another order: active and passive exchanged, or the clauses exchanged."""
    wrong: tuple[str, ...]


class Drawn:
    """Random names, things and numbers. No two of the same kind are equal."""

    def __init__(self, rng: random.Random) -> None:
        self.a, self.b, self.c = rng.sample(NAMES, 3)
        self.town, self.other_town = rng.sample(TOWNS, 2)
        self.thing, self.another = rng.sample(THINGS, 2)
        self.good, self.other_good = rng.sample(GOODS, 2)
        self.matter, self.other_matter = rng.sample(MATTERS, 2)
        self.month, self.other_month = rng.sample(MONTHS, 2)
        self.deed, self.place = rng.choice(DEEDS), rng.choice(PLACES)
        self.unit, self.other_unit = rng.sample(UNITS, 2)
        self.study, self.hedge = rng.choice(STUDIES), rng.choice(HEDGES)
        self.n, self.m, self.x = rng.sample(range(12, 96), 3)
        self.year = rng.randrange(1500, 1940)
        self.later = self.year + rng.randrange(1, 40)


def helped(d: Drawn) -> Fact:
    return Fact(
        f"In {d.year}, {d.a} {d.deed} the {d.thing} of the {d.place} with the help of {d.b}.",
        (f"{d.a} {d.deed} the {d.thing} of the {d.place}.", f"In {d.year}, {d.a} {d.deed} the {d.thing}."),
        (
            f"The {d.thing} of the {d.place} was {d.deed} by {d.a}.",
            f"{d.a} {d.deed} the {d.thing} of the {d.place} in {d.year}.",
        ),
        (
            f"In {d.later}, {d.a} {d.deed} the {d.thing} of the {d.place}.",
            f"{d.b} {d.deed} the {d.thing} of the {d.place} with the help of {d.a}.",
            f"The {d.thing} of the {d.place} was {d.deed} by {d.b}.",
            f"{d.c} {d.deed} the {d.thing} of the {d.place}.",
            f"{d.a} never {d.deed} the {d.thing} of the {d.place}.",
            f"It is not true that {d.a} {d.deed} the {d.thing}.",
            f"{d.a} {d.deed} the {d.another} of the {d.place}.",
            f"In {d.year}, {d.a} {d.deed} the {d.thing} of the {d.place}, which belonged to {d.c}.",
        ),
    )


def weighed(d: Drawn) -> Fact:
    return Fact(
        f"The {d.thing} that {d.a} {d.deed} weighs {d.n} {d.unit}, while the {d.another} of {d.b} weighs {d.m} {d.unit}.",
        (
            f"The {d.thing} that {d.a} {d.deed} weighs {d.n} {d.unit}.",
            f"The {d.another} of {d.b} weighs {d.m} {d.unit}.",
        ),
        (),
        (
            f"The {d.thing} that {d.a} {d.deed} weighs {d.m} {d.unit}.",
            f"The {d.thing} that {d.a} {d.deed} weighs {d.x} {d.unit}.",
            f"The {d.thing} that {d.a} {d.deed} weighs {d.n} {d.other_unit}.",
            f"The {d.thing} that {d.b} {d.deed} weighs {d.n} {d.unit}.",
            f"The {d.thing} that {d.a} {d.deed} does not weigh {d.n} {d.unit}.",
            f"The {d.another} of {d.b} weighs {d.n} {d.unit}.",
        ),
    )


def founded(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} founded the town of {d.town} in {d.year}.",
        (f"He founded the town of {d.town} in {d.year}.", f"{d.a} founded the town of {d.town}."),
        (
            f"The town of {d.town} was founded by {d.a} in {d.year}.",
            f"In {d.year}, {d.a} founded the town of {d.town}.",
        ),
        (
            f"The town of {d.town} was founded by {d.b} in {d.year}.",
            f"The town of {d.town} was founded by {d.a} in {d.later}.",
            f"The town of {d.other_town} was founded by {d.a} in {d.year}.",
            f"{d.town} founded the town of {d.a} in {d.year}.",
            f"{d.a} was founded by the town of {d.town}.",
            f"{d.a} did not found the town of {d.town}.",
            f"{d.a} founded the town of {d.town} in {d.year} with {d.n} settlers.",
        ),
    )


def built(d: Drawn) -> Fact:
    return Fact(
        f"The {d.thing} of {d.town} was built by {d.a} and later sold by {d.b} to {d.c}.",
        (f"The {d.thing} of {d.town} was built by {d.a}.",),
        (f"{d.a} built the {d.thing} of {d.town}.",),
        (
            f"{d.b} built the {d.thing} of {d.town}.",
            f"The {d.thing} of {d.town} was built by {d.b}.",
            f"{d.a} built the {d.thing} of {d.other_town}.",
            f"{d.a} never built the {d.thing} of {d.town}.",
            f"The {d.thing} of {d.town} built {d.a}.",
        ),
    )


def held(d: Drawn) -> Fact:
    return Fact(
        f"Although {d.a} won the battle of {d.town}, {d.b} held the {d.place} until {d.year}.",
        (f"{d.a} won the battle of {d.town}.", f"{d.b} held the {d.place} until {d.year}."),
        (
            f"{d.b} held the {d.place} until {d.year}, although {d.a} won the battle of {d.town}.",
            f"Until {d.year}, {d.b} held the {d.place}.",
        ),
        (
            f"{d.b} won the battle of {d.town}.",
            f"{d.a} held the {d.place} until {d.year}.",
            f"Although {d.b} won the battle of {d.town}, {d.a} held the {d.place} until {d.year}.",
            f"{d.b} held the {d.place} until {d.later}.",
            f"{d.a} lost the battle of {d.town}.",
            f"{d.a} did not win the battle of {d.town}.",
        ),
    )


def owned(d: Drawn) -> Fact:
    return Fact(
        f"In {d.year}, {d.n} percent of the households owned a {d.good}, and {d.m} percent owned a {d.other_good}.",
        (f"In {d.year}, {d.n} percent of the households owned a {d.good}.",),
        (f"{d.n} percent of the households owned a {d.good} in {d.year}.",),
        (
            f"In {d.year}, {d.m} percent of the households owned a {d.good}.",
            f"In {d.year}, {d.n} percent of the households owned a {d.other_good}.",
            f"In {d.later}, {d.n} percent of the households owned a {d.good}.",
            f"In {d.year}, all of the households owned a {d.good}.",
            f"In {d.year}, {d.n} households owned a {d.good}.",
            f"Only {d.n} percent of the households owned a {d.good}.",
        ),
    )


def turns(d: Drawn) -> Fact:
    return Fact(
        f"A {d.good} is a machine that turns {d.matter} into {d.other_matter} without any loss.",
        (),
        (
            f"A {d.good} is a machine that turns {d.matter} into {d.other_matter}.",
            f"A {d.good} turns {d.matter} into {d.other_matter}.",
        ),
        (
            f"A {d.good} is a machine that turns {d.other_matter} into {d.matter}.",
            f"A {d.good} is not a machine that turns {d.matter} into {d.other_matter}.",
            f"A {d.other_good} is a machine that turns {d.matter} into {d.other_matter}.",
            f"Every machine that turns {d.matter} into {d.other_matter} is a {d.good}.",
            f"A {d.good} is a machine that turns {d.matter} into {d.other_matter} with a loss of {d.n} percent.",
        ),
    )


def broke(d: Drawn) -> Fact:
    return Fact(
        f"The {d.thing} closed because the {d.another} of {d.town} burned in {d.year}.",
        (
            f"The {d.another} of {d.town} burned in {d.year}.",
            f"The {d.thing} closed because the {d.another} burned.",
        ),
        (f"Because the {d.another} of {d.town} burned in {d.year}, the {d.thing} closed.",),
        (
            f"The {d.another} of {d.town} burned because the {d.thing} closed.",
            f"Because the {d.thing} closed, the {d.another} of {d.town} burned.",
            f"The {d.thing} of {d.town} burned in {d.year}.",
            f"The {d.thing} opened because the {d.another} burned.",
            f"The {d.another} of {d.town} burned in {d.later}.",
            f"The {d.another} of {d.town} did not burn.",
        ),
    )


def larger(d: Drawn) -> Fact:
    return Fact(
        f"{d.town} is larger than {d.other_town} but poorer than the {d.place} of {d.a}.",
        (f"{d.town} is larger than {d.other_town}.",),
        (),
        (
            f"{d.other_town} is larger than {d.town}.",
            f"{d.town} is smaller than {d.other_town}.",
            f"{d.town} is poorer than {d.other_town}.",
            f"{d.town} is richer than the {d.place} of {d.a}.",
            f"{d.town} is not larger than {d.other_town}.",
            f"The {d.place} of {d.a} is poorer than {d.town}.",
        ),
    )


def taught(d: Drawn) -> Fact:
    return Fact(
        f"{d.a}, who taught {d.b} at {d.town}, wrote the first book on {d.study} in {d.year}.",
        (f"{d.a} taught {d.b} at {d.town}.", f"{d.a} wrote the first book on {d.study} in {d.year}."),
        (
            f"The first book on {d.study} was written by {d.a} in {d.year}.",
            f"{d.b} was taught by {d.a} at {d.town}.",
        ),
        (
            f"{d.b} taught {d.a} at {d.town}.",
            f"{d.a} was taught by {d.b} at {d.town}.",
            f"{d.b} wrote the first book on {d.study} in {d.year}.",
            f"{d.a} wrote the second book on {d.study} in {d.year}.",
            f"{d.a} wrote the first book on {d.study} in {d.later}.",
            f"{d.a} taught {d.b} at {d.other_town}.",
        ),
    )


def paid(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} paid {d.b} {d.n} dollars for the {d.good} and {d.m} dollars for the {d.other_good}.",
        (
            f"{d.a} paid {d.b} {d.n} dollars for the {d.good}.",
            f"She paid {d.b} {d.n} dollars for the {d.good}.",
        ),
        (),
        (
            f"{d.a} paid {d.b} {d.m} dollars for the {d.good}.",
            f"{d.a} paid {d.b} {d.n} dollars for the {d.other_good}.",
            f"{d.b} paid {d.a} {d.n} dollars for the {d.good}.",
            f"{d.a} paid {d.b} {d.n} euros for the {d.good}.",
            f"{d.a} paid {d.c} {d.n} dollars for the {d.good}.",
            f"{d.a} did not pay {d.b} {d.n} dollars for the {d.good}.",
        ),
    )


def signed(d: Drawn) -> Fact:
    return Fact(
        f"The treaty was signed on 4 {d.month} {d.year} and took effect on 9 {d.other_month} {d.later}.",
        (f"The treaty was signed on 4 {d.month} {d.year}.",),
        (),
        (
            f"The treaty was signed on 9 {d.other_month} {d.later}.",
            f"The treaty was signed on 4 {d.other_month} {d.year}.",
            f"The treaty took effect on 4 {d.month} {d.year}.",
            f"The treaty was signed on 4 {d.month} {d.later}.",
            f"The treaty was not signed on 4 {d.month} {d.year}.",
        ),
    )


def stayed(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} never visited {d.town}, although {d.b} lived there for {d.n} years.",
        (f"{d.a} never visited {d.town}.", f"{d.b} lived there for {d.n} years."),
        (f"Although {d.b} lived there for {d.n} years, {d.a} never visited {d.town}.",),
        (
            f"{d.a} visited {d.town}.",
            f"{d.b} never visited {d.town}.",
            f"{d.a} lived there for {d.n} years.",
            f"{d.b} lived there for {d.m} years.",
            f"{d.b} lived there for {d.n} months.",
        ),
    )


def sailed(d: Drawn) -> Fact:
    return Fact(
        f"When the ships of {d.a} reached {d.town}, the people of the {d.place} gave them {d.n} sacks of {d.matter}.",
        (
            f"The people of the {d.place} gave them {d.n} sacks of {d.matter}.",
            f"The ships of {d.a} reached {d.town}.",
        ),
        (
            f"The people of the {d.place} gave them {d.n} sacks of {d.matter} when the ships of {d.a} reached {d.town}.",
            f"{d.town} was reached by the ships of {d.a}.",
        ),
        (
            f"The people of the {d.place} reached {d.town}.",
            f"The people of the {d.place} gave them {d.m} sacks of {d.matter}.",
            f"The people of the {d.place} gave them {d.n} sacks of {d.other_matter}.",
            f"The ships of {d.b} reached {d.town}.",
            f"The ships of {d.a} gave them {d.n} sacks of {d.matter}.",
            f"When the people of the {d.place} reached {d.town}, the ships of {d.a} gave them {d.n} sacks of {d.matter}.",
        ),
    )


def mostly(d: Drawn) -> Fact:
    return Fact(
        f"Most of the {d.matter} that {d.town} sold came from the {d.place} near {d.other_town}, where {d.a} kept {d.n} workers.",
        (
            f"{d.a} kept {d.n} workers.",
            f"Most of the {d.matter} that {d.town} sold came from the {d.place} near {d.other_town}.",
        ),
        (),
        (
            f"All of the {d.matter} that {d.town} sold came from the {d.place}.",
            f"The {d.matter} that {d.town} sold came from the {d.place} near {d.other_town}.",
            f"Most of the {d.matter} that {d.other_town} sold came from the {d.place} near {d.town}.",
            f"{d.b} kept {d.n} workers.",
            f"{d.a} kept {d.m} workers.",
            f"{d.a} kept no workers.",
            f"Most of the {d.other_matter} that {d.town} sold came from the {d.place}.",
        ),
    )


def unlike(d: Drawn) -> Fact:
    return Fact(
        f"Unlike {d.a}, who lost {d.n} percent of the vote in {d.town}, {d.b} won {d.m} percent in {d.year}.",
        (f"{d.b} won {d.m} percent in {d.year}.", f"In {d.year}, {d.b} won {d.m} percent."),
        (),
        (
            f"{d.a} won {d.m} percent in {d.year}.",
            f"{d.b} lost {d.n} percent of the vote in {d.town}.",
            f"{d.b} won {d.n} percent in {d.year}.",
            f"{d.b} did not win {d.m} percent in {d.year}.",
            f"{d.b} won {d.m} percent in {d.later}.",
            f"{d.a} won {d.n} percent of the vote in {d.town}.",
        ),
    )


def lies(d: Drawn) -> Fact:
    return Fact(
        f"The {d.thing} lies {d.n} metres above the {d.place}, but {d.m} metres below the {d.another}.",
        (
            f"The {d.thing} lies {d.n} metres above the {d.place}.",
            f"The {d.thing} lies {d.m} metres below the {d.another}.",
        ),
        (),
        (
            f"The {d.thing} lies {d.n} metres below the {d.another}.",
            f"The {d.thing} lies {d.m} metres above the {d.place}.",
            f"The {d.another} lies {d.n} metres above the {d.place}.",
            f"The {d.thing} lies {d.n} kilometres above the {d.place}.",
            f"The {d.thing} does not lie {d.n} metres above the {d.place}.",
        ),
    )


def told(d: Drawn) -> Fact:
    return Fact(
        f"According to {d.a}, {d.b} sent the {d.good} to {d.c} before the {d.thing} of {d.town} burned in {d.year}.",
        (f"{d.b} sent the {d.good} to {d.c}.", f"The {d.thing} of {d.town} burned in {d.year}."),
        (),
        (
            f"{d.c} sent the {d.good} to {d.b}.",
            f"{d.a} sent the {d.good} to {d.c}.",
            f"{d.b} sent the {d.other_good} to {d.c}.",
            f"{d.b} sent the {d.good} to {d.c} after the {d.thing} of {d.town} burned.",
            f"The {d.thing} of {d.other_town} burned in {d.year}.",
            f"The {d.thing} of {d.town} burned in {d.later}.",
            f"The {d.thing} of {d.town} never burned.",
            f"The {d.good} of {d.town} burned in {d.year}.",
        ),
    )


def hedged(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} {d.hedge} sold the {d.matter} of {d.town}, and {d.b} bought {d.n} boats in {d.year}.",
        (f"{d.b} bought {d.n} boats in {d.year}.", f"{d.a} {d.hedge} sold the {d.matter} of {d.town}."),
        (f"In {d.year}, {d.b} bought {d.n} boats.",),
        (
            f"{d.a} sold the {d.matter} of {d.town}.",
            f"{d.a} always sold the {d.matter} of {d.town}.",
            f"{d.a} {d.hedge} sold the {d.other_matter} of {d.town}.",
            f"{d.b} {d.hedge} sold the {d.matter} of {d.town}.",
            f"{d.b} {d.hedge} bought {d.n} boats in {d.year}.",
            f"{d.b} bought {d.m} boats in {d.year}.",
            f"{d.a} bought {d.n} boats in {d.year}.",
            f"In {d.later}, {d.b} bought {d.n} boats.",
        ),
    )


def rarely(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} rarely used {d.matter}, because it harms the {d.thing}; {d.b} used {d.n} tons of {d.other_matter} every year.",
        (f"{d.a} rarely used {d.matter}.", f"{d.b} used {d.n} tons of {d.other_matter} every year."),
        (),
        (
            f"{d.a} used {d.matter}.",
            f"{d.a} often used {d.matter}.",
            f"{d.b} rarely used {d.matter}.",
            f"{d.a} used {d.n} tons of {d.other_matter} every year.",
            f"{d.b} used {d.n} tons of {d.matter} every year.",
            f"{d.b} used {d.n} tons of {d.other_matter} every month.",
            f"{d.b} used {d.m} tons of {d.other_matter} every year.",
        ),
    )


def freezes(d: Drawn) -> Fact:
    return Fact(
        f"If the {d.place} freezes, {d.a} moves the goats to {d.town}; the lake of {d.other_town} never freezes.",
        (
            f"If the {d.place} freezes, {d.a} moves the goats to {d.town}.",
            f"The lake of {d.other_town} never freezes.",
            f"{d.a} moves the goats to {d.town} if the {d.place} freezes.",
        ),
        (),
        (
            f"{d.a} moves the goats to {d.town}.",
            f"The {d.place} freezes.",
            f"The {d.place} never freezes.",
            f"The lake of {d.other_town} freezes.",
            f"If the {d.place} freezes, {d.a} moves the goats to {d.other_town}.",
            f"If the lake freezes, {d.a} moves the goats to {d.town}.",
            f"Unless the {d.place} freezes, {d.a} moves the goats to {d.town}.",
            f"If the {d.place} freezes, {d.b} moves the goats to {d.town}.",
        ),
    )


def spoke(d: Drawn) -> Fact:
    return Fact(
        f"At {d.town}, {d.n} of the pupils of {d.a} learned {d.study}, whereas the teachers learned only {d.matter}.",
        (
            f"{d.n} of the pupils of {d.a} learned {d.study}.",
            f"The teachers learned only {d.matter}.",
            f"At {d.town}, {d.n} of the pupils of {d.a} learned {d.study}.",
        ),
        (),
        (
            f"The pupils of {d.a} learned only {d.study}.",
            f"{d.m} of the pupils of {d.a} learned {d.study}.",
            f"The teachers learned {d.study}.",
            f"The teachers did not learn {d.matter}.",
            f"{d.n} of the pupils of {d.a} learned {d.matter}.",
            f"{d.n} of the teachers learned {d.study}.",
            f"All of the pupils of {d.a} learned {d.study}.",
            f"At {d.other_town}, {d.n} of the pupils of {d.a} learned {d.study}.",
        ),
    )


def eats(d: Drawn) -> Fact:
    return Fact(
        f"In winter, the badger eats {d.matter} instead of {d.other_matter}; in summer it sleeps {d.n} hours a day.",
        (
            f"The badger eats {d.matter} instead of {d.other_matter}.",
            f"In winter, the badger eats {d.matter}.",
            f"In summer it sleeps {d.n} hours a day.",
            f"The badger eats {d.matter} in winter.",
        ),
        (),
        (
            f"In winter, the badger eats {d.other_matter}.",
            f"The badger eats {d.other_matter} instead of {d.matter}.",
            f"The badger eats {d.other_matter}.",
            f"In summer it sleeps {d.m} hours a day.",
            f"In winter it sleeps {d.n} hours a day.",
            f"The otter eats {d.matter} instead of {d.other_matter}.",
            f"The badger eats no {d.matter}.",
            f"In summer it sleeps {d.n} minutes a day.",
        ),
    )


def moved(d: Drawn) -> Fact:
    return Fact(
        f"{d.a} was born in {d.town} in {d.year}, moved to {d.other_town} at the age of {d.n}, and married {d.b} there.",
        (f"{d.a} was born in {d.town} in {d.year}.", f"In {d.year}, {d.a} was born in {d.town}."),
        (f"{d.a} moved to {d.other_town} at the age of {d.n}.", f"{d.a} married {d.b}."),
        (
            f"{d.a} was born in {d.other_town}.",
            f"{d.a} moved to {d.town} at the age of {d.n}.",
            f"{d.a} moved to {d.other_town} at the age of {d.m}.",
            f"{d.b} was born in {d.town} in {d.year}.",
            f"{d.a} was born in {d.town} in {d.later}.",
            f"{d.a} was not born in {d.town}.",
            f"{d.b} moved to {d.other_town} at the age of {d.n}.",
            f"{d.a} never married {d.b}.",
        ),
    )


FACTS = (
    helped,
    weighed,
    founded,
    built,
    held,
    owned,
    turns,
    broke,
    larger,
    taught,
    paid,
    signed,
    stayed,
    sailed,
    mostly,
    unlike,
    lies,
    told,
    hedged,
    rarely,
    freezes,
    spoke,
    eats,
    moved,
)


def fact(rng: random.Random) -> Fact:
    return rng.choice(FACTS)(Drawn(rng))


def support(sentence: str, cited: Fact, beside: Fact, grammar: Grammar) -> str:
    """The support of an answer that consists of this sentence and cites the whole fact."""
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


@pytest.mark.slow
@GRAMMARS
def test_no_sentence_is_quoted_that_its_quote_does_not_support(grammar: Grammar) -> None:
    rng = random.Random(2026)
    believed = set()
    for number in range(CASES):
        cited, beside = fact(rng), fact(rng)
        of_another = number % 5 == 0 and beside.text != cited.text
        sentence = rng.choice((beside.text, *beside.true) if of_another else cited.wrong)
        if support(sentence, cited, beside, grammar) == "quoted":
            believed.add((sentence, cited.text))
    assert believed == set()


@pytest.mark.slow
@GRAMMARS
def test_nearly_every_supported_sentence_is_quoted(grammar: Grammar) -> None:
    rng = random.Random(2027)
    doubted = []
    for _ in range(CASES):
        cited, beside = fact(rng), fact(rng)
        turned = () if isinstance(grammar, NoGrammar) else cited.turned
        sentence = rng.choice((cited.text, *cited.true, *turned))
        if support(sentence, cited, beside, grammar) != "quoted":
            doubted.append((sentence, cited.text))
    assert len(doubted) <= 0.05 * CASES, doubted
