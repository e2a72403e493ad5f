"""Items of a class's bank: their states, versions and rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.bank.item import AdmissionResult
from domain.bank.items import MAX_ADDED, Items
from domain.bank.statuses import Status
from domain.base.errors import Conflict, NotFound
from domain.base.tables import ITEMS, TABLES
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.key_value_store import ConditionFailed
from ports.paging import pages
from tests.support.bank import MADE_AT, QUESTION, item

APPROVED: tuple[Status, ...] = ("approved",)
LATER = "2026-09-14T09:00:00.000Z"


@pytest.fixture
def store() -> InMemoryKeyValueStore:
    return InMemoryKeyValueStore(TABLES, FrozenClock(datetime(2026, 9, 14, 8, tzinfo=UTC)))


def test_an_edit_makes_a_version_and_leaves_the_approved_one_to_new_attempts() -> None:
    approved = item().approved(LATER, keep=False)
    other = replace(QUESTION, question="What is mass?")

    edited = approved.edited(other, "advanced", AdmissionResult(admitted=True), LATER)

    assert (edited.status, edited.latest.item_version, edited.latest.author) == ("draft", 2, "teacher")
    assert (edited.approved_version, edited.is_askable) == (1, True)
    assert edited.approved(LATER, keep=False).approved_version == 2
    assert (approved.latest.content, approved.latest.item_version) == (QUESTION, 1)


def test_a_draft_and_a_retired_item_are_never_asked() -> None:
    draft = item()
    retired = draft.approved(LATER, keep=False).retired(LATER)
    assert not draft.is_askable
    assert not retired.is_askable
    with pytest.raises(Conflict, match="item_retired"):
        retired.approved(LATER, keep=True)
    with pytest.raises(Conflict, match="item_retired"):
        retired.edited(QUESTION, "beginner", AdmissionResult(admitted=True), LATER)


def test_a_refused_item_is_approved_only_on_the_teachers_responsibility() -> None:
    refused = AdmissionResult(admitted=False, code="two_right")
    draft = replace(item(), latest=replace(item().latest, admission=refused))
    with pytest.raises(Conflict, match="item_refused"):
        draft.approved(LATER, keep=False)

    kept = draft.approved(LATER, keep=True)

    assert kept.latest.admission == AdmissionResult(admitted=False, code="two_right", kept=True)
    assert kept.latest.asked_as("i1", "1").checked == "teacher"
    assert item().approved(LATER, keep=True).latest.asked_as("i1", "1").checked == "rules"


def test_an_item_reads_back_with_all_its_versions(store: InMemoryKeyValueStore) -> None:
    items = Items(store)
    (made,) = items.add([item()])
    own = replace(QUESTION, citation=None, kind="cloze", options=(), correct=-1, accepted=("mass", "m"))
    edited = items.save(made.edited(own, "beginner", AdmissionResult(admitted=False, code="stem"), LATER))

    assert items.get("physics_101", "i1") == edited
    assert items.history(edited) == [made.latest, edited.latest]
    assert items.versions([("i1", 1), ("i1", 3)]) == {("i1", 1): made.latest}


def test_an_item_is_found_in_its_own_subject_alone(store: InMemoryKeyValueStore) -> None:
    items = Items(store)
    items.add([item()])
    with pytest.raises(NotFound):
        items.get("history_101", "i1")
    assert items.find_many("history_101", ["i1"]) == {}
    assert items.page("history_101", limit=5).items == []


def test_items_are_added_once(store: InMemoryKeyValueStore) -> None:
    items = Items(store)
    first = [item(f"i{number}") for number in range(MAX_ADDED)]
    made = items.add(first)
    again = items.add([replace(one, status="approved") for one in first])
    assert again == made
    assert len(store.items(ITEMS)) == 2 * MAX_ADDED


def test_the_later_of_two_changes_is_refused(store: InMemoryKeyValueStore) -> None:
    items = Items(store)
    (made,) = items.add([item()])
    items.save(made.approved(LATER, keep=False))
    with pytest.raises(ConditionFailed):
        items.save(made.retired(LATER))
    assert items.get("physics_101", "i1").status == "approved"


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_of_a_thousand_items_hold_each_once(store: InMemoryKeyValueStore, limit: int) -> None:
    items = Items(store)
    count = 1000 if limit == 100 else 40
    wanted = set()
    for number in range(count):
        made = replace(item(f"i{number}"), created_at=MADE_AT.replace("00.000", f"{number % 60:02}.000"))
        if number % 9 == 0:
            made = made.approved(LATER, keep=False)
            wanted.add(made.item_id)
        items.add([made])

    found = list(pages(lambda at: items.page("physics_101", limit=limit, cursor=at)))
    approved = pages(lambda at: items.page("physics_101", statuses=APPROVED, limit=limit, cursor=at))

    listed = [one.item_id for page in found for one in page.items]
    assert sorted(listed) == sorted(f"i{number}" for number in range(count))
    assert {len(page.items) for page in found[:-1]} <= {limit}
    assert sorted(one.item_id for page in approved for one in page.items) == sorted(wanted)
    assert {one.item_id for one in items.all_of("physics_101", statuses=APPROVED)} == wanted
