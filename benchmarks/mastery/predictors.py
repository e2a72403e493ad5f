"""Predictors of the next answer: ours, ours up to version 0.2, and common ones, fitted if they have parameters.

Each predicts every answer of a learner only from that learner's earlier answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import log, log1p

import numpy
from numpy.typing import NDArray

from benchmarks.mastery.answers import Answer, Learners
from benchmarks.mastery.figures import log_loss
from domain.progress.chance import (
    FITTED,
    NO_ANSWERS,
    NOTHING,
    USUAL_SHARE,
    USUAL_WEIGHT,
    Counts,
    InClass,
    Overall,
    Weights,
    chance_of_success,
)
from domain.progress.mastery import START

Predict = Callable[[Sequence[Answer]], Iterator[float]]
Floats = NDArray[numpy.float64]
_PRIOR_SHARE, _PRIOR_WEIGHT = 0.6, 2
_PENALTY = 1e-3


def histories(answers: Sequence[Answer]) -> Iterator[tuple[Counts, Overall]]:
    """The counts that the fold has before each answer: of the answer's skill, and of all skills."""
    skills: dict[str, Counts] = {}
    overall = NO_ANSWERS
    scores, count = USUAL_SHARE * USUAL_WEIGHT, float(USUAL_WEIGHT)
    for skill, score in answers:
        before = skills.get(skill, NOTHING)
        yield before, overall
        skills[skill] = before.after(score)
        scores, count = scores + score, count + 1
        overall = Overall(overall.recent.after(score), scores / count)


def chance(answers: Sequence[Answer]) -> Iterator[float]:
    for concept, overall in histories(answers):
        yield chance_of_success(concept, overall).value


def chance_in_class(learners: Learners, known: Sequence[Sequence[InClass | None]]) -> Iterator[float]:
    """Our chance of success before each answer of each learner, with the class's share of the skill."""
    for answers, shares in zip(learners, known, strict=True):
        for (concept, overall), in_class in zip(histories(answers), shares, strict=True):
            yield chance_of_success(concept, overall, in_class).value


def level(answers: Sequence[Answer]) -> Iterator[float]:
    """The mastery level of the skill, computed as in the seed design."""
    levels: dict[str, tuple[float, int]] = {}
    for skill, score in answers:
        before, count = levels.get(skill, (START, 0))
        yield before
        rate = 0.1 / (1 + 0.01 * (count + 1))
        levels[skill] = before + rate * (score - before), count + 1


def level_from_usual_share(answers: Sequence[Answer]) -> Iterator[float]:
    """``predicted()`` of version 0.2: the level that the skill would have if it had begun at the learner's overall
    share of right answers.
    """
    levels: dict[str, tuple[float, float, int]] = {}
    means: dict[str, float] = {}
    for skill, score in answers:
        before, left, count = levels.get(skill, (START, 1.0, 0))
        usual = (3.0 + sum(means.values())) / (5 + sum(number for _, _, number in levels.values()))
        yield min(1.0, max(0.0, before + left * (min(1.0, max(0.0, usual)) - START)))
        rate = 0.1 / (1 + 0.01 * (count + 1))
        after, left = before + rate * (score - before), left * (1 - rate)
        levels[skill] = after, left, count + 1
        means[skill] = (count + 1) * (after - left * START) / (1 - left)


def running_mean(answers: Sequence[Answer]) -> Iterator[float]:
    sums: dict[str, tuple[float, int]] = {}
    for skill, score in answers:
        total, count = sums.get(skill, (0.0, 0))
        yield (total + _PRIOR_SHARE * _PRIOR_WEIGHT) / (count + _PRIOR_WEIGHT)
        sums[skill] = total + score, count + 1


def exponential(rate: float) -> Predict:
    def predict(answers: Sequence[Answer]) -> Iterator[float]:
        means: dict[str, float] = {}
        for skill, score in answers:
            before = means.get(skill, _PRIOR_SHARE)
            yield before
            means[skill] = before + rate * (score - before)

    return predict


def fitted_exponential(train: Learners) -> Predict:
    right = [score > 0.5 for answers in train for _, score in answers]

    def loss(rate: float) -> float:
        return log_loss([one for answers in train for one in exponential(rate)(answers)], right)

    return exponential(min((0.05, 0.1, 0.15, 0.2, 0.3), key=loss))


def fitted_counts(train: Learners) -> Predict:
    """Logistic regression on the logarithms of counts: right and wrong answers, of the skill and overall. Old answers
    count fully.
    """

    def features(answers: Sequence[Answer]) -> Iterator[list[float]]:
        skills: dict[str, list[int]] = {}
        whole = [0, 0]
        for skill, score in answers:
            mine = skills.setdefault(skill, [0, 0])
            yield [1.0, *(log1p(one) for one in (*mine, *whole))]
            mine[score < 0.5] += 1
            whole[score < 0.5] += 1

    rows = numpy.array([row for answers in train for row in features(answers)])
    weights = logistic(rows, _scores(train), numpy.zeros(len(rows)))

    def predict(answers: Sequence[Answer]) -> Iterator[float]:
        for row in features(answers):
            yield float(1 / (1 + numpy.exp(-(numpy.array(row) @ weights))))

    return predict


def fitted_tracing(train: Learners) -> Predict:
    """Bayesian knowledge tracing. Each skill has four parameters, chosen from a grid by likelihood."""
    grid = numpy.array(
        [
            (start, learns, guesses, slips)
            for start in (0.2, 0.4, 0.6, 0.8)
            for learns in (0.02, 0.08, 0.2)
            for guesses in (0.1, 0.2, 0.3, 0.45)
            for slips in (0.05, 0.1, 0.2, 0.3)
        ]
    ).T
    likelihood: defaultdict[str, Floats] = defaultdict(lambda: numpy.zeros(grid.shape[1]))
    for answers in train:
        known: dict[str, Floats] = {}
        for skill, score in answers:
            expected, after = _traced(known.get(skill, grid[0]), grid, score)
            likelihood[skill] += numpy.log(expected if score > 0.5 else 1 - expected)
            known[skill] = after
    best = {skill: grid[:, int(of.argmax())] for skill, of in likelihood.items()}
    unseen = grid[:, int(sum(likelihood.values(), numpy.zeros(grid.shape[1])).argmax())]

    def predict(answers: Sequence[Answer]) -> Iterator[float]:
        known: dict[str, Floats] = {}
        for skill, score in answers:
            parameters = best.get(skill, unseen)
            expected, known[skill] = _traced(known.get(skill, parameters[0]), parameters, score)
            yield float(expected)

    return predict


def _traced(known: Floats, parameters: Floats, score: float) -> tuple[Floats, Floats]:
    """The probability that the answer is right, and the probability that the skill is known after the answer."""
    _, learns, guesses, slips = parameters
    expected = numpy.clip(known * (1 - slips) + (1 - known) * guesses, 1e-6, 1 - 1e-6)
    after = known * (1 - slips) / expected if score > 0.5 else known * slips / (1 - expected)
    return expected, after + (1 - after) * learns


def fitted_weights(train: Learners) -> Weights:
    """The fitted weights of ``domain/progress/chance.py``. ``usual`` keeps its present value."""
    found = [pair for answers in train for pair in histories(answers)]
    rows = numpy.array(
        [
            [
                1.0,
                log1p(concept.right),
                log1p(concept.wrong) + 1 / (1 + concept.total),
                log1p(overall.recent.right),
                log1p(overall.recent.wrong),
            ]
            for concept, overall in found
        ]
    )
    shares = (overall.usual_share for _, overall in found)
    fixed = numpy.array([FITTED.usual * log(share / (1 - share)) for share in shares])
    start, right, wrong, right_overall, wrong_overall = map(float, logistic(rows, _scores(train), fixed))
    return replace(
        FITTED,
        start=start,
        right=right,
        wrong=wrong,
        right_overall=right_overall,
        wrong_overall=wrong_overall,
    )


def fitted_class_weight(
    train: Learners, known: Sequence[Sequence[InClass | None]], weights: Weights
) -> float:
    """The fitted weight of the class's share. The other weights keep their values."""
    without = [
        chance_of_success(concept, overall, weights=weights).value
        for answers in train
        for concept, overall in histories(answers)
    ]
    rows = [
        [0.0 if one is None else log(one.share / (1 - one.share)) - log(one.usual / (1 - one.usual))]
        for shares in known
        for one in shares
    ]
    fixed = numpy.array([log(one / (1 - one)) for one in without])
    (weight,) = logistic(numpy.array(rows), _scores(train), fixed)
    return float(weight)


def logistic(rows: Floats, scores: Floats, fixed: Floats) -> Floats:
    """The weights of a logistic regression with a fixed term, fitted with Newton's method."""
    weights = numpy.zeros(rows.shape[1])
    for _ in range(30):
        expected = 1 / (1 + numpy.exp(-(rows @ weights + fixed)))
        slope = rows.T @ (expected - scores) + _PENALTY * weights
        curve = (rows * (expected * (1 - expected))[:, None]).T @ rows + _PENALTY * numpy.eye(len(weights))
        weights -= numpy.linalg.solve(curve, slope)
    return weights


def _scores(learners: Learners) -> Floats:
    return numpy.array([score for answers in learners for _, score in answers])
