"""The place of a piece of a document: its pages, the headings above it, and the heads of its table."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import asdict
from typing import SupportsIndex

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.chunking import chunk
from domain.documents.layout import UNKNOWN, Layouts, PlacedHeading, layout_from
from domain.documents.passage import Passage, citation_of
from ports.text.tables import BegunRow, row_text, table_rows

TABLE = "Metal | Density\nTin | 7.3\nLead | 11.3"


@given(
    st.lists(st.integers(0, 60), max_size=6).map(sorted),
    st.integers(0, 59),
    st.integers(1, 30),
    st.integers(0, 29),
)
def test_every_position_of_a_chunk_has_the_page_that_it_stands_on(
    turns: list[int], start: int, length: int, offset: int
) -> None:
    page_starts = [0, *turns]
    layout = Layouts("x" * 60, page_starts, []).of(start, min(60, start + length))
    first = bisect_right(page_starts, start)
    place = min(start + offset, start + length - 1, 59)
    assert layout.page_at(place, first) == bisect_right(page_starts, place)
    assert layout.page_at(place, None) is None


def test_a_heading_applies_until_the_next_one_of_its_level_or_above() -> None:
    headings = [
        PlacedHeading(0, 1, "Metals"),
        PlacedHeading(10, 2, "Tin"),
        PlacedHeading(20, 3, "Use"),
        PlacedHeading(30, 2, "Lead"),
        PlacedHeading(40, 1, "Gases"),
    ]
    layouts = Layouts("x" * 60, [0], headings)
    assert layouts.of(25, 45).heading_path(25) == ("Metals", "Tin", "Use")
    assert layouts.of(25, 45).heading_path(35) == ("Metals", "Lead")
    assert layouts.of(25, 45).heading_path(44) == ("Gases",)
    assert layouts.of(40, 45).heading_path(40) == ("Gases",)
    assert layouts.of(0, 5).heading_path(4) == ("Metals",)


def test_a_chunk_knows_the_heads_of_the_table_that_it_begins_in() -> None:
    text = f"Metals are heavy.\n\n{TABLE}\n\nGases are light."
    layouts = Layouts(text, [0], [])
    for begins, heads in [("Metals", ()), ("Metal |", ()), ("Lead", ("Metal", "Density")), ("Gases", ())]:
        start = text.index(begins)
        assert layouts.of(start, len(text)).column_heads == heads


def test_a_table_without_heads_gets_none_from_its_rows() -> None:
    text = "Tin | 7.3 | grey\nLead | 11.3 | grey\nGold | 19.3 | yellow"
    assert Layouts(text, [0], []).of(text.index("Lead"), len(text)).column_heads == ("", "", "")


def test_a_layout_is_read_as_it_was_stored_and_an_old_chunk_without_one_too() -> None:
    text = f"{TABLE}\n\nThe end."
    layout = Layouts(text, [0, 20], [PlacedHeading(3, 2, "Dense")]).of(text.index("Tin"), len(text))
    assert layout != UNKNOWN
    assert layout_from(json.loads(json.dumps(asdict(layout)))) == layout
    assert layout_from(None) == UNKNOWN
    assert UNKNOWN.page_at(500, 3) == 3


def test_a_hostile_outline_stays_small() -> None:
    headings = [PlacedHeading(0, 1, "x" * 5000)] * 5000
    assert len(json.dumps(asdict(Layouts("text", [0], headings).of(0, 4)))) < 10_000


@st.composite
def wide_tables(draw: st.DrawFn) -> tuple[str, str]:
    """A text with a table whose rows are often longer than a chunk. Each word of a cell names its column. The first cell
    is shorter than the text that two chunks share: a chunk that ends in it does not show that it is a cell.
    """
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    lines = [[f"Head{column}" for column in range(columns)]]
    for row in range(rows):
        lengths = draw(st.lists(st.sampled_from((0, 1, 3, 40, 150)), min_size=columns, max_size=columns))
        lengths[0] = min(lengths[0], 20)
        lines.append(
            [
                " ".join(
                    f"r{row}w{word}c{column}"
                    for word in range(length if 0 < column < columns - 1 else max(1, length))
                )
                for column, length in enumerate(lengths)
            ]
        )
    is_markdown, before = draw(st.booleans()), draw(st.sampled_from(("", "The rows are long.\n\n")))
    if is_markdown:
        lines.insert(1, ["---"] * columns)
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    else:
        table = "\n".join(row_text(cells) for cells in lines)
    return before + table + "\n\nThe end is here.", table


@given(wide_tables())
def test_every_piece_of_a_row_stands_under_the_heads_of_its_own_columns(made: tuple[str, str]) -> None:
    text, table = made
    layouts, seen = Layouts(text, [0], []), set[str]()
    for piece in chunk(text, [0]):
        layout = layouts.of(piece.start, piece.end)
        assert layout_from(json.loads(json.dumps(layout.stored()))) == layout
        part = text[piece.start : piece.end]
        passage = Passage("f", "n.md", None, piece.index, 1, piece.start, piece.end, part, 1.0, layout=layout)
        for row in passage.rows():
            if row.is_head:
                continue
            for head, cell in zip(row.heads, row.cells, strict=False):
                assert {f"Head{word.rpartition('c')[2]}" for word in cell.split() if "c" in word} <= {head}
                seen.update(cell.split())
            for word in [*re.finditer(r"r\d+w\d+c(\d+)", part[row.start : row.end])][::25]:
                start = row.start + word.start()
                assert citation_of(passage, start, row.end).column_heads[0] == f"Head{word[1]}"
    assert seen >= set(re.findall(r"\br\d+w\d+c\d+", table))


def test_the_end_of_a_wide_row_is_read_with_its_label() -> None:
    text = f"Planet | Story | Moons\nSaturn | {'It has rings. ' * 100}| 146"
    last = chunk(text, [0])[-1]
    layout = Layouts(text, [0], []).of(last.start, last.end)
    assert layout.begun_row == BegunRow(1, "Saturn")
    assert (
        table_rows(text[last.start :], layout.column_heads, layout.begun_row)[0]
        .worded()
        .startswith("Planet: Saturn; Story: It has rings.")
    )


def test_a_chunk_that_begins_in_the_row_of_heads_has_them_all() -> None:
    heads = [f"A long name of column {number}" for number in range(40)]
    text = "\n".join(row_text(cells) for cells in (heads, [f"v{number}" for number in range(40)]))
    place = text.index("name of column 30")
    layout = Layouts(text, [0], []).of(place, len(text))
    head, row = table_rows(text[place:], layout.column_heads, layout.begun_row)
    assert head.is_head
    assert dict(zip(row.heads, row.cells, strict=True)) == {
        name: f"v{number}" for number, name in enumerate(heads)
    }


class Counted(str):
    """A text that counts the characters that are copied out of it."""

    copied = 0

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        found = super().__getitem__(place)
        self.copied += len(found)
        return found


def test_the_chunks_of_a_long_row_do_not_each_copy_the_row() -> None:
    text = Counted(f"Planet | Story | Moons\nSaturn | {'It has rings. ' * 2000}| 146")
    layouts = Layouts(text, [0], [])
    text.copied = 0
    begun = [layouts.of(start, start + 1000).begun_row for start in range(1000, len(text) - 5, 100)]
    assert begun == [BegunRow(1, "Saturn")] * len(begun)
    assert layouts.of(len(text) - 3, len(text)).begun_row == BegunRow(2, "Saturn")
    assert text.copied <= len(text)
