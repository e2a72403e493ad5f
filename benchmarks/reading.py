"""How many words of PDFs are read, how many of the read words are right, and how much CPU time that takes.

``python -m benchmarks.reading FOLDER`` reads every PDF below the folder with this project's reader, with bare
pypdfium2, and with ``pdftotext`` if it is installed. Each of the other two serves as a reference. For each reference it
prints the words recalled and the precision over all files that both read, and the files in which this project recalls
less of the reference than bare pypdfium2 by more than .05. Lines that a reader repeats on half of a document's pages
(running heads, page numbers) are left out of every reading, because this project removes them on purpose; ``--whole``
keeps them. A second figure also leaves out the lines that recur at the edges of four pages, such as the heads of chapters
and the lines of a wrapped foot. ``--baseline DIRECTORY`` also measures the reader of another checkout. Each reader runs in a process of its
own, and the CPU time of the process and its children is measured. The exit code is 1 if the reader raises any error
except a refusal.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

WORD = re.compile(r"[^\W_]+")
ARABIC_WORD = re.compile("[\u0620-\u06d3]{2,}")
"""Arabic fonts draw some letters as one sign. pdfium gives them in reverse order: the order of letters is not compared."""
WORSE = 0.05
HERE = Path(__file__).resolve().parents[1]


def pages_of_this_project(path: Path) -> list[str]:
    from adapters.extractors import DocumentTextExtractor
    from adapters.system import SystemClock
    from ports.text_extractor import ExtractionLimits

    limits = ExtractionLimits(
        max_bytes=200 * 1024 * 1024, max_pages=5_000, max_characters=50_000_000, max_seconds=600
    )
    extractor = DocumentTextExtractor(SystemClock())
    return [page.text for page in extractor.extract(path.read_bytes(), "pdf", limits).pages]


def pages_of_pypdfium2(path: Path) -> list[str]:
    import pypdfium2

    texts = []
    document = pypdfium2.PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        texts.append(text_page.get_text_range() if text_page.count_chars() else "")
        text_page.close()
        page.close()
    return texts


def pages_of_pdftotext(path: Path) -> list[str]:
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, timeout=120
    )
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


READERS: dict[str, Callable[[Path], list[str]]] = {
    "ours": pages_of_this_project,
    "pypdfium2": pages_of_pypdfium2,
    "pdftotext": pages_of_pdftotext,
}


def read_all(reader: str, paths: list[Path]) -> Iterator[dict[str, Any]]:
    """The reader's result for each file: its pages, or the error."""
    for path in paths:
        started = time.perf_counter()
        try:
            result: dict[str, Any] = {"pages": READERS[reader](path)}
        except Exception as error:
            result = {"error": type(error).__name__, "code": getattr(error, "code", None)}
        yield result | {"seconds": time.perf_counter() - started}


def readings(reader: str, checkout: Path, paths: list[Path]) -> tuple[list[dict[str, Any]], float]:
    """The result of ``read_all`` in a new process that imports from ``checkout``, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, __file__, "--read", reader],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [json.loads(line) for line in done.stdout.splitlines()], spent


def running_lines(pages: list[str]) -> set[str]:
    """The first and last lines that are the same on half of the pages, apart from their digits."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [_without_digits(line) for line in page.splitlines() if line.strip()]
        seen.update({*lines[:2], *lines[-2:]})
    return {line for line, count in seen.items() if count >= max(3, len(pages) / 2)}


def recurring_lines(pages: list[str]) -> set[str]:
    """The running lines, and those that are among the first or last four lines of four pages, apart from their digits."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [_without_digits(line) for line in page.splitlines() if line.strip()]
        seen.update({*lines[:4], *lines[-4:]})
    return running_lines(pages) | {line for line, count in seen.items() if count >= 4}


def no_lines(pages: list[str]) -> set[str]:
    return set()


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).casefold())


def words_of(pages: list[str], *, left_out: set[str]) -> Counter[str]:
    words: Counter[str] = Counter()
    for page in pages:
        kept = "\n".join(line for line in page.splitlines() if _without_digits(line) not in left_out)
        # pdfium writes U+FFFE for the hyphen at a line's end.
        whole = re.sub(r"(?:\ufffe|\u00ad\n|(?<=[a-z])-\r?\n(?=[a-z]))", "", kept)
        plain = unicodedata.normalize("NFKC", whole).casefold()
        words.update(WORD.findall(ARABIC_WORD.sub(lambda letters: "".join(sorted(letters[0])), plain)))
    return words


def compare(
    reference: list[dict[str, Any]],
    ours: list[dict[str, Any]],
    other: list[dict[str, Any]],
    removed: Callable[[list[str]], set[str]],
) -> tuple[float, float, float, list[tuple[float, int]]]:
    """The recall and precision of ``ours``, the recall of ``other``, and the files in which ours recalls less. The lines
    ``removed`` of the reference's pages do not count.
    """
    common = wanted = result = found = 0
    worse = []
    for number, (right, read, beside) in enumerate(zip(reference, ours, other, strict=True)):
        pages = right.get("pages")
        if not pages or (
            "pages" not in read and read.get("code") is not None and not any(map(str.strip, pages))
        ):
            continue
        left_out = removed(pages)
        expected, got, others = (
            words_of(each.get("pages", []), left_out=left_out) for each in (right, read, beside)
        )
        total = expected.total()
        if not total:
            continue
        recalled, also = (expected & got).total(), (expected & others).total()
        common, wanted, result, found = common + recalled, wanted + total, result + got.total(), found + also
        if also / total - recalled / total > WORSE:
            worse.append((recalled / total - also / total, number))
    return common / max(1, wanted), common / max(1, result), found / max(1, wanted), sorted(worse)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--baseline", type=Path, help="another checkout, whose reader is measured too")
    parser.add_argument("--whole", action="store_true", help="keep running lines in")
    parser.add_argument("--read", choices=READERS, help=argparse.SUPPRESS)
    result = parser.parse_args()
    if result.read:
        for reading in read_all(result.read, [Path(line) for line in sys.stdin.read().splitlines()]):
            print(json.dumps(reading))
        return 0
    if result.folder is None or not result.folder.is_dir():
        print(f"There is no folder {result.folder}: name one with PDFs in it.")
        return 2
    paths = sorted(path.resolve() for path in result.folder.rglob("*") if path.suffix.lower() == ".pdf")
    if not paths:
        print(f"No PDF is in {result.folder}.")
        return 2
    ours, cpu = readings("ours", HERE, paths)
    bare, bare_cpu = readings("pypdfium2", HERE, paths)
    pages = sum(len(reading.get("pages", [])) for reading in ours)
    print(f"{len(paths)} files, {pages} pages read; CPU s: ours {cpu:.1f}, pypdfium2 {bare_cpu:.1f}", end="")
    rows = [("ours", ours)]
    if result.baseline:
        before, before_cpu = readings("ours", result.baseline.resolve(), paths)
        rows.append(("baseline", before))
        print(f", baseline {before_cpu:.1f}", end="")
    print(f"; ours / pypdfium2 {cpu / bare_cpu:.2f}")
    references = {"pypdfium2": bare}
    if shutil.which("pdftotext"):
        references["pdftotext"] = readings("pdftotext", HERE, paths)[0]
    else:
        print("pdftotext is not installed: pypdfium2 is the only reference")
    for reference, right in references.items():
        for name, read in rows:
            removed = no_lines if result.whole else running_lines
            recall, precision, recall_of_bare, worse = compare(right, read, bare, removed)
            print(
                f"against {reference}: {name} recall {recall:.4f} precision {precision:.4f} "
                f"(pypdfium2 recall {recall_of_bare:.4f}); worse by > {WORSE} in {len(worse)} files"
            )
            for difference, number in worse if name == "ours" else []:
                print(f"  {difference:+.3f} {paths[number].name} {ours[number].get('code') or ''}")
            within, _, _, still = compare(right, read, bare, recurring_lines)
            print(
                f"  without recurring lines at the edges of pages: recall {within:.4f}; worse in {len(still)} files"
            )
    raised = [
        (path, reading)
        for path, reading in zip(paths, ours, strict=True)
        if reading.get("error") and not reading["code"]
    ]
    for path, reading in raised:
        print(f"RAISED {reading['error']}: {path}")
    slowest = sorted(zip(paths, ours, strict=True), key=lambda each: -each[1]["seconds"])[:3]
    print("slowest:", ", ".join(f"{path.name} {reading['seconds']:.1f} s" for path, reading in slowest))
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
