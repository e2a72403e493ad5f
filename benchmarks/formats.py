"""How many words of documents other than PDFs are read, and how many of the read words are right.

``python -m benchmarks.formats FOLDER`` reads every such file below the folder with this project's reader, and with a
simple reader as the reference. The reference has the words of the format's own XML, or of the page's tree for HTML;
where python-pptx, openpyxl and striprtf are installed, they are used. For each format it prints the words recalled and
the precision over the files that both read, and the share of files that are read. It also prints the files that recall
less than .95 of the reference (which also has invisible text: hidden sheets, comments, values that are shown as dates).
``--baseline DIRECTORY`` measures the reader of another checkout too. The exit code is 1 if the reader raises any error
except a refusal.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

WORD = re.compile(r"[^\W_]+")
LITTLE = 0.95
HERE = Path(__file__).resolve().parents[1]
_WORD_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def _xml(content: bytes, wanted: Callable[[str], bool]) -> Iterator[Any]:
    from lxml import etree  # type: ignore[import-untyped]

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if wanted(name):
                yield etree.fromstring(package.read(name))


def _paragraphs(root: Any, namespace: str) -> Iterator[str]:
    for paragraph in root.iter(f"{namespace}p"):
        texts = paragraph.iter(*(f"{namespace}{name}" for name in ("t", "tab", "br")))
        yield "".join(each.text or "" if each.tag == f"{namespace}t" else " " for each in texts)


def _docx(content: bytes) -> str:
    (root,) = _xml(content, lambda name: name == "word/document.xml")
    return "\n".join(_paragraphs(root, _WORD_TEXT))


def _pptx(content: bytes) -> str:
    slides = re.compile(r"ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml").fullmatch
    roots = _xml(content, lambda name: slides(name) is not None)
    return "\n".join(line for root in roots for line in _paragraphs(root, _DRAWING_TEXT))


def _opendocument(content: bytes) -> str:
    (root,) = _xml(content, lambda name: name == "content.xml")
    return " ".join(root.itertext())


def _html(content: bytes) -> str:
    from lxml import html

    root = html.fromstring(content)
    for element in root.xpath("//script|//style|//head|//noscript|//comment()"):
        element.drop_tree()
    return " ".join(root.itertext())


def _xlsx(content: bytes) -> str:
    openpyxl = importlib.import_module("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return "\n".join(
        str(value)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    )


def _rtf(content: bytes) -> str:
    striprtf = importlib.import_module("striprtf.striprtf")
    return str(striprtf.rtf_to_text(content.decode("latin-1"), errors="ignore"))


REFERENCES: dict[str, Callable[[bytes], str]] = {
    "docx": _docx,
    "pptx": _pptx,
    "odt": _opendocument,
    "odp": _opendocument,
    "ods": _opendocument,
    "html": _html,
    "xlsx": _xlsx,
    "rtf": _rtf,
}
NEEDED = {"xlsx": "openpyxl", "rtf": "striprtf"}


def kind_of(path: Path) -> str | None:
    from domain.base.errors import LyceumError
    from domain.documents.document import extension_of

    try:
        return extension_of(path.name)
    except LyceumError:
        return None


def read_all(paths: list[Path]) -> Iterator[dict[str, Any]]:
    from adapters.extractors import DocumentTextExtractor
    from adapters.system import SystemClock
    from ports.text_extractor import ExtractionLimits, MediaType

    limits = ExtractionLimits(
        max_bytes=200 * 2**20, max_pages=5_000, max_characters=50_000_000, max_seconds=600
    )
    extractor = DocumentTextExtractor(SystemClock())
    for path in paths:
        kind = kind_of(path)
        if kind is None:
            yield {"error": "LyceumError", "code": "unsupported_type"}
            continue
        try:
            pages = extractor.extract(path.read_bytes(), cast(MediaType, kind), limits).pages
            yield {"text": "\n".join(page.text for page in pages)}
        except Exception as error:
            yield {"error": type(error).__name__, "code": getattr(error, "code", None)}


def readings(checkout: Path, paths: list[Path]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, __file__, "--read"],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def referred(reference: Callable[[bytes], str], path: Path) -> Counter[str]:
    """The words that the reference reader finds; empty if it cannot read the file."""
    try:
        return words_of(reference(path.read_bytes()))
    except Exception:
        return Counter()


def words_of(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--baseline", type=Path, help="another checkout, whose reader is measured too")
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.read:
        for reading in read_all([Path(line) for line in sys.stdin.read().splitlines()]):
            print(json.dumps(reading))
        return 0
    if told.folder is None or not told.folder.is_dir():
        print(f"There is no folder {told.folder}: name one with documents in it.")
        return 2
    paths = sorted(path.resolve() for path in told.folder.rglob("*") if kind_of(path) in REFERENCES)
    if not paths:
        print(f"No document of {', '.join(REFERENCES)} is in {told.folder}.")
        return 2
    readers = {"ours": readings(HERE, paths)}
    if told.baseline:
        readers["baseline"] = readings(told.baseline.resolve(), paths)
    for kind, reference in REFERENCES.items():
        own = [place for place, path in enumerate(paths) if kind_of(path) == kind]
        if not own:
            continue
        if kind in NEEDED and importlib.util.find_spec(NEEDED[kind]) is None:
            print(f"{kind}: {NEEDED[kind]} is not installed, so there is no reference")
            continue
        for name, read in readers.items():
            common = wanted = found = 0
            little = []
            for place in own:
                right = referred(reference, paths[place])
                got = words_of(read[place].get("text", ""))
                if "text" not in read[place] or not right:
                    continue
                recalled = (right & got).total()
                common, wanted, found = common + recalled, wanted + right.total(), found + got.total()
                if recalled < LITTLE * right.total():
                    little.append(f"  {recalled / right.total():.3f} {paths[place].name}")
            are_read = sum("text" in read[place] for place in own)
            print(
                f"{kind}: {name} recall {common / max(1, wanted):.4f} precision {common / max(1, found):.4f}, "
                f"{are_read} of {len(own)} files read"
            )
            if name == "ours" and little:
                print("\n".join(little))
    raised = [
        (path, reading["error"])
        for path, reading in zip(paths, readers["ours"], strict=True)
        if reading.get("error") and not reading["code"]
    ]
    for path, error in raised:
        print(f"RAISED {error}: {path}")
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
