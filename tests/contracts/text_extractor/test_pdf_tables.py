"""The rows of a PDF's tables are found, and other text is not mistaken for rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import SupportsIndex, overload

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from adapters.extractors.pdf_cells import CutLine, with_drawn_cells
from adapters.extractors.pdf_tables import Cell, Line, PlacedWord, has_uneven_spaces, with_rows
from ports.text.tables import table_rows
from tests.contracts.text_extractor.test_extractors import bytes_of, text_of

METALS = [
    ("Metal", "Density", "Used for"),
    ("Tin", "7.3", "cans"),
    ("Lead", "11.3", "old pipes"),
    ("Gold", "19.3", ""),
]
PROSE = (
    "A metal is a material that shines when it is polished and that carries heat and electricity well. Most metals can be "
    "drawn into wires and hammered into sheets. Iron, which rusts, has been used for more than three thousand years."
)


def drawn(**options: str) -> str:
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.multi_cell(0, 6, PROSE)
    with made.table(**options) as table:
        for cells in METALS:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    made.multi_cell(0, 6, PROSE)
    return text_of(bytes_of(made), "pdf")


@pytest.mark.parametrize("align", ["LEFT", "CENTER", "RIGHT"])
@pytest.mark.parametrize("borders", ["ALL", "NONE"])
def test_a_table_is_read_row_by_row(align: str, borders: str) -> None:
    text = drawn(text_align=align, borders_layout=borders)
    rows = table_rows(text)
    assert [row.cells for row in rows] == [tuple(filter(None, cells)) for cells in METALS]
    assert rows[2].worded() == "Metal: Lead; Density: 11.3; Used for: old pipes"
    assert text.count("|") == 7


@pytest.mark.parametrize("above", range(4))
def test_a_small_table_is_found_wherever_it_begins(above: int) -> None:
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    for _ in range(above):
        made.cell(text=PROSE[:70], new_x="LMARGIN", new_y="NEXT")
    for name, first, second in [("Tin", "7.3", "232"), ("Lead", "11.3", "328")]:
        made.cell(40, text=name)
        made.cell(40, text=first)
        made.cell(40, text=second, new_x="LMARGIN", new_y="NEXT")
    assert text_of(bytes_of(made), "pdf").endswith("Tin | 7.3 | 232\nLead | 11.3 | 328")


def test_lines_of_prose_that_fill_a_column_have_even_spaces() -> None:
    wide = [(20.0 * at, 20.0 * at + 14.0) for at in range(9)]
    lefts, rights = zip(*wide, strict=True)
    assert not has_uneven_spaces(lefts, rights, 12.0)
    assert has_uneven_spaces(lefts[:5], rights[:5], 12.0)  # too few spaces to be sure
    assert has_uneven_spaces(lefts, rights, 6.0)  # as wide as between columns
    assert has_uneven_spaces([*lefts[:-1], 164.0], rights, 12.0)


def line(*cells: tuple[str, float], height: float = 12.0) -> Line:
    """A line whose cells begin at the given positions. A character is 6 points wide."""
    words = []
    for text, left in cells:
        at = left
        for word in text.split():
            words.append(PlacedWord(word, at, at + 6 * len(word)))
            at += 6 * len(word) + 4
    return Line(" ".join(text for text, _ in cells), words, height)


def right(text: str, edge: float) -> tuple[str, float]:
    return text, edge - 6 * len(text)


def test_heads_over_several_lines_are_one_row() -> None:
    read = with_rows(
        [
            line(("Three months ended", 200.0)),
            line(("April 1,", 200.0)),
            line(("2023", 206.0)),
            line(("March 26,", 300.0)),
            line(("2022", 306.0)),
            line(("Net sales:", 0.0)),
            line(
                ("Products", 0.0), ("$", 200.0), right("73,929", 260.0), ("$", 300.0), right("77,457", 360.0)
            ),
            line(("Services", 0.0), right("907", 260.0), right("19,821", 360.0)),
            line(("All sales", 0.0), right("(836)", 264.0), right("97,278", 360.0)),
        ]
    )
    assert read == [
        "Three months ended",
        " | April 1, 2023 | March 26, 2022",
        "Net sales:",
        "Products | $ 73,929 | $ 77,457",
        "Services | 907 | 19,821",
        "All sales | (836) | 97,278",
    ]


def test_a_cell_that_is_left_out_leaves_its_column_empty() -> None:
    rows = [line(("Tin", 0.0), ("7.3", 200.0), ("cans", 300.0)) for _ in range(3)]
    assert with_rows([*rows, line(("Lead", 0.0), ("pipes", 300.0))])[-1] == "Lead |  | pipes"


@pytest.mark.parametrize(
    "lines",
    [
        [line((PROSE[:45], 0.0), (PROSE[50:95], 320.0))] * 6,  # two columns of prose
        [line(("1.", 0.0), ("The first of the things to do", 40.0)), line(("2.", 0.0), ("Another", 40.0))]
        * 3,
        [line(("spaced", 0.0), ("out", 60.0), ("words", 120.0))] * 2,
        [
            line(("A", 0.0), ("line", 50.0)),
            line(("Other places", 0.0), ("entirely", 130.0)),
            line(("x", 20.0), ("y", 90.0)),
        ],
        [line(("Home", 0.0), ("About", 60.0), ("3", 120.0))],
        [Line("The places of these words"), Line("are not known 12")],
    ],
    ids=["columns", "list", "spaced", "ragged", "alone", "unknown"],
)
def test_text_that_is_no_table_stays_as_it_is(lines: list[Line]) -> None:
    assert with_rows(lines) == [one.text for one in lines]


PLACES = st.lists(
    st.tuples(st.sampled_from(["a", "12", "$", "(3)", "Net", "2023"]), st.integers(0, 8)), max_size=6
)


@given(st.lists(PLACES, max_size=10))
def test_no_word_is_lost_or_added(places: list[list[tuple[str, int]]]) -> None:
    lines = [
        line(*sorted(((text, 50.0 * at) for text, at in row), key=lambda cell: cell[1])) for row in places
    ]
    read = " ".join(with_rows(lines)).replace("|", " ")
    assert Counter(read.split()) == Counter(word for one in lines for word in one.text.split())


def test_prose_and_lists_have_no_rows() -> None:
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.multi_cell(0, 6, f"{PROSE}\n\n1.   One\n2.   Two\n3.   Three\n\n{PROSE}", align="J")
    with made.text_columns(ncols=2, gutter=8, text_align="J") as columns:
        columns.write(PROSE * 4)
    assert "|" not in text_of(bytes_of(made), "pdf")


LESSONS = [
    ("Hour", "Monday", "Tuesday", "Wednesday"),
    ("8:00", "Maths", "French", "Biology"),
    ("9:00", "Physics", "Maths", "Natural history"),
    ("10:00", "Chemistry", "Latin", "Maths"),
]


def drawn_close(rows: Sequence[tuple[str, ...]], *, gap: float) -> str:
    """A table in which each column is ``gap`` points wider than its widest cell. Heads are centred, as browsers print
    them.
    """
    made = FPDF(unit="pt")
    made.add_page()
    made.set_font("Helvetica", size=12)
    made.set_y(600)
    made.multi_cell(0, 14, PROSE)
    widths = [max(map(made.get_string_width, column)) for column in zip(*rows, strict=True)]
    for at, row in enumerate(rows):
        left = 40.0
        for cell, width in zip(row, widths, strict=True):
            indent = (width - made.get_string_width(cell)) / 2 if at == 0 else 0.0
            made.text(left + indent, 200 + 16 * at, cell)
            left += width + gap
    return text_of(bytes_of(made), "pdf")


@pytest.mark.parametrize("gap", [6.0, 9.0, 14.0])
def test_the_cells_of_a_table_may_stand_close_together(gap: float) -> None:
    text = drawn_close(LESSONS, gap=gap)
    assert [row.cells for row in table_rows(text)] == LESSONS
    assert text.count("|") == 12


def test_a_head_over_the_middle_of_some_columns_stands_over_all_of_them() -> None:
    rows = [("Peru", "41.1", "47.7", "34.7", "42.4"), ("Chile", "69.9", "69.9", "59.2", "73.5")]
    below = [line(*zip(row, (0.0, 100.0, 170.0, 240.0, 310.0), strict=True)) for row in rows]
    heads = line(("Imports", 100.0), ("Exports", 170.0), ("Imports", 240.0), ("Exports", 310.0))
    text = "\n".join(with_rows([line(("Country", 0.0), ("2019", 140.0), ("2020", 280.0)), heads, *below]))
    assert table_rows(text)[-1].worded() == (
        "Country: Chile; 2019 Imports: 69.9; 2019 Exports: 69.9; 2020 Imports: 59.2; 2020 Exports: 73.5"
    )


RIVERS = [
    [(40.0, "River"), (107.0, "Length"), (184.0, "Mouth")],
    [(40.0, "Danube"), (84.5, "2,850 km in all"), (170.0, "Black Sea")],
    [(40.0, "Rhine"), (84.5, "1,230 km in all"), (170.0, "North Sea")],
    [(40.0, "Po"), (84.5, "652 km"), (170.0, "Adriatic Sea")],
]


def printed(*lines: list[tuple[float, str]], size: float = 12, step: float = 18) -> str:
    """The text of a page that draws each text at its left edge, as browsers do: spaces within texts are drawn."""
    made = FPDF(unit="pt")
    made.set_producer("Skia/PDF m120")
    made.add_page()
    made.set_font("Helvetica", size=size)
    for number, line in enumerate(lines):
        for left, text in line:
            made.text(left, 60 + step * number, text)
    return text_of(bytes_of(made), "pdf")


class TestTablesThatBrowsersPrint:
    """Without borders, the cells of a browser's table stand as close together as words. No space is drawn between them."""

    def test_cells_that_stand_close_together(self) -> None:
        text = printed([(40, PROSE[:80])], *RIVERS, [(40, PROSE[80:150])])
        assert [row.cells for row in table_rows(text)] == [tuple(cell for _, cell in row) for row in RIVERS]
        assert text.splitlines()[0] == PROSE[:80].strip()

    def test_a_cell_of_several_lines(self) -> None:
        text = printed(
            [(40, "Osmosis"), (100, "The movement of water through a membrane")],
            [(100, "until both sides are equal.")],
            [(40, "Diffusion"), (100, "The spreading of particles.")],
            [(40, "Enzyme"), (100, "A protein that speeds up a reaction.")],
            [(40, "These are the terms of the lesson.")],
        )
        assert text.splitlines() == [
            "Osmosis | The movement of water through a membrane until both sides are equal.",
            "Diffusion | The spreading of particles.",
            "Enzyme | A protein that speeds up a reaction.",
            "These are the terms of the lesson.",
        ]

    @pytest.mark.parametrize(
        "lines",
        [
            [
                [(40.0, "2.1"), (60.0, "Mining")],
                [(40.0, "2.2"), (60.0, "Sets")],
                [(40.0, "2.3"), (60.0, "Trees")],
            ],
            [
                [(40.0, "1."), (60.0, "Read it.")],
                [(40.0, "2."), (60.0, "Tell it.")],
                [(40.0, "3."), (60.0, "Do it.")],
            ],
            [[(40.0, "Some words"), (106.0, "of prose")], [(40.0, "and"), (65.0, "more of it, which")]] * 2,
        ],
    )
    def test_lists_and_prose_are_no_tables(self, lines: list[list[tuple[float, str]]]) -> None:
        assert "|" not in printed(*lines)

    def test_texts_that_lie_on_each_other_are_no_cells(self) -> None:
        labels = [
            [(40.0, "The height of the tide"), (60.0, "in metres")],
            [(40.0, "Spring tide"), (50.0, "4.2")],
        ]
        assert with_drawn_cells(list(map(cut, labels))) == [cut(label).line for label in labels]
        rows = [[(40.0, "Neap tide"), (160.0, "2.1 m")], [(40.0, "Ebb"), (160.0, "0.4 m")]] * 2
        found = with_drawn_cells(list(map(cut, labels + rows)))
        assert [line.text for line in found[2:]] == [f"{row[0][1]} | {row[1][1]}" for row in rows]

    def test_the_work_grows_with_the_lines_and_not_faster(self) -> None:
        def looks(count: int) -> int:
            lines = Watched(cut([(40.0, f"{at}."), (80.0, "Read it.")]) for at in range(count))
            assert with_drawn_cells(lines) == [line.line for line in lines]
            return lines.looks

        assert looks(400) < 2.5 * looks(200)

    def test_a_long_table_is_one(self) -> None:
        rows = [[(40.0, f"Tide {at}"), (160.0, f"{at * 37 % 100}mm")] for at in range(200)]
        found = with_drawn_cells(list(map(cut, rows)))
        assert [line.text for line in found] == [f"{day} | {rain}" for (_, day), (_, rain) in rows]


def cut(texts: list[tuple[float, str]]) -> CutLine:
    """A line of texts at their left edges, whose letters have the widths that they have in print."""
    cells = [
        Cell(text, left, left + sum(3.0 if char in "il.t " else 6.0 for char in text)) for left, text in texts
    ]
    words = [PlacedWord(cell.text, cell.left, cell.right) for cell in cells]
    return CutLine(Line(" ".join(cell.text for cell in cells), words, 12.0), cells)


class Watched(list[CutLine]):
    """Lines that count how often one of them is examined."""

    looks = 0

    @overload
    def __getitem__(self, at: SupportsIndex) -> CutLine: ...

    @overload
    def __getitem__(self, at: slice) -> list[CutLine]: ...

    def __getitem__(self, at: SupportsIndex | slice) -> CutLine | list[CutLine]:
        found = super().__getitem__(at)
        self.looks += len(found) if isinstance(found, list) else 1
        return found
