"""The laptop's server with text recognition, from the upload of a scan to the cited page: ``make test-ocr``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.local.recognition.recogniser import is_installed
from demo.play import Person, Server, running_server, token_of
from tests.support.scans import encoded, page_of_text, pdf_of, photograph, scanned

pytestmark = [
    pytest.mark.skipif(
        not is_installed("rapidocr"), reason="requirements-ocr.txt is not installed: `make test-ocr`"
    ),
    pytest.mark.slow,
]

PAGES = (
    "The lighthouse of Alexandria was built on the island of Pharos. It was about one hundred metres high. "
    "Its light was a fire at the top, which a mirror threw far over the sea.",
    "The Colossus of Rhodes showed the sun god Helios. Its builder was Chares of Lindos, who worked on it for twelve "
    "years. The bronze plates of the Colossus hung on an iron frame.",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("data"), LYCEUM_OCR="rapidocr") as server:
        yield server


@pytest.mark.parametrize(
    ("name", "before"), [("alan", ()), ("ada", ("A reader on the wonders of the ancient world.",))]
)
def test_a_scanned_pdf_is_asked_and_cited_with_its_page(
    server: Server, tmp_path: Path, name: str, before: tuple[str, ...]
) -> None:
    reader = Person(server.url, token_of(name, server))
    scans = [scanned(page_of_text(text, width=1000, height=900)[0]) for text in PAGES]
    scan = tmp_path / "wonders.pdf"
    scan.write_bytes(pdf_of([*before, *scans]))
    document = reader.upload(scan, "physics_101")
    assert document["status"] == "completed"
    assert (document["page_count"], document["warnings"]) == (len(before) + 2, [])
    for question, page, quoted in (
        ("Where was the lighthouse of Alexandria built?", 1, "island of Pharos"),
        ("What did the bronze plates of the Colossus hang on?", 2, "an iron frame"),
    ):
        answer = reader.post("/api/chat", {"message": question})
        citation = answer["citations"][0]
        assert quoted in citation["quote"].replace("\n", " ")
        assert (citation["page"], citation["recognised"]) == (len(before) + page, True)


def test_a_picture_is_read_and_a_photograph_is_refused(server: Server, tmp_path: Path) -> None:
    alan = Person(server.url, token_of("alan", server))
    board, holiday = tmp_path / "board.jpg", tmp_path / "holiday.jpg"
    board.write_bytes(encoded(scanned(page_of_text(PAGES[0], width=1000, height=600)[0])))
    holiday.write_bytes(encoded(photograph(5, width=600, height=800)))
    assert alan.upload(board, "physics_101")["status"] == "completed"
    refused = alan.upload(holiday, "physics_101")
    assert (refused["status"], refused["error_code"]) == ("failed", "unreadable_scan")
