"""Pictures as documents. Only the number and the size of their pages is read, nothing is decoded, and hostile files are
refused with a code.
"""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.extractors import DocumentTextExtractor
from fakes.system import FrozenClock
from ports.text_extractor import ExtractionLimits, MediaType, UnreadableDocument
from ports.text_recogniser import PICTURE_TYPES

LIMITS = ExtractionLimits(max_bytes=1_000_000, max_pages=20, max_characters=100_000, max_seconds=10)


def picture(format: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, "white").save(stored, format, **options)
    return stored.getvalue()


def tiff(pages: int) -> bytes:
    more = [Image.new("L", (30 + number, 20)) for number in range(pages - 1)]
    return picture("TIFF", save_all=True, append_images=more)


GOOD = {
    "png": picture("PNG"),
    "jpeg": picture("JPEG"),
    "progressive jpeg": picture("JPEG", progressive=True, comment=b"a comment"),
    "webp": picture("WEBP"),
    "lossless webp": picture("WEBP", lossless=True),
    "extended webp": picture("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "tiff": tiff(1),
    "motorola tiff": picture("TIFF", big_endian=True),
}


def outcome(content: bytes, media_type: MediaType = "png") -> str | list[tuple[int, str | None]]:
    """The error code or, for each page, its number and warning. Asserts that the pages have no text."""
    pages: list[tuple[int, str | None]] = []
    try:
        extraction = DocumentTextExtractor(FrozenClock()).extract(content, media_type, LIMITS)
        for page in extraction.pages:
            assert page.text == ""
            pages.append((page.number, page.warning))
    except UnreadableDocument as refused:
        return refused.code if refused.code != "no_text" else pages
    raise AssertionError("a picture has no text")


@pytest.mark.parametrize("media_type", PICTURE_TYPES)
@pytest.mark.parametrize("name", GOOD)
def test_a_picture_is_one_page_without_text_whatever_its_name_says(name: str, media_type: MediaType) -> None:
    assert outcome(GOOD[name], media_type) == [(1, "pages_without_text")]


@pytest.mark.parametrize("pages", [2, 20])
def test_a_tiff_has_pages(pages: int) -> None:
    assert outcome(tiff(pages), "tiff") == [(number + 1, "pages_without_text") for number in range(pages)]


def test_more_pages_than_are_taken_are_refused() -> None:
    assert outcome(tiff(21), "tiff") == "too_many_pages"


def test_pages_that_lead_back_to_themselves_end() -> None:
    content = bytearray(tiff(2))
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    assert outcome(bytes(content), "tiff") == [(1, "pages_without_text")]


@pytest.mark.parametrize(
    "content",
    [b"GIF89a" + bytes(50), b"%PDF-1.7", b"plain text", b"BM" + bytes(60), b"RIFF\0\0\0\0WAVE" + bytes(40)],
)
def test_other_bytes_are_no_picture(content: bytes) -> None:
    assert outcome(content) == "type_mismatch"


def test_a_picture_of_far_too_many_pixels_is_a_bomb() -> None:
    content = bytearray(GOOD["png"])
    struct.pack_into(">II", content, 16, 60_000, 60_000)
    assert outcome(bytes(content)) == "decompression_bomb"


def test_a_picture_without_pixels_is_damaged() -> None:
    content = bytearray(GOOD["png"])
    struct.pack_into(">II", content, 16, 0, 40)
    assert outcome(bytes(content)) == "corrupt"


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_cut_or_changed_picture_is_read_or_refused_with_a_code(name: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[name][: data.draw(st.integers(1, len(GOOD[name])))])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = outcome(bytes(content), "tiff")
    assert isinstance(found, list) or found in (
        "type_mismatch",
        "corrupt",
        "decompression_bomb",
        "too_many_pages",
    )
