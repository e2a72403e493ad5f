"""The pages of a scan as pictures, rendered by pdfium or decoded by Pillow."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ports.text_recogniser import ScanType

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_AN_INCH = 200
MAX_PIXELS = 100_000_000
"""The most pixels of a stored picture: about as many as a page at 1,200 dots per inch. A larger picture is not decoded.
"""
_LONGEST_SIDE = 4000
"""The longest side, in pixels, of a picture that an engine gets."""
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")


class TooManyPixels(Exception):
    """The picture has more pixels than are decoded."""


def pictures(content: bytes, media_type: ScanType, pages: Sequence[int]) -> Iterator[tuple[int, Image]]:
    """The requested pages that exist in the scan, with their numbers. Any error of a decoder may be raised."""
    if media_type == "pdf":
        yield from _rendered(content, pages)
    else:
        yield from _decoded(content, pages)


def _rendered(content: bytes, pages: Sequence[int]) -> Iterator[tuple[int, Image]]:
    import pypdfium2

    start = max(0, content.find(b"%PDF-", 0, 1024))
    document = pypdfium2.PdfDocument(content[start:] if start else content)
    for number in pages:
        if number > len(document):
            return
        page = document[number - 1]
        longest = max(page.get_size())
        scale = min(DOTS_AN_INCH / 72, _LONGEST_SIDE / max(longest, 1.0))
        yield number, page.render(scale=scale, grayscale=True).to_pil()
        page.close()


def _decoded(content: bytes, pages: Sequence[int]) -> Iterator[tuple[int, Image]]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours is checked before anything is decoded
    with Image.open(io.BytesIO(content), formats=_FORMATS) as stored:
        for number in pages:
            if number > getattr(stored, "n_frames", 1):
                return
            stored.seek(number - 1)
            if stored.width * stored.height > MAX_PIXELS:
                raise TooManyPixels
            stored.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            picture = ImageOps.exif_transpose(_on_white(stored))
            picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            yield number, picture


def _on_white(stored: Image) -> Image:
    """The picture in grey or colour, without transparency."""
    from PIL import Image

    if stored.mode.startswith("I") or stored.mode == "F":
        low, high = stored.convert("F").getextrema()
        if not isinstance(low, float) or not isinstance(high, float) or high <= low:
            return Image.new("L", stored.size, 255)
        return stored.convert("F").point(lambda value: (value - low) * (255 / (high - low))).convert("L")
    if "A" in stored.getbands() or "transparency" in stored.info:
        picture = stored.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    return stored.convert("L" if stored.mode in ("1", "L") else "RGB")
