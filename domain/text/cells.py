"""Writes and reads texts as cells of a CSV file. A text that a spreadsheet would run as a formula is written with an
apostrophe before it.
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_cell(text: str) -> str:
    """The cell for a text. ``from_cell`` returns the same text."""
    return f"'{text}" if _is_formula(text) else text


def from_cell(cell: str) -> str:
    """The text of a cell that ``to_cell`` wrote."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    """Whether the text begins like a formula, also after apostrophes. So ``from_cell`` removes no apostrophe that
    belongs to the text.
    """
    return text.lstrip("'").startswith(_FORMULA)
