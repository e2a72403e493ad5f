"""How fast documents are cut into chunks, and how well the chunks are found again.

``python -m benchmarks.chunking FOLDER``: the folder contains ``questions.json`` (corpus, question and the spans
that answer it) and one ``<corpus>.md`` for each corpus. The baseline is langchain's recursive splitter with
the same size and overlap. Both are searched in the same four ways:

- dense: similarity of the vectors (all-MiniLM-L6-v2);
- lexical: BM25 over the corpus;
- store: one hybrid query to a vector store, in the order of the store;
- ranked: the same query, with its matches ranked by ``domain.documents.ranking``, as the service does it.

``recall`` is the share of the answer's characters that the five best chunks contain (chunks have at most 1,000
characters). ``hit`` is the share of questions for which one of them contains a part of the answer. ``mrr`` is the mean
of 1 divided by the rank of the first such chunk. With a few hundred questions, chance changes these by more than one
percentage point. So the splitters are also compared with many generated questions: four words from one to three
consecutive sentences, which the best chunk should contain completely.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path
from statistics import mean, stdev

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter
from numpy.typing import NDArray

from adapters.local.models.embedder import MiniLMEmbedder
from domain.documents.chunking import CHUNK_CHARACTERS, OVERLAP_CHARACTERS, chunk
from domain.documents.ranking import ANSWERS, CANDIDATES, SPARSE_WEIGHT, Ranked, SearchMatch, rank
from domain.text.lexical import K1, STOP_TOKENS, B, sparse_document, sparse_query, tokens
from ports.embedder import Embedder
from ports.text.sentences import sentence_spans

TOP = 5
SPEED_CHARACTERS = 5_000_000
RUNS = 5
MADE_UP = 1_000
WORDS = 4
SHORT_SENTENCE = 40
SEED = 20_240_501

Span = tuple[int, int]
Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    corpus: str
    text: str
    spans: tuple[Span, ...]


class Index:
    """The chunks of one corpus. Each way of searching returns positions in ``spans``, best first."""

    def __init__(self, text: str, spans: Sequence[Span], embedder: Embedder) -> None:
        self.spans = spans
        self._scale = embedder.scale
        self._texts = [text[start:end] for start, end in spans]
        self._dense: Vectors = np.array(embedder.embed(self._texts))
        self._sparse = [dict(zip(*sparse_document(text), strict=True)) for text in self._texts]
        self._counts = [Counter(tokens(text)) for text in self._texts]
        lengths = [counts.total() for counts in self._counts]
        self._lengths = [length / mean(lengths) for length in lengths]
        self._having = Counter(token for counts in self._counts for token in counts)

    def dense(self, question: str, vector: Vectors) -> list[int]:
        return _best_first(self._dense @ vector)

    def lexical(self, question: str, vector: Vectors | None = None) -> list[int]:
        scores = np.zeros(len(self._texts))
        for token in set(tokens(question)) - STOP_TOKENS:
            having = self._having[token]
            rarity = log(1 + (len(self._texts) - having + 0.5) / (having + 0.5))
            for at, counts in enumerate(self._counts):
                count = counts[token]
                norm = 1 - B + B * self._lengths[at] if count else 1.0
                scores[at] += rarity * count * (K1 + 1) / (count + K1 * norm)
        return _best_first(scores)

    def store(self, question: str, vector: Vectors) -> list[int]:
        return _best_first(self._hybrid(question, vector))

    def ranked(self, question: str, vector: Vectors) -> list[int]:
        return [int(ranked.candidate.id) for ranked in self.passages(question, vector)]

    def passages(self, question: str, vector: Vectors) -> list[Ranked]:
        scores = self._hybrid(question, vector)
        candidates = [
            SearchMatch(str(at), "document", None, None, self._texts[at], float(scores[at]))
            for at in _best_first(scores)[:CANDIDATES]
        ]
        return rank(question, candidates, limit=TOP, scale=self._scale)

    def _hybrid(self, question: str, vector: Vectors) -> Vectors:
        weights = dict(zip(*sparse_query(question), strict=True))
        shared = [
            sum(weight * document.get(term, 0.0) for term, weight in weights.items())
            for document in self._sparse
        ]
        scores: Vectors = self._dense @ vector + SPARSE_WEIGHT * np.array(shared)
        return scores


def _best_first(scores: Vectors) -> list[int]:
    return [int(at) for at in np.argsort(-scores, kind="stable")]


def recalled(wanted: Sequence[Span], found: Sequence[Span]) -> float:
    """The share of the wanted characters that the found spans contain, 0 to 1."""
    characters = {place for start, end in wanted for place in range(start, end)}
    covered = {place for start, end in found for place in range(start, end)}
    return len(characters & covered) / len(characters)


def first_hit(wanted: Sequence[Span], found: Sequence[Span]) -> int | None:
    """The rank, from 1, of the first found span that overlaps a wanted one; None if none does."""
    for place, (start, end) in enumerate(found, 1):
        if any(start < b and a < end for a, b in wanted):
            return place
    return None


def our_spans(text: str) -> list[Span]:
    return [(piece.start, piece.end) for piece in chunk(text, [0])]


def _langchain(*, places: bool) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS, add_start_index=places
    )


def langchain_spans(text: str) -> list[Span]:
    pieces = _langchain(places=True).create_documents([text])
    starts = [int(piece.metadata["start_index"]) for piece in pieces]
    return [(start, start + len(piece.page_content)) for start, piece in zip(starts, pieces, strict=True)]


def least_seconds(work: Callable[[], object]) -> float:
    """The seconds of the fastest of several runs, because a busy machine makes runs slower, never faster."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def print_speeds(texts: dict[str, str]) -> None:
    """Print the speeds for all texts and for each corpus: langchain's speed depends on the length of paragraphs."""
    print(f"{'':24}{'ours':>10}{'langchain':>12}{'ratio':>8}")
    for name, sample in {**texts, "all": "\n\n".join(texts.values())}.items():
        text = sample * (SPEED_CHARACTERS // len(sample) + 1)
        megabytes = len(text.encode()) / 1e6
        ours = least_seconds(lambda text=text: chunk(text, [0]))  # type: ignore[misc]
        theirs = least_seconds(lambda text=text: _langchain(places=False).split_text(text))  # type: ignore[misc]
        speeds = f"{megabytes / ours:>5.1f} MB/s{megabytes / theirs:>7.1f} MB/s"
        print(f"{name:24}{speeds}{theirs / ours:>7.1f}x")


def print_quality(
    name: str, indexes: dict[str, Index], questions: Sequence[Question], vectors: Sequence[Vectors]
) -> None:
    sizes = [end - start for index in indexes.values() for start, end in index.spans]
    print(f"\n{name}: {len(sizes)} chunks of {mean(sizes):.0f} characters")
    print(f"{'':24}{'recall':>8}{'hit':>8}{'mrr':>8}   recall by corpus")
    for way in (Index.dense, Index.lexical, Index.store, Index.ranked):
        recalls: dict[str, list[float]] = {corpus: [] for corpus in indexes}
        hits = []
        for question, vector in zip(questions, vectors, strict=True):
            index = indexes[question.corpus]
            found = [index.spans[at] for at in way(index, question.text, vector)[:TOP]]
            recalls[question.corpus].append(recalled(question.spans, found))
            hits.append(first_hit(question.spans, found))
        recall = mean(value for values in recalls.values() for value in values)
        hit = mean(place is not None for place in hits)
        mrr = mean(1 / place if place else 0.0 for place in hits)
        by_corpus = ", ".join(f"{corpus} {mean(values):.3f}" for corpus, values in recalls.items())
        print(f"  {way.__name__:22}{recall:>8.3f}{hit:>8.3f}{mrr:>8.3f}   {by_corpus}")


def made_up(text: str, rng: random.Random) -> list[tuple[str, Span]]:
    """Generated questions: words, and the span of the sentences that they come from."""
    sentences = [span for span in sentence_spans(text) if span[1] - span[0] > SHORT_SENTENCE]
    found = []
    for _ in range(MADE_UP):
        first = rng.randrange(len(sentences) - 2)
        start, end = sentences[first][0], sentences[first + rng.randrange(3)][1]
        words = sorted(set(tokens(text[start:end])) - STOP_TOKENS)
        if end - start < CHUNK_CHARACTERS and len(words) >= WORDS:
            found.append((" ".join(rng.sample(words, WORDS)), (start, end)))
    return found


def print_made_up(indexes: dict[str, Index], texts: dict[str, str]) -> None:
    rng = random.Random(SEED)
    shares = []
    for corpus, text in texts.items():
        index = indexes[corpus]
        for words, span in made_up(text, rng):
            shares.append(recalled([span], [index.spans[index.lexical(words)[0]]]))
    error = stdev(shares) / sqrt(len(shares))
    print(
        f"  {len(shares)} made-up: the best chunk holds {mean(shares):.3f} of the sentences (± {error:.3f})"
    )


def print_refusals(
    indexes: dict[str, Index], questions: Sequence[Question], vectors: Sequence[Vectors]
) -> None:
    print(f"\nquestions that count as answered (relevance of the best passage {ANSWERS} or more)")
    for corpus, index in indexes.items():
        asked = zip(questions, vectors, strict=True)
        answered = [
            (question.corpus, bool(index.passages(question.text, vector))) for question, vector in asked
        ]
        own = mean(is_answered for asked_of, is_answered in answered if asked_of == corpus)
        foreign = [is_answered for asked_of, is_answered in answered if asked_of != corpus]
        print(f"  {corpus:22} its own {own:.1%}", f"foreign {mean(foreign):.1%}" if foreign else "")


def load(folder: Path) -> tuple[list[Question], dict[str, str]]:
    """The questions in a folder, and its corpora by name."""
    questions = [
        Question(
            item["corpus"],
            item["question"],
            tuple((span["start_index"], span["end_index"]) for span in item["references"]),
        )
        for item in json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    ]
    corpora = dict.fromkeys(question.corpus for question in questions)
    return questions, {name: (folder / f"{name}.md").read_text(encoding="utf-8") for name in corpora}


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.chunking FOLDER")
        return 2
    folder = Path(arguments[0])
    if not (folder / "questions.json").is_file():
        print(f"Nothing to measure: {folder} contains no questions.json.")
        return 1
    questions, texts = load(folder)
    print_speeds(texts)
    embedder = MiniLMEmbedder()
    vectors = [np.array(vector) for vector in embedder.embed([question.text for question in questions])]
    for name, cut in (("langchain", langchain_spans), ("ours", our_spans)):
        indexes = {corpus: Index(text, cut(text), embedder) for corpus, text in texts.items()}
        print_quality(name, indexes, questions, vectors)
        print_made_up(indexes, texts)
    print_refusals(indexes, questions, vectors)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
