"""Documents of every format, from the upload to the answer, with the readers that the laptop and AWS have."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.extractors import DocumentTextExtractor
from chalicelib.settings import Settings
from tests.contracts.text_extractor.test_extractors import HELLO, pages_of, stream, word
from tests.support.world import World


class Reading(World):
    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        adapters.extractor = DocumentTextExtractor(adapters.clock)
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
