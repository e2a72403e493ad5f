"""How well the chance of success predicts a learner's next answer, compared with other predictors in the same run.

``python -m benchmarks.mastery FOLDER``: the folder contains response data as ``*train*.csv`` and ``*valid*.csv`` or
``*test*.csv``, with three lines per learner: the number of answers, the skill of each answer, and whether it was right
(1 or 0). Parameters are fitted on the training files; all figures are measured on the others. The same is done with two
sets of simulated learners whose abilities drift; there, half of the learners are for fitting. For the rows "classes",
learners are put into classes, begin on different days and give ten answers a day. An answer is then predicted with the
class snapshot that counts the answers of earlier days. ``--fit`` prints the weights of ``domain/progress/chance.py``,
fitted on the training data.

AUC is the probability that a right answer had a higher prediction than a wrong one; 0.5 is a guess.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.mastery.answers import Learners, drifting, forgetting, read
from benchmarks.mastery.classes import snapshots_before
from benchmarks.mastery.figures import auc, calibration_error, log_loss
from benchmarks.mastery.predictors import (
    Predict,
    chance,
    chance_in_class,
    fitted_class_weight,
    fitted_counts,
    fitted_exponential,
    fitted_tracing,
    fitted_weights,
    histories,
    level,
    level_from_usual_share,
    running_mean,
)
from domain.progress.chance import InClass, chance_of_success
from domain.progress.evidence import Evidence
from domain.progress.mastery import fold, fold_overall

_FOLDED = 10_000
_CLASS_SIZES = (30, 100, 1000)


def predictors(train: Learners) -> dict[str, Predict]:
    return {
        "running mean of the skill, with a prior": running_mean,
        "exponentially weighted mean, rate fitted": fitted_exponential(train),
        "Bayesian knowledge tracing, fitted by skill": fitted_tracing(train),
        "logistic regression on log counts, fitted": fitted_counts(train),
        "mastery level (the seed's formula)": level,
        "predicted() of version 0.2": level_from_usual_share,
        "chance_of_success": chance,
    }


def measure(name: str, train: Learners, held_out: Learners) -> None:
    right = [score > 0.5 for answers in held_out for _, score in answers]
    print(f"{name}: {len(held_out)} learners, {len(right)} answers, {sum(right) / len(right):.0%} right")
    print("     AUC  log loss  calibration error")
    for label, predict in predictors(train).items():
        given = [one for answers in held_out for one in predict(answers)]
        figures = f"{auc(given, right):.4f}    {log_loss(given, right):.4f}             {calibration_error(given, right):.4f}"
        print(f"  {figures}  {label}")
    for size in _CLASS_SIZES:
        known = snapshots_before(held_out, size)
        given = list(chance_in_class(held_out, known))
        share = sum(one is not None for before in known for one in before) / len(right)
        figures = f"{auc(given, right):.4f}    {log_loss(given, right):.4f}             {calibration_error(given, right):.4f}"
        print(
            f"  {figures}  chance_of_success in classes of {size}: {share:.0%} of the answers have a class's share"
        )
    print()


def measure_intervals(name: str, simulated: tuple[Learners, Sequence[Sequence[float]]]) -> None:
    """Print how often the true chance of a simulated answer is inside the interval of 80 %."""
    within: list[bool] = []
    for answers, truth in zip(*simulated, strict=True):
        for (concept, overall), true in zip(histories(answers), truth, strict=True):
            found = chance_of_success(concept, overall)
            within.append(found.low <= true <= found.high)
    print(f"{name}: {sum(within) / len(within):.0%} of the true chances are within the interval of 80 %")


def measure_fold() -> None:
    evidence = [_piece(number) for number in range(_FOLDED)]
    began = perf_counter()
    fold(evidence)
    fold_overall(evidence)
    print(f"\nA fold of {_FOLDED} answers: {perf_counter() - began:.3f} s")


def _piece(number: int) -> Evidence:
    concept, moment = f"concept {number % 50}", f"{number:08}"
    score = float(number % 3 > 0)
    in_class = InClass("physics", moment[:6], 0.6, 0.65)
    return Evidence(
        moment, "ada", "physics", concept, concept, score, moment, "quiz", "quiz", "", in_class=in_class
    )


def found_in(folder: Path) -> Mapping[str, list[Path]]:
    files = sorted(folder.glob("*.csv"))
    return {
        "train": [path for path in files if "train" in path.stem],
        "held out": [path for path in files if any(part in path.stem for part in ("valid", "test"))],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where the response data are")
    parser.add_argument("--fit", action="store_true", help="print the weights fitted to the training data")
    given = parser.parse_args()
    folder: Path | None = given.folder
    if folder is None or not folder.is_dir():
        print(f"No response data: {folder or 'no folder was given'}. Nothing was measured.", file=sys.stderr)
        return 2
    files = found_in(folder)
    if not all(files.values()):
        print(
            f"{folder} needs a *train*.csv and a *valid*.csv or *test*.csv. Nothing was measured.",
            file=sys.stderr,
        )
        return 2
    train, held_out = ([one for path in paths for one in read(path)] for paths in files.values())
    if given.fit:
        print_fit(train)
        return 0
    measure(folder.name, train, held_out)
    for name, simulated in (("wandering abilities", drifting), ("learned and forgotten", forgetting)):
        measure(name, simulated(1)[0], simulated(2)[0])
        measure_intervals(name, simulated(3))
    measure_fold()
    return 0


def print_fit(train: Learners) -> None:
    weights = fitted_weights(train)
    right = [score > 0.5 for answers in train for _, score in answers]
    given = [
        chance_of_success(concept, overall, weights=weights).value
        for answers in train
        for concept, overall in histories(answers)
    ]
    print(weights)
    for size in _CLASS_SIZES:
        known = snapshots_before(train, size)
        print(f"class_share in classes of {size}: {fitted_class_weight(train, known, weights):.4f}")
    print(f"{len(train)} learners, {len(right)} answers, log loss {log_loss(given, right):.4f}")


if __name__ == "__main__":
    sys.exit(main())
