"""The chance that a learner's next answer on a concept is right, with the reasons for it.

It is a logistic model of counts:

    log-odds = START + USUAL * log-odds(the learner's usual share)
             + RIGHT * log(1 + right) + WRONG * (log(1 + wrong) + 1 / (1 + right + wrong))      of the concept
             + RIGHT_OVERALL * log(1 + right) + WRONG_OVERALL * log(1 + wrong)                  of all concepts
             + CLASS_SHARE * (log-odds(the class's share for the concept) - log-odds(its usual share))

The counts are *recent*: each new answer reduces the weight of earlier ones, so that an answer counts half after eight
more. The fraction makes a new concept harder. It has the same weight as the wrong answers, so that a wrong answer never
raises the chance; with a separate weight, the first wrong answer did. The class's share comes from a dated snapshot
(``class_shares.py``) that the evidence names and repeats; without one, the term is 0. So the chance depends on the
ledger alone: the same evidence always gives the same chance.

The weights are shared by all learners. ``python -m benchmarks.mastery FOLDER --fit`` fits them and prints them. They
were fitted on 2026-11-29 to the 176,684 answers of the 2,291 learners in assist2009-train.csv (ASSISTments 2009), by
Newton's method, with an L2 penalty of 0.001. The mean log loss on these data is 0.5633. ``USUAL`` was not fitted: it
adapts the chance to learners and courses that are harder or easier than the fitted ones. Fitted, it is near zero,
because all fitted learners share one base rate. Setting it to 0.2 costs 0.0004 of AUC on these data.

``CLASS_SHARE`` was fitted on 2026-11-30 to the same answers, with the other weights fixed. The simulated classes have
100 learners who begin on different days and give ten answers a day; each answer is predicted with the snapshot of
earlier days. In classes of 30 the fit gives 0.302, and in classes of 1,000, 0.537.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, log1p, sqrt

from domain.progress.reasons import ReasonCode

HALF_LIFE = 8
"""After this number of further answers, an answer counts half in the recent counts."""
USUAL_SHARE = 0.6
"""The expected share of right answers of a learner without evidence."""
USUAL_WEIGHT = 5
"""The number of answers that the expectation ``USUAL_SHARE`` counts as."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The coefficients of a logistic model of the next answer (decision 26)."""

    start: float
    usual: float
    right: float
    wrong: float
    right_overall: float
    wrong_overall: float
    class_share: float


FITTED = Weights(
    start=0.6614,
    usual=0.2,
    right=0.4246,
    wrong=-0.4412,
    right_overall=0.4316,
    wrong_overall=-0.6276,
    class_share=0.371,
)

_KEPT = 0.5 ** (1 / HALF_LIFE)
"""The factor by which one more answer reduces a recent count."""
_SURE = 1.28
"""80 % of a normal distribution are within this number of standard deviations to either side."""
_SPREAD = 1.4
"""The standard deviation of the log-odds around the chance, for a concept without evidence."""
_SPREAD_ANSWERS = 15.0
"""With this number of recent answers, the square of ``_SPREAD`` is halved. ``benchmarks.mastery`` prints how many true
chances of simulated learners are within the interval.
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Recent counts of right and wrong answers. An answer with score 0.5 counts half as each."""

    right: float = 0.0
    wrong: float = 0.0

    def after(self, score: float, weight: float = 1.0) -> Counts:
        """The counts with one more answer of this score, 0 to 1. With a weight below 1 it counts as part of an answer.

        A right answer never lowers ``right``, and a wrong one never lowers ``wrong``.
        """
        kept = _KEPT**weight
        new = (1 - kept) / (1 - _KEPT)
        return Counts(self.right * kept + new * score, self.wrong * kept + new * (1 - score))

    @property
    def total(self) -> float:
        return self.right + self.wrong


@dataclass(frozen=True, slots=True)
class Overall:
    """A learner's answers on all concepts of a subject."""

    recent: Counts = Counts()
    usual_share: float = USUAL_SHARE
    """The share of right answers since the beginning, 0 to 1. ``USUAL_SHARE`` counts as ``USUAL_WEIGHT`` earlier
    answers.
    """


@dataclass(frozen=True, slots=True)
class InClass:
    """The class's shares of right answers for a concept, with the snapshot from which they come."""

    subject_id: str
    taken_on: str
    """The day of the snapshot, an RFC 3339 date, UTC. Subject and day identify the snapshot."""
    share: float
    """The share of right answers to questions on the concept, 0 to 1."""
    usual: float
    """The share of right answers to all questions, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a chance. ``effect`` is the chance minus the chance without this reason."""

    code: ReasonCode
    amount: float
    """A recent count, or a share from 0 to 1."""
    effect: float


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, above 0 and below 1. The interval ``low`` to ``high`` contains the true one with a probability of
    80 %.
    """

    value: float
    low: float
    high: float
    reasons: tuple[Reason, ...]


NOTHING = Counts()
NO_ANSWERS = Overall()


def chance_of_success(
    concept: Counts, overall: Overall, in_class: InClass | None = None, weights: Weights = FITTED
) -> Chance:
    """The chance that the next answer on a concept is right. For a new concept, ``concept`` is ``NOTHING``.

    Without ``in_class``, the class's knowledge has no effect and is not among the reasons.
    """
    terms: list[tuple[ReasonCode, float, float]] = [
        ("usual_share", overall.usual_share, weights.usual * _log_odds(overall.usual_share)),
        ("right", concept.right, weights.right * log1p(concept.right)),
        ("wrong", concept.wrong, weights.wrong * log1p(concept.wrong)),
        ("new", concept.total, weights.wrong / (1 + concept.total)),
        ("right_overall", overall.recent.right, weights.right_overall * log1p(overall.recent.right)),
        ("wrong_overall", overall.recent.wrong, weights.wrong_overall * log1p(overall.recent.wrong)),
    ]
    if in_class is not None:
        easier = _log_odds(in_class.share) - _log_odds(in_class.usual)
        terms.append(("class_share", in_class.share, weights.class_share * easier))
    whole = fsum([weights.start, *(term for _, _, term in terms)])
    value = _chance(whole)
    spread = _SURE * _SPREAD / sqrt(1 + concept.total / _SPREAD_ANSWERS)
    return Chance(
        value=value,
        low=_chance(whole - spread),
        high=_chance(whole + spread),
        reasons=tuple(Reason(code, amount, value - _chance(whole - term)) for code, amount, term in terms),
    )


def overall_of(answers: Iterable[tuple[float, float]]) -> Overall:
    """Fold the answers, each a pair of score (0 to 1) and weight, in the order of time."""
    recent, scores, weights = NOTHING, [USUAL_SHARE * USUAL_WEIGHT], [float(USUAL_WEIGHT)]
    for score, weight in answers:
        recent = recent.after(score, weight)
        scores.append(score * weight)
        weights.append(weight)
    return Overall(recent, fsum(scores) / fsum(weights))


def estimated(share: float, count: float) -> Counts:
    """The recent counts after ``count`` answers, of which the share ``share`` was right, evenly spread."""
    total = (1 - _KEPT**count) / (1 - _KEPT)
    return Counts(share * total, (1 - share) * total)


def estimated_overall(concepts: Sequence[tuple[float, float]]) -> Overall:
    """An estimate of ``Overall`` from one pair for each concept: the share of right answers, and the number of answers."""
    count = fsum(number for _, number in concepts)
    right = fsum(share * number for share, number in concepts)
    usual = (USUAL_SHARE * USUAL_WEIGHT + right) / (USUAL_WEIGHT + count)
    return Overall(estimated(right / count, count) if count else NOTHING, usual)


def _log_odds(share: float) -> float:
    """The log-odds of a share. Shares below 0.001 or above 0.999 count as these bounds."""
    bounded = min(0.999, max(0.001, share))
    return log(bounded / (1 - bounded))


def _chance(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
