"""Cells of CSV files: no cell is a formula, and every text is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.cells import from_cell, to_cell

TEXTS = st.text() | st.text("'=+-@\t\ra", max_size=6)


@given(TEXTS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not to_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(TEXTS)
def test_a_cell_is_read_back_as_its_text(text: str) -> None:
    assert from_cell(to_cell(text)) == text


@pytest.mark.parametrize("text", ["", "osmosis", "'tis", "a = b", "'"])
def test_a_text_that_is_no_formula_is_written_unchanged(text: str) -> None:
    assert to_cell(text) == text
