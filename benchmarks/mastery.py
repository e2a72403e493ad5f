"""How well mastery predicts a learner's next answer, compared with plain averages in the same run.

``python -m benchmarks.mastery FOLDER``: the folder contains response data as ``*valid*.csv`` or ``*test*.csv``, with
three lines per learner: the number of answers, the skill of each answer, and whether it was right (1 or 0). Each answer
is predicted only from the learner's earlier answers. AUC is the probability that a right answer had a higher
prediction than a wrong one; 0.5 is a guess.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from domain.progress.evidence import Evidence
from domain.progress.mastery import START, fold, predicted, usual_share
from domain.progress.standing import ConceptStanding

Answers = list[tuple[str, float]]
"""The skill and the score of each answer, in order."""
_PRIOR_SHARE, _PRIOR_WEIGHT = 0.6, 2


@dataclass
class Learner:
    """A learner's answers so far: the scores by skill, and the standings that the fold computes from them."""

    scores: dict[str, list[float]] = field(default_factory=dict)
    standings: dict[str, ConceptStanding] = field(default_factory=dict)

    def answer(self, skill: str, score: float) -> None:
        """Add an answer and fold the answers of its skill. Other skills do not change: each concept is folded alone."""
        scores = self.scores.setdefault(skill, [])
        scores.append(score)
        evidence = (_evidence(skill, number, given) for number, given in enumerate(scores))
        self.standings |= fold(evidence)

    def standing(self, skill: str) -> ConceptStanding:
        return self.standings.get(skill, ConceptStanding(skill, skill, START, 0, ""))

    @property
    def all_scores(self) -> list[float]:
        return [score for scores in self.scores.values() for score in scores]


def _evidence(skill: str, number: int, score: float) -> Evidence:
    moment = f"{number:08}"
    return Evidence(
        f"{skill}-{moment}", "learner", "subject", skill, skill, score, moment, "quiz", "quiz", ""
    )


def level(learner: Learner, skill: str) -> float:
    return learner.standing(skill).mastery_level


def mean_level(learner: Learner, skill: str) -> float:
    levels = [one.mastery_level for one in learner.standings.values()]
    return sum(levels) / len(levels) if levels else START


def running_average(learner: Learner, skill: str) -> float:
    scores = learner.scores.get(skill, [])
    return sum(scores) / len(scores) if scores else _PRIOR_SHARE


def running_average_with_prior(learner: Learner, skill: str) -> float:
    scores = learner.scores.get(skill, [])
    return (sum(scores) + _PRIOR_SHARE * _PRIOR_WEIGHT) / (len(scores) + _PRIOR_WEIGHT)


def overall_average(learner: Learner, skill: str) -> float:
    scores = learner.all_scores
    return (sum(scores) + _PRIOR_SHARE * _PRIOR_WEIGHT) / (len(scores) + _PRIOR_WEIGHT)


def prediction(learner: Learner, skill: str) -> float:
    return predicted(learner.standing(skill), usual_share(learner.standings.values()))


PREDICTORS: dict[str, Callable[[Learner, str], float]] = {
    "running average of the skill": running_average,
    "running average of the skill, with a prior": running_average_with_prior,
    "running average of all skills": overall_average,
    "mean of the mastery levels": mean_level,
    "mastery level of the skill (the seed's formula)": level,
    "predicted(): the level, begun at the learner's usual share": prediction,
}


def read(path: Path) -> Iterator[Answers]:
    """The answers of each learner in the file."""
    lines = [line.strip().strip(",") for line in path.read_text().splitlines() if line.strip()]
    for skills, scores in zip(lines[1::3], lines[2::3], strict=True):
        yield list(zip(skills.split(","), map(float, scores.split(",")), strict=True))


def auc(predictions: list[float], right: list[bool]) -> float:
    """The area under the curve, computed from ranks (Mann-Whitney). Equal predictions share their ranks."""
    order = sorted(range(len(right)), key=predictions.__getitem__)
    ranks = 0.0
    first = 0
    while first < len(order):
        last = first
        while last < len(order) and predictions[order[last]] == predictions[order[first]]:
            last += 1
        ranks += (first + 1 + last) / 2 * sum(right[index] for index in order[first:last])
        first = last
    hits = sum(right)
    return (ranks - hits * (hits + 1) / 2) / (hits * (len(right) - hits))


def measure(files: list[Path]) -> None:
    right: list[bool] = []
    is_first: list[bool] = []
    predictions: dict[str, list[float]] = {name: [] for name in PREDICTORS}
    learners = 0
    for answers in (answers for path in files for answers in read(path)):
        learners += 1
        learner = Learner()
        for skill, score in answers:
            for name, predict in PREDICTORS.items():
                predictions[name].append(predict(learner, skill))
            is_first.append(skill not in learner.scores)
            right.append(score > 0.5)
            learner.answer(skill, score)
    share = sum(is_first) / len(is_first)
    print(f"{learners} learners, {len(right)} answers, {sum(right) / len(right):.0%} right;")
    print(f"{share:.0%} are the learner's first of their skill.\n")
    print("AUC: all  not the first  predictor")
    later = [index for index, first in enumerate(is_first) if not first]
    for name, given in predictions.items():
        of_later = auc([given[index] for index in later], [right[index] for index in later])
        print(f"   {auc(given, right):.4f}         {of_later:.4f}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where the response data lie")
    folder: Path | None = parser.parse_args().folder
    if folder is None or not folder.is_dir():
        print(f"No response data: {folder or 'no folder was given'}. Nothing was measured.", file=sys.stderr)
        return 2
    files = sorted(
        path for path in folder.glob("*.csv") if any(part in path.stem for part in ("valid", "test"))
    )
    if not files:
        print(f"No *valid*.csv or *test*.csv in {folder}. Nothing was measured.", file=sys.stderr)
        return 2
    measure(files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
