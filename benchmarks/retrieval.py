"""How well passages are found: by meaning, by words, and by both, as the service does it.

``python -m benchmarks.retrieval FOLDER``: the folder and the measures (recall, hit, mrr) are those of
``benchmarks.chunking``.

Then it searches short paragraphs in several scripts, which were written for this benchmark. All languages are in one
library, and the paragraph that answers a question must come first. There are few paragraphs, so a difference of one or
two percentage points is chance.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from adapters.local.models.embedder import MiniLMEmbedder
from benchmarks.chunking import Index, load, our_spans, print_quality
from benchmarks.multilingual import MATERIAL

WAYS = {"dense": Index.dense, "lexical": Index.lexical, "fused": Index.ranked}


def print_languages(embedder: MiniLMEmbedder) -> None:
    paragraphs = [(language, text) for language, items in MATERIAL.items() for text, *_ in items]
    whole, spans = "", []
    for _, text in paragraphs:
        spans.append((len(whole), len(whole) + len(text)))
        whole += text + "\n"
    index = Index(whole, spans, embedder)
    print("\nshare of questions whose own paragraph is the first of all languages' paragraphs")
    print(f"  {'':22}" + "".join(f"{way:>9}" for way in WAYS))
    place = 0
    for language, items in MATERIAL.items():
        firsts: dict[str, list[bool]] = {way: [] for way in WAYS}
        for offset, (_, *questions) in enumerate(items):
            for question in questions:
                vector = np.array(embedder.embed([question])[0])
                for way, search in WAYS.items():
                    found = search(index, question, vector)
                    firsts[way].append(bool(found) and found[0] == place + offset)
        place += len(items)
        print(f"  {language:22}" + "".join(f"{mean(found):>9.3f}" for found in firsts.values()))


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.retrieval FOLDER")
        return 2
    embedder = MiniLMEmbedder()
    folder = Path(arguments[0])
    if (folder / "questions.json").is_file():
        questions, texts = load(folder)
        vectors = [np.array(vector) for vector in embedder.embed([question.text for question in questions])]
        indexes = {corpus: Index(text, our_spans(text), embedder) for corpus, text in texts.items()}
        print_quality("questions over real text", indexes, questions, vectors)
    else:
        print(f"No questions over real text: {folder} contains no questions.json.")
    print_languages(embedder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
