"""A row of a table is found as it was written, and its cells are read with their column heads."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ports.text.tables import row_text, rows_under, table_rows

VITAMINS = "Vitamin | Source | Lack of it\nC | citrus fruit | scurvy\n | peppers\nD | sunlight | rickets"


def worded(text: str, above: tuple[str, ...] | None = ()) -> list[str]:
    return [row.worded() for row in table_rows(text, above) if not row.is_head]


def test_a_row_is_one_line_whose_cells_keep_their_places() -> None:
    assert row_text(["Iron", "7.9", "a solid"]) == "Iron | 7.9 | a solid"
    assert row_text(["", "7.9\n g", "", ""]) == " | 7.9 g"
    assert row_text(["a|b", "c"]) == "a\\|b | c"
    assert row_text(["", ""]) == ""


CELL = st.text(alphabet="ab 1.|é光", max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=2, max_size=5))
def test_rows_are_read_as_they_were_written(cells: list[list[str]]) -> None:
    kept = [[" ".join(cell.split()) for cell in row] for row in cells]
    assume(all(any(row[1:]) for row in kept))
    text = "\n".join(map(row_text, cells))
    read = [list(row.cells) for row in table_rows(text)]
    assert [row + [""] * (len(wanted) - len(row)) for row, wanted in zip(read, kept, strict=True)] == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VITAMINS, "Vitamin: D; Source: sunlight; Lack of it: rickets"),
        ("| Metal | Density |\n|:--|--:|\n| Tin | 7.3 |\n| Lead | 11.3 |", "Metal: Lead; Density: 11.3"),
        ("Metal\tDensity\nTin\t7.3\nLead\t11.3", "Metal: Lead; Density: 11.3"),
        ('Metal,Used for\nTin,cans\n"Lead, old","pipes, roofs"', "Metal: Lead, old; Used for: pipes, roofs"),
        ("Metal;Used for\nTin;cans\nLead;pipes", "Metal: Lead; Used for: pipes"),
        ("Metal | Density\nTin | 7.3\nLead | 11.3", "Metal: Lead; Density: 11.3"),
        (" | Monday | Tuesday\n9:00 | Maths\n10:00 |  | Latin", "10:00; Tuesday: Latin"),
        ("City | 1990 | 2000\nOslo | 460 | 508\nRome | 2700 | 2550", "City: Rome; 1990: 2700; 2000: 2550"),
        (
            " | Three months ended |  | Six months ended\n | Apr 1, 2023 | Apr 2, 2022 | Apr 1, 2023 | Apr 2, 2022\n"
            "Net sales | 7 | 6 | 15 | 14\nCosts | 3 | 3 | 6 | 7",
            "Costs; Three months ended Apr 1, 2023: 3; Three months ended Apr 2, 2022: 3;"
            " Six months ended Apr 1, 2023: 6; Six months ended Apr 2, 2022: 7",
        ),
        (" | 2022 | 2021 | 2022 | 2021\nCosts | 3 | 2 | 6 | 5", "Costs; 2022: 3; 2021: 2; 2022: 6; 2021: 5"),
        (
            "Country | 2019 |  | 2020\n | Imports | Exports | Imports | Exports\nPeru | 4 | 5 | 6 | 7",
            "Country: Peru; 2019 Imports: 4; 2019 Exports: 5; 2020 Imports: 6; 2020 Exports: 7",
        ),
        (
            "| Country | 2019 | | 2020 | |\n|---|---|---|---|---|\n| | Imports | Exports | Imports | Exports |\n"
            "| Peru | 4 | 5 | 6 | 7 |",
            "Country: Peru; 2019 Imports: 4; 2019 Exports: 5; 2020 Imports: 6; 2020 Exports: 7",
        ),
        (
            "Word | Class | \nto go | verb | irregular\nto walk | verb | regular",
            "Word: to walk; Class: verb; regular",
        ),
        ("Our metals,,\nMetal,Density,Use\nTin,7.3,cans", "Metal: Tin; Density: 7.3; Use: cans"),
        (
            "| Our metals | | |\n|-|-|-|\n| Metal | Mass | Use |\n| Tin | 7.3 | cans |",
            "Metal: Tin; Mass: 7.3; Use: cans",
        ),
        ("\tMonday\tTuesday\n9:00\tMaths\tArt\n10:00\tArt\tLatin", "10:00; Monday: Art; Tuesday: Latin"),
        # It is unknown whether the first row names the columns, so its words are not used as column heads.
        ("Metal | Used for\nTin | cans\nLead | pipes", "Lead: pipes"),
        ("Tin | 7.3 | cans\nLead | 11.3 | pipes", "Lead: 11.3; pipes"),
    ],
)
def test_a_row_says_each_cell_under_the_head_of_its_column(text: str, said: str) -> None:
    assert worded(text)[-1] == said


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("tin<br>lead", "tin, lead"),
        ("tin<br> <BR/>lead", "tin, lead"),
        ("tin<br>lead<br>", "tin, lead"),
        ("<br />tin", "tin"),
        ("<br><br>", ""),
        ("tin \\|<br>lead", "tin |, lead"),
    ],
)
def test_breaks_separate_the_lines_of_a_cell(cell: str, read: str) -> None:
    for row in (f"| Ores | {cell} | old |", f"| Ores |{cell}|old|"):
        text = f"| Kind | Metals | Age |\n|---|---|---|\n{row}"
        assert table_rows(text)[-1].cells == ("Ores", read, "old")


def test_a_row_without_a_first_cell_stands_under_the_other_heads() -> None:
    assert worded(VITAMINS)[1] == "Source: peppers"


def test_a_table_that_goes_on_has_the_heads_that_stand_above_it() -> None:
    rest = "Lead | pipes\nGold | rings"
    assert worded(rest, ("Metal", "Used for")) == [
        "Metal: Lead; Used for: pipes",
        "Metal: Gold; Used for: rings",
    ]
    assert worded("Lead | pipes | grey\nGold | rings | yellow", None) == ["Gold: rings; yellow"]
    over_a_page = (
        "Metal | Density\nTin | 7.3\nZinc | 7.1\n\nLead | 11.3\nGold | 19.3\n\nPlanet | Moons\nMars | 2"
    )
    assert worded(over_a_page)[2:] == [
        "Metal: Lead; Density: 11.3",
        "Metal: Gold; Density: 19.3",
        "Planet: Mars; Moons: 2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Home | About | Contact",
        "P(A | B) = 0.2\nP(B | A) = 0.4",
        "S = { x | x > 0 }\nT = { y | y > 0 }",
        "Iron, which rusts,\nand gold, which does not,\nare metals, as lead is,",
        "Income 1,000\nCosts 2,000\nProfit 3,000",
        "1.\tThe first thing\n2.\tThe second thing",
        "f(a,b)\ng(c,d)\nh(e,f)",
        "\tif a:\tb\n\t\tc\td\n\te = f",
        "One line, and\n\nanother | one",
    ],
)
def test_lines_of_prose_code_and_lists_are_no_rows(text: str) -> None:
    assert table_rows(text) == []


def test_a_table_goes_on_after_the_name_of_a_group_of_rows() -> None:
    text = " | 2023 | 2022\nSales:\nShops | 7 | 6\nPost | 3 | 2\nCosts of all kinds\nand taxes:\nRent | 2 | 1"
    assert worded(text) == ["Shops; 2023: 7; 2022: 6", "Post; 2023: 3; 2022: 2", "Rent; 2023: 2; 2022: 1"]
    apart = "Tin | 7.3\nZinc | 7.1\nThese are metals.\nLead | 11.3"
    assert len(worded(apart)) == 2


def test_a_row_gives_one_text_for_each_cell_after_the_first() -> None:
    (row,) = rows_under(("Metal", "Density", "", "Use"), "Lead | 11.3 | soft | pipes")
    assert row.cell_texts() == ["Lead 11.3 Density", "Lead soft", "Lead pipes Use"]
    (unknown,) = (row for row in table_rows("Lead | 11.3\nTin | 7.3") if row.start == 0)
    assert unknown.cell_texts() == []


def test_the_heads_begin_with_the_column_of_a_place() -> None:
    for text in (
        "Metal | Density | Use\nTin | 7.3 | cans",
        "| Metal | Density | Use |\n|-|-|-|\n| Tin | 7.3 | cans |",
    ):
        row = table_rows(text)[-1]
        assert row.heads_from(text, row.start) == ("Metal", "Density", "Use")
        assert row.heads_from(text, text.index("7.3")) == ("Density", "Use")
        assert row.heads_from(text, text.index("cans")) == ("Use",)


def test_positions_are_those_of_the_text() -> None:
    text = f"Vitamins are needed.\n\n{VITAMINS}\n\nThat is all."
    rows = table_rows(text)
    assert [text[row.start : row.end] for row in rows] == VITAMINS.split("\n")
    assert [row.is_head for row in rows] == [True, False, False, False]


SPACED = """\
          Monday     Tuesday      Friday
8:00      Maths      French
9:00                 Latin        Natural history
-------   -------    -------      -------
10:00     Biology    Maths        Art"""


def test_cells_that_are_separated_by_spaces_are_put_into_columns() -> None:
    rows = table_rows(f"A week has five days of school.\n\n{SPACED}\n\nAfter that it is Saturday.")
    assert [row.cells for row in rows] == [
        ("", "Monday", "Tuesday", "Friday"),
        ("8:00", "Maths", "French", ""),
        ("9:00", "", "Latin", "Natural history"),
        ("10:00", "Biology", "Maths", "Art"),
    ]
    assert rows[2].worded() == "9:00; Tuesday: Latin; Friday: Natural history"


@pytest.mark.parametrize(
    "text",
    [
        "x = 1     # the first\nlong = 2  # second\ny    = 3  # third",
        "a    = 1\nlong = 2\nbb   = 3",
        "It ends.  It begins again.\nAnother line.  It goes on here.\nAnd a third.  The same.",
        "1.   Wash the glass\n2.   Fill it\n3.   Drink",
        "Roses grow red      where they stand\nand  here       I go\nalone in    the land",
        f"{'A column of prose that is long':40}{'and another one beside it, longer still'}\n" * 4,
        "Tin   7.3\nLead  11.3",
    ],
    ids=["comments", "code", "sentences", "list", "ragged", "columns", "two lines"],
)
def test_spaces_separate_no_cells_in_code_and_prose(text: str) -> None:
    assert table_rows(text) == []


def test_a_rule_may_stand_above_the_heads_too() -> None:
    text = (
        "=======  ===========  ========\nRiver    Length (km)  Mouth\n=======  ===========  ========\n"
        "Loire    1006         Atlantic\nVistula  1047         Baltic\nDanube   2850         Black Sea\n"
        "=======  ===========  ========\n"
    )
    head, *below = table_rows(text)
    assert head.is_head
    assert below[1].worded() == "River: Vistula; Length (km): 1047; Mouth: Baltic"
