"""The process that recognises the text of one scan. If a decoder or a model crashes, only this process ends.

It is started as ``python -m adapters.local.recognition.process``. It reads a line of JSON (``Request``) and the scan
from its standard input. For each requested page that exists, it writes a line of JSON: the page's number and its lines
of text. The last line is ``null``. If the process ends before that, the page after the last written one crashed it.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import TYPE_CHECKING, TypedDict

from adapters.local.recognition import engines
from adapters.local.recognition.engines import Engine, Recognise
from adapters.local.recognition.pictures import pictures
from ports.text_recogniser import RecognisedLine, ScanType

if TYPE_CHECKING:
    from PIL.Image import Image

_FEWEST_LETTERS = 8
_TALL = 1.5
"""A line of text this many times as high as wide is tall. The lines of a page that lies on its side are tall."""


class Request(TypedDict):
    engine: Engine
    media_type: ScanType
    pages: list[int]
    memory: int
    """The limit of address space in bytes, in addition to what the process has once the engine is loaded."""
    page_cpu_seconds: int


def main() -> None:
    request: Request = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    recognise = engines.rapidocr() if request["engine"] == "rapidocr" else engines.tesseract()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _limit_memory(request["memory"] + 2 * len(content))
    _limit_cpu(request["page_cpu_seconds"])
    for number, picture in pictures(content, request["media_type"], request["pages"]):
        lines = upright(picture, recognise)
        _write_line({"page": number, "lines": [[line.text, line.confidence, *line.box] for line in lines]})
        _limit_cpu(request["page_cpu_seconds"])
    _write_line(None)


def upright(picture: Image, recognise: Recognise) -> list[RecognisedLine]:
    """The lines of the picture, after turning it by 90, 270 or 180 degrees if it does not stand upright. If no turn
    makes it upright, the lines are those of the picture that was not turned.
    """
    best = recognise(picture)
    if _stands(best, picture):
        return best
    for degrees in (90, 270, 180):
        turned = picture.rotate(degrees, expand=True)
        lines = recognise(turned)
        if _stands(lines, turned):
            return lines
    return best


def _stands(lines: list[RecognisedLine], picture: Image) -> bool:
    """Whether the lines are a page of text that stands upright."""
    letters = [sum(map(str.isalnum, line.text)) for line in lines]
    tall = sum(
        count
        for line, count in zip(lines, letters, strict=True)
        if (line.box.bottom - line.box.top) * picture.height
        > _TALL * (line.box.right - line.box.left) * picture.width
    )
    return (
        sum(letters) >= _FEWEST_LETTERS
        and engines.certainty(lines) >= engines.SURE
        and 2 * tall < sum(letters)
    )


def _limit_memory(more: int) -> None:
    try:
        with open("/proc/self/statm") as statistics:
            present = int(statistics.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (present + more, present + more))
    except (OSError, ValueError):
        pass  # macOS has neither; the laptop's own memory is the limit there


def _limit_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _write_line(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
