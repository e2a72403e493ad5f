"""The repository of items of the bank, with all their versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from domain.bank.item import AdmissionResult, BankItem, ItemVersion
from domain.bank.statuses import STATUSES, Status
from domain.base.errors import NotFound
from domain.base.tables import ITEMS
from domain.quizzes.quiz import Question
from domain.quizzes.quizzes import question_from, question_item
from ports.key_value_store import VERSION, ConditionFailed, Item, KeyValueStore, Put, Write, cursor_after
from ports.paging import Page, every, pages

_HEAD = "item"
_VERSION = "v#"
_INDEX = "subject-id-index"
_PAGE = 250
_COMPARED = 200
"""A new item is compared with this number of latest items."""
MAX_ADDED = 40
"""The largest number of items that are added at once. Each takes two writes, and a transaction may have 100."""


class Items:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def add(self, items: Sequence[BankItem]) -> list[BankItem]:
        """Store new items, at most ``MAX_ADDED``: all or none. If one of them exists, the stored items are returned."""
        made = [replace(item, version=1) for item in items]
        writes: list[Write] = []
        for item in made:
            writes += [Put(ITEMS, _head(item), unless_exists=True), Put(ITEMS, _version_row(item))]
        try:
            self._store.transact(writes)
        except ConditionFailed:
            stored = self.find_many(items[0].subject_id, [item.item_id for item in items])
            return [stored[item.item_id] for item in items if item.item_id in stored]
        return made

    def save(self, item: BankItem) -> BankItem:
        """Store the changed item and return it with its new fence. Raises ``ConditionFailed`` if the stored fence
        differs.
        """
        self._store.transact(self.saving(item))
        return replace(item, version=item.version + 1)

    def saving(self, item: BankItem) -> list[Put]:
        """The writes of ``save``, for a transaction with other writes."""
        head = _head(replace(item, version=item.version + 1))
        return [Put(ITEMS, head, if_version=item.version), Put(ITEMS, _version_row(item))]

    def rekeying(self, item: BankItem, versions: Sequence[ItemVersion]) -> list[Put]:
        """The writes that store corrected keys of existing versions. They fail if the stored item has another fence."""
        by_number = {version.item_version: version for version in versions}
        latest = by_number.get(item.latest.item_version, item.latest)
        head = _head(replace(item, latest=latest, version=item.version + 1))
        rows = [
            {**_key(item.item_id, _version_key(one.item_version)), **_version_fields(one)} for one in versions
        ]
        return [Put(ITEMS, head, if_version=item.version), *(Put(ITEMS, row) for row in rows)]

    def get(self, subject_id: str, item_id: str) -> BankItem:
        """The subject's item, never stale. Raises ``NotFound`` if it does not exist or belongs to another subject."""
        row = self._store.get(ITEMS, _key(item_id, _HEAD))
        if row is None or row["subject_id"] != subject_id:
            raise NotFound("item_not_found", "There is no such item.")
        return _from(row)

    def find_many(self, subject_id: str, item_ids: Sequence[str]) -> dict[str, BankItem]:
        """The subject's items with these ids, by id, never stale. Missing ones are left out."""
        rows = self._store.get_many(ITEMS, [_key(item_id, _HEAD) for item_id in item_ids])
        return {row["item_id"]: _from(row) for row in rows if row and row["subject_id"] == subject_id}

    def versions(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], ItemVersion]:
        """The versions at these places (item id, version), never stale. Missing ones are left out."""
        wanted = sorted(set(places))
        if not wanted:
            return {}
        rows = self._store.get_many(ITEMS, [_key(one, _version_key(number)) for one, number in wanted])
        return {place: _version_from(row) for place, row in zip(wanted, rows, strict=True) if row is not None}

    def contents(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Question]:
        """The questions of the versions at these places, with their present keys, never stale. Missing ones are left
        out.
        """
        return {place: version.asked for place, version in self.versions(places).items()}

    def approved_versions(self, items: Sequence[BankItem]) -> dict[str, ItemVersion]:
        """The approved version of each item, by item id. Items that were never approved are left out."""
        approved = {
            item.item_id: item.approved_version for item in items if item.approved_version is not None
        }
        found = {
            item.item_id: item.latest
            for item in items
            if approved.get(item.item_id) == item.latest.item_version
        }
        older = [(item_id, number) for item_id, number in approved.items() if item_id not in found]
        found |= {item_id: version for (item_id, _), version in self.versions(older).items()}
        return {item_id: found[item_id] for item_id in approved if item_id in found}

    def history(self, item: BankItem) -> list[ItemVersion]:
        """All versions of the item, oldest first."""
        rows = every(lambda cursor: self._store.query(ITEMS, item.item_id, prefix=_VERSION, cursor=cursor))
        return list(map(_version_from, rows))

    def page(
        self,
        subject_id: str,
        *,
        statuses: Collection[Status] = STATUSES,
        limit: int,
        cursor: str | None = None,
    ) -> Page[BankItem]:
        """Up to ``limit`` of the subject's items with one of these statuses, newest first.

        The items are never stale, but a new item may be missing from the list for a moment.
        """
        found: list[BankItem] = []
        at_once = limit + 1 if len(set(statuses)) == len(STATUSES) else _PAGE
        for page in pages(lambda at: self._listed(subject_id, at_once, at), cursor):
            for item in page.items:
                if item.status not in statuses:
                    continue
                if len(found) == limit:
                    return Page(found, cursor_after(ITEMS, _head(found[-1]), _INDEX))
                found.append(item)
        return Page(found, None)

    def all_of(self, subject_id: str, *, statuses: Collection[Status] = STATUSES) -> list[BankItem]:
        """All items of the subject with one of these statuses, newest first."""
        listed = every(lambda cursor: self._listed(subject_id, _PAGE, cursor))
        return [item for item in listed if item.status in statuses]

    def latest(self, subject_id: str) -> Sequence[BankItem]:
        """The latest items, newest first, without those that are retired. A new item must not repeat one of them."""
        return self.page(subject_id, statuses=("draft", "approved"), limit=_COMPARED).items

    def questions(self, subject_id: str) -> tuple[str, ...]:
        """The questions of the latest items, without those that are retired."""
        return tuple(item.latest.content.question for item in self.latest(subject_id))

    def _listed(self, subject_id: str, limit: int, cursor: str | None) -> Page[BankItem]:
        """A page of the subject's items from the index. Each is read again from the table, so that it is never stale."""
        page = self._store.query(ITEMS, subject_id, index=_INDEX, descending=True, limit=limit, cursor=cursor)
        rows = self._store.get_many(ITEMS, [ITEMS.key_of(row) for row in page.items])
        return Page([_from(row) for row in rows if row is not None], page.cursor)


def _key(item_id: str, sort_key: str) -> dict[str, str]:
    return {"item_id": item_id, "sort_key": sort_key}


def _version_key(number: int) -> str:
    return f"{_VERSION}{number:06}"


def _head(item: BankItem) -> Item:
    stored = {
        **_key(item.item_id, _HEAD),
        **_version_fields(item.latest),
        "subject_id": item.subject_id,
        "status": item.status,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        VERSION: item.version,
    }
    if item.approved_version is not None:
        stored["approved_version"] = item.approved_version
    return stored


def _version_row(item: BankItem) -> Item:
    """The row of a version. It has no ``subject_id`` and no ``created_at``, so that the index lists only the items
    themselves.
    """
    return {**_key(item.item_id, _version_key(item.latest.item_version)), **_version_fields(item.latest)}


def _version_fields(version: ItemVersion) -> Item:
    return {
        "item_version": version.item_version,
        "content": question_item(version.content),
        "difficulty": version.difficulty,
        "admission": asdict(version.admission),
        "author": version.author,
        "made_at": version.made_at,
    }


def _version_from(row: Mapping[str, Any]) -> ItemVersion:
    return ItemVersion(
        item_version=int(row["item_version"]),
        content=question_from(row["content"]),
        difficulty=row["difficulty"],
        admission=AdmissionResult(**row["admission"]),
        author=row["author"],
        made_at=row["made_at"],
    )


def _from(row: Mapping[str, Any]) -> BankItem:
    approved = row.get("approved_version")
    return BankItem(
        item_id=row["item_id"],
        subject_id=row["subject_id"],
        status=row["status"],
        latest=_version_from(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        approved_version=None if approved is None else int(approved),
        version=int(row[VERSION]),
    )
