from __future__ import annotations

import pytest

from adapters.extractors import DocumentTextExtractor
from fakes.system import FrozenClock
from fakes.text_extractor import ExtractCall, ScriptedTextExtractor
from ports.text_extractor import Heading, PageText, UnreadableDocument
from tests.contracts.text_extractor.contract import LIMITS, TextExtractorContract, read, refusal


class TestDocumentTextExtractor(TextExtractorContract):
    @pytest.fixture
    def extractor(self) -> DocumentTextExtractor:
        return DocumentTextExtractor(FrozenClock())


class TestScriptedTextExtractor(TextExtractorContract):
    @pytest.fixture
    def extractor(self) -> ScriptedTextExtractor:
        return ScriptedTextExtractor()

    def test_it_returns_the_scripted_answers(self) -> None:
        page = PageText(1, "Cells\nAll life", (Heading(0, "Cells", 1),), warning="unreadable_letters")
        extractor = ScriptedTextExtractor({b"book": [page], b"locked": "encrypted"}, {b"book": "Biology"})
        extractor.script(b"later", ["one", "two"])
        assert read(extractor, b"book", "pdf") == [page]
        assert extractor.extract(b"book", "pdf", LIMITS).title == "Biology"
        assert refusal(extractor, b"locked", "docx") == "encrypted"
        assert read(extractor, b"later", "pdf") == [PageText(1, "one"), PageText(2, "two")]

    def test_it_records_its_calls(self) -> None:
        extractor = ScriptedTextExtractor()
        extractor.extract(b"a", "md", LIMITS)
        with pytest.raises(UnreadableDocument):
            extractor.extract(b"", "pdf", LIMITS)
        assert extractor.calls == [ExtractCall(b"a", "md", LIMITS), ExtractCall(b"", "pdf", LIMITS)]

    def test_a_script_is_copied(self) -> None:
        pages = ["one"]
        extractor = ScriptedTextExtractor()
        extractor.script(b"x", pages)
        pages.append("two")
        assert len(read(extractor, b"x", "txt")) == 1
