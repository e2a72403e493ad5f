"""How well passages are found: by meaning, by words, and by both as the service does.

``python -m benchmarks.retrieval FOLDER``: the folder is as ``benchmarks.chunking`` takes it. recall is the share
of the answering characters within the five best chunks of at most 1,000 characters, hit the share of questions
for which any of these holds a part of the answer, mrr the mean of 1 over the rank of the first that does.

Then the same of short paragraphs in several scripts, made for this: all languages lie in one library, and a
question's own paragraph must come first. There are few, so a point or two is chance.
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
    print("\nfirst of all languages' paragraphs is the question's own")
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
        print(f"No questions over real text: {folder} holds no questions.json.")
    print_languages(embedder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
