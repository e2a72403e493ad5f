"""Pictures: PNG, JPEG, TIFF and WebP. They contain no text, but a text recogniser may read their pages.

Only the fields with the size are read. No picture is decoded.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from adapters.extractors.budget import Budget
from ports.text_extractor import Extraction, PageText, UnreadableDocument

_MAX_PIXELS = 100_000_000
"""The most pixels of one page: about as many as a page at 1,200 dots per inch."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_TIFF = (b"II*\0", b"MM\0*")
_JPEG_MARK = re.compile(rb"\xff+([^\xff\x00])", re.DOTALL)
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers that are not followed by a length."""
_WIDTH, _HEIGHT = 256, 257
_TIFF_SHORT = 3


def read_picture(content: bytes, budget: Budget) -> Extraction:
    """A picture in any of the four formats, whatever its name says: cameras and browsers often name the wrong one.
    Raises ``corrupt``, ``decompression_bomb`` or ``too_many_pages``.
    """
    count = 0
    for width, height in _sizes(content):
        count += 1
        budget.check_pages(count)
        budget.check_time()
        if width < 1 or height < 1:
            raise UnreadableDocument("corrupt")
        if width * height > _MAX_PIXELS:
            raise UnreadableDocument("decompression_bomb")
    if not count:
        raise UnreadableDocument("corrupt")
    pages = (PageText(number, "", warning="pages_without_text") for number in range(1, count + 1))
    return Extraction(count, pages)


def _sizes(content: bytes) -> Iterator[tuple[int, int]]:
    """The width and height of each page, in pixels."""
    if content.startswith(_PNG):
        yield struct.unpack_from(">II", content, 16)
    elif content.startswith(_JPEG):
        yield _jpeg_size(content)
    elif content.startswith(_TIFF):
        yield from _tiff_sizes(content)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        yield _webp_size(content)
    else:
        raise UnreadableDocument("type_mismatch")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while found := _JPEG_MARK.match(content, at):
        mark, at = found[1][0], found.end()
        if mark in _JPEG_BARE:
            continue
        if mark in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return width, height
        (length,) = struct.unpack_from(">H", content, at)
        at += length
    raise UnreadableDocument("corrupt")


def _webp_size(content: bytes) -> tuple[int, int]:
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return (
                int.from_bytes(content[24:27], "little") + 1,
                int.from_bytes(content[27:30], "little") + 1,
            )
    raise UnreadableDocument("corrupt")


def _tiff_sizes(content: bytes) -> Iterator[tuple[int, int]]:
    order = "<" if content[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    seen: set[int] = set()
    while at and at not in seen:
        seen.add(at)
        (entries,) = struct.unpack_from(f"{order}H", content, at)
        size = {_WIDTH: 0, _HEIGHT: 0}
        for entry in range(entries):
            tag, kind = struct.unpack_from(f"{order}HH", content, at + 2 + 12 * entry)
            if tag in size:
                form = f"{order}H" if kind == _TIFF_SHORT else f"{order}I"
                (size[tag],) = struct.unpack_from(form, content, at + 2 + 12 * entry + 8)
        yield size[_WIDTH], size[_HEIGHT]
        (at,) = struct.unpack_from(f"{order}I", content, at + 2 + 12 * entries)
