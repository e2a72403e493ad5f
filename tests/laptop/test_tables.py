"""A question about a table is answered with a citation of the row, in every document format."""

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


LESSONS = [
    ("Hour", "Monday", "Tuesday", "Wednesday"),
    ("8:00", "Maths", "French", "Biology"),
    ("9:00", "Physics", "Maths", "Music"),
    ("10:00", "Chemistry", "Latin", "Maths"),
]
BY_NUMBER = [
    ("", "Thursday", "Friday"),
    ("1st lesson", "Art (Ms White)", "History (Mr Stone)"),
    ("2nd lesson", "English (Mr Reed)", "Sport (Ms Swift)"),
    ("3rd lesson", "Maths (Mr Brown)", "Geography (Ms Hill)"),
]
TRADE = [
    ("Country", "2019", "", "2020", ""),
    ("", "Imports", "Exports", "Imports", "Exports"),
    ("Peru", "41.1", "47.7", "34.7", "42.4"),
    ("Chile", "69.9", "69.9", "59.2", "73.5"),
]


@pytest.mark.parametrize(
    ("rows", "question", "row", "cell"),
    [
        (LESSONS, "What lesson is on Monday at 9?", 2, "Monday: Physics"),
        (LESSONS, "Which subject is taught on Tuesday at 10 o'clock?", 3, "Tuesday: Latin"),
        (BY_NUMBER, "Which teacher has Friday's third lesson?", 3, "Friday: Geography (Ms Hill)"),
        (BY_NUMBER, "Who teaches lesson 2 on Thursday?", 2, "Thursday: English (Mr Reed)"),
        (TRADE, "What were the exports of Peru in 2020?", 2, "2020 Exports: 42.4"),
    ],
)
@pytest.mark.parametrize("name", ["table.md", "table.csv", "table.tsv"])
def test_a_row_and_a_column_that_a_question_names_are_found(
    rows: list[tuple[str, ...]], question: str, row: int, cell: str, name: str
) -> None:
    ada = Laptop().user("ada")
    text = {
        "md": "\n".join(f"| {' | '.join(cells)} |" for cells in [rows[0], ["---"] * len(rows[0]), *rows[1:]]),
        "csv": "\n".join(",".join(cells) for cells in rows),
        "tsv": "\n".join("\t".join(cells) for cells in rows),
    }[name[-3:].strip(".")]
    ada.upload(name, f"{BEFORE}\n\n{text}" if name.endswith("md") else text)
    answer = ada.ask(question).body
    assert answer["outcome"] == "answered", answer
    assert cell in answer["response"]
    assert any(rows[row][1] in citation["quote"] for citation in answer["citations"])
