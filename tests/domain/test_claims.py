"""Claims compared with a source: false ones are found, and true ones pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.models.grammar import SpacyGrammar
from domain.text.claims import Fault, conflicts
from domain.text.stances import Stance, stance

GRAMMAR = SpacyGrammar()
OSMOSIS = (
    "Osmosis is the movement of water through a membrane from a dilute solution to a concentrated solution."
)
PLANTS = "Photosynthesis is a process in which plants take in carbon dioxide and give off oxygen."
ABBEY = "Marlow Abbey was founded in 1132 by the monk Osric."
MEMORY = (
    "Encoding was associated with left frontal activity, while retrieval of information was associated with the"
    " right frontal region."
)
FIRMS = "They prosecuted the Swiss firm Roche, the German firm BASF, and the French firm Poulenc."
HORMONE = "Glucagon is a hormone that raises the level of sugar in the blood. It is made by the alpha cells of the pancreas."
MONOPOLY = "Under the law, monopoly itself is not illegal."


def faults(claim: str, source: str) -> set[Fault]:
    found = conflicts(claim, source, GRAMMAR.parse(claim), GRAMMAR.parse(source))
    return {conflict.fault for conflict in found}


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        (
            "Osmosis is the movement of water from a concentrated solution to a dilute solution.",
            OSMOSIS,
            "roles",
        ),
        ("The monk Osric was founded in 1132 by Marlow Abbey.", ABBEY, "roles"),
        ("Encoding was associated with the right frontal region.", MEMORY, "roles"),
        ("Poulenc was a German firm.", FIRMS, "roles"),
        ("Plants take in oxygen and give off carbon dioxide.", PLANTS, "opposite"),
        ("Marlow Abbey was destroyed in 1132 by the monk Osric.", ABBEY, "opposite"),
        ("Glucagon lowers the level of sugar in the blood.", HORMONE, "opposite"),
        ("It is made by the beta cells of the pancreas.", HORMONE, "other_term"),
        ("Marlow Abbey was founded in 1232.", ABBEY, "quantity"),
        ("Monopoly itself is illegal.", MONOPOLY, "denial"),
        ("Plants do not give off oxygen.", PLANTS, "denial"),
        ("No plants give off oxygen.", PLANTS, "denial"),
        ("The first dose is not 10 grams.", "The first dose is 10 grams, given twice a day.", "denial"),
        ("Debtors lose by inflation.", "Creditors lose by inflation, whereas debtors gain by it.", "roles"),
    ],
)
def test_plainly_false_claims_are_found(claim: str, source: str, fault: Fault) -> None:
    assert fault in faults(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Water moves from a dilute solution to a concentrated solution.", OSMOSIS),
        ("Water moves to a concentrated solution, from a dilute solution.", OSMOSIS),
        ("Osric founded Marlow Abbey.", ABBEY),
        ("The monk Osric founded Marlow Abbey in 1132.", ABBEY),
        ("Oxygen is given off by plants.", PLANTS),
        ("Retrieval was associated with the right frontal region.", MEMORY),
        ("BASF was a German firm.", FIRMS),
        ("Monopoly itself is legal.", MONOPOLY),
        ("Glucagon does not lower the level of sugar.", HORMONE),
        ("A monopoly that fixes prices is illegal.", MONOPOLY),
        ("The sky is blue.", ABBEY),
    ],
)
def test_true_and_irrelevant_claims_are_accepted(claim: str, source: str) -> None:
    assert faults(claim, source) == set()


@pytest.mark.parametrize("text", [OSMOSIS, PLANTS, ABBEY, MEMORY, FIRMS, HORMONE, MONOPOLY])
def test_nothing_contradicts_itself(text: str) -> None:
    assert faults(text, text) == set()
    assert conflicts(text, text) == []


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("Marlow Abbey was founded in 1232 by the monk Osric.", ABBEY, "quantity"),
        ("Monopoly itself is illegal.", MONOPOLY, "opposite"),
        ("Glucagon is a hormone that lowers the level of sugar in the blood.", HORMONE, None),
    ],
)
def test_without_a_grammar_bare_words_are_compared(claim: str, source: str, fault: Fault | None) -> None:
    found = {conflict.fault for conflict in conflicts(claim, source)}
    assert found <= {fault, "denial"}
    assert fault is None or found


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Plants give off oxygen.", "stated"),
        ("I think plants give off oxygen.", "stated"),
        ("It is true that plants give off oxygen.", "stated"),
        ("It is false that plants give off oxygen.", "denied"),
        ("It is not true that plants give off oxygen.", "denied"),
        ("I doubt that plants give off oxygen.", "doubted"),
        ("I don't think that plants give off oxygen.", "doubted"),
        ("Do plants give off oxygen?", "asked"),
        ("Is osmosis the movement of water?", "asked"),
        ("Some people claim that plants give off oxygen.", "reported"),
        ("It is said that plants give off oxygen.", "reported"),
        ("Two functions of one name are said to be overloaded.", "stated"),
        ("They are said to be overloaded.", "stated"),
        ("No base case, or a step that does not come nearer to it, leads to an endless recursion.", "stated"),
    ],
)
def test_a_sentence_is_stated_denied_doubted_asked_or_reported(sentence: str, expected: Stance) -> None:
    (parsed,) = GRAMMAR.parse(sentence) or ()
    assert stance(parsed) == expected


@given(st.lists(st.sampled_from([*"abc", OSMOSIS, PLANTS, "not", "12 kg", "?", "who", "is"]), max_size=8))
def test_any_words_are_compared(words: list[str]) -> None:
    text = " ".join(words)
    assert faults(text, text) == set()
