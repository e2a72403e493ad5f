"""The repository of the teacher's desk: the marks of a subject that wait for a decision, and the decided ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from domain.base.ids import derived_id
from domain.base.tables import APPEALS
from domain.progress.mark_words import DeskReason
from domain.progress.marks import Correction, Review, correction_from
from ports.key_value_store import Delete, Item, KeyValueStore, Put, Write
from ports.paging import Page

DeskStatus = Literal["open", "decided"]
PlaceKind = Literal["question", "fact"]


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A mark, and why it is on the desk. The question, answer and passage are in the quiz or the interview."""

    subject_id: str
    user_id: str
    """The learner."""
    result_id: str
    """The id of a quiz's result, or of an interview."""
    kind: PlaceKind
    place: str
    """The id of a question, or of a fact in an interview."""
    why: DeskReason
    waits_since: str
    occurred_at: str
    """When the quiz was made or the interview was started. An erasure of that time also erases the entry."""
    sentence: str = ""
    """The learner's sentence in an appeal; "" for other entries."""
    status: DeskStatus = "open"
    decision: Correction | None = None

    @property
    def appeal_id(self) -> str:
        return derived_id("appeal", self.result_id, self.kind, self.place)


class Desk:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def waiting(self, entry: DeskEntry, review: Review) -> tuple[Review, Put]:
        """The review, marked as waiting, and the write that puts it on the desk.

        Repeating the write changes nothing.
        """
        return replace(review, waits_since=entry.waits_since), Put(APPEALS, _item(entry))

    def decided(self, entry: DeskEntry, decision: Correction) -> list[Write]:
        """The writes that move an open entry to the decided ones. Repeating them changes nothing."""
        closed = replace(entry, status="decided", decision=decision)
        return [Delete(APPEALS, _key(entry)), Put(APPEALS, _item(closed))]

    def page(self, subject_id: str, status: DeskStatus, *, limit: int, cursor: str | None) -> Page[DeskEntry]:
        """Up to ``limit`` entries of the subject with this status: open ones oldest first, decided ones newest first."""
        page = self._store.query(
            APPEALS,
            subject_id,
            prefix=f"{status}#",
            descending=status == "decided",
            limit=limit,
            cursor=cursor,
        )
        return Page([_entry_from(item) for item in page.items], page.cursor)


def _key(entry: DeskEntry) -> dict[str, str]:
    return {
        "subject_id": entry.subject_id,
        "sort_key": f"{entry.status}#{entry.waits_since}#{entry.appeal_id}",
    }


def _item(entry: DeskEntry) -> Item:
    item = {name: value for name, value in asdict(entry).items() if value is not None}
    return item | _key(entry)


def _entry_from(item: Mapping[str, Any]) -> DeskEntry:
    fields = {name: value for name, value in item.items() if name in DeskEntry.__dataclass_fields__}
    decision = item.get("decision")
    if decision is not None:
        fields["decision"] = correction_from(decision)
    return DeskEntry(**fields)
