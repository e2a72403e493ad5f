"""The place of a piece of a document: its pages, the headings above it, and the heads of its table."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.layout import UNKNOWN, Layouts, PlacedHeading, layout_from

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
