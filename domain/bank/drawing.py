"""Draws the items of an attempt at an assigned quiz: from the lines of its plan, only items that are approved now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from domain.bank.item import BankItem
from domain.bank.items import Items
from domain.quizzes.assigned import AssignedQuiz

Line: TypeAlias = tuple[int, Sequence[str]]
"""A number of questions, and the item ids from which that many are drawn, the preferred ones first."""


class Drawing:
    def __init__(self, items: Items) -> None:
        self._items = items

    def drawn(self, assigned: AssignedQuiz, owner: str, attempt: int) -> list[BankItem]:
        """The items of an attempt, in order. Retired items are left out, so there may be fewer than wanted."""
        lines = assigned.draws(owner, attempt)
        found = self._askable(assigned.subject_id, [lines])
        return [found[item_id] for item_id in matched(_known(lines, found))]

    def counts(self, subject_id: str, plans: Sequence[AssignedQuiz]) -> dict[str, int]:
        """The number of questions of a new attempt at each of the subject's assigned quizzes, by assignment id."""
        lines = {plan.assignment_id: plan.draws("", 0) for plan in plans}
        found = self._askable(subject_id, list(lines.values()))
        return {name: len(matched(_known(some, found))) for name, some in lines.items()}

    def _askable(self, subject_id: str, plans: Sequence[Sequence[Line]]) -> dict[str, BankItem]:
        """The first askable items of each line, as many as all lines of its plan ask together: a line never needs more.

        The items for all plans are read at once. More are read only if some are retired.
        """
        known: dict[str, BankItem | None] = {}
        while missing := sorted({one for lines in plans for one in _unknown(lines, known)}):
            found = self._items.find_many(subject_id, missing)
            known |= {one: found[one] if one in found and found[one].is_askable else None for one in missing}
        return {item_id: item for item_id, item in known.items() if item is not None}


def matched(lines: Sequence[Line]) -> list[str]:
    """Items for the lines, in the order of the lines. Each item is used once, and as many are used as possible.

    Earlier lines choose first. A line gives up an item that it prefers only if another line cannot be filled otherwise.
    """
    slots = [candidates for count, candidates in lines for _ in range(count)]
    taken: dict[str, int] = {}

    def placed(slot: int, tried: set[str]) -> bool:
        free = (one for one in slots[slot] if one not in taken)
        for item_id in (*free, *slots[slot]):
            if item_id in tried:
                continue
            tried.add(item_id)
            if item_id not in taken or placed(taken[item_id], tried):
                taken[item_id] = slot
                return True
        return False

    for slot in range(len(slots)):
        placed(slot, set())
    return sorted(taken, key=lambda item_id: taken[item_id])


def _unknown(lines: Sequence[Line], known: Mapping[str, BankItem | None]) -> list[str]:
    """The items to read next: those that the lines need if all items that were not read yet are askable."""
    wanted = sum(count for count, _ in lines)
    missing: list[str] = []
    for _, candidates in lines:
        usable = [one for one in candidates if one not in known or known[one] is not None][:wanted]
        missing += [one for one in usable if one not in known]
    return missing


def _known(lines: Sequence[Line], found: Mapping[str, BankItem]) -> list[Line]:
    return [(count, [one for one in candidates if one in found]) for count, candidates in lines]
