"""A question about a table is answered with its row, cited, whatever the document is."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from fpdf import FPDF

from adapters.extractors import DocumentTextExtractor
from chalicelib.settings import Settings
from fakes.vector_store import InMemoryVectorStore
from tests.contracts.text_extractor.test_extractors import bytes_of, saved
from tests.support.offline import EMBEDDER, GRAMMAR, OFFLINE
from tests.support.world import World

ROWS = [
    ("Lake", "Deepest point in metres", "Country"),
    ("Baikal", "1642", "Russia"),
    ("Tanganyika", "1470", "Tanzania"),
    ("Crater Lake", "594", "United States"),
]
BEFORE = "Some lakes are very deep. They were made in many ways, and each has a water of its own."


class Laptop(World):
    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        adapters.extractor = DocumentTextExtractor(adapters.clock)
        adapters.embedder, adapters.grammar, adapters.agent = EMBEDDER, GRAMMAR, OFFLINE
        adapters.vectors = InMemoryVectorStore(EMBEDDER.dimension)
        return adapters


def in_word() -> bytes:
    document = docx.Document()
    document.add_paragraph(BEFORE)
    table = document.add_table(rows=len(ROWS), cols=3)
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return saved(document)


def in_pdf() -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=11)
    made.multi_cell(0, 6, BEFORE)
    with made.table() as table:
        for texts in ROWS:
            row = table.row()
            for text in texts:
                row.cell(text)
    return bytes_of(made)


def in_markdown() -> bytes:
    lines = [f"| {' | '.join(row)} |" for row in ROWS]
    return "\n".join([BEFORE, "", lines[0], "|---|--:|---|", *lines[1:]]).encode()


def in_values() -> bytes:
    return "\n".join(",".join(row) for row in ROWS).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lakes.docx", in_word()),
        ("lakes.pdf", in_pdf()),
        ("lakes.md", in_markdown()),
        ("lakes.txt", in_values()),
    ],
    ids=["word", "pdf", "markdown", "values"],
)
def test_a_question_about_a_table_is_answered_with_its_row(name: str, content: bytes) -> None:
    ada = Laptop().user("ada")
    ada.upload(name, content)
    answer = ada.ask("How deep is the deepest point of Tanganyika in metres?").body
    assert answer["outcome"] == "answered"
    assert "Tanganyika" in answer["response"]
    assert "1470" in answer["response"]
    (citation,) = answer["citations"]
    assert citation["column_heads"] == list(ROWS[0])
    assert "Tanganyika" in citation["quote"]
    assert "Baikal" not in citation["quote"]
    assert [one["support"] for one in answer["statements"]] == ["quoted"]
