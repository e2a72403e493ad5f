"""Learners in classes. A class snapshot counts only the answers of earlier days.

The response data have no dates and no classes. So learners are put into random classes, begin on different days, and
give ten answers a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from benchmarks.mastery.answers import Learners
from domain.progress.chance import NOTHING, InClass
from domain.progress.class_snapshot import snapshot_of
from domain.progress.standing import ConceptStanding, Standing

_ANSWERS_A_DAY = 10
_FIRST_DAYS = 30
_SEED = 17


def snapshots_before(learners: Learners, size: int) -> list[list[InClass | None]]:
    """For each answer of each learner: what the latest snapshot of the class says about its skill."""
    random = Random(_SEED)
    order = list(range(len(learners)))
    random.shuffle(order)
    known: list[list[InClass | None]] = [[None] * len(answers) for answers in learners]
    for first in range(0, len(order), size):
        _one_class(learners, order[first : first + size], known, random)
    return known


def _one_class(
    learners: Learners, members: Sequence[int], known: list[list[InClass | None]], random: Random
) -> None:
    by_day: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for member in members:
        begins = random.randrange(_FIRST_DAYS)
        for place in range(len(learners[member])):
            by_day[begins + place // _ANSWERS_A_DAY].append((member, place))
    standings: defaultdict[int, dict[str, ConceptStanding]] = defaultdict(dict)
    for day in sorted(by_day):
        snapshot = snapshot_of(
            "class",
            f"day {day}",
            [Standing(str(member), "class", tuple(found.values())) for member, found in standings.items()],
        )
        for member, place in by_day[day]:
            known[member][place] = snapshot.of(learners[member][place][0])
        for member, place in by_day[day]:
            skill, score = learners[member][place]
            mine = standings[member]
            recent = (mine[skill].recent if skill in mine else NOTHING).after(score)
            mine[skill] = ConceptStanding(skill, skill, 0.0, 1, "", recent)
