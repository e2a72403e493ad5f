"""The figures of an item: how hard it is, whether it separates good learners from others, which wrong options are
chosen.

Only the first answer of each learner to an item counts, because later ones are not independent of it. Figures are
given only for ``MIN_GROUP`` learners or more, as in the analytics of the class.

The discrimination is the corrected item-total correlation: Pearson's correlation, over the learners, of the credit
for the item with the mean credit for the *other* questions of the same attempt (J. C. Nunnally and I. H. Bernstein,
Psychometric Theory, 3rd edition, 1994, chapter 8). It is -1 to 1. Near or below 0, learners who know more do not
answer the item better. Possible causes are a wrong key or an unclear question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from domain.bank.item import ItemVersion
from domain.progress.small_groups import MIN_GROUP
from domain.quizzes.item_answers import ItemAnswer
from domain.quizzes.quiz_words import LETTERED, LETTERS, ONE_CHOICE

_DIGITS = 4
_NOTHING = 1e-9
"""If a sum of squared deviations is below this, all numbers are treated as equal."""


@dataclass(frozen=True, slots=True)
class WrongOption:
    """A wrong option, and the number of learners who chose it."""

    option: str
    count: int


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The numbers are None if ``too_few``: fewer than ``MIN_GROUP`` learners answered."""

    item_id: str
    too_few: bool
    answers: int | None = None
    """The number of learners who answered it."""
    share_right: float | None = None
    """The mean credit, 0 to 1."""
    discrimination: float | None = None
    """None also if all answers have the same credit, or if no attempt has another question."""
    wrong_options: tuple[WrongOption, ...] = ()
    """The wrong options that were chosen, the most chosen first."""
    needs_review: int = 0
    """The number of answers that could not be marked yet."""


def first_answers(answers: Iterable[ItemAnswer], learners: Collection[str] | None) -> list[ItemAnswer]:
    """The first answer of each learner. If ``learners`` is given, only theirs. An unanswered question counts as an
    answer.
    """
    first: dict[str, ItemAnswer] = {}
    for one in sorted(answers, key=lambda one: (one.answered_at, one.quiz_id, one.question_id)):
        if learners is None or one.user_id in learners:
            first.setdefault(one.user_id, one)
    return list(first.values())


def figures(item_id: str, answers: Sequence[ItemAnswer], versions: Mapping[int, ItemVersion]) -> ItemFigures:
    """The figures of one item. ``answers`` come from ``first_answers``; ``versions`` are the versions that they answer."""
    scored = [one for one in answers if not one.needs_review]
    in_review = len(answers) - len(scored)
    if len(scored) < MIN_GROUP:
        return ItemFigures(item_id, too_few=True, needs_review=in_review)
    return ItemFigures(
        item_id,
        too_few=False,
        answers=len(scored),
        share_right=round(fsum(one.credit for one in scored) / len(scored), _DIGITS),
        discrimination=discrimination(scored),
        wrong_options=_wrong_options(scored, versions),
        needs_review=in_review,
    )


def discrimination(answers: Sequence[ItemAnswer]) -> float | None:
    """The corrected item-total correlation, -1 to 1; None if it is not defined for these answers."""
    pairs = [(one.credit, rest) for one in answers if (rest := one.credit_of_others) is not None]
    if len(pairs) < MIN_GROUP:
        return None
    mean_item = fsum(item for item, _ in pairs) / len(pairs)
    mean_rest = fsum(rest for _, rest in pairs) / len(pairs)
    together = fsum((item - mean_item) * (rest - mean_rest) for item, rest in pairs)
    of_item = fsum((item - mean_item) ** 2 for item, _ in pairs)
    of_rest = fsum((rest - mean_rest) ** 2 for _, rest in pairs)
    if of_item <= _NOTHING or of_rest <= _NOTHING:
        return None
    return round(max(-1.0, min(1.0, together / sqrt(of_item * of_rest))), _DIGITS)


def _wrong_options(
    answers: Iterable[ItemAnswer], versions: Mapping[int, ItemVersion]
) -> tuple[WrongOption, ...]:
    """The chosen wrong options. Options of several versions are the same if their texts are equal."""
    chosen: Counter[str] = Counter()
    for one in answers:
        version = versions.get(one.item_version)
        if version is None or one.answer is None:
            continue
        content = version.content
        if one.kind in ONE_CHOICE:
            right: tuple[int, ...] = (content.correct,)
        elif one.kind in LETTERED and one.kind != "ordering":
            right = content.right
        else:
            continue
        places = {LETTERS.index(letter) for letter in one.answer}
        chosen.update(content.options[place] for place in places - set(right))
    return tuple(
        WrongOption(option, count)
        for option, count in sorted(chosen.items(), key=lambda pair: (-pair[1], pair[0]))
    )
