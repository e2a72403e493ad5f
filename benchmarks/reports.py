"""How often the numbers of an answer are in the first five passages, for reports with many tables.

``python -m benchmarks.reports FOLDER``: the folder has PDFs and ``qna_data.csv``, whose columns are ``Question``,
``Source Docs`` (the name of a PDF between asterisks) and ``Answer``, as in the 10-Q set of docugami's KG-RAG-datasets.
All reports are in one library. A number of an answer counts if it has three digits or more and is not a year.

- dense: likeness of the vectors (all-MiniLM-L6-v2), as the baseline;
- words: ranked as in the service, but without the meaning of table rows;
- ranked: ranked as in the service.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np

from adapters.extractors import DocumentTextExtractor
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.system import SystemClock
from benchmarks.chunking import TOP
from domain.documents.chunking import chunk, index_text
from domain.documents.layout import Layouts, PlacedHeading
from domain.documents.ranking import CANDIDATES, SPARSE_WEIGHT, SearchMatch, rank
from domain.text.lexical import sparse_document, sparse_query
from ports.text_extractor import ExtractionLimits

LIMITS = ExtractionLimits(max_bytes=50_000_000, max_pages=1_000, max_characters=5_000_000, max_seconds=120)
BATCH = 32
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Question:
    text: str
    numbers: frozenset[str]


def numbers(text: str) -> set[str]:
    return {number.strip(",") for number in _NUMBER.findall(text)}


def questions(path: Path, documents: set[str]) -> list[Question]:
    """The questions about exactly one document whose answer has numbers."""
    found = []
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            answer = row["Answer"].partition("SOURCE")[0]
            wanted = {
                number
                for number in numbers(answer)
                if sum(map(str.isdigit, number)) >= 3 and not _YEAR.fullmatch(number)
            }
            if row["Source Docs"].strip().strip("*") in documents and wanted:
                found.append(Question(row["Question"], frozenset(wanted)))
    return found


def chunks_of(path: Path) -> list[SearchMatch]:
    extraction = DocumentTextExtractor(SystemClock()).extract(path.read_bytes(), "pdf", LIMITS)
    starts: list[int] = []
    headings: list[PlacedHeading] = []
    text = ""
    for page in extraction.pages:
        text += "\n\n" if starts else ""
        starts.append(len(text))
        headings += [PlacedHeading(len(text) + one.start, one.level, one.text) for one in page.headings]
        text += page.text
    layouts = Layouts(text, starts, headings)
    return [
        SearchMatch(
            id=f"{path.stem} {piece.index}",
            document_id=path.stem,
            title=extraction.title or path.name,
            heading=piece.heading,
            text=text[piece.start : piece.end],
            score=0.0,
            column_heads=layouts.of(piece.start, piece.end).column_heads,
        )
        for piece in chunk(text, starts, [(one.start, one.text) for one in headings])
    ]


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.reports FOLDER")
        return 2
    folder = Path(arguments[0])
    paths = sorted(folder.glob("*.pdf"))
    if not paths or not (folder / "qna_data.csv").is_file():
        print(f"Nothing to measure: {folder} does not contain PDFs and qna_data.csv.")
        return 1
    asked = questions(folder / "qna_data.csv", {path.stem for path in paths})
    chunks = [piece for path in paths for piece in chunks_of(path)]
    indexed = [index_text(one.title, one.heading, one.text, one.column_heads) for one in chunks]
    embedder = MiniLMEmbedder()
    vectors = np.array(
        [
            vector
            for at in range(0, len(indexed), BATCH)
            for vector in embedder.embed(indexed[at : at + BATCH])
        ]
    )
    sparse = [dict(zip(*sparse_document(text), strict=True)) for text in indexed]
    shares: dict[str, list[float]] = {"dense": [], "words": [], "ranked": []}
    for question, vector in zip(asked, embedder.embed([one.text for one in asked]), strict=True):
        likeness = vectors @ np.array(vector)
        weights = dict(zip(*sparse_query(question.text), strict=True))
        scores = likeness + SPARSE_WEIGHT * np.array(
            [sum(weight * one.get(term, 0.0) for term, weight in weights.items()) for one in sparse]
        )
        candidates = [
            replace(chunks[at], score=float(scores[at]))
            for at in np.argsort(-scores, kind="stable")[:CANDIDATES]
        ]
        without = [replace(one, text=one.text.replace(" | ", " "), column_heads=None) for one in candidates]
        found = {
            "dense": [chunks[at].text for at in np.argsort(-likeness, kind="stable")[:TOP]],
            "words": [one.candidate.text for one in rank(question.text, without, limit=TOP)],
            "ranked": [one.candidate.text for one in rank(question.text, candidates, limit=TOP)],
        }
        for way, texts in found.items():
            told = set().union(*map(numbers, texts))
            shares[way].append(len(question.numbers & told) / len(question.numbers))
    print(f"{len(paths)} reports, {len(chunks)} chunks, {len(asked)} questions")
    print(f"share of an answer's numbers in the first {TOP} passages:")
    for way, values in shares.items():
        print(f"  {way:8}{mean(values):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
