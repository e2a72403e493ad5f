"""The pages that a document takes from the allowance limit the embeddings made for it, in every format."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.extractors import DocumentTextExtractor
from domain.documents.contents import CHUNKS_A_PAGE
from fakes.system import FrozenClock
from ports.text_extractor import PageText
from tests.support.documents import (
    epub,
    notebook,
    opendocument,
    pptx,
    rtf,
    shape,
    sheet,
    slide,
    xhtml,
    xlsx,
)
from tests.support.world import User, World

SENTENCE = "The second law says that the force {} equals the mass times the acceleration of body {}. "


def prose(characters: int) -> str:
    """A text of about this many characters, without two equal sentences."""
    sentences = [SENTENCE.format(number, 3 * number) for number in range(characters // len(SENTENCE) + 1)]
    return "".join(sentences)


def as_text(text: str) -> bytes:
    return text.encode()


def as_word(text: str) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for start in range(0, len(text), 700):
        document.add_paragraph(text[start : start + 700])
    document.save(file)
    return file.getvalue()


def as_pdf(text: str) -> bytes:
    """A page whose length depends only on the text."""
    pdf = FPDF(format=(210, 100 + len(text) / 2))
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    pdf.multi_cell(0, 5, text)
    return bytes(pdf.output())


def pieces(text: str) -> list[str]:
    return [text[start : start + 700] for start in range(0, len(text), 700)]


def as_table(text: str) -> str:
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>{piece}</text:p></table:table-cell></table:table-row>"
        for piece in pieces(text)
    )
    return f'<table:table table:name="S">{rows}</table:table>'


def as_open_paragraphs(text: str) -> str:
    return "".join(f"<text:p>{piece}</text:p>" for piece in pieces(text))


FORMATS: dict[str, Callable[[str], bytes]] = {
    "txt": as_text,
    "md": as_text,
    "docx": as_word,
    "pdf": as_pdf,
    "pptx": lambda text: pptx(slide(shape(*pieces(text)))),
    "xlsx": lambda text: xlsx(
        {"S": sheet(*(f'<row><c t="inlineStr"><is><t>{piece}</t></is></c></row>' for piece in pieces(text)))}
    ),
    "csv": lambda text: "\n".join(pieces(text)).encode(),
    "html": lambda text: "".join(f"<p>{piece}</p>" for piece in pieces(text)).encode(),
    "epub": lambda text: epub({"a.xhtml": xhtml("".join(f"<p>{piece}</p>" for piece in pieces(text)))}),
    "ipynb": lambda text: notebook(*({"cell_type": "markdown", "source": piece} for piece in pieces(text))),
    "odt": lambda text: opendocument(as_open_paragraphs(text)),
    "odp": lambda text: opendocument(
        f"<draw:page><draw:frame>{as_open_paragraphs(text)}</draw:frame></draw:page>", kind="presentation"
    ),
    "ods": lambda text: opendocument(as_table(text), kind="spreadsheet"),
    "rtf": lambda text: rtf("".join(rf"\pard {piece}\par " for piece in pieces(text))),
}
"""By extension, what makes a document of a text, with as few pages of the format's own as it can have."""


def a_world(pages_a_day: int, **more: str) -> tuple[World, User]:
    world = World({"LYCEUM_PAGES_A_DAY": str(pages_a_day), **more})
    return world, world.user("ada")


def embedded(world: World) -> int:
    return sum(len(texts) for texts in world.adapters.embedder.calls)


pages = st.lists(st.integers(1, 30_000), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(documents=st.lists(pages, min_size=1, max_size=4), allowance=st.integers(0, 12))
def test_no_day_embeds_more_chunks_than_its_pages_hold(documents: list[list[int]], allowance: int) -> None:
    world, ada = a_world(allowance)
    for number, lengths in enumerate(documents):
        content = f"document {number}".encode()
        script = [PageText(at + 1, prose(length)) for at, length in enumerate(lengths)]
        world.adapters.extractor.script(content, script)
        before = embedded(world)
        answer = ada.upload_in_request(f"{number}.txt", content)
        if answer.status != 200:
            assert answer.code == "daily_pages_used"
            assert embedded(world) == before
    assert embedded(world) <= allowance * CHUNKS_A_PAGE


@pytest.mark.parametrize("extension", FORMATS)
def test_two_pages_a_day_are_two_pages_in_every_format(extension: str) -> None:
    make = FORMATS[extension]
    for characters, fits in ((7_000, True), (15_000, False)):
        world, ada = a_world(2)
        world.adapters.extractor = DocumentTextExtractor(FrozenClock())
        answer = ada.upload_in_request(f"notes.{extension}", make(prose(characters)))
        assert answer.status == (200 if fits else 429)
        assert fits or answer.code == "daily_pages_used"
        assert embedded(world) <= 2 * CHUNKS_A_PAGE


def test_repeated_text_of_a_document_is_embedded_once() -> None:
    # Two batches at the same moment may both embed what they share.
    world, ada = a_world(5000, LYCEUM_INGEST_WORKERS="1")
    content = b"the same page, sixty times"
    page = prose(990)[:996]
    world.adapters.extractor.script(content, [PageText(number + 1, page) for number in range(60)])
    answer = ada.upload_in_request("repeats.txt", content)
    assert answer.status == 200
    assert answer.body["chunks_created"] > 60
    assert embedded(world) < 20
