"""How questions to lessons are found and answered, by kind: factual, paraphrased, comparison, unanswerable.

``python -m benchmarks.lessons FOLDER``: the folder contains the lessons that ``benchmarks/lesson_questions.json`` asks of,
one ``<lesson>.md`` each. The questions were written for this benchmark. Those that are held back were not used to set any
number of the code. All lessons are one library.

- found: one of the passages holds a place that answers;
- nothing: no passage was found;
- answered: the offline tutor's answer cites a place that answers;
- right: an unanswerable question is answered with ``not_found``, every other with a right citation.

The baseline is the same search with the whole question as its one part.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.agents.grounding import Grounding
from domain.agents.prompting import numbered
from domain.agents.statements import outcome_of, statements_of
from domain.documents.chunking import chunk, index_text
from domain.documents.passage import Passage, joined
from domain.documents.questions import parts_of
from domain.documents.ranking import CANDIDATES, SPARSE_WEIGHT, Candidate, Ranked, rank
from domain.documents.retrieval import PASSAGES, in_turn
from domain.text.lexical import sparse_document, sparse_query
from ports.agent import Chat

QUESTIONS = Path(__file__).with_name("lesson_questions.json")
KINDS = ("factual", "paraphrased", "comparison", "unanswerable")


@dataclass(frozen=True)
class Result:
    kind: str
    is_held_back: bool
    found: bool
    nothing: bool
    cited: bool
    outcome: str
    quoted: float


class Library:
    """The lessons, chunked and indexed as the service does it."""

    def __init__(self, texts: dict[str, str], embedder: MiniLMEmbedder) -> None:
        self._embedder = embedder
        self._passages: list[Passage] = []
        for name, text in texts.items():
            for piece in chunk(text, [0]):
                whole = text[piece.start : piece.end]
                self._passages.append(
                    Passage(
                        name, f"{name}.md", None, piece.index, piece.page, piece.start, piece.end, whole, 1.0
                    )
                )
        indexed = [index_text(one.source_file, None, one.text) for one in self._passages]
        self._dense = np.array(embedder.embed(indexed))
        self._sparse = [dict(zip(*sparse_document(text), strict=True)) for text in indexed]

    def search(self, parts: Sequence[str]) -> list[Passage]:
        vectors = self._embedder.embed(parts)
        ranked = [self._ranked(part, np.array(vector)) for part, vector in zip(parts, vectors, strict=True)]
        return joined([self._passages[int(one.candidate.id)] for one in in_turn(ranked, PASSAGES)])

    def _ranked(self, part: str, vector: Any) -> list[Ranked]:
        weights = dict(zip(*sparse_query(part), strict=True))
        shared = [
            sum(w * document.get(term, 0.0) for term, w in weights.items()) for document in self._sparse
        ]
        scores = self._dense @ vector + SPARSE_WEIGHT * np.array(shared)
        best = np.argsort(-scores, kind="stable")[:CANDIDATES]
        return rank(
            part,
            [
                Candidate(
                    str(at),
                    self._passages[at].file_id,
                    self._passages[at].source_file,
                    None,
                    self._passages[at].text,
                    float(scores[at]),
                )
                for at in map(int, best)
            ],
            limit=PASSAGES,
        )


def measure(
    items: Sequence[dict[str, Any]], library: Library, split: Callable[[str], list[str]]
) -> list[Result]:
    grammar = SpacyGrammar()
    agent = OfflineAgent(MiniLMEmbedder(), grammar)
    results = []
    for item in items:
        passages = library.search(split(item["question"]))
        grounding = Grounding(passages)
        task = Chat(
            instructions="",
            request="",
            session_id="benchmark",
            max_tokens=1024,
            question=item["question"],
            passages=numbered(passages),
        )
        answer = "".join(grounding.pieces(agent.reply(task, timeout=10.0)))
        quotes = [citation.quote for citation in grounding.citations]
        statements = statements_of(answer, quotes, item["question"], grammar)
        cited = [one for one in statements if one.citations]
        results.append(
            Result(
                item["kind"],
                item["held_back"],
                any(place in passage.text for place in item["answers"] for passage in passages),
                not passages,
                any(place in quote for place in item["answers"] for quote in quotes),
                outcome_of(statements, answer),
                mean(one.support == "quoted" for one in cited) if cited else 1.0,
            )
        )
        if "--each" in sys.argv:
            print(
                f"  {item['kind'][:8]:8} {results[-1].outcome:9} {item['question']}\n      {' '.join(answer.split())}"
            )
    return results


def print_results(name: str, results: Sequence[Result]) -> None:
    print(f"\n{name}")
    print(f"  {'':24}{'found':>8}{'nothing':>9}{'right':>8}{'of':>5}{'cited sentences quoted':>25}")
    for held_back in (False, True):
        for kind in KINDS:
            some = [one for one in results if one.kind == kind and one.is_held_back is held_back]
            right = sum(
                one.outcome == "not_found"
                if kind == "unanswerable"
                else one.cited and one.outcome != "not_found"
                for one in some
            )
            found = "" if kind == "unanswerable" else str(sum(one.found for one in some))
            nothing = sum(one.nothing for one in some)
            label = f"{kind}{', held back' if held_back else ''}"
            quoted = mean(one.quoted for one in some)
            print(f"  {label:24}{found:>8}{nothing:>9}{right:>8}{len(some):>5}{quoted:>25.2f}")


def main(arguments: Sequence[str]) -> int:
    folders = [argument for argument in arguments if not argument.startswith("--")]
    if len(folders) != 1:
        print("usage: python -m benchmarks.lessons FOLDER [--each]")
        return 2
    items: list[dict[str, Any]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    paths = {name: Path(folders[0]) / f"{name}.md" for name in sorted({item["lesson"] for item in items})}
    missing = [path.name for path in paths.values() if not path.is_file()]
    if missing:
        print(f"Nothing to measure: {folders[0]} contains no {', '.join(missing)}.")
        return 1
    library = Library(
        {name: path.read_text(encoding="utf-8") for name, path in paths.items()}, MiniLMEmbedder()
    )
    print_results("the whole question in one search", measure(items, library, lambda question: [question]))
    print_results("by part, as the service searches", measure(items, library, parts_of))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
