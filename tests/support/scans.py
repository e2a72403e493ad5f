"""Makes scans: pictures of text pages, as scanners and cameras make them."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence

import numpy as np
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1654, 2339
"""In pixels: a sheet of A4 at 200 dots per inch."""
_MARGIN = 190


def page_of_text(
    text: str, *, size: int = 34, width: int = WIDTH, height: int = HEIGHT
) -> tuple[Image.Image, str]:
    """A page with as much of the text as fits, and the text on it. A newline begins a new line."""
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    top = _MARGIN
    shown: list[str] = []
    for paragraph in text.split("\n"):
        for line in _lines(paragraph.split(), draw, font, width - 2 * _MARGIN):
            if top > height - _MARGIN - size:
                return picture, " ".join(shown)
            draw.text((_MARGIN, top), line, font=font, fill=15)
            shown.append(line)
            top += round(1.5 * size)
    return picture, " ".join(shown)


def _lines(
    words: Sequence[str],
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    width: int,
) -> list[str]:
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def scanned(
    page: Image.Image, *, turned: float = 0.7, blurred: float = 1.0, noise: float = 8.0, seed: int = 1
) -> Image.Image:
    """The page as a scanner returns it: turned by some degrees, blurred by some pixels, with grey paper and noise."""
    turned_page = page.rotate(turned, Image.Resampling.BICUBIC, fillcolor=255)
    grey = np.asarray(turned_page.filter(ImageFilter.GaussianBlur(blurred)), dtype=float)
    noisy = grey * 0.9 + 12 + np.random.default_rng(seed).normal(0, noise, grey.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def strokes(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A page full of lines of loops that look like hasty handwriting."""
    drawn = random.Random(seed)
    picture = Image.new("L", (width, height), 248)
    draw = ImageDraw.Draw(picture)
    for line in range(_MARGIN, height - _MARGIN, 80):
        left = float(_MARGIN)
        while left < width - _MARGIN:
            points = []
            for _ in range(drawn.randint(2, 9)):
                phase, high = drawn.uniform(0, 6), drawn.choice((12, 15, 18, 34))
                slope, wide = drawn.uniform(-5, 5), drawn.uniform(15, 26)
                for step in range(8):
                    angle = step * math.pi / 4
                    across = left + wide * step / 8 + 6 * math.sin(angle + phase)
                    points.append((across, line - high * math.sin(angle / 2 + phase) + slope))
                left += wide
            draw.line(points, fill=40, width=drawn.choice((3, 4, 5)), joint="curve")
            left += drawn.uniform(20, 45)
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def photograph(seed: int, width: int = 1200, height: int = 1600) -> Image.Image:
    """A picture that looks like a photograph: slow changes of colour, various shapes, and a camera's noise."""
    made = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width]
    layers = [
        120
        + 80
        * np.sin(across / made.uniform(80, 400) + made.uniform(0, 6))
        * np.cos(down / made.uniform(80, 400))
        for _ in range(3)
    ]
    grain = np.stack(layers, axis=-1) + made.normal(0, 12, (height, width, 3))
    picture = Image.fromarray(grain.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    drawn = random.Random(seed)
    for _ in range(60):
        left, top = drawn.randint(0, width), drawn.randint(0, height)
        box = (left, top, left + drawn.randint(10, 300), top + drawn.randint(10, 300))
        colour = (drawn.randint(0, 255), drawn.randint(0, 255), drawn.randint(0, 255))
        drawn.choice((draw.ellipse, draw.rectangle))(box, fill=colour)
        ends = [(drawn.randint(0, width), drawn.randint(0, height)) for _ in range(3)]
        draw.line(ends, fill=colour, width=drawn.randint(1, 12))
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def encoded(picture: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    stored = io.BytesIO()
    picture.save(stored, format, **({"quality": 60} if format == "JPEG" else {}) | options)
    return stored.getvalue()


def pdf_of(pages: Sequence[Image.Image | str]) -> bytes:
    """A PDF with one page for each part: a picture at 200 dots per inch, or text."""
    document = FPDF(format="A4", unit="pt")
    document.set_font("helvetica", size=12)
    for page in pages:
        if isinstance(page, str):
            document.add_page()
            document.multi_cell(0, 16, page)
        else:
            width, height = (pixels * 72 / 200 for pixels in page.size)
            document.add_page(format=(width, height))
            document.image(io.BytesIO(encoded(page)), 0, 0, width, height)
    return bytes(document.output())
