"""The contract of ``TextExtractor``. A subclass has the fixture ``extractor``."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Literal, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ports.text_extractor import (
    ExtractionLimits,
    MediaType,
    PageText,
    TextExtractor,
    UnreadableCode,
    UnreadableDocument,
)

LIMITS = ExtractionLimits(max_bytes=50_000_000, max_pages=100, max_characters=1_000_000, max_seconds=60)
MEDIA_TYPES: list[MediaType] = list(get_args(MediaType))
TEXTS: list[MediaType] = ["txt", "md"]
PROPERTY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
)


def read(
    extractor: TextExtractor, content: bytes, media_type: MediaType, limits: ExtractionLimits = LIMITS
) -> list[PageText]:
    """Read all pages. Asserts that each page is as the port promises."""
    extraction = extractor.extract(content, media_type, limits)
    pages = list(extraction.pages)
    assert [page.number for page in pages] == list(range(1, extraction.page_count + 1))
    for page in pages:
        check_page(page)
    assert any(page.text.strip() for page in pages)
    assert extraction.title is None or extraction.title.strip()
    return pages


def check_page(page: PageText) -> None:
    assert unicodedata.is_normalized("NFC", page.text)
    page.text.encode()
    assert all(char in "\n\t" or unicodedata.category(char) != "Cc" for char in page.text)
    starts = [heading.start for heading in page.headings]
    assert starts == sorted(starts)
    for heading in page.headings:
        assert 0 <= heading.start <= len(page.text)
        assert 1 <= heading.level <= 6
        assert heading.text.strip() == heading.text != ""


def refusal(
    extractor: TextExtractor, content: bytes, media_type: MediaType, limits: ExtractionLimits = LIMITS
) -> UnreadableCode:
    with pytest.raises(UnreadableDocument) as refused:
        read(extractor, content, media_type, limits)
    return refused.value.code


def outcome_of(
    extractor: TextExtractor, content: bytes, media_type: MediaType, limits: ExtractionLimits = LIMITS
) -> UnreadableCode | Literal["completed"]:
    """``completed``, or the code of the refusal. Any other exception fails the test."""
    try:
        read(extractor, content, media_type, limits)
    except UnreadableDocument as refused:
        return refused.code
    return "completed"


class TextExtractorContract:
    def test_pages_end_at_form_feeds_and_are_numbered_from_one(self, extractor: TextExtractor) -> None:
        extraction = extractor.extract(b"one\n\ftwo\n\fthree\n", "txt", LIMITS)
        assert extraction.page_count == 3
        assert [(page.number, page.text.strip()) for page in extraction.pages] == [
            (1, "one"),
            (2, "two"),
            (3, "three"),
        ]

    def test_a_form_feed_at_the_end_begins_no_page(self, extractor: TextExtractor) -> None:
        assert [page.text for page in read(extractor, b"one\ftwo\f\n", "txt")] == ["one", "two"]

    def test_a_document_without_pages_is_page_one(self, extractor: TextExtractor) -> None:
        assert read(extractor, "Grüße".encode(), "txt") == [PageText(1, "Grüße")]

    def test_a_plain_text_tells_pages_only_if_form_feeds_end_them(self, extractor: TextExtractor) -> None:
        for media_type in TEXTS:
            assert extractor.extract(b"a\fb", media_type, LIMITS).has_pages
            assert not extractor.extract(b"a b\f", media_type, LIMITS).has_pages

    @pytest.mark.parametrize("media_type", MEDIA_TYPES)
    def test_an_empty_file_is_refused_at_once(self, extractor: TextExtractor, media_type: MediaType) -> None:
        with pytest.raises(UnreadableDocument) as refused:
            extractor.extract(b"", media_type, LIMITS)
        assert refused.value.code == "empty_file"

    @pytest.mark.parametrize("media_type", MEDIA_TYPES)
    def test_too_many_bytes_are_refused_at_once(
        self, extractor: TextExtractor, media_type: MediaType
    ) -> None:
        with pytest.raises(UnreadableDocument) as refused:
            extractor.extract(b"12345", media_type, replace(LIMITS, max_bytes=4))
        assert refused.value.code == "too_large"

    def test_just_enough_bytes_are_read(self, extractor: TextExtractor) -> None:
        assert read(extractor, b"12345", "txt", replace(LIMITS, max_bytes=5))

    @pytest.mark.parametrize("content", [b" ", b"\n\n\n", b"\t \r\n", "\ufeff\n".encode(), b" \f \f\n"])
    def test_white_space_alone_is_no_text(self, extractor: TextExtractor, content: bytes) -> None:
        assert refusal(extractor, content, "txt") == "no_text"

    def test_too_many_pages_are_refused_at_once(self, extractor: TextExtractor) -> None:
        assert len(read(extractor, b"a\fb\fc", "txt", replace(LIMITS, max_pages=3))) == 3
        with pytest.raises(UnreadableDocument) as refused:
            extractor.extract(b"a\fb\fc\fd", "txt", replace(LIMITS, max_pages=3))
        assert refused.value.code == "too_many_pages"

    def test_characters_are_counted_over_all_pages(self, extractor: TextExtractor) -> None:
        limits = replace(LIMITS, max_characters=8)
        assert len(read(extractor, b"abcd\fefgh", "txt", limits)) == 2
        assert refusal(extractor, b"abcd\fefghi", "txt", limits) == "decompression_bomb"

    def test_two_readings_do_not_disturb_each_other(self, extractor: TextExtractor) -> None:
        first = extractor.extract(b"a\fb", "txt", LIMITS)
        second = extractor.extract(b"c\fd", "txt", LIMITS)
        texts = [page.text for pair in zip(first.pages, second.pages, strict=True) for page in pair]
        assert texts == ["a", "c", "b", "d"]

    def test_text_is_cleaned(self, extractor: TextExtractor) -> None:
        text = "e\u0301 a\r\nb\rc\x01\x7f\td"
        assert read(extractor, text.encode(), "txt")[0].text == "é a\nb\nc\td"

    @PROPERTY
    @given(st.text(min_size=1))
    @example("\x00\x01\x02")
    @example("\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    @example("\u0344\u0958")
    def test_any_text_is_read_or_refused(self, extractor: TextExtractor, text: str) -> None:
        content = text.encode("utf-8", "surrogatepass")
        for media_type in TEXTS:
            outcome = outcome_of(extractor, content, media_type)
            assert outcome in ("completed", "no_text", "type_mismatch")

    @PROPERTY
    @given(st.binary(min_size=1), st.sampled_from(MEDIA_TYPES))
    def test_any_bytes_are_read_or_refused(
        self, extractor: TextExtractor, content: bytes, media_type: MediaType
    ) -> None:
        outcome_of(extractor, content, media_type)
