"""How well the offline judge agrees with people who graded the same answers.

``python -m benchmarks.judging FOLDER``: the folder has JSON files, each a list of questions with ``question``,
``reference`` and ``answers``; each answer has ``text`` and two ``grades`` from 0 to 5 (the form of ``samples/asag``).
The reference answer is the only fact of the rubric. The output compares the judge, the judge with bare words, the share
of the reference's words, the cosine of the two texts, and the two people with each other. The judge's figures leave out
``unsure`` answers; the share of these is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.documents.passage import Passage
from domain.interviews.interview import InterviewQuestion, RubricFact
from domain.interviews.judging import Judging
from domain.text.wording import content_words
from ports.agent import Judge, NumberedPassage
from ports.embedder import Embedder, Scale

FULL = 5.0


@dataclass(frozen=True)
class Graded:
    question: str
    reference: str
    answer: str
    grades: tuple[float, float]

    @property
    def grade(self) -> float:
        return fmean(self.grades)


class Blind:
    """An embedder for which no two texts are alike. With it, the judge uses only words."""

    model = "none"
    dimension = 1
    scale = Scale()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[0.0] for _ in texts]


def read(folder: Path) -> list[Graded]:
    return [
        Graded(one["question"], one["reference"], answer["text"], (float(first), float(second)))
        for file in sorted(folder.glob("*.json"))
        for one in json.loads(file.read_text(encoding="utf-8"))
        for answer in one["answers"]
        for first, second in [answer["grades"][:2]]
    ]


def judged(answers: Sequence[Graded], embedder: Embedder) -> list[float | None]:
    """The overall score of each answer; None if the judge is unsure."""
    grammar = SpacyGrammar()
    agent, judging = OfflineAgent(embedder, grammar), Judging(grammar, embedder)
    scores: list[float | None] = []
    for one in answers:
        text = one.reference
        passage = Passage("file", "notes", None, 0, 1, 0, len(text), text, 1.0)
        asked = InterviewQuestion(one.question, "concept", (RubricFact(text, text),), passage)
        relevant = judging.relevant_part(asked, one.answer)
        if not relevant:
            scores.append(0.0)
            continue
        task = Judge(
            instructions="",
            request="",
            session_id="benchmark",
            max_tokens=1,
            schema={},
            question=one.question,
            facts=(text,),
            passage=NumberedPassage(1, "notes", text, 1.0),
            answer=relevant,
        )
        reply = "".join(agent.reply(task, timeout=10.0))
        judgement = judging.judged(reply, asked, relevant, one.answer)
        assert judgement is not None
        scores.append(None if judgement.analysis is None else judgement.analysis.overall)
    return scores


def pearson(one: Sequence[float], other: Sequence[float]) -> float:
    spread = pstdev(one) * pstdev(other)
    middle = fmean(one), fmean(other)
    return fmean((a - middle[0]) * (b - middle[1]) for a, b in zip(one, other, strict=True)) / spread


def quadratic_kappa(one: Sequence[float], other: Sequence[float], *, levels: int = 6) -> float:
    """Cohen's kappa with quadratic weights, for marks from 0 to 5 rounded to whole numbers."""
    pairs = [(round(a), round(b)) for a, b in zip(one, other, strict=True)]
    seen = fmean((a - b) ** 2 for a, b in pairs)
    chance = fmean((a - b) ** 2 for a, _ in pairs for _, b in pairs)
    return 1 - seen / chance if chance and levels else 1.0


def show(name: str, answers: Sequence[Graded], scores: Sequence[float | None]) -> None:
    """``scores`` are from 0 to 100."""
    kept = [(one, score) for one, score in zip(answers, scores, strict=True) if score is not None]
    marks, grades = [score / 20 for _, score in kept], [one.grade for one, _ in kept]
    full = [score for one, score in kept if min(one.grades) >= FULL]
    zeros = sum(score == 0 for score in full) / len(full)
    unsure = 1 - len(kept) / len(answers)
    print(
        f"{name:<22} Pearson {pearson(marks, grades):.2f}   kappa {quadratic_kappa(marks, grades):.2f}"
        f"   0 for an answer of full marks {zeros:6.1%}   unsure {unsure:6.1%}"
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("samples/asag")
    answers = read(folder)
    if not answers:
        sys.exit(f"{folder} holds no graded answers: give the folder of samples/asag.")
    print(f"{len(answers)} answers to {len({one.question for one in answers})} questions")
    first, second = zip(*(one.grades for one in answers), strict=True)
    print(
        f"{'people with each other':<22} Pearson {pearson(first, second):.2f}   kappa {quadratic_kappa(first, second):.2f}"
    )
    embedder = MiniLMEmbedder()
    show("the judge", answers, judged(answers, embedder))
    show("by words alone", answers, judged(answers, Blind()))
    show("share of words", answers, [_share(one) for one in answers])
    pairs = [embedder.embed([one.reference, one.answer]) for one in answers]
    show(
        "cosine", answers, [100 * max(sum(a * b for a, b in zip(*pair, strict=True)), 0.0) for pair in pairs]
    )


def _share(one: Graded) -> float:
    wanted = frozenset(content_words(one.reference))
    return 100 * len(wanted & frozenset(content_words(one.answer))) / len(wanted) if wanted else 0.0


if __name__ == "__main__":
    main()
