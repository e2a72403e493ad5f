"""Sentences begin and end where a reader sees it, in any script, and together they are the whole text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ports.text.sentences import sentence_ends, sentence_spans

MARKED = st.text(alphabet='ab.A !?…。\n\f"”)[1]\u0e01 \u3000।؟-', max_size=80)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Plants make sugar.", "Do they sleep?", "Yes!", "The end"],
        ["Dr. Ada met Prof. J. K. Byron at 3.14 p.m. on Main St. in the U.S.A. by car.", "He left."],
        ["See Fig. 3 and Eq. 12, cf. p. 7 of vol. 2.", "The answer is no.", "Next we go on."],
        ["Water, salt, etc. are mixed, i.e. stirred, e.g. by hand.", "Acme Inc. was first.", "So be it."],
        ["Curie et al. (1911) wrote it.", "Others, e.g. Bohr et al. in Copenhagen, read it."],
        ["“Why?” he asked.", "“I do not know.”", "She left... and came back."],
        ["Go to example.com or 127.0.0.1 at once.", "Version 2.0.1 is out.", "It costs $5.50!"],
        ["It is known.[12]", "It is (very.)", "Then nothing."],
        ["El Sr. Pérez y la Dra. Ruiz llegaron.", "¿Qué pasó?", "¡Nada!"],
        ["Das gilt z.B. für Dr. Meier bzw. Frau Kurz.", "Es stimmt."],
        ["it is all small here.", "nobody minds that.", "a note"],
    ],
)
def test_sentences_of_scripts_with_spaces(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["今天天气很好。", "我们去公园吧！", "好吗？", "他说「好的。」", "完"],
        ["光合成とは何か。", "植物の働きである！"],
        ["هل هذا صحيح؟", "نعم."],
        ["प्रकाश ऊर्जा है।", "यह ठीक है।", "अंत"],
        ["สวัสดีครับผมชื่อสมชาย", "ผมอยู่ที่กรุงเทพมหานคร"],
    ],
)
@pytest.mark.parametrize("space", [" ", ""])
def test_sentences_of_other_scripts(expected: list[str], space: str) -> None:
    if not space and expected[0][-1] not in "。؟।":
        space = " "
    text = space.join(expected)
    assert sentences(text) == expected


def test_wrapped_lines_are_one_sentence_and_deliberate_line_ends_separate() -> None:
    text = (
        "A Heading Without a Dot\n"
        "This line is long enough to have been wrapped by whoever set it, and\n"
        "Germany is where it goes on. Last one\n"
        "\n"
        "- first point\n"
        "- second point\n"
        "1. third point\n"
        "2) fourth point\n"
        "\fA new page"
    )
    assert [sentence.split()[0] + "…" + sentence.split()[-1] for sentence in sentences(text)] == [
        "A…Dot",
        "This…on.",
        "Last…one",
        "-…point",
        "-…point",
        "1.…point",
        "2)…point",
        "A…page",
    ]


def test_an_empty_or_blank_text_has_no_sentences() -> None:
    assert sentence_spans("") == sentence_spans(" \n\t\u3000 ") == []


@given(st.one_of(MARKED, st.text(max_size=60)))
@example("a. 1. .")
@example(". .\n.\n\n.")
def test_spans_are_ordered_and_stripped_and_cover_all_ink(text: str) -> None:
    spans = sentence_spans(text)
    covered: set[int] = set()
    last = 0
    for start, end in spans:
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert all(character.isspace() or place in covered for place, character in enumerate(text))


@given(MARKED, st.integers(0, 80), st.integers(0, 80))
def test_ends_are_ascending_and_within_the_stretch(text: str, one: int, other: int) -> None:
    earliest, latest = sorted((min(one, len(text)), min(other, len(text))))
    ends = sentence_ends(text, earliest, latest)
    assert ends == sorted(ends)
    assert all(earliest <= end <= latest for end in ends)


@pytest.mark.parametrize("unit", ["x", " ", ".", "x ", "\n ", "[12]", ".)", "\u0e01", "\u0301", "a\n"])
def test_a_million_characters_without_a_sentence_take_no_longer_than_others(unit: str) -> None:
    """A quadratic search would take hours, and the test run would not end."""
    text = unit * (1_000_000 // len(unit)) + "x"
    assert len(sentence_spans(text)) >= 1


def test_a_row_of_a_table_is_a_sentence_of_its_own() -> None:
    rows = ["long names of planets | and of their many moons", "saturn | 146, with rings", " | 27 | faint"]
    text = "\n".join(["what follows is a table with small letters", *rows, "and here the text goes on"])
    assert [text[start:end] for start, end in sentence_spans(text)][1:4] == [row.strip() for row in rows]
