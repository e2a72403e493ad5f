"""A cell with several lines is read as one cell of one row, however the table is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from adapters.extractors.pdf_grids import with_grids
from adapters.extractors.pdf_tables import Line, PlacedWord
from tests.contracts.text_extractor.test_extractors import bytes_of, text_of

TREES = [
    (["Tree"], ["Height", "in metres"], ["Where it", "grows best"]),
    (["Oak"], ["25"], ["On heavy ground, in parks", "and along old roads"]),
    (["Silver birch", "of the north"], ["20"], ["On sand and moors"]),
    (["Willow"], ["18"], ["Along rivers, where roots", "hold the wet banks"]),
]
ROWS = [
    "Tree | Height in metres | Where it grows best",
    "Oak | 25 | On heavy ground, in parks and along old roads",
    "Silver birch of the north | 20 | On sand and moors",
    "Willow | 18 | Along rivers, where roots hold the wet banks",
]
PROSE = "Trees are plants that live long, with one stem of wood from which all of their branches grow."
LEFTS, PITCH = (40.0, 160.0, 260.0), 13.0


def drawn(table: Sequence[Sequence[list[str]]], how: str) -> bytes:
    """A page with a table between two lines of prose. ``how`` is the order and the position of the lines of its cells."""
    made = FPDF(unit="pt")
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.text(40, 80, PROSE)
    top = 110.0
    for cells in table:
        high = max(map(len, cells))
        lines = [
            (left, top + PITCH * (number + (high - len(cell)) / 2 * (how == "centred")), text)
            for left, cell in zip(LEFTS, cells, strict=True)
            for number, text in enumerate(cell)
        ]
        for left, down, text in sorted(lines, key=lambda one: one[1]) if how == "line by line" else lines:
            made.text(left, down, text)
        top += high * PITCH + 6
    made.text(40, top + PITCH, PROSE)
    return bytes_of(made)


@pytest.mark.parametrize("how", ["cell by cell", "centred", "line by line"])
def test_a_cell_of_several_lines_is_one_cell(how: str) -> None:
    assert text_of(drawn(TREES, how), "pdf").split("\n") == [PROSE, *ROWS, PROSE]


def test_a_line_above_the_table_is_no_head() -> None:
    named = [(["Table 4: trees of the plain"], [], []), *TREES]
    assert text_of(drawn(named, "cell by cell"), "pdf").split("\n")[1:3] == [
        "Table 4: trees of the plain",
        ROWS[0],
    ]


@pytest.mark.parametrize(
    "table",
    [
        [([f"{number}."], [], ["One must do this before", "one does what follows"]) for number in "123"],
        [
            ([f"[Oa{number}]"], [], ["A. Oak and B. Birch, On the", "growth of trees, 1987"])
            for number in "123"
        ],
        [(["Oak", "Elm"], ["25", "31"], ["Parks", "Streets"]) for _ in "123"],  # each line is a row
    ],
    ids=["list", "references", "rows"],
)
def test_lines_that_are_no_cells_stay_lines(table: list[tuple[list[str], list[str], list[str]]]) -> None:
    text = text_of(drawn(table, "cell by cell"), "pdf")
    assert not any(
        "before one" in line or "the growth" in line or "Oak Elm" in line for line in text.split("\n")
    )


def test_a_word_that_a_line_of_a_cell_cuts_is_whole() -> None:
    lines = [
        *placed(["Oak", "A tree of the flat\ufffe", "lands of the north"], [(0, 100), (90, 100), (90, 87)]),
        *placed(["Elm", "A tree of the hill-", "sides and the vales"], [(0, 70), (90, 70), (90, 57)]),
        *placed(["Ash", "木は高くそびえ", "葉は秋に落ちる木"], [(0, 40), (90, 40), (90, 27)]),
    ]
    assert [line.text for line in with_grids(lines)] == [
        "Oak | A tree of the flatlands of the north",
        "Elm | A tree of the hill- sides and the vales",
        "Ash | 木は高くそびえ葉は秋に落ちる木",
    ]


def placed(texts: Sequence[str], places: Sequence[tuple[float, float]]) -> list[Line]:
    """Lines that are one cell each, at the given left and bottom positions. A character is 6 points wide."""
    return [
        Line(text, list(words_of(text, left, bottom)), 11.0)
        for text, (left, bottom) in zip(texts, places, strict=True)
    ]


def words_of(text: str, left: float, bottom: float) -> list[PlacedWord]:
    words = []
    for word in text.split():
        words.append(PlacedWord(word, left, left + 6 * len(word), bottom))
        left += 6 * len(word) + 3
    return words


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["oak", "elm and ash", "25", "a long line of a cell", "x"]),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    max_size=14,
)


@given(CELLS)
def test_no_word_is_lost_or_added(cells: list[tuple[str, int, int]]) -> None:
    lines = placed(
        [text for text, _, _ in cells], [(130.0 * column, 200 - 13.0 * row) for _, column, row in cells]
    )
    read = " ".join(line.text for line in with_grids(lines)).replace("|", " ")
    assert Counter(read.split()) == Counter(word for text, _, _ in cells for word in text.split())
