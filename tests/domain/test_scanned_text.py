"""The text of recognised pages: its order, its paragraphs, its words, and whether it can be trusted."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.scanned_text import text_of
from fakes.text_recogniser import page_of
from ports.text_recogniser import Box, RecognisedLine, RecognisedPage

PROSE = [
    "The Moon is the only natural satellite of the Earth. It",
    "circles it in twenty-seven days, and always shows the same",
    "side. Its light is that of the Sun, which its dust throws",
    "back. The tides follow it, and so do many calendars of old.",
]


def line(
    text: str, top: float, *, left: float = 0.1, right: float = 0.9, sure: float = 0.98
) -> RecognisedLine:
    return RecognisedLine(text, sure, Box(left, top, right, top + 0.014))


def column(texts: list[str], left: float, right: float, top: float = 0.2) -> list[RecognisedLine]:
    return [line(text, top + 0.02 * at, left=left, right=right) for at, text in enumerate(texts)]


def text(lines: list[RecognisedLine]) -> str | None:
    random.Random(1).shuffle(lines)
    return text_of(RecognisedPage(1, tuple(lines)))


def test_lines_are_read_from_top_to_bottom() -> None:
    assert text(column(PROSE, 0.1, 0.9)) == "\n".join(PROSE)


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"left line number {number} of the first column" for number in range(6)]
    right = [f"right line number {number} of the second one" for number in range(6)]
    lines = [
        line("A heading over both of the columns of this page", 0.1),
        *column(left, 0.1, 0.48),
        *column(right, 0.52, 0.9),
        line("A line under both of the columns of this page", 0.5),
    ]
    found = text(lines)
    assert found is not None
    assert found.split("\n\n") == [
        "A heading over both of the columns of this page",
        "\n".join(left),
        "\n".join(right),
        "A line under both of the columns of this page",
    ]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [[f"column {name} has line {number}" for number in range(5)] for name in "abc"]
    places = [(0.05, 0.33), (0.36, 0.64), (0.67, 0.95)]
    lines = [
        one
        for texts, (left, right) in zip(columns, places, strict=True)
        for one in column(texts, left, right)
    ]
    assert text(lines) == "\n\n".join("\n".join(texts) for texts in columns)


def test_the_cells_of_a_row_stand_side_by_side() -> None:
    rows = [
        ("Mercury", "0"),
        ("Venus", "0"),
        ("Earth", "1"),
        ("Mars", "2"),
        ("Jupiter", "95"),
        ("Saturn", "146"),
    ]
    lines = [
        cell
        for at, (planet, moons) in enumerate(rows)
        for cell in (
            line(planet, 0.2 + 0.03 * at, left=0.1, right=0.2),
            line(moons, 0.202 + 0.03 * at, left=0.6, right=0.64),
        )
    ]
    assert text(lines) == "\n".join(f"{planet} {moons}" for planet, moons in rows)


def test_a_wider_space_between_lines_begins_a_paragraph() -> None:
    assert text([*column(PROSE, 0.1, 0.9), *column(PROSE, 0.1, 0.9, top=0.4)]) == "\n\n".join(
        ["\n".join(PROSE)] * 2
    )


def test_a_word_that_a_line_cuts_is_whole() -> None:
    assert (
        text(column(["It is the gravi-", "tation of the Moon."], 0.1, 0.9))
        == "It is the gravitation of the Moon."
    )


def test_two_words_keep_their_hyphen_at_the_end_of_a_line() -> None:
    lines = ["A well is deep. It is known", "to all, and it is a well-", "known place."]
    assert (
        text(column(lines, 0.1, 0.9)) == "A well is deep. It is known\nto all, and it is a well-known place."
    )


def test_a_doubtful_line_is_left_out() -> None:
    lines = [*column(PROSE, 0.1, 0.9), line("~;|lIi", 0.5, sure=0.3)]
    assert text(lines) == "\n".join(PROSE)


def test_a_page_that_is_doubtful_on_the_whole_has_no_text() -> None:
    assert text_of(page_of(1, "\n".join(PROSE), confidence=0.79)) is None
    assert text_of(page_of(1, "\n".join(PROSE), confidence=0.81)) == "\n".join(PROSE)


def test_a_page_without_letters_has_no_text() -> None:
    assert text_of(RecognisedPage(1, ())) is None
    assert text_of(page_of(1, "STOP")) is None
    assert text_of(page_of(1, "--- --- ---\n. . . . . . . .")) is None


_PLACES = st.floats(0, 1)


@given(
    st.lists(
        st.tuples(st.text("ab -.é漢", max_size=12), _PLACES, _PLACES, _PLACES, _PLACES, st.floats(0.5, 1)),
        max_size=30,
    )
)
def test_no_letter_is_lost_or_invented(drawn: list[tuple[str, float, float, float, float, float]]) -> None:
    lines = tuple(
        RecognisedLine(told, sure, Box(min(x, right), min(y, bottom), max(x, right), max(y, bottom)))
        for told, x, y, right, bottom, sure in drawn
    )
    found = text_of(RecognisedPage(1, lines))
    if found is not None:
        letters = sorted(letter for one in lines for letter in one.text if letter.isalnum())
        assert sorted(letter for letter in found if letter.isalnum()) == letters
