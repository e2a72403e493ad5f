"""How well scans are read: word recall, precision and cost per page, for each installed engine.

``python -m benchmarks.ocr FOLDER``: the folder has texts (``.md``, ``.txt``). From each text, two pages are made as
pictures at 200 dots per inch:

- ``scan``: turned by 0.7 degrees, blurred by a pixel, with a scanner's noise, as JPEG of quality 60,
- ``bad scan``: turned by -2 degrees, blurred by two pixels, with twice the noise, as JPEG of quality 30,
- ``on its side``: like ``scan``, turned by 90 degrees.

Pages of strokes and photographs are added; they must not be read as text. ``today`` is what Lyceum reads without text
recognition.
"""

from __future__ import annotations

import re
import resource
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from PIL import Image

from adapters.local.recognition.engines import Engine
from adapters.local.recognition.recogniser import LocalTextRecogniser, is_installed
from domain.documents.scanned_text import text_of
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.text_recogniser import Scan, UnrecognisableScan
from tests.support.scans import encoded, page_of_text, photograph, scanned, strokes

PAGES = 2
"""The number of pages that are made from each text."""
NOT_TEXT = 3
"""The number of pages of strokes, and of photographs."""
_MARKS = re.compile(r"[#*_>`|\[\]]|\(https?://\S+\)|^:::.*$", re.MULTILINE)
_WORD = re.compile(r"\w+(?:['’]\w+)*")

KINDS: dict[str, Callable[[Image.Image], bytes]] = {
    "scan": lambda page: encoded(scanned(page)),
    "bad scan": lambda page: encoded(scanned(page, turned=-2, blurred=2, noise=16), quality=30),
    "on its side": lambda page: encoded(scanned(page).rotate(90, expand=True)),
}


@dataclass
class Count:
    pages: int = 0
    shown: int = 0
    read: int = 0
    right: int = 0
    cpu: float = 0.0
    worst: float = field(default=1.0)

    def add(self, shown: str, read: str, cpu: float) -> None:
        truth, found = words(shown), words(read)
        right = (truth & found).total()
        self.pages += 1
        self.shown += truth.total()
        self.read += found.total()
        self.right += right
        self.cpu += cpu
        self.worst = min(self.worst, right / truth.total())


def words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def pages_of(folder: Path) -> list[tuple[Image.Image, str]]:
    pages = []
    for file in sorted([*folder.glob("*.md"), *folder.glob("*.txt")]):
        text = " ".join(_MARKS.sub(" ", file.read_text(encoding="utf-8")).split())
        for number in range(PAGES):
            page, shown = page_of_text(text, size=(34, 28, 40)[number % 3])
            if len(words(shown)) > 20:
                pages.append((page, shown))
            text = text.removeprefix(shown).strip()
    return pages


def recognised(engine: Engine, content: bytes) -> tuple[str | None, float]:
    """The recognised text, and the CPU seconds that it took, including the start of the process."""
    objects = InMemoryObjectStore(FrozenClock())
    scan = Scan("page", "page.jpg", "jpg", (1,), "recognised/")
    objects.put(scan.key, content, "image/jpeg")
    before = _cpu()
    recogniser = LocalTextRecogniser(objects, engine)
    recogniser.begin(scan)
    recogniser.finish()
    recogniser.close()
    try:
        [page] = recogniser.outcome(scan) or ()
    except UnrecognisableScan:
        return None, _cpu() - before
    return text_of(page), _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(engine: Engine, pages: Sequence[tuple[Image.Image, str]]) -> None:
    for kind, made in KINDS.items():
        count = Count()
        for page, shown in pages:
            text, cpu = recognised(engine, made(page))
            count.add(shown, text or "", cpu)
        print(
            f"  {engine:10}{kind:14}{count.right / count.shown:8.3f}{count.right / max(1, count.read):11.3f}"
            f"{count.worst:13.3f}{count.cpu / count.pages:12.1f}",
            flush=True,
        )
    for kind, picture in (("strokes", strokes), ("photographs", photograph)):
        as_text = 0
        cpu = 0.0
        for seed in range(NOT_TEXT):
            text, used = recognised(engine, encoded(picture(seed)))
            as_text += text is not None
            cpu += used
        summary = f"{as_text} of {NOT_TEXT} read as text"
        print(f"  {engine:10}{kind:14}{summary:>32}{cpu / NOT_TEXT:12.1f}", flush=True)


def main(folder: str) -> int:
    pages = pages_of(Path(folder))
    if not pages:
        print(f"Nothing to measure: there is no text in {folder}.")
        return 1
    engines = [engine for engine in get_args(Engine) if is_installed(engine)]
    if not engines:
        print("Nothing to measure: no engine is installed (`make test-ocr` installs one).")
        return 1
    print(f"{len(pages)} pages of {sum(words(shown).total() for _, shown in pages):,} words")
    print(f"  {'':10}{'':14}{'recall':>8}{'precision':>11}{'worst page':>13}{'CPU s/page':>12}")
    print(f"  {'today':10}{'all':14}{0:8.3f}{'-':>11}{0:13.3f}{0:12.1f}")
    for engine in engines:
        measure(engine, pages)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "samples/lessons"))
