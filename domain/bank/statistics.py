"""What the answers say of an item: how hard it is, whether it tells who knows more, which wrong options draw.

Only the first answer of each learner to an item counts: later ones are no independent judgement of it. Figures are given
for ``MIN_GROUP`` learners or more, as in the analytics of the class.

The discrimination is the corrected item-total correlation: Pearson's correlation, over the learners, of the credit for the
item with the mean credit for the *other* questions of the same attempt (J. C. Nunnally and I. H. Bernstein, Psychometric
Theory, 3rd edition, 1994, chapter 8). It is -1 to 1. Near or below 0, the item does not tell who knows more: a wrong key and
an unclear question look like that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from domain.bank.item import ItemVersion
from domain.progress.analytics import MIN_GROUP
from domain.quizzes.item_answers import ItemAnswer
from domain.quizzes.quiz import LETTERED, LETTERS, ONE_CHOICE

_DIGITS = 4
_NOTHING = 1e-9
"""A sum of squares below this is that of equal numbers."""


@dataclass(frozen=True, slots=True)
class DrawingOption:
    """A wrong option, and how many learners chose it."""

    option: str
    count: int


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The numbers are None if ``too_few``: fewer than ``MIN_GROUP`` learners answered."""

    item_id: str
    too_few: bool
    answers: int | None = None
    """How many learners answered it, each counted once."""
    share_right: float | None = None
    """The mean credit, 0 to 1."""
    discrimination: float | None = None
    """None also if all answers have the same credit, or no attempt has another question."""
    wrong_options: tuple[DrawingOption, ...] = ()
    """Those that were chosen, the most chosen first."""
    needs_review: int = 0
    """How many answers nobody could score yet."""


def first_answers(answers: Iterable[ItemAnswer], learners: Collection[str] | None) -> list[ItemAnswer]:
    """The first answer of each learner, of ``learners`` only, if they are given. Questions that were left out count."""
    first: dict[str, ItemAnswer] = {}
    for one in sorted(answers, key=lambda one: (one.answered_at, one.quiz_id, one.question_id)):
        if learners is None or one.user_id in learners:
            first.setdefault(one.user_id, one)
    return list(first.values())


def figures(item_id: str, answers: Sequence[ItemAnswer], versions: Mapping[int, ItemVersion]) -> ItemFigures:
    """The figures of one item. ``answers`` come from ``first_answers``; ``versions`` are those that they answer."""
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
    """The corrected item-total correlation, or None if it is not defined for these answers."""
    pairs = [
        (one.credit, (one.attempt_credit - one.credit) / (one.attempt_questions - 1))
        for one in answers
        if one.attempt_questions > 1
    ]
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
) -> tuple[DrawingOption, ...]:
    """Options of several versions are the same if their texts are."""
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
        DrawingOption(option, count)
        for option, count in sorted(chosen.items(), key=lambda pair: (-pair[1], pair[0]))
    )
