"""Documents of every format, from the upload to the answer, with the readers that the laptop and AWS have."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.extractors import DocumentTextExtractor
from chalicelib.settings import Settings
from fakes.vector_store import InMemoryVectorStore
from tests.contracts.text_extractor.test_extractors import HELLO, pages_of, stream, word
from tests.contracts.text_extractor.test_formats import inline, open_table, row
from tests.support.documents import epub, notebook, opendocument, pptx, rtf, shape, sheet, slide, xhtml, xlsx
from tests.support.offline import EMBEDDER, OFFLINE
from tests.support.world import World

SENTENCE = "The mitochondrion makes the energy of the cell."
BEFORE = "All living things are made of cells, and every cell comes from another cell."
ORGANELLES = (("Organelle", "Task"), ("Nucleus", "keeps the genes"), ("Mitochondrion", "makes the energy"))


class Reading(World):
    """A world with the real readers, and with the laptop's agent."""

    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        adapters.extractor = DocumentTextExtractor(adapters.clock)
        adapters.agent = OFFLINE
        adapters.embedder = EMBEDDER
        adapters.vectors = InMemoryVectorStore(EMBEDDER.dimension)
        return adapters


@pytest.fixture
def world() -> World:
    return Reading()


@pytest.mark.parametrize("told", ["application/wps-office.docx", "application/msword", "text/html", "x"])
def test_the_name_and_the_bytes_decide_what_a_document_is(world: World, told: str) -> None:
    ada = world.user("ada")
    for name, content in (
        ("essay.docx", word("Hello world")),
        ("essay.pdf", pages_of(stream(HELLO))),
        ("essay.md", b"Hello world"),
    ):
        file_id = ada.upload(name, content, content_type=told)
        file = ada.get(f"/api/files/{file_id}").body
        assert (file["status"], file["content_preview"]) == ("completed", "Hello world")
    for name in ("essay.docx", "essay.pdf"):
        file_id = ada.upload(name, b"<html>Hello world</html>", content_type=told)
        assert ada.get(f"/api/files/{file_id}").body["error_code"] == "type_mismatch"


DOCUMENTS: dict[str, bytes] = {
    "cells.pptx": pptx(slide(shape(BEFORE)), slide(shape("Energy", placeholder="title"), shape(SENTENCE))),
    "cells.odp": opendocument(
        "".join(
            f"<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame></draw:page>"
            for text in (BEFORE, SENTENCE)
        ),
        kind="presentation",
    ),
    "cells.html": f"<h1>Cells</h1><p>{BEFORE}</p><h2>Energy</h2><p>{SENTENCE}</p>".encode(),
    "cells.htm": f"<html><body>{BEFORE}<p>{SENTENCE}</body></html>".encode("utf-16"),
    "cells.epub": epub(
        {"a.xhtml": xhtml(f"<h1>Cells</h1><p>{BEFORE}</p>"), "b.xhtml": xhtml(f"<p>{SENTENCE}</p>")}
    ),
    "cells.odt": opendocument(
        f'<text:h text:outline-level="1">Cells</text:h><text:p>{BEFORE} {SENTENCE}</text:p>'
    ),
    "cells.rtf": rtf(rf"\pard\s1 Cells\par\pard {BEFORE} {SENTENCE}\par"),
    "cells.ipynb": notebook(
        {"cell_type": "markdown", "source": f"# Cells\n\n{BEFORE} {SENTENCE}"},
        {"cell_type": "code", "source": "cells = 2 ** 10", "outputs": []},
    ),
    "cells.tex": rf"\section{{Cells}}{BEFORE} {SENTENCE}".encode(),
    "cells.py": f'"""{BEFORE} {SENTENCE}"""\n\ncells = 2 ** 10\n'.encode(),
    "cells.csv": "\n".join(",".join(cells) for cells in ORGANELLES).encode(),
    "cells.xlsx": xlsx({"Organelles": sheet(*(row(*map(inline, cells)) for cells in ORGANELLES))}),
    "cells.ods": opendocument(open_table(*ORGANELLES), kind="spreadsheet"),
}


HEADING_PATHS = {
    "cells.pptx": ["Energy"],
    "cells.html": ["Cells", "Energy"],
    "cells.epub": ["Cells"],
    "cells.odt": ["Cells"],
    "cells.rtf": ["Cells"],
    "cells.ipynb": ["Cells"],
    "cells.xlsx": ["Organelles"],
    "cells.ods": ["Planets"],
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_each_format_is_uploaded_asked_and_cited(world: World, name: str) -> None:
    ada = world.user("ada")
    file_id = ada.upload(name, DOCUMENTS[name])
    file = ada.get(f"/api/files/{file_id}").body
    assert (file["status"], file["filename"], file["warnings"]) == ("completed", name, [])

    answer = ada.post("/api/chat", {"message": "What makes the energy of the cell?"}).body

    assert answer["outcome"] == "answered" or name.endswith((".csv", ".xlsx", ".ods")), answer
    (citation, *_) = answer["citations"]
    assert citation["page"] == (2 if name.endswith((".pptx", ".odp")) else None)
    assert citation["source_file"] == name
    assert citation["heading_path"] == HEADING_PATHS.get(name, [])
    assert "makes the energy" in citation["quote"]
    chunk = ada.get(f"/api/files/{file_id}/chunks/{citation['chunk_id'].removeprefix('chunk_')}").body
    assert citation["quote"] in chunk["text"]
