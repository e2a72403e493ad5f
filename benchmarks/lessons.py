"""How well questions about lessons are found and answered, by kind: factual, paraphrased, comparison, unanswerable.

``python -m benchmarks.lessons FOLDER …``: the folders contain the lessons that ``benchmarks/lesson_questions.json``
asks about, one ``<lesson>.md`` each. Missing lessons are left out. The questions were written for this benchmark. The
questions that are marked as held back were never used to set a number in the code. All lessons are in one library.

The lessons are sections of books by OpenStax, as Markdown with headings, paragraphs and lists, without figures and
tables: Astronomy 2e (the-moon), Psychology 2e (memory-and-the-brain), Principles of Economics 3e
(regulating-anticompetitive-behavior), Microbiology (spontaneous-generation m58790, archaea m58800), U.S. History
(the-glorious-revolution m50014, a-new-american-consumer-culture m50107), Introduction to Sociology 3e
(theoretical-perspectives-on-culture m90154, social-constructions-of-reality m90158) and Introduction to Philosophy
(arguments m00028). Added later: deviance-and-control m90168, oxygen-requirements m58829, the-calendar m59787 and
aggression m82251, by which the tutor was set; what-is-kinship m00066 (Introduction to Anthropology), legal-systems
m00062 (Introduction to Political Science), the-enlightenment m00017 (World History; its first 10,500 characters) and
comets m59869 (its first 11,500), which were held back.

- found: one of the passages contains a place that answers the question;
- nothing: no passage was found;
- answered: the offline tutor's answer cites such a place;
- right: an unanswerable question is answered with ``not_found``, every other one with a right citation. A comparison needs a citation for each of the two things, if the question names both;
- sentences: how many sentences an answer cites.

The baseline is the same search with the whole question as a single part.
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

from adapters.extractors import DocumentTextExtractor
from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from adapters.system import SystemClock
from domain.agents.grounding import Grounding
from domain.agents.prompting import numbered
from domain.agents.statements import outcome_of, statements_of
from domain.documents.chunking import index_text
from domain.documents.passage import Passage, joined
from domain.documents.questions import compared_in, joined_in, parts_of
from domain.documents.ranking import CANDIDATES, SPARSE_WEIGHT, Ranked, SearchMatch, rank
from domain.documents.reading import assembled
from domain.documents.retrieval import PASSAGES, in_turn
from domain.text.lexical import sparse_document, sparse_query
from ports.agent import Chat
from ports.text_extractor import ExtractionLimits

QUESTIONS = Path(__file__).with_name("lesson_questions.json")
LIMITS = ExtractionLimits(max_bytes=10**7, max_pages=1_000, max_characters=10**7, max_seconds=60)
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
    sentences: int


class Library:
    """The lessons, chunked and indexed as the service does it."""

    def __init__(self, texts: dict[str, str], embedder: MiniLMEmbedder) -> None:
        self._embedder = embedder
        self._passages: list[Passage] = []
        self._headings: list[str | None] = []
        extractor = DocumentTextExtractor(SystemClock())
        for name, text in texts.items():
            extraction = extractor.extract(text.encode(), "md", LIMITS)
            for piece in assembled(extraction, list(extraction.pages), {}, "")[1].chunks:
                place = piece.index, piece.page, piece.start, piece.end
                self._passages.append(
                    Passage(name, f"{name}.md", None, *place, piece.text, 1.0, layout=piece.layout)
                )
                self._headings.append(piece.heading)
        indexed = [
            index_text(one.source_file, heading, one.text)
            for one, heading in zip(self._passages, self._headings, strict=True)
        ]
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
                SearchMatch(
                    str(at),
                    self._passages[at].file_id,
                    self._passages[at].source_file,
                    self._headings[at],
                    self._passages[at].text,
                    float(scores[at]),
                )
                for at in map(int, best)
            ],
            limit=PASSAGES,
            may_not_answer=True,
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
            parts=tuple(joined_in(item["question"])),
            compared=tuple(compared_in(item["question"])),
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
                all(
                    any(place in quote for place in places for quote in quotes)
                    for places in (item["answers"], item.get("other"))
                    if places is not None
                ),
                outcome_of(statements, answer),
                mean(one.support == "quoted" for one in cited) if cited else 1.0,
                len(quotes),
            )
        )
        if "--each" in sys.argv:
            print(
                f"  {item['kind'][:8]:8} {results[-1].outcome:9} {item['question']}\n      {' '.join(answer.split())}"
            )
    return results


def print_results(name: str, results: Sequence[Result]) -> None:
    print(f"\n{name}")
    print(
        f"  {'':24}{'found':>8}{'nothing':>9}{'right':>8}{'of':>5}{'cited sentences quoted':>25}{'sentences':>11}"
    )
    for held_back in (False, True):
        for kind in KINDS:
            some = [one for one in results if one.kind == kind and one.is_held_back is held_back]
            if not some:
                continue
            sentences = sum(one.sentences for one in some if one.outcome != "not_found") / max(
                1, sum(one.outcome != "not_found" for one in some)
            )
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
            print(
                f"  {label:24}{found:>8}{nothing:>9}{right:>8}{len(some):>5}{quoted:>25.2f}{sentences:>11.1f}"
            )


def main(arguments: Sequence[str]) -> int:
    folders = [argument for argument in arguments if not argument.startswith("--")]
    if not folders:
        print("usage: python -m benchmarks.lessons FOLDER … [--each]")
        return 2
    items: list[dict[str, Any]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    paths = {path.stem: path for folder in folders for path in sorted(Path(folder).glob("*.md"))}
    missing = sorted({item["lesson"] for item in items} - set(paths))
    if missing:
        print(f"Not there, and left out: {', '.join(missing)}.")
    items = [item for item in items if item["lesson"] in paths]
    if not items:
        print(f"Nothing to measure: there is no lesson in {', '.join(folders)}.")
        return 1
    library = Library(
        {
            name: paths[name].read_text(encoding="utf-8")
            for name in sorted({item["lesson"] for item in items})
        },
        MiniLMEmbedder(),
    )
    print_results("the whole question in one search", measure(items, library, lambda question: [question]))
    print_results("by part, as the service searches", measure(items, library, parts_of))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
