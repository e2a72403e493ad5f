"""The support of each sentence of an answer, and the kind of the answer."""

from __future__ import annotations

import pytest

from adapters.no_grammar import NoGrammar
from domain.agents.statements import denies_finding, outcome_of, statements_of, supports
from ports.text.tables import rows_under

LAW = "The net force on a body equals its mass times its acceleration, as Newton wrote in 1687."
TRIP = "The ship carried 40 tons of salt and nine sailors, but no passengers."
MADE_OF = "Glass is made of sand."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (LAW, LAW),
        ("The net force on a body equals its mass times its acceleration.", LAW),
        ("According to the document, the ship carried 40 tons of salt.", TRIP),
        ("The ship carried 40,000 kg of salt.", "The ship carried 40,000 kg of salt and nine sailors."),
        ("Ada rarely used salt.", "Ada rarely used salt, because it harms iron; Bela used lime every year."),
        ("Bela used lime every year.", "Ada rarely used salt; Bela used lime every year."),
        (
            "The mill lies 19 km below the pass.",
            "The mill lies 15 km above the lake, but 19 km below the pass.",
        ),
        ("In 1794, Ada won the vote.", "Ada won the vote in 1794."),
        ("Ada won the vote in 1794.", "In 1794, Ada won the vote."),
        ("The pass closes if it snows.", "If it snows, the pass closes."),
        ("El agua hierve a 100 grados.", "El agua hierve a 100 grados."),
        ("水在100度沸腾。", "水在100度沸腾。"),
    ],
)
def test_a_sentence_is_supported_by_a_quote_that_says_it(sentence: str, quote: str) -> None:
    assert supports(quote, sentence, "", NoGrammar())


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The ship carried 50 tons of salt.", TRIP),
        ("The ship carried 40 kilograms of salt.", TRIP),
        ("The ship carried 40 sailors.", TRIP),
        ("The ship carried passengers.", TRIP),
        ("The ship did not carry 40 tons of salt.", TRIP),
        ("The train carried 40 tons of salt.", TRIP),
        ("The net force on a body equals its acceleration times its mass, as Leibniz wrote in 1687.", LAW),
        ("Only glass is made of sand.", MADE_OF),
        ("Sand is made of glass.", MADE_OF),
        ("It is false that glass is made of sand.", MADE_OF),
        ("Glass is made of sand.", "Is glass made of sand?"),
        ("Plants make sugar.", MADE_OF),
        ("And so it is.", MADE_OF),
        ("Ada used salt.", "Ada rarely used salt."),
        ("Ada used salt.", "Allegedly, Ada used salt."),
        ("Ada drowned.", "Ada nearly drowned."),
        ("Ada used salt.", "Ada is thought to have used salt."),
        ("Ada used salt.", "Ada may have used salt."),
        ("Birds swim.", "Only some birds swim."),
        ("The pass closes.", "If it snows, the pass closes."),
        ("The pass closes.", "The pass closes unless it is May."),
        ("Badgers eat clover.", "Badgers eat moss instead of clover."),
        ("The ship carried 40 tons of salt.", "The ship carried less than 40 tons of salt."),
        ("Ada sold only salt.", "Ada sold salt, whereas Bela sold only lime."),
        (
            "The mill lies 19 km above the lake.",
            "The mill lies 15 km above the lake, but 19 km below the pass.",
        ),
        ("Ada sent the stove after the mill burned.", "Ada sent the stove before the mill burned in 1794."),
    ],
)
def test_a_sentence_is_not_supported_by_a_quote_that_says_something_else(sentence: str, quote: str) -> None:
    assert not supports(quote, sentence, "", NoGrammar())


def test_a_name_from_the_question_is_accepted_for_a_pronoun_of_the_quote() -> None:
    asked = "What did Newton write of force?"
    assert supports("He wrote that force is mass times acceleration.", "Newton wrote that force is mass times acceleration.", asked, NoGrammar())  # fmt: skip
    assert not supports(
        "Leibniz wrote that force is mass times acceleration.",
        "Newton wrote that force is mass times acceleration.",
        asked,
        NoGrammar(),
    )


def test_statements_are_placed_in_utf16_with_the_marks_after_them() -> None:
    answer = "🎓 Glass is made of sand. [1] It is green [7]!"
    first, second = statements_of(answer, [MADE_OF], "", NoGrammar())
    units = answer.encode("utf-16-le")
    texts = [units[2 * one.start : 2 * one.end].decode("utf-16-le") for one in (first, second)]
    assert texts == ["🎓 Glass is made of sand. [1]", "It is green [7]!"]
    assert [(one.citations, one.support) for one in (first, second)] == [
        ((1,), "quoted"),
        ((), "unsupported"),
    ]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (f"{MADE_OF} [1]", "answered"),
        (f"{MADE_OF} [1] It is green.", "partial"),
        ("Glass is made of iron. [1]", "partial"),
        ("It is green.", "not_found"),
        ("I could not find an answer to that in your documents.", "not_found"),
        (f"I could not find that in your documents. The nearest: {MADE_OF} [1]", "not_found"),
        ("", "not_found"),
    ],
)
def test_the_kind_of_answer(answer: str, outcome: str) -> None:
    assert outcome_of(statements_of(answer, [MADE_OF], "", NoGrammar()), answer) == outcome


@pytest.mark.parametrize(
    ("answer", "denies"),
    [
        ("The passages do not mention glass.", True),
        ("There is nothing about that in the documents.", True),
        ("No encontré una respuesta a eso en tus documentos.", True),
        ("您的文档中没有找到答案。", True),
        ("Plants do not eat.", False),
        ("The treaty did not mention slavery [1].", False),
        ("The treaty did not mention slavery. [1] It ended the war.", False),
        ("I could not find that. The treaty did not mention slavery. [1]", True),
        ("", False),
    ],
)
def test_an_answer_that_denies_to_have_found_anything(answer: str, denies: bool) -> None:
    assert denies_finding(answer) is denies


def test_a_sentence_about_a_row_is_supported_by_the_heads_of_its_columns() -> None:
    rows = {1: rows_under(("Planet", "Moons", "Rings"), "Saturn | 146 | faint")}

    def support(sentence: str, question: str = "What is known of Saturn?") -> str:
        (statement,) = statements_of(f"{sentence} [1]", ["Saturn | 146 | faint"], question, NoGrammar(), rows)
        return statement.support

    for borne in (
        "Planet: Saturn; Moons: 146; Rings: faint.",
        "Saturn has 146 moons.",
        "Saturn | 146 | faint",
    ):
        assert support(borne) == "quoted", borne
    for not_borne in ("Saturn has 146 rings.", "Mars has 146 moons.", "Saturn has 145 moons."):
        assert support(not_borne) == "unsupported", not_borne
        assert support(not_borne, "How many rings and moons does Saturn have?") == "unsupported", not_borne
