"""How well passages are found in many languages: with the English embedder, and with the embedder of ``LANGUAGES=1``.

``python -m benchmarks.languages FOLDER``: the folder has files of XQuAD (https://github.com/google-deepmind/xquad, CC
BY-SA 4.0), ``xquad.LANGUAGE.json``, including English. They have the same paragraphs and questions in each language.
Each paragraph is a passage. For 200 questions it prints the share whose paragraph is the first result, and the share
whose paragraph is among the first five:

- by likeness alone, and as the service searches (by likeness and words together; it may find nothing),
- for questions in the language of the paragraphs, and for the same questions in English.

It also prints the share of English questions for which something is found although their paragraphs are removed. With
``english`` or ``many`` as the second argument, only that embedder is measured.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.multilingual_embedder import MultilingualEmbedder
from benchmarks.chunking import Index, Vectors
from ports.embedder import Embedder

ENGLISH = "en"
QUESTIONS = 200
TOP = 5
EMBEDDERS: dict[str, type[MiniLMEmbedder] | type[MultilingualEmbedder]] = {
    "english": MiniLMEmbedder,
    "many": MultilingualEmbedder,
}


class Remembering:
    """An embedder that computes each text only once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, list[float]] = {}
        self.model, self.dimension, self.scale = embedder.model, embedder.dimension, embedder.scale

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, self._embedder.embed(new), strict=True)
        return [self._known[text] for text in texts]


def read(file: Path) -> tuple[list[str], list[tuple[str, int, int]]]:
    """The paragraphs, and the questions, each with its paragraph and its article."""
    paragraphs: list[str] = []
    questions: list[tuple[str, int, int]] = []
    for number, article in enumerate(json.loads(file.read_text())["data"]):
        for paragraph in article["paragraphs"]:
            questions += [(one["question"], len(paragraphs), number) for one in paragraph["qas"]]
            paragraphs.append(paragraph["context"])
    return paragraphs, questions


def index_of(paragraphs: Sequence[str], embedder: Embedder) -> Index:
    whole, spans = "", []
    for text in paragraphs:
        spans.append((len(whole), len(whole) + len(text)))
        whole += text + "\n"
    return Index(whole, spans, embedder)


def measure(embedder: Embedder, folder: Path, languages: Sequence[str]) -> None:
    print(f"\n{embedder.model}: share of {QUESTIONS} questions, first / among the first {TOP}")
    print(
        f"  {'':4}{'likeness':>16}{'as the service':>16}{'English:':>12}{'likeness':>16}{'as the service':>16}{'found wrongly':>16}"
    )
    _, in_english = read(folder / f"xquad.{ENGLISH}.json")
    chosen = random.Random(7).sample(range(len(in_english)), QUESTIONS)
    asked_in_english = [in_english[at][0] for at in chosen]
    english_vectors = [np.array(vector) for vector in embedder.embed(asked_in_english)]
    for language in languages:
        paragraphs, questions = read(folder / f"xquad.{language}.json")
        asked = [questions[at][0] for at in chosen]
        wanted = [questions[at][1] for at in chosen]
        vectors = [np.array(vector) for vector in embedder.embed(asked)]
        index = index_of(paragraphs, embedder)
        cells = [
            *_shares(index, asked, vectors, wanted),
            *_shares(index, asked_in_english, english_vectors, wanted),
        ]
        halves = [
            [at for at in range(len(paragraphs)) if _article(questions, at) % 2 == half] for half in (0, 1)
        ]
        without = [index_of([paragraphs[at] for at in half], embedder) for half in reversed(halves)]
        wrongly = mean(
            bool(without[questions[at][2] % 2].ranked(question, vector))
            for at, question, vector in zip(chosen, asked_in_english, english_vectors, strict=True)
        )
        print(
            f"  {language:4}{cells[0]:>16}{cells[1]:>16}{'':12}{cells[2]:>16}{cells[3]:>16}{wrongly:>16.3f}",
            flush=True,
        )


def _article(questions: Sequence[tuple[str, int, int]], paragraph: int) -> int:
    return next(article for _, place, article in questions if place == paragraph)


def _shares(
    index: Index, asked: Sequence[str], vectors: Sequence[Vectors], wanted: Sequence[int]
) -> list[str]:
    cells = []
    for search in (index.dense, index.ranked):
        found = [search(question, vector)[:TOP] for question, vector in zip(asked, vectors, strict=True)]
        first = mean(bool(places) and places[0] == right for places, right in zip(found, wanted, strict=True))
        among = mean(right in places for places, right in zip(found, wanted, strict=True))
        cells.append(f"{first:.3f} / {among:.3f}")
    return cells


def main(arguments: Sequence[str]) -> int:
    if not arguments or len(arguments) > 2 or not set(arguments[1:]) <= EMBEDDERS.keys():
        print("usage: python -m benchmarks.languages FOLDER [english|many]")
        return 2
    folder = Path(arguments[0])
    languages = sorted(file.stem.removeprefix("xquad.") for file in folder.glob("xquad.*.json"))
    if ENGLISH not in languages:
        print(f"Nothing measured: {folder} contains no xquad.{ENGLISH}.json.")
        return 0
    for name in arguments[1:] or EMBEDDERS:
        measure(Remembering(EMBEDDERS[name]()), folder, languages)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
