"""Measures of how good predictions are: AUC, log loss and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

_BINS = 10
_LEAST = 1e-6


def auc(predictions: Sequence[float], right: Sequence[bool]) -> float:
    """The probability that a right answer had a higher prediction than a wrong one, from ranks (Mann-Whitney).

    Equal predictions share their ranks.
    """
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


def log_loss(predictions: Sequence[float], right: Sequence[bool]) -> float:
    """The mean of -log(the probability that was predicted for what happened). It is 0.693 for a coin."""
    bounded = [min(1 - _LEAST, max(_LEAST, one)) for one in predictions]
    return -sum(log(p if hit else 1 - p) for p, hit in zip(bounded, right, strict=True)) / len(right)


def calibration_error(predictions: Sequence[float], right: Sequence[bool]) -> float:
    """The mean distance between prediction and share of right answers, over ten equal ranges of predictions."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for prediction, hit in zip(predictions, right, strict=True):
        bins[min(_BINS - 1, int(prediction * _BINS))].append((prediction, hit))
    return sum(abs(sum(p - hit for p, hit in one)) for one in bins) / len(right)
