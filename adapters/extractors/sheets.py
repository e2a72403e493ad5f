"""Tables of values: CSV, and lines of values separated by tabs or semicolons. Each line becomes a row of a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from adapters.extractors.blocks import TableBuilder, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.encodings import decode
from adapters.extractors.text import not_a_binary
from ports.text_extractor import Extraction

_SEPARATORS = ",;\t|"
_LOOKED_AT = 50
_SAMPLE = 64 * 1024
_NAMED = "sep="
"""The line ``sep=…``, with which Excel names the separator if it is not the usual one of the country."""


def read_csv(content: bytes, budget: Budget) -> Extraction:
    # No encoding needs more than four bytes per character, so the file has at least this many characters.
    budget.check_characters(len(content) // 4)
    text = decode(not_a_binary(content))
    if text[:5].lower().startswith(_NAMED) and text[4:5] in _SEPARATORS:
        separator, text = text[4:5], text[5:]
    else:
        separator = _separator(text)
    rows = TableBuilder(budget)
    for values in _rows(text, separator):
        rows.row(paragraph(value) for value in values)
    return without_pages(rows.blocks(), budget, None)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    def rows() -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    # An opening quotation mark without an end would make the rest of the file one value. Then each line is a row.
    try:
        for _ in rows():
            pass
    except csv.Error:
        return (line.split(separator) for line in text.splitlines())
    return rows()


def _separator(text: str) -> str:
    """The separator that divides most of the first lines into the same number of values."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            rows = list(csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=separator))
        except csv.Error:
            continue
        counts = Counter(len(row) for row in rows[:_LOOKED_AT] if row)
        columns, rows_of_it = max(counts.items(), key=lambda each: (each[0] > 1, each[1]), default=(1, 0))
        if columns > 1 and rows_of_it > most:
            best, most = separator, rows_of_it
    return best
