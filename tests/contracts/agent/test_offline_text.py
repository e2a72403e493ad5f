"""The offline agent uses the same words and sentences as the rest of the project, with the exceptions shown here."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.agent.text.sentences import sentences
from adapters.local.agent.text.words import tokens
from demo.play import DOCUMENTS
from demo.write_documents import ENERGY, NEWTON
from ports.text.sentences import sentence_ends, sentence_spans
from ports.text.words import words
from tests.contracts.agent.test_offline_agent import EVERYTHING, TEXTS

DEMO = [(DOCUMENTS / "rosetta-stone.txt").read_text(encoding="utf-8")]
DEMO += [f"{heading}\n\n" + "\n\n".join(paragraphs) for heading, paragraphs in NEWTON]
DEMO += [f"{heading}\n\n{text}" for heading, text in ENERGY]
BREAKS_OFF = re.compile(r"(?<!\S)[(\[“\"']*[a-z]\s?\.$")


@given(TEXTS | st.sampled_from([*EVERYTHING, *DEMO]))
def test_its_words_are_the_words_of_the_port_once_the_text_is_repaired(text: str) -> None:
    text = re.sub(
        r"(?<=\d)[,.’'](?=\d)|[-\u00ad\u2010]\s*\n\s*", " ", text
    )  # the characters that a repair would change
    assert tokens(text) == words(text)


@pytest.mark.parametrize(
    ("text", "repaired", "as_written"),
    [
        ("photo-\nsynthesis", ["photosynthesis"], ["photo", "synthesis"]),
        ("21,196 km", ["21196", "km"], ["21", "196", "km"]),
    ],
)
def test_a_repair_makes_other_words(text: str, repaired: list[str], as_written: list[str]) -> None:
    assert tokens(text) == repaired
    assert words(text) == as_written


@given(TEXTS | st.sampled_from([*EVERYTHING, *DEMO]))
def test_it_quotes_over_the_end_of_a_sentence_only_where_that_breaks_off(text: str) -> None:
    ends = sentence_ends(text, 0, len(text))
    for sentence in sentences(text):
        for end in ends:
            if sentence.start < end < sentence.end and not sentence.cut and text[end : sentence.end].strip():
                before = text[sentence.start : end]
                assert before.count("(") > before.count(")") or BREAKS_OFF.search(before), (before, sentence)


@pytest.mark.parametrize("paragraph", [text for _, paragraphs in NEWTON for text in paragraphs])
def test_a_quote_of_prose_begins_and_ends_with_sentences_of_the_port(paragraph: str) -> None:
    spans = sentence_spans(paragraph)
    quotable = sentences(paragraph)
    assert quotable
    assert {sentence.start for sentence in quotable} <= {start for start, _ in spans}
    assert {sentence.end for sentence in quotable} <= {end for _, end in spans}


@pytest.mark.parametrize(
    ("text", "quotable", "of_the_port"),
    [
        ("He lost Roe v. Wade.", ["He lost Roe v. Wade."], ["He lost Roe v.", "Wade."]),
        (
            "It is known (see below. Here.) to all.",
            ["It is known (see below. Here.) to all."],
            ["It is known (see below.", "Here.) to all."],
        ),
        ("Is it so? It is.", ["It is."], ["Is it so?", "It is."]),
        ("- Water boils.\n- Ice melts.", ["Water boils.", "Ice melts."], ["- Water boils.", "- Ice melts."]),
        (
            "The Long Heading of this Whole Chapter Here\nThe text begins and goes on for as long as it likes to go on.",
            ["The text begins and goes on for as long as it likes to go on."],
            [
                "The Long Heading of this Whole Chapter Here\n"
                "The text begins and goes on for as long as it likes to go on."
            ],
        ),
    ],
)
def test_a_quote_may_be_more_or_less_than_a_sentence(
    text: str, quotable: list[str], of_the_port: list[str]
) -> None:
    assert [sentence.text for sentence in sentences(text)] == quotable
    assert [text[start:end] for start, end in sentence_spans(text)] == of_the_port


def test_a_line_that_is_known_to_be_a_heading_is_no_sentence() -> None:
    title = "what the crust of the Earth is made of and how it came to be"
    text = f"{title}\nThe crust is made of rock. It is thin."
    assert [one.text for one in sentences(text, [(0, len(title))])] == [
        "The crust is made of rock.",
        "It is thin.",
    ]
    assert {one.heading for one in sentences(text, [(0, len(title))])} == {title}


def test_a_heading_over_tables_alone_makes_no_sentence_of_them() -> None:
    rows = "\n".join(f"Lake {number} of the north | {number}00 metres | cold water" for number in range(9))
    assert sentences(f"Lakes\n\n{rows}", [(0, 5)]) == []
