"""How well the chance of recall predicts the answer to a review, compared with moving averages and with FSRS alone.

``python -m benchmarks.reviews [FOLDER]``: simulated learners whose memory is known. It fades by a power of time,
exponentially, or not at all (then only learners and questions differ); in one set, answers can be guessed. With a
folder of response data (see ``benchmarks.mastery``), its answers are measured too; a skill counts as a question, and
every tenth answer begins a new day.

The first answer to a question is never predicted. Log loss: 0.693 for a coin; lower is better.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import exp
from pathlib import Path
from random import Random

from adapters.fsrs_scheduler import FsrsScheduler
from benchmarks.mastery.answers import read
from benchmarks.mastery.figures import auc, log_loss
from domain.progress.chance import overall_of
from domain.progress.deck import ReviewItem, chance_of_recall, fold_deck
from domain.progress.evidence import Evidence, Source

Review = tuple[int, str, float]
"""The day, the question and the score of an answer."""
_GAPS = (1, 1, 2, 3, 5, 8, 13, 30)
_FIRST_DAY = date(2026, 1, 1)
_LEARNERS = 40
_ANSWERS_OF_A_LEARNER = 300
_ANSWERS_A_DAY = 10
_FSRS = FsrsScheduler()


def simulated(memory: str, seed: int) -> Iterator[list[Review]]:
    random = Random(f"{memory}-{seed}")
    for _ in range(_LEARNERS):
        ability = random.gauss(0.8, 0.8)
        reviews: list[Review] = []
        for question in range(random.randrange(10, 40)):
            reviews += _history(memory, random, str(question), ability - random.gauss(0, 0.8))
        yield sorted(reviews, key=lambda one: one[0])


def _history(memory: str, random: Random, question: str, known: float) -> Iterator[Review]:
    learned = 1 / (1 + exp(-known))
    stability = exp(random.gauss(0.5, 0.8))
    days = [random.randrange(60)]
    for _ in range(random.randrange(1, 8)):
        days.append(days[-1] + random.choice(_GAPS))
    chance = learned
    for day, after in pairwise([*days, days[-1] + 1]):
        score = float(random.random() < chance)
        yield day, question, score
        stability *= 1.6 + random.random() if score else 0.7
        kept = {
            "exponential": exp(-(after - day) / (6 * stability)),
            "none fades": 1.0,
        }.get(memory, 1 / (1 + (after - day) / (9 * stability)))
        chance = {
            "none fades": learned,
            "power, with guesses": 0.2 + 0.8 * 0.97 * kept,
        }.get(memory, 0.97 * kept)


def predictions(reviews: Sequence[Review]) -> Iterator[tuple[float, dict[str, float]]]:
    """Each later answer of a learner, and its prediction from the answers before it."""
    evidence: dict[str, list[Evidence]] = {}
    averages: dict[str, dict[float, float]] = {}
    given: list[tuple[float, float]] = []
    for number, (day, question, score) in enumerate(reviews):
        moment = f"{_FIRST_DAY + timedelta(days=day)}T{number % 24:02}:{number // 24 % 60:02}:00.000Z"
        before = evidence.setdefault(question, [])
        if before:
            item = _item(before)
            yield (
                score,
                {
                    "moving average, rate 0.1": averages[question][0.1],
                    "moving average, rate 0.2": averages[question][0.2],
                    "FSRS alone": _FSRS.chance_of_recall(item.memory, _days(item.last_on, moment[:10])),
                    "chance_of_recall": chance_of_recall(item, overall_of(given), moment[:10], _FSRS),
                },
            )
        before.append(_piece(question, len(before), score, moment))
        means = averages.setdefault(question, dict.fromkeys((0.1, 0.2), 0.6))
        averages[question] = {rate: mean + rate * (score - mean) for rate, mean in means.items()}
        given.append((score, 1.0))


def _item(evidence: Sequence[Evidence]) -> ReviewItem:
    return fold_deck("ada", "physics", evidence, _FSRS).items[0]


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _piece(question: str, number: int, score: float, moment: str) -> Evidence:
    source: Source = "review" if number else "quiz"
    name = f"quiz-{question}-review-{number}"
    return Evidence(
        name, "ada", "physics", "concept", "concept", score, moment, source, "quiz", "", question_key=question
    )


def measure(name: str, learners: Iterator[list[Review]]) -> None:
    right: list[bool] = []
    found: dict[str, list[float]] = {}
    for reviews in learners:
        for score, predicted in predictions(reviews):
            right.append(score > 0.5)
            for label, value in predicted.items():
                found.setdefault(label, []).append(value)
    print(f"{name}: {len(right)} answers, {sum(right) / len(right):.0%} right\n  log loss     AUC")
    for label, given in found.items():
        print(f"    {log_loss(given, right):.4f}  {auc(given, right):.4f}  {label}")
    print()


def answered(folder: Path) -> Iterator[list[Review]]:
    files = [path for path in sorted(folder.glob("*.csv")) if "valid" in path.stem or "test" in path.stem]
    learners = [answers for path in files for answers in read(path)][:_LEARNERS]
    for answers in learners:
        yield [
            (place // _ANSWERS_A_DAY, skill, score)
            for place, (skill, score) in enumerate(answers[:_ANSWERS_OF_A_LEARNER])
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where response data are")
    folder: Path | None = parser.parse_args().folder
    for memory in ("power", "exponential", "power, with guesses", "none fades"):
        measure(f"simulated, {memory}", simulated(memory, 1))
    if folder is None or not any(folder.glob("*.csv")):
        print(
            f"No response data: {folder or 'no folder was given'}. Only the simulation was measured.",
            file=sys.stderr,
        )
        return 0
    measure(folder.name, answered(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
