"""Reads a folder of real documents: which ones can be read, and how fast, compared with plain pypdf.

``python -m benchmarks.samples_ingest FOLDER`` reads each file that ``FOLDER/expected.csv`` names. Its columns are
``file`` and ``outcome``: ``completed`` or the code of an error; several are separated by "or"; a remark may follow
after a comma. For each file it prints the outcome and whether it was expected. If there is a ``<file>.gt.txt``, it
prints the share of the words of that reference text that were found. Then this project and pypdf's own
``extract_text`` read the PDFs with text, in turns. The exit code is 1 if an outcome was not expected.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import re
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from pypdf import PdfReader

from adapters.extractors import DocumentTextExtractor
from adapters.system import SystemClock
from ports.text_extractor import ExtractionLimits, MediaType, PageText, UnreadableDocument

LIMITS = ExtractionLimits(
    max_bytes=50 * 1024 * 1024, max_pages=2_000, max_characters=10_000_000, max_seconds=300
)
KINDS = get_args(MediaType)
ROUNDS = 2
WORD = re.compile(r"\w+")


@dataclass
class Reading:
    outcome: str
    seconds: float
    pages: list[PageText] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(page.text for page in self.pages)


def read(extractor: DocumentTextExtractor, path: Path) -> Reading:
    content = path.read_bytes()
    kind = cast(MediaType, path.suffix[1:].lower())
    started = time.perf_counter()
    try:
        pages = list(extractor.extract(content, kind, LIMITS).pages)
    except UnreadableDocument as refused:
        return Reading(refused.code, time.perf_counter() - started)
    return Reading("completed", time.perf_counter() - started, pages)


def expectations(folder: Path) -> dict[str, set[str]]:
    with (folder / "expected.csv").open(newline="", encoding="utf-8") as table:
        return {
            row["file"]: set(row["outcome"].partition(",")[0].replace(" or ", " ").split())
            for row in csv.DictReader(table)
        }


def words_found(text: str, reference: Path) -> float | None:
    """The share of the reference's words that ``text`` contains equally often; None if there is no reference."""
    content = reference.read_bytes() if reference.exists() else b""
    if not content or b"\x00" in content:
        return None
    wanted = words(content.decode("utf-8-sig", "replace"))
    return (wanted & words(text)).total() / wanted.total() if wanted else None


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def report(extractor: DocumentTextExtractor, folder: Path) -> int:
    """Print a line for each file. Returns the number of outcomes that were not expected."""
    print(f"{'file':52} {'outcome':20} {'':5} {'pages':>5} {'characters':>10} {'seconds':>7} {'words':>6}")
    expected = expectations(folder)
    wrong = 0
    for name, outcomes in expected.items():
        if Path(name).suffix[1:].lower() not in KINDS:
            print(f"{name[-52:]:52} has a type that is not supported")
            continue
        reading = read(extractor, folder / name)
        verdict = "ok" if reading.outcome in outcomes else "WRONG"
        wrong += verdict == "WRONG"
        share = words_found(reading.text, folder / f"{name}.gt.txt") if reading.pages else None
        print(
            f"{name[-52:]:52} {reading.outcome:20} {verdict:5} {len(reading.pages):5} {len(reading.text):10,} "
            f"{reading.seconds:7.2f} {'' if share is None else format(share, '6.1%')}"
        )
        for page in reading.pages:
            if page.warning:
                print(f"    {page.warning}")
    print(f"\n{len(expected) - wrong} of {len(expected)} as expected")
    return wrong


def bare_pypdf(content: bytes) -> int:
    """Read the PDF with pypdf alone. Returns the number of pages."""
    pages = PdfReader(io.BytesIO(content)).pages
    for page in pages:
        try:
            page.extract_text()
        except Exception as error:
            logging.getLogger(__name__).debug("unreadable", exc_info=error)
    return len(pages)


def compare_speed(extractor: DocumentTextExtractor, paths: list[Path]) -> None:
    contents = [path.read_bytes() for path in paths]

    def ours(content: bytes) -> int:
        return len(list(extractor.extract(content, "pdf", LIMITS).pages))

    readers: dict[str, Callable[[bytes], int]] = {"this project": ours, "bare pypdf": bare_pypdf}
    seconds = dict.fromkeys(readers, 0.0)
    pages = 0
    for round_number in range(ROUNDS):
        for content in contents:
            # They take turns in being first, because the second one finds warm caches.
            for name in sorted(readers, reverse=bool(round_number % 2)):
                started = time.process_time()
                count = readers[name](content)
                seconds[name] += time.process_time() - started
            pages += count
    rates = {name: pages / spent for name, spent in seconds.items()}
    for name, rate in rates.items():
        print(f"{name:12} {rate:7.1f} pages/s of CPU")
    print(f"ratio        {rates['this project'] / rates['bare pypdf']:7.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    if not (folder / "expected.csv").is_file():
        print(
            f"{folder} contains no expected.csv, so there is nothing to read. The samples are not part of the project."
        )
        return 2
    extractor = DocumentTextExtractor(SystemClock())
    wrong = report(extractor, folder)
    readable = [
        folder / name
        for name, outcomes in expectations(folder).items()
        if name.lower().endswith(".pdf") and outcomes == {"completed"}
    ]
    if readable:
        compare_speed(extractor, readable)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory  {peak:7.0f} MiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
