"""Texts as cells of a CSV file. If a spreadsheet would run a text as a formula, its cell begins with an apostrophe."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_cell(text: str) -> str:
    """The cell for a text. ``from_cell`` gives the same text back."""
    return f"'{text}" if _is_formula(text) else text


def from_cell(cell: str) -> str:
    """The text of a cell that ``to_cell`` wrote."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    """Whether the text begins like a formula, perhaps after apostrophes: so ``from_cell`` removes no apostrophe that
    was in the text.
    """
    return text.lstrip("'").startswith(_FORMULA)
