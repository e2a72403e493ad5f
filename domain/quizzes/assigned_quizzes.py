"""The repository of assigned quizzes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from domain.base.tables import ASSIGNED_QUIZZES
from domain.quizzes.assigned import AssignedQuiz, Pool
from ports.key_value_store import VERSION, Item, KeyValueStore


class AssignedQuizzes:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def find(self, assignment_id: str) -> AssignedQuiz | None:
        """The assigned quiz of the assignment, never stale; None if no quiz was assigned."""
        row = self._store.get(ASSIGNED_QUIZZES, {"assignment_id": assignment_id})
        return None if row is None else _from(row)

    def find_many(self, assignment_ids: Sequence[str]) -> dict[str, AssignedQuiz]:
        """The assigned quizzes of these assignments, by assignment id, never stale. Assignments without one are left
        out.
        """
        wanted = sorted(set(assignment_ids))
        rows = self._store.get_many(ASSIGNED_QUIZZES, [{"assignment_id": one} for one in wanted])
        return {row["assignment_id"]: _from(row) for row in rows if row is not None}

    def save(self, assigned: AssignedQuiz) -> AssignedQuiz:
        """Store the assigned quiz and return it at its new version.

        Raises ``ConditionFailed`` if the stored one is at another version.
        """
        stored = replace(assigned, version=assigned.version + 1)
        if assigned.version == 0:
            self._store.put(ASSIGNED_QUIZZES, _item(stored), unless_exists=True)
        else:
            self._store.put(ASSIGNED_QUIZZES, _item(stored), if_version=assigned.version)
        return stored

    def hiding_keys(self, attempts: Mapping[str, str | None], now: str) -> frozenset[str]:
        """The ids of the submitted quizzes whose keys are hidden at the moment ``now``.

        ``attempts`` maps the quiz id of each attempt at an assigned quiz to its assignment id.
        """
        if not attempts:
            return frozenset()
        found = self.find_many([one for one in attempts.values() if one is not None])
        return frozenset(
            quiz_id
            for quiz_id, assignment_id in attempts.items()
            if assignment_id not in found or not found[assignment_id].shows_keys(now)
        )


def _item(assigned: AssignedQuiz) -> Item:
    item = {name: value for name, value in asdict(assigned).items() if value is not None}
    item["item_ids"] = list(assigned.item_ids)
    item["pools"] = [asdict(pool) | {"item_ids": list(pool.item_ids)} for pool in assigned.pools]
    return item


def _from(item: Mapping[str, Any]) -> AssignedQuiz:
    fields = {name: value for name, value in item.items() if name in AssignedQuiz.__dataclass_fields__}
    pools = tuple(Pool(**pool | {"item_ids": tuple(pool["item_ids"])}) for pool in item["pools"])
    numbers = {name: int(item[name]) for name in ("attempts", VERSION)}
    return AssignedQuiz(**fields | numbers | {"item_ids": tuple(item["item_ids"]), "pools": pools})
