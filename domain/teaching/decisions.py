"""The record of decisions: what teachers decided on marks, and why. A decision is never changed, only erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from domain.base.tables import DECISIONS
from domain.progress.desk import PlaceKind
from domain.progress.mark_words import DecisionKind
from ports.key_value_store import ConditionFailed, Delete, Item, KeyValueStore, Put
from ports.paging import Page, every

_DECISION = "d#"
_ERASED = "erased#"
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what on a learner's mark, when and why. A credit of None counts in no score."""

    decision_id: str
    subject_id: str
    user_id: str
    """The learner whose mark it is."""
    teacher_id: str
    kind: DecisionKind
    result_id: str
    place_kind: PlaceKind
    place: str
    """The id of a question, or of a fact in an interview."""
    machine_verdict: str
    machine_credit: float | None
    verdict: str
    """The teacher's verdict."""
    credit: float | None
    credit_before: float | None
    """The credit that counted before this decision."""
    reason: str
    decided_at: str
    occurred_at: str
    """When the quiz was made or the interview was started. An erasure of that time also erases the decision."""
    regrade_id: str = ""


class Decisions:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def put(self, decision: Decision) -> Put:
        """The write that records the decision. The caller puts it into the transaction that changes the mark."""
        return Put(DECISIONS, _item(decision))

    def page(self, subject_id: str, *, limit: int, cursor: str | None) -> Page[Decision]:
        """Up to ``limit`` decisions of the subject, newest first. Erased learners are left out."""
        page = self._store.query(
            DECISIONS, subject_id, prefix=_DECISION, descending=True, limit=limit, cursor=cursor
        )
        return Page([_decision_from(item) for item in page.items], page.cursor)

    def erased(self, subject_id: str) -> int:
        """The number of decisions about learners who were erased since."""
        return sum(
            1
            for _ in every(
                lambda cursor: self._store.query(
                    DECISIONS, subject_id, prefix=_ERASED, limit=_PAGE, cursor=cursor
                )
            )
        )

    def forget(self, owner: str, moment: str) -> int:
        """Erase the decisions about the learner's quizzes and interviews up to ``moment``. Only their number stays.

        Returns how many were erased. A repeated call does no harm.
        """
        rows = every(
            lambda cursor: self._store.query(
                DECISIONS, owner, index="user-id-index", limit=_PAGE, cursor=cursor
            )
        )
        due = [row for row in rows if row["occurred_at"] <= moment]
        return sum(map(self._forget, due))

    def _forget(self, row: Item) -> int:
        key = DECISIONS.key_of(row)
        counted: Item = {"subject_id": row["subject_id"], "sort_key": _ERASED + row.get("decision_id", "")}
        try:
            self._store.transact([Delete(DECISIONS, key), Put(DECISIONS, counted, unless_exists=True)])
        except ConditionFailed:  # counted before
            self._store.delete(DECISIONS, key)
            return 0
        return 1


def _item(decision: Decision) -> Item:
    return asdict(decision) | {"sort_key": f"{_DECISION}{decision.decided_at}#{decision.decision_id}"}


def _decision_from(item: Mapping[str, Any]) -> Decision:
    fields = {name: value for name, value in item.items() if name in Decision.__dataclass_fields__}
    for name in ("machine_credit", "credit", "credit_before"):
        fields[name] = None if item[name] is None else float(item[name])
    return Decision(**fields)
