"""Recognises the text of one picture, with RapidOCR's models or, where it is installed, with Tesseract.

Both run in ``process``, which limits their memory and time.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from adapters.local.models.installed import installed_file
from ports.text_recogniser import Box, RecognisedLine

if TYPE_CHECKING:
    from PIL.Image import Image

Engine = Literal["rapidocr", "tesseract"]
Recognise = Callable[["Image"], list[RecognisedLine]]

CAPABILITY = "text_recogniser"
MODELS = {
    "rapidocr/models/PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "rapidocr/models/PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}
"""The model that finds lines and the model that reads them, each with its sha256."""
_LONGEST_SIDE = 2000
"""In pixels. RapidOCR shrinks a larger picture. A page at 200 dots per inch has 2,339. Larger pictures needed twice the
memory and gave the same words.
"""
SURE = 0.8
"""The least ``certainty`` of a page that is not read again in another way."""
_WORDS = 5
"""The level of words in Tesseract's table."""
_ANY_LAYOUT, _ONE_COLUMN = "3", "6"
_LOCAL_THRESHOLD = ("-c", "thresholding_method=2")
"""Sauvola's local threshold. With one threshold for the whole page, Tesseract takes the noise of a bad scan for ink and
finds nothing.
"""


def model_files() -> list[Path]:
    """The paths of RapidOCR's models. Raises ``Unavailable`` if they are missing or not the expected ones."""
    return [
        installed_file("rapidocr", name, sha256, capability=CAPABILITY) for name, sha256 in MODELS.items()
    ]


def rapidocr() -> Recognise:
    detector, reader = model_files()
    import numpy as np
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime"
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": _LONGEST_SIDE,
            "Global.use_cls": False,  # a page that stands on its head is turned as a whole, for the order of its lines
            "Global.text_score": 0.0,
            "Det.model_path": str(detector),
            "Rec.model_path": str(reader),
            f"{threads}.intra_op_num_threads": 1,
            f"{threads}.inter_op_num_threads": 1,
        }
    )

    def recognise(picture: Image) -> list[RecognisedLine]:
        found: Any = engine(np.asarray(picture.convert("RGB"))[:, :, ::-1])
        if not found.txts:
            return []
        return [
            RecognisedLine(text, float(score), _box([(x, y) for x, y in corners], *picture.size))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]

    return recognise


def tesseract() -> Recognise:
    from PIL import ImageFilter

    def recognise(picture: Image) -> list[RecognisedLine]:
        grey = picture.convert("L")
        lines = _by_tesseract(grey, layout=_ANY_LAYOUT)
        if certainty(lines) >= SURE:
            return lines
        # Tesseract finds no columns on a crooked and blurred page. It reads such a page as one column, after the noise
        # is removed.
        again = _by_tesseract(grey.filter(ImageFilter.GaussianBlur(1)), layout=_ONE_COLUMN)
        return max(lines, again, key=certainty)

    return recognise


def certainty(lines: Sequence[RecognisedLine]) -> float:
    """The mean confidence of the lines, weighted by their letters, 0 to 1. It is 0 if there are no letters."""
    letters = [sum(map(str.isalnum, line.text)) for line in lines]
    sure = sum(line.confidence * count for line, count in zip(lines, letters, strict=True))
    return sure / max(1, sum(letters))


def _by_tesseract(picture: Image, *, layout: str) -> list[RecognisedLine]:
    stored = io.BytesIO()
    picture.save(stored, "PPM")
    command = ["tesseract", "stdin", "stdout", "--dpi", "200", "--psm", layout, *_LOCAL_THRESHOLD, "tsv"]
    made = subprocess.run(  # noqa: S603  # no part of the command is a stranger's
        command,
        input=stored.getvalue(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # its threads wait for each other without pause
    )
    return lines_of_table(made.stdout.decode(errors="replace"), *picture.size)


def lines_of_table(table: str, width: int, height: int) -> list[RecognisedLine]:
    """The lines of a page, put together from Tesseract's table of words."""
    lines: defaultdict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == str(_WORDS) and (row["text"] or "").strip():
            lines[row["block_num"], row["par_num"], row["line_num"]].append(row)
    found = []
    for words in lines.values():
        corners = [
            (int(word["left"]) + right * int(word["width"]), int(word["top"]) + right * int(word["height"]))
            for word in words
            for right in (0, 1)
        ]
        letters = sum(len(word["text"]) for word in words)
        sure = sum(max(0.0, float(word["conf"])) * len(word["text"]) for word in words) / letters / 100
        found.append(
            RecognisedLine(
                " ".join(word["text"] for word in words), min(sure, 1.0), _box(corners, width, height)
            )
        )
    return found


def _box(corners: Sequence[tuple[float, float]], width: int, height: int) -> Box:
    across = [min(max(float(x) / width, 0.0), 1.0) for x, _ in corners]
    down = [min(max(float(y) / height, 0.0), 1.0) for _, y in corners]
    return Box(min(across), min(down), max(across), max(down))
